"""What is printed, and where: names that a terminal or GitHub would obey, and files that must not be destroyed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import CommandLine
from image import Enum, Image
from markdown_it import MarkdownIt
from process import run

from smtpstatus_dotnet import cli, member_table, output
from smtpstatus_dotnet.reports import FORMATS

HARMFUL = [
    *("\x1b[2J", "\n", "\r", "\t", "\x7f", "\x85", "\x9b31m", "\u2028", "\u2029", "\u202e", "\u2066"),
    *("\u200b", "\ufeff", "\ue000", "\U000e0001", "\u0378", "\u3164", "\u034f", "\ufe0f"),
]
NAMES = [
    *(f"A{text}B" for text in HARMFUL), "\u0301\u0302", "x" * 1000, "\n::error::injected", "##[error]injected", "a|b",
    *("`a`", "<b>", "[a](b)", "*a*", "_a_", "a_b", "~~a~~", "&lt;", r"a\|b", "\\", "=1+1", "+1", "-1", "@SUM", "a,b"),
    'a"b',
]  # fmt: skip


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """An assembly with those names, and one more that differs, in a file whose name is harmful, too."""
    members = {name: n for n, name in enumerate(NAMES)}
    path = tmp_path / "x\x1b\n::error::\u202e.dll"
    path.write_bytes(Image([Enum("SmtpStatusCode", members, "System.Net.Mail")]).build())
    return path


def harmless(text: str) -> bool:
    """Whether a terminal shows the text as it is, and GitHub's runner takes no line of it for a command."""
    is_seen = all(character == "\n" or unicodedata.category(character)[0] not in "CZ" or character == " "
                  for character in text)  # fmt: skip
    lines = text.split("\n")
    return is_seen and "##[" not in text and not any(line.lstrip().startswith("::") for line in lines)


def test_every_character_by_its_category() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        found = output.printable(f"A{character}")
        is_harmful = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or (
            unicodedata.category(character) == "Zs" and character != " "
        )
        if is_harmful:
            assert re.fullmatch(r"A\\([tnr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})", found), hex(number)
        elif not output._INVISIBLE.match(character):
            assert found == f"A{character}", hex(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301", "e\u0301"),
        ("e\u0301\u0302", "e\u0301\u0302"),
        ("1\u0301", "1\u0301"),
        (" \u0301", r" \u0301"),
        ("\u0301", r"\u0301"),
        (".\u0301\u0302", r".\u0301" + "\u0302"),
        ("A\u3164", r"A\u3164"),
        ("A\u3163\u3165", "A\u3163\u3165"),
        ("::error::x", r"\x3a:error::x"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("grpc://[::1]:1", "grpc://[::1]:1"),
        ("a ##[error]x", r"a \x23#[error]x"),
        (":a", ":a"),
        ("邮箱", "邮箱"),
    ],
)
def test_what_is_printable(text: str, expected: str) -> None:
    assert output.printable(text) == expected


def test_json_of_any_text() -> None:
    text = "".join(map(chr, range(0x3000))) + "\ud800\U000e0001😀邮"
    written = output.json_text({"a": text})
    assert json.loads(written) == {"a": text}
    assert written.endswith("}\n")
    assert all(character.isprintable() or character == "\n" for character in written)
    assert "😀邮" in written
    assert json.loads(output.json_text("##[error]")) == "##[error]"


@pytest.mark.parametrize("format", ["text", "json", "csv", "markdown"])
def test_a_list_of_harmful_names(format: str, smtpstatus: CommandLine, assembly: Path) -> None:
    result = smtpstatus("list", assembly, "--format", format)
    assert (result.returncode, result.stderr) == (0, "")
    assert harmless(result.stdout) or format == "json"  # a name is in quotes there
    assert all(character.isprintable() or character == "\n" for character in result.stdout)
    if format == "json":
        assert [row["name"] for row in json.loads(result.stdout)] == NAMES
        assert "##[" not in result.stdout
    if format == "text":
        assert result.stdout.count("\n") == len(NAMES)


def test_csv_has_no_formula(smtpstatus: CommandLine, assembly: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(smtpstatus("list", assembly, "--format", "csv").stdout)))
    assert [int(row["number"]) for row in rows] == [*range(len(NAMES))]
    printed = [f"'{output.printable(name)}" if name[0] in "=+-@" else output.printable(name) for name in NAMES]
    assert [row["name"] for row in rows] == printed
    text = member_table.render([{"number": -1, "name": "\uff1dA"}], "csv")
    assert [*csv.reader(io.StringIO(text))] == [["number", "name"], ["-1", "'\uff1dA"]]


