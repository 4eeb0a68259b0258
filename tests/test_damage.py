"""Damaged assemblies: whatever is cut off or flipped, the reader fails with its own errors, and reads none by luck."""

from __future__ import annotations

import mmap
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from damage import flips
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet.metadata import EnumNotFoundError, MetadataError, iter_enums, read_enum
from smtpstatus_dotnet.parity import EnumDefinition, EnumReadError

pytestmark = pytest.mark.any_python


def outcome(data: bytes | mmap.mmap, sound: EnumDefinition) -> str:
    """Return what becomes of the enum: equal, different, absent or error."""
    try:
        found = read_enum(data, FULL_NAME)
    except EnumNotFoundError:
        return "absent"
    except MetadataError:
        return "error"
    return "equal" if found == sound else "different"


@pytest.mark.parametrize("file", ["agrees.dll", "forwarded.dll", "shapes.dll"])
def test_every_truncation(assemblies: Path, file: str) -> None:
    """The section headers tell where a file ends, so that nothing may be missing."""
    data = (assemblies / file).read_bytes()
    for length in range(len(data)):
        with pytest.raises(MetadataError):
            read_enum(data[:length], FULL_NAME)


def test_truncations_of_the_vendors_assembly(aspose: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.dll"
    shutil.copy(aspose, path)
    size = path.stat().st_size
    for missing in [1, 2, 512, 4096, *range(size // 20, size, size // 20)]:
        os.truncate(path, size - missing)
        with pytest.raises(MetadataError):
            read_enum(path, FULL_NAME)
        shutil.copy(aspose, path)


def test_every_bit_of_a_small_assembly(assemblies: Path) -> None:
    """The fixture has 24,576 bits. A flip makes a difference only in what says the names and the numbers."""
    data = bytearray((assemblies / "agrees.dll").read_bytes())
    sound = read_enum(data, FULL_NAME)
    assert sound.members == MEMBERS
    begin, end = data.index(b"BSJB"), len(data)
    outcomes: Counter[str] = Counter()
    for offset in range(len(data)):
        for bit in range(8):
            data[offset] ^= 1 << bit
            found = outcome(bytes(data), sound)
            outcomes[found] += 1
            assert found in {"equal", "error"} or begin <= offset < end, (hex(offset), bit)
            data[offset] ^= 1 << bit
    assert sum(outcomes.values()) == 24_576
    assert outcomes["equal"] < 20_000  # most others are in the padding, and in parts that say nothing of the enum
    assert 0 < outcomes["absent"] < 1000
    # Of the 600 bytes of names, 16 bits or fewer of each lead to another name; a number has four bytes.
    assert 0 < outcomes["different"] < 6000


def test_flips_of_the_vendors_assembly(aspose: Path) -> None:
    data = aspose.read_bytes()
    sound = read_enum(data, FULL_NAME)
    outcomes: Counter[str] = Counter()
    with mmap.mmap(-1, len(data)) as damaged:
        damaged.write(data)
        for number, (offset, mask) in enumerate(flips(data, 2000)):
            damaged[offset] ^= mask
            outcomes[outcome(damaged, sound)] += 1
            if number % 200 == 0:  # not each time: this reads the whole assembly
                try:
                    list(iter_enums(damaged))
                except EnumReadError:
                    outcomes["iter_enums"] += 1
            damaged[offset] = data[offset]
    assert outcomes["error"] > 100
    assert outcomes["equal"] > 500
    assert outcomes["different"] + outcomes["absent"] < 20  # a flip seldom hits the one enum among thousands


# Why .NET 10 may refuse what is read here: a reference that this machine lacks, and another processor.
LACKING = ("FileNotFoundException", "FileLoadException", "CultureNotFoundException")
MACHINE, CLI_FLAGS = (0x84, 0x85), 0x210  # the places in agrees.dll that name the processor


def test_the_bits_of_a_small_assembly_in_a_runtime(root: Path, sdk: Path, assemblies: Path, tmp_path: Path) -> None:
    """One bit of each byte is flipped. .NET 10 reads the same, or refuses what is refused here."""
    assert sdk
    sys.path.insert(0, str(root / "tests" / "oracle"))
    import shapes

    data = bytearray((assemblies / "agrees.dll").read_bytes())
    paths = {tmp_path / f"{offset}.dll": (offset, 1 << offset % 8) for offset in range(len(data))}
    for path, (offset, mask) in paths.items():
        data[offset] ^= mask
        path.write_bytes(data)
        data[offset] ^= mask
    problems: dict[Path, str] = {}
    answers = shapes.ask(shapes.commands(tmp_path)[".NET 10"], list(paths), problems)
    unexplained: list[str] = []
    for path, (offset, _) in paths.items():
        try:
            found = read_enum(path, FULL_NAME)
        except EnumReadError:
            continue
        theirs = (answers[path] or {}).get(FULL_NAME)
        if theirs:
            assert theirs == (found.underlying, dict(found.members)), hex(offset)
        elif offset not in (*MACHINE, CLI_FLAGS) and not problems[path].startswith(LACKING):
            unexplained.append(f"{offset:#x}: {problems[path]}")
    assert not unexplained
