"""`smtpstatus.rpc`: a status as a `google.rpc.Status`, and back."""

from __future__ import annotations

import re
import sys
from datetime import timedelta

import pytest
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from hypothesis import given
from hypothesis import strategies as st
from process import run
from refusing_service import CODES, NUMBERS, WHOLE, failure, packed
from vocabulary import MEMBERS

from smtpstatus import DeliveryCondition, SmtpStatusCode, limits
from smtpstatus.meaning import condition_of, rpc_code, should_retry, verdict_of
from smtpstatus.replies import delivery_statuses
from smtpstatus.rpc import from_status, to_status
from smtpstatus.v1.delivery_pb2 import DELIVERY_ACTION_DELAYED, DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_CONTENT, SMTP_STAGE_MAIL, SMTP_STAGE_RCPT, SmtpStage


def test_the_table_has_all_listed_codes() -> None:
    assert set(MEMBERS.values()) <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code(code: int) -> None:
    status = to_status(failure(code))
    assert status.code == NUMBERS[CODES[code]]
    assert from_status(status) == failure(code)


@pytest.mark.parametrize(
    ("code", "enhanced_code", "stage", "name"),
    [
        (550, "5.7.1", SMTP_STAGE_RCPT, "PERMISSION_DENIED"),
        (550, "5.7.26", SMTP_STAGE_CONTENT, "PERMISSION_DENIED"),
        (554, "5.7.1", SMTP_STAGE_RCPT, "PERMISSION_DENIED"),
        (550, "5.1.1", SMTP_STAGE_RCPT, "NOT_FOUND"),
        (550, "", SMTP_STAGE_RCPT, "NOT_FOUND"),
        (550, "5.1.1", SMTP_STAGE_MAIL, "INVALID_ARGUMENT"),
        (550, "", SMTP_STAGE_CONTENT, "PERMISSION_DENIED"),
        (550, "5.2.2", SMTP_STAGE_RCPT, "RESOURCE_EXHAUSTED"),
        (511, "5.1.1", SMTP_STAGE_RCPT, "NOT_FOUND"),
        (450, "4.7.1", SMTP_STAGE_RCPT, "UNAVAILABLE"),
        (552, "", SMTP_STAGE_RCPT, "RESOURCE_EXHAUSTED"),
    ],
)
def test_the_enhanced_code_and_the_stage_decide(code: int, enhanced_code: str, stage: int, name: str) -> None:
    """Every code and detail at every stage is in `tests/vectors`."""
    reply = SmtpReply(code=code, enhanced_code=enhanced_code)
    assert to_status(DeliveryStatus(stage=stage, reply=reply)).code == NUMBERS[name]


def test_the_whole_status() -> None:
    delay = timedelta(minutes=5)
    retry = RetryInfo()
    retry.retry_delay.FromTimedelta(delay)
    metadata = {
        "condition": "DELIVERY_CONDITION_SERVICE_UNAVAILABLE",
        "code": "450",
        "enhanced_code": "4.2.0",
        "retry": "true",
    }
    info = ErrorInfo(reason="SMTP_STATUS_CODE_MAILBOX_BUSY", domain="smtpstatus.v1", metadata=metadata)
    expected = Status(
        code=NUMBERS["UNAVAILABLE"],
        message="450 4.2.0 Greylisted \u8bf7\u7a0d\u540e\u91cd\u8bd5",
        details=packed(info, WHOLE, retry),
    )
    assert to_status(WHOLE, retry_delay=delay) == expected
    assert from_status(expected) == WHOLE
    del expected.details[2]
    assert to_status(WHOLE) == expected


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (DeliveryStatus(reply=SmtpReply(code=550, lines=["a", "b"])), "550 a b"),
        (DeliveryStatus(reply=SmtpReply(code=550, lines=[""])), "550"),
        (DeliveryStatus(reply=SmtpReply(code=-1), local_error="reset by peer"), "reset by peer"),
        (DeliveryStatus(reply=SmtpReply(code=-1)), DeliveryCondition.NOT_KNOWN.summary),
        (DeliveryStatus(reply=SmtpReply(code=450)), SmtpStatusCode.MAILBOX_BUSY.summary),
        (DeliveryStatus(), DeliveryCondition.NOT_DEFINED.summary),
        (DeliveryStatus(condition=DeliveryCondition.NOT_SENT), DeliveryCondition.NOT_SENT.summary),
        (DeliveryStatus(reply=SmtpReply(code=550, lines=["x" * 1000])), "550 " + "x" * 156),
    ],
)
def test_the_message(status: DeliveryStatus, message: str) -> None:
    assert to_status(status).message == message


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (521, "SMTP_STATUS_CODE_521"),
        (-1, "SMTP_STATUS_CODE_GENERAL_FAILURE"),
        (-(2**31), "SMTP_STATUS_CODE_MINUS_2147483648"),
        (534, "SMTP_STATUS_CODE_AUTHENTICATION_MECHANISM_IS_TO_WEAK"),
    ],
)
def test_the_reason(code: int, reason: str) -> None:
    info = ErrorInfo()
    assert to_status(failure(code)).details[0].Unpack(info)
    assert info.reason == reason


