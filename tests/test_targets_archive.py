"""Packages, which are zip archives: every assembly in them, and what a hostile one costs."""

from __future__ import annotations

import gc
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
    one, two = ({f"lib/{name}/S.dll": shapes for name in names} for names in (["net6.0"], ["net6.0", "net8.0"]))
    assert "S.dll (Shapes 1.2.3.0, net6.0) has no enum Aspose.Email." in the_error(pack(tmp_path / "one.zip", one))
    assert "none of the 2 assemblies" in the_error(pack(tmp_path / "two.zip", two))


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
    assert ["have more than 3145728 bytes together" in error for error in errors] == [False, False, True, True]


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


def test_what_an_entry_may_unpack_to(tmp_path: Path, assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is bounded by its packed size."""
    path = pack(tmp_path / "x.zip", {"x.dll": (assemblies / "agrees.dll").read_bytes()})
    with zipfile.ZipFile(path) as archive:
        (entry,) = archive.infolist()
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", 1)
    monkeypatch.setattr(limits, "ARCHIVE_GRACE_BYTES", entry.file_size - entry.compress_size)
    assert check(str(path)).exit_code == 0
    monkeypatch.setattr(limits, "ARCHIVE_GRACE_BYTES", entry.file_size - entry.compress_size - 1)
    assert f"it is said to have {entry.file_size} bytes; at most {entry.file_size - 1} are read" in the_error(path)


def test_what_an_archive_may_unpack_to(tmp_path: Path, assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is bounded by the size of the archive: each of these entries is within its own bound."""
    agrees = (assemblies / "agrees.dll").read_bytes()
    path = pack(tmp_path / "x.zip", {"1.dll": agrees, "2.dll": agrees})
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", 1)
    grace = 2 * len(agrees) - path.stat().st_size
    monkeypatch.setattr(limits, "ARCHIVE_GRACE_BYTES", grace)
    assert [result.exit_code for result in check(str(path)).results] == [0, 0]
    monkeypatch.setattr(limits, "ARCHIVE_GRACE_BYTES", grace - 1)
    first, second = check(str(path)).results
    assert first.exit_code == 0
    assert f"have more than {2 * len(agrees) - 1} bytes together" in str(second.error)


def test_what_a_package_in_an_archive_may_unpack_to(
    tmp_path: Path, assemblies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its assemblies count as those of the archive: small archives in archives would multiply."""
    agrees = (assemblies / "agrees.dll").read_bytes()
    inner = pack(tmp_path / "inner.zip", {"1.dll": agrees}).read_bytes()
    path = pack(tmp_path / "outer.zip", {"inner.zip": inner, "2.dll": agrees})
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", len(inner) + 2 * len(agrees))
    assert [result.exit_code for result in check(str(path)).results] == [0, 0]
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", len(inner) + 2 * len(agrees) - 1)
    assert [result.exit_code for result in check(str(path)).results] == [0, 2]
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", len(inner) + len(agrees) - 1)
    assert [result.exit_code for result in check(str(path)).results] == [2, 2]


def test_an_archive_of_many_assemblies(tmp_path: Path, assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_ASSEMBLY_COUNT", 3)
    agrees = (assemblies / "agrees.dll").read_bytes()
    files = {f"{n}.dll": agrees for n in range(3)}
    assert [result.exit_code for result in check(str(pack(tmp_path / "3.zip", files))).results] == [0] * 3
    inner = pack(tmp_path / "inner.zip", {"4.dll": agrees}).read_bytes()
    for more in ({"3.dll": agrees}, {"3.nupkg": inner}, {f"{n}.exe": b"" for n in range(2000)}):
        path = pack(tmp_path / "4.zip", files | more)
        results = check(str(path)).results
        assert [result.exit_code for result in results] == [0, 0, 0, 2]
        assert str(results[3].error) == f"{path} has more than the 3 assemblies and packages that are read"


def test_an_archive_costs_its_largest_assembly(tmp_path: Path, assemblies: Path) -> None:
    """No error, passed over or reported, keeps the bytes of its assembly."""
    padding = bytes(range(256)) * (1 << 14)  # 4 MiB
    images = [*((assemblies / f"{name}.dll").read_bytes() for name in ("shapes", "not_an_enum", "forwarded")), NATIVE]
    files = {f"{n}.dll": images[n % 4] + padding for n in range(12)} | {f"{n}.exe": b"ZM" + padding for n in range(4)}
    path = pack(tmp_path / "large.zip", files | {"z.dll": (assemblies / "number.dll").read_bytes()}, zipfile.ZIP_STORED)
    check(str(path))  # what the first check imports does not count
    gc.disable()
    tracemalloc.start()
    try:
        report = check(str(path))
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert [result.exit_code for result in report.results] == [2, 2, 2, 2, 1]
    assert peak < 3 * len(padding)
    assert now < len(padding)


def test_a_package_in_an_archive(tmp_path: Path, assemblies: Path) -> None:
    """It is read one level down. What is deeper is told, because it may differ."""
    number = (assemblies / "number.dll").read_bytes()
    deep = pack(tmp_path / "deep.nupkg", {"lib/net6.0/D.dll": number}).read_bytes()
    files = {"lib/net6.0/A.dll": number, "deep.nupkg": deep, "b.dll": (assemblies / "agrees.dll").read_bytes()}
    inner = pack(tmp_path / "inner.whl", files).read_bytes()
    path = pack(tmp_path / "outer.zip", {"p/inner.whl": inner, "bad.ZIP": b"no archive"})
    results = check(str(path)).results
    assert [(result.origin.location, result.origin.framework, result.exit_code) for result in results] == [
        (f"{path}!p/inner.whl!lib/net6.0/A.dll", "net6.0", 1),
        (f"{path}!p/inner.whl!deep.nupkg", "", 2),
        (f"{path}!p/inner.whl!b.dll", "", 0),
        (f"{path}!bad.ZIP", "", 2),
    ]
    assert "deep.nupkg is not read, because it is a package in a package: unpack it" in str(results[1].error)
    assert "bad.ZIP is not an intact zip archive" in str(results[3].error)


@pytest.mark.parametrize("name", ["X.winmd", "X.NETMODULE", "X.Exe", "/X.dll", "../../X.dll", "a" * 60_000 + ".dll"])
def test_names_of_assemblies(tmp_path: Path, assemblies: Path, name: str) -> None:
    path = pack(tmp_path / "x.zip", {name: (assemblies / "number.dll").read_bytes()})
    (result,) = check(str(path)).results
    assert (result.exit_code, result.origin.location) == (1, f"{path}!{name}")


@pytest.mark.parametrize("name", [b"x.dll?.txt", b"x.txt?.dll"])
def test_a_name_with_a_nul(tmp_path: Path, assemblies: Path, name: bytes) -> None:
    """Some end the name there, others do not: it is an assembly by either."""
    number = (assemblies / "number.dll").read_bytes()
    path = pack(tmp_path / "x.zip", {name.decode(): number, "z.dll": (assemblies / "agrees.dll").read_bytes()})
    path.write_bytes(path.read_bytes().replace(name, name.replace(b"?", b"\0")))
    assert [result.exit_code for result in check(str(path)).results] == [1, 0]


def test_names_that_are_there_twice(tmp_path: Path, assemblies: Path) -> None:
    path = pack(tmp_path / "x.zip", {"x.dll": (assemblies / "agrees.dll").read_bytes()})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.write(assemblies / "number.dll", "x.dll")
    assert [result.exit_code for result in check(str(path)).results] == [0, 1]


LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


@pytest.mark.parametrize(
    ("signature", "offset", "data"),
    [
        (LOCAL, 30, b"\xff"),  # the name
        (LOCAL, 30, b"y"),
        (LOCAL, 30, b"\0"),
        (LOCAL, 26, b"\xff\xff"),  # its length
        (LOCAL, 0, b"XXXX"),
        (LOCAL, 6, b"\x20\0"),  # flags: patched data, strong encryption
        (LOCAL, 6, b"\x40\0"),
        (CENTRAL, 46, b"\xff"),
        (CENTRAL, 46, b"x\0"),
        (CENTRAL, 8, b"\x01\x08"),  # flags: encrypted
        (CENTRAL, 8, b"\x20\0"),
        (CENTRAL, 6, b"\xff\xff"),  # the version that is needed
        (CENTRAL, 10, b"\x63\0"),  # the method
        (CENTRAL, 20, b"\xff\xff\xff\xff"),  # the packed size: zip64
        (CENTRAL, 24, b"\xff\xff\xff\xff"),
        (CENTRAL, 42, b"\xff\xff\xff\xff"),  # where the entry is
        (CENTRAL, 42, b"\xff\xff\xff\x7f"),
        (END, 12, b"\xff\xff\xff\xff"),  # the size of the directory
        (END, 16, b"\xff\xff\xff\xff"),
    ],
)
def test_an_archive_that_is_odd(tmp_path: Path, assemblies: Path, signature: bytes, offset: int, data: bytes) -> None:
    """It is an error of that target, which hides no other."""
    path = pack(tmp_path / "odd.zip", {"bx\u00e9.dll": (assemblies / "number.dll").read_bytes()})
    content = bytearray(path.read_bytes())
    start = content.index(signature) + offset
    content[start : start + len(data)] = data
    path.write_bytes(content)
    report = check(str(path), str(assemblies / "agrees.dll"))
    assert [result.exit_code for result in report.results] == [2, 0]


@pytest.mark.parametrize("extra", [b"\1\0\0\0", b"\1\0\x08\0" + b"\xff" * 8, b"\1\0\xff\xff", b"\1\0\4\0abcd"])
def test_zip64_nonsense(tmp_path: Path, assemblies: Path, extra: bytes) -> None:
    path = tmp_path / "odd.zip"
    info = zipfile.ZipInfo("x.dll")
    info.extra = extra
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, (assemblies / "number.dll").read_bytes())
    content = bytearray(path.read_bytes())
    start = content.index(CENTRAL)
    content[start + 24 : start + 28] = b"\xff" * 4  # the size is in the extra data
    path.write_bytes(content)
    report = check(str(path), str(assemblies / "agrees.dll"))
    assert [result.exit_code for result in report.results] == [2, 0]


@pytest.mark.usefixtures("any_runtime")
def test_a_runtime_is_not_asked_for_reference_assemblies(tmp_path: Path, assemblies: Path) -> None:
    agrees = (assemblies / "agrees.dll").read_bytes()
    path = pack(tmp_path / "x.nupkg", {"lib/net6.0/X.dll": agrees, "ref/net6.0/X.dll": agrees})
    report = check(str(path), via="clr")
    assert [type(result.error).__name__ for result in report.results] == ["NoneType", "NotApplicableError"]
    assert report.exit_code == 0
    assert [result.exit_code for result in check(str(path)).results] == [0, 0]  # metadata needs no runtime
    only = pack(tmp_path / "only.nupkg", {"ref/net6.0/X.dll": agrees})
    assert check(str(only), via="clr").exit_code == 2


def test_the_framework_of_a_build(tmp_path: Path, assemblies: Path) -> None:
    agrees = (assemblies / "agrees.dll").read_bytes()
    names = {"lib/net6.0/X.dll": "net6.0", "ref/net8.0/a/X.dll": "net8.0", "lib/X.dll": "", "x/net6.0/X.dll": ""}
    path = pack(tmp_path / "x.nupkg", dict.fromkeys(names, agrees))
    assert [result.origin.framework for result in check(str(path)).results] == list(names.values())
