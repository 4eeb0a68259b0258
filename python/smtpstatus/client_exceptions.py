"""The exceptions of Python's SMTP clients, smtplib and aiosmtplib, and of code that wraps these exceptions.

Neither client is imported here: their exceptions are recognized by name. `smtpstatus_dotnet.clr_exceptions` reads those
of .NET's clients; in C#, `ClientException.cs` and `ExceptionConditions.cs` do.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

from smtpstatus import limits
from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.failures import Failure, unreadable
from smtpstatus.reply_text import decode, mailbox_of
from smtpstatus.smtp_stage import SmtpStage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_CLIENTS = ("smtplib", "aiosmtplib")
# The stage of the exceptions with these names, in both clients. SMTPDataError has no stage: it is raised for the
# DATA command and for the message.
_STAGES = {
    "SMTPConnectError": SmtpStage.CONNECT,
    "SMTPHeloError": SmtpStage.EHLO,
    "SMTPAuthenticationError": SmtpStage.AUTH,
    "SMTPSenderRefused": SmtpStage.MAIL,
    "SMTPRecipientRefused": SmtpStage.RCPT,
    "SMTPRecipientsRefused": SmtpStage.RCPT,
}
_WITH_REPLY = {"SMTPResponseException", "SMTPDataError", *_STAGES}
# What went wrong if there was no reply, by the exception's class or its nearest base in this table.
_CONDITIONS = {
    "ssl.SSLEOFError": DeliveryCondition.UNREACHABLE,  # the connection broke
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
    "binascii.Error": DeliveryCondition.PROTOCOL_ERROR,  # smtplib raises it for a challenge of AUTH
    "builtins.UnicodeDecodeError": DeliveryCondition.PROTOCOL_ERROR,
    "smtplib.SMTPNotSupportedError": DeliveryCondition.FEATURE_NOT_OFFERED,
    "aiosmtplib.errors.SMTPNotSupported": DeliveryCondition.FEATURE_NOT_OFFERED,
    "builtins.ValueError": DeliveryCondition.ARGUMENT_REFUSED,
    "builtins.TypeError": DeliveryCondition.ARGUMENT_REFUSED,
}
# The same for these classes themselves, but not their subclasses: the clients raise their base class if the server does
# not offer AUTH or STARTTLS, and the operating system raises OSError if there is no route.
_CONDITIONS_OF_CLASSES = {
    "smtplib.SMTPException": DeliveryCondition.FEATURE_NOT_OFFERED,
    "aiosmtplib.errors.SMTPException": DeliveryCondition.FEATURE_NOT_OFFERED,
    "builtins.OSError": DeliveryCondition.UNREACHABLE,
}
_DICT_ITEMS = type(dict[str, str]().items())


def walk(error: BaseException, read_foreign: Callable[[Any], list[Failure]] | None = None) -> Iterator[Failure]:
    """Yield what an exception and the exceptions inside it say: the outermost first, each exception once.

    `read_foreign` returns what an exception of another runtime and those inside it say; it returns an empty list for
    an exception of Python.
    """
    seen: dict[int, BaseException] = {}  # it keeps them: the id of a freed exception may be given again
    waiting = [(error, 0, False)]
    named: set[str] = set()
    futile = 0
    while waiting and futile < limits.EXCEPTION_COUNT:
        inner, depth, is_context = waiting.pop()
        if id(inner) in seen:
            continue
        seen[id(inner)] = inner
        foreign = read_foreign(inner) if read_foreign else []
        failures = foreign or _failures(inner, is_context=is_context)
        recipients = {failure.recipient for failure in failures if failure.recipient}
        if recipients <= named:  # each failure counts, because many exceptions may share one mapping of recipients
            futile += len(failures)
        named |= recipients
        yield from failures
        if depth < limits.EXCEPTION_DEPTH and not foreign:
            waiting += reversed(_inside(inner, depth))


def _inside(error: BaseException, depth: int) -> list[tuple[BaseException, int, bool]]:
    """Return the exceptions that Python's traceback shows below an exception.

    Each comes with its depth, and with whether it is a `__context__`, which was only being handled when the outer
    exception was raised. The context of a client's exception is the cause (a timeout). The search ends there, because
    the next context may be an earlier attempt, with another reply.
    """
    inside: list[tuple[Any, int, bool]] = []
    with suppress(Exception):  # foreign exceptions may have anything in these attributes
        inside += ((exception, depth + 1, False) for exception in _members(error))
        context = None if error.__suppress_context__ else error.__context__
        if error.__cause__ is not None:
            inside.append((error.__cause__, depth + 1, False))
        elif context is not None and not _client_names(error):
            inside.append((context, depth + 1, True))
        elif context is not None and not _client_names(context):
            inside.append((context, limits.EXCEPTION_DEPTH, True))
    return [item for item in inside if issubclass(type(item[0]), BaseException)]


def _members(error: BaseException) -> Iterator[Any]:
    """Return the exceptions of a group."""
    exceptions: Any = getattr(error, "exceptions", ()) if issubclass(type(error), BaseExceptionGroup) else ()
    return _finite(exceptions)


def _finite(items: Any) -> Iterator[Any]:
    """Yield the items. Only Python's own containers are known to end; a class of others may go on for ever."""
    is_finite = type(items) in (tuple, list, _DICT_ITEMS)
    return islice(items, None if is_finite else limits.EXCEPTION_COUNT)