def test_markdown_is_a_table_with_these_cells(smtpstatus: CommandLine, assembly: Path) -> None:
    text = smtpstatus("list", assembly, "--format", "markdown").stdout
    table = ET.fromstring(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    cells = [[cell.text or "" for cell in row] for row in table.iter("tr")]
    assert not [element.tag for cell in table.iter("td") for element in cell]  # no markup
    assert cells == [["number", "name"], *([str(n), output.printable(name)] for n, name in enumerate(NAMES))]
    shared = MarkdownIt("commonmark").enable("table").render(smtpstatus("list", "--format", "markdown").stdout)
    assert [[cell.text or "" for cell in row] for row in ET.fromstring(shared).iter("tr")][1:] == [
        [str(value) for value in row.values()] for row in member_table.shared_rows()
    ]
    assert "MAILBOX_BUSY" in smtpstatus("list", "--format", "markdown").stdout


@pytest.mark.parametrize("format", FORMATS)
def test_a_check_of_harmful_names(format: str, smtpstatus: CommandLine, assembly: Path, tmp_path: Path) -> None:
    """In a harmful file, in one that is not there, and in one that is damaged."""
    damaged = tmp_path / "\x9b31m\u2066.dll"
    damaged.write_bytes(b"MZ")
    result = smtpstatus("check", assembly, "absent\r\u202e", damaged, "--format", format)
    assert (result.returncode, result.stderr) == (2, "")
    assert all(character.isprintable() or character == "\n" for character in result.stdout)
    if format == "text":
        assert harmless(result.stdout)
    if format == "github":
        text, _, annotations = result.stdout.partition("\n::error")
        assert re.match(r"::stop-commands::[0-9a-f]{32}\n", text)
        assert all(line.startswith(("::error title=", "::error file=")) for line in annotations.split("\n")[1:-1])


def test_every_message_is_harmless(smtpstatus: CommandLine, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("check", "--format", "\x1b[2J\u202e"),
        ("chek\x1b",),
        ("check", "--\x1b\n::error::"),
        ("show", "\x9b\n::error::a"),
        ("list", "\x1b\n::error::\u2028"),
        ("list", "a", "b\x1b\n::error::"),
        ("check", "--output", "absent\x1b/\n::a::"),
    ):
        result = smtpstatus(*arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert harmless(result.stderr), arguments
    assert output.fail("A\x1b[2J\nB\n  C") == 2
    assert capsys.readouterr().err == "smtpstatus: A\\x1b[2J\n  B\n  C\n"


def test_a_fault_of_ours_is_harmless(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("\x1b").with_traceback(None) from ValueError("\x9b\n::error::a")

    monkeypatch.setattr("smtpstatus_dotnet.checking.check", fail)
    assert cli.main(["check"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("smtpstatus: this is a fault of smtpstatus; please report it\n")
    assert harmless(errors)


# Where the report is written


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "report", "link", "hard link"])
def test_output_to_the_file_of_standard_output(
    path: str, environment: dict[str, str], assemblies: Path, tmp_path: Path
) -> None:
    """What others write to that file stays, and it stays the same file."""
    report = tmp_path / "report"
    report.write_text("before\n", encoding="utf-8")
    (tmp_path / "link").symlink_to("/dev/stdout")
    (tmp_path / "hard link").hardlink_to(report)
    number = report.stat().st_ino
    check = f'{sys.executable} -m smtpstatus_dotnet check {assemblies / "agrees.dll"} --output "{path}"'
    result = run("sh", "-c", f"(echo first; {check}; echo last) >> report", folder=tmp_path, environment=environment)
    assert (result.returncode, result.stderr) == (0, "")
    before, first, agrees, _, last = report.read_text(encoding="utf-8").splitlines()
    assert (before, first, agrees[:6], last) == ("before", "first", "agrees", "last")
    assert report.stat().st_ino == number
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.parametrize(
    ("redirection", "path", "status", "message"),
    [
        ("2>> file", "file", 0, ""),
        ("3>> file", "/dev/fd/3", 0, ""),
        ("3>> file", "/proc/self/fd/3", 0, ""),
        ("4< file", "/dev/fd/4", 2, "smtpstatus: cannot write /dev/fd/4: Bad file descriptor"),
        ("", "/dev/fd/9", 2, "smtpstatus: cannot write /dev/fd/9: Bad file descriptor"),
        (">&-", "/dev/stdout", 2, "smtpstatus: cannot write "),
    ],
)
def test_output_to_another_descriptor(
    redirection: str,
    path: str,
    status: int,
    message: str,
    environment: dict[str, str],
    assemblies: Path,
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("before\n", encoding="utf-8")
    check = f"{sys.executable} -m smtpstatus_dotnet check {assemblies / 'agrees.dll'} --output {path} {redirection}"
    result = run("sh", "-c", check, folder=tmp_path, environment=environment)
    assert (result.returncode, result.stdout) == (status, "")
    assert result.stderr.startswith(message)
    lines = (tmp_path / "file").read_text(encoding="utf-8").splitlines()
    assert [line[:6] for line in lines[:2]] == (["before"] if status else ["before", "agrees"])


@pytest.mark.parametrize(
    ("variables", "is_colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
    ids=str,
)
def test_colours_are_forced(
    environment: dict[str, str], assemblies: Path, variables: dict[str, str], is_colored: bool
) -> None:
    """Standard output is a pipe here. The order of the variables is that of Python's own tools."""
    command = (sys.executable, "-m", "smtpstatus_dotnet", "check", assemblies / "agrees.dll")
    assert run(*command, environment=environment | variables).stdout.startswith("\x1b[") == is_colored


def test_standard_error_stays_open_behind_the_report(
    environment: dict[str, str], assemblies: Path, tmp_path: Path
) -> None:
    arguments = f"check {assemblies / 'agrees.dll'} --output file --write-profile absent/profile"
    run(
        "sh",
        "-c",
        f"{sys.executable} -m smtpstatus_dotnet {arguments} 2>> file",
        folder=tmp_path,
        environment=environment,
    )
    report = (tmp_path / "file").read_text(encoding="utf-8")
    assert report.startswith("agrees ")
    assert report.splitlines()[-1].startswith("smtpstatus: cannot write ")


def test_a_failed_write_leaves_no_partial_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk may be full, or the file may be replaced by a folder meanwhile."""
    (tmp_path / "report").write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        assert len(os.listdir(tmp_path)) == 2
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    assert output.write_file(str(tmp_path / "report"), "new") == 2
    assert "No space left on device" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["report"]


def test_two_processes_with_one_number_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in two containers: the names of their partial files differ."""
    names: set[str] = set()
    monkeypatch.setattr(os, "replace", lambda source, _: names.add(source))
    monkeypatch.setattr(os, "getpid", lambda: 7)
    for _ in range(2):
        output.write_file(str(tmp_path / "report"), "text")
    assert len(names) == 2


@pytest.mark.parametrize("option", ["--output", "--write-profile"])
@pytest.mark.parametrize(
    ("path", "target"),
    [("X.dll", "X.dll"), ("./X.dll", "X.dll"), ("link.dll", "X.dll"), ("hard.dll", "X.dll"), ("X.dll", "link.dll"),
     ("sub/../X.dll", "X.dll"), ("X.nupkg", "X.nupkg"), ("X.dll", "."), ("new.DLL", "."), ("sub/new.exe", "."),
     ("sub/new.zip", "sub"), ("hidden", "sub"), ("absent.dll", "absent.dll"), (".", ".")],
)  # fmt: skip
def test_a_target_is_not_overwritten(
    option: str, path: str, target: str, smtpstatus: CommandLine, assemblies: Path, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    shutil.copy(assemblies / "agrees.dll", tmp_path / "X.dll")
    shutil.copy(assemblies / "agrees.dll", tmp_path / "hidden")
    (tmp_path / "sub" / "linked.dll").symlink_to(tmp_path / "hidden")
    (tmp_path / "X.nupkg").touch()
    (tmp_path / "link.dll").symlink_to("X.dll")
    (tmp_path / "hard.dll").hardlink_to(tmp_path / "X.dll")
    before = sorted(tmp_path.rglob("*"))
    result = smtpstatus("check", target, option, path)
    assert (result.returncode, result.stdout) == (2, "")
    expected = f"smtpstatus: {option} {path} would overwrite what is read of the target {target}: choose another file\n"
    assert result.stderr == expected
    assert (tmp_path / "X.dll").read_bytes() == (assemblies / "agrees.dll").read_bytes()
    assert sorted(tmp_path.rglob("*")) == before


def test_output_and_profiles_are_different_files(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    check = ("check", assemblies / "number.dll")
    assert smtpstatus(*check, "--write-profile", profile).returncode == 1
    text = profile.read_text(encoding="utf-8").replace('reason = ""', 'reason = "mine"')
    profile.write_text(text, encoding="utf-8")
    result = smtpstatus(*check, "--profile", profile, "--output", "./p.toml")
    assert (result.returncode, "would overwrite the profile of --profile" in result.stderr) == (2, True)
    for path in (profile, tmp_path / "new"):
        result = smtpstatus(*check, "--write-profile", path, "--output", path.name)
        assert (result.returncode, "are the same file" in result.stderr) == (2, True)
    assert profile.read_text(encoding="utf-8") == text
    assert os.listdir(tmp_path) == ["p.toml"]
    assert smtpstatus(*check, "--profile", profile, "--write-profile", profile, "--output", "new").returncode == 0


def test_a_report_beside_the_assemblies(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    """It is not read, so it may be written there: people check the current folder."""
    shutil.copy(assemblies / "agrees.dll", tmp_path)
    for path in ("report.json", "sub.dll.txt"):
        for _ in range(2):
            assert smtpstatus("check", ".", "--output", path).returncode == 0
