"""Replies of SMTP servers and failures of Python's SMTP clients, as messages of `smtpstatus.v1`.

smtplib and aiosmtplib hand replies out in pieces, inside exceptions; neither of them is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import islice

from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.failures import DEPTH_LIMIT, EXCEPTION_LIMIT, WORDS_LIMIT, Failure, statuses_of, unreadable
from smtpstatus.meaning import condition_of, rpc_code, should_retry
from smtpstatus.reply_text import ReplyError, decode, format_reply, mailbox_of, parse_reply, reply_of
from smtpstatus.smtp_stage import SmtpStage
from smtpstatus.v1 import DeliveryStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

__all__ = [
    "ReplyError",
    "condition_of",
    "delivery_statuses",
    "format_reply",
    "parse_reply",
    "reply_of",
    "rpc_code",
    "should_retry",
]

_CLIENTS = ("smtplib", "aiosmtplib")
# The exceptions that say what was answered: those with these names in either client. SMTPDataError does not:
# the command and the message share it.
_STAGES = {
    "SMTPConnectError": SmtpStage.CONNECT,
    "SMTPHeloError": SmtpStage.EHLO,
    "SMTPAuthenticationError": SmtpStage.AUTH,
    "SMTPSenderRefused": SmtpStage.MAIL,
    "SMTPRecipientRefused": SmtpStage.RCPT,
    "SMTPRecipientsRefused": SmtpStage.RCPT,
}
_WITH_REPLY = {"SMTPResponseException", "SMTPDataError", *_STAGES}
# What an exception without a reply says of itself, by its class or the nearest base of that name.
_CONDITIONS = {
    "ssl.SSLEOFError": DeliveryCondition.UNREACHABLE,  # the connection broke, whatever the layer
    "ssl.SSLZeroReturnError": DeliveryCondition.UNREACHABLE,
    "ssl.SSLError": DeliveryCondition.TLS_REFUSED,
    "socket.gaierror": DeliveryCondition.NAME_LOOKUP_FAILED,
    "builtins.TimeoutError": DeliveryCondition.TIMED_OUT,
    "asyncio.exceptions.CancelledError": DeliveryCondition.CANCELLED,
    "concurrent.futures._base.CancelledError": DeliveryCondition.CANCELLED,
    "builtins.KeyboardInterrupt": DeliveryCondition.CANCELLED,
    "builtins.SystemExit": DeliveryCondition.CANCELLED,
    "builtins.ConnectionError": DeliveryCondition.UNREACHABLE,
    "smtplib.SMTPServerDisconnected": DeliveryCondition.UNREACHABLE,
    "smtplib.SMTPResponseException": DeliveryCondition.PROTOCOL_ERROR,
    "aiosmtplib.errors.SMTPResponseException": DeliveryCondition.PROTOCOL_ERROR,
    "binascii.Error": DeliveryCondition.PROTOCOL_ERROR,  # smtplib's, of a challenge in AUTH
    "builtins.UnicodeDecodeError": DeliveryCondition.PROTOCOL_ERROR,
    "smtplib.SMTPNotSupportedError": DeliveryCondition.FEATURE_NOT_OFFERED,
    "aiosmtplib.errors.SMTPNotSupported": DeliveryCondition.FEATURE_NOT_OFFERED,
    "builtins.ValueError": DeliveryCondition.ARGUMENT_REFUSED,
    "builtins.TypeError": DeliveryCondition.ARGUMENT_REFUSED,
}
# The same, of the class itself only: the clients raise their base class where AUTH or STARTTLS is not offered, and
# the operating system where there is no route.
_CONDITIONS_OF_CLASSES = {
    "smtplib.SMTPException": DeliveryCondition.FEATURE_NOT_OFFERED,
    "aiosmtplib.errors.SMTPException": DeliveryCondition.FEATURE_NOT_OFFERED,
    "builtins.OSError": DeliveryCondition.UNREACHABLE,
}


def delivery_statuses(
    failure: BaseException | Mapping[str, tuple[int, bytes | str]],
    *,
    recipients: Iterable[str] = (),
    stage: int = SmtpStage.NOT_DEFINED,
) -> list[DeliveryStatus]:
    """Return what became of each recipient, from an exception of smtplib or aiosmtplib, or of any kind.

    Or from the mapping of refused recipients that their `sendmail` returns: the server has the mail of all others.

    With `recipients`, to whom the mail was to go, there is one for each of them, in their order, and then one for
    whoever else the failure names. Without, there is one for each that it names, and where it names nobody, a single
    one with an empty recipient. Of whom the failure does not name, `condition` says what is known: accepted, not sent,
    or not known; no reply is invented.

    The reply may be inside, where a program, a task group or a library raised an exception of its own instead: in
    `__cause__`, in `__context__` and in exception groups. The first found counts, in at most 10,000 exceptions.
    A gRPC error that carries a DeliveryStatus is that status.

    The stage is what the exception's type tells, else `stage`. A failure without a reply, or with one that made
    no sense, is code -1 with the client's words in `local_error`, and `condition` says what went wrong. Where a client
    took a 2yz or 3yz for a failure, `local_error` says so: without it the message would be that of a success.

    Raises TypeError for what is neither; never for an exception, however odd.
    """
    recipients = [recipients] if isinstance(recipients, str) else list(recipients)
    error: Any = failure
    if issubclass(type(error), BaseException):
        return statuses_of([*walk(error)], recipients, stage, type(error).__name__)
    if not isinstance(failure, Mapping):
        raise TypeError(f"expected an exception, or the mapping out of what sendmail returns, found {error!r:.50}")
    if not failure:
        mailboxes = dict.fromkeys(map(mailbox_of, recipients))
        return [DeliveryStatus(final_recipient=name, condition=DeliveryCondition.ACCEPTED) for name in mailboxes]
    refused = [_refusal(recipient, reply, DeliveryCondition.ACCEPTED) for recipient, reply in failure.items()]
    return statuses_of(refused, recipients, stage, "")


def walk(error: BaseException, read_foreign: Callable[[Any], list[Failure]] | None = None) -> Iterator[Failure]:
    """Yield what an exception and all inside it tell, outer ones first, each once.

    `read_foreign` returns what an exception of another runtime tells, with all inside it; nothing for one of Python.
    """
    seen: set[int] = set()
    waiting = [(error, 0, False)]
    nameless = 0
    while waiting and nameless < EXCEPTION_LIMIT:
        inner, depth, is_context = waiting.pop()
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        foreign = read_foreign(inner) if read_foreign else []
        failures = foreign or _failures(inner, is_context=is_context)
        nameless += not any(failure.recipient for failure in failures)
        yield from failures
        if depth < DEPTH_LIMIT and not foreign:
            waiting += reversed(_inside(inner, depth))


def _inside(error: BaseException, depth: int) -> list[tuple[BaseException, int, bool]]:
    """Return the exceptions that Python's traceback shows below one, each with its depth.

    The last item of each says whether it is a `__context__`, which was only being handled when the other was raised.
    That of a client's exception tells a cause (a timeout), and nothing is looked for behind it: there may be an earlier
    attempt, with another reply.
    """
    inside: list[tuple[Any, int, bool]] = []
    with suppress(Exception):  # whatever a stranger's exception has there
        exceptions: Any = getattr(error, "exceptions", ()) if issubclass(type(error), BaseExceptionGroup) else ()
        has_end = type(exceptions) is tuple  # what another class makes of it need not have one
        inside += [(one, depth + 1, False) for one in islice(exceptions, None if has_end else EXCEPTION_LIMIT)]
        context = None if error.__suppress_context__ else error.__context__
        if error.__cause__ is not None:
            inside.append((error.__cause__, depth + 1, False))
        elif context is not None and not _client_names(error):
            inside.append((context, depth + 1, True))
        elif context is not None and not _client_names(context):
            inside.append((context, DEPTH_LIMIT, True))
    return [one for one in inside if issubclass(type(one[0]), BaseException)]


def _client_names(error: BaseException) -> list[str]:
    """Return what a client calls the class of its exception, and its bases."""
    return [kind.__name__ for kind in type(error).__mro__ if str(kind.__module__).partition(".")[0] in _CLIENTS]


def _failures(error: BaseException, *, is_context: bool) -> list[Failure]:
    """Return what one exception tells. An odd one is still a failure."""
    with suppress(Exception):
        if told := _of_grpc(error):
            return [told]
    with suppress(Exception):
        if found := [*_of_client(error, _client_names(error))]:
            return found
    words = type(error).__name__
    condition: int = DeliveryCondition.NOT_KNOWN
    stage: int = SmtpStage.NOT_DEFINED
    with suppress(Exception):
        words = decode(str(error))[:WORDS_LIMIT] or words
    with suppress(Exception):
        condition, stage = _condition(error), _stage(_client_names(error))
    if is_context and condition == DeliveryCondition.ARGUMENT_REFUSED:
        condition = DeliveryCondition.NOT_KNOWN  # whatever was handled when something else failed
    return [Failure(words=words, condition=condition, stage=stage)]


def _of_client(error: Any, names: list[str]) -> Iterator[Failure]:
    """Yield what an exception of smtplib or aiosmtplib tells; nothing where it has no reply."""
    stage = _stage(names)
    if "SMTPRecipientsRefused" in names:
        refused = [*_refused(error.recipients)]
        if not error.recipients:  # smtplib says so where it was given nobody to send to
            yield Failure(words=decode(str(error)), stage=stage, condition=DeliveryCondition.ARGUMENT_REFUSED)
        yield from refused
        # The server hangs up, and nobody has the mail: also those who were accepted or never tried.
        yield from [Failure(one.code, one.text, stage=stage) for one in refused if one.code == 421]
    elif not _WITH_REPLY.isdisjoint(names):
        code, text, *_ = _reply(error)
        recipient = mailbox_of(error.recipient) if "SMTPRecipientRefused" in names else ""
        if (code, text) == (500, "Line too long."):  # said by smtplib of its own accord: replies are bytes
            code = -1
        yield _failure(code, text, stage, recipient)


def _reply(error: Any) -> tuple[object, ...]:
    """Return code and text, which may be lost but for `args`, where an exception travelled as JSON or a pickle."""
    for code, text in (("smtp_code", "smtp_error"), ("code", "message")):
        if hasattr(error, code):
            return getattr(error, code), getattr(error, text)
    return tuple(error.args)


def _refused(recipients: Any) -> Iterator[Failure]:
    """Yield what SMTPRecipientsRefused holds: a mapping in smtplib, a list of exceptions in aiosmtplib."""
    if hasattr(recipients, "items"):
        yield from (_refusal(recipient, reply, DeliveryCondition.NOT_SENT) for recipient, reply in recipients.items())
    else:
        for one in recipients:
            if hasattr(one, "recipient"):
                yield _refusal(one.recipient, _reply(one), DeliveryCondition.NOT_SENT)


def _refusal(recipient: object, reply: Any, others: int) -> Failure:
    """Return the refusal of one recipient. One that is odd hides neither itself nor the others."""
    code, text = -1, ""
    with suppress(Exception):
        code, text, *_ = reply
    return _failure(code, text, SmtpStage.RCPT, mailbox_of(str(recipient)), others)


def _failure(
    code: object, text: object, stage: int, recipient: str = "", others: int = DeliveryCondition.NOT_KNOWN
) -> Failure:
    """Return what a client hands out of a reply; code -1, where that made no sense."""
    said = text if text is None or isinstance(text, (bytes, str)) else str(text)
    number = -1
    with suppress(ValueError):
        number = int(code) if isinstance(code, (int, str)) else -1
    if 100 <= number <= 999:
        return Failure(number, said, stage=stage, recipient=recipient, others=others)
    words = unreadable(said or "")[:WORDS_LIMIT] or "the reply made no sense"
    return Failure(-1, None, words, stage, recipient, DeliveryCondition.PROTOCOL_ERROR, others)


def _stage(names: list[str]) -> int:
    return next((_STAGES[name] for name in names if name in _STAGES), SmtpStage.NOT_DEFINED)


def _condition(error: BaseException) -> int:
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
    found = next((_CONDITIONS[name] for name in names if name in _CONDITIONS), None)
    return found or _CONDITIONS_OF_CLASSES.get(names[0], DeliveryCondition.NOT_KNOWN)


def _of_grpc(error: Any) -> Failure | None:
    """Return what the error of a gRPC call carries; None for another exception."""
    if not callable(getattr(error, "trailing_metadata", None)):
        return None
    from smtpstatus.rpc import from_rpc_error

    status = from_rpc_error(error)
    return None if status is None else Failure(told=status, recipient=mailbox_of(status.final_recipient))
