"""Writes small .NET assemblies in shapes that no compiler writes on demand (ECMA-335, partition II).

This module follows the standard and not the reader, so that the two can disagree.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vocabulary import MEMBERS

# The tables written here (II.22), with their numbers and columns. A column is a size in bytes, a heap (s, b, g), or
# a tuple: the tables that it may point to and, last, the number of bits in its tag.
MODULE, TYPE_REF, TYPE_DEF, FIELD_PTR, FIELD, CONSTANT = 0, 1, 2, 3, 4, 11
ASSEMBLY, ASSEMBLY_REF, FILE, EXPORTED_TYPE, NESTED_CLASS, GENERIC_PARAM = 32, 35, 38, 39, 41, 42
METHOD_DEF, PARAM, PROPERTY, MODULE_REF, TYPE_SPEC, METHOD_PTR = 6, 8, 23, 26, 27, 5
MEMBER_REF, CUSTOM_ATTRIBUTE = 10, 12
COLUMNS: dict[int, list[int | str | tuple[int, ...]]] = {
    MODULE: [2, "s", "g", "g", "g"],
    TYPE_REF: [(MODULE, MODULE_REF, ASSEMBLY_REF, TYPE_REF, 2), "s", "s"],
    TYPE_DEF: [4, "s", "s", (TYPE_DEF, TYPE_REF, TYPE_SPEC, 2), (FIELD, 0), (METHOD_DEF, 0)],
    FIELD_PTR: [(FIELD, 0)],
    FIELD: [2, "s", "b"],
    METHOD_PTR: [(METHOD_DEF, 0)],
    METHOD_DEF: [4, 2, 2, "s", "b", (PARAM, 0)],
    MEMBER_REF: [(TYPE_DEF, TYPE_REF, MODULE_REF, METHOD_DEF, TYPE_SPEC, 3), "s", "b"],
    CONSTANT: [2, (FIELD, PARAM, PROPERTY, 2), "b"],
    ASSEMBLY: [4, 2, 2, 2, 2, 4, "b", "s", "s"],
    ASSEMBLY_REF: [2, 2, 2, 2, 4, "b", "s", "s", "b"],
    FILE: [4, "s", "b"],
    EXPORTED_TYPE: [4, 4, "s", "s", (FILE, ASSEMBLY_REF, EXPORTED_TYPE, 2)],
    CUSTOM_ATTRIBUTE: [(METHOD_DEF, FIELD, TYPE_REF, TYPE_DEF, 5), (METHOD_DEF, MEMBER_REF, 3), "b"],
    NESTED_CLASS: [(TYPE_DEF, 0), (TYPE_DEF, 0)],
    GENERIC_PARAM: [2, 2, (TYPE_DEF, METHOD_DEF, 1), "s"],
}
Rows = dict[int, list[tuple[int, ...]]]
Streams = list[tuple[str, bytes]]

INT32 = 0x08
LAYOUTS = {2: "B", 3: "H", 4: "b", 5: "B", 6: "h", 7: "H", 8: "i", 9: "I", 10: "q", 11: "Q"}
LAYOUTS |= {0x0C: "f", 0x0D: "d", 0x18: "q", 0x19: "Q"}


@dataclass
class Enum:
    """One enum, as a TypeDef; `enclosing` is the row of the TypeDef that it is nested in."""

    name: str
    members: Mapping[str, Any]  # ints; and floats, which can be constants
    namespace: str = ""
    element_type: int = INT32
    enclosing: int = 0
    extends: int = 1 << 2 | 1  # TypeRef 1, which is System.Enum
    constant_type: int = 0
    """The type of the constants, if it is not the enum's."""

    def constant(self, value: float) -> tuple[int, bytes]:
        kind = self.constant_type or self.element_type
        return kind, struct.pack("<" + LAYOUTS[kind], value)


