"""The exceptions of .NET's SMTP clients, in a process that hosts .NET by pythonnet.

C# has the same in `ClientException.cs` and `ExceptionConditions.cs`, and the tests compare the messages of both. Values
are not compared or hashed: pythonnet does both wrongly. Importing this loads no runtime.
"""

from __future__ import annotations

import re
from contextlib import suppress
from importlib import import_module
from itertools import islice

from smtpstatus_dotnet.runtimes import refuse_fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from smtpstatus.failures import Failure
    from smtpstatus.v1 import DeliveryStatus

# Text that precedes the server's reply in messages of Aspose.Email, System.Net.Mail and MailKit.
_BEFORE_REPLY = re.compile("The server response(?: was)?: |(?<=unexpectedly disconnected): ")

# MailKit makes this reply itself if a subclass went on after refused recipients. The server's replies are lost then.
_OWN_REPLY_OF_MAILKIT = (554, "No recipients were accepted.")

# What went wrong if there was no reply, by the exception's type or its nearest base in this table.
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
# Two clients have one type of exception for everything. There the beginning of the client's message decides.
_CATCH_ALL_TYPES = ("System.Net.Mail.SmtpException", "Aspose.Email.SmtpException")
_CONDITIONS_BY_TEXT = {
    "The operation has timed out.": "TIMED_OUT",
    "Server does not support secure connections.": "FEATURE_NOT_OFFERED",
    "The client or server is only configured for E-mail addresses with ASCII local-parts": "FEATURE_NOT_OFFERED",
    "Security option ": "FEATURE_NOT_OFFERED",
    "Authentication failed.": "AUTHENTICATION_REFUSED",
}
# By SocketError: HostNotFound, TryAgain, NoRecovery and NoData; TimedOut; OperationAborted.
_CONDITIONS_BY_SOCKET_ERROR = {
    **dict.fromkeys((11001, 11002, 11003, 11004), "NAME_LOOKUP_FAILED"),
    10060: "TIMED_OUT",
    995: "CANCELLED",
}


def delivery_statuses(exception: Exception, *, recipients: Iterable[str] = (), stage: int = 0) -> list[DeliveryStatus]:
    """Return what became of each recipient, from an exception of Aspose.Email, System.Net.Mail, MailKit or others.

    `recipients` and the result are those of `smtpstatus.replies.delivery_statuses`: a status for each recipient, in
    their order, and then one for each other recipient that the exception names.

    These clients keep the reply in one of the inner exceptions, and not always in the same: the first code counts, in
    at most 10,000 exceptions that name no recipient. If they kept no reply, the code is -1, `local_error` has the
    client's message, and `condition` says what went wrong. The stage is that of the exception's type, or else `stage`.
    An exception of Python is read as in `smtpstatus.replies`, and .NET's exceptions inside it are read, too.

    Raises ClrError in a process that was forked from one with a runtime, where any use of .NET would end the process.
    """
    refuse_fork()
    from smtpstatus.client_exceptions import walk
    from smtpstatus.failures import statuses_of

    failures = [*walk(exception, _of_dotnet)]
    recipients = [recipients] if isinstance(recipients, str) else recipients
    return statuses_of(failures, recipients, stage, type(exception).__name__)


def _of_dotnet(exception: Any) -> list[Failure]:
    return [*_walk(exception)] if hasattr(exception, "GetType") else []


def _walk(exception: Any) -> Iterator[Failure]:
    """Yield what an exception and the exceptions inside it say: the outermost first, each exception once."""
    from smtpstatus.limits import EXCEPTION_COUNT, EXCEPTION_DEPTH

    system: Any = import_module("System")
    identity: Any = import_module("System.Runtime.CompilerServices").RuntimeHelpers
    seen: dict[int, list[Any]] = {}
    waiting = [(exception, 0, False)]
    nameless = 0
    while waiting and nameless < EXCEPTION_COUNT:
        inner, depth, is_of_authentication = waiting.pop()
        # An exception may override Equals and GetHashCode, and two proxies in Python may stand for one object.
        same_hash = seen.setdefault(identity.GetHashCode(inner), [])
        if any(system.Object.ReferenceEquals(inner, other) for other in same_hash):
            continue
        same_hash.append(inner)
        is_of_authentication |= "MailKit.Security.AuthenticationException" in _class_names(inner)
        failure = _failure(inner, is_of_authentication=is_of_authentication)
        nameless += not failure.recipient
        yield failure
        if depth < EXCEPTION_DEPTH:
            failed = _get(_get(_get(inner, "OperationDetails"), "Failed"), "Values")  # of Aspose.Email
            inner_exceptions = [*_items(_get(inner, "InnerExceptions")), *_items(failed), _get(inner, "InnerException")]
            waiting += [
                (item, depth + 1, is_of_authentication)
                for item in reversed(inner_exceptions)
                if hasattr(item, "GetType")
            ]


