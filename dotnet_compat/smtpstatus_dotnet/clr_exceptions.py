"""What the exceptions of .NET's SMTP clients tell, in a process that hosts .NET by pythonnet.

C# has the same in `ClientException.cs` and `ExceptionConditions.cs`; the tests compare the messages that both make of
each exception. Nothing is asked of a value that pythonnet answers wrongly. Importing this loads no runtime.
"""

from __future__ import annotations

import re
from contextlib import suppress
from importlib import import_module
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from smtpstatus.failures import Failure
    from smtpstatus.v1 import DeliveryStatus

# The text that precedes the server's words, in messages of Aspose.Email, System.Net.Mail and MailKit.
_SERVER_SAID = re.compile("The server response(?: was)?: |(?<=unexpectedly disconnected): ")

# What an exception without a reply says of what went wrong, by its type or the nearest base of that name.
_CONDITIONS = {
    "MailKit.Security.AuthenticationException": "AUTHENTICATION_REFUSED",
    "MailKit.ServiceNotAuthenticatedException": "AUTHENTICATION_REFUSED",
    "System.Security.Authentication.AuthenticationException": "TLS_REFUSED",
    "MailKit.Security.SslHandshakeException": "TLS_REFUSED",
    "System.TimeoutException": "TIMED_OUT",
    "Aspose.Email.TimeoutException": "TIMED_OUT",
    "System.OperationCanceledException": "CANCELLED",
    "Aspose.Email.Exceptions.OperationCanceledException": "CANCELLED",
    "System.ObjectDisposedException": "CANCELLED",
    # The client disposes its connection when the server closes it.
    "Aspose.Email.Exceptions.ObjectDisposedException": "UNREACHABLE",
    "System.Net.Sockets.SocketException": "UNREACHABLE",
    "MailKit.ProtocolException": "UNREACHABLE",
    "MailKit.ServiceNotConnectedException": "UNREACHABLE",
    "System.NotSupportedException": "FEATURE_NOT_OFFERED",
    "System.ArgumentException": "ARGUMENT_REFUSED",
    "System.InvalidOperationException": "ARGUMENT_REFUSED",
    "MimeKit.ParseException": "ARGUMENT_REFUSED",
    "Aspose.Email.AsposeInvalidOperationException": "ARGUMENT_REFUSED",
    "Aspose.Email.AsposeArgumentException": "ARGUMENT_REFUSED",
}
# Two clients have one type of exception for everything. Their own words tell these conditions, by how they begin.
_OF_ONE_TYPE = ("System.Net.Mail.SmtpException", "Aspose.Email.SmtpException")
_CONDITIONS_BY_WORDS = {
    "The operation has timed out.": "TIMED_OUT",
    "Server does not support secure connections.": "FEATURE_NOT_OFFERED",
    "The client or server is only configured for E-mail addresses with ASCII local-parts": "FEATURE_NOT_OFFERED",
    "Security option ": "FEATURE_NOT_OFFERED",
    "Authentication failed.": "AUTHENTICATION_REFUSED",
}
# SocketError: HostNotFound, TryAgain, NoRecovery and NoData; TimedOut; OperationAborted.
_CONDITIONS_OF_SOCKETS = {
    **dict.fromkeys((11001, 11002, 11003, 11004), "NAME_LOOKUP_FAILED"),
    10060: "TIMED_OUT",
    995: "CANCELLED",
}


