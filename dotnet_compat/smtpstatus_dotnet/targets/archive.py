"""Every assembly in a package: a zip archive, such as NuGet's packages and Python's wheels."""

from __future__ import annotations

import zlib
from itertools import pairwise
from zipfile import BadZipFile, ZipFile

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.targets.assemblies import read_collection
from smtpstatus_dotnet.targets.reading import ASSEMBLY_SUFFIXES
from smtpstatus_dotnet.unpacking import open_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipInfo

    from smtpstatus_dotnet.targets.assemblies import Assembly
    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterator[Found]:
    """Yield the enums of all assemblies of a package, in the order of its directory.

    Raises EnumReadError if the file is not an intact zip archive, and OSError.
    """
    try:
        archive = ZipFile(target)
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise EnumReadError(f"{target} is not an intact zip archive: {error}") from error
    with archive:
        yield from read_collection(target, _assemblies(target, archive), request)


def _assemblies(path: str, archive: ZipFile) -> Iterator[Assembly]:
    budget = limits.ARCHIVE_BYTES
    for entry in archive.infolist():
        if entry.filename.lower().endswith(ASSEMBLY_SUFFIXES):
            budget -= entry.file_size
            origin = Origin(f"{path}!{entry.filename}", framework=_framework(entry))
            yield origin, _unpack(archive, entry, origin, is_within_budget=budget >= 0)


def _unpack(archive: ZipFile, entry: ZipInfo, origin: Origin, *, is_within_budget: bool) -> bytes | EnumReadError:
    try:
        if not is_within_budget:
            raise BadZipFile(f"the assemblies of one archive have more than {limits.ARCHIVE_BYTES >> 20} MiB together")
        with open_entry(archive, entry, limits.ENTRY_BYTES) as file:
            return file.read(entry.file_size)
    except (BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, zlib.error) as error:
        return EnumReadError(f"{origin.location} cannot be unpacked: {error}")


def _framework(entry: ZipInfo) -> str:
    """Return the target framework in NuGet's folder convention: `net6.0` of `lib/net6.0/X.dll`."""
    folders = entry.filename.split("/")[:-1]
    return next((after for folder, after in pairwise(folders) if folder in ("lib", "ref")), "")
