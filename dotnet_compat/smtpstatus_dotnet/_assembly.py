"""An assembly as a collection of enums: ECMA-335, 6th edition, II.14.3. Where it leaves something open, as .NET 10."""

from __future__ import annotations

import re

from smtpstatus_dotnet import limits
from smtpstatus_dotnet._checked_metadata import CheckedMetadata
from smtpstatus_dotnet._pe_image import MetadataError
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from smtpstatus_dotnet._pe_image import Read
    from smtpstatus_dotnet.parity import Origin

# II.23.1.16: the element types that an enum can be made of (II.14.3). The size is in bytes; True if there is a sign.
_ELEMENT_TYPES = {
    b"\x02": ("System.Boolean", 1, False),
    b"\x03": ("System.Char", 2, False),
    b"\x04": ("System.SByte", 1, True),
    b"\x05": ("System.Byte", 1, False),
    b"\x06": ("System.Int16", 2, True),
    b"\x07": ("System.UInt16", 2, False),
    b"\x08": ("System.Int32", 4, True),
    b"\x09": ("System.UInt32", 4, False),
    b"\x0a": ("System.Int64", 8, True),
    b"\x0b": ("System.UInt64", 8, False),
    b"\x18": ("System.IntPtr", 8, True),  # as in a process of 64 bits
    b"\x19": ("System.UIntPtr", 8, False),
}
# II.22.9: the sizes of numbers that are constants; single and double are among them.
_CONSTANT_SIZES = {kind[0]: size for kind, (_, size, _) in _ELEMENT_TYPES.items() if kind < b"\x18"} | {
    0x0C: 4,
    0x0D: 8,
}

_FIELD, _MODIFIERS = b"\x06", (b"\x1f", b"\x20")  # II.23.2.4 and II.23.2.7
_ACCESS, _STATIC, _INIT_ONLY, _LITERAL = 0x07, 0x10, 0x20, 0x40  # II.23.1.5: flags of a field
_KINDS_OF_FIELD = (0, _INIT_ONLY, _STATIC | _LITERAL)
_VISIBILITY = 0x07  # II.23.1.15: flags of a type; all but 0 and 1 are those of a nested type
_NO_ENUM_FLAGS = 0x78  # explicit and sequential layout, interface, and a flag that no type has
_SHOWN_COUNT, _SHOWN_LENGTH = 8, 200  # names in a message, and characters of one
_ESCAPED = "\\[]+*&,"  # in the names of Type.FullName
_ESCAPES = str.maketrans({character: f"\\{character}" for character in _ESCAPED})


