"""What the exceptions of a client tell, and how that becomes one `DeliveryStatus` for each recipient.

`replies.delivery_statuses` asks the exceptions of Python's clients, and `smtpstatus_dotnet.clr` those of .NET's.
"""

from __future__ import annotations

from dataclasses import dataclass

from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.reply_text import decode, excerpt, mailbox_of, reply_of
from smtpstatus.v1.delivery_pb2 import DeliveryStatus, SmtpReply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EXCEPTION_LIMIT, DEPTH_LIMIT = 10_000, 16
"""How many exceptions that name nobody are looked at, and how deep: against nests and rings of them."""
_WORDS_LIMIT = 1000


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


def statuses_of(failures: Sequence[Failure], recipients: Iterable[str], stage: int) -> list[DeliveryStatus]:
    """Return one status for each of `recipients`, in their order, then one for whoever else the failures name.

    Each has the reply that was given to it; else the first reply that was given to nobody in particular. Where
    only others have one, it has what the failures say of those whom they do not name, and where nobody has one,
    the failure without a reply. Where nobody is known, a single status has an empty recipient.
    """
    named: dict[str, Failure] = {}
    for failure in failures:
        if failure.recipient and not (failure.recipient in named and named[failure.recipient].has_reply):
            named[failure.recipient] = failure
    general = next((failure for failure in failures if failure.has_reply and not failure.recipient), None)
    decisive = general or next((failure for failure in failures if failure.has_reply), None)
    common = _with_reply(decisive) if decisive else _without_reply(failures)
    others = next((failure.others for failure in failures if failure.recipient), None)
    statuses: list[DeliveryStatus] = []
    for recipient in dict.fromkeys([*map(mailbox_of, recipients), *named]) or [""]:
        own = named.get(recipient)
        if own is None and general is None and others is not None:
            statuses.append(DeliveryStatus(final_recipient=recipient, condition=others))
            continue
        status = DeliveryStatus()
        status.CopyFrom(_with_reply(own) if own and own.has_reply else common)
        status.final_recipient = recipient
        status.stage = status.stage or stage
        statuses.append(status)
    return statuses


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
    return status


def _without_reply(failures: Sequence[Failure]) -> DeliveryStatus:
    words = " ".join(dict.fromkeys(failure.words for failure in failures if failure.words))[:_WORDS_LIMIT]
    return DeliveryStatus(
        stage=next((failure.stage for failure in failures if failure.stage), 0),
        reply=SmtpReply(code=-1),
        local_error=words,
        condition=min(failure.condition for failure in failures),
    )


def unreadable(text: bytes | str) -> str:
    """Return the words for what was to be a reply and is none; text is the client's own, bytes are the server's."""
    words = decode(text)
    return f"expected an SMTP reply, found {excerpt(words)}" if isinstance(text, bytes) else words
