"""`smtpstatus.dsn`: delivery reports of real systems and of the RFCs, and what is none."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pytest
from flufl.bounce import all_failures
from google.protobuf.json_format import Parse

from smtpstatus import DeliveryAction, DeliveryCondition, limits
from smtpstatus.dsn import read_report, statuses_of
from smtpstatus.replies import condition_of, should_retry
from smtpstatus.rpc import to_status
from smtpstatus.v1 import DeliveryStatus, SmtpReply

REPORTS = sorted(Path(__file__).parent.joinpath("reports").glob("*.eml"))


def expected_of(path: Path) -> list[DeliveryStatus]:
    rows = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return [Parse(json.dumps(row), DeliveryStatus()) for row in rows]


def report(*groups: str, text: str = "", headers: str = "") -> bytes:
    """Return a report with these groups of fields after that of the message."""
    fields = "\n\n".join(["Reporting-MTA: dns; mx.example.org", *groups])
    return (
        "Content-Type: multipart/report; boundary=b\n\n"
        f"--b\n\n{text}\n--b\nContent-Type: message/delivery-status\n{headers}\n{fields}\n\n--b--\n"
    ).encode()


def field(line: str) -> DeliveryStatus:
    """Return the status of a failed recipient with one more field."""
    (status,) = read_report(report(f"Final-Recipient: rfc822; a@example.com\nAction: failed\n{line}"))
    return status


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_becomes_a_status_for_each_recipient(path: Path) -> None:
    assert read_report(path.read_bytes()) == expected_of(path)


@pytest.mark.parametrize("policy", [email.policy.compat32, email.policy.default, email.policy.SMTPUTF8], ids=repr)
@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_message_of_the_email_package_is_read_as_its_bytes_are(path: Path, policy: email.policy.Policy) -> None:
    mail = email.message_from_bytes(path.read_bytes(), policy=policy)
    assert read_report(mail) == expected_of(path)


def test_line_ends_make_no_difference() -> None:
    for path in REPORTS:
        lines = path.read_bytes().replace(b"\r\n", b"\n")
        for end in (b"\n", b"\r\n", b"\r"):
            assert read_report(lines.replace(b"\n", end)) == expected_of(path)


@pytest.mark.parametrize(
    ("action", "fields", "condition"),
    [
        ("delayed", "Status: 4.4.1\nDiagnostic-Code: smtp; 450 4.2.0 Greylisted", "DELAYED"),
        ("delayed", "Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 User unknown", "DELAYED"),
        ("delivered", "Status: 2.0.0", "ACCEPTED"),
        ("relayed", "Status: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 Ok", "ACCEPTED"),
        ("expanded", "Status: 2.0.0", "ACCEPTED"),
    ],
)
def test_what_did_not_fail_is_no_failure(action: str, fields: str, condition: str) -> None:
    (status,) = read_report(report(f"Final-Recipient: rfc822; a@example.com\nAction: {action}\n{fields}"))
    assert condition_of(status) == DeliveryCondition[condition]
    assert not should_retry(status)
    with pytest.raises(ValueError, match="not a failure"):
        to_status(status)


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ("Status: 5.1.1", "RECIPIENT_UNKNOWN"),
        ("Status: 4.2.2", "MAILBOX_FULL"),
        ("Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 User unknown", "RECIPIENT_UNKNOWN"),
        ("Status: 5.2.2\nDiagnostic-Code: smtp; 550 No", "MAILBOX_FULL"),
        ("Status: 4.4.1\nDiagnostic-Code: x-postfix; connect to mx.example.com: Connection refused", "UNREACHABLE"),
    ],
)
def test_a_failure_is_decided_by_its_reply_and_else_by_its_status(fields: str, condition: str) -> None:
    status = field(fields)
    assert condition_of(status) == DeliveryCondition[condition]
    assert should_retry(status) == fields.startswith("Status: 4")
    assert to_status(status)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("rfc822; a@example.com", "a@example.com"),
        ("RFC822;<a@example.com>", "a@example.com"),
        ("a@example.com", "a@example.com"),
        ("rfc822; a+2Bb@example.com", "a+2Bb@example.com"),
        ("rfc822; \\x{41}@example.com", "\\x{41}@example.com"),
        ("utf-8; \\x{41}@example.com", "A@example.com"),
        ("UTF-8;\\x{1F600}\\x{D7FF}@example.com", "\U0001f600\ud7ff@example.com"),
        ("utf-8; \\x{D800}\\x{DFFF}\\x{110000}\\x{4}@example.com", "\\x{D800}\\x{DFFF}\\x{110000}\\x{4}@example.com"),
        ("utf-8; \\x{E000}\\x{10FFFF}@example.com", "\ue000\U0010ffff@example.com"),
        ("unknown; nair_s", "nair_s"),
        ("rfc822; |/bin/filter a@example.com", "|/bin/filter a@example.com"),
        ("", ""),
    ],
)
def test_a_final_recipient_loses_its_type(value: str, expected: str) -> None:
    (status,) = read_report(report(f"Final-Recipient: {value}\nAction: failed"))
    assert status.final_recipient == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("rfc822; a@example.com", "a@example.com"),
        ("rfc822; b+2Bc+3Dd@example.com", "b+c=d@example.com"),
        ("rfc822; b+2024@example.com", "b+2024@example.com"),
        ("rfc822; b+2b@example.com", "b+2b@example.com"),
    ],
)
def test_an_original_recipient_is_decoded_where_that_is_certain(value: str, expected: str) -> None:
    assert field(f"Original-Recipient: {value}").original_recipient == expected


def test_an_original_recipient_that_is_also_the_final_one_is_not_decoded() -> None:
    group = "Final-Recipient: rfc822; b+2Bc@example.com\nOriginal-Recipient: rfc822; b+2Bc@example.com"
    (status,) = read_report(report(group))
    assert status.original_recipient == status.final_recipient == "b+2Bc@example.com"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5.1.1", "5.1.1"),
        ("5.1.1 (no such user)", "5.1.1"),
        ("5.7.606", "5.7.606"),
        ("5.1.1234", ""),
        ("3.1.1", ""),
        ("5.=", ""),
        ("no 5.1.1", ""),
        ("", ""),
    ],
)
def test_a_status_is_an_enhanced_status_code(value: str, expected: str) -> None:
    assert field(f"Status: {value}").status == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("dns; mx.example.com", "mx.example.com"),
        ("dns;mx.example.com. (192.0.2.1, the server for example.com)", "mx.example.com"),
        ("192.0.2.1", "192.0.2.1"),
        ("dns; ", ""),
    ],
)
def test_a_remote_mta_is_a_host_name(value: str, expected: str) -> None:
    assert field(f"Remote-MTA: {value}").remote_mta == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 27 Nov 2026 03:31:54 +0000", 1795750314),
        ("Fri, 27 Nov 2026 04:31:54 +0100 (CET)", 1795750314),
        ("27 Nov 2026 03:31:54 GMT", 1795750314),
        ("Fri, 27 Nov 2026 03:31:54 -0000", 1795750314),
        ("yesterday", 0),
        ("Fri, 27 Nov 99999 03:31:54 +0000", 0),
        ("", 0),
    ],
)
def test_an_attempt_has_a_time_if_it_is_a_date(value: str, expected: int) -> None:
    status = field(f"Last-Attempt-Date: {value}")
    assert status.HasField("attempt_time") == bool(expected)
    assert status.attempt_time.seconds == expected


def test_the_stage_of_the_reply_is_in_the_text_for_people() -> None:
    told = "<a@example.com>: host mx.example.com[192.0.2.1] said: 550 5.7.1 No (in reply to end of DATA command)"
    group = "Final-Recipient: rfc822; a@example.com\nAction: failed\nDiagnostic-Code: smtp; 550 5.7.1 No"
    (status,) = read_report(report(group, text=told))
    assert status.stage == 8
    (status,) = read_report(report(group.replace("5.7.1", "5.7.2"), text=told))
    assert status.stage == 0


def test_the_text_for_people_is_read_for_each_recipient_alone() -> None:
    text = "a@example.com: 550 No such user\nb@example.com:\n    552 Full\nc@example.com: sorry\n"
    groups = [f"Final-Recipient: rfc822; {name}@example.com\nAction: failed" for name in "abcd"]
    statuses = read_report(report(*groups, text=text))
    assert [status.reply for status in statuses] == [
        SmtpReply(code=550, lines=["No such user"]),
        SmtpReply(code=552, lines=["Full"]),
        SmtpReply(),
        SmtpReply(),
    ]


def test_an_address_in_the_reply_of_another_recipient_has_no_reply() -> None:
    text = (
        "<a@example.com>: host mx.example.com said: 550 5.1.1 Unknown, did you mean b@example.com?\n"
        "<b@example.com>: connect to mx.example.com: Connection timed out\n"
    )
    groups = [f"Final-Recipient: rfc822; {name}@example.com\nAction: failed" for name in "ab"]
    first, second = read_report(report(*groups, text=text))
    assert first.reply.code == 550
    assert not second.HasField("reply")


@pytest.mark.parametrize(("status", "code"), [("5.2.2", 0), ("4.2.2", 450)])
def test_a_reply_in_the_text_for_people_has_the_class_of_the_status(status: str, code: int) -> None:
    fields = f"Final-Recipient: rfc822; b@example.com\nAction: failed\nStatus: {status}"
    (found,) = read_report(report(fields, text=">>> RCPT To:<a@example.com>\n<<< 450 4.1.1 Later"))
    assert found.reply.code == code


def test_a_long_word_in_the_text_for_people_is_read_once() -> None:
    groups = [f"Final-Recipient: rfc822; {name}@example.com\nAction: failed" for name in "ab"]
    text = f"{'x' * (limits.SEARCHED_CHARACTERS - 50)}\nb@example.com: 550 No"
    assert [status.reply.code for status in read_report(report(*groups, text=text))] == [0, 550]


def test_a_delivered_recipient_has_no_reply_out_of_the_text_for_people() -> None:
    group = "Final-Recipient: rfc822; a@example.com\nAction: delivered\nStatus: 2.0.0"
    (status,) = read_report(report(group, text="a@example.com: 550 5.1.1 No such user"))
    assert not status.HasField("reply")


@pytest.mark.parametrize("name", ["Original-Recipient: rfc822; a@b", "Action: failed", "Status: 5.0.0"])
def test_a_group_with_any_field_of_a_recipient_is_about_one(name: str) -> None:
    assert len(read_report(report(name))) == 1


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\n",
        b"Subject: x\n\nAction: failed\n",
        b"Content-Type: multipart/report\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n",
        b"Content-Type: multipart/report; boundary=b\n\n--c\nContent-Type: message/delivery-status\n\nAction: failed\n",
        b"Content-Type: multipart/report; boundary=b\n\n--b--\n--b\nContent-Type: message/delivery-status\n\nStatus: 5",
        b"Content-Type: message/rfc822\n\nContent-Type: message/delivery-status\n\nAction: failed\n",
        b"Content-Type: text/plain\n\nContent-Type: message/delivery-status\n\nAction: failed\n",
    ],
)
def test_what_is_no_report_gives_nothing(mail: bytes) -> None:
    assert read_report(mail) == []


@pytest.mark.parametrize("names", [("Final",), ("Final", "Original"), ("Original", "Final")])
def test_an_empty_line_between_recipients_may_be_missing(names: tuple[str, ...]) -> None:
    one, two = (
        "\n".join([*(f"{name}-Recipient: rfc822; {address}" for name in names), "Action: failed", f"Status: {status}"])
        for address, status in (("a@example.com", "5.1.1"), ("b@example.com", "5.2.2"))
    )
    assert read_report(report(f"{one}\n{two}")) == read_report(report(one, two))
    assert len(read_report(report(f"{one}\n{two}"))) == 2


def test_a_report_without_its_mail_is_read() -> None:
    mail = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822; a@b\n"
    assert read_report(mail) == [DeliveryStatus(final_recipient="a@b")]


def test_a_report_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    whole = report("Final-Recipient: rfc822; a@example.com\nAction: failed", "Final-Recipient: rfc822; b@example.com")
    assert len(read_report(whole[:-10])) == 2
    assert len(read_report(whole[: whole.index(b"b@example")])) == 2
    assert len(read_report(whole[: whole.index(b"Final-Recipient: rfc822; b")])) == 1


@pytest.mark.parametrize(
    "name", ["REPORT_RECIPIENTS", "MAIL_PARTS", "MAIL_DEPTH", "MAIL_BYTES", "MAIL_HEADER_CHARACTERS"]
)
@pytest.mark.parametrize("more", [0, 1])
def test_a_hostile_mail_is_read_up_to_a_limit(name: str, more: int) -> None:
    size = getattr(limits, name) + more
    group = "Final-Recipient: rfc822; a@example.com\n"
    whole = f"Content-Type: message/delivery-status\n\n{group}"
    expected = 1 - more
    if name == "REPORT_RECIPIENTS":
        mail, expected = whole + f"\n{group}" * (size - 1), limits.REPORT_RECIPIENTS
    elif name == "MAIL_PARTS":
        mail = "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\n" * (size - 2) + "--b\n" + whole
    elif name == "MAIL_DEPTH":
        boundaries = [f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(size)]
        mail = "".join(boundaries) + whole
    elif name == "MAIL_BYTES":
        head = "Content-Type: multipart/mixed; boundary=b\n\n"
        begin = "Content-Type: message/delivery-status"
        filler = size - len(head) - len(begin) - 7 - len("Action:")
        mail = f"{head}{'-' * filler}\n--b\n{begin}\n\nAction: failed\n"
        assert mail.index("Action:") + len("Action:") == size
    else:
        line = "Content-Type: message/delivery-status\n"
        mail = f"X: {'x' * (size - len(line) - 5)}\n{line}\n{group}"
        assert mail.index("\n\n") + 2 == size
    assert len(read_report(mail.encode())) == expected


@pytest.mark.parametrize(
    "header",
    [
        "; boundary*=idna''x",
        "; boundary*=\0''x",
        "; a*0=x; a*=y",
        f"; a*{'9' * 5000}=x",
        '; boundary="x',
        "".join(f"; boundary=b{level}\n--b{level}\nContent-Type: multipart/mixed" for level in range(1500)),
    ],
)
def test_a_hostile_field_of_a_part_raises_nothing(header: str) -> None:
    assert read_report(f"Content-Type: multipart/report{header}\n\n--x\n\n".encode()) == []


@pytest.mark.parametrize("policy", [email.policy.compat32, email.policy.default], ids=repr)
@pytest.mark.parametrize(
    "fields", ["Content-Type: text/plain; charset=undefined", f"Content-Transfer-Encoding: {'(' * 2000}"]
)
def test_a_hostile_field_in_a_message_raises_nothing(policy: email.policy.Policy, fields: str) -> None:
    mail = report("Final-Recipient: rfc822; a@example.com", text="é").decode().replace("--b\n", f"--b\n{fields}\n", 1)
    (status,) = read_report(email.message_from_bytes(mail.encode(), policy=policy))
    assert status.final_recipient == "a@example.com"


def test_a_message_from_a_str_keeps_its_characters() -> None:
    header = "Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n\n"
    mail = f"{header}Final-Recipient: utf-8; é@例え.jp\n"
    mixed = f"Content-Type: multipart/report; boundary=b\n\n--b\n\né\udcff\ud800\n--b\n{mail}--b--\n"
    for text in (mail, mixed):
        (status,) = read_report(email.message_from_string(text))
        assert status.final_recipient == "é@例え.jp"


def test_a_part_without_parts_counts_as_one() -> None:
    part = "--b\nContent-Type: multipart/mixed\n\n"
    end = report("Final-Recipient: rfc822; a@example.com").decode().partition("\n\n--b\n")[2]
    head = "Content-Type: multipart/mixed; boundary=b\n\n"
    assert len(read_report(f"{head}{part * 90}--b\n{end}".encode())) == 1
    assert read_report(f"{head}{part * 100}--b\n{end}".encode()) == []


def test_the_fields_are_enough() -> None:
    groups = [[("Reporting-MTA", "dns; a")], [("FINAL-RECIPIENT ", "rfc822; a@b"), ("Action", " failed\r\n"), ("", "")]]
    assert statuses_of(groups) == [DeliveryStatus(final_recipient="a@b", action=DeliveryAction.FAILED)]
    assert statuses_of([]) == []


# Where flufl.bounce, which Mailman uses, says something else of a report.
OTHERWISE = {
    "actions": "it does not decode an original recipient",
    "base64": "it does not decode the part",
    "exim-global": "it does not read message/global-delivery-status",
    "postfix-global": "it does not read message/global-delivery-status",
    "double-bounce": "it reads a report inside another mail",
    "rfc3464-gateway": "it reads addresses of the type rfc822 only",
    "rfc6533-global": "it does not read message/global-delivery-status",
}


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_flufl_bounce_says_the_same(path: Path) -> None:
    delayed, failed = all_failures(email.message_from_bytes(path.read_bytes()))
    statuses = read_report(path.read_bytes())

    def ours(action: DeliveryAction) -> frozenset[bytes]:
        named = (status for status in statuses if status.action == action)
        return frozenset((status.original_recipient or status.final_recipient).encode() for status in named)

    is_same = delayed == ours(DeliveryAction.DELAYED) and failed == ours(DeliveryAction.FAILED)
    assert is_same == (path.stem not in OTHERWISE)


@pytest.mark.parametrize("more", [0, 1])
def test_the_beginning_of_a_diagnostic_code_is_read(more: int) -> None:
    text = "x" * (limits.DIAGNOSTIC_CODE_CHARACTERS - len("x-a;  550 5.1.1") + more)
    assert field(f"Diagnostic-Code: x-a; {text} 550 5.1.1").HasField("reply") == (not more)
