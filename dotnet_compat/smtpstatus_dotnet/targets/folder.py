"""Every assembly below a folder, also in packages there."""

from __future__ import annotations

import os

from smtpstatus_dotnet.parity import Origin
from smtpstatus_dotnet.targets.assemblies import read_collection
from smtpstatus_dotnet.targets.reading import ASSEMBLY_SUFFIXES, PACKAGE_SUFFIXES, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtpstatus_dotnet.targets.assemblies import Assembly
    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterable[Found]:
    """Yield the enums of all assemblies below a folder, in the order of their paths.

    Links are followed, and what two paths lead to is read once. A subfolder that cannot be listed is an error of its
    own, because it may hold an enum that differs.
    """
    return read_collection(target, _assemblies(target), request)


def _assemblies(target: str) -> Iterator[Assembly]:
    problems: list[OSError] = []
    for path in sorted(_paths(target, problems)):
        if path.lower().endswith(ASSEMBLY_SUFFIXES):
            yield Origin(path), path
        else:
            from smtpstatus_dotnet.targets import archive

            yield from archive.assemblies(path)
    for error in problems:
        yield Origin(str(error.filename)), unreadable(str(error.filename), error)


def _paths(target: str, problems: list[OSError]) -> Iterator[str]:
    """Yield the paths of assemblies and packages. Links are followed, but each folder and each file comes once."""
    seen: set[str] = set()
    for parent, folders, names in os.walk(target, onerror=problems.append, followlinks=True):
        real_parent = os.path.realpath(parent)
        if real_parent in seen:
            folders.clear()
            continue
        seen.add(real_parent)
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name.lower().endswith(ASSEMBLY_SUFFIXES + PACKAGE_SUFFIXES):
                real_path = os.path.realpath(path)
                if real_path not in seen:
                    seen.add(real_path)
                    yield path
