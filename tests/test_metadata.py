"""The reader: it reads every shape of metadata that the standard allows, and fails only with its own errors."""

from __future__ import annotations

import itertools
import mmap
import os
import struct
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from assembly_shapes import COLOR, ODD, OTHER, READABLE, REFUSED, TWO, append, debuggable, row, rows, streams
from image import (
    ASSEMBLY_REF,
    CONSTANT,
    CUSTOM_ATTRIBUTE,
    FIELD,
    FIELD_PTR,
    NESTED_CLASS,
    TYPE_DEF,
    TYPE_REF,
    Enum,
    Image,
    Rows,
    Streams,
)
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet import limits, metadata
from smtpstatus_dotnet._checked_metadata import _framework  # pyright: ignore[reportPrivateUsage] - its values have no other way in
from smtpstatus_dotnet._ecma335 import _rows_with, are_below, is_rising
from smtpstatus_dotnet.metadata import (
    EnumNotFoundError,
    MetadataError,
    NativeImageError,
    UnreadableEnumsError,
    iter_enums,
    read_enum,
)
from smtpstatus_dotnet.parity import EnumDefinition, EnumReadError, Origin

SOUND = EnumDefinition("Some.Space.Other", "System.Byte", OTHER.members, Origin(""))
BOTH = [EnumDefinition("Some.Space.Color", "System.Int32", COLOR.members, Origin("")), SOUND]


@pytest.mark.parametrize("image", READABLE.values(), ids=READABLE)
def test_every_shape_of_metadata(image: Image) -> None:
    """What each is, test_oracles.py asks .NET 10. Here, every name that is given out is understood."""
    data = replace(image).build()
    found = list(iter_enums(data))
    assert found
    if image.enums == TWO:
        assert [list(each.members.items()) for each in found] == [list(each.members.items()) for each in BOTH]
        assert found == BOTH
    for definition in found:
        assert read_enum(data, definition.full_name) == definition


@pytest.mark.parametrize(("image", "message"), REFUSED.values(), ids=REFUSED)
def test_an_assembly_that_is_refused(image: Image, message: str) -> None:
    data = replace(image).build()
    for read in (lambda: read_enum(data, "Some.Space.Color"), lambda: list(iter_enums(data))):
        with pytest.raises(MetadataError, match=message) as caught:
            read()
        assert "<bytes> is not an intact .NET assembly: expected " in str(caught.value)


@pytest.mark.parametrize(("image", "message"), ODD.values(), ids=ODD)
def test_an_odd_enum_beside_a_sound_one(image: Image, message: str) -> None:
    """The sound one is read, and the odd one is told, also to a caller who does not look."""
    data = replace(image).build()
    assert read_enum(data, "Some.Space.Other") == SOUND
    with pytest.raises(EnumReadError):
        read_enum(data, "Some.Space.Color")
    found: list[EnumDefinition] = []
    with pytest.raises(UnreadableEnumsError, match=message) as caught:
        found.extend(iter_enums(data))  # extend takes each one before the error
    assert found == [SOUND]
    assert str(caught.value).startswith("One enum of <bytes> cannot be read:\n")
    assert len(caught.value.errors) == 1


def test_many_odd_enums_are_told_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNREADABLE_ENUM_COUNT", 2)
    enums = [Enum(f"E{number}", {"A": number, "B": 0}) for number in range(3)]

    def edit(_: Image, rows: Rows) -> None:
        rows[CONSTANT].clear()

    with pytest.raises(UnreadableEnumsError, match="3 enums of <bytes> cannot be read") as caught:
        list(iter_enums(Image(enums, edit_rows=edit).build()))
    assert len(caught.value.errors) == 2


@pytest.mark.parametrize(
    ("element_type", "name", "least", "greatest"),
    [
        (0x02, "System.Boolean", 0, 1),
        (0x03, "System.Char", 0, 2**16 - 1),
        (0x04, "System.SByte", -(2**7), 2**7 - 1),
        (0x05, "System.Byte", 0, 2**8 - 1),
        (0x06, "System.Int16", -(2**15), 2**15 - 1),
        (0x07, "System.UInt16", 0, 2**16 - 1),
        (0x08, "System.Int32", -(2**31), 2**31 - 1),
        (0x09, "System.UInt32", 0, 2**32 - 1),
        (0x0A, "System.Int64", -(2**63), 2**63 - 1),
        (0x0B, "System.UInt64", 0, 2**64 - 1),
    ],
)
def test_every_underlying_type(element_type: int, name: str, least: int, greatest: int) -> None:
    members = {"Least": least, "Greatest": greatest}
    (found,) = iter_enums(Image([Enum("E", members, element_type=element_type)]).build())
    assert found == EnumDefinition("E", name, members, Origin(""))


