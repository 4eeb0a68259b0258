"""Folders: every assembly below them."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from checks import NATIVE, outcomes, pack, the_error
from process import run
from vocabulary import FULL_NAME

from smtpstatus_dotnet import check


def test_a_folder(tmp_path: Path, assemblies: Path) -> None:
    """Other files, native code and assemblies without the enum are skipped. Damaged assemblies are not."""
    folder = tmp_path / "folder"
    (folder / "b" / "deep").mkdir(parents=True)
    shutil.copy(assemblies / "agrees.dll", folder / "b" / "deep" / "Z.DLL")
    shutil.copy(assemblies / "number.dll", folder / "a.exe")
    shutil.copy(assemblies / "shapes.dll", folder / "shapes.dll")
    (folder / "native.dll").write_bytes(NATIVE)
    (folder / "damaged.dll").write_bytes((assemblies / "agrees.dll").read_bytes()[:800])
    (folder / "notes.txt").write_text("no assembly", encoding="utf-8")
    assert list(outcomes(folder).items()) == [
        ("folder/a.exe", "1 differences"),
        ("folder/b/deep/Z.DLL", "0 differences"),
        ("folder/damaged.dll", "MetadataError"),
    ]
    assert check(str(folder)).exit_code == 2


def test_a_folder_without_the_enum(tmp_path: Path, assemblies: Path) -> None:
    assert f"none of the 0 assemblies in {tmp_path} has {FULL_NAME}" in the_error(tmp_path)
    shutil.copy(assemblies / "shapes.dll", tmp_path)
    shutil.copy(assemblies / "elsewhere.dll", tmp_path)
    message = the_error(tmp_path)
    assert "none of the 2 assemblies" in message
    assert "Other.Mail.SmtpStatusCode" in message  # the enum of the same short name


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    """A folder in which this process has the rights of an ordinary user: root may read everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)


def test_a_folder_that_may_not_be_read(folder_of_nobody: Path, assemblies: Path) -> None:
    """Its content is not known, so the folder does not agree. Assemblies that can be read are still reported."""
    agrees = (assemblies / "agrees.dll").read_bytes()
    (folder_of_nobody / "a.dll").write_bytes(agrees)
    (folder_of_nobody / "b.dll").write_bytes(agrees)
    (folder_of_nobody / "b.dll").chmod(0)
    (folder_of_nobody / "locked").mkdir(mode=0)
    readable, file, folder = check(str(folder_of_nobody)).results
    assert [result.exit_code for result in (readable, file, folder)] == [0, 2, 2]
    assert str(file.error) == f"cannot read {folder_of_nobody}/b.dll: Permission denied"
    assert str(folder.error) == f"cannot read {folder_of_nobody}/locked: Permission denied"
    (folder_of_nobody / "locked").rmdir()


def test_a_folder_with_entries_that_are_not_files(tmp_path: Path, assemblies: Path) -> None:
    (tmp_path / "a.dll").symlink_to(tmp_path / "absent")
    os.mkfifo(tmp_path / "b.dll")
    shutil.copy(assemblies / "agrees.dll", tmp_path / "c.dll")
    assert [(result.exit_code, str(result.error)) for result in check(str(tmp_path)).results] == [
        (2, f"cannot read {tmp_path}/a.dll: No such file or directory"),
        (2, f"cannot read {tmp_path}/b.dll: it is not a regular file"),
        (0, "None"),
    ]


def test_links_are_followed_once(tmp_path: Path, assemblies: Path) -> None:
    """Into other folders, back into the folder itself, and to files."""
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "folder"
    (elsewhere / "deep").mkdir(parents=True)
    folder.mkdir()
    shutil.copy(assemblies / "number.dll", elsewhere / "deep" / "x.dll")
    shutil.copy(assemblies / "agrees.dll", folder / "b.dll")
    (elsewhere / "deep" / "loop").symlink_to(folder)
    (folder / "first").symlink_to(elsewhere)
    (folder / "second").symlink_to(elsewhere / "deep")
    (folder / "self").symlink_to(folder)
    (folder / "c.dll").symlink_to(folder / "b.dll")
    (folder / "d.dll").symlink_to("d.dll")
    (folder / "gone").symlink_to(tmp_path / "absent")
    assert outcomes(folder) == {
        "folder/b.dll": "0 differences",
        "folder/d.dll": "EnumReadError",
        "folder/first/deep/x.dll": "1 differences",
    }


def test_packages_in_a_folder(tmp_path: Path, assemblies: Path) -> None:
    number = (assemblies / "number.dll").read_bytes()
    folder = tmp_path / "folder"
    folder.mkdir()
    inner = pack(tmp_path / "inner.nupkg", {"A.dll": number}).read_bytes()
    pack(folder / "a.NUPKG", {"lib/net6.0/A.dll": number, "inner.nupkg": inner})
    (folder / "b.whl").write_bytes(b"no archive")
    os.mkfifo(folder / "c.zip")
    (folder / "d.zip").symlink_to(tmp_path / "absent")
    for name in ("e.winmd", "f.netmodule"):
        shutil.copy(assemblies / "number.dll", folder / name)
    assert list(outcomes(folder).items()) == [
        ("folder/a.NUPKG!lib/net6.0/A.dll", "1 differences"),
        ("folder/a.NUPKG!inner.nupkg", "EnumReadError"),
        ("folder/b.whl", "EnumReadError"),
        ("folder/c.zip", "EnumReadError"),
        ("folder/d.zip", "EnumReadError"),
        ("folder/e.winmd", "1 differences"),
        ("folder/f.netmodule", "1 differences"),
    ]


def test_a_socket_is_not_an_assembly() -> None:
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as listener:  # a short path
        listener.bind(f"{name}/a.dll")
        assert the_error(name).startswith(f"cannot read {name}/a.dll: ")


def test_a_deleted_current_folder(tmp_path: Path, assemblies: Path, environment: dict[str, str]) -> None:
    """Relative targets are not there; absolute ones are read."""
    folder = tmp_path / "deleted"
    folder.mkdir()
    targets = [".", "x.dll", "x.zip", str(assemblies / "agrees.dll"), "python:absent:X"]
    program = (
        f"import os; os.chdir({str(folder)!r}); os.rmdir({str(folder)!r})\n"
        f"import sys; from smtpstatus_dotnet.cli import main; sys.exit(main(['check', *{targets!r}]))"
    )
    result = run(sys.executable, "-c", program, environment=environment)
    assert (result.returncode, result.stderr) == (2, "")
    assert [line.split()[0] for line in result.stdout.splitlines() if not line.startswith(" ")] == [
        *("error", "error", "error", "agrees", "error")
    ]
