"""The README's programs run, and its console blocks show what the commands print."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT, CommandLine
from process import run

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
RUNS = [
    match
    for block in re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    for match in re.findall(r"^\$ (.*)\n((?:[^$\n].*\n)+)", block, re.MULTILINE)
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.splitlines()[0])
def test_a_program_runs(program: str, root: Path, environment: dict[str, str]) -> None:
    result = run(sys.executable, "-c", program, folder=root, environment=environment)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(("command", "output"), RUNS, ids=[command for command, _ in RUNS])
def test_a_command_prints_what_is_shown(
    command: str, output: str, smtpstatus: CommandLine, root: Path, request: pytest.FixtureRequest
) -> None:
    smtpstatus.folder = root
    if command == "./scripts/check":
        aspose = request.getfixturevalue("aspose")
        found = smtpstatus("check").stdout.replace(str(aspose), "PATH")
        # Where the wheel is, and its version, are this machine's.
        assert re.sub(r"\(.*\)", "(VERSION)", found) == re.sub(r"\S+ \(.*\)", "PATH (VERSION)", output)
    else:
        assert smtpstatus(*command.split()[1:]).stdout == output


def test_the_proto_compiles(tmp_path: Path, smtpstatus: CommandLine) -> None:
    (block,) = re.findall(r"^```proto\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "mail.proto").write_text('syntax = "proto3";\n' + block, encoding="utf-8")
    (command,) = re.findall(r'^\$ (protoc .*)"\$\(smtpstatus include\)"(.*)$', TEXT, re.MULTILINE)
    include = smtpstatus("include").stdout.strip()
    arguments = f"{command[0]}{include}{command[1]}".split()[1:]
    result = run(Path(sys.executable).parent / "protoc", *arguments, folder=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


def test_links_and_files_are_there(root: Path) -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", TEXT) + re.findall(r"`((?:scripts|tests|proto|python)/[\w./]+)`", TEXT):
        assert (root / path).exists(), path
