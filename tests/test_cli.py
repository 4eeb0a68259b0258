"""The command `smtpstatus`: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from conftest import CommandLine
from image import Enum, Image
from process import run
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet import cli
from smtpstatus_dotnet.reports import FORMATS


def test_agrees(smtpstatus: CommandLine, assemblies: Path) -> None:
    result = smtpstatus("check", assemblies / "agrees.dll")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        f"agrees   {FULL_NAME}: 32 of 32 members agree in name and number\n"
        f"         {assemblies / 'agrees.dll'} (Agrees 1.2.3.0), read from its metadata\n"
    )


@pytest.mark.parametrize(
    ("file", "count", "line", "advice"),
    [
        ("missing", 31, "missing    TransactionFailed = 554 is in the shared enum only", "report it to smtpstatus"),
        (
            "extra",
            32,
            "extra      ParametersNotRecognized = 555 is not in the shared enum",
            "SMTP_STATUS_CODE_PARAMETERS_NOT_RECOGNIZED = 555",
        ),
        ("number", 31, "number     MailboxBusy is 450 in the shared enum and 459 there", "smtpstatus show"),
        (
            "name",
            31,
            "name       550 is MailboxUnavailable in the shared enum and MailboxNotFound there",
            "has the old name",
        ),
        ("underlying", 32, "underlying the shared enum is a System.Int32, the other a System.Int64", "range check"),
    ],
)
def test_a_difference_is_explained(
    smtpstatus: CommandLine, assemblies: Path, file: str, count: int, line: str, advice: str
) -> None:
    result = smtpstatus("check", assemblies / f"{file}.dll")
    assert (result.returncode, result.stderr) == (1, "")
    head, _, first, *rest, last = result.stdout.splitlines()
    more = {"extra": ", 1 more on one side only", "underlying": ", the type of the numbers differs"}.get(file, "")
    assert head == f"differs  {FULL_NAME}: {count} of 32 members agree in name and number{more}"
    assert first.strip() == line
    assert advice in "\n".join(rest)
    assert max(map(len, rest)) <= 120
    assert last.strip().startswith(f"On purpose? smtpstatus check {assemblies / file}.dll --write-profile FILE")


def test_a_target_that_cannot_be_read(smtpstatus: CommandLine, assemblies: Path) -> None:
    result = smtpstatus("check", "absent.dll", assemblies / "name.dll")
    assert result.returncode == 2
    assert result.stdout.startswith("error    absent.dll\n")
    assert "differs" in result.stdout


def test_no_target_and_no_wheel(environment: dict[str, str], root: Path) -> None:
    """Option -S hides the installed packages, so the vendor's wheel is not found."""
    path = os.pathsep.join(str(root / folder) for folder in ("python", "dotnet_compat"))
    command = (sys.executable, "-S", "-m", "smtpstatus_dotnet", "check")
    result = run(*command, environment=environment | {"PYTHONPATH": path})
    assert (result.returncode, result.stderr) == (2, "")
    assert "pip install 'smtpstatus[aspose]'" in result.stdout
    assert "smtpstatus check path/to/Aspose.Email.dll" in result.stdout
    assert result.stdout.index("smtpstatus check pkg:pypi/aspose-email-for-python-via-net") < result.stdout.index("pip")


@pytest.mark.parametrize(
    "files", [["agrees"], ["underlying"], ["number", "name", "extra", "missing"], ["absent", "agrees", "elsewhere"]]
)
def test_json_is_valid_by_its_schema(
    smtpstatus: CommandLine, assemblies: Path, schema: jsonschema.Draft202012Validator, files: list[str]
) -> None:
    result = smtpstatus("check", "--format", "json", *(assemblies / f"{file}.dll" for file in files))
    document = json.loads(result.stdout)
    schema.validate(document)
    assert document["exit_code"] == result.returncode
    assert {member["name"]: member["number"] for member in document["shared"]["members"]} == MEMBERS
    assert len(document["results"]) == len(files)


def test_json_of_a_difference(smtpstatus: CommandLine, assemblies: Path) -> None:
    document = json.loads(smtpstatus("check", "--format=json", assemblies / "number.dll").stdout)
    (result,) = document["results"]
    assert result["outcome"] == "differs"
    assert result["origin"] == {
        "location": str(assemblies / "number.dll"),
        "version": "Number 1.2.3.0",
        "framework": "",
        "via": "metadata",
        "release": None,
    }
    (difference,) = result["differences"]
    assert difference.pop("message") == "MailboxBusy is 450 in the shared enum and 459 there"
    assert difference == {
        "kind": "number",
        "name": "MailboxBusy",
        "number": 450,
        "other_name": "MailboxBusy",
        "other_number": 459,
    }
    assert result["target"] == str(assemblies / "number.dll")
    assert "--write-profile" in result["how_to_accept"]


