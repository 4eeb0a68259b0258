"""The pytest plugin, in pytest runs of their own."""

from __future__ import annotations

import re
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from process import run


@pytest.fixture
def project(tmp_path: Path, assemblies: Path) -> Path:
    """A project with one test of its own and three targets, two of them beside its configuration."""
    shutil.copy(assemblies / "agrees.dll", tmp_path)
    shutil.copy(assemblies / "number.dll", tmp_path)
    targets = "agrees.dll\n    number.dll\n    absent.dll"
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nsmtpstatus_targets =\n    {targets}\n", encoding="utf-8")
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    return tmp_path


def outcomes(project: Path, environment: dict[str, str], *arguments: str) -> dict[str, str]:
    """Run pytest in the project and return the outcome of each item by its name."""
    result = run(sys.executable, "-m", "pytest", "-rA", *arguments, folder=project, environment=environment)
    found = re.findall(r"^(PASSED|FAILED|ERROR) \S*::(\S+)", result.stdout, re.MULTILINE)
    return {name: outcome for outcome, name in found}


ALL = {
    "test_own": "PASSED",
    "smtpstatus[agrees.dll]": "PASSED",
    "smtpstatus[number.dll]": "FAILED",
    "smtpstatus[absent.dll]": "FAILED",
}


@pytest.mark.parametrize("arguments", [(), ("-n2",), (".",), ("pytest.ini", "test_own.py")], ids=str)
def test_one_item_a_target(project: Path, environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert outcomes(project, environment, *arguments) == ALL


def test_items_can_be_chosen(project: Path, environment: dict[str, str]) -> None:
    assert outcomes(project, environment, "-k", "agrees") == {"smtpstatus[agrees.dll]": "PASSED"}
    assert outcomes(project, environment, "test_own.py::test_own") == {"test_own": "PASSED"}
    assert outcomes(project, environment, "test_own.py") == {"test_own": "PASSED"}
    targets = {name: outcome for name, outcome in ALL.items() if name != "test_own"}
    assert outcomes(project, environment, "pytest.ini") == targets
    assert outcomes(project, environment, "-m", "smtpstatus", "--strict-markers") == targets
    assert outcomes(project, environment, "-m", "not smtpstatus") == {"test_own": "PASSED"}
    assert outcomes(project, environment, "pytest.ini::smtpstatus[agrees.dll]") == {"smtpstatus[agrees.dll]": "PASSED"}
    assert outcomes(project, environment, "-p", "no:smtpstatus", "-o", "smtpstatus_targets=") == {"test_own": "PASSED"}


def test_items_are_counted_and_named(project: Path, environment: dict[str, str]) -> None:
    command = (sys.executable, "-m", "pytest", "--junitxml", "report.xml", "-p", "no:xdist")
    result = run(*command, folder=project, environment=environment)
    assert "collected 4 items" in result.stdout
    cases = ET.parse(project / "report.xml").iter("testcase")
    names = {(case.get("classname"), case.get("name")) for case in cases}
    assert names == {("pytest.ini" if name != "test_own" else "test_own", name) for name in ALL}


def test_test_paths(project: Path, environment: dict[str, str]) -> None:
    """The targets run also where `testpaths` keeps pytest out of the folder of the configuration."""
    (project / "tests").mkdir()
    shutil.move(project / "test_own.py", project / "tests")
    with (project / "pytest.ini").open("a", encoding="utf-8") as file:
        file.write("testpaths = tests\n")
    assert outcomes(project, environment) == ALL
    assert outcomes(project, environment, "tests") == {"test_own": "PASSED"}


def test_the_configuration_of_the_command(project: Path, environment: dict[str, str]) -> None:
    (project / "pytest.ini").unlink()
    configuration = project / "pyproject.toml"
    configuration.write_text('[tool.smtpstatus]\ntargets = ["agrees.dll", "number.dll", "absent.dll"]\n', "utf-8")
    assert outcomes(project, environment) == ALL
    (project / "tox.ini").write_text("[pytest]\n", encoding="utf-8")
    assert outcomes(project, environment) == ALL
    configuration.write_text("[tool.smtpstatus]\ntarget = []\n", encoding="utf-8")
    result = run(sys.executable, "-m", "pytest", folder=project, environment=environment)
    assert result.returncode == 4
    assert "expected [tool.smtpstatus] with targets, a list of strings" in result.stderr


def test_last_failed_chooses_the_failures(project: Path, environment: dict[str, str]) -> None:
    assert outcomes(project, environment) == ALL
    assert outcomes(project, environment, "--last-failed") == {
        name: outcome for name, outcome in ALL.items() if outcome == "FAILED"
    }


def test_paths_are_those_of_the_configuration(project: Path, environment: dict[str, str]) -> None:
    (project / "deep").mkdir()
    shutil.move(project / "test_own.py", project / "deep")
    assert outcomes(project / "deep", environment) == ALL


def test_a_failure_reads_like_the_report(project: Path, environment: dict[str, str]) -> None:
    result = run(sys.executable, "-m", "pytest", folder=project, environment=environment)
    command = (sys.executable, "-m", "smtpstatus_dotnet", "check", "number.dll")
    report = run(*command, folder=project, environment=environment)
    assert result.returncode == 1
    assert report.stdout in result.stdout
    assert "Traceback" not in result.stdout


def test_a_harmful_target(project: Path, environment: dict[str, str]) -> None:
    (project / "pytest.ini").write_text("[pytest]\nsmtpstatus_targets = a\x1b[2J\u202e.dll\n", encoding="utf-8")
    result = run(sys.executable, "-m", "pytest", "-v", "-rA", folder=project, environment=environment)
    assert r"smtpstatus[a\x1b[2J\u202e.dll]" in result.stdout
    assert all(character.isprintable() or character == "\n" for character in result.stdout + result.stderr)


def test_a_profile(project: Path, environment: dict[str, str], tmp_path: Path) -> None:
    profile = tmp_path / "accepted.toml"
    command = (sys.executable, "-m", "smtpstatus_dotnet", "check", project / "number.dll")
    run(*command, "--write-profile", profile, environment=environment)
    profile.write_text(profile.read_text(encoding="utf-8").replace('""', '"Tested."'), encoding="utf-8")
    (project / "deep").mkdir()
    arguments = ("-o", f"smtpstatus_profile={profile.name}", "-k", "number")
    for folder in (project, project / "deep"):
        assert outcomes(folder, environment, *arguments) == {"smtpstatus[number.dll]": "PASSED"}


def test_without_targets_only_the_plugin_is_imported(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    program = "import sys, pytest; pytest.main(); print(*sys.modules)"
    output = run(sys.executable, "-c", program, folder=tmp_path, environment=environment).stdout
    loaded = output.splitlines()[-1].split()
    assert {name for name in loaded if name.startswith("smtpstatus")} == {
        "smtpstatus_dotnet",
        "smtpstatus_dotnet.pytest_plugin",
    }
