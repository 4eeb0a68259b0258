"""Enums of Python: `python:module:Class`."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import the_error

from smtpstatus_dotnet import check


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Upper", set()),
        ("Lower", set()),
        ("AS_MAPPING", set()),
        ("Constants", {"missing"}),
        ("Aliases", {"missing", "extra"}),
        ("Outer.Inner", {"missing"}),
    ],
)
def test_enums_of_python(name: str, kinds: set[str]) -> None:
    (result,) = check(f"python:own_enums:{name}").results
    assert result.definition
    assert {difference.kind for difference in result.differences} == kinds


def test_enums_of_protobuf_and_of_another_library() -> None:
    assert check("python:smtpstatus.v1.smtp_status_code_pb2:SmtpStatusCode").exit_code == 0
    assert check("python:smtpstatus:SmtpStatusCode").exit_code == 0
    (result,) = check("python:aiosmtplib:SMTPStatus").results
    assert result.exit_code == 1
    found = {(d.kind, d.name, d.number, d.other_name, d.other_number) for d in result.differences}
    assert ("name", "Ok", 250, "Completed", 250) in found
    assert ("number", "MailboxUnavailable", 550, "MailboxUnavailable", 450) in found
    assert ("extra", None, None, "DomainDoesNotAcceptMail", 521) in found
    assert ("missing", "PasswordTransitionNeeded", 432, None, None) in found


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("python:", "expected python:module:Class"),
        ("python:own_enums", "expected python:module:Class, found python:own_enums"),
        ("python:own_enums:Absent", "the module own_enums has no Absent"),
        ("python:no.such.module:X", "importing no.such.module failed: ModuleNotFoundError"),
        *((f"python:{odd}", "has no names that stand for ints") for odd in ("math:pi", "sys:exit", "sys:path")),
        ("python:own_enums:BY_NUMBER", "has no names that stand for ints"),
        ("python:builtins:dict", "cannot be read as an enum: TypeError"),
        ("python:own_enums:HOSTILE", "cannot be read as an enum: ZeroDivisionError"),
        ("python:own_enums:Lazy", "cannot be read as an enum: ModuleNotFoundError: No module named 'absent'"),
        ("python:own_enums:Words", "has no names that stand for ints"),
        ("python:own_enums:Twice", "has two members that are Ok in C#"),
        ("python:raises:X", "importing raises failed: ZeroDivisionError"),
        ("python:exits:X", "importing exits failed: SystemExit"),
    ],
)
def test_not_an_enum_of_python(target: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raises.py").write_text("1 / 0", encoding="utf-8")
    (tmp_path / "exits.py").write_text("raise SystemExit(0)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert message in the_error(target)
