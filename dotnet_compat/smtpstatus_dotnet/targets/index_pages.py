"""What a package index lists: the simple repository API, in HTML (PEP 503) or JSON (PEP 691)."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.utils import parse_wheel_filename

from smtpstatus_dotnet.parity import EnumReadError
from smtpstatus_dotnet.targets.index_wheels import TIMEOUT, Wheel, explained, file_path, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import requests

    from smtpstatus_dotnet.targets.index_settings import Index

_PAGE_LIMIT = 16 << 20  # against bombs; the vendor's page has 0.1 MiB
# PEP 691: JSON if there is any, else what an index of PEP 503 answers.
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


def listed_wheels(session: requests.Session, index: Index, name: str) -> list[Wheel] | None:
    """Return the wheels that an index has of a package, None where it does not know the package.

    `name` is normalized (PEP 503). Raises EnumReadError where the index cannot be read.
    """
    page = _page(session, index, name)
    return None if page is None else list(_wheels(index, name, *page))


def _page(session: requests.Session, index: Index, name: str) -> tuple[str, str] | None:
    """Return the address and text of an index's page on a package, None where it has none."""
    url = f"{index.url}{name}/"
    with explained(url):
        if urlsplit(url).scheme == "file":
            for page_url in (f"{url}index.html", f"{url}index.json"):
                if os.path.isfile(file_path(page_url)):
                    with open(file_path(page_url), "rb") as file:
                        return page_url, _text(url, file.read(_PAGE_LIMIT + 1))
            return None
        headers = {"Accept": _ACCEPT}
        with session.get(url, headers=headers, auth=index.auth, timeout=TIMEOUT, stream=True) as response:
            if response.status_code in (404, 410):
                return None
            refuse(response)
            content = bytearray()
            for chunk in response.iter_content(1 << 16):
                content += chunk
                if len(content) > _PAGE_LIMIT:
                    break
            return response.url, _text(url, content)


def _text(url: str, content: bytes | bytearray) -> str:
    if len(content) > _PAGE_LIMIT:
        raise EnumReadError(
            f"{url} has more than {_PAGE_LIMIT >> 20} MiB: expected a page of the simple repository API"
        )
    return content.decode(errors="replace")


def _wheels(index: Index, name: str, base: str, page: str) -> Iterator[Wheel]:
    """Yield the wheels of a package on a page; what else is there is passed over, as it is by installers."""
    try:
        for file in _files(page):
            url, fragment = urldefrag(urljoin(base, file["url"]))
            file_name = file.get("filename") or unquote(urlsplit(url).path.rpartition("/")[2])
            try:
                found, version, _, _ = parse_wheel_filename(file_name)
            except ValueError:
                continue
            if found != name:
                continue
            # These are printed, and a page of the net is not to lead to files of this machine.
            if not (file_name + url).isprintable():
                continue
            if urlsplit(url).scheme not in ("http", "https", urlsplit(index.url).scheme):
                continue
            algorithm, _, digest = fragment.partition("=")  # PEP 503
            sha256 = file.get("hashes", {algorithm: digest}).get("sha256", "").lower()
            if not re.fullmatch(r"(?:[0-9a-f]{64})?", sha256):
                raise ValueError(f"sha256 {sha256}")
            same_host = urlsplit(url)[:2] == urlsplit(index.url)[:2]
            yield Wheel(
                file_name,
                version,
                url,
                sha256,
                file.get("yanked") not in (None, False),
                index.auth if same_host else None,
            )
    except (AttributeError, KeyError, TypeError, ValueError, AssertionError, RecursionError) as error:
        raise EnumReadError(f"{index.url}{name}/ is not a page of the simple repository API (PEP 503, 691)") from error


def _files(page: str) -> list[dict[str, Any]]:
    """Return the files of a page in the form of PEP 691. The content type is not asked: folders have none."""
    if page.lstrip().startswith("{"):
        content = json.loads(page)
        api_version = content["meta"]["api-version"]
        files = content["files"]
    else:
        links = _Links()
        # Not closed: what is left then is no whole tag, and before 3.13.6 takes time by the square of its length.
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
