"""Reads enums out of .NET assemblies, with no runtime: ECMA-335, 6th edition, partition II.

Only what leads to an enum is read: an enum in a file of 9 MB takes less than a millisecond.
"""

from __future__ import annotations

import mmap
import os
from contextlib import contextmanager
from dataclasses import replace
from itertools import compress, count
from struct import Struct

from smtpstatus_dotnet._ecma335 import Metadata, MetadataError, NativeImageError
from smtpstatus_dotnet.limits import MEMBER_COUNT, NESTING_DEPTH
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from typing_extensions import Buffer

__all__ = ["EnumNotFoundError", "MetadataError", "NativeImageError", "iter_enums", "read_enum", "read_enums"]

# II.23.1.16: the element types that an enum can be made of (II.14.3), each with the layout of its constants in the blob
# heap: the length, then the value.
_ELEMENT_TYPES = {
    0x02: ("System.Boolean", Struct("<BB")),
    0x03: ("System.Char", Struct("<BH")),
    0x04: ("System.SByte", Struct("<Bb")),
    0x05: ("System.Byte", Struct("<BB")),
    0x06: ("System.Int16", Struct("<Bh")),
    0x07: ("System.UInt16", Struct("<BH")),
    0x08: ("System.Int32", Struct("<Bi")),
    0x09: ("System.UInt32", Struct("<BI")),
    0x0A: ("System.Int64", Struct("<Bq")),
    0x0B: ("System.UInt64", Struct("<BQ")),
}

_FIELD_SIGNATURE = Struct("<3B")  # II.23.2.4: the signature's length, FIELD, and the type
_STATIC, _LITERAL = 0x10, 0x40  # II.23.1.5, flags of a field
_ESCAPES = str.maketrans({character: f"\\{character}" for character in "\\[]+*&,"})  # those of Type.FullName


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
                absent.append(error)
        if not found:
            raise absent[0]
        return found


def iter_enums(source: str | os.PathLike[str] | Buffer) -> Generator[EnumDefinition]:
    """Yield every enum of an assembly in the order of its metadata; source and errors as in `read_enum`."""
    with _open(source) as assembly:
        extends = assembly.column("TypeDef", "Extends")
        enum_bases = set(filter(assembly.is_enum_base, set(extends)))
        for row in compress(count(1), map(enum_bases.__contains__, extends)):
            yield assembly.definition(row)


@contextmanager
def _open(source: str | os.PathLike[str] | Buffer, origin: Origin | None = None) -> Generator[_Assembly]:
    if not isinstance(source, str | os.PathLike):
        data = source if isinstance(source, bytes | mmap.mmap) else bytes(memoryview(source))
        yield _Assembly(data, replace(origin or Origin("<bytes>"), via="metadata"))
        return
    with open(source, "rb") as file:
        if not os.fstat(file.fileno()).st_size:  # mmap refuses it
            raise MetadataError(f"{os.fspath(source)} is empty: expected a .NET assembly")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield _Assembly(data, replace(origin or Origin(os.fspath(source)), via="metadata"))


