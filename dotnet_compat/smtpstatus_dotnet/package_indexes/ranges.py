"""An archive on a server, read by ranged requests (RFC 9110, 14): only the bytes that are needed are fetched."""

from __future__ import annotations

import re
from zipfile import BadZipFile

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.transport import refuse

with needs_extra("index", "reading a package index"):
    import requests
    from remotezip import (  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] - it has no types
        RemoteFetcher,
        RemoteZip,
    )

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from zipfile import ZipFile


class NoRangesError(Exception):
    """The server does not answer a request for a range."""


def open_remote(session: requests.Session, url: str, auth: tuple[str, str] | None) -> ZipFile:
    """Open an archive on a server. Raises NoRangesError, and the errors of requests, remotezip and zipfile."""
    headers = {"Accept-Encoding": "identity"}
    hooks = {"response": _check_range}
    archive: ZipFile = RemoteZip(
        url, session=session, fetcher=_Fetcher, auth=auth, timeout=limits.SILENCE_SECONDS, headers=headers, hooks=hooks
    )
    return archive


def _check_range(response: requests.Response, **_: object) -> None:
    """Let only the requested bytes pass: remotezip takes any answer, of any length."""
    requested = response.request.headers.get("Range", "")
    if not requested or response.is_redirect:
        return
    if response.status_code in (200, 400, 416, 501):
        response.close()
        raise NoRangesError
    refuse(response)
    match = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", response.headers.get("Content-Range", ""))
    if match:
        first, last, total = map(int, match.groups())
        is_end = requested.startswith("bytes=-") and last == total - 1 and last - first < int(requested[7:])
        if requested == f"bytes={first}-{last}" or is_end:
            return
    response.close()
    raise requests.HTTPError("it answered with another range than was asked for")


class _Fetcher(RemoteFetcher):  # type: ignore[misc] # it has no types
    def fetch(self, data_range: tuple[int, int | None], stream: bool = False) -> Any:
        """Refuse a directory that would fill the memory. Entries are streamed, and limited where they are read."""
        first, last = data_range
        if not stream and last is not None and last - first >= limits.DIRECTORY_BYTES:
            raise BadZipFile(f"its directory has {last - first + 1} bytes; at most {limits.DIRECTORY_BYTES} are read")
        return super().fetch(data_range, stream)  # pyright: ignore[reportUnknownMemberType] - it has no types
