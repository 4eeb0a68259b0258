"""Folders: every assembly below them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from checks import NATIVE, outcomes, the_error
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
        (2, f"{tmp_path}/b.dll is not a file: expected an assembly"),
        (0, "None"),
    ]
