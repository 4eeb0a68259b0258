"""The headers of an image, on the exact edges of what .NET 10 accepts: ECMA-335, II.25.

The images are a real one that a compiler made, with another value in one place.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from assembly_shapes import TWO
from conftest import ROOT
from image import Image

from smtpstatus_dotnet.metadata import MetadataError, NativeImageError, iter_enums

# Under another name the attribute does not keep runtimes from loading it.
WHOLE = (ROOT / "tests" / "reference_assembly.dll").read_bytes().replace(b"ReferenceAssembly", b"SomeOtherPurposes")
SIZE = len(WHOLE)
PE = 0x80
OPTIONAL, SECTIONS = PE + 24, PE + 24 + 224
MVID, TEXT, RELOC = (SECTIONS + 40 * number for number in (0, 1, 3))
CLI, RELOCATIONS = 0x608, 0x1400


# The end of the file is missing, as after a broken download. .NET 10 does not look at certificates.
CUT_CERTIFICATES = SIZE - 8 | 9 << 32


def directory(number: int) -> int:
    return OPTIONAL + 96 + 8 * number


# A place, the number of its bytes, values with which the image is sound, and values with which it is not.
EDGES: dict[str, tuple[int, int, list[int], list[int]]] = {
    "sections": (PE + 6, 2, [4], [5]),
    "size of the optional header": (PE + 20, 2, [224], [216, 223, 225, 232]),
    "characteristics": (PE + 22, 2, [0x2022, 0x2102], [0x3022, 0x2023]),
    "base": (OPTIONAL + 28, 4, [0, 0x10000, 0x7FFF0000], [0x8000, 1]),
    "alignment in memory": (OPTIONAL + 32, 4, [0x2000, 0x1000, 0x200], [0, 0x3000, 0x100]),
    "alignment in the file": (OPTIONAL + 36, 4, [0x200], [0, 0x100, 0x300, 0x400]),
    "version of Windows": (OPTIONAL + 52, 4, [0, 1], []),
    "size of the image": (OPTIONAL + 56, 4, [0xA000, 0xC000], [0x8000, 0xA001]),
    "size of the headers": (OPTIONAL + 60, 4, [0x400], [0x600, 0x401]),
    "stack at start": (OPTIONAL + 76, 4, [0x100000], [0x100001]),
    "heap at start": (OPTIONAL + 84, 4, [0x100000], [0x100001]),
    "directories": (OPTIONAL + 92, 4, [15, 16], [17]),
    "exports": (directory(0), 4, [0], [1, 0x4000]),
    "size of the imports": (directory(1) + 4, 4, [40], [39]),
    "exceptions": (directory(3), 4, [0], [0x4000]),
    "certificates": (directory(4), 8, [SIZE - 8 | 8 << 32], [CUT_CERTIFICATES]),
    "relocations": (directory(5), 4, [0x8000], [0, 0x8004]),
    "size of the relocations": (directory(5) + 4, 4, [12], [11, 13]),
    "size of the CLI header": (directory(14) + 4, 4, [72, 73], [71]),
    "size of a section": (MVID + 8, 4, [0x1, 0x2000], [0, 0x2001]),
    "a section without bytes": (MVID + 16, 8, [0], [0x401 << 32]),
    "address of a section": (TEXT + 12, 4, [0x4000], [0x2000, 0x3000]),
    "offset of a section": (TEXT + 20, 4, [0x600], [0x400, 0x601]),
    "size of the last section": (RELOC + 8, 4, [0x2000, 12], [0x2001, 0, 11]),
    "bytes of the last section": (RELOC + 16, 4, [0x200], [0x400, 0x1FF]),
    "flags of a section": (
        *(MVID + 36, 4),
        [0x40000040, 0x20000040, 0x80000040, 0xEE000040],
        [0x40, 0x02000040, 0x50000040, 0x40000041],
    ),
    "flags of code": (TEXT + 36, 4, [0x60000020], [0xE0000020, 0x20000020]),
    "length of the CLI header": (CLI, 4, [72, 80], [71]),
    "version of the CLI header": (CLI + 4, 4, [0x50002], [0x50001, 0x50003]),
    "flags of the CLI header": (CLI + 16, 4, [0x1, 0x10001, 0x20003], [0x41, 0x9, 0x11]),
    "place of the resources": (CLI + 24, 8, [0, 0x4000, 0x4000 | 0x888 << 32], [1 << 32, 0x4000 | 0x889 << 32]),
    "fixups of functions": (CLI + 48, 8, [0], [0x4000 | 8 << 32]),
    "length of the relocations": (RELOCATIONS + 4, 4, [12], [11, 13]),
    "kind of the relocation": (RELOCATIONS + 9, 1, [0x30], [0xA0, 0x00]),
    "a second relocation": (RELOCATIONS + 11, 1, [0, 0x0F], [0x30]),
}

# And of text.
TEXTS = {b"mscoree.dll": (b"MSCOREE.DLL", b"mscoref.dll"), b"_CorDllMain": (b"_CORDLLMAIN", b"_CorDllMaim")}


def images(which: int) -> dict[str, bytes]:
    """Return the sound images (0) or the unsound ones (1), by what is in them."""
    made: dict[str, bytes] = {}
    for what, (offset, size, *values) in EDGES.items():
        for value in values[which]:
            data = bytearray(WHOLE)
            data[offset : offset + size] = value.to_bytes(size, "little")
            made[f"{what} {value:#x}"] = bytes(data)
    for text, others in TEXTS.items():
        made[str(others[which])] = WHOLE.replace(text, others[which])
    return made


@pytest.mark.parametrize("what", images(0))
def test_a_sound_image(what: str) -> None:
    assert list(iter_enums(images(0)[what])) == list(iter_enums(WHOLE)) != []


@pytest.mark.parametrize("what", images(1))
def test_an_unsound_image(what: str) -> None:
    with pytest.raises(MetadataError):
        list(iter_enums(images(1)[what]))


@pytest.mark.any_python
def test_the_images_in_a_runtime(sdk: Path, tmp_path: Path) -> None:
    assert sdk
    sys.path.insert(0, str(ROOT / "tests" / "oracle"))
    import shapes

    expected: dict[Path, tuple[str, object]] = {}
    sound = {enum.full_name: (enum.underlying, dict(enum.members)) for enum in iter_enums(WHOLE)}
    for which, answer in enumerate((sound, None)):
        for number, (what, data) in enumerate(images(which).items()):
            path = tmp_path / f"{which}-{number}.dll"
            path.write_bytes(data)
            expected[path] = what, sound if what == f"certificates {CUT_CERTIFICATES:#x}" else answer
    answers = shapes.ask(shapes.commands(tmp_path)[".NET 10"], list(expected))
    assert [what for path, (what, answer) in expected.items() if answers[path] != answer] == []


@pytest.mark.parametrize(
    ("flags", "is_sound"), [(0x202E, False), (0x202F, False), (0x002E, False), (0x002F, True)], ids=hex
)
def test_an_image_without_relocations(flags: int, is_sound: bool) -> None:
    """Only a program may lack them, and has to say so: .NET 10 asks for it."""
    data = bytearray(WHOLE)
    data[PE + 22 : PE + 24] = flags.to_bytes(2, "little")
    data[directory(5) : directory(6)] = bytes(8)
    if is_sound:
        assert list(iter_enums(data)) == list(iter_enums(WHOLE)) != []
    else:
        with pytest.raises(MetadataError, match=f"expected relocations, found none, and flags {flags:#x}"):
            list(iter_enums(data))


def test_a_program_for_a_version_of_windows() -> None:
    """Of a library .NET does not ask it."""
    data = bytearray(WHOLE)
    data[PE + 22 : PE + 24] = (0x22).to_bytes(2, "little")
    assert list(iter_enums(data)) == list(iter_enums(WHOLE)) != []
    data[OPTIONAL + 52] = 1
    with pytest.raises(MetadataError, match="expected no version of Windows, found 0x1"):
        list(iter_enums(data))


def test_the_native_entry_point_of_a_mixed_assembly() -> None:
    """It is an address, and has to be in a section."""
    data = bytearray(Image(TWO, flags=0x10).build())
    place = data.index(b"\x48\0\0\0\2\0\5\0") + 20  # in the CLI header
    (section,) = (data[at + 12 : at + 16] for at in [data.index(b".text")])
    data[place : place + 4] = section
    assert len(list(iter_enums(data))) == len(TWO)
    data[place : place + 4] = bytes(4)
    with pytest.raises(MetadataError, match="the entry point, 0 bytes at address 0x0"):
        list(iter_enums(data))


def test_native_code_and_what_is_too_short_for_the_headers() -> None:
    data = bytearray(WHOLE)
    data[PE + 20 : PE + 22] = (215).to_bytes(2, "little")  # so that there is no directory for the CLI header
    with pytest.raises(NativeImageError):
        list(iter_enums(data))
    data = bytearray(WHOLE)
    data[directory(14) : directory(15)] = bytes(8)
    with pytest.raises(NativeImageError):
        list(iter_enums(data))
    for size in (0, 1, 2, 0x3F, PE, PE + 4, PE + 24, OPTIONAL + 223, SECTIONS, SECTIONS + 159):
        with pytest.raises(MetadataError):
            list(iter_enums(WHOLE[:size]))
