"""What the exceptions of a client tell, and how that becomes one `DeliveryStatus` for each recipient.

`replies.delivery_statuses` asks the exceptions of Python's clients, and `smtpstatus_dotnet.clr` those of .NET's.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.reply_text import decode, excerpt, mailbox_of, reply_of
from smtpstatus.v1 import DeliveryStatus, SmtpReply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EXCEPTION_LIMIT, DEPTH_LIMIT = 10_000, 16
"""How many exceptions that name nobody are looked at, and how deep: against nests and rings of them."""
WORDS_LIMIT = 1000
"""How many characters of a client's words are kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What one exception tells."""

    code: int = -1
    """The reply code; -1 where there was no reply."""
    text: bytes | str | None = None
    """The reply without its code; None where the client kept none."""
    words: str = ""
    """What the client itself says."""
    stage: int = 0
    """What was answered, where the exception tells."""
    recipient: str = ""
    """Who was refused, where it was one."""
    condition: int = DeliveryCondition.NOT_KNOWN
    """What went wrong where there was no reply."""
    others: int = DeliveryCondition.NOT_KNOWN
    """What became of those whom nobody names, where this names one."""
    told: DeliveryStatus | None = None
    """The whole status, where a gRPC error carries it."""

    @property
    def has_reply(self) -> bool:
        return self.told is not None or 100 <= self.code <= 999


def statuses_of(failures: Sequence[Failure], recipients: Iterable[str], stage: int, name: str) -> list[DeliveryStatus]:
    """Return one status for each of `recipients`, in their order, and then one for each other recipient that is named.

    A recipient has the reply that was given to it; else the first reply that names no recipient; else the failure
    without a reply. If only other recipients were refused, it has the `others` of the first failure that names a
    recipient. If no recipient is known, a single status has an empty one. `name` is the client's message where the
    client gave none.
    """
    named = _by_recipient(failures)
    given = {_key(recipient): recipient for recipient in dict.fromkeys(map(mailbox_of, recipients))}
    reply_to_all = next((failure for failure in failures if failure.has_reply and not failure.recipient), None)
    common = _with_reply(reply_to_all) if reply_to_all else _without_reply(failures, name)
    others = _others(failures, is_certain=not given or named.keys() <= given.keys())
    statuses: list[DeliveryStatus] = []
    for key in {**given, **named} or [""]:
        own = named.get(key)
        if own is None and reply_to_all is None and others is not None:
            status = DeliveryStatus(condition=others)
        else:
            status = DeliveryStatus()
            status.CopyFrom(_own(own, reply_to_all, name) or common)
            status.stage = status.stage or stage
        status.final_recipient = given.get(key) or (own.recipient if own else "")
        statuses.append(status)
    return statuses


def _by_recipient(failures: Sequence[Failure]) -> dict[str, Failure]:
    """Return the failure of each recipient that is named: its first with a reply, or else its last."""
    named: dict[str, Failure] = {}
    for failure in failures:
        key = _key(failure.recipient)
        if key and not (key in named and named[key].has_reply):
            named[key] = failure
    return named


def _others(failures: Sequence[Failure], *, is_certain: bool) -> int | None:
    """Return the condition of the recipients that no failure names, or None if no failure names any.

    It is not certain if a failure names a recipient that was not given: that one may be given by another name.
    """
    others = next((failure.others for failure in failures if failure.recipient), None)
    if others == DeliveryCondition.ACCEPTED and not is_certain:
        return DeliveryCondition.NOT_KNOWN
    return others


def _own(failure: Failure | None, reply_to_all: Failure | None, name: str) -> DeliveryStatus | None:
    """Return the status of a recipient by its own failure, or None if it has none or the reply to all says more."""
    if failure is None or (reply_to_all and not failure.has_reply):
        return None
    return _with_reply(failure) if failure.has_reply else _without_reply([failure], name)


def _key(recipient: str) -> str:
    """Return a mailbox such that two spellings of one are equal: System.Net.Mail writes domains in punycode."""
    local_part, at, domain = recipient.rpartition("@")
    domain = domain.lower()
    if not domain.isascii():
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode()
    return f"{local_part}{at}{domain}"


def _with_reply(failure: Failure) -> DeliveryStatus:
    status = DeliveryStatus()
    if failure.told is not None:
        status.CopyFrom(failure.told)
        return status
    status.stage = failure.stage
    if failure.text is None:
        status.reply.code = failure.code
    else:
        status.reply.CopyFrom(reply_of(failure.code, failure.text))
    if not 400 <= failure.code < 600:  # without words of the client the message would be that of a success
        status.local_error = "the client took this reply for a failure"
    if not 200 <= failure.code < 600:  # three digits, and no reply code
        status.condition = DeliveryCondition.PROTOCOL_ERROR
    return status


def _without_reply(failures: Sequence[Failure], name: str) -> DeliveryStatus:
    words = " ".join(dict.fromkeys(failure.words[:WORDS_LIMIT] for failure in failures if failure.words))
    return DeliveryStatus(
        stage=next((failure.stage for failure in failures if failure.stage), 0),
        reply=SmtpReply(code=-1),
        local_error=words[:WORDS_LIMIT] or name,
        condition=min(failure.condition for failure in failures),
    )


def unreadable(text: bytes | str) -> str:
    """Return the words for a reply that makes no sense. A str is the client's own text, bytes are the server's."""
    words = decode(text)
    return f"expected an SMTP reply, found {excerpt(words)}" if isinstance(text, bytes) else words
