"""Assemblies in every shape that matters to a reader, each small and made by `image`.

`READABLE` are read, and .NET 10 reads the same. `REFUSED` have two readings, or break II.22 to II.24, whether or not a
runtime reads them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

from image import (
    ASSEMBLY,
    ASSEMBLY_REF,
    CONSTANT,
    CUSTOM_ATTRIBUTE,
    FIELD,
    FIELD_PTR,
    GENERIC_PARAM,
    LAYOUTS,
    MEMBER_REF,
    METHOD_DEF,
    MODULE,
    NESTED_CLASS,
    TYPE_DEF,
    TYPE_REF,
    Enum,
    Image,
    Rows,
    Streams,
)

COLOR = Enum("Color", {"Red": 1, "Green": -2, "Blue": 2**31 - 1}, "Some.Space")
OTHER = Enum("Other", {"A": 0, "B": 255}, "Some.Space", element_type=0x05)
TWO = [COLOR, OTHER]
COLOR_ROW = 2  # of TypeDef; its fields are the first four of a plain image: value__, Red, Green, Blue


def row(table: int, number: int, **columns: int) -> Callable[[Image, Rows], None]:
    """Return an edit that sets columns, named c0, c1, …, of one row."""

    def edit(_: Image, rows: Rows) -> None:
        values = list(rows[table][number - 1])
        for name, value in columns.items():
            values[int(name[1:])] = value
        rows[table][number - 1] = tuple(values)

    return edit


def append(table: int, *values: int) -> Callable[[Image, Rows], None]:
    """Return an edit that adds a row behind the others."""
    return lambda _, rows: rows[table].append(values)


def blob(table: int, number: int, column: int, data: bytes, width: int = 1) -> Callable[[Image, Rows], None]:
    """Return an edit that gives a row another value in the #Blob heap."""

    def edit(image: Image, rows: Rows) -> None:
        row(table, number, **{f"c{column}": image.blob(data, width)})(image, rows)

    return edit


def name(table: int, number: int, column: int, text: bytes) -> Callable[[Image, Rows], None]:
    """Return an edit that gives a row another name, of any bytes."""

    def edit(image: Image, rows: Rows) -> None:
        offset = len(image.strings)
        image.strings += text + b"\0"
        row(table, number, **{f"c{column}": offset})(image, rows)

    return edit


def rows(*edits: Callable[[Image, Rows], None], enums: list[Enum] = TWO, **options: object) -> Image:
    def edit(image: Image, tables: Rows) -> None:
        for each in edits:
            each(image, tables)

    return replace(Image(enums), edit_rows=edit, **options)  # type: ignore[arg-type]  # of the fields' types


def streams(edit: Callable[[Streams], None], stream: str = "#~") -> Image:
    return Image(TWO, stream=stream, edit_streams=edit)


def again(wanted: str, *, first: bool, spelled: str = "") -> Callable[[Streams], None]:
    """Return an edit that adds a second heap of a name, before or behind the real one."""

    def edit(all_streams: Streams) -> None:
        place = [text for text, _ in all_streams].index(wanted)
        decoy = spelled or wanted, bytes(len(all_streams[place][1]))
        all_streams.insert(place if first else len(all_streams), decoy)

    return edit


def lower_case(all_streams: Streams) -> None:
    all_streams[:] = [(text.lower(), body) for text, body in all_streams]


def behind(text: str) -> Callable[[Streams], None]:
    return lambda all_streams: all_streams.append((text, b"nothing known"))


def swap_first_and_last(_: Image, tables: Rows) -> None:
    """Put the field that holds the value behind the member of the only enum."""
    tables[FIELD].reverse()
    tables[CONSTANT] = [(kind, 1 << 2, value) for kind, _, value in tables[CONSTANT]]


def reverse(table: int) -> Callable[[Image, Rows], None]:
    return lambda _, tables: tables[table].reverse()


def double(table: int) -> Callable[[Image, Rows], None]:
    return lambda _, tables: tables[table].insert(0, tables[table][0])


def debuggable(value: bytes) -> Callable[[Image, Rows], None]:
    """Return an edit that gives the assembly a DebuggableAttribute with this value."""

    def edit(image: Image, tables: Rows) -> None:
        tables[TYPE_REF].append((1 << 2 | 2, image.string("DebuggableAttribute"), image.string("System.Diagnostics")))
        attribute = len(tables[TYPE_REF])
        tables[MEMBER_REF] = [(attribute << 3 | 1, image.string(".ctor"), image.blob(b"\x20\x01\x01\x11\x08"))]
        tables[CUSTOM_ATTRIBUTE] = [(1 << 5 | 14, 1 << 3 | 3, image.blob(value))]

    return edit


