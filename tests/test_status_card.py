"""What `smtpstatus show` says of a code, a name, an enhanced code or a reply."""

from __future__ import annotations

import re

import pytest
from conftest import CommandLine
from google.rpc.code_pb2 import Code
from vocabulary import MEMBERS

from smtpstatus import SmtpStatusCode
from smtpstatus.meaning import verdict_of
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SmtpStage


@pytest.mark.parametrize("argument", ["450", "MailboxBusy", "MAILBOX_BUSY", "SMTP_STATUS_CODE_MAILBOX_BUSY", " 450 "])
def test_show(smtpstatus: CommandLine, argument: str) -> None:
    result = smtpstatus("show", argument)
    code = SmtpStatusCode.MAILBOX_BUSY
    assert result.returncode == 0
    for fact in ("450 MAILBOX_BUSY", code.summary, code.summary_zh, "yes, later", "UNAVAILABLE", *code.sources):
        assert fact in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("550 5.1.1 User unknown",), ("550", "5.1.1", "User", "unknown"), ("550-5.1.1 User\r\n550 5.1.1 unknown\r\n",)],
)
def test_show_a_reply(smtpstatus: CommandLine, arguments: tuple[str, ...]) -> None:
    lines = [line.strip() for line in smtpstatus("show", *arguments).stdout.splitlines()]
    assert lines[0] == "550 MAILBOX_UNAVAILABLE"
    assert lines[3:5] == [
        "5.1.1            permanent failure: The recipient's mailbox does not exist",
        "永久失败：收件人邮箱不存在",
    ]
    assert lines[5].startswith("text             5.1.1 User")
    for line in (
        "System.Net.Mail  MailboxUnavailable",
        "MailKit          MailboxUnavailable",
        "condition        RECIPIENT_UNKNOWN: The recipient's mailbox or domain does not exist",
        "counts against   recipient",
        "retry            no: The address stays unknown until somebody creates it.",
        "gRPC             NOT_FOUND",
    ):
        assert line in lines


@pytest.mark.parametrize("number", [*(number for number in MEMBERS.values() if number != -1), 455, 521, 299, 600, -5])
def test_show_prints_the_decision(smtpstatus: CommandLine, number: int) -> None:
    """It prints the answer for an unknown stage, and for each stage whose answer differs."""
    facts: dict[str, list[str]] = {}
    name = ""
    for line in smtpstatus("show", str(number)).stdout.splitlines()[3:]:
        name = line[2:17].strip() or name
        facts.setdefault(name, []).append(line[19:])
    by_stage = {stage: tuple(answers.split(", ")) for fact in facts.get("in answer to", []) for stages, _, answers in
            [fact.partition(": ")] for stage in stages.split(", ")}  # fmt: skip
    for stage in SmtpStage.values():
        name = SmtpStage.Name(stage).removeprefix("SMTP_STAGE_")
        condition, is_retried, code = verdict_of(DeliveryStatus(stage=stage, reply=SmtpReply(code=number)))
        if name in by_stage:
            assert by_stage[name][:2] == (condition.name, Code.Name(code))
            continue
        assert facts["condition"][0] == f"{condition.name}: {condition.summary}"
        assert facts["gRPC"] == [Code.Name(code)]
        assert facts["retry"][0].startswith("yes, later") == is_retried


def test_show_minus_one_points_to_the_exception_inside(smtpstatus: CommandLine) -> None:
    output = smtpstatus("show", "-1").stdout
    assert output.startswith("-1 GENERAL_FAILURE\n")
    assert "look for the exception inside" in output
    assert "docs/dotnet-clients.md" in output
    assert "yes, later" not in output


