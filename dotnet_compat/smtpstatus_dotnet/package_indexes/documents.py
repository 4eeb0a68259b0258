"""Texts that a server sends, up to a limit."""

from __future__ import annotations

import zlib

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.addresses import split_credentials
from smtpstatus_dotnet.package_indexes.clock import RefusedError
from smtpstatus_dotnet.package_indexes.transport import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from smtpstatus_dotnet.package_indexes.addresses import Credentials
    from smtpstatus_dotnet.package_indexes.transport import Session


def fetch_text(session: Session, url: str, auth: Credentials | None, accept: str) -> tuple[str, str] | None:
    """Return the address that a document has after all redirects, and its text; None if there is no such document.

    Some servers compress whatever they are asked for, so gzip is read, too. Raises the errors of sessions.
    """
    with session.fetch(url, auth, limits.INDEX_PAGE_BYTES, headers={"Accept": accept}) as response:
        if response.status_code in (404, 410):
            return None
        refuse(response, encodings=("identity", "gzip"))
        content = bytearray()
        for chunk in _chunks(response):
            content += chunk
            if len(content) > limits.INDEX_PAGE_BYTES:
                break
        return split_credentials(response.url)[0], decoded(content)


def decoded(content: bytes | bytearray) -> str:
    """Return the text of a document. Raises RefusedError if it is too long."""
    if len(content) > limits.INDEX_PAGE_BYTES:
        raise RefusedError(f"it has more than {limits.INDEX_PAGE_BYTES >> 20} MiB: expected a page of a package index")
    return content.decode(errors="replace")


def _chunks(response: requests.Response) -> Iterator[bytes]:
    if response.headers.get("Content-Encoding", "identity") == "identity":
        yield from response.iter_content(1 << 16)
        return
    decompressor = zlib.decompressobj(wbits=31)  # gzip alone
    for packed in response.raw.stream(1 << 16, decode_content=False):
        rest = packed
        while rest:
            yield decompressor.decompress(rest, 1 << 16)
            rest = decompressor.unconsumed_tail
    if not decompressor.eof:
        raise EOFError("it ends too early")