def _failure(exception: Any, *, is_of_authentication: bool) -> Failure:
    """Return what one exception says."""
    from smtpstatus.delivery_condition import DeliveryCondition
    from smtpstatus.failures import Failure
    from smtpstatus.limits import CLIENT_TEXT_CHARACTERS
    from smtpstatus.smtp_stage import SmtpStage

    names = _class_names(exception)
    is_of_aspose = any(name.startswith("Aspose.") for name in names)
    code = _code(exception)
    client_text, server_text = _split_message(exception, names)
    stage, recipient, others = _stage(exception, names, is_of_aspose=is_of_aspose)
    if "MailKit.ServiceNotAuthenticatedException" in names and "MailKit.Net.Smtp." in _text(exception, "StackTrace"):
        code, client_text, server_text = 530, "", _text(exception, "Message")  # only SMTP's message is the reply
    if "MailKit.Net.Smtp.SmtpCommandException" in names and (code, server_text) == _OWN_REPLY_OF_MAILKIT:
        code, client_text, server_text, stage = -1, _text(exception, "Message"), None, SmtpStage.RCPT
    if is_of_authentication and not stage:
        stage = SmtpStage.AUTH
    client_text = client_text.strip()[:CLIENT_TEXT_CHARACTERS]
    condition = DeliveryCondition[_condition(exception, names, client_text)]
    code = code if 100 <= code <= 999 else -1
    reply = None if server_text is None else _bytes(server_text.strip("\r\n"), is_of_aspose=is_of_aspose)
    return Failure(code, reply, client_text, stage, recipient, condition, DeliveryCondition[others])


def _bytes(server_text: str, *, is_of_aspose: bool) -> bytes:
    """Return the bytes that the server sent, as far as the client kept them."""
    if is_of_aspose:  # it makes a character of each byte
        with suppress(UnicodeEncodeError):
            return server_text.encode("latin-1")
    return server_text.encode(errors="replace")


def _code(exception: Any) -> int:
    with suppress(Exception):  # as in _get. Exceptions of HTTP have a StatusCode of another type.
        if exception.GetType().GetProperty("StatusCode").PropertyType.Name == "SmtpStatusCode":
            value = exception.StatusCode
            return int(getattr(value, "value__", value))  # a codec may have made an int of it
    return -1


def _split_message(exception: Any, names: list[str]) -> tuple[str, str | None]:
    """Return the client's message and the server's text in it; None if the client kept no text of the server."""
    message = _text(exception, "Message")
    if "MailKit.Net.Smtp.SmtpCommandException" in names:
        return "", message
    client_text, *server_text = _BEFORE_REPLY.split(message, maxsplit=1)
    return client_text, server_text[0] if server_text else None


def _stage(exception: Any, names: list[str], *, is_of_aspose: bool) -> tuple[int, str, str]:
    """Return the stage, the refused recipient and the condition of the others, as far as the type gives them."""
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
            case "RecipientNotAccepted":  # MailKit gives up the whole message
                return SmtpStage.RCPT, mailbox_of(_text(_get(exception, "Mailbox"), "Address")), "NOT_SENT"
            case "MessageNotAccepted":
                return SmtpStage.CONTENT, "", "NOT_KNOWN"
            case _:
                pass
    return SmtpStage.NOT_DEFINED, "", "NOT_KNOWN"


def _condition(exception: Any, names: list[str], client_text: str) -> str:
    if "System.Net.Sockets.SocketException" in names:
        with suppress(Exception):  # as in _get
            return _CONDITIONS_BY_SOCKET_ERROR.get(int(exception.SocketErrorCode.value__), "UNREACHABLE")
    if names[0] == "System.IO.IOException":  # its subclasses are about files
        return "UNREACHABLE"
    for name in names:
        if name in _CONDITIONS:
            return _CONDITIONS[name]
        if name in _CATCH_ALL_TYPES:
            by_text = (condition for text, condition in _CONDITIONS_BY_TEXT.items() if client_text.startswith(text))
            return next(by_text, "NOT_KNOWN")
    # A FormatException about an address is the program's mistake. A reply without a text causes one, too.
    is_of_address = "System.FormatException" in names and "MailAddress" in _text(exception, "StackTrace")
    return "ARGUMENT_REFUSED" if is_of_address else "NOT_KNOWN"


def _class_names(exception: Any) -> list[str]:
    return [f"{class_.__module__}.{class_.__name__}" for class_ in type(exception).__mro__]


def _text(value: Any, name: str) -> str:
    return str(_get(value, name, ""))


def _get(value: Any, name: str, default: Any = None) -> Any:
    """Return a property, or the default if there is none, if it is null, or if it throws."""
    try:
        found = getattr(value, name, None)
    except Exception:  # noqa: BLE001  # a property of foreign code may raise anything
        return default
    return default if found is None else found


def _items(values: Any) -> list[Any]:
    from smtpstatus.limits import EXCEPTION_COUNT

    items: list[Any] = []
    with suppress(Exception):  # as in _get
        # A value that is only enumerable may be endless.
        is_finite = hasattr(values, "Count") or hasattr(values, "Length")
        items.extend(values if is_finite else islice(values or (), EXCEPTION_COUNT))
    return items