def _client_names(error: BaseException) -> list[str]:
    """Return the names of the exception's class and its bases that belong to a client."""
    return [class_.__name__ for class_ in type(error).__mro__ if str(class_.__module__).partition(".")[0] in _CLIENTS]


def _failures(error: BaseException, *, is_context: bool) -> list[Failure]:
    """Return what one exception says. An exception that cannot be read is still a failure."""
    with suppress(Exception):
        if carried := _of_grpc(error):
            return [carried]
    with suppress(Exception):
        if failures := [*_of_client(error, _client_names(error))]:
            return failures
    text = type(error).__name__
    condition: int = DeliveryCondition.NOT_KNOWN
    stage: int = SmtpStage.NOT_DEFINED
    with suppress(Exception):
        text = _client_text(error) or text
    with suppress(Exception):
        condition, stage = _condition(error), _stage(_client_names(error))
    if is_context and condition == DeliveryCondition.ARGUMENT_REFUSED:
        condition = DeliveryCondition.NOT_KNOWN  # it may have nothing to do with the failure
    return [Failure(client_text=text, condition=condition, stage=stage)]


def _client_text(error: BaseException) -> str:
    return decode(str(error)[: limits.CLIENT_TEXT_CHARACTERS])


def _of_client(error: Any, names: list[str]) -> Iterator[Failure]:
    """Yield what an exception of smtplib or aiosmtplib says; nothing if it has no reply."""
    stage = _stage(names)
    if "SMTPRecipientsRefused" in names:
        refused = [*_refused(error.recipients)]
        if not error.recipients:  # smtplib was given no recipients
            yield Failure(client_text=_client_text(error), stage=stage, condition=DeliveryCondition.ARGUMENT_REFUSED)
        yield from refused
        # The server closes the connection after 421, so no recipient has the mail, not even an accepted one.
        yield from [
            Failure(failure.code, failure.server_text, stage=stage) for failure in refused if failure.code == 421
        ]
    elif not _WITH_REPLY.isdisjoint(names):
        code, text, *_ = _reply(error)
        recipient = mailbox_of(error.recipient) if "SMTPRecipientRefused" in names else ""
        if (code, text) == (500, "Line too long."):  # this is smtplib's own: a server's reply is bytes
            code = -1
        yield _failure_of(code, text, stage, recipient)


def _reply(error: Any) -> tuple[object, ...]:
    """Return code and text. An exception that was pickled or sent as JSON may have them in `args` only."""
    for code, text in (("smtp_code", "smtp_error"), ("code", "message")):
        if hasattr(error, code):
            return getattr(error, code), getattr(error, text)
    return tuple(islice(error.args, 2))


def _refused(recipients: Any) -> Iterator[Failure]:
    """Yield the refusals in SMTPRecipientsRefused: a mapping in smtplib, a list of exceptions in aiosmtplib."""
    if hasattr(recipients, "items"):
        for recipient, reply in _finite(recipients.items()):
            yield refusal(recipient, reply, DeliveryCondition.NOT_SENT)
    else:
        for error in _finite(recipients):
            if hasattr(error, "recipient"):
                yield refusal(error.recipient, _reply(error), DeliveryCondition.NOT_SENT)


def refusal(recipient: object, reply: Any, condition_of_others: int) -> Failure:
    """Return the refusal of one recipient. A malformed reply is still a refusal."""
    code, text = -1, ""
    with suppress(Exception):
        code, text = islice(reply, 2)
    return _failure_of(code, text, SmtpStage.RCPT, mailbox_of(_text(recipient)), condition_of_others)


def _failure_of(
    code: object,
    text: object,
    stage: int,
    recipient: str = "",
    condition_of_others: int = DeliveryCondition.NOT_KNOWN,
) -> Failure:
    """Return the failure for the two parts of a reply that a client gives; code -1 if they make no sense."""
    server_text = text if text is None or isinstance(text, bytes) else _text(text)
    number = -1
    with suppress(Exception):
        number = int(code) if isinstance(code, (int, str)) else -1
    if 100 <= number <= 999:
        return Failure(number, server_text, "", stage, recipient, condition_of_others=condition_of_others)
    message = unreadable((server_text or "")[: limits.CLIENT_TEXT_CHARACTERS]) or "the reply made no sense"
    return Failure(-1, None, message, stage, recipient, DeliveryCondition.PROTOCOL_ERROR, condition_of_others)


def _text(value: object) -> str:
    """Return the text of a value that should be one; the name of its type if it has no text."""
    with suppress(Exception):
        return str(value)
    return type(value).__name__


def _stage(names: list[str]) -> int:
    return next((_STAGES[name] for name in names if name in _STAGES), SmtpStage.NOT_DEFINED)


def _condition(error: BaseException) -> int:
    names = [f"{class_.__module__}.{class_.__qualname__}" for class_ in type(error).__mro__]
    condition = next((_CONDITIONS[name] for name in names if name in _CONDITIONS), None)
    return condition or _CONDITIONS_OF_CLASSES.get(names[0], DeliveryCondition.NOT_KNOWN)


def _of_grpc(error: Any) -> Failure | None:
    """Return the status that the error of a gRPC call carries; None for any other exception."""
    if not callable(getattr(error, "trailing_metadata", None)):
        return None
    from smtpstatus.rpc import from_rpc_error

    status = from_rpc_error(error)
    return None if status is None else Failure(carried_status=status, recipient=mailbox_of(status.final_recipient))