class Assembly(CheckedMetadata):
    """An assembly as a collection of enums. A row is a row of TypeDef."""

    def __init__(self, read: Read, size: int, origin: Origin) -> None:
        super().__init__(read, size, origin)
        self._fields_left = self.count["Field"]
        # II.22.37: the tables in which types have their fields and methods, and where those of the last type end.
        fields = "FieldPtr" if self.count["FieldPtr"] else "Field"
        methods = "MethodPtr" if self.count["MethodPtr"] else "MethodDef"
        self._lists = fields, self.count[fields] + 1, methods, self.count[methods] + 1

    def enum(self, full_name: str) -> EnumDefinition:
        """Return the enum of that name, or raise an EnumNotFoundError that says what is there instead."""
        paths = _paths(full_name)
        found: list[int] = []
        others: list[str] = []
        for row in self.find("TypeDef", paths[0]):
            if self._is_named(row, "TypeDef", paths):
                found.append(row)
                if len(found) > 1:
                    raise self.error(f"one type {_start(full_name)}", "another, so that there are two readings")
            elif len(others) < _SHOWN_COUNT and self.is_enum_base(self.row("TypeDef", row)[3]):
                others.append(_start(self.full_name(row)))
        hint = ""
        if found:
            if self.is_enum_base(self.row("TypeDef", found[0])[3]):
                return self.definition(found[0])
            hint = "the type of that name is not an enum"
        elif others:
            hint = f"it has {', '.join(others)} of the same short name"
        if place := self.forwarded(paths):
            hint = f"it forwards the type to {_start(place)}: check that file"
        raise EnumNotFoundError(f"{self.origin} has no enum {_start(full_name)}", hint)

    def _is_named(self, row: int, table: str, paths: Sequence[str]) -> bool:
        """Whether a type and the types around it, from the inside out, have these names."""
        for path in paths[:-1]:
            enclosing = self._enclosing(row, table) if self._path(row, table) == path else None
            if enclosing is None:
                return False
            row = enclosing
        return self._path(row, table) == paths[-1] and self._enclosing(row, table) is None

    def _path(self, row: int, table: str) -> str:
        """Return the namespace and name of a TypeDef or an ExportedType."""
        values = self.row(table, row)
        name, namespace = self.names(values[1:3] if table == "TypeDef" else values[2:4])
        return f"{namespace}.{name}" if namespace else name

    def full_name(self, row: int) -> str:
        """Return the name of a TypeDef as Type.FullName gives it."""
        rows = [row]
        while (enclosing := self._enclosing(rows[-1], "TypeDef")) is not None:
            rows.append(enclosing)
            if len(rows) > limits.NESTING_DEPTH:
                raise self.error(f"types nested up to {limits.NESTING_DEPTH} deep", "more, or an endless nest")
        return "+".join(self._path(each, "TypeDef").translate(_ESCAPES) for each in reversed(rows))

    def _enclosing(self, row: int, table: str) -> int | None:
        """Return the row of the type in which this type is nested: II.22.32, II.22.14."""
        if table == "TypeDef":
            is_nested = self.row("TypeDef", row)[0] & _VISIBILITY > 1
            nested = self.rows_with("NestedClass", row, row + 1)
            if len(nested) != is_nested:
                raise self.error(f"{is_nested:d} rows of NestedClass for type {row}", f"{len(nested)}")
            return self.row("NestedClass", nested[0])[1] if nested else None
        implementation = self.row("ExportedType", row)[4]
        return implementation >> 2 if implementation & 3 == 2 else None

    def is_enum_base(self, extends: int) -> bool:
        """Whether a TypeDefOrRef (II.24.2.6) means System.Enum, which only the core library defines itself."""
        tag, row = extends & 3, extends >> 2
        if tag == 1 and row:
            scope, *names = self.row("TypeRef", row)
            is_possible = scope & 3 == 2 and 0 < scope >> 2 <= self.count["AssemblyRef"]  # II.22.38
        elif tag == 0 and row:
            _, *names, _, _, _ = self.row("TypeDef", row)
            is_possible = not self.count["AssemblyRef"]
        else:
            return False
        return is_possible and all(map(self.strings.startswith, (b"Enum\0", b"System\0"), names))

    def definition(self, row: int) -> EnumDefinition:
        """Read the fields of an enum: II.14.3. The static ones are its members; the other one has its type."""
        full_name = self.full_name(row)
        element_type = b""
        constants: dict[str, int] = {}
        for fields in self._fields(row, full_name):
            values = self._constants(fields, full_name)
            static: list[tuple[int, int]] = []
            for field, (flags, name, signature) in zip(fields, self.rows("Field", fields), strict=True):
                if flags & _ACCESS == _ACCESS or flags & (_STATIC | _LITERAL | _INIT_ONLY) not in _KINDS_OF_FIELD:
                    raise self._odd(full_name, "static constants, and one field", f"the flags {flags:#x} of a field")
                if flags & _STATIC:
                    static.append((field, name))
                elif element_type:
                    raise self._odd(full_name, "one field that is not static", "another")
                else:
                    element_type = self._element_type(signature, full_name)
            for (field, _), member in zip(static, self.names([name for _, name in static]), strict=True):
                if member in constants or field not in values:
                    found = "two" if member in constants else "none"
                    raise self._odd(full_name, f"one constant {_start(member)}", found)
                constants[member] = values[field]
        if not element_type:
            raise self._odd(full_name, "a field that is not static", "none")
        underlying, size, is_signed = _ELEMENT_TYPES[element_type]
        # As Enum.GetValues does, whatever type a constant has: as many of its bytes as the enum's type holds.
        mask = (1 << 8 * size) - 1
        sign = 1 << 8 * size - 1 if is_signed else 0
        members = {name: ((value & mask) ^ sign) - sign for name, value in constants.items()}
        return EnumDefinition(full_name, underlying, members, self.origin)

    def _odd(self, full_name: str, expected: str, found: str) -> MetadataError:
        """Return the error for one enum that cannot be read; the others of the assembly may be sound."""
        return MetadataError(
            f"{self.origin.location} has the enum {_start(full_name)}, which cannot be read: "
            f"expected {expected}, found {found}"
        )

    def _fields(self, row: int, full_name: str) -> list[range]:
        """Return the rows of an enum's fields, as ranges in declared order: II.22.37. Methods are an error."""
        flags, name, _, _, first, method = self.row("TypeDef", row)
        field_list, field_end, method_list, method_end = self._lists
        if row < self.count["TypeDef"]:
            *_, field_end, method_end = self.row("TypeDef", row + 1)
        if flags & _NO_ENUM_FLAGS or not self.strings[name]:
            raise self._odd(full_name, "a class with a name, and without a layout of its own", f"flags {flags:#x}")
        if method != method_end or not 1 <= method <= self.count[method_list] + 1:
            raise self._odd(full_name, "no methods", f"rows {method} to {method_end - 1} of {method_list}")
        if not 1 <= first <= field_end <= self.count[field_list] + 1:
            raise self._odd(full_name, f"rows of {field_list}", f"{first} to {field_end - 1}")
        self._fields_left -= field_end - first
        if self._fields_left < 0:  # the fields of all types would cost the product of their numbers
            raise self._odd(full_name, "fields of its own", "those of another type")
        fields = range(first, field_end)
        if field_list == "Field":
            return [fields]
        return [range(field, field + 1) for (field,) in self.rows("FieldPtr", fields)]

    def _constants(self, fields: range, full_name: str) -> dict[int, int]:
        """Return the constants of fields by the row of the field: II.22.9. A number without a sign stands for each."""
        # A parent is a HasConstant index; of its tags (two bits), 0 is Field.
        rows = self.rows_with("Constant", fields.start << 2, fields.stop << 2)
        values: dict[int, int] = {}
        for element_type, parent, offset in self.rows("Constant", rows):
            if parent & 3:
                continue
            if parent >> 2 in values:
                raise self._odd(full_name, f"one constant of field {parent >> 2}", "two")
            number = self.number(offset, _CONSTANT_SIZES.get(element_type, 0))
            if number is None or element_type not in _CONSTANT_SIZES:
                found = f"type {element_type:#x} with {len(self.blob(offset, 8))} bytes"
                raise self._odd(full_name, f"a number as the constant of field {parent >> 2}", found)
            values[parent >> 2] = number
        return values

    def _element_type(self, signature: int, full_name: str) -> bytes:
        """Return the type of a field: II.23.2.4. Modifiers may precede it."""
        data = self.blob(signature, limits.VALUE_BYTES)
        place = 1
        while data[place : place + 1] in _MODIFIERS:  # II.23.2.7; a type follows, in one, two or four bytes
            first = data[place + 1] if place + 1 < len(data) else 0
            place += 2 if first < 0x80 else 3 if first < 0xC0 else 5
        if data[:1] != _FIELD or data[place : place + 1] not in _ELEMENT_TYPES:
            raise self._odd(full_name, "a field of an integral type", f"the signature {data[:16].hex(' ')}")
        return data[place : place + 1]

    def forwarded(self, paths: Sequence[str]) -> str:
        """Return the assembly or file to which the type is forwarded: II.22.14. Empty if it is not forwarded."""
        for row in self.find("ExportedType", paths[0]):
            if self._is_named(row, "ExportedType", paths):
                outermost = row
                while (enclosing := self._enclosing(outermost, "ExportedType")) is not None:
                    outermost = enclosing
                implementation = self.row("ExportedType", outermost)[4]
                tables = {0: ("File", 1), 1: ("AssemblyRef", 6)}  # II.24.2.6, and the column of the name
                if implementation & 3 in tables:
                    table, name = tables[implementation & 3]
                    return self.string(self.row(table, implementation >> 2)[name])
        return ""


def _paths(full_name: str) -> list[str]:
    """Return the names of a type and of the types around it, from the inside out, without escapes."""
    paths: list[list[str]] = [[]]
    for part in re.findall(r"\\.|\+|[^\\+]+|\\", full_name, re.DOTALL):
        if part == "+":
            paths.append([])
        else:
            paths[-1].append(part[1:] or part if part[0] == "\\" else part)
    return ["".join(path) for path in reversed(paths)]


def _start(name: str) -> str:
    """Return a name, or the start of one that is too long for a message."""
    return name if len(name) <= _SHOWN_LENGTH else f"{name[:_SHOWN_LENGTH]}..."