@dataclass
class Image:
    """An assembly with these enums; TypeDef 1 is <Module>, so the first enum is row 2."""

    enums: list[Enum]
    pe32_plus: bool = False
    stream: str = "#~"
    other_streams: tuple[str, ...] = ()
    """Unknown streams, written before the known ones."""
    wide_heaps: bool = False
    """Four-byte indexes into all heaps."""
    field_pointers: bool = False
    """A FieldPtr table, with the fields behind it in reverse order."""
    unsorted: bool = False
    """Constants and nested classes in reverse order, and not declared as sorted."""
    parameter_constants: bool = False
    """For each constant of a field, one of the parameter with the same row number (a default argument)."""
    more_type_refs: int = 0
    """Unused TypeRef rows; 16,384 of them make TypeDefOrRef four bytes wide."""
    more_fields: int = 0
    """Fields of <Module>; 16,384 of them make HasConstant four bytes wide, 65,536 every index into Field."""
    extra_data: bool = False
    """Flag 0x40 of `#-`, and the four bytes that it announces."""
    exported: list[tuple[str, str, int]] = field(default_factory=list)
    """ExportedType rows: name, namespace, Implementation."""
    version: tuple[int, int, int, int] = (1, 2, 3, 4)
    core: str = "mscorlib"
    """The assembly that defines System.Enum; every runtime knows this one."""
    table_version: tuple[int, int] = (2, 0)
    edit_rows: Callable[[Image, Rows], None] | None = None
    """Changes the tables before they are written."""
    edit_streams: Callable[[Streams], None] | None = None
    """Changes the streams before they are written."""
    flags: int = 1
    """Flags of the CLI header (II.25.3.3.1): 1 for no native code, 2 for 32 bits only."""

    def __post_init__(self) -> None:
        self.strings, self.blobs = bytearray(b"\0"), bytearray(b"\0")

    def string(self, text: str) -> int:
        self.strings += text.encode() + b"\0"
        return len(self.strings) - len(text.encode()) - 1

    def blob(self, data: bytes, width: int = 1) -> int:
        """Add a value whose length is written in one, two or four bytes: II.24.2.4."""
        prefix = {1: 0, 2: 0x8000, 4: 0xC000_0000}[width]
        self.blobs += (prefix | len(data)).to_bytes(width, "big") + data
        return len(self.blobs) - len(data) - width

    def tables(self) -> dict[int, list[tuple[int, ...]]]:
        empty = self.string("")
        rows: dict[int, list[tuple[int, ...]]] = {table: [] for table in COLUMNS}
        rows[MODULE] = [(0, self.string("Made.dll"), 1, 0, 0)]
        rows[ASSEMBLY] = [(0x8004, *self.version, 0, 0, self.string("Made"), empty)]
        rows[ASSEMBLY_REF] = [(4, 0, 0, 0, 0, 0, self.string(self.core), empty, 0)]
        if self.exported:  # CoreCLR 3.1 loads no type from an assembly with files
            rows[FILE] = [(0, self.string("part.netmodule"), 0)]
        rows[TYPE_REF] = [(1 << 2 | 2, self.string("Enum"), self.string("System"))]
        rows[TYPE_REF] += [(1 << 2 | 2, rows[TYPE_REF][0][1], empty)] * self.more_type_refs
        rows[TYPE_DEF] = [(0, self.string("<Module>"), empty, 0, 1, 1)]
        rows[FIELD] = [(0x16, self.string("padding"), self.blob(bytes([6, INT32])))] * self.more_fields
        for number, enum in enumerate(self.enums, 2):
            name, namespace = self.string(enum.name), self.string(enum.namespace)
            rows[TYPE_DEF].append(
                (0x102 if enum.enclosing else 0x101, name, namespace, enum.extends, len(rows[FIELD]) + 1, 1)
            )
            if enum.enclosing:
                rows[NESTED_CLASS].append((number, enum.enclosing))
            rows[FIELD].append((0x606, self.string("value__"), self.blob(bytes([6, enum.element_type]))))
            for member, value in enum.members.items():
                rows[FIELD].append((0x8056, self.string(member), self.blob(b"\x06\x11\x08")))
                kind, constant = enum.constant(value)
                rows[CONSTANT].append((kind, len(rows[FIELD]) << 2, self.blob(constant)))
        if self.field_pointers:
            count = len(rows[FIELD])
            rows[FIELD_PTR] = [(count - row,) for row in range(count)]
            rows[FIELD].reverse()
            rows[CONSTANT] = [(kind, count + 1 - (field >> 2) << 2, value) for kind, field, value in rows[CONSTANT]]
            rows[CONSTANT].sort(key=lambda row: row[1])
        if self.parameter_constants:
            defaults = [(kind, parent | 1, self.blob(bytes(8))) for kind, parent, _ in rows[CONSTANT]]
            rows[CONSTANT] = sorted([*rows[CONSTANT], *defaults], key=lambda row: row[1])
        if self.unsorted:
            rows[CONSTANT].reverse()
            rows[NESTED_CLASS].reverse()
        for exported, space, implementation in self.exported:
            rows[EXPORTED_TYPE].append((0, 0, self.string(exported), self.string(space), implementation))
        if self.edit_rows:
            self.edit_rows(self, rows)
        return {table: rows for table, rows in sorted(rows.items()) if rows}

    def table_stream(self) -> bytes:
        tables = self.tables()

        def layout(column: int | str | tuple[int, ...]) -> str:
            if isinstance(column, int):
                return {2: "H", 4: "I"}[column]
            if isinstance(column, str):
                return "I" if self.wide_heaps else "H"
            *targets, bits = column
            return "H" if all(len(tables.get(target, ())) < 1 << 16 - bits for target in targets) else "I"

        valid = sum(1 << table for table in tables)
        heap_sizes = (7 if self.wide_heaps else 0) | (0x40 if self.extra_data else 0)
        in_order = (1 << 64) - 1 - ((1 << CONSTANT | 1 << NESTED_CLASS) if self.unsorted else 0)
        data = struct.pack("<IBBBBQQ", 0, *self.table_version, heap_sizes, 1, valid, in_order)
        data += struct.pack(f"<{len(tables)}I", *map(len, tables.values()))
        data += b"more" if self.extra_data else b""
        for table, rows in tables.items():
            row = struct.Struct("<" + "".join(map(layout, COLUMNS[table])))
            data += b"".join(row.pack(*values) for values in rows)
        return data

    def metadata(self) -> bytes:
        tables = self.table_stream()
        streams: Streams = [(name, b"nothing known") for name in self.other_streams]
        streams += [(self.stream, tables), ("#Strings", bytes(self.strings)), ("#Blob", bytes(self.blobs))]
        streams += [("#GUID", bytes(16)), ("#US", b"\0")]
        if self.edit_streams:
            self.edit_streams(streams)
        version = b"v4.0.30319\0\0"
        root = struct.pack("<IHHII", 0x424A5342, 1, 1, 0, len(version)) + version + struct.pack("<HH", 0, len(streams))
        names = [name.encode() + bytes(4 - len(name.encode()) % 4) for name, _ in streams]
        offset = len(root) + sum(8 + len(name) for name in names)
        headers, bodies = b"", b""
        for name, (_, body) in zip(names, streams, strict=True):
            padded = body + bytes(-len(body) % 4)
            headers += struct.pack("<II", offset + len(bodies), len(padded)) + name
            bodies += padded
        return root + headers + bodies

    def build(self) -> bytes:
        """Return the image: one section, with the CLI header at its start and the metadata behind it."""
        metadata = self.metadata()
        section = struct.pack("<IHHIII", 72, 2, 5, 0x2048, len(metadata), self.flags).ljust(72, b"\0") + metadata
        size = len(section)
        section += bytes(-size % 0x200)
        directories = [(0, 0)] * 14 + [(0x2000, 72), (0, 0)]
        # The fields that a CLR checks: base address and size of the image, its alignment and its subsystem.
        optional = struct.pack("<HxxI16x", 0x20B if self.pe32_plus else 0x10B, len(section))
        optional += struct.pack("<Q" if self.pe32_plus else "<4xI", 0x400000)
        optional += struct.pack("<II", 0x2000, 0x200) + struct.pack("<HHHHHHI", 4, 0, 0, 0, 4, 0, 0)
        optional += struct.pack("<IIIHH", 0x2000 + (len(section) + 0x1FFF & ~0x1FFF), 0x400, 0, 3, 0x8540)
        optional = optional.ljust(108 if self.pe32_plus else 92, b"\0")
        optional += struct.pack("<I", 16) + b"".join(struct.pack("<II", *entry) for entry in directories)
        coff = struct.pack("<HHIIIHH", 0x8664 if self.pe32_plus else 0x14C, 1, 0, 0, 0, len(optional), 0x2102)
        header = struct.pack("<8sIIII12xI", b".text", size, 0x2000, len(section), 0x400, 0x60000020)
        start = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
        return (start + b"PE\0\0" + coff + optional + header).ljust(0x400, b"\0") + section


def vendors_image(**options: object) -> bytes:
    """Return an assembly with the vendor's enum, made as for .NET Framework: its core library is mscorlib."""
    options = {"core": "mscorlib", **options}
    return Image([Enum("SmtpStatusCode", MEMBERS, "Aspose.Email.Clients.Smtp")], **options).build()  # type: ignore[arg-type]  # each has its field's type
