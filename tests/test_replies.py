"""`smtpstatus.replies.delivery_statuses`: one status for each recipient."""

from __future__ import annotations

import smtplib
import sys
from typing import Any

import aiosmtplib
import pytest
from delivery import NO, status
from process import run

from smtpstatus import DeliveryCondition
from smtpstatus.replies import delivery_statuses
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_MAIL


def accepted_by_server(recipient: str) -> DeliveryStatus:
    return DeliveryStatus(final_recipient=recipient, condition=DeliveryCondition.ACCEPTED)


def test_the_mapping_that_sendmail_returns() -> None:
    assert delivery_statuses({}) == []
    accepted = [accepted_by_server("a@example.com"), accepted_by_server("b@example.com")]
    assert delivery_statuses({}, recipients=["a@example.com", "B <b@example.com>", "<a@example.com>"]) == accepted
    assert delivery_statuses({"c": (550, b"5.1.1 no")}, recipients=["a@example.com", "c", "b@example.com"]) == [
        accepted[0], status("c", NO), accepted[1],
    ]  # fmt: skip
    assert delivery_statuses({"a@example.com": (550, b"5.1.1 no"), "Bob <b@example.com>": (452, "full")}) == [
        status("a@example.com", NO),
        status("b@example.com", SmtpReply(code=452, lines=["full"])),
    ]


def test_aiosmtplib_returns_more_than_the_mapping() -> None:
    returned: Any = ({}, "2.0.0 Queued")
    with pytest.raises(TypeError, match="the mapping that sendmail returns"):
        delivery_statuses(returned)


@pytest.mark.parametrize(
    "failure",
    [
        smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.1 no"), "b": (550, b"5.1.1 no")}),
        aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(550, "5.1.1 no", name) for name in "ab"]),
    ],
)
def test_several_refused(failure: Exception) -> None:
    assert delivery_statuses(failure, recipients=["a", "b"]) == [status("a", NO), status("b", NO)]
    # A recipient that was given but is not named: nobody has the mail.
    not_sent = DeliveryStatus(final_recipient="c", condition=DeliveryCondition.NOT_SENT)
    found = delivery_statuses(failure, recipients=["b", "c"], stage=SMTP_STAGE_MAIL)
    assert found == [status("b", NO), not_sent, status("a", NO)]


@pytest.mark.parametrize(
    ("recipient", "address"),
    [
        ("a@example.com", "a@example.com"),
        ("<a@example.com>", "a@example.com"),
        ("Bob <b@example.com> ", "b@example.com"),
        ('"Bob <bob>" <b@example.com>', "b@example.com"),
        ('"<b>"@example.com', '"<b>"@example.com'),
        ("caf\udce9@example.com", "caf\ufffd@example.com"),
    ],
)
def test_the_recipient_is_the_address(recipient: str, address: str) -> None:
    assert delivery_statuses({recipient: (550, b"5.1.1 no")}) == [status(address, NO)]


def test_one_refused() -> None:
    not_known = DeliveryStatus(final_recipient="b", condition=DeliveryCondition.NOT_KNOWN)
    assert delivery_statuses(aiosmtplib.SMTPRecipientRefused(550, "5.1.1 no", "<a>"), recipients=["b"]) == [
        not_known, status("a", NO),
    ]  # fmt: skip


def test_a_421_is_the_reply_to_all_other_recipients() -> None:
    """After a 421, smtplib gives up: even recipients that were accepted or never tried do not have the mail."""
    failure = smtplib.SMTPRecipientsRefused({"b": (550, b"5.1.1 no"), "c": (421, b"bye")})
    bye = SmtpReply(code=421, lines=["bye"])
    expected = [status("a", bye), status("b", NO), status("c", bye), status("d", bye)]
    assert delivery_statuses(failure, recipients=["a", "b", "c", "d"]) == expected
    # A recipient that is given twice has one status, at its first place, however the client spells it.
    failure = smtplib.SMTPRecipientsRefused({"X <c>": (421, b"bye"), "b": (550, b"5.1.1 no")})
    expected = [status("c", bye), status("b", NO), status("a", bye)]
    assert delivery_statuses(failure, recipients=["c", "b", "c", "a"]) == expected


def test_a_failure_of_all_is_one_for_each() -> None:
    failure = smtplib.SMTPSenderRefused(550, b"5.1.1 no", "x@example.com")
    stage = SMTP_STAGE_MAIL
    assert delivery_statuses(failure) == [status("", NO, stage)]
    assert delivery_statuses(failure, recipients="a@b") == [status("a@b", NO, stage)]
    assert delivery_statuses(failure, recipients=iter(["a", "b"])) == [status("a", NO, stage), status("b", NO, stage)]


def test_an_odd_entry_hides_no_other() -> None:
    entries: Any = {"a": (550, b"5.1.1 no"), "b": None, "c": (450,), None: (550, b"no"), "d": (550, None)}
    for failure in (entries, smtplib.SMTPRecipientsRefused(entries)):
        first, second, third, _, last = delivery_statuses(failure)
        assert first == status("a", NO)
        for found in (second, third):
            assert (found.reply.code, found.condition) == (-1, DeliveryCondition.PROTOCOL_ERROR)
        assert last == status("d", SmtpReply(code=550))


def test_a_reply_to_one_recipient_is_not_given_to_another() -> None:
    refused = {"a": (550, b"5.1.1 no"), "b": (-1, b"garbage")}
    for failure in (refused, smtplib.SMTPRecipientsRefused(refused)):
        first, second = delivery_statuses(failure, recipients=["a", "b"])
        assert first == status("a", NO)
        assert (second.reply.code, second.condition) == (-1, DeliveryCondition.PROTOCOL_ERROR)


def test_nobody_is_left_out_of_many() -> None:
    names = [f"r{number}@example.com" for number in range(12_000)]
    refused = [aiosmtplib.SMTPRecipientRefused(550, "5.1.1 no", name) for name in names]
    for failure in (aiosmtplib.SMTPRecipientsRefused(refused), ExceptionGroup("each", refused)):
        assert [found.final_recipient for found in delivery_statuses(failure)] == names


def test_no_client_is_imported(environment: dict[str, str]) -> None:
    program = (
        "import smtpstatus.replies, sys; print([name for name in ('smtplib', 'aiosmtplib') if name in sys.modules])"
    )
    assert run(sys.executable, "-c", program, environment=environment).stdout == "[]\n"
