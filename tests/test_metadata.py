"""The reader: it reads every shape of metadata that the standard allows, and fails only with its own errors."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest
from damage import flips
from image import Enum, Image
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet.metadata import EnumNotFoundError, MetadataError, NativeImageError, iter_enums, read_enum
from smtpstatus_dotnet.parity import EnumDefinition, Origin

COLOR = Enum("Color", {"Red": 1, "Green": -2, "Blue": 2**31 - 1}, "Some.Space")
OTHER = Enum("Other", {"A": 0, "B": 255}, "Some.Space", element_type=0x05)
SHAPES = {
    "plain": Image([COLOR, OTHER]),
    "PE32+": Image([COLOR, OTHER], pe32_plus=True),
    "uncompressed": Image([COLOR, OTHER], stream="#-"),
    "field pointers": Image([COLOR, OTHER], stream="#-", field_pointers=True),
    "extra data": Image([COLOR, OTHER], stream="#-", extra_data=True),
    "wide heaps": Image([COLOR, OTHER], wide_heaps=True),
    "wide TypeDefOrRef": Image([COLOR, OTHER], more_type_refs=1 << 14),
    "wide HasConstant": Image([COLOR, OTHER], more_fields=1 << 14),
    "wide Field": Image([COLOR, OTHER], more_fields=1 << 16),
    "unsorted": Image([COLOR, OTHER], unsorted=True),
    "parameter constants": Image([COLOR, OTHER], parameter_constants=True),
    "unknown streams": Image([COLOR, OTHER], other_streams=("#Junk", "#Schema", "#JTD", "x" * 31)),
    "all at once": Image(
        [COLOR, OTHER], True, "#-", ("#Pdb",), wide_heaps=True, field_pointers=True, unsorted=True, extra_data=True
    ),
}


@pytest.mark.parametrize("image", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_metadata(image: Image) -> None:
    data = image.build()
    color = EnumDefinition("Some.Space.Color", "System.Int32", COLOR.members, Origin(""))
    other = EnumDefinition("Some.Space.Other", "System.Byte", OTHER.members, Origin(""))
    assert read_enum(data, "Some.Space.Color") == color
    assert list(read_enum(data, "Some.Space.Color").members) == list(COLOR.members)
    assert list(iter_enums(data)) == [color, other]


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
    data = Image([*enums, Enum("E", {}, "A+B.C")], unsorted=True).build()
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
    data = SHAPES["plain"].build()
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
    with pytest.raises(EnumNotFoundError, match="forwards the type to Core"):
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
        (ENDLESS, "endless nest"),
        (Image([COLOR], stream="#x").build(), "expected a stream '#~' or '#-', found #x, #Strings"),
        (Image([Enum("E", {"x" * 1100: 1})]).build(), "expected a UTF-8 name of up to 1023 bytes"),
        (Image([COLOR]).build().replace(b"Red\0", b"R\xffd\0"), "expected a UTF-8 name"),
        (Image([COLOR]).build().replace(b"\x02\x06\x08", b"\x02\x06\x0e"), "expected a field of an integral type"),
        (Image([COLOR]).build().replace(b"Blue\0", b"Red\0\0"), "expected one member Red with .*, found another"),
        (Image([COLOR]).build().replace(b"BSJB", b"BSJA"), "expected the signature 0x424a5342"),
    ],
)  # fmt: skip
def test_an_assembly_that_is_not_intact(data: bytes, message: str) -> None:
    with pytest.raises(MetadataError, match=message) as caught:
        list(iter_enums(data))
    assert str(caught.value).startswith("<bytes> is ")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.dll"
    path.touch()
    with pytest.raises(MetadataError, match=r"empty\.dll is empty: expected a \.NET assembly"):
        read_enum(path, FULL_NAME)


def test_native_code_has_an_error_of_its_own() -> None:
    with pytest.raises(NativeImageError):
        read_enum(NATIVE, FULL_NAME)


def survives(data: bytes, full_name: str = FULL_NAME) -> bool:
    """Read damaged bytes in both ways and return whether both succeeded. The reader may raise only our own errors."""
    ended_well = 0
    for read in (lambda: read_enum(data, full_name), lambda: list(iter_enums(data))):
        try:
            read()
            ended_well += 1
        except (MetadataError, EnumNotFoundError):
            pass
    return ended_well == 2


@pytest.mark.parametrize("file", ["agrees.dll", "forwarded.dll"])
def test_every_truncation(assemblies: Path, file: str) -> None:
    data = (assemblies / file).read_bytes()
    outcomes = [survives(data[:length]) for length in range(len(data))]
    assert not any(outcomes[: len(data) // 2])


def test_every_byte_of_a_small_assembly_flipped(assemblies: Path) -> None:
    data = bytearray((assemblies / "agrees.dll").read_bytes())
    for offset in range(len(data)):
        for mask in (0x01, 0x80, 0xFF):
            data[offset] ^= mask
            survives(bytes(data))
            data[offset] ^= mask


@pytest.mark.parametrize("count", [0, 14, 2**32 - 1])
def test_the_number_of_directories_is_ignored(assemblies: Path, count: int) -> None:
    """The CLR ignores it, too: .NET 10 loads such an assembly, so it must not pass for native code."""
    data = bytearray((assemblies / "agrees.dll").read_bytes())
    header = int.from_bytes(data[0x3C:0x40], "little") + 24  # II.25.2.3
    directories = header + {0x10B: 96, 0x20B: 112}[int.from_bytes(data[header : header + 2], "little")]
    assert int.from_bytes(data[directories - 4 : directories], "little") == 16
    data[directories - 4 : directories] = count.to_bytes(4, "little")
    assert read_enum(data, FULL_NAME).members == MEMBERS


def test_a_name_that_is_not_unicode_is_not_there(assemblies: Path) -> None:
    with pytest.raises(EnumNotFoundError):
        read_enum(assemblies / "agrees.dll", "N.\udcff")


def test_20_000_byte_flips_of_the_vendors_assembly(aspose: Path) -> None:
    data = aspose.read_bytes()
    failures = 0
    with mmap.mmap(-1, len(data)) as damaged:
        damaged.write(data)
        for number, (offset, mask) in enumerate(flips(data, 20_000)):
            damaged[offset] ^= mask
            try:
                read_enum(damaged, FULL_NAME)
                if number % 40 == 0:  # not each time: this reads the whole assembly
                    list(iter_enums(damaged))
            except (MetadataError, EnumNotFoundError):
                failures += 1
            damaged[offset] = data[offset]
    assert 1_000 < failures < 15_000  # some flips do harm, others do not
