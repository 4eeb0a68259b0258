"""The connection to a server: its session, and the errors of transfers and archives."""

from __future__ import annotations

import csv
import os
import ssl
import struct
import zlib
from contextlib import contextmanager
from http.client import IncompleteRead
from urllib.parse import urlsplit
from urllib.request import url2pathname
from zipfile import BadZipFile

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumReadError

with needs_extra("index", "reading a package index"):
    import requests
    import urllib3
    from remotezip import (  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] - it has no types
        RemoteZipError,
    )
    from requests.adapters import HTTPAdapter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

CHUNK = 1 << 18
"""How many bytes are read at once."""

_TRANSFER_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, RemoteZipError, OSError)
_ARCHIVE_ERRORS = (BadZipFile, EOFError, RuntimeError, ValueError, csv.Error, struct.error, zlib.error)


class TransferError(EnumReadError):
    """A server or a file did not give what was asked for."""


class DamagedError(EnumReadError):
    """The bytes do not match their archive or their index."""


def open_session() -> requests.Session:
    """Return a session with retries; proxies, certificates and netrc are those of requests' environment."""
    session = requests.Session()
    retries = urllib3.Retry(2, backoff_factor=0.3, status_forcelist=(502, 503, 504), raise_on_status=False)
    retries.respect_retry_after_header = False  # it may say hours
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retries))
    return session


def refuse(response: requests.Response) -> None:
    """Raise if a server refuses. The message of requests would hold the URL, which can hold a secret."""
    if not response.ok:
        response.close()
        hint = "; put the credentials into the index's URL or netrc" if response.status_code in (401, 403) else ""
        raise requests.HTTPError(f"it answered {response.status_code}{hint}")


@contextmanager
def explained(what: str) -> Generator[None]:
    """Turn any error of a transfer or an archive into an error of ours that names `what`."""
    try:
        yield
    except _TRANSFER_ERRORS as error:
        raise TransferError(f"cannot read {what}: {_reason(error)}") from error
    except _ARCHIVE_ERRORS as error:
        raise DamagedError(f"{what} is damaged: {error or type(error).__name__}") from error


def _reason(error: BaseException) -> str:
    """Return why a transfer failed. The outer exceptions hold URLs and addresses of objects, so inner ones are read."""
    cause: BaseException | None = error
    while cause:
        error = cause
        if known := _known_reason(error):
            return known
        cause = error.__cause__ or error.__context__
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else "; check the network and its proxy"
        return f"{error.strerror}{place}"
    text = str(error) or type(error).__name__
    return text if text.isprintable() else repr(text)


def _known_reason(error: BaseException) -> str:
    match error:
        case IncompleteRead():
            return f"the transfer was cut after {error.partial!r} bytes; try again"
        case requests.Timeout() | urllib3.exceptions.ReadTimeoutError() | TimeoutError():
            return f"no answer within {limits.SILENCE_SECONDS} seconds; try again, or check the network and its proxy"
        case ssl.SSLError():
            return f"no trusted connection ({error.reason}); REQUESTS_CA_BUNDLE names the certificates to trust"
        case requests.exceptions.ProxyError():
            return "the proxy (HTTPS_PROXY, HTTP_PROXY) refused the connection"
        case _:
            return ""


def file_path(url: str) -> str:
    """Return the path of a file:// URL."""
    return url2pathname(urlsplit(url).path)


def host(url: str) -> str:
    """Return the part of a URL that a message may show: no credentials, no signed query."""
    parts = urlsplit(url)
    return parts.hostname or os.path.dirname(file_path(url))
