"""`[tool.smtpstatus]` in pyproject.toml, as the command reads it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import CommandLine

from smtpstatus_dotnet import configuration, limits


@pytest.fixture
def project(tmp_path: Path, assemblies: Path) -> Path:
    """A project that checks one file that agrees and one that differs as its profile says."""
    (tmp_path / "lib").mkdir()
    shutil.copy(assemblies / "agrees.dll", tmp_path / "lib")
    shutil.copy(assemblies / "number.dll", tmp_path)
    write(tmp_path, 'targets = ["lib/agrees.dll", "number.dll"]')
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.smtpstatus]\n{text}\n", encoding="utf-8")


def test_the_targets_of_the_configuration(smtpstatus: CommandLine, project: Path) -> None:
    smtpstatus.folder = project
    result = smtpstatus("check")
    assert result.returncode == 1
    assert result.stdout == smtpstatus("check", "lib/agrees.dll", "number.dll").stdout
    assert smtpstatus("check", "lib/agrees.dll").returncode == 0  # a TARGET of the command line is the only one


def test_a_folder_below(smtpstatus: CommandLine, project: Path) -> None:
    """A pyproject.toml that says nothing about smtpstatus does not end the search."""
    (project / "lib" / "pyproject.toml").write_text("[tool.ruff]\n# smtpstatus\n", encoding="utf-8")
    smtpstatus.folder = project / "lib"
    result = smtpstatus("check")
    assert result.returncode == 1
    assert f"{project}/number.dll (Number 1.2.3.0)" in result.stdout


def test_the_profile_of_the_configuration(smtpstatus: CommandLine, project: Path) -> None:
    smtpstatus.folder = project
    smtpstatus("check", "--write-profile", "parity.toml", "number.dll")
    profile = project / "parity.toml"
    profile.write_text(profile.read_text(encoding="utf-8").replace('""', '"Tested."'), encoding="utf-8")
    write(project, 'targets = ["number.dll"]\nprofile = "parity.toml"')
    for folder in (project, project / "lib"):
        smtpstatus.folder = folder
        assert smtpstatus("check").returncode == 0
    smtpstatus.folder = project
    assert smtpstatus("check", "number.dll").returncode == 0
    assert smtpstatus("check", "--profile", "absent.toml").returncode == 2
    refused = smtpstatus("check", "--output", "number.dll")
    assert "would overwrite what is read of the target number.dll" in refused.stderr


def test_writing_the_profile_of_the_configuration(smtpstatus: CommandLine, project: Path) -> None:
    """It may not be there yet, or still lack its reasons."""
    write(project, 'targets = ["number.dll"]\nprofile = "parity.toml"')
    smtpstatus.folder = project
    assert smtpstatus("check").returncode == 2
    for _ in range(2):
        result = smtpstatus("check", "--write-profile", "parity.toml")
        assert (result.returncode, "wrote parity.toml" in result.stderr) == (1, True)
    profile = project / "parity.toml"
    profile.write_text(profile.read_text(encoding="utf-8").replace('""', '"Tested."'), encoding="utf-8")
    assert smtpstatus("check").returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        '[ tool . "smtpstatus" ]\ntargets = ["number.dll"]',
        "['tool'.'smtpstatus']\ntargets = ['number.dll']",
        '[tool]\nruff = {}\n  smtpstatus.targets = ["number.dll"]',
        '[tool]\n"smtpstatus" = {targets = ["number.dll"]}',
        'tool = {ruff = {}, smtpstatus = {targets = ["number.dll"]}}',
        'tool.smtpstatus.targets = ["number.dll"]',
        '[tool.smtpstatus]\r\ntargets = ["number.dll"]',
    ],
)
def test_any_spelling_of_the_table(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(text, encoding="utf-8", newline="")
    found = configuration.read(str(project / "pyproject.toml"))
    assert found
    assert found.targets == ("number.dll",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('target = "x"', "with targets, a list of strings, and profile, a string; found the key target"),
        ("targets = []", "found targets = []"),
        ('targets = "x"', "found targets = x"),
        ("targets = [1]", "found targets = [1]"),
        ("profile = 1", "found profile = 1"),
        ("profile =", "pyproject.toml is not TOML"),
        ("targets = " + "[" * 5000, "pyproject.toml is not TOML (it is nested too deeply)"),
    ],
)
def test_a_configuration_of_another_form(smtpstatus: CommandLine, project: Path, text: str, message: str) -> None:
    """Even where a TARGET is named: its profile may be in the file."""
    write(project, text)
    smtpstatus.folder = project
    result = smtpstatus("check", "number.dll")
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr


def test_the_largest_configuration(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project / "pyproject.toml"
    monkeypatch.setattr(limits, "CONFIGURATION_BYTES", path.stat().st_size)
    found = configuration.read(str(path))
    assert found
    assert found.targets == ("lib/agrees.dll", "number.dll")
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(configuration.ConfigurationError, match="is too large: expected at most 0 KiB"):
        configuration.read(str(path))


def test_a_configuration_that_is_not_a_file(smtpstatus: CommandLine, tmp_path: Path, assemblies: Path) -> None:
    (tmp_path / "pyproject.toml").symlink_to("/dev/zero")
    smtpstatus.folder = tmp_path
    result = smtpstatus("check", assemblies / "agrees.dll")
    assert (result.returncode, result.stdout) == (2, "")
    assert "pyproject.toml: it is not a regular file" in result.stderr
