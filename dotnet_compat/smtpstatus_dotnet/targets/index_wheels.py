"""The bytes of one wheel of an index, and no more of them than are needed.

An archive is read by ranged requests (RFC 9110, 14). Where a server knows none, the whole wheel goes into
a cache of bounded size. What is certain of the bytes then:

- a whole wheel has the SHA-256 that its index gives, if it gives one;
- an assembly has the CRC of the archive's directory and the hash in the wheel's RECORD. Read by ranges,
  these two are as trustworthy as the connection, no more: only the whole wheel can be held to the index.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import re
import ssl
import struct
import sys
import tempfile
import time
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.client import IncompleteRead
from urllib.parse import urlsplit
from urllib.request import url2pathname
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import platformdirs
import requests
import urllib3
from remotezip import (  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] - it has no types
    RemoteFetcher,
    RemoteZip,
    RemoteZipError,
)
from requests.adapters import HTTPAdapter

from smtpstatus_dotnet.parity import EnumReadError
from smtpstatus_dotnet.targets.assemblies import ARCHIVE_LIMIT, ENTRY_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import Any

    from packaging.version import Version

TIMEOUT = 30  # seconds, for a connection and for each silence in it
CACHE_LIMIT = 1 << 30  # a dozen of the vendor's wheels
_DIRECTORY_LIMIT = 4 << 20  # some 40,000 entries; the vendor's wheels have 300
_CHUNK = 1 << 18

_TRANSFER_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, RemoteZipError, OSError)
_ARCHIVE_ERRORS = (BadZipFile, EOFError, RuntimeError, ValueError, csv.Error, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Wheel:
    """One file of a release, as its index lists it."""

    file_name: str
    version: Version
    url: str
    sha256: str
    """Empty where the index gives none."""
    is_yanked: bool
    auth: tuple[str, str] | None


class _NoRangesError(Exception):
    """The server has no answer to a request for a range."""


def open_session() -> requests.Session:
    """Return a session with retries; proxies, certificates and netrc are those of requests' environment."""
    session = requests.Session()
    retries = urllib3.Retry(2, backoff_factor=0.3, status_forcelist=(502, 503, 504), raise_on_status=False)
    retries.respect_retry_after_header = False  # it may say hours
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retries))
    session.hooks["response"].append(_check_range)
    return session


def _check_range(response: requests.Response, **_: object) -> None:
    """Let only the bytes pass that were asked for: remotezip takes what it gets, of whatever length."""
    asked = response.request.headers.get("Range", "")
    if not asked or response.is_redirect:
        return
    if response.status_code in (200, 400, 416, 501):
        response.close()
        raise _NoRangesError("it does not answer a request for a range")
    refuse(response)
    match = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", response.headers.get("Content-Range", ""))
    if match:
        first, last, total = map(int, match.groups())
        of_the_end = asked.startswith("bytes=-") and last == total - 1 and last - first < int(asked[7:])
        if asked == f"bytes={first}-{last}" or of_the_end:
            return
    response.close()
    raise requests.HTTPError("it answered with another range than was asked for")


def refuse(response: requests.Response) -> None:
    """Raise where a server refuses. The words of requests would hold the URL, which can hold a secret."""
    if not response.ok:
        response.close()
        hint = "; its credentials go into the index's URL or into netrc" if response.status_code in (401, 403) else ""
        raise requests.HTTPError(f"it answered {response.status_code}{hint}")


@contextmanager
def explained(what: str) -> Generator[None]:
    """Turn whatever goes wrong in a transfer or in an archive into an EnumReadError that says so."""
    try:
        yield
    except (*_TRANSFER_ERRORS, _NoRangesError) as error:
        raise EnumReadError(f"cannot read {what}: {_reason(error)}") from error
    except _ARCHIVE_ERRORS as error:
        raise EnumReadError(f"{what} is damaged: {error or type(error).__name__}") from error


def _reason(error: BaseException) -> str:
    """Return why a transfer failed, from the innermost cause: the outer ones hold URLs and addresses of objects."""
    while True:
        match error:
            case IncompleteRead():
                return f"the transfer was cut after {error.partial!r} bytes; try again"
            case requests.Timeout() | urllib3.exceptions.ReadTimeoutError() | TimeoutError():
                return f"no answer within {TIMEOUT} seconds; try again, or see to the network and its proxy"
            case ssl.SSLError():
                return f"no trusted connection ({error.reason}); REQUESTS_CA_BUNDLE names the certificates to trust"
            case requests.exceptions.ProxyError():
                return "the proxy (HTTPS_PROXY, HTTP_PROXY) does not let it through"
            case _:
                cause = error.__cause__ or error.__context__
        if cause is None:
            break
        error = cause
    if isinstance(error, OSError) and error.strerror:
        at = f" ({error.filename})" if error.filename else "; see to the network and its proxy"
        return f"{error.strerror}{at}"
    text = str(error) or type(error).__name__
    return text if text.isprintable() else repr(text)


class _Fetcher(RemoteFetcher):  # type: ignore[misc] # it has no types
    def fetch(self, data_range: tuple[int, int | None], stream: bool = False) -> Any:
        """Refuse a directory that would fill the memory; what is streamed is read in pieces, up to a limit."""
        first, last = data_range
        if not stream and last is not None and last - first >= _DIRECTORY_LIMIT:
            raise BadZipFile(f"its directory has {last - first + 1} bytes; at most {_DIRECTORY_LIMIT} are read")
        return super().fetch(data_range, stream)  # pyright: ignore[reportUnknownMemberType] - it has no types


