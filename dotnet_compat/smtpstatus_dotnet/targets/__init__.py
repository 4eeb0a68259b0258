"""What a TARGET can be, and which file reads it.

`find` gives for each place that was read either the enum or the error that kept it from being read.
"""

from __future__ import annotations

import os

from smtpstatus_dotnet.parity import EnumReadError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtpstatus_dotnet.parity import EnumDefinition

    Found = tuple[Origin, EnumDefinition | EnumReadError]

# The enums that are looked for where none is asked for by name.
KNOWN_TYPES = ("Aspose.Email.Clients.Smtp.SmtpStatusCode",)


def find(target: str | None, type_name: str | None = None) -> Iterator[Found]:
    """Yield what a target holds, in a stable order; None is the installed Aspose.Email assembly."""
    full_names = (type_name,) if type_name else KNOWN_TYPES
    ending = os.path.splitext(target or "")[1].lower()
    try:
        if target and ending == ".md" and os.path.isfile(target):
            from smtpstatus_dotnet.targets import reference_page

            definition = reference_page.read_enum(target, full_names)
            yield definition.origin, definition
        else:
            from smtpstatus_dotnet.targets import assemblies

            if target is None:
                target = assemblies.installed_aspose()
            if os.path.isdir(target):
                yield from assemblies.in_folder(target, full_names)
            elif ending in assemblies.ARCHIVES and os.path.isfile(target):
                yield from assemblies.in_archive(target, full_names)
            elif ending in assemblies.ASSEMBLIES or os.path.isfile(target):
                yield from assemblies.in_file(target, full_names)
            else:
                raise EnumReadError(
                    f"{target} is not there: expected an assembly (.dll, .exe), a folder, "
                    "a package (.nupkg, .whl, .zip) or a reference page (.md)"
                )
    except EnumReadError as error:
        yield Origin(target or "the installed Aspose.Email"), error
    except OSError as error:
        yield Origin(str(target)), EnumReadError(f"cannot read {error.filename or target}: {error.strerror or error}")
