"""The parts of a mail (RFC 2046), without those of a mail inside of it.

The `email` package reads the headers. It does not take the mail apart: its parser calls itself for each level of parts,
and compares each line with the boundaries of all levels.
"""

from __future__ import annotations

import binascii
import quopri
import re
from contextlib import suppress
from email.message import Message
from email.parser import HeaderParser
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
# Not by `email`, which decodes all parameters (RFC 2231): that raises errors and takes long for hostile ones.
_BOUNDARY = re.compile(r""";\s*boundary\s*=\s*(?:"([^"]+)"|([^;"]+))""", re.IGNORECASE)


class Part(NamedTuple):
    """A mail, or a part of one."""

    header: AnyMessage
    body: str | bytes | list[AnyMessage]
    """As it was sent, or as `email` took it apart."""

    @property
    def content_type(self) -> str:
        """In lower case, without parameters; `text/plain` if there is none."""
        return self.header.get_content_type()

    def text(self) -> str:
        """Return the decoded body with LF as line ends. What is not UTF-8 becomes U+FFFD."""
        source = "\n".join(map(_source_of, self.body)) if isinstance(self.body, list) else self.body
        data = _decoded(decode(source).encode(), str(self.header.get("Content-Transfer-Encoding", "")))
        return _with_lf(decode(data))


def parts(mail: bytes | AnyMessage) -> Iterator[Part]:
    """Yield a mail and its parts, and their parts, in their order, as far as the limits allow."""
    if isinstance(mail, bytes):
        part = _read(_with_lf(mail[: limits.MAIL_BYTES].decode("ascii", "surrogateescape")))
    else:
        part = _given(mail)
    return islice(_parts(part, limits.MAIL_DEPTH), limits.MAIL_PARTS)


def _with_lf(text: str) -> str:
    """Return the text with LF as line ends, which may be CRLF or CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parts(part: Part, depth: int) -> Iterator[Part]:
    yield part
    if part.header.get_content_maintype() == "multipart" and depth:
        children = map(_given, part.body) if isinstance(part.body, list) else map(_read, _separated(part))
        for child in children:
            yield from _parts(child, depth - 1)


def _separated(part: Part) -> Iterator[str]:
    """Yield the source of each part of a multipart body (RFC 2046 5.1.1); the mail may be cut off in the last one."""
    found, body = _BOUNDARY.search(str(part.header["Content-Type"])), str(part.body)
    if not found:
        return
    boundary = re.escape((found[1] or found[2]).rstrip())
    start = None
    for delimiter in re.finditer(rf"^--{boundary}(--)?[ \t]*(?:\n|\Z)", body, re.MULTILINE):
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
    return Part(HeaderParser().parsestr(header), source[end.end() :] if end else "")


def _given(message: AnyMessage) -> Part:
    """Return a part of a message of the `email` package. Its policy may be one that changes and checks the fields."""
    header = Message()
    for name, value in message.raw_items():
        if name.lower() in {"content-type", "content-transfer-encoding"}:
            header[name] = str(value)
    # get_payload() decodes with whatever the fields name, or raises errors if these are hostile.
    payload: Any = vars(message)["_payload"]
    return Part(header, payload or "")


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
