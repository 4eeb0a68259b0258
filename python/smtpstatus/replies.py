"""Replies of SMTP servers and failures of Python's SMTP clients, as messages of `smtpstatus.v1`.

A reply is one or more lines of three digits and a text (RFC 5321 4.2). smtplib and aiosmtplib hand it
out in pieces, inside exceptions; neither of them is imported here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from smtpstatus.status_code import SmtpStatusCode
from smtpstatus.v1.delivery_pb2 import (
    SMTP_STAGE_AUTH,
    SMTP_STAGE_CONNECT,
    SMTP_STAGE_EHLO,
    SMTP_STAGE_MAIL,
    SMTP_STAGE_NOT_DEFINED,
    SMTP_STAGE_RCPT,
    DeliveryStatus,
    SmtpReply,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# The blank belongs to the text, and both may be missing (RFC 5321 4.2).
_LINE = re.compile(r"([1-9][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
# RFC 3463 2. Some servers put a colon or full stop behind it; 5.1.1.7 is an address of the internet.
_ENHANCED_CODE = re.compile(r"(([245])\.[0-9]{1,3}\.[0-9]{1,3})(?!\.?[0-9A-Za-z])")

_CLIENTS = ("smtplib", "aiosmtplib")
# The exceptions that say what was answered: those with these names in either client. SMTPDataError does not:
# the command and the message share it.
_STAGES = {
    "SMTPConnectError": SMTP_STAGE_CONNECT,
    "SMTPHeloError": SMTP_STAGE_EHLO,
    "SMTPAuthenticationError": SMTP_STAGE_AUTH,
    "SMTPSenderRefused": SMTP_STAGE_MAIL,
    "SMTPRecipientRefused": SMTP_STAGE_RCPT,
    "SMTPRecipientsRefused": SMTP_STAGE_RCPT,
}


class ReplyError(ValueError):
    """What should have been a reply of an SMTP server is none."""


def parse_reply(reply: bytes | str) -> SmtpReply:
    """Return the message of one whole reply, as it came from the server.

    Lines end in CRLF or LF, the last one need not. They are kept as they are, but that bytes that are not
    UTF-8 become U+FFFD, and a CR inside a line becomes a blank. The code is that of the last line, listed
    or not. A line that ought to say `250-` and says `250 ` is taken for what it ought to be.

    Raises ReplyError for what is no reply: a line without the three digits, a last line that announces
    another one, a second reply after the first.
    """
    message = SmtpReply()
    lines, code, separator, line, beginning = message.lines, "", "-", "", ""
    for line in _lines(_decode(reply).rstrip("\r\n")):
        match = _LINE.fullmatch(line)
        if not match:
            raise ReplyError(f"expected a line of an SMTP reply, as 550 5.1.1 User unknown, found {_excerpt(line)}")
        if separator != "-" and match[1] != code:
            raise ReplyError(f"expected one SMTP reply, found another one after its end: {_excerpt(line)}")
        code, separator, text = match.groups("")
        lines.append(text)
        beginning = beginning or text.lstrip()
    if separator == "-":
        raise ReplyError(f"the SMTP reply is cut off: expected a line {code} and a blank, found last {_excerpt(line)}")
    message.code = int(code)
    message.enhanced_code = _enhanced_code(code, beginning)
    return message


def reply_of(code: int, text: bytes | str) -> SmtpReply:
    """Return the message of a reply that a client hands out in two parts: the code, and the lines without it.

    A line break divides lines and does not end the last one. The result is what `parse_reply` makes of the whole,
    but for the blanks that the client took away. -1 and 0 are no replies: there the text is not the server's, and
    is left out.
    """
    if not 100 <= code <= 999:
        return SmtpReply(code=code)
    lines = _lines(_decode(text))
    return SmtpReply(code=code, enhanced_code=_enhanced_code(str(code), " ".join(lines).lstrip()), lines=lines)


def format_reply(reply: SmtpReply) -> bytes:
    """Return the reply as a server sends it, such that `parse_reply` reads the same reply again.

    A line with a line break in it becomes two, each with the code, so that no text can pose as another reply.
    Raises ReplyError where the code is none of three digits: -1 and 0 cannot be sent.
    """
    if not 100 <= reply.code <= 999:
        raise ReplyError(f"expected a reply code, three digits, found {reply.code}")
    *lines, last = re.split(r"\r\n|\r|\n", "\n".join(reply.lines))
    return "".join([*(f"{reply.code}-{line}\r\n" for line in lines), f"{reply.code} {last}\r\n"]).encode()


def rpc_code(reply: SmtpReply) -> int:
    """Return the number of the google.rpc.Code with which a service answers: the `rpc_code` of the reply's code.

    But PERMISSION_DENIED for a 550 whose enhanced code is X.7.Z (RFC 3463 3.8): a refusal by policy.
    """
    code = SmtpStatusCode(reply.code)
    if code is SmtpStatusCode.MAILBOX_UNAVAILABLE and reply.enhanced_code.startswith("5.7."):
        return 7
    return code.rpc_code


def should_retry(delivery_status: DeliveryStatus) -> bool:
    """Whether the same mail may reach this recipient later, without anything being changed.

    Yes for 4yz (RFC 5321 4.2.1), for a failure without a reply (-1), and for 552 to RCPT TO, which many
    servers send for 452 (RFC 5321 4.5.3.1.10). No for all else: another 5yz, a success, a number of no class.
    """
    code = SmtpStatusCode(delivery_status.reply.code)
    if code is SmtpStatusCode.EXCEEDED_STORAGE_ALLOCATION:
        return delivery_status.stage == SMTP_STAGE_RCPT
    return code.is_transient or code is SmtpStatusCode.GENERAL_FAILURE


def delivery_statuses(
    failure: Exception | Mapping[str, tuple[int, bytes | str]],
    *,
    recipients: Iterable[str] = (),
    stage: int = SMTP_STAGE_NOT_DEFINED,
) -> list[DeliveryStatus]:
    """Return what became of each recipient, from an exception of smtplib or aiosmtplib, or of any kind.

    Or from the mapping of refused recipients that their `sendmail` returns; an empty one gives an empty list.

    One for each recipient that was refused. Where the failure names none, one for each of `recipients`, to
    whom the mail was to go; and where none are given, a single one with an empty recipient. After a 421 to
    RCPT, smtplib gives up without a word on the rest: those of `recipients` have the 421 too.

    The stage is what the exception's type tells, else `stage`. A failure without a reply, or with one that made
    no sense, is code -1 with the client's words in `local_error`. Where a client took a 2yz or 3yz for a failure,
    `local_error` says so: without it the message would be that of a success.
    """
    recipients = [recipients] if isinstance(recipients, str) else list(recipients)
    if isinstance(failure, Mapping):
        return [status_of(recipient, SMTP_STAGE_RCPT, *reply) for recipient, reply in failure.items()]
    client: Any = failure
    if not issubclass(type(client), BaseException):
        raise TypeError(f"expected an exception, or the mapping out of what sendmail returns, found {client!r:.50}")
    names = [kind.__name__ for kind in type(failure).__mro__ if kind.__module__.partition(".")[0] in _CLIENTS]
    stage = next((_STAGES[name] for name in names if name in _STAGES), stage)
    if "SMTPRecipientsRefused" in names:
        refused = list(_refused(client.recipients))
        closing = next(((code, text) for _, code, text in refused if code == 421), None)  # the server hangs up
        if closing:
            answered = {mailbox_of(recipient) for recipient, *_ in refused}
            refused += [(recipient, *closing) for recipient in recipients if mailbox_of(recipient) not in answered]
        if refused:
            return [status_of(recipient, stage, code, text) for recipient, code, text in refused]
    if "SMTPRecipientRefused" in names:
        recipients = [client.recipient]
    code, text = -1, str(failure) or type(failure).__name__
    if "SMTPResponseException" in names:
        if hasattr(client, "smtp_code"):
            code, text = client.smtp_code, client.smtp_error
            if (code, text) == (500, "Line too long."):  # said by smtplib of its own accord: replies are bytes
                code = -1
        else:
            code, text = client.code, client.message
    return [status_of(recipient, stage, code, text) for recipient in recipients or [""]]


def mailbox_of(recipient: str) -> str:
    """Return the mailbox (RFC 5321 4.1.2) in what clients call a recipient: `b@example.com` of ` B <b@example.com>`."""
    mailbox = _decode(recipient).strip()
    return mailbox[mailbox.rfind("<") + 1 : -1] if mailbox.endswith(">") else mailbox


def status_of(recipient: str, stage: int, code: int, text: bytes | str) -> DeliveryStatus:
    """Return what became of one recipient, from the code and text that a client hands out.

    A code that is none of three digits is a failure without a reply, -1, whose text is the client's own.
    """
    mailbox = mailbox_of(recipient)
    if 100 <= code <= 999:
        words = "" if 400 <= code < 600 else "the client took this reply for a failure"
        return DeliveryStatus(final_recipient=mailbox, stage=stage, reply=reply_of(code, text), local_error=words)
    words = _decode(text)
    if isinstance(text, bytes):  # those of the server, as far as smtplib could read them
        words = f"expected an SMTP reply, found {_excerpt(words)}"
    reply = SmtpReply(code=SmtpStatusCode.GENERAL_FAILURE)
    return DeliveryStatus(final_recipient=mailbox, stage=stage, reply=reply, local_error=words)


def _refused(recipients: Any) -> Iterator[tuple[str, int, bytes | str]]:
    """Yield what SMTPRecipientsRefused holds: a mapping in smtplib, a list of exceptions in aiosmtplib."""
    if hasattr(recipients, "items"):
        yield from ((recipient, *reply) for recipient, reply in recipients.items())
    else:
        yield from ((one.recipient, one.code, one.message) for one in recipients)


def _enhanced_code(code: str, text: str) -> str:
    match = _ENHANCED_CODE.match(text)
    return match[1] if match and match[2] == code[0] else ""


def _lines(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", " ")
    return text.split("\n")


def _decode(text: bytes | str) -> str:
    if isinstance(text, bytes):
        return text.decode("utf-8", "replace")
    try:  # aiosmtplib has bytes that are not UTF-8 as surrogates
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _excerpt(line: str) -> str:
    return repr(line[:50] + "…" * (len(line) > 50))
