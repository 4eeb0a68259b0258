"""Which assemblies of a package may have an enum: the names say it, so that the others need not be fetched."""

from __future__ import annotations

import difflib
from urllib.parse import unquote

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumReadError
from smtpstatus_dotnet.targets.reading import ASSEMBLY_SUFFIXES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtpstatus_dotnet.package_indexes.archives import Archive


def groups(archive: Archive, path: str, names: Iterable[str]) -> list[list[str]]:
    """Return the entries that may have the enums, in groups of one name, in the order of `names`.

    If `path` names one, it is the only one. Raises EnumReadError if there is none.
    """
    assemblies = [name for name in archive.names if _spelled(name).endswith(ASSEMBLY_SUFFIXES)]
    file_name = archive.file.file_name
    if len(set(map(_spelled, assemblies))) < len(assemblies):
        raise EnumReadError(
            f"{file_name} has two entries of one name, and a reader may take either: tell its publisher"
        )
    if not assemblies:
        raise EnumReadError(f"{file_name} has no assembly ({', '.join(ASSEMBLY_SUFFIXES)}): is it a package for .NET?")
    if path:
        if path not in assemblies:
            close = difflib.get_close_matches(path, assemblies[:1000], 5, 0.3)
            raise EnumReadError(f"{file_name} has no {path}, but {', '.join(close or assemblies[:5])}")
        return [[path]]
    names = list(dict.fromkeys(names))
    if not names:
        raise EnumReadError(
            f"{file_name} has {len(assemblies)} assemblies, and a type without a namespace may be in any: "
            f"name one of them, #{assemblies[0]} for example"
        )
    found = [[each for each in assemblies if _spelled(each).rpartition("/")[2] == name.lower()] for name in names]
    if not any(found):
        raise EnumReadError(
            f"{file_name} has {len(assemblies)} assemblies, and none is called {' or '.join(names)}: "
            f"name one of them, #{assemblies[0]} for example"
        )
    return [_expect_readable(archive, group) for group in found if group]


def _spelled(name: str) -> str:
    """Return the name of an entry as installers compare it: packages of NuGet may have it percent-encoded."""
    return unquote(name).replace("\\", "/").lower()


def likely_names(full_name: str) -> Iterator[str]:
    """Yield the usual names of the assembly of a type: A.B.C.dll, A.B.dll and A.dll for A.B.C.Type."""
    namespace = full_name.partition("+")[0].rpartition(".")[0]
    while namespace:
        yield f"{namespace}.dll"
        namespace = namespace.rpartition(".")[0]


def _expect_readable(archive: Archive, group: list[str]) -> list[str]:
    file_name = archive.file.file_name
    if len(group) > limits.COPY_COUNT:
        raise EnumReadError(
            f"{file_name} has {len(group)} copies of {group[0]}; at most {limits.COPY_COUNT} are read: "
            f"name one of them, #{group[0]} for example"
        )
    if sum(map(archive.size, group)) > limits.ARCHIVE_BYTES:
        raise EnumReadError(f"the {len(group)} copies of {group[0]} in {file_name} are too large to be read")
    return group