def test_names_are_those_of_reflection() -> None:
    outer = Enum("Outer", {}, "N")
    enums = [outer, Enum("Inner", {}, enclosing=2), Enum("In+ner,[x]", {"Größe": 1}, enclosing=3), Enum("Global", {})]
    data = Image([*enums, Enum("E", {}, "A+B.C")], unsorted=True, stream="#-").build()
    names = ["N.Outer", "N.Outer+Inner", r"N.Outer+Inner+In\+ner\,\[x\]", "Global", r"A\+B.C.E"]
    assert [found.full_name for found in iter_enums(data)] == names
    assert read_enum(data, "N.Outer+Inner").full_name == "N.Outer+Inner"
    assert read_enum(data, "Global").full_name == "Global"


def test_a_name_may_be_the_tail_of_another() -> None:
    """Heaps share tails: `Code` is found inside `StatusCode`, and is not the same type."""
    data = Image([Enum("StatusCode", {"A": 1}, "N"), Enum("Code", {"B": 2}, "N")]).build()
    assert read_enum(data, "N.Code").members == {"B": 2}
    assert read_enum(data, "N.StatusCode").members == {"A": 1}


def test_sources(tmp_path: Path) -> None:
    data = Image(TWO).build()
    path = tmp_path / "Made.dll"
    path.write_bytes(data)
    expected = read_enum(data, "Some.Space.Color")
    assert expected.origin == Origin("<bytes>", "Made 1.2.3.4", via="metadata")
    for source in (bytearray(data), memoryview(data), path, str(path)):
        assert read_enum(source, "Some.Space.Color") == expected
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert read_enum(mapped, "Some.Space.Color") == expected
    assert read_enum(path, "Some.Space.Color").origin == Origin(str(path), "Made 1.2.3.4", via="metadata")
    path.unlink()  # nothing holds it open
    with pytest.raises(FileNotFoundError):
        read_enum(path, "Some.Space.Color")


def test_the_vendors_assembly(aspose: Path) -> None:
    found = read_enum(aspose, FULL_NAME)
    assert (found.full_name, found.underlying) == (FULL_NAME, "System.Int32")
    assert list(found.members.items()) == list(MEMBERS.items())
    assert found.origin.version.startswith("Aspose.Email ")
    assert sum(definition == found for definition in iter_enums(aspose)) == 1


def test_compiled_shapes(assemblies: Path) -> None:
    """These are enums as csc writes them; test_oracles.py compares all of them with the CLR."""
    found = {definition.full_name: definition for definition in iter_enums(assemblies / "shapes.dll")}
    assert found
    for full_name, definition in found.items():
        assert read_enum(assemblies / "shapes.dll", full_name) == definition


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("not_an_enum.dll", "the type of that name is not an enum"),
        ("elsewhere.dll", rf"has no enum {FULL_NAME}; it has Other.Mail.SmtpStatusCode of the same short name"),
        ("forwarded.dll", "it forwards the type to Agrees: check that file"),
        ("shapes.dll", rf"shapes.dll \(Shapes 1\.2\.3\.0\) has no enum {FULL_NAME}$"),
    ],
)
def test_the_error_names_what_is_there_instead(assemblies: Path, file: str, message: str) -> None:
    with pytest.raises(EnumNotFoundError, match=message):
        read_enum(assemblies / file, FULL_NAME)


def test_a_nested_type_is_forwarded_with_its_outermost() -> None:
    exported = [("Outer", "N", 1 << 2 | 1), ("Inner", "", 1 << 2 | 2), ("Module", "N", 1 << 2 | 0)]
    data = Image([], exported=exported).build()
    with pytest.raises(EnumNotFoundError, match="forwards the type to mscorlib"):
        read_enum(data, "N.Outer+Inner")
    with pytest.raises(EnumNotFoundError, match=r"part\.netmodule"):
        read_enum(data, "N.Module")


