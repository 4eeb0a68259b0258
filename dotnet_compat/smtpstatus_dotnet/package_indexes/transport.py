"""The connection to a server: its session, and the errors of transfers and archives.

Credentials are those in the URL of an index or of a link, those of uv's variables and NuGet.Config, and netrc's.

- They go to the scheme, host and port that they are for, and a redirect does not take them to any other.
- Over plain http they go only to this machine, and to the hosts of pip's `trusted-host`, uv's `allow-insecure-host` and
  NuGet's sources with `allowInsecureConnections`.
  To any other host, or through a proxy, the request is refused: all on the way could read them. Unlike pip, this does
  not trust a certificate because its host is in these settings.
- No message, exception or log shows them. Texts of other libraries may repeat a URL: only those that cannot are shown.
"""

from __future__ import annotations

import base64
import csv
import ipaddress
import logging
import os
import ssl
import struct
import threading
import zlib
from contextlib import contextmanager
from functools import partial
from http.client import IncompleteRead
from typing import cast
from urllib.parse import urlsplit
from zipfile import BadZipFile

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.addresses import AddressError, file_path, origin, split_credentials
from smtpstatus_dotnet.package_indexes.clock import Clock, RefusedError, TimedResponse
from smtpstatus_dotnet.parity import EnumReadError

with needs_extra("index", "reading a package index"):
    import requests
    import urllib3
    from remotezip import (  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] - it has no types
        RemoteZipError,
    )
    from requests.adapters import HTTPAdapter
    from requests.utils import get_netrc_auth, select_proxy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from typing import Any

    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool

    from smtpstatus_dotnet.package_indexes.addresses import Credentials

CHUNK = 1 << 18
"""How many bytes are read at once."""

_TRANSFER_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, RemoteZipError, OSError)
_ARCHIVE_ERRORS = (BadZipFile, EOFError, RuntimeError, ValueError, OverflowError, csv.Error, struct.error, zlib.error)
_URL_ERRORS = (
    AddressError,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    urllib3.exceptions.LocationValueError,
)


class TransferError(EnumReadError):
    """A server or a file did not give what was asked for."""


class DamagedError(EnumReadError):
    """The bytes do not match their archive or their index."""


class Session(requests.Session):
    """A session with retries and a clock. Proxies and certificates are those of requests' environment."""

    def __init__(self, trusted_hosts: frozenset[str], stop: threading.Event | None) -> None:
        super().__init__()
        self._clock = Clock(stop)
        self._credentials: Mapping[tuple[str, str, int], Credentials] = {}
        self.max_redirects = limits.REDIRECT_COUNT
        self.auth = self._authorize
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(self._clock, trusted_hosts))

    def fetch(self, url: str, auth: Credentials | None, byte_count: int, **options: Any) -> requests.Response:
        """Ask for something of at most `byte_count` bytes, as a stream, with the credentials for the URL's origin."""
        self._credentials = {origin(url): auth} if auth else {}
        self._clock.begin_answer(byte_count)
        headers = {
            "Accept-Encoding": "identity",
            **options.pop("headers", {}),
        }  # nothing that grows when it is unpacked
        return self.get(url, stream=True, timeout=limits.SILENCE_SECONDS, headers=headers, **options)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Take the credentials for the origin that a redirect leads to, and no others."""
        del response
        prepared_request.url, _ = split_credentials(prepared_request.url or "")
        prepared_request.headers.pop("Authorization", None)
        self._authorize(prepared_request)

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = request.url or ""
        credentials = self._credentials.get(origin(url)) or get_netrc_auth(url)
        if credentials:
            text = base64.b64encode(":".join(credentials).encode()).decode()
            request.headers["Authorization"] = f"Basic {text}"
        return request


class _Adapter(HTTPAdapter):
    def __init__(self, clock: Clock, trusted_hosts: frozenset[str]) -> None:
        self._clock, self._trusted_hosts = clock, trusted_hosts
        retries = urllib3.Retry(2, backoff_factor=0.3, status_forcelist=(502, 503, 504), raise_on_status=False)
        retries.respect_retry_after_header = False  # it may say hours
        super().__init__(max_retries=retries)

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> HTTPConnectionPool:
        """Return a pool of connections that ask the clock."""
        pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(*arguments, **options))
        connection_class = cast("Callable[..., HTTPConnection]", type(pool).ConnectionCls)

        def connect(*arguments: Any, **options: Any) -> HTTPConnection:
            self._clock.left()
            connection = connection_class(*arguments, **options)
            setattr(connection, "response_class", partial(TimedResponse, self._clock))  # noqa: B010 - as below
            return connection

        setattr(pool, "ConnectionCls", connect)  # noqa: B010 - its type is a class, but it is only called
        return pool

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        url = request.url or ""
        proxy = select_proxy(url, options.get("proxies"))
        if "Authorization" in request.headers and urlsplit(url).scheme == "http":
            self._expect_private(url, is_direct=not proxy)
        response = super().send(request, *arguments, **options)
        if response.is_redirect:
            response.close()  # requests would read the whole content of a redirect into memory
        return response

    def _expect_private(self, url: str, *, is_direct: bool) -> None:
        """Raise RefusedError if others could read credentials on the way to a server of plain http."""
        _, name, port = origin(url)
        if not {name, f"{name}:{port}"} & self._trusted_hosts and not (is_direct and _is_loopback(name)):
            raise RefusedError(
                f"the credentials for {name} would go over plain http, where others can read them: use https, or name "
                f"{name} in pip's trusted-host (PIP_TRUSTED_HOST) or uv's allow-insecure-host (UV_INSECURE_HOST), or "
                "set allowInsecureConnections in NuGet.Config"
            )


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


_this_thread = threading.local()


def _is_log_of_others(_record: logging.LogRecord) -> bool:
    return not getattr(_this_thread, "is_reading", False)


# What urllib3 logs, warnings too, holds the paths and queries of URLs, which may be tokens.
for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_is_log_of_others)


@contextmanager
def open_session(
    trusted_hosts: frozenset[str] = frozenset(), stop: threading.Event | None = None
) -> Generator[Session]:
    """Open a session for the calling thread. It gives up soon after `stop` is set."""
    _this_thread.is_reading = True
    try:
        with Session(trusted_hosts, stop) as session:
            yield session
    finally:
        _this_thread.is_reading = False


def refuse(response: requests.Response, encodings: tuple[str, ...] = ("identity",)) -> None:
    """Raise RefusedError if a server refuses, or answers in an encoding that the caller does not read."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if response.ok and encoding in encodings:
        return
    response.close()
    if response.ok:
        raise RefusedError("it answered in a compressed form that was not asked for")
    hint = "; put the credentials into the settings or netrc" if response.status_code in (401, 403) else ""
    raise RefusedError(f"it answered {response.status_code}{hint}")


