"""`smtpstatus.client_exceptions`: what the exceptions of the clients say, and of what wraps them, however odd."""

from __future__ import annotations

import pickle
import smtplib
import ssl
from typing import Any

import aiosmtplib
import pytest
from delivery import NO, status
from hypothesis import given
from hypothesis import strategies as st

from smtpstatus import DeliveryCondition
from smtpstatus.client_exceptions import walk
from smtpstatus.meaning import condition_of
from smtpstatus.replies import delivery_statuses, should_retry
from smtpstatus.v1 import SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import (
    SMTP_STAGE_CONTENT,
    SMTP_STAGE_MAIL,
    SMTP_STAGE_NOT_DEFINED,
    SMTP_STAGE_RCPT,
)


@pytest.mark.parametrize("stage", [SMTP_STAGE_NOT_DEFINED, SMTP_STAGE_CONTENT])
@pytest.mark.parametrize(
    "failure",
    [
        smtplib.SMTPDataError(550, b"5.1.1 no"),  # a reply to the command or to the message?
        smtplib.SMTPResponseException(550, b"5.1.1 no"),
        aiosmtplib.SMTPDataError(550, "5.1.1 no"),
        aiosmtplib.SMTPResponseException(550, "5.1.1 no"),
        type("OfTheirOwn", (smtplib.SMTPDataError,), {})(550, b"5.1.1 no"),
    ],
)
def test_the_stage_is_the_callers_if_the_type_implies_none(failure: Exception, stage: int) -> None:
    assert delivery_statuses(failure, stage=stage) == [status("", NO, stage)]


@pytest.mark.parametrize(
    ("failure", "local_error"),
    [
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "Connection unexpectedly closed"),
        (ConnectionResetError(104, "Connection reset by peer"), "[Errno 104] Connection reset by peer"),
        (TimeoutError(), "TimeoutError"),
        (smtplib.SMTPNotSupportedError("no STARTTLS"), "no STARTTLS"),
        (smtplib.SMTPRecipientsRefused({}), "{}"),
        (smtplib.SMTPResponseException(500, "Line too long."), "Line too long."),  # smtplib's own text
        (smtplib.SMTPDataError(-1, b"arbage\xff"), "expected an SMTP reply, found 'arbage\ufffd'"),
        (smtplib.SMTPDataError(25, b"x"), "expected an SMTP reply, found 'x'"),
        (aiosmtplib.SMTPResponseException(-1, "Response too long"), "Response too long"),
        (aiosmtplib.SMTPReadTimeoutError("Timed out"), "Timed out"),
        (smtplib.SMTPDataError("550 no", b"x"), "expected an SMTP reply, found 'x'"),  # type: ignore[arg-type]
        (smtplib.SMTPDataError(None, None), "the reply made no sense"),  # type: ignore[arg-type]
        (
            type("SMTPResponseException", (Exception,), {"code": 550, "message": "x"})("of another package"),
            "of another package",
        ),
        (OSError("caf\udce9"), "caf\ufffd"),
    ],
)
def test_a_failure_without_a_reply(failure: Exception, local_error: str) -> None:
    (found,) = delivery_statuses(failure, recipients=["a"], stage=SMTP_STAGE_MAIL)
    assert (found.final_recipient, found.reply, found.local_error) == ("a", SmtpReply(code=-1), local_error)
    assert found.stage == (SMTP_STAGE_RCPT if isinstance(failure, smtplib.SMTPRecipientsRefused) else SMTP_STAGE_MAIL)


@pytest.mark.parametrize(
    "failure",
    [
        smtplib.SMTPDataError("550", "5.1.1 no"),  # type: ignore[arg-type]  # as it comes back from JSON
        pickle.loads(pickle.dumps(aiosmtplib.SMTPDataError(550, "5.1.1 no"))),
        type("SMTPDataError", (Exception,), {"__module__": "aiosmtplib.errors"})(550, "5.1.1 no"),  # as Celery makes it
    ],
    ids=["text", "pickle", "celery"],
)
def test_an_exception_that_travelled(failure: Exception) -> None:
    assert delivery_statuses(failure)[0].reply == NO


class Odd(smtplib.SMTPResponseException):
    """Its attributes and its text raise exceptions."""

    def __init__(self) -> None:
        Exception.__init__(self)

    @property
    def smtp_code(self) -> int:  # type: ignore[override]
        raise LookupError("code")

    def __str__(self) -> str:
        raise LookupError("text")


class OddRefused(smtplib.SMTPRecipientsRefused):
    def __init__(self, recipients: Any) -> None:
        Exception.__init__(self, "refused")
        self.recipients = recipients


class OddModuleError(Exception):
    """Its class has a `__module__` that is not a text."""

    __module__ = 5  # type: ignore[assignment]


def test_an_exception_whose_class_cannot_be_read() -> None:
    class OddClassError(Exception):
        @property
        def __class__(self) -> type:
            raise LookupError("class")

        @__class__.setter
        def __class__(self, kind: type) -> None:
            raise LookupError("class")

    (found,) = delivery_statuses(OddClassError("words"))
    assert found.local_error == "words"


