"""The README: its doors, each from a clone to a first success, and the same in Chinese."""

from __future__ import annotations

import os
import re
import shutil
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import HAS_NETWORK, ROOT, CommandLine
from markdown_blocks import blocks, sections
from process import run

if TYPE_CHECKING:
    from collections.abc import Callable

CHINESE = "README.zh-CN.md"
PYTHON, DOTNET, CI, CODE = list(sections("README.md"))[:4]


@pytest.mark.parametrize("page", ["README.md", CHINESE])
def test_each_door_is_a_screen(page: str) -> None:
    doors = list(sections(page).values())[:4]
    for door in doors:
        assert len([line for line in door.splitlines() if line]) <= 25, door
        assert "](docs/" in door  # what comes next


def test_the_chinese_page_has_the_same_commands_and_links() -> None:
    ours, theirs = (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / CHINESE).read_text(encoding="utf-8")
    assert [block.text for block in blocks(CHINESE)] == [block.text for block in blocks("README.md")]
    assert re.findall("^#+ ", ours, re.MULTILINE) == re.findall("^#+ ", theirs, re.MULTILINE)
    links = re.compile(r"\]\(([^)#]+)\)")
    assert links.findall(ours)[1:] == links.findall(theirs)[1:]  # the first leads to the other language

    def paragraphs(text: str) -> list[str]:
        return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).split("\n\n")

    assert len(paragraphs(ours)) == len(paragraphs(theirs))
    for english, chinese in zip(paragraphs(ours), paragraphs(theirs), strict=True):
        if english.strip() and english != "# smtpstatus" and CHINESE not in english:
            assert re.search("[\u4e00-\u9fff]", chinese), english


@pytest.mark.parametrize("command", ["./scripts/check", "smtpstatus check"])
def test_the_check_of_the_current_release(command: str, smtpstatus: CommandLine) -> None:
    """The newest release changes, so the release that is shown is asked for."""
    shown = {command: output for block in blocks("README.md") for command, output in block.commands}[command]
    target = "pkg:pypi/aspose-email-for-python-via-net"
    release = re.search(r"net-([\d.]+)-py3.*Aspose\.Email ([\d.]+), netstandard2.0\)", shown)
    assert release
    assert f'targets = ["{target}"]' in sections("README.md")[CI]
    found = smtpstatus("check", f"{target}@{release[1]}")
    if "cannot read" in found.stdout:
        pytest.skip(f"no package index: {found.stdout}")
    assert found.stdout.replace(f"{target}@{release[1]}", target) == shown


@pytest.fixture
def empty_environment(tmp_path: Path, environment: dict[str, str]) -> Callable[[str], str]:
    """A function that runs a command as a shell does in a fresh clone, in an environment with Python and pip alone."""
    pytest.importorskip("ensurepip", reason="this Python makes no environments with pip: install python3-venv")
    venv.create(tmp_path / "venv", with_pip=True)
    clone = tmp_path / "clone"
    if (ROOT / ".git").exists():
        assert run("git", "clone", "--quiet", ROOT, clone).returncode == 0
    else:  # an sdist
        shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".*"))
    environment["PATH"] = f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{environment['PATH']}"

    def shell(command: str) -> str:
        result = run("bash", "-c", command, folder=clone, environment=environment)
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
        return result.stdout

    return shell


@pytest.mark.parametrize("door", [PYTHON, CI, CODE])
def test_a_door_from_a_clone_to_its_first_success(
    door: str, empty_environment: Callable[[str], str], tmp_path: Path
) -> None:
    """This asks the user's own index for what pip installs."""
    if not HAS_NETWORK:
        pytest.skip("it needs the network: set SMTPSTATUS_TESTS=network")
    assert sum(len(block.commands) for block in blocks("README.md", door)) <= 3
    for block in blocks("README.md", door):
        for command, output in block.commands:
            printed = empty_environment(command)
            if "26.10" in output:  # the newest release changes
                assert printed.startswith("agrees   Aspose.Email.Clients.Smtp.SmtpStatusCode: 32 of 32 members agree")
            elif output:
                assert printed == output
        if block.language == "python":
            program = tmp_path / "program.py"
            program.write_text(block.text, encoding="utf-8")
            assert empty_environment(f"python {program}") == block.output
        if block.language == "toml":  # the reader's own project; ours is in the clone
            project = tmp_path / "clone" / "pyproject.toml"
            project.write_text(block.text, encoding="utf-8")


def test_files_that_are_named_are_there() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        for path in re.findall(r"`((?:scripts|tests|proto|python)/[\w./]+)`", (ROOT / page).read_text("utf-8")):
            assert (ROOT / path).exists(), path