class _Assembly(Metadata):
    """An assembly as a collection of enums. A row is a row of TypeDef."""

    def enum(self, full_name: str) -> EnumDefinition:
        """Return the enum of that name, or raise an EnumNotFoundError that says what is there instead."""
        short_name = full_name.rpartition("+")[2].rpartition(".")[2]
        others: list[str] = []
        hint = ""
        for row in self.find("TypeDef", short_name):
            found = self.full_name(row)
            if self.is_enum_base(self.row("TypeDef", row)[3]):
                if found == full_name:
                    return self.definition(row)
                others.append(found)
            elif found == full_name:
                hint = "the type of that name is not an enum"
        if place := self.forwarded(full_name, short_name):
            hint = f"it forwards the type to {place}: check that file"
        elif others and not hint:
            hint = f"it has {', '.join(others[:8])} of the same short name"
        raise EnumNotFoundError(f"{self.origin} has no enum {full_name}", hint)

    def full_name(self, row: int, table: str = "TypeDef") -> str:
        """Return the name of a TypeDef or an ExportedType as Type.FullName gives it."""
        names: list[str] = []
        for _ in range(NESTING_DEPTH):
            name, namespace = self.row(table, row)[1:3] if table == "TypeDef" else self.row(table, row)[2:4]
            names.append(self.string(name).translate(_ESCAPES))
            enclosing = self._enclosing(row, table)
            if enclosing is None:
                prefix = self.string(namespace).translate(_ESCAPES)
                return (f"{prefix}." if prefix else "") + "+".join(reversed(names))
            row = enclosing
        raise self.error(f"expected types nested up to {NESTING_DEPTH} deep", f"found {names[0]} in an endless nest")

    def _enclosing(self, row: int, table: str) -> int | None:
        """Return the row of the type in which this type is nested: II.22.32, II.22.14."""
        if table == "TypeDef":
            for nested in self.rows_with("NestedClass", "NestedClass", row, row + 1):
                return self.row("NestedClass", nested)[1]
            return None
        implementation = self.row("ExportedType", row)[4]
        return implementation >> 2 if implementation & 3 == 2 else None

    def is_enum_base(self, extends: int) -> bool:
        """Whether a TypeDefOrRef (II.24.2.6) means System.Enum, which only the core library defines itself."""
        table = {0: "TypeDef", 1: "TypeRef"}.get(extends & 3)
        if not table or not extends >> 2:
            return False
        _, name, namespace, *_ = self.row(table, extends >> 2)
        return self.string(name) == "Enum" and self.string(namespace) == "System"

    def definition(self, row: int) -> EnumDefinition:
        """Read the fields of an enum (II.14.3): the literal fields are its members, an instance field has its type."""
        underlying = ""
        members: dict[str, int] = {}
        for fields in self._fields(row):
            values = self._constants(fields)
            for field, (flags, name, signature) in zip(fields, self.rows("Field", fields), strict=True):
                if flags & _LITERAL:
                    member = self.string(name)
                    if member in members or field not in values:
                        expected = f"expected one member {member} with a constant in {self.full_name(row)}"
                        raise self.error(expected, f"found {'none' if field not in values else 'another'}")
                    members[member] = values[field]
                elif not flags & _STATIC:
                    length, kind, element_type = self.blob(signature, _FIELD_SIGNATURE)
                    if (length, kind) == (2, 6) and element_type in _ELEMENT_TYPES:
                        underlying, _ = _ELEMENT_TYPES[element_type]
        full_name = self.full_name(row)
        if not underlying:
            raise self.error(f"expected a field of an integral type in {full_name}", "found none")
        return EnumDefinition(full_name, underlying, members, self.origin)

    def _fields(self, type_row: int) -> list[range]:
        """Return the rows of a type's fields, as ranges in declared order: II.22.37, FieldList."""
        lists = "FieldPtr" if self.count["FieldPtr"] else "Field"
        first = self.row("TypeDef", type_row)[4]
        end = self.row("TypeDef", type_row + 1)[4] if type_row < self.count["TypeDef"] else self.count[lists] + 1
        if end - first > MEMBER_COUNT:
            expected = f"expected at most {MEMBER_COUNT} fields in {self.full_name(type_row)}"
            raise self.error(expected, f"found {end - first}")
        fields = range(first, end)
        if lists == "Field":
            return [fields]
        return [range(field, field + 1) for (field,) in self.rows("FieldPtr", fields)]

    def _constants(self, fields: range) -> dict[int, int]:
        """Return the integral values of literal fields, by the row of the field: II.22.9."""
        # A parent is a HasConstant index; of its tags (two bits), 0 is Field.
        rows = self.rows_with("Constant", "Parent", fields.start << 2, fields.stop << 2)
        if len(rows) > 3 * len(fields):  # a field, a parameter and a property may have the same row number
            raise self.error(f"expected one constant for each of {len(fields)} fields", f"found {len(rows)}")
        values: dict[int, int] = {}
        for element_type, parent, offset in self.rows("Constant", rows):
            if parent & 3 or element_type not in _ELEMENT_TYPES:
                continue
            _, layout = _ELEMENT_TYPES[element_type]
            length, value = self.blob(offset, layout)
            if length != layout.size - 1:
                expected = f"expected a constant of {layout.size - 1} bytes in #Blob at {offset:#x}"
                raise self.error(expected, f"found {length}")
            values[parent >> 2] = value
        return values

    def forwarded(self, full_name: str, short_name: str) -> str:
        """Return the assembly or file to which the type is forwarded: II.22.14. Empty if it is not forwarded."""
        for row in self.find("ExportedType", short_name):
            if self.full_name(row, "ExportedType") == full_name:
                outermost = row
                while enclosing := self._enclosing(outermost, "ExportedType"):
                    outermost = enclosing
                implementation = self.row("ExportedType", outermost)[4]
                tables = {0: ("File", 1), 1: ("AssemblyRef", 6)}  # II.24.2.6, and the column of the name
                if implementation & 3 in tables:
                    table, name = tables[implementation & 3]
                    return self.string(self.row(table, implementation >> 2)[name])
        return ""