def without_first(table: int) -> Callable[[Image, Rows], None]:
    return lambda _, tables: tables.__setitem__(table, tables[table][1:])


def decoy_behind_schema(all_streams: Streams) -> None:
    behind("#Schema")(all_streams)
    again("#Blob", first=True, spelled="#bLOB")(all_streams)


def same_name(_: Image, tables: Rows) -> None:
    flags, text, signature = tables[FIELD][1]
    tables[FIELD][2] = flags, text, signature


def bad_length(image: Image, tables: Rows) -> None:
    """II.24.2.4: a length begins with no more than two ones."""
    image.blobs += b"\xe0\0\0\0"
    row(CONSTANT, 1, c2=len(image.blobs) - 4)(image, tables)


UNDERLYING = (*range(0x03, 0x0C), 0x18, 0x19)  # .NET 10 lists no values of an enum of Booleans
CONSTANTS: dict[int, dict[str, float]] = {
    0x02: {"Least": 0, "Greatest": 1},
    0x0C: {"Least": -1.5, "Greatest": 1e30},
    0x0D: {"Least": -1.5, "Greatest": 1e300},
}
for kind, layout in LAYOUTS.items():
    if 0x03 <= kind <= 0x0B:
        bits = 8 * struct.calcsize(layout)
        CONSTANTS[kind] = (
            {"Least": 0, "Greatest": 2**bits - 1}
            if layout.isupper()
            else {"Least": -(2 ** (bits - 1)), "Greatest": 2 ** (bits - 1) - 1}
        )


READABLE: dict[str, Image] = {
    "plain": Image(TWO),
    "PE32+": Image(TWO, pe32_plus=True),
    **{
        f"a DebuggableAttribute of {len(value)} bytes": rows(debuggable(value))
        for value in (b"", b"\1\0", bytes(5), b"\1\0" + bytes(4), bytes(7), b"\1\0" + bytes(6), bytes(9))
    },
    "uncompressed": Image(TWO, stream="#-"),
    "field pointers": Image(TWO, stream="#-", field_pointers=True),
    "extra data": Image(TWO, stream="#-", extra_data=True),
    "extra data in #~": Image(TWO, extra_data=True),
    "wide heaps": Image(TWO, wide_heaps=True),
    # The edges at which an index becomes wide: II.24.2.6. An image has one TypeRef, and seven fields.
    "widest narrow TypeDefOrRef": Image(TWO, more_type_refs=(1 << 14) - 2),
    "narrowest wide TypeDefOrRef": Image(TWO, more_type_refs=(1 << 14) - 1),
    "widest narrow HasConstant": Image(TWO, more_fields=(1 << 14) - 8),
    "narrowest wide HasConstant": Image(TWO, more_fields=(1 << 14) - 7),
    "widest narrow Field": Image(TWO, more_fields=(1 << 16) - 8),
    "narrowest wide Field": Image(TWO, more_fields=(1 << 16) - 7),
    "more members than a short index": Image(
        [Enum("Large", {f"m{n}": n for n in range(65_537)}, "N"), COLOR], wide_heaps=True
    ),
    "unsorted": Image(TWO, unsorted=True, stream="#-"),
    "parameter constants": Image(TWO, parameter_constants=True),
    "unknown streams": Image(TWO, other_streams=("#Junk", "x" * 31)),
    "#Schema behind": streams(behind("#Schema")),
    "lower-case names beside #-": streams(lower_case, "#-"),
    "a decoy in lower case beside #~": streams(again("#Strings", first=True, spelled="#strings")),
    "version 1.0": Image(TWO, table_version=(1, 0)),
    "constants of two-byte lengths": rows(blob(CONSTANT, 1, 2, b"\1\0\0\0", 2), blob(FIELD, 1, 2, b"\x06\x08", 2)),
    "constants of four-byte lengths": rows(blob(CONSTANT, 1, 2, b"\1\0\0\0", 4), blob(FIELD, 1, 2, b"\x06\x08", 4)),
    # II.23.2.7: modifiers before the type of the field that holds the value, with indexes of one, two and four bytes.
    "an optional modifier": rows(blob(FIELD, 1, 2, bytes([6, 0x20, 1 << 2 | 1, 8]))),
    "two modifiers": rows(blob(FIELD, 1, 2, bytes([6, 0x20, 1 << 2 | 1, 0x20, 1 << 2 | 1, 8]))),
    "a modifier of two bytes": rows(blob(FIELD, 1, 2, bytes([6, 0x20, 0x80, 1 << 2 | 1, 8]))),
    "a modifier of four bytes": rows(blob(FIELD, 1, 2, bytes([6, 0x20, 0xC0, 0, 0, 1 << 2 | 1, 8]))),
    "a long member": Image([Enum("E", {"x" * 5000: 1}, "N")]),
    "a long type": Image([Enum("x" * 5000, {"A": 1}, "N")]),
    "nested types": Image(
        [COLOR, Enum("Inner", {"B": 2}, "", enclosing=2), Enum("In.ner", {"C": 3}, "M", enclosing=3)]
    ),
    "dots in a name": Image([Enum("B.C", {"A": 1}, "A"), Enum("..", {"A": 1}, "N"), Enum("E.", {"A": 1}, "N.")]),
    "escapes in names": Image([Enum("a+b,c[d]\\e&f*g", {"A": 1}, "N+M"), Enum("\\", {"A": 1})]),
    "no namespace": Image([Enum("Global", {"A": 1})]),
    "no members": Image([Enum("Empty", {}, "N")]),
    "the value's field behind the members": rows(swap_first_and_last, enums=[Enum("E", {"A": 1}, "N")]),
    **{
        f"constants of each type in an enum of type {enum_type:#x}": Image(
            [
                Enum(f"E{constant_type:x}", members, "N", enum_type, constant_type=constant_type)
                for constant_type, members in CONSTANTS.items()
            ]
        )
        for enum_type in UNDERLYING
    },
}