def delivery_statuses(exception: Exception, *, recipients: Iterable[str] = (), stage: int = 0) -> list[DeliveryStatus]:
    """Return what became of each recipient, from an exception of Aspose.Email, System.Net.Mail, MailKit, or any other.

    With `recipients`, to whom the mail was to go, there is one for each of them, in their order, and then one for
    whoever else the exception names. Without, there is one for each that it names, and where it names nobody, a single
    one with an empty recipient. Of whom it does not name, `condition` says what is known: accepted, not sent, or not
    known; no reply is invented.

    These clients keep the reply somewhere among the exceptions inside, and not always in the same place: the first
    code found there counts, in at most 10,000 exceptions that name nobody. Where they kept none, the code is -1,
    `local_error` has their words, and `condition` says what went wrong. The stage is what an exception's type tells,
    else `stage`. An exception of Python is read as `smtpstatus.replies` does, and what .NET raised is found inside it.
    """
    from smtpstatus import replies
    from smtpstatus.failures import statuses_of

    failures = [*replies.walk(exception, _of_dotnet)]
    recipients = [recipients] if isinstance(recipients, str) else recipients
    return statuses_of(failures, recipients, stage, type(exception).__name__)


def _of_dotnet(exception: Any) -> list[Failure]:
    return [*_walk(exception)] if hasattr(exception, "GetType") else []


def _walk(exception: Any) -> Iterator[Failure]:
    """Yield what an exception and all inside it tell, outer ones first, each once."""
    from smtpstatus.failures import DEPTH_LIMIT, EXCEPTION_LIMIT

    system: Any = import_module("System")
    identity: Any = import_module("System.Runtime.CompilerServices").RuntimeHelpers
    seen: dict[int, list[Any]] = {}
    waiting = [(exception, 0, False)]
    nameless = 0
    while waiting and nameless < EXCEPTION_LIMIT:
        inner, depth, is_of_authentication = waiting.pop()
        # Whatever an exception makes of Equals and GetHashCode. Two proxies of one object are not one in Python.
        alike = seen.setdefault(identity.GetHashCode(inner), [])
        if any(system.Object.ReferenceEquals(inner, other) for other in alike):
            continue
        alike.append(inner)
        is_of_authentication |= "MailKit.Security.AuthenticationException" in _class_names(inner)
        failure = _failure(inner, is_of_authentication=is_of_authentication)
        nameless += not failure.recipient
        yield failure
        if depth < DEPTH_LIMIT:
            failed = _get(_get(_get(inner, "OperationDetails"), "Failed"), "Values")  # of Aspose.Email
            more = [*_items(_get(inner, "InnerExceptions")), *_items(failed), _get(inner, "InnerException")]
            waiting += [(one, depth + 1, is_of_authentication) for one in reversed(more) if hasattr(one, "GetType")]


def _failure(exception: Any, *, is_of_authentication: bool) -> Failure:
    """Return what one exception tells."""
    from smtpstatus.delivery_condition import DeliveryCondition
    from smtpstatus.failures import WORDS_LIMIT, Failure
    from smtpstatus.smtp_stage import SmtpStage

    names = _class_names(exception)
    is_of_aspose = any(name.startswith("Aspose.") for name in names)
    code = _code(exception)
    words, text = _words(exception, names)
    stage, recipient, others = _stage(exception, names, is_of_aspose=is_of_aspose)
    if "MailKit.ServiceNotAuthenticatedException" in names and "MailKit.Net.Smtp." in _text(exception, "StackTrace"):
        code, words, text = 530, "", _text(exception, "Message")  # what it makes of that reply; IMAP's has other words
    if "MailKit.Net.Smtp.SmtpCommandException" in names and (code, text) == (554, "No recipients were accepted."):
        # MailKit's own words. A subclass went on after refused recipients, and what the server said is gone.
        code, words, text, stage = -1, _text(exception, "Message"), None, SmtpStage.RCPT
    if is_of_authentication and not stage:
        stage = SmtpStage.AUTH
    said = None
    if text is not None:
        text = text.strip("\r\n")
        said = text.encode(errors="replace")
        if is_of_aspose:  # it takes each byte for a character
            with suppress(UnicodeEncodeError):
                said = text.encode("latin-1")
    words = words.strip()[:WORDS_LIMIT]
    condition = DeliveryCondition[_condition(exception, names, words)]
    code = code if 100 <= code <= 999 else -1
    return Failure(code, said, words, stage, recipient, condition, DeliveryCondition[others])


