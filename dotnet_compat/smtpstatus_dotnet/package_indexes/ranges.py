"""An archive on a server, read by ranged requests (RFC 9110, 14): only the bytes that are needed are fetched."""

from __future__ import annotations

import re
from zipfile import BadZipFile

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.clock import RefusedError
from smtpstatus_dotnet.package_indexes.transport import refuse

with needs_extra("index", "reading a package index"):
    from remotezip import (  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] - it has no types
        RemoteFetcher,
        RemoteZip,
    )

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from zipfile import ZipFile

    import requests

    from smtpstatus_dotnet.package_indexes.addresses import Credentials
    from smtpstatus_dotnet.package_indexes.transport import Session


_TAIL_BYTES = 48 << 10
"""What is fetched first: the end of an archive. The directory and RECORD of the vendor's wheels have 37 to 47 KiB."""


class NoRangesError(Exception):
    """The server does not answer a request for a range."""


def open_remote(session: Session, url: str, auth: Credentials | None) -> ZipFile:
    """Open an archive on a server. Raises NoRangesError, and the errors of sessions, remotezip and zipfile."""
    options: Any = {"initial_buffer_size": _TAIL_BYTES, "session": _Ranges(session, auth), "fetcher": _Fetcher}
    archive: ZipFile = RemoteZip(url, **options)
    return archive


class _Ranges:
    """The session for remotezip. It lets only the requested bytes pass: remotezip takes any answer, of any length."""

    def __init__(self, session: Session, auth: Credentials | None) -> None:
        self._session, self._auth = session, auth

    def get(self, url: str, *, headers: dict[str, str], **_options: Any) -> requests.Response:
        requested: str = headers["Range"]
        start, _, end = requested.removeprefix("bytes=").partition("-")
        byte_count = int(end) - int(start) + 1 if start else int(end)
        response = self._session.fetch(url, self._auth, byte_count, headers=headers)
        if response.status_code in (200, 400, 416, 501):
            response.close()
            raise NoRangesError
        refuse(response)
        match = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", response.headers.get("Content-Range", ""))
        if match:
            first, last, total = map(int, match.groups())
            is_end = not start and last == total - 1 and last - first < byte_count
            if requested == f"bytes={first}-{last}" or is_end:
                return response
        response.close()
        raise RefusedError("it answered with another range than was asked for")


class _Fetcher(RemoteFetcher):  # type: ignore[misc] # it has no types
    def fetch(self, data_range: tuple[int, int | None], stream: bool = False) -> Any:
        """Refuse a directory that would fill the memory. Entries are streamed, and limited where they are read."""
        first, last = data_range
        if not stream and last is not None and last - first >= limits.DIRECTORY_BYTES:
            raise BadZipFile(f"its directory has {last - first + 1} bytes; at most {limits.DIRECTORY_BYTES} are read")
        return super().fetch(data_range, stream)  # pyright: ignore[reportUnknownMemberType] - it has no types
