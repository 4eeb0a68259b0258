"""The table of target kinds. The dispatch, the command's help, its errors and the table in docs/targets.md all read it.

To add a kind: write a reader beside this file, as `reading` describes it, and add a row to KINDS.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from itertools import islice

from smtpstatus.extras import MissingExtraError
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.known_enums import DOTNET_TYPES, SHARED_TYPE
from smtpstatus_dotnet.parity import CheckError, EnumReadError, NotApplicableError, Origin
from smtpstatus_dotnet.targets.reading import (
    ASSEMBLY_SUFFIXES,
    PACKAGE_SUFFIXES,
    Request,
    TargetError,
    Unread,
    unreadable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from threading import Event

    from typing_extensions import Buffer

    from smtpstatus_dotnet.parity import EnumDefinition
    from smtpstatus_dotnet.runtime_process import RuntimeProcess
    from smtpstatus_dotnet.targets.reading import Found, ReadAssembly


@dataclass(slots=True, eq=False)
class Kind:
    """One kind of target."""

    forms: str
    """How people write such a target: `X.dll, X.exe`."""
    summary: str
    """What is compared, in a line or two."""
    reader: str
    """The module in this package that reads it. It is imported when it is needed."""
    prefixes: tuple[str, ...] = ()
    """How such a target begins. Empty for a path."""
    suffixes: tuple[str, ...] = ()
    """How the path of such a target ends, in lower case; the path of a folder ends with a slash."""
    full_names: tuple[str, ...] = DOTNET_TYPES
    """The enums to look for if the caller names none. Empty if the target itself names the enum."""
    extra: str = ""
    """The extra that the reader needs."""
    has_assemblies: bool = False
    """Whether it holds .NET assemblies, so that a .NET runtime can read it, too."""
    is_remote: bool = False
    """Whether reading it is mostly waiting for a network."""
    is_listed: bool = False
    """Whether all its enums can be read, without their names. So it is for assemblies."""


_ASSEMBLY_FILE = Kind(
    "X.dll, X.exe", "the enum in a .NET assembly; needs no .NET runtime",
    "assembly_file", suffixes=ASSEMBLY_SUFFIXES, has_assemblies=True,
)  # fmt: skip
KINDS = (
    _ASSEMBLY_FILE,
    Kind("a folder", "every assembly and every package below it", "folder", suffixes=("/",), has_assemblies=True),
    Kind(
        "X.nupkg, X.whl, X.zip", "every assembly in the package, each target framework by itself",
        "archive", suffixes=PACKAGE_SUFFIXES, has_assemblies=True,
    ),
    Kind(
        "pkg:pypi/NAME[@VERSION][#PATH.dll]",
        "a release on the package index of pip or uv; a range (`@*`, `@>=26.1,<27`) checks each release in it; only "
        "the assembly is fetched",
        "package_index", prefixes=("pkg:pypi", "pkg://pypi"), extra="index", has_assemblies=True, is_remote=True,
    ),
    Kind(
        "pkg:nuget/NAME[@VERSION][#PATH.dll]",
        "a package from the sources in NuGet.Config, each target framework by itself; `@[4.0,5.0)` checks each release "
        "in the interval",
        "package_index", prefixes=("pkg:nuget", "pkg://nuget"), extra="index", has_assemblies=True, is_remote=True,
    ),
    Kind(
        "X.md", "the table of members in a page of the vendor's reference, in any language",
        "reference_page", suffixes=(".md",),
    ),
    Kind(
        "X.binpb", "the shared enum in a protobuf descriptor set or an image of buf",
        "descriptor_set", suffixes=(".binpb",), full_names=(SHARED_TYPE,), is_listed=True,
    ),
    Kind(
        "X.proto", "the shared enum in a .proto file; put protoc on PATH, or take that of the extra",
        "proto_file", suffixes=(".proto",), full_names=(SHARED_TYPE,), extra="proto", is_listed=True,
    ),
    Kind(
        "grpc://HOST:PORT, grpcs://HOST:PORT",
        "the shared enum in a running server with gRPC reflection; GRPC_DEFAULT_SSL_ROOTS_FILE_PATH names the "
        "certificates to trust",
        "grpc_reflection", prefixes=("grpc:", "grpcs:"), full_names=(SHARED_TYPE,), extra="grpc", is_remote=True,
    ),
    Kind(
        "python:MODULE:CLASS", "an enum, a mapping or a class of ints in Python; this imports the module",
        "python_enum", prefixes=("python:",), full_names=(),
    ),
)  # fmt: skip

INSTALLED_SUMMARY = "the Aspose.Email assembly of the installed Python wheel"
"""What is compared if no TARGET is named."""


def find(
    target: str | None,
    type_name: str | None = None,
    process: RuntimeProcess | None = None,
    stop: Event | None = None,
    *,
    is_all: bool = False,
) -> Iterator[Found]:
    """Yield what a target holds, in a stable order; None is the installed Aspose.Email assembly.

    `type_name` is the enum to look for, by default those of the target's kind; `is_all` asks for all enums. Assemblies
    are read from their metadata, or by the .NET runtime in `process`. A place that cannot be read is an Unread, never
    an exception. Once `stop` is set, a reader that waits for a network gives up.
    """
    place = INSTALLED_SUMMARY if target is None else target
    skipped = others = 0
    for found in _attempt(target, place, type_name, process, stop, is_all):
        if isinstance(found, Unread) and isinstance(found.error, NotApplicableError):
            skipped += 1
        else:
            others += 1
        yield found
    if skipped and not others:
        yield Unread(
            Origin(place), EnumReadError(f"nothing in {place} was compared: all of it was skipped, as said above")
        )


def kind_of(target: str) -> Kind:
    """Return the kind of a target. Raises TargetError if it is a path and nothing is there."""
    for kind in KINDS:
        if target.startswith(kind.prefixes):
            return kind
    if target.startswith("pkg:"):
        forms = " or ".join(kind.forms for kind in KINDS if kind.forms.startswith("pkg:"))
        raise TargetError(f"{target} is of an unknown package type: expected {forms}")
    path = f"{target}/" if os.path.isdir(target) else target
    if path == target and not os.path.isfile(path):
        raise TargetError(_absent(path))
    return next((kind for kind in KINDS if path.lower().endswith(kind.suffixes)), _ASSEMBLY_FILE)


def _absent(path: str) -> str:
    """Return an error message for a path at which nothing is."""
    if path.lower().endswith(tuple(suffix for kind in KINDS for suffix in kind.suffixes)):
        import difflib

        folder, name = os.path.split(path.rstrip("/"))
        try:
            names = os.listdir(folder or ".")
        except OSError:
            return f"{path} is not there, nor is its folder"
        close = difflib.get_close_matches(name, names[:1000], 1)
        return f"{path} is not there" + (f"; did you mean {os.path.join(folder, close[0])}?" if close else "")
    expected = "; ".join(kind.forms for kind in KINDS)
    return f"{path or 'an empty TARGET'} is not there: expected {expected}"


def is_remote(target: str) -> bool:
    """Whether reading the target is mostly waiting for a network."""
    return any(kind.is_remote and target.startswith(kind.prefixes) for kind in KINDS)


def _attempt(
    target: str | None,
    place: str,
    type_name: str | None,
    process: RuntimeProcess | None,
    stop: Event | None,
    is_all: bool,
) -> Iterator[Found]:
    try:
        yield from _read(target, type_name, process, stop, is_all)
    except CheckError as error:
        yield Unread(Origin(place), error)
    except MissingExtraError as error:
        yield Unread(Origin(place), EnumReadError(str(error)))
    except OSError as error:
        yield Unread(Origin(place), unreadable(str(error.filename or place), error))


def _read_metadata(
    source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
) -> list[EnumDefinition]:
    from smtpstatus_dotnet.metadata import read_enums  # not every kind of target needs it

    return read_enums(source, full_names, origin=origin)


def _read_all_metadata(
    source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
) -> list[Found]:
    """Return all enums of an assembly, and those that cannot be read as errors."""
    from smtpstatus_dotnet.metadata import UnreadableEnumsError, iter_enums

    del full_names
    place = origin or Origin("<bytes>")
    found: list[Found] = []
    try:
        found.extend(islice(iter_enums(source, origin=origin), limits.ENUM_COUNT + 1))
    except UnreadableEnumsError as error:
        found += (Unread(place, each) for each in error.errors)
    if len(found) > limits.ENUM_COUNT:
        raise EnumReadError(f"{place.location} has more than {limits.ENUM_COUNT} enums")
    return found


def _read(
    target: str | None, type_name: str | None, process: RuntimeProcess | None, stop: Event | None, is_all: bool
) -> Iterable[Found]:
    if target is None:
        from smtpstatus_dotnet.targets.assemblies import installed_aspose

        target = installed_aspose()
    kind = kind_of(target)
    if process:
        if not kind.has_assemblies:
            raise EnumReadError(f"a .NET runtime knows only assemblies: leave out --via clr for {target}")
        process.start()
    if is_all and not (kind.has_assemblies or kind.is_listed):
        instead = ", and name one with --type" if kind.full_names else ""
        raise TargetError(f"the enums of {target} cannot be listed: leave out --all{instead}")
    full_names = (type_name,) if type_name else kind.full_names
    read_assembly: ReadAssembly = process.read_enums if process else _read_all_metadata if is_all else _read_metadata
    request = Request(full_names, read_assembly, is_all=is_all, is_by_runtime=bool(process), stop=stop)
    found: Iterable[Found] = import_module(f"smtpstatus_dotnet.targets.{kind.reader}").read(target, request)
    return found