def _code(exception: Any) -> int:
    with suppress(Exception):  # as in _get; and exceptions of HTTP have another StatusCode
        if exception.GetType().GetProperty("StatusCode").PropertyType.Name == "SmtpStatusCode":
            value = exception.StatusCode
            return int(getattr(value, "value__", value))  # an int, where a codec has made one of it
    return -1


def _words(exception: Any, names: list[str]) -> tuple[str, str | None]:
    """Return what the client says, and what the server said; None where the client kept nothing of it."""
    message = _text(exception, "Message")
    if "MailKit.Net.Smtp.SmtpCommandException" in names:
        return "", message
    words, *rest = _SERVER_SAID.split(message, maxsplit=1)
    return words, rest[0] if rest else None


def _stage(exception: Any, names: list[str], *, is_of_aspose: bool) -> tuple[int, str, str]:
    """Return what was answered, who was refused, and what became of the others, as far as the type tells."""
    from smtpstatus.reply_text import mailbox_of
    from smtpstatus.smtp_stage import SmtpStage

    if any(name.endswith(".SmtpFailedRecipientException") for name in names):  # Aspose.Email's, System.Net.Mail's
        # System.Net.Mail sends to the others before it raises; Aspose.Email does not always.
        others = "NOT_KNOWN" if is_of_aspose else "ACCEPTED"
        return SmtpStage.RCPT, mailbox_of(_text(exception, "FailedRecipient")), others
    if "MailKit.Net.Smtp.SmtpCommandException" in names:
        match _text(exception, "ErrorCode"):
            case "SenderNotAccepted":
                return SmtpStage.MAIL, "", "NOT_KNOWN"
            case "RecipientNotAccepted":  # it gives the whole message up
                return SmtpStage.RCPT, mailbox_of(_text(_get(exception, "Mailbox"), "Address")), "NOT_SENT"
            case "MessageNotAccepted":
                return SmtpStage.CONTENT, "", "NOT_KNOWN"
            case _:
                pass
    return SmtpStage.NOT_DEFINED, "", "NOT_KNOWN"


def _condition(exception: Any, names: list[str], words: str) -> str:
    if "System.Net.Sockets.SocketException" in names:
        with suppress(Exception):  # as in _get
            return _CONDITIONS_OF_SOCKETS.get(int(exception.SocketErrorCode.value__), "UNREACHABLE")
    if names[0] == "System.IO.IOException":  # others are about files
        return "UNREACHABLE"
    for name in names:
        if name in _CONDITIONS:
            return _CONDITIONS[name]
        if name in _OF_ONE_TYPE:
            found = [told for said, told in _CONDITIONS_BY_WORDS.items() if words.startswith(said)]
            return found[0] if found else "NOT_KNOWN"
    # That of an address is the program's mistake; a reply without a text causes one, too.
    is_of_address = "System.FormatException" in names and "MailAddress" in _text(exception, "StackTrace")
    return "ARGUMENT_REFUSED" if is_of_address else "NOT_KNOWN"


def _class_names(exception: Any) -> list[str]:
    return [f"{kind.__module__}.{kind.__name__}" for kind in type(exception).__mro__]


def _text(value: Any, name: str) -> str:
    return str(_get(value, name, ""))


def _get(value: Any, name: str, default: Any = None) -> Any:
    """Return a property, or the default where there is none, or it is null, or throws, whatever it throws."""
    try:
        found = getattr(value, name, None)
    except Exception:  # noqa: BLE001  # that of a stranger's property
        return default
    return default if found is None else found


def _items(values: Any) -> list[Any]:
    from smtpstatus.failures import EXCEPTION_LIMIT

    found: list[Any] = []
    with suppress(Exception):  # as in _get
        # A collection has an end; what is only enumerable need not have one.
        has_end = hasattr(values, "Count") or hasattr(values, "Length")
        found.extend(values if has_end else islice(values or (), EXCEPTION_LIMIT))
    return found