@pytest.mark.parametrize(
    ("argument", "facts"),
    [
        ("5.1.1", ["5.1.1 BAD_MAILBOX", "RECIPIENT_UNKNOWN", "permanent failure", "RFC 3463 3.2", "NOT_FOUND"]),
        ("4.2.2", ["4.2.2 MAILBOX_FULL", "MAILBOX_FULL:", "transient failure", "yes, later", "RESOURCE_EXHAUSTED"]),
        ("X.7.10", ["X.7.10 ENCRYPTION_NEEDED", "AUTHENTICATION_REFUSED", "RFC 5248 2.4"]),
        (
            "5.7.515",
            ["5.7.515 (not registered)", "Something about security or policy", "it has the meaning of its subject"],
        ),
        ("5.9.9", ["5.9.9 (not registered)", "REFUSED: Refused for a reason", "  defined in       no RFC\n"]),
        ("X.1.1", ["X.1.1 BAD_MAILBOX", "any; the lines below are for 5.1.1"]),
        ("BAD_MAILBOX", ["X.1.1 BAD_MAILBOX"]),
        ("ENHANCED_STATUS_CODE_BAD_MAILBOX", ["X.1.1 BAD_MAILBOX"]),
        ("2.1.5", ["2.1.5 VALID_ADDRESS", "success"]),
    ],
)
def test_show_an_enhanced_code(smtpstatus: CommandLine, argument: str, facts: list[str]) -> None:
    result = smtpstatus("show", argument)
    assert result.returncode == 0
    for fact in facts:
        assert fact in result.stdout


def test_show_one_line_of_several(smtpstatus: CommandLine) -> None:
    output = smtpstatus("show", "550-5.1.1 The account does not exist.").stdout
    assert output.startswith("550 MAILBOX_UNAVAILABLE\n")
    assert "text             5.1.1 The account does not exist.\n" in output


def test_show_a_refusal_by_policy(smtpstatus: CommandLine) -> None:
    output = smtpstatus("show", "550 5.7.999 Not you").stdout
    assert "5.7.999          permanent failure: Something about security or policy\n" in output
    assert "gRPC             PERMISSION_DENIED\n" in output


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("503", ["CommandNotPermitted", "BadCommandSequence", "BadCommandSequence"]),
        ("235", ["AuthenticationSucceeded", "no name", "AuthenticationSuccessful"]),
        ("555", ["no name", "no name", "MailFromOrRcptToParametersNotRecognizedOrNotImplemented"]),
        ("450", ["MailboxBusy"] * 3),
        ("521", ["no name"] * 3),
    ],
)
def test_show_the_name_in_each_enum(smtpstatus: CommandLine, code: str, names: list[str]) -> None:
    """The names are those in the table of the three enums, which was read from their assemblies."""
    found = dict(
        line.split(maxsplit=1) for line in smtpstatus("show", code).stdout.splitlines() if len(line.split()) > 1
    )
    assert [found[client] for client in ("Aspose.Email", "System.Net.Mail", "MailKit")] == names


def test_show_the_exception_of_552(smtpstatus: CommandLine) -> None:
    assert "RCPT: TOO_MANY_RECIPIENTS, RESOURCE_EXHAUSTED, retry\n" in smtpstatus("show", "552").stdout


def test_show_prints_no_control_characters(smtpstatus: CommandLine) -> None:
    result = smtpstatus("show", "550 \x1b[31mred")
    assert (result.returncode, "\x1b" in result.stdout) == (0, False)


@pytest.mark.parametrize(
    ("code", "source"),
    [("521", "RFC 7504 3"), ("556", "RFC 7504 4, RFC 7505 4.2"), ("455", "RFC 5321 4.2.3"), ("555", "RFC 5321 4.2.3"),
     ("253", "RFC 1985 5.3"), ("458", "RFC 1985 5.3"), ("459", "RFC 1985 5.3"), ("523", "RFC 5248 2.4"),
     ("571", "RFC 5321 4.2.1"), ("600", "no RFC")],
)  # fmt: skip
def test_show_an_unlisted_code(smtpstatus: CommandLine, code: str, source: str) -> None:
    result = smtpstatus("show", code)
    assert result.returncode == 0
    assert result.stdout.startswith(f"{code} (not in the shared enum)\n")
    assert result.stdout.endswith(f"  defined in       {source}\n")


@pytest.mark.parametrize(
    "argument", ["MailBoxBusy", "99999999999", "", "5.1.1234", "3.1.1", "5.1.1.1", "1e3", "²", "5 50"]
)
def test_show_an_invalid_argument(smtpstatus: CommandLine, argument: str) -> None:
    result = smtpstatus("show", argument)
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r"smtpstatus: .+\n", result.stderr)


@pytest.mark.parametrize("arguments", [["5" * 5000], ["-" + "5" * 101], ["A" * 101], ["邮" * 30_000], ["A" * 60_000]])
def test_show_answers_in_one_short_line(smtpstatus: CommandLine, arguments: list[str]) -> None:
    result = smtpstatus("show", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 300
    assert "A" * 100 in smtpstatus("show", "A" * 100).stderr
