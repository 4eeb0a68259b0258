"""Reads enums out of .NET assemblies, with no runtime: ECMA-335, 6th edition, partition II.

Only what leads to an enum is read: an enum in a file of 9 MB takes about a millisecond. Where the standard leaves
something open, the reading is that of .NET 10.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from itertools import compress, count

from smtpstatus_dotnet import limits
from smtpstatus_dotnet._assembly import Assembly
from smtpstatus_dotnet._pe_image import MetadataError, NativeImageError
from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from typing_extensions import Buffer


__all__ = [
    "EnumNotFoundError",
    "MetadataError",
    "NativeImageError",
    "UnreadableEnumsError",
    "iter_enums",
    "read_enum",
    "read_enums",
]

_SMALL = 1 << 20  # bytes of a file that is read at once


class UnreadableEnumsError(MetadataError):
    """Some enums of an assembly cannot be read. `errors` says why, for each of them up to a limit."""

    def __init__(self, location: str, errors: Sequence[MetadataError], total: int) -> None:
        self.errors = tuple(errors)
        enums = "One enum" if total == 1 else f"{total} enums"
        super().__init__("\n".join([f"{enums} of {location} cannot be read:", *map(str, self.errors[:8])]))


def read_enum(
    source: str | os.PathLike[str] | Buffer, full_name: str, *, origin: Origin | None = None
) -> EnumDefinition:
    """Return one enum of an assembly.

    `source` is a path or the bytes of the assembly. `full_name` is the name that Type.FullName gives:
    `Namespace.Outer+Inner`. `origin` says where the bytes came from. Raises MetadataError if the source is not an
    intact .NET assembly, EnumNotFoundError (which says what it has instead) if it has no such enum, and OSError if the
    file cannot be read.
    """
    (definition,) = read_enums(source, (full_name,), origin=origin)
    return definition


def read_enums(
    source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
) -> list[EnumDefinition]:
    """Return the enums of `full_names` that an assembly has, in their order.

    Raises the errors of `read_enum` if it has none of them.
    """
    with _open(source, origin) as assembly:
        found: list[EnumDefinition] = []
        absent: list[EnumNotFoundError] = []
        for full_name in full_names:
            try:
                found.append(assembly.enum(full_name))
            except EnumNotFoundError as error:
                absent.append(error.with_traceback(None))  # its frames would keep the bytes in memory
        if not found:
            assembly.check_types()
            raise absent[0]
        return found


def iter_enums(source: str | os.PathLike[str] | Buffer, *, origin: Origin | None = None) -> Generator[EnumDefinition]:
    """Yield every enum of an assembly in the order of its metadata; source and errors as in `read_enum`.

    An enum that cannot be read is passed over, and UnreadableEnumsError, a MetadataError, is raised after the last one.
    """
    with _open(source, origin) as assembly:
        assembly.read_all_blobs()
        extends = assembly.column("TypeDef", "Extends")
        enum_bases = set(filter(assembly.is_enum_base, set(extends)))
        errors: list[MetadataError] = []
        total = 0
        for row in compress(count(1), map(enum_bases.__contains__, extends)):
            try:
                definition = assembly.definition(row)
            except MetadataError as error:
                total += 1
                if total <= limits.UNREADABLE_ENUM_COUNT:
                    errors.append(error.with_traceback(None))
            else:
                yield definition
        if errors:
            raise UnreadableEnumsError(assembly.origin.location, errors, total)


@contextmanager
def _open(source: str | os.PathLike[str] | Buffer, origin: Origin | None = None) -> Generator[Assembly]:
    if not isinstance(source, str | os.PathLike):
        yield _in_memory(source, origin or Origin("<bytes>"))
        return
    path = os.fspath(source)
    with open_regular(path) as file:
        size = file.seek(0, os.SEEK_END)
        if not size:
            raise MetadataError(f"{path} is empty: expected a .NET assembly")
        file.seek(0)
        if size <= _SMALL:
            yield _in_memory(file.read(), origin or Origin(path))
            return

        def read(offset: int, size: int) -> bytes:
            file.seek(offset)
            return file.read(size)

        yield Assembly(read, size, replace(origin or Origin(path), via="metadata"))


def _in_memory(source: Buffer, origin: Origin) -> Assembly:
    data = source if isinstance(source, bytes) else memoryview(source).cast("B")
    return Assembly(
        lambda offset, size: bytes(data[offset : offset + size]), len(data), replace(origin, via="metadata")
    )
