"""What a TARGET can be, and which file reads it.

`find` gives for each place that was read either the enum or the error that kept it from being read.
"""

from __future__ import annotations

import os

from smtpstatus_dotnet.parity import EnumReadError, NotApplicableError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smtpstatus_dotnet.parity import EnumDefinition
    from smtpstatus_dotnet.runtime_process import RuntimeProcess

    Found = tuple[Origin, EnumDefinition | EnumReadError]
    ReadEnums = Callable[..., list[EnumDefinition]]

_EXPECTED = (
    "expected an assembly (.dll, .exe), a folder, a package (.nupkg, .whl, .zip), a reference page (.md), "
    "a descriptor set (.binpb), pkg:pypi/NAME, grpc://host:port or python:module:Class"
)

_INSTALLED = "the installed Aspose.Email"

# The enums that are looked for in assemblies and pages where none is asked for by name: Aspose's, and those that
# have a profile. Spelled here, for reading the profiles takes longer than a check; a test holds the two together.
KNOWN_TYPES = (
    "Aspose.Email.Clients.Smtp.SmtpStatusCode",
    "System.Net.Mail.SmtpStatusCode",
    "MailKit.Net.Smtp.SmtpStatusCode",
)

SHARED_TYPE = "smtpstatus.v1.SmtpStatusCode"
"""The enum that is looked for in descriptors and servers."""


def is_remote(target: str) -> bool:
    """Whether reading the target is mostly waiting for a network."""
    return target.startswith(("pkg:", "grpc:", "grpcs:"))


def find(target: str | None, type_name: str | None = None, process: RuntimeProcess | None = None) -> Iterator[Found]:
    """Yield what a target holds, in a stable order; None is the installed Aspose.Email assembly.

    Assemblies are read from their metadata, or by the runtime in a `process`, which reads nothing else.
    """
    are_skipped: list[bool] = []
    for origin, found in _attempt(target, type_name, process):
        are_skipped.append(isinstance(found, NotApplicableError))
        yield origin, found
    if are_skipped and all(are_skipped):
        place = target or _INSTALLED
        yield Origin(place), EnumReadError(f"no build in {place} is for the .NET runtime that was asked")


def unreadable(path: str, error: OSError) -> EnumReadError:
    return EnumReadError(f"cannot read {path}: {error.strerror or error}")


def _attempt(target: str | None, type_name: str | None, process: RuntimeProcess | None) -> Iterator[Found]:
    try:
        yield from _find(target, type_name, process)
    except EnumReadError as error:
        yield Origin(_INSTALLED if target is None else target), error
    except OSError as error:
        yield Origin(str(target)), unreadable(str(error.filename or target), error)


def _find(target: str | None, type_name: str | None, process: RuntimeProcess | None) -> Iterator[Found]:
    full_names = (type_name,) if type_name else KNOWN_TYPES
    scheme, colon, _ = (target or "").partition(":")
    if process:
        if scheme in ("grpc", "grpcs", "python") or str(target).lower().endswith((".md", ".binpb")):
            raise EnumReadError(f"a .NET runtime knows only assemblies: check {target} without --via clr")
        process.start()
    how: dict[str, ReadEnums] = {"read": process.read_enums} if process else {}
    if colon and scheme == "pkg":
        from smtpstatus_dotnet.targets import package_index

        yield from package_index.in_package(str(target), full_names, **how)
        return
    if colon and scheme in ("grpc", "grpcs"):
        from smtpstatus_dotnet.targets import grpc_reflection

        definition = grpc_reflection.read_enum(str(target), type_name)
        yield definition.origin, definition
        return
    if colon and scheme == "python":
        from smtpstatus_dotnet.targets import python_enum

        definition = python_enum.read_enum(str(target))
        yield definition.origin, definition
        return

    from smtpstatus_dotnet.targets import assemblies

    path = assemblies.installed_aspose() if target is None else target
    ending = os.path.splitext(path)[1].lower()
    if os.path.isdir(path):
        yield from assemblies.in_folder(path, full_names, **how)
    elif not os.path.isfile(path):
        raise EnumReadError(f"{path or 'an empty TARGET'} is not there: {_EXPECTED}")
    elif ending == ".md":
        from smtpstatus_dotnet.targets import reference_page

        definition = reference_page.read_enum(path, full_names)
        yield definition.origin, definition
    elif ending == ".binpb":
        from smtpstatus_dotnet.targets import descriptor_set

        definition = descriptor_set.read_enum(path, type_name)
        yield definition.origin, definition
    elif ending in assemblies.ARCHIVES:
        yield from assemblies.in_archive(path, full_names, **how)
    else:
        yield from assemblies.in_file(path, full_names, **how)