NATIVE = Image([]).build().replace((0x2000).to_bytes(4, "little") + (72).to_bytes(4, "little"), bytes(8), 1)
ENDLESS = Image([Enum("A", {}, enclosing=3), Enum("B", {}, enclosing=2)]).build()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "expected 'MZ'"),
        (b"\x7fELF", r"expected 'MZ' at its start, found b'\\x7fELF'"),
        (b"MZ", "expected the offset of the PE header at 0x3c, found the end of the file at 0x2"),
        (b"MZ".ljust(0x3C, b"\0") + b"\xff\xff\xff\x7f", "expected 'PE' at 0x7fffffff"),
        (NATIVE, "is native code: it has no CLI header"),
        (Image([COLOR]).build().replace(b"BSJB", b"BSJA"), "expected signature 0x424a5342"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_an_assembly(data: bytes, message: str) -> None:
    with pytest.raises(MetadataError, match=message) as caught:
        list(iter_enums(data))
    assert str(caught.value).startswith("<bytes> is ")


def test_types_nested_without_end() -> None:
    with pytest.raises(MetadataError, match="endless nest"):
        list(iter_enums(ENDLESS))


@pytest.mark.parametrize("depth", [64, 65])
def test_types_nested_up_to_the_limit(depth: int) -> None:
    enums = [Enum("E", {}), *(Enum("E", {}, enclosing=row) for row in range(2, depth + 1))]
    data = Image(enums).build()
    assert limits.NESTING_DEPTH == 64
    if depth == 64:
        assert max(len(each.full_name.split("+")) for each in iter_enums(data)) == depth
    else:
        with pytest.raises(UnreadableEnumsError, match="more, or an endless nest"):
            list(iter_enums(data))


def test_each_byte_of_a_name_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def least_limit(member: str) -> int:
        data = Image([Enum("E", {member: 1}, "N")]).build()
        for limit in range(100):
            monkeypatch.setattr(limits, "NAMES_BYTES", limit)
            with suppress(MetadataError):
                assert read_enum(data, "N.E").members == {member: 1}
                return limit
        raise AssertionError

    assert least_limit("x" * 30) == least_limit("x") + 29


def test_types_that_share_fields() -> None:
    """Fields belong to one type each. If all types had all fields, they would cost the product of their numbers."""

    def edit(_: Image, tables: Rows) -> None:
        module, color = tables[TYPE_DEF][:2]
        end = len(tables[FIELD]) + 1
        tables[TYPE_DEF] = [module, color, (*color[:4], end, 1), color, (*color[:4], end, 1)]

    data = Image([COLOR, OTHER], edit_rows=edit).build()
    with pytest.raises(UnreadableEnumsError, match="4 enums") as caught:
        list(iter_enums(data))
    assert "expected fields of its own, found those of another type" in str(caught.value.errors[2])


def test_two_types_of_a_name() -> None:
    data = Image([COLOR, COLOR]).build()
    with pytest.raises(MetadataError, match=r"expected one type Some\.Space\.Color, found another"):
        read_enum(data, "Some.Space.Color")
    data = Image([Enum("B.C", {"A": 1}, "A"), Enum("C", {"A": 1}, "A.B")]).build()
    with pytest.raises(MetadataError, match=r"expected one type A\.B\.C, found another"):
        read_enum(data, "A.B.C")


ENUM_BASES = {
    "another name": row(TYPE_REF, 1, c1=0),
    "another namespace": row(TYPE_REF, 1, c2=0),
    "no type": row(TYPE_DEF, 2, c3=0),
    "a type of its own": row(TYPE_DEF, 2, c3=1 << 2),
    "a type specification": row(TYPE_DEF, 2, c3=1 << 2 | 2),
    "this module": row(TYPE_REF, 1, c0=1 << 2),
    "another module": row(TYPE_REF, 1, c0=1 << 2 | 1),
    "inside another type": row(TYPE_REF, 1, c0=1 << 2 | 3),
    "an assembly that is not there": row(TYPE_REF, 1, c0=2 << 2 | 2),
}


@pytest.mark.parametrize("edit", ENUM_BASES.values(), ids=ENUM_BASES)
def test_only_system_enum_makes_an_enum(edit: Callable[[Image, Rows], None]) -> None:
    data = Image([COLOR], edit_rows=edit).build()
    assert list(iter_enums(data)) == []
    with pytest.raises(EnumNotFoundError, match="the type of that name is not an enum"):
        read_enum(data, "Some.Space.Color")


@pytest.mark.parametrize("has_references", [False, True])
def test_only_the_core_library_defines_system_enum(*, has_references: bool) -> None:
    def edit(_: Image, rows: Rows) -> None:
        rows[TYPE_DEF][2] = (*rows[TYPE_DEF][2][:3], 2 << 2, *rows[TYPE_DEF][2][4:])
        if not has_references:
            rows[TYPE_REF].clear()
            rows[ASSEMBLY_REF].clear()

    enums = [Enum("Enum", {}, "System", extends=0), COLOR]
    found = [each.full_name for each in iter_enums(Image(enums, edit_rows=edit).build())]
    assert found == ([] if has_references else ["Some.Space.Color"])


DISORDER = {
    "types without a name": rows(row(TYPE_DEF, 1, c1=0)),
    "fields that fall": rows(row(TYPE_DEF, 1, c4=5)),
    "fields beyond the table": rows(row(TYPE_DEF, 3, c4=9)),
    "methods beyond the table": rows(row(TYPE_DEF, 3, c5=2)),
    "an enclosing type that is not there": rows(append(NESTED_CLASS, 4, 1)),
    "a nested type that is not there": rows(append(NESTED_CLASS, 1, 4)),
    "an enclosing type 0": rows(append(NESTED_CLASS, 1, 0)),
    "a nested type 0": rows(append(NESTED_CLASS, 0, 1)),
    "fields from 0 on": rows(row(TYPE_DEF, 1, c4=0)),
    "methods from 0 on": rows(row(TYPE_DEF, 1, c5=0)),
    "more bytes behind the tables": streams(lambda each: longer(each, b"\0\0\0\0\1")),
}


def longer(all_streams: Streams, more: bytes) -> None:
    all_streams[0] = (all_streams[0][0], all_streams[0][1] + more)


@pytest.mark.parametrize("image", DISORDER.values(), ids=DISORDER)
def test_that_a_name_is_absent_is_believed_of_good_order_only(image: Image) -> None:
    data = replace(image).build()
    with pytest.raises(MetadataError):
        read_enum(data, "Not.There")
    for sound in (Image(TWO), streams(lambda each: longer(each, bytes(100)))):
        with pytest.raises(EnumNotFoundError):
            read_enum(replace(sound).build(), "Not.There")


def test_attributes_in_a_large_table() -> None:
    """Of a table of 64 KiB and more, rows are read one by one."""

    def attributes(constructor: int) -> Image:
        other = [(1 << 5 | 13, 1 << 3 | 3, 0)] * 12_000
        return rows(
            debuggable(b""),
            lambda _, tables: tables.__setitem__(
                CUSTOM_ATTRIBUTE, [*other, (1 << 5 | 14, constructor, 0), (1 << 5 | 15, 0, 0)]
            ),
        )

    assert len(list(iter_enums(attributes(1 << 3 | 3).build()))) == len(TWO)
    for wrong in (2 << 3 | 3, 3):
        with pytest.raises(MetadataError, match="the type of an attribute of the assembly"):
            list(iter_enums(attributes(wrong).build()))


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.dll"
    path.touch()
    with pytest.raises(MetadataError, match=r"empty\.dll is empty: expected a \.NET assembly"):
        read_enum(path, FULL_NAME)


def test_native_code_has_an_error_of_its_own() -> None:
    with pytest.raises(NativeImageError):
        read_enum(NATIVE, FULL_NAME)


@pytest.mark.parametrize("count", [0, 14, 16, 17, 2**32 - 1])
def test_the_number_of_directories(assemblies: Path, count: int) -> None:
    """.NET 10 takes what the optional header has room for, whatever its number says, unless that is more."""
    data = bytearray((assemblies / "agrees.dll").read_bytes())
    header = int.from_bytes(data[0x3C:0x40], "little") + 24  # II.25.2.3
    directories = header + {0x10B: 96, 0x20B: 112}[int.from_bytes(data[header : header + 2], "little")]
    assert int.from_bytes(data[directories - 4 : directories], "little") == 16
    data[directories - 4 : directories] = count.to_bytes(4, "little")
    if count <= 16:
        assert read_enum(data, FULL_NAME).members == MEMBERS
    else:
        with pytest.raises(MetadataError, match=f"expected up to 16 directories, found {count}"):
            read_enum(data, FULL_NAME)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.dll")
    with pytest.raises(OSError, match="it is not a regular file"):
        read_enum(tmp_path / "pipe.dll", FULL_NAME)


def test_a_file_that_shrinks_while_it_is_read(
    assemblies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an error, and not the end of the process, as it was when the file was mapped into memory."""
    monkeypatch.setattr(metadata, "_SMALL", 0)
    path = tmp_path / "shrinks.dll"
    data = (assemblies / "agrees.dll").read_bytes()
    for size in range(0, len(data), 64):
        path.write_bytes(data)
        with metadata._open(path) as assembly:
            os.truncate(path, size)
            with suppress(MetadataError, EnumNotFoundError):
                assert assembly.enum(FULL_NAME).members == MEMBERS


def test_a_name_that_is_not_unicode_is_not_there(assemblies: Path) -> None:
    with pytest.raises(EnumNotFoundError):
        read_enum(assemblies / "agrees.dll", "N.\udcff")


def test_a_pointer_to_no_field() -> None:
    image = rows(row(FIELD_PTR, 1, c0=99), stream="#-", field_pointers=True)
    with pytest.raises(UnreadableEnumsError, match="expected rows 99 to 99 of Field"):
        list(iter_enums(image.build()))


@pytest.mark.parametrize("size", [0, 23, 24, 27])
def test_a_table_stream_that_ends_early(size: int) -> None:
    def cut(all_streams: Streams) -> None:
        all_streams[:] = [(name, body[:size] if name == "#~" else body) for name, body in all_streams]

    with pytest.raises(MetadataError, match=r"expected the table stream at 0x[0-9a-f]+, found its end"):
        list(iter_enums(streams(cut).build()))


# Columns of tables


@pytest.mark.parametrize("kind", ["H", "I"])
def test_all_rows_of_a_column_are_compared(kind: str) -> None:
    """The edges are at half of what a number can hold, and at its end: where the comparison borrows and overflows."""
    half = 1 << 8 * struct.calcsize(kind) - 1
    edges = [0, 1, 2, half - 2, half - 1, half, half + 1, 2 * half - 2, 2 * half - 1]
    for length in range(4):
        for numbers in itertools.product(edges, repeat=length):
            column = memoryview(array(kind, numbers))
            assert is_rising(column) == (list(numbers) == sorted(numbers)), numbers
            for bound in (*edges, 2 * half, 2 * half + 1):
                assert are_below(column, bound) == all(number < bound for number in numbers), (numbers, bound)
                rows = [row for row, number in enumerate(numbers, 1) if number == bound]
                assert list(_rows_with(column, bound)) == rows, (numbers, bound)


def test_a_name_that_many_names_end_with() -> None:
    """From some number on, the reader no longer looks for each place of the name one by one."""
    for count in (62, 63, 64, 65):
        enums = [Enum("Color", {f"{number}Color": number for number in range(count)}, "Some.Space")]
        found = read_enum(Image(enums).build(), "Some.Space.Color")
        assert len(found.members) == count


def test_a_name_beyond_what_an_index_can_hold() -> None:
    """The heap is larger than its narrow indexes reach: what is behind that is nobody's name."""
    image = Image([Enum("Color", {"Red": 1}, "Some.Space")])
    image.edit_rows = lambda image, _: image.strings.extend(bytes(1 << 16) + b"Other\0")
    assert read_enum(image.build(), "Some.Space.Color").members == {"Red": 1}
    with pytest.raises(EnumNotFoundError):
        read_enum(replace(image).build(), "Some.Space.Other")


@pytest.mark.parametrize(
    ("text", "framework"),
    [
        (".NETFramework,Version=v4.6.2", "net462"),
        (".NETFramework,Version=v4.0,Profile=Client", "net40"),
        (".NETStandard,Version=v2.0", "netstandard2.0"),
        (".NETCoreApp,Version=v3.1", "netcoreapp3.1"),
        (".NETCoreApp,Version=v5.0", "net5.0"),
        (".NETCoreApp,Version=v10.0", "net10.0"),
        (".NETPortable,Version=v4.5", ""),
        (".NETCoreApp,Version=v10", ""),
        (".NETCoreApp,Version=v1.2.3.4", ""),
        (".NETCoreApp,Version=vx.0", ""),
        (".NETCoreApp", ""),
        ("", ""),
    ],
)
def test_the_target_framework(text: str, framework: str) -> None:
    """The value of the attribute: a prolog, a text after its length, and the count of what was named (II.23.3)."""
    value = b"\1\0" + bytes([len(text)]) + text.encode() + b"\0\0"
    assert _framework(value) == framework
    assert _framework(b"\2" + value[1:]) == ""


@pytest.mark.parametrize(
    "value", [b"", b"\1", b"\1\0", b"\1\0\x1c", b"\1\0\xff.NETCoreApp,Version=v5.0", b"\1\0\x1a\xff"]
)
def test_no_target_framework(value: bytes) -> None:
    assert _framework(value) == ""
