"""Every assembly in a package: a zip archive, such as NuGet's packages and Python's wheels, and one level of them."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.targets.assemblies import framework, read_collection
from smtpstatus_dotnet.targets.reading import ASSEMBLY_SUFFIXES, PACKAGE_SUFFIXES, unreadable
from smtpstatus_dotnet.unpacking import allowed_size, open_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO
    from zipfile import ZipInfo

    from smtpstatus_dotnet.targets.assemblies import Assembly
    from smtpstatus_dotnet.targets.reading import Found, Request

# What zipfile raises for archives that are damaged or odd: not only BadZipFile.
_ZIP_ERRORS = (
    *(BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, zlib.error),
    *(ValueError, LookupError, OverflowError, struct.error),
)


@dataclass
class _Budget:
    """What may still be unpacked of an archive, the packages inside it included."""

    allowed_bytes: int
    entry_count: int
    used_bytes: int = 0


def read(target: str, request: Request) -> Iterator[Found]:
    """Yield the enums of all assemblies of a package, in the order of its directory.

    Raises EnumReadError if the file is not an intact zip archive, and OSError.
    """
    with open_regular(target) as file:
        archive = _open(target, file)
        yield from read_collection(target, _members(target, archive, _budget(file), depth=1), request)


def assemblies(path: str) -> Iterator[Assembly]:
    """Yield the assemblies of a package in a folder. Packages inside it are errors."""
    try:
        with open_regular(path) as file:
            yield from _members(path, _open(path, file), _budget(file), depth=0)
    except OSError as error:
        yield Origin(path), unreadable(path, error)
    except EnumReadError as error:
        yield Origin(path), error


def _open(location: str, file: IO[bytes]) -> ZipFile:
    try:
        return ZipFile(file)
    except _ZIP_ERRORS as error:
        raise EnumReadError(f"{location} is not an intact zip archive: {error}") from error


def _budget(file: IO[bytes]) -> _Budget:
    return _Budget(
        min(limits.ARCHIVE_BYTES, allowed_size(os.fstat(file.fileno()).st_size)), limits.ARCHIVE_ASSEMBLY_COUNT
    )


def _members(path: str, archive: ZipFile, budget: _Budget, depth: int) -> Iterator[Assembly]:
    for entry in archive.infolist():
        name = entry.orig_filename
        names = (name.lower(), entry.filename.lower())  # the latter ends before a NUL, as some unpack it
        is_package = any(each.endswith(PACKAGE_SUFFIXES) for each in names)
        if not is_package and not any(each.endswith(ASSEMBLY_SUFFIXES) for each in names):
            continue
        origin = Origin(f"{path}!{name}", framework=framework(name))
        if not budget.entry_count:
            count = limits.ARCHIVE_ASSEMBLY_COUNT
            yield Origin(path), EnumReadError(f"{path} has more than the {count} assemblies and packages that are read")
            return
        budget.entry_count -= 1
        if not is_package:
            yield origin, partial(_unpack, archive, entry, origin, budget)
        elif depth:
            yield from _package(archive, entry, origin, budget)
        else:
            message = f"{origin.location} is not read, because it is a package in a package: unpack it and check it"
            yield origin, EnumReadError(message)


def _package(archive: ZipFile, entry: ZipInfo, origin: Origin, budget: _Budget) -> Iterator[Assembly]:
    try:
        inner = _open(origin.location, BytesIO(_unpack(archive, entry, origin, budget)))
    except EnumReadError as error:
        yield origin, error
    else:
        yield from _members(origin.location, inner, budget, depth=0)


def _unpack(archive: ZipFile, entry: ZipInfo, origin: Origin, budget: _Budget) -> bytes:
    budget.used_bytes += entry.file_size
    try:
        if budget.used_bytes > budget.allowed_bytes:
            raise BadZipFile(f"the assemblies of one archive have more than {budget.allowed_bytes} bytes together")
        limit = min(limits.ENTRY_BYTES, allowed_size(entry.compress_size))
        buffer = BytesIO()
        with open_entry(archive, entry, limit) as file:
            shutil.copyfileobj(file, buffer, 1 << 16)
        return buffer.getvalue()
    except _ZIP_ERRORS as error:
        raise EnumReadError(f"{origin.location} cannot be unpacked: {error}") from error
