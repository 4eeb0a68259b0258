"""Every assembly below a folder."""

from __future__ import annotations

import os

from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.targets.assemblies import read_collection
from smtpstatus_dotnet.targets.reading import ASSEMBLY_SUFFIXES, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtpstatus_dotnet.targets.assemblies import Assembly
    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterable[Found]:
    """Yield the enums of all assemblies below a folder, in the order of their paths.

    A subfolder that cannot be listed is an error of its own, because it may hold an enum that differs.
    """
    problems: list[OSError] = []
    paths = sorted(
        os.path.join(parent, name)
        for parent, _, names in os.walk(target, onerror=problems.append)
        for name in names
        if name.lower().endswith(ASSEMBLY_SUFFIXES)
    )
    assemblies: list[Assembly] = [(Origin(path), _regular(path)) for path in paths]
    assemblies += ((Origin(str(error.filename)), unreadable(str(error.filename), error)) for error in problems)
    return read_collection(target, assemblies, request)


def _regular(path: str) -> str | EnumReadError:
    """Return the path, or an error for a pipe or a device: opening it may wait without end."""
    if os.path.exists(path) and not os.path.isfile(path):
        return EnumReadError(f"{path} is not a file: expected an assembly")
    return path