REFUSED: dict[str, tuple[Image, str]] = {
    # Two readings: .NET 10 takes the first heap beside `#-`, other readers the last.
    **{
        f"two {heap} beside {stream}, the {'first' if first else 'last'} a decoy": (
            streams(again(heap, first=first), stream),
            f"one stream '{heap}'",
        )
        for heap in ("#Strings", "#Blob")
        for stream in ("#~", "#-")
        for first in (True, False)
    },
    "a decoy in lower case beside #-": (
        streams(again("#Blob", first=True, spelled="#blob"), "#-"),
        "one stream '#Blob'",
    ),
    "a decoy behind #Schema": (
        streams(decoy_behind_schema),
        "one stream '#Blob'",
    ),
    "two streams of tables": (streams(behind("#-")), "one stream '#~' or '#-', found '#~'"),
    "no tables": (Image(TWO, stream="#x"), "one stream '#~' or '#-', found '#x'"),
    "#Schema before": (Image(TWO, other_streams=("#Schema",)), "before '#Schema'"),
    "#JTD": (Image(TWO, other_streams=("#JTD",)), "a whole assembly"),
    "#jtd beside #-": (Image(TWO, stream="#-", other_streams=("#jtd",)), "a whole assembly"),
    "lower-case names beside #~": (streams(lower_case), "names? |0 to 0"),
    "FieldPtr beside #~": (Image(TWO, field_pointers=True), "no FieldPtr"),
    "fewer field pointers than fields": (
        rows(without_first(FIELD_PTR), stream="#-", field_pointers=True),
        "one for each field",
    ),
    "unsorted beside #~": (Image(TWO, unsorted=True), "Constant to be sorted"),
    "sorted only by its flag": (rows(reverse(CONSTANT), stream="#-"), "Constant to be sorted"),
    "tables of version 1.1": (Image(TWO, table_version=(1, 1)), "version 1.0 or 2.0"),
    "tables of version 2.1": (Image(TWO, table_version=(2, 1)), "version 1.0 or 2.0"),
    "tables of version 2.0 in 1.0": (
        rows(append(GENERIC_PARAM, 0, 0, 2 << 1, 1), table_version=(1, 0)),
        "no tables of",
    ),
    "two rows of Assembly": (
        rows(lambda _, tables: tables[ASSEMBLY].extend(tables[ASSEMBLY])),
        "at most one of Assembly",
    ),
    "a name outside the heap": (rows(row(TYPE_REF, 1, c1=0xFFFF)), "in the column TypeName of TypeRef"),
    "a name of the module outside the heap": (rows(row(MODULE, 1, c1=0xFFFF)), "in the heap of String in Module.Name"),
    "a name of a reference outside the heap": (
        rows(row(ASSEMBLY_REF, 1, c6=0xFFFF)),
        "in the heap of String in AssemblyRef.Name",
    ),
    "a token of a reference outside the heap": (
        rows(row(ASSEMBLY_REF, 1, c5=0xFFFF)),
        "in the heap of Blob in AssemblyRef.Key",
    ),
    "a token of a reference without end": (
        rows(blob(ASSEMBLY_REF, 1, 5, b""), lambda image, _: image.blobs.__setitem__(-1, 0x7F)),
        "a value of up to 65536 bytes in #Blob",
    ),
    "an attribute of the constructor 0": (rows(append(CUSTOM_ATTRIBUTE, 1 << 5 | 14, 3, 0)), "attribute"),
    "unknown flags of the assembly": (rows(row(ASSEMBLY, 1, c5=0x400)), "known flags of the assembly"),
    "half a public key": (rows(blob(ASSEMBLY, 1, 6, bytes(15))), "a public key"),
    **{
        f"a DebuggableAttribute that begins with {value[:2].hex(' ')}, of {len(value)} bytes": (
            rows(debuggable(value)),
            "a DebuggableAttribute that begins with 01 00",
        )
        for value in (b"\2\0" + bytes(4), b"\1\1" + bytes(6))
    },
    "an attribute without a type": (rows(append(CUSTOM_ATTRIBUTE, 1 << 5 | 14, 9 << 3 | 3, 0)), "attribute"),
}

