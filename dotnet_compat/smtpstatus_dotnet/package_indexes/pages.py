"""What a package index lists: the simple repository API, in HTML (PEP 503) or JSON (PEP 691)."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.package_indexes.addresses import file_path, origin, split_credentials
from smtpstatus_dotnet.package_indexes.clock import RefusedError
from smtpstatus_dotnet.package_indexes.documents import decoded, fetch_text
from smtpstatus_dotnet.package_indexes.releases import Listing, ReleaseFile
from smtpstatus_dotnet.package_indexes.transport import TransferError, explained

with needs_extra("index", "reading a package index"):
    from packaging.utils import parse_sdist_filename, parse_wheel_filename
    from packaging.version import Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from smtpstatus_dotnet.package_indexes.releases import ReleaseVersion
    from smtpstatus_dotnet.package_indexes.settings import Index
    from smtpstatus_dotnet.package_indexes.transport import Session

# PEP 691: JSON if the index has it, else the HTML of PEP 503.
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


def listing(session: Session, index: Index, name: str, is_exact: bool) -> Listing | None:
    """Return the wheels that an index has of a package, or None if it does not know the package.

    `name` is normalized (PEP 503). A page is the same for one version and for all. Raises TransferError if the index
    cannot be read.
    """
    del is_exact
    what = f"{index.place}{name}/"
    page = _page(session, index, name, what)
    return None if page is None else _listing(index, name, *page, what)


def _page(session: Session, index: Index, name: str, what: str) -> tuple[str, str] | None:
    """Return the address and text of an index's page on a package, or None if it has no such page."""
    url = f"{index.url}{name}/"
    with explained(what):
        return _local_page(url) if urlsplit(url).scheme == "file" else fetch_text(session, url, index.auth, _ACCEPT)


def _local_page(url: str) -> tuple[str, str] | None:
    for page_url in (f"{url}index.html", f"{url}index.json"):
        with suppress(FileNotFoundError), open_regular(file_path(page_url)) as file:
            return page_url, decoded(file.read(limits.INDEX_PAGE_BYTES + 1))
    return None


def _listing(index: Index, name: str, base: str, page: str, what: str) -> Listing:
    """Return what a page lists. Files that are no wheels are not read, as installers do if they may not build."""
    wheels: list[ReleaseFile] = []
    others: dict[ReleaseVersion, str] = {}
    try:
        versions, files = _files(page)
        for file in files:
            if wheel := _wheel(index, name, base, file):
                wheels.append(wheel)
            elif other := _other_file(name, file):
                others.setdefault(*other)
        for text in versions:
            with suppress(ValueError, TypeError):  # a version may be anything
                others.setdefault(Version(text), "")
    except RefusedError as error:
        raise TransferError(f"cannot read {what}: {error}") from None
    except (AttributeError, KeyError, TypeError, ValueError, AssertionError, RecursionError):
        raise TransferError(f"{what} is not a page of the simple repository API (PEP 503, 691)") from None
    with_wheels = {wheel.version for wheel in wheels}
    return Listing(wheels, {version: file for version, file in others.items() if version not in with_wheels})


def _wheel(index: Index, name: str, base: str, file: dict[str, Any]) -> ReleaseFile | None:
    """Return the wheel behind a link, or None if it is another file."""
    target: str = file["url"]
    link, fragment = urldefrag(target)
    file_name = _file_name(file)
    version = _version(name, file_name)
    if not version:
        return None
    link = urljoin(base, link)
    # Name and URL are printed, and a page from a server must not lead to files of this machine.
    is_harmless = (file_name + link).isprintable()
    if not is_harmless or urlsplit(link).scheme not in ("http", "https", urlsplit(index.url).scheme):
        return None
    url, auth = split_credentials(link)
    algorithm, _, digest = fragment.partition("=")  # PEP 503
    sha256 = file.get("hashes", {algorithm: digest}).get("sha256", "").lower()
    if not re.fullmatch(r"(?:[0-9a-f]{64})?", sha256):
        raise ValueError("sha256")
    is_yanked = file.get("yanked") not in (None, False)
    auth = auth or (index.auth if origin(url) == index.origin else None)
    return ReleaseFile(file_name, version, url, sha256, is_yanked, auth, _date(file.get("upload-time")))


def _file_name(file: dict[str, Any]) -> str:
    target: str = file["url"]
    name: str = file.get("filename") or unquote(urldefrag(target)[0].partition("?")[0].rpartition("/")[2])
    return name


def _date(upload_time: object) -> str:
    """Return the day of an upload (PEP 700), or an empty text."""
    match = re.match(r"\d{4}-\d{2}-\d{2}(?=T)", upload_time, re.ASCII) if isinstance(upload_time, str) else None
    return match[0] if match else ""


def _other_file(name: str, file: dict[str, Any]) -> tuple[Version, str] | None:
    """Return the version of a source distribution and its name, or None if it is another file."""
    file_name = _file_name(file)
    try:
        found, version = parse_sdist_filename(file_name)
    except ValueError:
        return None
    is_harmless = file_name.isprintable() and len(file_name.encode()) <= limits.FILE_NAME_BYTES
    return (version, file_name) if found == name and is_harmless else None


def _version(name: str, file_name: str) -> Version | None:
    """Return the version in the name of a wheel of a package, or None if it is another file."""
    head, *tags = file_name.rsplit("-", 3)
    if len(tags) != 3 or not tags[-1].endswith(".whl") or len(file_name.encode()) > limits.FILE_NAME_BYTES:
        return None
    try:
        # The tags stay out: three times 40 of them, joined by dots, are 64,000 combinations.
        found, version, _, _ = parse_wheel_filename(f"{head}-py3-none-any.whl")
    except ValueError:
        return None
    return version if found == name else None


def _files(page: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the versions (PEP 700) and the files (PEP 691) of a page. The content type is not read: folders have none.

    A page of HTML lists no versions.
    """
    versions: list[str] = []
    if page.lstrip().startswith("{"):
        content = json.loads(page)
        api_version = content["meta"]["api-version"]
        files = content["files"]
        versions += [*content.get("versions", ())] if isinstance(content.get("versions", []), list) else []
    else:
        if page.count("<") > limits.PAGE_TAG_COUNT:
            raise RefusedError(f"it has more than {limits.PAGE_TAG_COUNT} tags")
        links = _Links()
        # No close(): what it would parse is not a whole tag, and before 3.13.6 it takes quadratic time for that.
        links.feed(page)
        api_version, files = links.api_version, links.files
    if not str(api_version).startswith("1."):  # PEP 629: another major version means something else
        raise ValueError("version")
    if max(len(files), len(versions)) > limits.PAGE_FILE_COUNT:
        raise RefusedError(f"it lists more than {limits.PAGE_FILE_COUNT} files")
    return versions, list(files)


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