def test_the_schema_refuses_wrong_reports(
    smtpstatus: CommandLine, assemblies: Path, schema: jsonschema.Draft202012Validator
) -> None:
    document = json.loads(smtpstatus("check", "--format=json", assemblies / "number.dll").stdout)
    changes: list[dict[str, object]] = [
        {"exit_code": 3},
        {"results": []},
        {"results": [document["results"][0] | {"outcome": "agrees"}]},
        {"results": [document["results"][0] | {"error": {"kind": "x", "message": "y"}}]},
        {"more": 1},
    ]
    for change in changes:
        assert not schema.is_valid(document | change), change


def test_output_replaces_the_file_whole(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old", encoding="utf-8")
    result = smtpstatus("check", assemblies / "extra.dll", "--format", "json", "--output", path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == smtpstatus("check", assemblies / "extra.dll").stdout  # for whoever reads the log
    assert smtpstatus("check", assemblies / "agrees.dll", "--output", tmp_path / "report.json").stderr == ""
    smtpstatus("check", assemblies / "extra.dll", "--format", "json", "--output", path)
    assert json.loads(path.read_text(encoding="utf-8"))["exit_code"] == 1
    assert os.listdir(tmp_path) == ["report.json"]


def test_output_that_cannot_be_written(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    path = tmp_path / "absent" / "report.json"
    result = smtpstatus("check", assemblies / "agrees.dll", "--output", path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"smtpstatus: cannot write {path}: No such file or directory\n"
    (tmp_path / "folder").mkdir()
    assert smtpstatus("check", assemblies / "agrees.dll", "--output", tmp_path / "folder").returncode == 2
    assert os.listdir(tmp_path) == ["folder"]


def test_version(smtpstatus: CommandLine, root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    result = smtpstatus("--version")
    assert (result.returncode, result.stdout) == (0, f"smtpstatus {version}\n")


def test_include_is_a_folder_for_protoc(smtpstatus: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mail.proto").write_text(
        'syntax = "proto3";\nimport "smtpstatus/v1/smtp_status_code.proto";\n'
        "message Sent { smtpstatus.v1.SmtpStatusCode code = 1; }\n",
        encoding="utf-8",
    )
    folder = smtpstatus("include").stdout.removesuffix("\n")
    protoc = Path(sys.executable).parent / "protoc"
    result = run(protoc, "-I.", f"-I{folder}", "--descriptor_set_out=mail.binpb", "mail.proto", folder=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("chek",), ("check", "--format", "yaml"), ("list", "a", "b")])
def test_wrong_usage(smtpstatus: CommandLine, arguments: tuple[str, ...]) -> None:
    result = smtpstatus(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("usage: smtpstatus")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("chekc", "X.dll"), "there is no command chekc: did you mean check? expected one of check, diff"),
        (("lib/X.dll",), "did you mean smtpstatus check lib/X.dll?"),
        (("550",), "did you mean smtpstatus show 550?"),
        (("5.1.1",), "did you mean smtpstatus show 5.1.1?"),
        (("check", "--fromat", "json"), "unrecognized arguments: --fromat; did you mean --format?"),
        (("check", "--xyzzy=1"), "unrecognized arguments: --xyzzy=1\n"),
        (("qqqq",), "there is no command qqqq: expected one of"),
    ],
)
def test_what_was_probably_meant(smtpstatus: CommandLine, arguments: tuple[str, ...], message: str) -> None:
    result = smtpstatus(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr


def test_help_is_as_wide_as_the_terminal(environment: dict[str, str]) -> None:
    for columns, width in (("20", 60), ("61", 61), ("200", 100), ("x", 80), ("", 80)):
        command = (sys.executable, "-m", "smtpstatus_dotnet", "check", "--help")
        lines = run(*command, environment=environment | {"COLUMNS": columns}).stdout.splitlines()
        assert max(len(line) for line in lines if "pip install" not in line) <= width  # commands are not broken
    assert any(len(line) > 61 for line in lines)


def test_quiet_prints_what_does_not_agree(smtpstatus: CommandLine, assemblies: Path) -> None:
    good, bad = assemblies / "agrees.dll", assemblies / "number.dll"
    assert smtpstatus("check", good, "--quiet").stdout == ""
    result = smtpstatus("check", good, bad, good, "-q")
    assert (result.returncode, result.stdout) == (1, smtpstatus("check", bad).stdout)
    assert smtpstatus("diff", good, good, "--all", "-q").stdout == ""


def test_an_unknown_package_type(smtpstatus: CommandLine) -> None:
    result = smtpstatus("check", "pkg:npm/mail")
    assert result.returncode == 2
    assert "pkg:npm/mail is of an unknown package type: expected pkg:pypi/NAME" in result.stdout
    assert "install" not in result.stdout


def test_versions(root: Path, environment: dict[str, str]) -> None:
    program = "import smtpstatus, smtpstatus_dotnet; print(smtpstatus.__version__, smtpstatus_dotnet.__version__)"
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert run(sys.executable, "-c", program, environment=environment).stdout.split() == [version, version]


def test_help_names_every_kind_of_target(smtpstatus: CommandLine) -> None:
    text = smtpstatus("check", "--help").stdout
    for word in (
        ".dll",
        "folder",
        ".nupkg",
        ".whl",
        ".zip",
        ".md",
        ".binpb",
        "pkg:pypi",
        "python:",
        "0 all agree, 1 some differ, 2 some could not",
    ):
        assert word in " ".join(text.split())


@pytest.mark.parametrize(
    ("redirection", "status", "message"),
    [
        ("| true", 1, ""),
        (">&-", 2, "cannot print: standard output is closed"),
        ("> /dev/full", 2, "cannot print: No space left on device"),
    ],
)
def test_output_that_nobody_can_read(
    redirection: str, status: int, message: str, environment: dict[str, str], assemblies: Path
) -> None:
    """The exit status still says that the check did not pass."""
    check = f'"{sys.executable}" -m smtpstatus_dotnet check {assemblies}/number.dll'
    command = f"{check} {redirection}; echo ${{PIPESTATUS[0]}} >&2"
    result = run("bash", "-c", command, environment=environment)
    *messages, found = result.stderr.splitlines()
    assert (found, messages) == (str(status), [f"smtpstatus: {message}"] if message else [])


def test_internal_errors_give_no_verdict(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("smtpstatus_dotnet.checking.check", lambda *_, **__: 1 / 0)
    assert cli.main(["check"]) == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_output_to_a_link_and_to_a_pipe(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    target, link, pipe = (tmp_path / name for name in ("report", "link", "pipe"))
    link.symlink_to(target)
    expected = smtpstatus("check", assemblies / "agrees.dll").stdout
    target.write_text("", encoding="utf-8")
    target.chmod(0o600)
    assert smtpstatus("check", assemblies / "agrees.dll", "--output", link).returncode == 0
    assert (link.is_symlink(), target.read_text(encoding="utf-8")) == (True, expected)
    assert target.stat().st_mode & 0o777 == 0o600
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as executor:
        reading = executor.submit(pipe.read_text, "utf-8")
        assert smtpstatus("check", assemblies / "agrees.dll", "--output", pipe).returncode == 0
        assert reading.result(30) == expected
    assert pipe.is_fifo()
    assert {path.name for path in tmp_path.iterdir()} == {"report", "link", "pipe"}


@pytest.mark.parametrize("format", ["json", "junit"])
def test_reports_for_programs_are_utf8(
    format: str, environment: dict[str, str], assemblies: Path, tmp_path: Path
) -> None:
    """This holds for any encoding of the terminal and for any bytes in a file's name."""
    for name in ("é.dll".encode(), b"\xff.dll"):
        path = tmp_path / os.fsdecode(name)
        shutil.copy(assemblies / "agrees.dll", path)
        command = [sys.executable, "-m", "smtpstatus_dotnet", "check", str(path), "--format", format]
        output = subprocess.check_output(command, env=environment | {"PYTHONIOENCODING": "latin-1"})
        assert os.fsdecode(name).encode("utf-8", "backslashreplace") in output
        _ = json.loads(output) if format == "json" else ET.fromstring(output)
        report = tmp_path / "report"
        subprocess.run([*command, "--output", report], check=True, env=environment)
        assert report.read_bytes().decode()
        path.unlink()


def test_a_second_name_is_not_proposed(smtpstatus: CommandLine, assemblies: Path) -> None:
    """The report must not propose it, because our proto enum has no second names."""
    output = smtpstatus("check", assemblies / "alias.dll").stdout
    assert "Okay = 250 is not in the shared enum" in output
    assert "A second name of a shared number is harmless in messages" in output
    assert "SMTP_STATUS_CODE_" not in output


def test_no_profile_without_an_enum(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    result = smtpstatus("check", assemblies / "shapes.dll", "--write-profile", tmp_path / "profile.toml")
    assert (result.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "no enum was read" in result.stderr


def test_the_command_that_accepts_a_difference_does_so(
    smtpstatus: CommandLine, assemblies: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    shutil.copy(assemblies / "shapes.dll", folder)
    printed = smtpstatus("check", folder / "shapes.dll", "--type", "Shapes.Duplicates").stdout.splitlines()[-1]
    command = re.search("smtpstatus (check .*) --write-profile FILE", printed)
    assert command
    arguments = shlex.split(command[1])
    assert smtpstatus(*arguments, "--write-profile", tmp_path / "profile.toml").returncode == 1
    text = (tmp_path / "profile.toml").read_text(encoding="utf-8")
    (tmp_path / "profile.toml").write_text(text.replace('""', '"Tested."'), encoding="utf-8")
    assert smtpstatus(*arguments, "--profile", tmp_path / "profile.toml").returncode == 0


def test_a_reader_that_closes_the_pipe_early(environment: dict[str, str]) -> None:
    pipe = f'"{sys.executable}" -m smtpstatus_dotnet list --format markdown | head -1'
    result = run("sh", "-c", pipe, environment=environment)
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1


def test_a_terminal_without_chinese(environment: dict[str, str]) -> None:
    command = (sys.executable, "-m", "smtpstatus_dotnet", "show", "450")
    result = run(*command, environment=environment | {"PYTHONIOENCODING": "ascii"})
    assert (result.returncode, result.stderr) == (0, "")
    assert r"\u90ae\u7bb1" in result.stdout


def test_the_check_of_one_file_imports_only_what_it_needs(
    environment: dict[str, str], assemblies: Path, tmp_path: Path
) -> None:
    """This holds for the pyproject.toml of any other project."""
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["smtpstatus"]\n', encoding="utf-8")
    program = (
        "import sys; from smtpstatus_dotnet.cli import main\n"
        "assert main(['check', sys.argv[1]]) == 0; print(*sys.modules)"
    )
    command = (sys.executable, "-c", program, assemblies / "agrees.dll")
    result = run(*command, folder=tmp_path, environment=environment)
    loaded = result.stdout.split()
    assert "smtpstatus_dotnet.metadata" in loaded
    for module in (
        "typing",
        "pathlib",
        "json",
        "zipfile",
        "importlib.metadata",
        "google.protobuf",
        "clr",
        "difflib",
        "tomllib",
        "requests",
    ):
        assert module not in loaded


@pytest.mark.parametrize("shell", ["bash", "fish", "powershell", "tcsh", "zsh"])
def test_completion(smtpstatus: CommandLine, shell: str) -> None:
    script = smtpstatus("completion", shell).stdout
    for word in ("check", "include", "bash", "format"):
        assert word in script


def test_bash_completes(smtpstatus: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "completion").write_text(smtpstatus("completion", "bash").stdout, encoding="utf-8")
    program = r"""
        source completion
        COMP_WORDS=(smtpstatus check --format ""); COMP_CWORD=3
        $(complete -p smtpstatus | sed 's/.*-F \([^ ]*\).*/\1/'); echo "${COMPREPLY[@]}"
    """
    assert run("bash", "-c", program, folder=tmp_path).stdout.split() == [*FORMATS]


def test_a_folder_with_two_enums(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    (tmp_path / "made.dll").write_bytes(Image([Enum("SmtpStatusCode", {"Ok": 250}, "System.Net.Mail")]).build())
    shutil.copy(assemblies / "agrees.dll", tmp_path)
    result = smtpstatus("list", tmp_path)
    assert result.returncode == 2
    assert f"has {FULL_NAME} and System.Net.Mail.SmtpStatusCode: choose one with --type" in result.stderr
    assert smtpstatus("list", tmp_path, "--type", FULL_NAME).returncode == 0


def test_errors_are_never_data(environment: dict[str, str]) -> None:
    """A closed standard error does not send them to standard output."""
    for arguments in ("show nonsense", "check --outpt", "chek"):
        result = run("sh", "-c", f"{sys.executable} -m smtpstatus_dotnet {arguments} 2>&-", environment=environment)
        assert (result.returncode, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [("check {}", 1), ("check --format github {}", 1), ("list {}", 0), ("list", 0), ("show 450", 0), ("include", 0),
     ("check x.dll", 2), ("check --output report {}", 2), ("check --via clr --runtime x {}", 2)],
)  # fmt: skip
def test_a_deleted_folder(
    arguments: str, status: int, environment: dict[str, str], assemblies: Path, tmp_path: Path
) -> None:
    (tmp_path / "gone").mkdir()
    command = Path(sys.executable).with_name("smtpstatus")
    program = f"cd gone; rmdir ../gone; {command} {arguments.format(assemblies / 'number.dll')}"
    result = run("sh", "-c", program, folder=tmp_path, environment=environment)
    assert result.returncode == status
    assert "Traceback" not in result.stdout + result.stderr