ODD: dict[str, tuple[Image, str]] = {
    # One enum is odd, and the other one is sound: it is the first that cannot be read.
    "two fields without static": (rows(row(FIELD, 2, c0=0x06)), "one field that is not static, found another"),
    "no field without static": (rows(row(FIELD, 1, c0=0x8056)), "one constant value__, found none"),
    "a literal that is not static": (rows(row(FIELD, 2, c0=0x8046)), "the flags 0x8046"),
    "a static field that is no literal": (rows(row(FIELD, 2, c0=0x16)), "the flags 0x16"),
    "a literal that is set once": (rows(row(FIELD, 2, c0=0x8076)), "the flags 0x8076"),
    "an access that does not exist": (rows(row(FIELD, 2, c0=0x8057)), "the flags 0x8057"),
    "a member without a constant": (rows(without_first(CONSTANT)), "Red, found none"),
    "a member with two constants": (rows(double(CONSTANT)), "one constant of field 2, found two"),
    "two members of a name": (rows(same_name), "one constant Red, found two"),
    "a constant that is too short": (rows(blob(CONSTANT, 1, 2, b"\1\0\0")), "found type 0x8 with 3 bytes"),
    "a constant that is too long": (rows(blob(CONSTANT, 1, 2, b"\1\0\0\0\0")), "found type 0x8 with 5 bytes"),
    "a constant of IntPtr": (rows(row(CONSTANT, 1, c0=0x18), blob(CONSTANT, 1, 2, bytes(8))), "found type 0x18"),
    "a text as a constant": (rows(row(CONSTANT, 1, c0=0x0E)), "found type 0xe"),
    "null as a constant": (rows(row(CONSTANT, 1, c0=0x12)), "found type 0x12"),
    "a constant beyond the heap": (rows(row(CONSTANT, 1, c2=0xFFF0)), "in #Blob at 0xfff0"),
    "a length of no form": (rows(bad_length), "in #Blob at"),
    "a field of a class": (rows(blob(FIELD, 1, 2, bytes([6, 0x12, 1 << 2 | 1]))), "the signature 06 12 05"),
    "a field of single": (rows(blob(FIELD, 1, 2, bytes([6, 0x0C]))), "the signature 06 0c"),
    "a method's signature": (rows(blob(FIELD, 1, 2, bytes([7, 8]))), "the signature 07 08"),
    "a modifier without an end": (rows(blob(FIELD, 1, 2, bytes([6, 0x20]))), "the signature 06 20"),
    "a method": (
        rows(append(METHOD_DEF, 0, 0, 0x16, 1, 1, 1), row(TYPE_DEF, 3, c5=2)),
        "no methods, found rows 1 to 1",
    ),
    "a member that is not UTF-8": (rows(name(FIELD, 2, 1, b"R\xffd")), "a UTF-8 name"),
    "a type that is not UTF-8": (rows(name(TYPE_DEF, COLOR_ROW, 1, b"C\xff")), "a UTF-8 name"),
    "a type without a name": (rows(name(TYPE_DEF, COLOR_ROW, 1, b"")), "a class with a name"),
    "a type with a layout": (rows(row(TYPE_DEF, COLOR_ROW, c0=0x109)), "flags 0x109"),
    "an interface": (rows(row(TYPE_DEF, COLOR_ROW, c0=0x121)), "flags 0x121"),
    "fields beyond the table": (rows(row(TYPE_DEF, COLOR_ROW, c4=99)), "rows of Field, found 99"),
    "fields before the first": (rows(row(TYPE_DEF, COLOR_ROW, c4=0)), "rows of Field, found 0"),
    "nested without being so": (rows(row(TYPE_DEF, COLOR_ROW, c0=0x102)), "1 rows of NestedClass for type 2, found 0"),
    "not nested, with a type around": (rows(append(NESTED_CLASS, 2, 1)), "0 rows of NestedClass for type 2, found 1"),
}
