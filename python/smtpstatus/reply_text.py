"""Converts the text of a reply to a message, `SmtpReply`, and back.

A reply is one or more lines of three digits and a text (RFC 5321 4.2).
"""

from __future__ import annotations

import re
from contextlib import suppress

from smtpstatus.extras import needs_extra
from smtpstatus.v1 import SmtpReply

# The blank and the text may be missing (RFC 5321 4.2).
_LINE = re.compile(r"([1-9][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
# RFC 3463 2. Cisco's servers write # before it, others a colon or a full stop after it. 5.1.1.7 is an IP address.
_ENHANCED_CODE = re.compile(r"#?(([245])\.[0-9]{1,3}\.[0-9]{1,3})(?!\.?[0-9A-Za-z])")
REPLY_PATTERN = (
    r"^[ \t]*(?:(?:[Ss][Mm]|[Ll][Mm])[Tt][Pp];[ \t\r\n]*)?([2-5][0-9][0-9])"
    r"(?:[ -][ \t]*#?(?:([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9A-Za-z.]|\.(?:[^0-9A-Za-z]|$)|$))?|[\r\n\\]|$)"
)
"""Finds the code and the enhanced status code at the beginning of a reply, as databases and logs have it.

It means the same in RE2, Rust, Java and Python. Group 1 is the code, group 2 the enhanced code, which may be missing.
An enhanced code counts only if its class is the first digit of the code (RFC 2034 4). docs/at-scale.md has the queries.
"""
_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPE = b"\x1b"


class ReplyError(ValueError):
    """The text is not an SMTP reply."""


def parse_reply(reply: bytes | str, *, encoding: str = "utf-8") -> SmtpReply:
    """Return the message of one whole reply of a server.

    Lines end in CRLF or LF; the last line may lack it. They are kept as they are, except that bytes that are not in
    `encoding` become U+FFFD, and that a CR inside a line becomes a blank. The code is that of the last line, listed or
    not. `250 ` in a line that is not the last is read as `250-`.

    `encoding` is the name of a codec, `gb18030` for example, or `detect`: then bytes that are not UTF-8 are taken for
    GB18030, Big5, ISO-2022-JP or Latin-1, whichever is most likely (extra `encodings`). A str is already decoded,
    except for the bytes that Python keeps in it as surrogates.

    Raises ReplyError if the text is not a reply: a line lacks the three digits, the last line announces another line,
    or a second reply follows the first. Raises LookupError if there is no such encoding.
    """
    message = SmtpReply()
    lines, code, separator, line, beginning = message.lines, "", "-", "", ""
    for line in _lines(decode(reply, encoding).rstrip("\r\n")):
        match = _LINE.fullmatch(line)
        if not match:
            raise ReplyError(f"expected a line of an SMTP reply such as 550 5.1.1 User unknown, found {excerpt(line)}")
        if separator != "-" and match[1] != code:
            raise ReplyError(f"expected one SMTP reply, found a second after its end: {excerpt(line)}")
        code, separator, text = match.groups("")
        lines.append(text)
        beginning = beginning or text.lstrip()
    if separator == "-":
        raise ReplyError(f"the SMTP reply is cut off: expected a last line '{code} ...', found {excerpt(line)}")
    message.code = int(code)
    message.enhanced_code = _enhanced_code(code, beginning)
    return message


def parse_replies(data: bytes | str, *, encoding: str = "utf-8") -> list[SmtpReply]:
    """Return the message of each of several replies, as they come from LMTP (RFC 2033 4.2) or PIPELINING (RFC 2920).

    A line without a hyphen after the code ends a reply: `250 a` and `250 b` are two. Everything else is as in
    `parse_reply`. Without data, the result is empty. Raises ReplyError also if the last reply is cut off.
    """
    replies: list[SmtpReply] = []
    lines: list[str] = []
    text = decode(data, encoding).rstrip("\r\n")
    for line in _lines(text) if text else ():
        lines.append(line)
        if line[3:4] != "-":
            replies.append(parse_reply("\n".join(lines)))
            lines = []
    if lines:
        parse_reply("\n".join(lines))  # the last reply is cut off: this raises ReplyError
    return replies


def reply_of(code: int, text: bytes | str, *, encoding: str = "utf-8") -> SmtpReply:
    """Return the message of a reply that a client gives in two parts: the code, and the lines without the code.

    Line breaks separate lines; the last line has none. The result is that of `parse_reply`, except for blanks that the
    client removed. A code without three digits, such as -1 or 0, means that there was no reply: the text is left out.
    """
    if not 100 <= code <= 999:
        return SmtpReply(code=code)
    lines = _lines(decode(text, encoding))
    return SmtpReply(code=code, enhanced_code=_enhanced_code(str(code), " ".join(lines).lstrip()), lines=lines)


def format_reply(reply: SmtpReply) -> bytes:
    """Return the reply as a server sends it; `parse_reply` reads the same reply out of it.

    A line with a line break in it becomes two lines, each with the code, so that no text can pass for another reply.
    Raises ReplyError if the code does not have three digits: -1 and 0 cannot be sent.
    """
    if not 100 <= reply.code <= 999:
        raise ReplyError(f"expected a reply code of three digits, found {reply.code}")
    *lines, last = re.split(r"\r\n|\r|\n", "\n".join(reply.lines))
    return "".join([*(f"{reply.code}-{line}\r\n" for line in lines), f"{reply.code} {last}\r\n"]).encode()


def mailbox_of(recipient: str) -> str:
    """Return the mailbox (RFC 5321 4.1.2) in a client's recipient: `b@example.com` of ` B <b@example.com>`."""
    mailbox = decode(recipient).strip()
    return mailbox[mailbox.rfind("<") + 1 : -1] if mailbox.endswith(">") else mailbox


def _enhanced_code(code: str, text: str) -> str:
    match = _ENHANCED_CODE.match(text)
    return match[1] if match and match[2] == code[0] else ""


def _lines(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", " ")
    return text.split("\n")


def decode(text: bytes | str, encoding: str = "utf-8") -> str:
    """Return the text, with U+FFFD for what is not in the encoding."""
    if isinstance(text, bytes):
        try:
            return text.decode(_detected(text) if encoding == "detect" else encoding, "replace")
        except ValueError as error:  # of codecs that are not for texts, such as idna
            raise LookupError(f"expected an encoding of texts such as gb18030, found {encoding!r}: {error}") from error
    if encoding != "utf-8" and not text.isascii() and not _SURROGATES.search(text):
        return text
    try:  # aiosmtplib keeps bytes that are not UTF-8 as surrogates
        return decode(text.encode("utf-8", "surrogateescape"), encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _detected(data: bytes) -> str:
    """Return the most likely encoding of a reply."""
    with suppress(UnicodeDecodeError):
        data.decode()
        if _ESCAPE not in data:  # ISO-2022-JP is ASCII with escape sequences
            return "utf-8"
    with needs_extra("encodings", "encoding='detect'"):
        from charset_normalizer import from_bytes
    best = from_bytes(data, cp_isolation=["gb18030", "big5", "iso2022_jp", "latin_1"]).best()
    return best.encoding if best else "utf-8"


def excerpt(line: str) -> str:
    return repr(line[:50] + "…" * (len(line) > 50))
