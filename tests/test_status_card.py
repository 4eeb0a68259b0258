"""What `smtpstatus show` says of a code, a name, an enhanced code or a reply."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from conftest import CommandLine
from google.rpc.code_pb2 import Code
from vocabulary import MEMBERS

from smtpstatus import SmtpStatusCode, limits
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


def test_show_a_name_in_any_case(smtpstatus: CommandLine) -> None:
    for name in ("mailbox_busy", "MAILBOXBUSY", "smtp_status_code_mailbox_busy"):
        assert smtpstatus("show", name).stdout == smtpstatus("show", "450").stdout
    assert smtpstatus("show", "bad_mailbox").stdout == smtpstatus("show", "X.1.1").stdout


@pytest.mark.parametrize(
    ("arguments", "heads"),
    [
        (["-1", "550", "421"], ["-1 GENERAL_FAILURE", "550 MAILBOX_UNAVAILABLE", "421 SERVICE_NOT_AVAILABLE"]),
        (["5.1.1", "MailboxBusy"], ["5.1.1 BAD_MAILBOX", "450 MAILBOX_BUSY"]),
        (["550 5.7.1 No", "450 4.2.0 Later"], ["550 MAILBOX_UNAVAILABLE", "450 MAILBOX_BUSY"]),
        (["550", "5.1.1"], ["550 MAILBOX_UNAVAILABLE"]),
        (["550", "No", "such", "user"], ["550 MAILBOX_UNAVAILABLE"]),
    ],
    ids=str,
)
def test_show_several(smtpstatus: CommandLine, arguments: list[str], heads: list[str]) -> None:
    """Each argument is a status, or all are one reply."""
    result = smtpstatus("show", *arguments)
    assert result.returncode == 0
    assert [card.splitlines()[0] for card in result.stdout.split("\n\n")] == heads
    codes = [json.loads(line) for line in smtpstatus("show", *arguments, "--format", "json").stdout.splitlines()]
    assert len(codes) == len(heads)


def test_one_of_several_is_invalid(smtpstatus: CommandLine) -> None:
    result = smtpstatus("show", "-1", "MailboxBusi")
    assert (result.returncode, result.stdout) == (2, "")
    assert "did you mean 'MailboxBusy'?" in result.stderr


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


@pytest.mark.parametrize("number", [*(number for number in MEMBERS.values() if number != -1), 455, 521, 299, 600])
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
    assert "retry later" in output
    assert "yes, later" not in output


def test_show_decides_by_the_stage_that_a_text_tells(smtpstatus: CommandLine) -> None:
    line = "postfix/smtp[1]: to=<a@b>, status=bounced (host b said: 550 No (in reply to {}))"
    recipient = smtpstatus("show", line.format("RCPT TO command")).stdout
    assert "\n  answer to        RCPT\n  condition        RECIPIENT_UNKNOWN: " in recipient
    assert "in answer to" not in recipient  # it is known
    sender = smtpstatus("show", line.format("MAIL FROM command")).stdout
    assert "\n  answer to        MAIL\n  condition        POLICY_REFUSED: " in sender
    unknown = smtpstatus("show", "550 No").stdout
    assert "\n  answer to " not in unknown
    assert "RCPT: RECIPIENT_UNKNOWN, NOT_FOUND" in unknown


def test_show_something_else(smtpstatus: CommandLine) -> None:
    hint = "; smtpstatus list has the names, and smtpstatus show --open foo searches the status reference\n"
    assert smtpstatus("show", "foo").stderr.endswith(f"is not the name of a value of SmtpStatusCode{hint}")
    assert smtpstatus("show", "malbox_busy").stderr.endswith("did you mean 'MailboxBusy'?\n")


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
    "argument",
    ["MailBoxBusi", "12345", "99", "1000", "-2", "99999999999", "", "5.1.1234", "3.1.1", "5.1.1.1", "1e3", "²", "5 50"],
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


def show_lines(data: bytes, environment: dict[str, str], *options: str) -> tuple[list[dict[str, Any]], str]:
    """Return what `show --format json` makes of standard input, and its messages."""
    command = [sys.executable, "-m", "smtpstatus_dotnet", "show", "--format", "json", *options]
    result = subprocess.run(command, input=data, capture_output=True, env=environment, check=False)
    assert result.returncode == (2 if result.stderr else 0)
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr.decode()


def test_show_reads_a_reply_a_line(environment: dict[str, str]) -> None:
    log = b"postfix/smtp: status=bounced (host a said: 552 5.2.2 Full (in reply to RCPT TO command))\n"
    data = b"550 5.1.1 No\r\n\n" + log + b"450"
    rows, _ = show_lines(data, environment)
    assert [(row["code"], row.get("enhanced_code"), row.get("stage"), row.get("condition")) for row in rows] == [
        (550, "5.1.1", "NOT_DEFINED", "RECIPIENT_UNKNOWN"),
        (None, None, None, None),
        (552, "5.2.2", "RCPT", "MAILBOX_FULL"),
        (450, None, "NOT_DEFINED", "SERVICE_UNAVAILABLE"),
    ]
    assert rows[0]["lines"] == ["5.1.1 No"]
    assert (rows[0]["retry"], rows[0]["rpc_code"], rows[0]["counts_against"]) == (False, "NOT_FOUND", "RECIPIENT")


@pytest.mark.parametrize("more", [0, 1, 2])
def test_show_reads_the_beginning_of_a_very_long_line(environment: dict[str, str], more: int) -> None:
    line = b"550 5.1.1 " + b"x" * (limits.SEARCHED_CHARACTERS - 11 + more) + b"\n"
    rows, _ = show_lines(line * 2 + b"450 4.2.0 y", environment)
    assert [row["code"] for row in rows] == [550, 550, 450]
    assert len(rows[0]["lines"][0]) == limits.SEARCHED_CHARACTERS - 5 + min(more, 1)


def test_show_reads_other_encodings(environment: dict[str, str]) -> None:
    data = "550 用户不存在\n".encode("gbk")
    for encoding in ("gb18030", "detect"):
        rows, _ = show_lines(data, environment, "--encoding", encoding)
        assert rows[0]["lines"] == ["用户不存在"]
    rows, message = show_lines(data, environment, "--encoding", "klingon")
    assert (rows, message) == ([], "smtpstatus: unknown encoding: klingon\n")


def test_show_stops_when_nobody_reads(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "smtpstatus_dotnet", "show", "--format", "json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"550 x\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["code"] == 550, "the answer comes at once"
        process.stdout.close()
        process.stdin.write(b"550 x\n")
        process.stdin.flush()
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("argument", "code", "enhanced_code", "condition"),
    [
        ("550", 550, None, "RECIPIENT_REFUSED"),
        ("-1", -1, None, "NOT_KNOWN"),
        ("MailboxBusy", 450, None, "SERVICE_UNAVAILABLE"),
        ("5.1.1", None, "5.1.1", "RECIPIENT_UNKNOWN"),
        ("X.1.1", None, "5.1.1", "RECIPIENT_UNKNOWN"),
        ("BAD_MAILBOX", None, "5.1.1", "RECIPIENT_UNKNOWN"),
        ("smtp; 550-5.1.1 a 550 5.1.1 b", 550, "5.1.1", "RECIPIENT_UNKNOWN"),
    ],
)
def test_show_as_json(
    smtpstatus: CommandLine, argument: str, code: int | None, enhanced_code: str | None, condition: str
) -> None:
    result = smtpstatus("show", "--format", "json", "--", argument)
    facts = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert (facts["code"], facts["enhanced_code"], facts["condition"]) == (code, enhanced_code, condition)


def test_show_finds_the_reply_in_a_line_of_a_log(smtpstatus: CommandLine) -> None:
    shown = smtpstatus(
        "show", "postfix/smtp[1]: A: to=<a@b>, dsn=5.1.1, status=bounced (host b said: 550 5.1.1 No)"
    ).stdout
    assert shown.startswith("550 MAILBOX_UNAVAILABLE")
    assert "text             5.1.1 No" in shown


def test_show_needs_a_status(smtpstatus: CommandLine) -> None:
    for arguments in ((), (" ",), ("--format", "json", " ")):
        result = smtpstatus("show", *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith("smtpstatus: expected a status such as 550")