@contextmanager
def open_wheel(session: requests.Session, wheel: Wheel) -> Generator[ZipFile]:
    """Open a wheel of which only what is read then is fetched, if that can be.

    Raises EnumReadError where it cannot be read, is not what its index says, or is no archive.
    """
    with explained(f"{wheel.file_name} from {host(wheel.url)}"):
        archive = _open(session, wheel)
    with archive:
        yield archive


def _open(session: requests.Session, wheel: Wheel) -> ZipFile:
    if urlsplit(wheel.url).scheme == "file":
        path = file_path(wheel.url)
        with open(path, "rb") as file:
            _expect_digest(wheel, hashlib.file_digest(file, "sha256").hexdigest())
        return ZipFile(path)
    with suppress(_NoRangesError):
        headers = {"Accept-Encoding": "identity"}
        archive: ZipFile = RemoteZip(
            wheel.url, session=session, fetcher=_Fetcher, auth=wheel.auth, timeout=TIMEOUT, headers=headers
        )
        return archive
    return ZipFile(_cached(session, wheel))


def read_assembly(archive: ZipFile, wheel: Wheel, path: str) -> bytes:
    """Return a file of a wheel, once it agrees with the wheel's RECORD.

    Installers refuse a file that is not in RECORD or differs from it, and so does this:
    https://packaging.python.org/en/latest/specifications/binary-distribution-format.
    """
    records = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/RECORD", name)]
    with explained(f"RECORD of {wheel.file_name}"):
        rows = csv.reader(_read(archive, records[0], 4 * _DIRECTORY_LIMIT).decode().splitlines()) if records else ()
        digests = {row[0]: row[1] for row in rows if len(row) > 1}
    with explained(f"{path} of {wheel.file_name}"):
        data = _read(archive, path, ENTRY_LIMIT)
    algorithm, _, expected = digests.get(path, "").partition("=")
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise EnumReadError(f"RECORD of {wheel.file_name} has no hash of {path}: the wheel is not intact")
    found = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).decode().rstrip("=")
    if found != expected:
        raise EnumReadError(
            f"{path} of {wheel.file_name} has the {algorithm} {found}, but RECORD in the wheel says {expected!r}: "
            "it was changed after it was built, or on its way"
        )
    return data


def _read(archive: ZipFile, path: str, limit: int) -> bytes:
    entry = archive.getinfo(path)
    if max(entry.file_size, entry.compress_size) > limit:
        raise BadZipFile(f"it is said to have {entry.file_size} bytes; at most {limit} are read")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile(f"it is packed by method {entry.compress_type}; expected 0 or 8")
    with archive.open(entry) as file:
        return b"".join(_shown(iter(partial(file.read, _CHUNK), b""), entry.file_size, path))


def _cached(session: requests.Session, wheel: Wheel) -> str:
    """Return the path of a wheel in the user's cache, under its hash; fetch it where it is not there yet."""
    folder = os.path.join(platformdirs.user_cache_dir("smtpstatus", appauthor=False), "wheels")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{wheel.sha256}.whl")
    with suppress(OSError), open(path, "rb") as kept:
        if hashlib.file_digest(kept, "sha256").hexdigest() == wheel.sha256:
            os.utime(path)
            return path
    with session.get(wheel.url, stream=True, timeout=TIMEOUT, auth=wheel.auth) as response:
        refuse(response)
        total = int(response.headers.get("Content-Length", 0))
        digest, received = hashlib.sha256(), 0
        file = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115 - it is to outlive its block
        try:
            with file:
                for chunk in _shown(response.iter_content(_CHUNK), total, wheel.file_name):
                    received += len(chunk)
                    if received > ARCHIVE_LIMIT:
                        raise BadZipFile(f"it has more than {ARCHIVE_LIMIT} bytes")
                    digest.update(chunk)
                    file.write(chunk)
            _expect_digest(wheel, digest.hexdigest())
            path = os.path.join(folder, f"{digest.hexdigest()}.whl")
            os.replace(file.name, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(file.name)
    with suppress(OSError):  # another process reads or deletes it
        _trim(folder)
    return path


def _trim(folder: str) -> None:
    """Delete what was used longest ago, until the rest is within the limit; the newest stays in any case."""
    total = 0
    files = [(entry.stat(), entry.path) for entry in os.scandir(folder) if entry.is_file()]
    for count, (stat, path) in enumerate(sorted(files, key=lambda file: -file[0].st_mtime_ns)):
        total += stat.st_size
        if count and total > CACHE_LIMIT:
            os.unlink(path)


def _expect_digest(wheel: Wheel, found: str) -> None:
    if wheel.sha256 and found != wheel.sha256:
        raise EnumReadError(
            f"{wheel.file_name} from {host(wheel.url)} has the sha256 {found}, but its index says {wheel.sha256}: "
            "it was changed on its way or on the server, and is not read"
        )


def _shown(chunks: Iterable[bytes], total: int, what: str) -> Iterator[bytes]:
    """Pass chunks on; on a terminal, tell how far it is, once that has taken a second."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    due = time.monotonic() + 1
    done, line = 0, ""
    try:
        for chunk in chunks:
            yield chunk
            done += len(chunk)
            if is_terminal and time.monotonic() > due:
                due += 0.2
                line = f"\r{what}: {done >> 20} MiB" + (f" of {total >> 20}, {done / total:.0%}" if total else "")
                print(line, end="", file=sys.stderr, flush=True)
    finally:
        if line:
            print("\r" + " " * len(line) + "\r", end="", file=sys.stderr, flush=True)


def file_path(url: str) -> str:
    return url2pathname(urlsplit(url).path)


def host(url: str) -> str:
    """Return what a message may say of a URL: neither credentials nor a signed query."""
    parts = urlsplit(url)
    return parts.hostname or os.path.dirname(file_path(url))
