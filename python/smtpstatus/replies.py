"""Replies of SMTP servers and failures of Python's SMTP clients, as messages of `smtpstatus.v1`."""

from __future__ import annotations

from collections.abc import Mapping

from smtpstatus.client_exceptions import refusal, walk
from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.failures import statuses_of
from smtpstatus.meaning import condition_of, rpc_code, should_retry
from smtpstatus.reply_search import find_reply
from smtpstatus.reply_text import (
    REPLY_PATTERN,
    ReplyError,
    format_reply,
    mailbox_of,
    parse_replies,
    parse_reply,
    reply_of,
)
from smtpstatus.smtp_stage import SmtpStage
from smtpstatus.v1 import DeliveryStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = [
    "REPLY_PATTERN",
    "ReplyError",
    "condition_of",
    "delivery_statuses",
    "find_reply",
    "format_reply",
    "parse_replies",
    "parse_reply",
    "reply_of",
    "rpc_code",
    "should_retry",
]


def delivery_statuses(
    failure: BaseException | Mapping[str, tuple[int, bytes | str]],
    *,
    recipients: Iterable[str] = (),
    stage: int = SmtpStage.NOT_DEFINED,
    encoding: str = "utf-8",
) -> list[DeliveryStatus]:
    """Return what became of each recipient, from an exception of smtplib, aiosmtplib or any other library.

    `failure` may also be the mapping of refused recipients that `sendmail` of these clients returns: the server has the
    mail for all others. `recipients` are the recipients of the mail. The result has a status for each of them, in
    their order, and then one for each other recipient that the failure names. If no recipient is known, it is a single
    status with an empty recipient. A recipient that the failure does not name gets no reply: its `condition` says what
    is known (accepted, not sent or not known).

    The reply may be in an inner exception, if a program, a task group or a library raised its own: in `__cause__`, in
    `__context__` and in exception groups. The first reply counts, in at most 10,000 exceptions beside
    those that name another recipient. If a gRPC error carries
    a DeliveryStatus, the result is that status.

    The stage is that of the exception's type, or else `stage`. `encoding` is that of the server's text, see
    `parse_reply`. A failure without a reply, or with a malformed one, has
    code -1, the client's message in `local_error`, and a `condition`. If a client took a 2yz or 3yz for a failure,
    `local_error` says so: without it, the status would be that of a success.

    Raises TypeError if `failure` is neither an exception nor a mapping, and LookupError if a reply is to be decoded and
    there is no such encoding. Nothing that an exception holds makes it raise.
    """
    recipients = [recipients] if isinstance(recipients, str) else list(recipients)
    error: Any = failure
    if issubclass(type(error), BaseException):
        return statuses_of([*walk(error)], recipients, stage, type(error).__name__, encoding)
    if not isinstance(failure, Mapping):
        raise TypeError(f"expected an exception, or the mapping that sendmail returns, found {type(error).__name__}")
    if not failure:
        mailboxes = dict.fromkeys(map(mailbox_of, recipients))
        return [DeliveryStatus(final_recipient=name, condition=DeliveryCondition.ACCEPTED) for name in mailboxes]
    refused = [refusal(recipient, reply, DeliveryCondition.ACCEPTED) for recipient, reply in failure.items()]
    return statuses_of(refused, recipients, stage, "", encoding)
