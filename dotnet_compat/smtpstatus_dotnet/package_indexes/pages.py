"""What a package index lists: the simple repository API, in HTML (PEP 503) or JSON (PEP 691)."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.transport import TransferError, explained, file_path, refuse

with needs_extra("index", "reading a package index"):
    from packaging.utils import parse_wheel_filename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import requests
    from packaging.version import Version

    from smtpstatus_dotnet.package_indexes.settings import Index

# PEP 691: JSON if the index has it, else the HTML of PEP 503.
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


@dataclass(frozen=True, slots=True)
class Wheel:
    """One file of a release, as its index lists it."""

    file_name: str
    version: Version
    url: str
    sha256: str
    """Empty if the index gives none."""
    is_yanked: bool
    auth: tuple[str, str] | None
    """The credentials for the index's host; None for every other host."""


def listed_wheels(session: requests.Session, index: Index, name: str) -> list[Wheel] | None:
    """Return the wheels that an index has of a package, or None if it does not know the package.

    `name` is normalized (PEP 503). Raises TransferError if the index cannot be read.
    """
    page = _page(session, index, name)
    return None if page is None else list(_wheels(index, name, *page))


def _page(session: requests.Session, index: Index, name: str) -> tuple[str, str] | None:
    """Return the address and text of an index's page on a package, or None if it has no such page."""
    url = f"{index.url}{name}/"
    with explained(url):
        if urlsplit(url).scheme == "file":
            for page_url in (f"{url}index.html", f"{url}index.json"):
                if os.path.isfile(file_path(page_url)):
                    with open(file_path(page_url), "rb") as file:
                        return page_url, _text(url, file.read(limits.INDEX_PAGE_BYTES + 1))
            return None
        headers = {"Accept": _ACCEPT}
        with session.get(
            url, headers=headers, auth=index.auth, timeout=limits.SILENCE_SECONDS, stream=True
        ) as response:
            if response.status_code in (404, 410):
                return None
            refuse(response)
            content = bytearray()
            for chunk in response.iter_content(1 << 16):
                content += chunk
                if len(content) > limits.INDEX_PAGE_BYTES:
                    break
            return response.url, _text(url, content)


def _text(url: str, content: bytes | bytearray) -> str:
    if len(content) > limits.INDEX_PAGE_BYTES:
        raise TransferError(
            f"{url} has more than {limits.INDEX_PAGE_BYTES >> 20} MiB: expected a page of the simple repository API"
        )
    return content.decode(errors="replace")


def _wheels(index: Index, name: str, base: str, page: str) -> Iterator[Wheel]:
    """Yield the wheels of a package on a page. Other files are passed over, as installers do."""
    try:
        for file in _files(page):
            if wheel := _wheel(index, name, urljoin(base, file["url"]), file):
                yield wheel
    except (AttributeError, KeyError, TypeError, ValueError, AssertionError, RecursionError) as error:
        raise TransferError(f"{index.url}{name}/ is not a page of the simple repository API (PEP 503, 691)") from error


def _wheel(index: Index, name: str, link: str, file: dict[str, Any]) -> Wheel | None:
    """Return the wheel behind a link, or None if it is another file."""
    url, fragment = urldefrag(link)
    file_name = file.get("filename") or unquote(urlsplit(url).path.rpartition("/")[2])
    try:
        found, version, _, _ = parse_wheel_filename(file_name)
    except ValueError:
        return None
    # Name and URL are printed, and a page from a server must not lead to files of this machine.
    is_harmless = (file_name + url).isprintable()
    if found != name or not is_harmless or urlsplit(url).scheme not in ("http", "https", urlsplit(index.url).scheme):
        return None
    algorithm, _, digest = fragment.partition("=")  # PEP 503
    sha256 = file.get("hashes", {algorithm: digest}).get("sha256", "").lower()
    if not re.fullmatch(r"(?:[0-9a-f]{64})?", sha256):
        raise ValueError(f"sha256 {sha256}")
    is_yanked = file.get("yanked") not in (None, False)
    is_same_host = urlsplit(url)[:2] == urlsplit(index.url)[:2]
    return Wheel(file_name, version, url, sha256, is_yanked, index.auth if is_same_host else None)


def _files(page: str) -> list[dict[str, Any]]:
    """Return the files of a page in the form of PEP 691. The content type is not read: folders have none."""
    if page.lstrip().startswith("{"):
        content = json.loads(page)
        api_version = content["meta"]["api-version"]
        files = content["files"]
    else:
        links = _Links()
        # No close(): what it would parse is not a whole tag, and before 3.13.6 it takes quadratic time for that.
        links.feed(page)
        api_version, files = links.api_version, links.files
    if not str(api_version).startswith("1."):  # PEP 629: another major version means something else
        raise ValueError(f"version {api_version}")
    return list(files)


class _Links(HTMLParser):
    """The links of a page of PEP 503."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[dict[str, Any]] = []
        self.base = ""
        self.api_version = "1.0"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a" and "href" in attributes:
            yanked = "data-yanked" in attributes  # its value is the reason, and may be empty
            self.files.append({"url": urljoin(self.base, attributes["href"] or ""), "yanked": yanked})
        elif tag == "base":
            self.base = attributes.get("href") or ""
        elif tag == "meta" and attributes.get("name") == "pypi:repository-version":
            self.api_version = attributes.get("content") or ""
