"""The README's programs run, and its console blocks show what the commands print."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT, CommandLine
from process import run
from smtp_server import serve

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    TEXT,
    *((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("meaning", "delivery-reports")),
]
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", "".join(PAGES), re.MULTILINE | re.DOTALL)
CONSOLES = TEXT + (ROOT / "docs" / "any-enums.md").read_text(encoding="utf-8")
RUNS = [
    match
    for block in re.findall(r"^```console\n(.*?)^```$", CONSOLES, re.MULTILINE | re.DOTALL)
    for match in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)+)", block, re.MULTILINE)
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.splitlines()[0])
def test_a_program_runs(program: str, root: Path, environment: dict[str, str], request: pytest.FixtureRequest) -> None:
    with serve({"RCPT": "550 5.1.1 User unknown"}) as server:
        if "load_runtime" in program:
            request.getfixturevalue("any_runtime")
            request.getfixturevalue("aspose")
        program = program.replace('"smtp.example.com", 25', f'"{server.host}", {server.port}')
        result = run(sys.executable, "-c", program, folder=root, environment=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert not result.stdout or f"prints `{result.stdout.strip()}`" in TEXT
    assert bool(server.commands) == ("SmtpClient" in program)


@pytest.mark.parametrize(("command", "output"), RUNS, ids=[command for command, _ in RUNS])
def test_a_command_prints_what_is_shown(
    command: str, output: str, smtpstatus: CommandLine, root: Path, request: pytest.FixtureRequest
) -> None:
    smtpstatus.folder = root
    if command == "./scripts/check":
        # The newest release changes, so the release that is shown is asked for.
        target = "pkg:pypi/aspose-email-for-python-via-net"
        release = re.search(r"net-([\d.]+)-py3.*Aspose\.Email ([\d.]+), netstandard2.0\)", output)
        assert release
        found = smtpstatus("check", f"{target}@{release[1]}")
        if "cannot read" in found.stdout:
            pytest.skip(f"no package index: {found.stdout}")
        assert found.stdout.replace(f"{target}@{release[1]}", target) == output
    elif command == "smtpstatus check Aspose.Email.dll --via clr":
        request.getfixturevalue("any_runtime")
        smtpstatus.folder = request.getfixturevalue("aspose").parent
        printed = smtpstatus(*command.split()[1:]).stdout
        assert re.sub(r"\.NET [\w. ]+$", ".NET 10.0.12", printed, flags=re.MULTILINE) == output
    elif "System.Net.Mail.dll" in command:
        (path,) = request.getfixturevalue("sdk").glob("shared/Microsoft.NETCore.App/*/System.Net.Mail.dll")
        smtpstatus.folder = path.parent
        assert smtpstatus(*command.split()[1:]).stdout == output
    elif command.startswith("./scripts/check "):
        assert smtpstatus("check", *command.split()[1:]).stdout == output
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
