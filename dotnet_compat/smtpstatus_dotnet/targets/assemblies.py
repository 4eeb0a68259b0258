"""Shared by the readers of assemblies: the installed assembly, and many assemblies in one target."""

from __future__ import annotations

import sys
from os import path

from smtpstatus_dotnet.metadata import NativeImageError
from smtpstatus_dotnet.parity import EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.reading import Unread, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtpstatus_dotnet.targets.reading import Found, Request

    Assembly = tuple[Origin, str | bytes | EnumReadError]
    """Its place, and then its path, its bytes, or the error that keeps it from being read."""


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
    for origin, source in assemblies:
        assembly_count += 1
        try:
            if isinstance(source, EnumReadError):
                raise source
            definitions = request.read_assembly(source, request.full_names, origin=origin)
        except EnumNotFoundError as error:
            if error.hint:
                hints.append(f"{origin.location}: {error.hint}")
        except NativeImageError:
            continue
        except (EnumReadError, OSError) as error:
            result_count += 1
            yield Unread(origin, unreadable(origin.location, error) if isinstance(error, OSError) else error)
        else:
            result_count += len(definitions)
            yield from definitions
    if not result_count:
        message = f"none of the {assembly_count} assemblies in {target} has {' or '.join(request.full_names)}"
        raise EnumNotFoundError(message, "\n".join(hints[:8]))
