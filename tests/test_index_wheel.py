"""The integrity of what is read from a wheel."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, DLL, EXTRA, NOISE, Outcome, error_of, find, read, unread
from index_server import File, Index, make_wheel

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import CheckError
from smtpstatus_dotnet.targets.reading import Unread

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("record", [{DLL: EXTRA}, {}], ids=["other", "absent"])
def test_record_disagrees(index: Index, record: dict[str, bytes]) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}, record=record)]
    found = unread("pkg:pypi/demo").error
    assert ("but RECORD in the wheel says" if record else "has no hash of") in str(found)


@pytest.mark.parametrize("record", [b"a," + b"x" * 200_000, b"\xff", b"\0", b'"'])
def test_a_damaged_record(index: Index, record: bytes) -> None:
    content = {"demo-1.dist-info/RECORD": record, DLL: AGREES}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    index.projects["demo"] = [File("demo-1-py3-none-any.whl", packed.getvalue())]
    if b"x" in record or b"\xff" in record:
        assert "RECORD of demo-1-py3-none-any.whl is damaged" in error_of("pkg:pypi/demo")
    else:
        assert "RECORD of demo-1-py3-none-any.whl has no hash" in str(unread("pkg:pypi/demo").error)


def test_two_records(index: Index) -> None:
    """Installers refuse a wheel with two .dist-info folders."""
    content = {"other-1.dist-info/RECORD": b"", DLL: AGREES}
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    assert "demo-1-py3-none-any.whl has 2 RECORDs: expected one" in error_of("pkg:pypi/demo")


def test_the_largest_record(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are that of the assembly and its own."""
    wheel = make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES})
    index.projects["demo"] = [wheel]
    with zipfile.ZipFile(io.BytesIO(wheel.data)) as archive:
        size = archive.getinfo("demo-1.dist-info/RECORD").file_size
    for name, largest in (("RECORD_BYTES", size), ("RECORD_ROW_COUNT", 2)):
        with monkeypatch.context() as patch:
            patch.setattr(limits, name, largest)
            assert read("pkg:pypi/demo") == [Outcome(f"demo-1-py3-none-any.whl!{DLL}", 32)]
            patch.setattr(limits, name, largest - 1)
            assert "RECORD of demo-1-py3-none-any.whl is damaged" in error_of("pkg:pypi/demo")


def test_the_crc_disagrees(index: Index) -> None:
    wheel = make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}, compression=zipfile.ZIP_STORED)
    data = bytearray(wheel.data)
    data[data.index(AGREES) + 200] ^= 1
    index.projects["demo"] = [File(wheel.name, bytes(data))]
    found = unread("pkg:pypi/demo").error
    assert f"{DLL} of demo-1-py3-none-any.whl is damaged: Bad CRC-32" in str(found)


def test_a_bomb(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: bytes(5_000_000)})]
    monkeypatch.setattr(limits, "ENTRY_BYTES", 1 << 20)
    found = unread("pkg:pypi/demo").error
    assert "it is said to have 5000000 bytes; at most 1048576 are read" in str(found)


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_damaged_archives(demo: Index, knows_ranges: bool) -> None:
    """A damaged wheel gives an enum or our own error, and nothing else."""
    demo.knows_ranges = knows_ranges
    whole = make_wheel("demo-1-py3-none-any.whl", {"a": b"a", DLL: AGREES, "b.dll": EXTRA})
    variants = [b"", b"PK", whole.data[:-1], whole.data[1:], whole.data[: len(whole.data) // 2], NOISE[:500]]
    chance = random.Random(2)
    for _ in range(60):
        damaged = bytearray(whole.data)
        for _ in range(3):
            damaged[chance.randrange(len(damaged) - 600, len(damaged))] = chance.choice([0, 1, 127, 255])
        variants.append(bytes(damaged))
    failures = 0
    for data in variants:
        demo.projects["demo"] = [File(whole.name, data)]
        try:
            failures += any(isinstance(found, Unread) for found in find("pkg:pypi/demo"))
        except CheckError:
            failures += 1
    assert failures > len(variants) / 3


def test_another_compression(index: Index) -> None:
    wheel = make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}, compression=zipfile.ZIP_BZIP2)
    index.projects["demo"] = [wheel]
    assert "it is not compressed by deflate, but by method 12" in error_of("pkg:pypi/demo")