class FalsyError(Exception):
    def __bool__(self) -> bool:
        return False


def test_a_falsy_exception_is_not_skipped() -> None:
    inner = FalsyError()
    inner.__cause__ = smtplib.SMTPDataError(550, b"5.1.1 no")
    outer = RuntimeError()
    outer.__cause__ = inner
    assert delivery_statuses(outer)[0].reply == NO


@pytest.mark.parametrize("code", [100, 199, 600, 999])
def test_three_digits_that_are_not_a_reply_code(code: int) -> None:
    (found,) = delivery_statuses(smtplib.SMTPResponseException(code, b"what"))
    assert (found.reply.code, condition_of(found)) == (code, DeliveryCondition.PROTOCOL_ERROR)
    assert should_retry(found)


@pytest.mark.parametrize(
    "error", [ssl.SSLEOFError(), ssl.SSLZeroReturnError(), ssl.SSLError("bad mac"), OSError(113, "x")]
)
def test_the_mail_may_be_accepted_if_the_connection_breaks_after_the_dot(error: Exception) -> None:
    failure = smtplib.SMTPServerDisconnected("closed")
    failure.__context__ = error
    (found,) = delivery_statuses(failure, stage=SMTP_STAGE_CONTENT)
    assert condition_of(found) is DeliveryCondition.MAYBE_ACCEPTED


def test_an_exception_that_was_being_handled_is_not_the_cause() -> None:
    failure = KeyError("lib")
    failure.__context__ = ValueError("cfg")
    (found,) = delivery_statuses(failure)
    assert condition_of(found) is DeliveryCondition.NOT_KNOWN
    failure.__cause__ = ValueError("cfg")
    (found,) = delivery_statuses(failure)
    assert condition_of(found) is DeliveryCondition.ARGUMENT_REFUSED


def test_an_endless_group_is_bounded() -> None:
    class Endless(ExceptionGroup[Exception]):
        @property
        def exceptions(self) -> Any:
            while True:
                yield RuntimeError()

    (found,) = delivery_statuses(Endless("endless", [ValueError()]))
    assert found.local_error.startswith("endless")


def test_many_long_messages_take_no_memory() -> None:
    group = ExceptionGroup("many", [RuntimeError(f"{number} " + "x" * 100_000) for number in range(100)])
    assert len(delivery_statuses(group)[0].local_error) == 1000


@pytest.mark.parametrize(
    "failure",
    [
        Odd(),
        OddRefused(None),
        OddRefused(["SMTPRecipientRefused(550, 'no', 'a')"]),
        OddModuleError(),
        BaseExceptionGroup("group", [Odd(), KeyboardInterrupt()]),
    ],
    ids=lambda failure: repr(failure.args)[:40],
)
def test_an_odd_exception_is_still_a_failure(failure: BaseException) -> None:
    """An error handler must not hide the error."""
    (found,) = delivery_statuses(failure, recipients=["b@example.com"])
    assert (found.final_recipient, found.reply.code, found.local_error != "") == ("b@example.com", -1, True)
    assert should_retry(found)


@given(
    st.builds(
        smtplib.SMTPResponseException,
        st.none() | st.text() | st.integers() | st.floats() | st.binary(),
        st.none() | st.text() | st.binary() | st.integers() | st.lists(st.text()),
    )
)
def test_any_content_of_a_clients_exception(failure: Exception) -> None:
    (found,) = delivery_statuses(failure)
    assert found.reply.code == -1 or 100 <= found.reply.code <= 999


def test_exceptions_inside_are_bounded() -> None:
    inner: BaseException = smtplib.SMTPDataError(550, b"5.1.1 no")
    for depth in range(40):
        outer = RuntimeError(f"level {depth}")
        outer.__cause__ = inner
        inner = outer
        (found,) = delivery_statuses(inner)
        assert (found.reply == NO) == (depth < 16)
    ring = RuntimeError("ring")
    ring.__context__ = OSError("inner")
    ring.__context__.__context__ = ring
    assert delivery_statuses(ring)[0].local_error == "ring inner"
    many = [RuntimeError() for _ in range(10_000)]
    for position, is_seen in ((9_998, True), (9_999, False)):  # the group is one of the 10,000
        group = ExceptionGroup("many", [*many[:position], smtplib.SMTPDataError(550, b"5.1.1 no")])
        assert (delivery_statuses(group)[0].reply == NO) == is_seen


def test_members_that_a_group_makes_anew_are_all_read() -> None:
    """Each is freed after it was read, and a later one may get its id."""
    codes = iter(range(450, 470))

    class Group(ExceptionGroup[Exception]):
        exceptions = property(lambda _: (smtplib.SMTPResponseException(next(codes), b"x"),))

    groups = [Group(f"group {number}", [ValueError()]) for number in range(20)]
    failures = [*walk(ExceptionGroup("all", groups))]
    assert [failure.code for failure in failures if failure.has_reply] == list(range(450, 470))
