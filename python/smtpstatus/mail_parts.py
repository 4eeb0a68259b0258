"""The parts of a mail (RFC 2046), without those of a mail inside of it.

The `email` package reads the headers. It does not take the mail apart: its parser calls itself for each level of parts,
and compares each line with the boundaries of all levels.
"""

from __future__ import annotations

import binascii
import quopri
import re
from contextlib import suppress
from email import message_from_string
from email.message import Message
from itertools import islice
from typing import NamedTuple

from smtpstatus import limits
from smtpstatus.reply_text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    AnyMessage = Message[Any, Any]

_EMPTY_LINE = re.compile(r"^\n", re.MULTILINE)


class Part(NamedTuple):
    """A mail, or a part of one."""

    header: AnyMessage
    body: str | bytes | list[AnyMessage]
    """As it was sent; as decoded bytes; or as `email` took it apart."""

    @property
    def content_type(self) -> str:
        """In lower case, without parameters; `text/plain` if there is none."""
        return self.header.get_content_type()

    def text(self) -> str:
        """Return the decoded body with LF as line ends. What is not UTF-8 becomes U+FFFD."""
        if isinstance(self.body, bytes):
            data = self.body
        else:
            source = self.body if isinstance(self.body, str) else "\n".join(map(_source_of, self.body))
            data = _decoded(decode(source).encode(), str(self.header.get("Content-Transfer-Encoding", "")))
        return _with_lf(decode(data))


def leaves(mail: bytes | AnyMessage) -> Iterator[Part]:
    """Yield the parts of a mail that have no parts themselves, in their order, as far as the limits allow."""
    if isinstance(mail, bytes):
        part = _read(_with_lf(mail[: limits.MAIL_BYTES].decode("ascii", "surrogateescape")))
    else:
        part = _given(mail)
    return islice(_leaves(part, limits.MAIL_DEPTH), limits.MAIL_PARTS)


def _with_lf(text: str) -> str:
    """Return the text with LF as line ends, which may be CRLF or CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _leaves(part: Part, depth: int) -> Iterator[Part]:
    if part.header.get_content_maintype() != "multipart":
        yield part
    elif depth and not isinstance(part.body, bytes):
        children = map(_given, part.body) if isinstance(part.body, list) else map(_read, _separated(part))
        for child in children:
            yield from _leaves(child, depth - 1)


def _separated(part: Part) -> Iterator[str]:
    """Yield the source of each part of a multipart body (RFC 2046 5.1.1); the mail may be cut off in the last one."""
    boundary, body = part.header.get_boundary(), str(part.body)
    if boundary is None:
        return
    start = None
    for delimiter in re.finditer(rf"^--{re.escape(boundary)}(--)?[ \t]*(?:\n|\Z)", body, re.MULTILINE):
        if start is not None:
            yield body[start : delimiter.start()]
        if delimiter[1]:
            return
        start = delimiter.end()
    if start is not None:
        yield body[start:]


def _read(source: str) -> Part:
    end = _EMPTY_LINE.search(source, 0, limits.MAIL_HEADER_CHARACTERS)
    header = source[: end.start() if end else limits.MAIL_HEADER_CHARACTERS]
    return Part(message_from_string(header), source[end.end() :] if end else "")


def _given(message: AnyMessage) -> Part:
    """Return a part of a message of the `email` package. Its policy may be one that changes and checks the fields."""
    header = Message()
    for name, value in message.raw_items():
        if name.lower() in {"content-type", "content-transfer-encoding"}:
            header[name] = str(value)
    payload: Any = message.get_payload()
    if not isinstance(payload, list):
        payload = message.get_payload(decode=True) or b""
    return Part(header, payload)


def _source_of(group: AnyMessage) -> str:
    """Return a group of fields of a report as it was sent: `email` makes a message of each."""
    fields = "".join(f"{name}: {value}\n" for name, value in group.raw_items())
    return f"{fields}\n{_given(group).text()}"


def _decoded(data: bytes, transfer_encoding: str) -> bytes:
    """Return the data without their Content-Transfer-Encoding (RFC 2045 6); nothing if they are not in it."""
    match transfer_encoding.strip().lower():
        case "quoted-printable":
            return quopri.decodestring(data)
        case "base64":
            with suppress(binascii.Error):
                return binascii.a2b_base64(data + b"==")  # the end may be cut off
            return b""
        case _:
            return data
