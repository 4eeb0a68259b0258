"""What the exceptions of a client say, and how that becomes one `DeliveryStatus` for each recipient.

`client_exceptions` reads the exceptions of Python's clients, and `smtpstatus_dotnet.clr_exceptions` those of .NET's.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from smtpstatus import limits
from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.reply_text import decode, excerpt, mailbox_of, reply_of
from smtpstatus.v1 import DeliveryStatus, SmtpReply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Failure:
    """What one exception says."""

    code: int = -1
    """The reply code; -1 if there was no reply."""
    server_text: bytes | str | None = None
    """The reply without its code; None if the client did not keep it."""
    client_text: str = ""
    """The client's own message."""
    stage: int = 0
    """The stage that was answered, if the exception says it."""
    recipient: str = ""
    """The refused recipient, if the exception names one."""
    condition: int = DeliveryCondition.NOT_KNOWN
    """What went wrong if there was no reply."""
    condition_of_others: int = DeliveryCondition.NOT_KNOWN
    """What became of the recipients that no exception names, if this one names a recipient."""
    carried_status: DeliveryStatus | None = None
    """The whole status, if a gRPC error carries it."""

    @property
    def has_reply(self) -> bool:
        return self.carried_status is not None or 100 <= self.code <= 999


def statuses_of(
    failures: Sequence[Failure], recipients: Iterable[str], stage: int, name: str, encoding: str = "utf-8"
) -> list[DeliveryStatus]:
    """Return one status for each of `recipients`, in their order, and then one for each other recipient that is named.

    A recipient has the reply that was given to it; else the first reply that names no recipient; else the failure
    without a reply. If only other recipients were refused, it has the `condition_of_others` of the first failure that
    names a recipient. If no recipient is known, the result is one status with an empty recipient. `name` stands in for
    the client's message if the client gave none. `encoding` is that of the server's texts.
    """
    named = _by_recipient(failures)
    given = {_key(recipient): recipient for recipient in dict.fromkeys(map(mailbox_of, recipients))}
    keys = {**given, **named} or [""]
    kept = max(limits.SERVER_TEXT_CHARACTERS, limits.SERVER_TEXTS_CHARACTERS // len(keys))
    reply_to_all = _reply_to_all(failures)
    if reply_to_all:
        unnamed = _status(reply_to_all, stage, name, kept, encoding)
    else:
        unnamed = _status_of_others(failures, given, named) or _status_without_reply(failures, stage, name)
    statuses: list[DeliveryStatus] = []
    for key in keys:
        own = named.get(key)
        if own is None or (reply_to_all and not own.has_reply):
            status = DeliveryStatus()
            status.CopyFrom(unnamed)
        else:
            status = _status(own, stage, name, kept, encoding)
        status.final_recipient = given.get(key) or (own.recipient if own else "")
        statuses.append(status)
    return statuses


def _reply_to_all(failures: Sequence[Failure]) -> Failure | None:
    """Return the first failure with a reply that names no recipient."""
    return next((failure for failure in failures if failure.has_reply and not failure.recipient), None)


def _by_recipient(failures: Sequence[Failure]) -> dict[str, Failure]:
    """Return the failure of each recipient that is named: its first with a reply, or else its last."""
    named: dict[str, Failure] = {}
    for failure in failures:
        key = _key(failure.recipient)
        if key and not (key in named and named[key].has_reply):
            named[key] = failure
    return named


def _status_of_others(
    failures: Sequence[Failure], given: Mapping[str, str], named: Mapping[str, Failure]
) -> DeliveryStatus | None:
    """Return the status of the recipients that no failure names, or None if no failure names a recipient."""
    condition = next((failure.condition_of_others for failure in failures if failure.recipient), None)
    if condition is None:
        return None
    if condition == DeliveryCondition.ACCEPTED and given and not named.keys() <= given.keys():
        condition = DeliveryCondition.NOT_KNOWN  # the refused recipient may be a given one in another spelling
    return DeliveryStatus(condition=condition)


def _key(recipient: str) -> str:
    """Return the same text for every spelling of a mailbox: System.Net.Mail writes domains in punycode."""
    local_part, at, domain = recipient.rpartition("@")
    domain = domain.lower()
    if not domain.isascii() and len(domain) <= limits.DOMAIN_CHARACTERS:
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode()
    return f"{local_part}{at}{domain}"


def _status(failure: Failure, stage: int, name: str, kept: int, encoding: str) -> DeliveryStatus:
    """Return the status of one failure. `kept` is how many characters of the server's text it may have."""
    if not failure.has_reply:
        return _status_without_reply([failure], stage, name)
    status = DeliveryStatus()
    if failure.carried_status is not None:
        status.CopyFrom(failure.carried_status)
        status.stage = status.stage or stage
        return status
    status.stage = failure.stage or stage
    if failure.server_text is None:
        status.reply.code = failure.code
    else:
        status.reply.CopyFrom(reply_of(failure.code, failure.server_text[:kept], encoding=encoding))
    if not 400 <= failure.code < 600:  # without a local error, the status would be that of a success
        status.local_error = "the client took this reply for a failure"
    if not 200 <= failure.code < 600:  # three digits that are not a reply code
        status.condition = DeliveryCondition.PROTOCOL_ERROR
    return status


def _status_without_reply(failures: Sequence[Failure], stage: int, name: str) -> DeliveryStatus:
    texts = dict.fromkeys(
        failure.client_text[: limits.CLIENT_TEXT_CHARACTERS] for failure in failures if failure.client_text
    )
    return DeliveryStatus(
        stage=next((failure.stage for failure in failures if failure.stage), stage),
        reply=SmtpReply(code=-1),
        local_error=" ".join(texts)[: limits.CLIENT_TEXT_CHARACTERS] or name,
        condition=min(failure.condition for failure in failures),  # the first in the .proto file says most
    )


def unreadable(text: bytes | str) -> str:
    """Return the message for a reply that makes no sense: bytes come from the server, a str from the client."""
    message = decode(text)
    return f"expected an SMTP reply, found {excerpt(message)}" if isinstance(text, bytes) else message