@contextmanager
def explained(what: str) -> Generator[None]:
    """Turn any error of a transfer or an archive into an error of ours that names `what`."""
    try:
        yield
    except RefusedError as error:
        raise TransferError(f"cannot read {what}: {error}") from None
    except (*_TRANSFER_ERRORS, *_URL_ERRORS) as error:
        raise TransferError(f"cannot read {what}: {_reason(error)}") from None
    except _ARCHIVE_ERRORS as error:
        is_harmless = isinstance(error, UnicodeError) or type(error) is not ValueError
        reason = str(error) if is_harmless and str(error).isprintable() else ""
        raise DamagedError(f"{what} is damaged: {reason or type(error).__name__}") from None


def _reason(error: BaseException) -> str:
    """Return why a transfer failed. The cause is inside: the outer exceptions hold URLs and addresses of objects."""
    cause: BaseException | None = error
    while cause:
        error = cause
        if known := _known_reason(error):
            return known
        cause = error.__cause__ or error.__context__
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else "; check the network and its proxy"
        return f"{error.strerror}{place}"
    return type(error).__name__


def _known_reason(error: BaseException) -> str:
    match error:
        case IncompleteRead() | urllib3.exceptions.IncompleteRead():
            received: Any = error.partial  # http.client gives the bytes, urllib3 their number
            count = received if isinstance(received, int) else len(received)
            return f"the transfer was cut after {count} bytes; try again"
        case requests.Timeout() | urllib3.exceptions.ReadTimeoutError() | TimeoutError():
            return f"no answer within {limits.SILENCE_SECONDS} seconds; try again, or check the network and its proxy"
        case ssl.SSLError():
            return f"no trusted connection ({error.reason}); REQUESTS_CA_BUNDLE names the certificates to trust"
        case requests.exceptions.ProxyError():
            return "the proxy (HTTPS_PROXY, HTTP_PROXY) refused the connection"
        case requests.TooManyRedirects():
            return f"it redirects more than {limits.REDIRECT_COUNT} times"
        case _ if isinstance(error, _URL_ERRORS):
            return "a redirect or a proxy (HTTPS_PROXY, HTTP_PROXY) is not a valid URL"
        case _ if type(error) is OSError and str(error).startswith("Could not find a suitable TLS CA certificate"):
            return "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no file"
        case _:
            return ""


def host(url: str) -> str:
    """Return the part of a URL that a message may show: no credentials, no signed query."""
    parts = urlsplit(url)
    return parts.hostname or os.path.dirname(file_path(url))