@pytest.mark.parametrize("code", [200, 211, 250, 251, 299])
def test_a_success_is_not_an_error(code: int) -> None:
    status = DeliveryStatus(stage=SMTP_STAGE_CONTENT, reply=SmtpReply(code=code))
    with pytest.raises(ValueError, match=r"DELIVERY_CONDITION_(ACCEPTED|IN_PROGRESS) is not a failure"):
        to_status(status)
    # An error whose details are a success is not accepted, either.
    assert from_status(Status(code=5, details=packed(status))) is None


@pytest.mark.parametrize("code", [0, 250, 421, 550])
def test_a_delayed_mail_is_not_a_failure(code: int) -> None:
    status = DeliveryStatus(action=DELIVERY_ACTION_DELAYED, status="4.4.1", reply=SmtpReply(code=code))
    assert not should_retry(status)
    with pytest.raises(ValueError, match="DELIVERY_CONDITION_DELAYED is not a failure"):
        to_status(status)


def test_the_receiver_of_a_failure_without_a_reply_decides_alike() -> None:
    for condition in DeliveryCondition:
        sent = DeliveryStatus(reply=SmtpReply(code=-1), local_error="x", condition=condition)
        if rpc_code(sent):
            received = from_status(to_status(sent))
            assert received == sent
            info = ErrorInfo()
            assert to_status(sent).details[0].Unpack(info)
            assert info.metadata["condition"] == condition_of(received).proto_name
            assert info.metadata["retry"] == str(should_retry(received)).lower()


def test_a_success_that_a_client_raised_is_internal() -> None:
    import smtplib

    (status,) = delivery_statuses(smtplib.SMTPSenderRefused(250, b"2.1.0 OK", "a"), stage=SMTP_STAGE_MAIL)
    assert to_status(status).code == NUMBERS["INTERNAL"]


def test_a_delay_is_sent_if_trying_again_helps() -> None:
    for code in CODES:
        for stage in SmtpStage.values():
            status = failure(code, stage=stage)
            details = to_status(status, retry_delay=timedelta(seconds=1)).details
            assert any(detail.Unpack(RetryInfo()) for detail in details) == should_retry(status)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


STATUSES = st.builds(
    DeliveryStatus,
    final_recipient=TEXT,
    stage=st.integers(-(2**31), 2**31 - 1),
    reply=st.builds(
        SmtpReply,
        code=st.integers(-(2**31), 2**31 - 1) | st.sampled_from(sorted(CODES)),
        enhanced_code=TEXT,
        lines=st.lists(TEXT, max_size=3),
    ),
    remote_mta=TEXT,
    original_recipient=TEXT,
    local_error=TEXT.filter(bool),
)


@given(STATUSES)
def test_a_failure_comes_back_and_never_becomes_ok(status: DeliveryStatus) -> None:
    found = to_status(status)
    assert from_status(found) == status
    assert found.code in set(NUMBERS.values()) - {0}
    info = ErrorInfo()
    assert found.details[0].Unpack(info)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+[A-Z0-9]", info.reason)  # the rule of google/rpc/error_details.proto
    assert len(info.reason) <= 63


@pytest.mark.parametrize(
    ("code", "enhanced_code", "status"),
    [(550, "5.1.1 and more", "5.2.2"), (550, "5.1.1234567", "5.2.2"), (-1, "", "not a status code")],
)
def test_the_decision_survives_shortening(code: int, enhanced_code: str, status: str) -> None:
    """A text that is no enhanced status code hides what is behind it, so it must not become empty or a code."""
    reply = SmtpReply(code=code, enhanced_code=enhanced_code)
    whole = DeliveryStatus(reply=reply, status=status, local_error="x" * 3000)
    short = from_status(to_status(whole))
    assert short is not None
    assert short.ByteSize() < whole.ByteSize()
    assert verdict_of(short) == verdict_of(whole)


def test_a_status_that_fits_is_not_shortened() -> None:
    status = DeliveryStatus(reply=SmtpReply(code=550, lines=["x" * 2000]))
    status.reply.lines.append("x" * (limits.STATUS_BYTES - status.ByteSize() - 6))
    while status.ByteSize() < limits.STATUS_BYTES:
        status.reply.lines[-1] += "x"
    assert from_status(to_status(status)) == status
    status.reply.lines[-1] += "x"
    assert status.ByteSize() == limits.STATUS_BYTES + 1
    assert from_status(to_status(status)) == DeliveryStatus(reply=SmtpReply(code=550, lines=["x" * 255, "x" * 255]))


def test_as_many_lines_as_fit_are_kept() -> None:
    """The last line that fits fills the limit, or the next does not."""
    for length in range(200, 255):
        short = from_status(to_status(DeliveryStatus(reply=SmtpReply(code=550, lines=["x" * length] * 20))))
        assert short is not None
        assert 0 <= limits.STATUS_BYTES - short.ByteSize() < length + 3 + 2  # the lengths of the line and of the reply


def test_without_the_extra(environment: dict[str, str]) -> None:
    program = "import sys; sys.modules['grpc_status'] = None; import smtpstatus.rpc"
    result = run(sys.executable, "-c", program, environment=environment)
    assert result.returncode == 1
    assert "pip install 'smtpstatus[grpc]'" in result.stderr.splitlines()[-1]
