"""Packages, which are zip archives: every assembly in them, and what a hostile one costs."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import pytest
from checks import NATIVE, pack, the_error

from smtpstatus_dotnet import check, limits


@pytest.mark.parametrize("ending", [".nupkg", ".whl", ".zip", ".ZIP"])
def test_a_package(tmp_path: Path, assemblies: Path, ending: str) -> None:
    path = pack(
        tmp_path / f"mail{ending}",
        {
            "readme.txt": b"no assembly",
            "lib/net6.0/Mail.dll": (assemblies / "agrees.dll").read_bytes(),
            "lib/netstandard2.0/Mail.dll": (assemblies / "missing.dll").read_bytes(),
            "runtimes/win/native/native.dll": NATIVE,
            "tools/shapes.dll": (assemblies / "shapes.dll").read_bytes(),
        },
    )
    report = check(str(path))
    assert report.exit_code == 1
    assert [(result.origin.location, result.origin.framework) for result in report.results] == [
        (f"{path}!lib/net6.0/Mail.dll", "net6.0"),
        (f"{path}!lib/netstandard2.0/Mail.dll", "netstandard2.0"),
    ]
    assert [len(result.differences) for result in report.results] == [0, 1]


def test_a_package_without_the_enum(tmp_path: Path, assemblies: Path) -> None:
    assert "none of the 0 assemblies" in the_error(pack(tmp_path / "empty.zip", {}))
    shapes = (assemblies / "shapes.dll").read_bytes()
    assert "none of the 1 assemblies" in the_error(pack(tmp_path / "shapes.zip", {"lib/net6.0/S.dll": shapes}))


@pytest.mark.parametrize(
    ("name", "data"), [("text.zip", b"no archive"), ("empty.nupkg", b""), ("magic.whl", b"PK\x05\x06")]
)
def test_a_file_that_is_not_an_archive(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert f"{name} is not an intact zip archive" in the_error(tmp_path / name)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENTRY_BYTES", 1 << 20)
    message = the_error(pack(tmp_path / "bomb.zip", {"lib/net6.0/bomb.dll": bytes(2 << 20)}))
    assert (
        "bomb.zip!lib/net6.0/bomb.dll cannot be unpacked: it is said to have 2097152 bytes; at most 1048576 are read"
        in message
    )


def test_many_small_bombs_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", 3 << 20)
    path = pack(tmp_path / "bombs.zip", {f"{n}.dll": b"MZ" + bytes(1 << 20) for n in range(4)})
    errors = [str(result.error) for result in check(str(path)).results]
    assert ["have more than 3 MiB together" in error for error in errors] == [False, False, True, True]


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The archive's directory says one byte, but the entry unpacks to 64 MiB."""
    path = pack(tmp_path / "liar.zip", {"x.dll": bytes(64 << 20)})
    data = path.read_bytes()
    path.write_bytes(data.replace((64 << 20).to_bytes(4, "little"), (1).to_bytes(4, "little")))
    tracemalloc.start()
    try:
        assert "liar.zip!x.dll cannot be unpacked" in the_error(path)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_compression_that_no_package_format_uses(tmp_path: Path, compression: int) -> None:
    path = pack(tmp_path / "odd.zip", {"x.dll": b"MZ"}, compression)
    assert "odd.zip!x.dll cannot be unpacked: it is not compressed by deflate" in the_error(path)


def test_an_entry_that_cannot_be_unpacked_hides_nothing(
    tmp_path: Path, assemblies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ENTRY_BYTES", 1 << 20)
    path = pack(tmp_path / "mixed.zip", {"bomb.dll": bytes(2 << 20)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("odd.dll", b"MZ", zipfile.ZIP_BZIP2)
        archive.write(assemblies / "number.dll", "number.dll", zipfile.ZIP_DEFLATED)
    assert [result.exit_code for result in check(str(path)).results] == [2, 2, 1]


def test_a_damaged_archive_never_agrees(tmp_path: Path, assemblies: Path) -> None:
    for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        agrees = {"lib/net6.0/Mail.dll": (assemblies / "agrees.dll").read_bytes()}
        path = pack(tmp_path / "mail.zip", agrees, compression)
        data = bytearray(path.read_bytes())
        assert check(str(path)).exit_code == 0
        for offset in range(0, len(data), 3):
            data[offset] ^= 0xFF
            path.write_bytes(data)
            report = check(str(path))
            for result in report.results:
                # An entry that still unpacks is unchanged: the archive has a checksum.
                assert result.error or not result.differences
            data[offset] ^= 0xFF
        for length in range(0, len(data), 7):
            path.write_bytes(data[:length])
            assert check(str(path)).exit_code == 2


def test_an_encrypted_entry(tmp_path: Path, assemblies: Path) -> None:
    path = pack(tmp_path / "locked.zip", {"x.dll": (assemblies / "agrees.dll").read_bytes()})
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    assert "locked.zip!x.dll cannot be unpacked" in the_error(path)
