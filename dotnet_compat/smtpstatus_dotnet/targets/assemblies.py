"""Shared by the readers of assemblies: the installed assembly, and many assemblies in one target."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from itertools import pairwise
from os import path

from smtpstatus_dotnet.metadata import NativeImageError
from smtpstatus_dotnet.parity import EnumNotFoundError, EnumReadError, NotApplicableError, Origin
from smtpstatus_dotnet.targets.reading import Unread, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smtpstatus_dotnet.targets.reading import Found, Request

    Assembly = tuple[Origin, str | Callable[[], bytes] | EnumReadError]
    """Its place, and then its path, the function that unpacks it, or the error that keeps it from being read."""


def installed_aspose() -> str:
    """Return the path of Aspose.Email.dll in the installed wheel aspose-email-for-python-via-net.

    Raises EnumReadError if it is not installed.
    """
    # Asking importlib.metadata takes longer than all the rest of a check.
    for folder in sys.path:
        file = path.join(folder, "aspose", "assemblies", "email", "Aspose.Email.dll")
        if path.isfile(file):
            return file
    raise EnumReadError(
        "no TARGET was given, and the vendor's wheel is not installed for this Python.\n"
        "Check the vendor's current release,\n"
        "  smtpstatus check pkg:pypi/aspose-email-for-python-via-net    (pip install 'smtpstatus[index]')\n"
        "or your own copy,\n"
        "  smtpstatus check path/to/Aspose.Email.dll    (or a folder, a .nupkg, a .whl; see smtpstatus check --help)\n"
        "or install the vendor's wheel: pip install 'smtpstatus[aspose]'"
    )


def read_collection(target: str, assemblies: Iterable[Assembly], request: Request) -> Iterator[Found]:
    """Yield the enums of many assemblies, and the error of each damaged one.

    Native images and assemblies without the enum are passed over. Raises EnumNotFoundError if nothing is left.
    """
    assembly_count = result_count = 0
    hints: list[str] = []
    first_absent: EnumNotFoundError | None = None
    for origin, source in assemblies:
        assembly_count += 1
        try:
            definitions = _definitions(origin, source, request)
        except EnumNotFoundError as error:
            if error.hint:
                hints.append(f"{origin.location}: {error.hint}")
            _release(error)
            first_absent = first_absent or error
        except NativeImageError as error:
            _release(error)
        except (EnumReadError, OSError) as error:
            _release(error)
            result_count += 1
            yield Unread(origin, unreadable(origin.location, error) if isinstance(error, OSError) else error)
        else:
            result_count += len(definitions)
            yield from definitions
    if not result_count and not request.is_all:
        if first_absent and assembly_count == 1:
            raise first_absent
        message = f"none of the {assembly_count} assemblies in {target} has {' or '.join(request.full_names)}"
        raise EnumNotFoundError(message, "\n".join(hints[:8]))


def _definitions(
    origin: Origin, source: str | Callable[[], bytes] | EnumReadError, request: Request
) -> Sequence[Found]:
    if isinstance(source, EnumReadError):
        raise source
    if request.is_by_runtime and is_reference(origin.location):
        raise NotApplicableError(f"not applicable: {origin} is a reference assembly, which no .NET runtime loads")
    return request.read_assembly(source if isinstance(source, str) else source(), request.full_names, origin=origin)


def framework(location: str) -> str:
    """Return the target framework in NuGet's folder convention: `net6.0` of `lib/net6.0/X.dll`."""
    folders = location.split("/")[:-1]
    return next((after for folder, after in pairwise(folders) if folder in ("lib", "ref")), "")


def is_reference(location: str) -> bool:
    """Whether NuGet's folder convention says that an assembly is for compilers only: `ref/net6.0/X.dll`."""
    folders = location.replace("!", "/").replace(os.sep, "/").split("/")[:-1]
    return any(folder == "ref" and re.match(r"net\w*[0-9]", after) for folder, after in pairwise(folders))


def _release(error: BaseException | None) -> None:
    """Drop what the frames of an error hold: it would keep the bytes of its assembly."""
    while error:
        trace = error.__traceback__
        while trace:
            with suppress(RuntimeError):  # this function's callers still run
                trace.tb_frame.clear()
            trace = trace.tb_next
        error.__traceback__ = None
        error = error.__cause__ or error.__context__
