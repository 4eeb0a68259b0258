"""What a source of NuGet has of a package: a server of the protocol v3, or a folder.

The protocol is https://learn.microsoft.com/nuget/api/overview. A folder has packages as `dotnet nuget push` puts them
there, or as `nuget init` does: NAME/VERSION/NAME.VERSION.nupkg.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.addresses import file_path, origin, split_credentials
from smtpstatus_dotnet.package_indexes.archives import open_archive
from smtpstatus_dotnet.package_indexes.documents import fetch_text
from smtpstatus_dotnet.package_indexes.nuget_version import parse_version
from smtpstatus_dotnet.package_indexes.nuspec import read_identity
from smtpstatus_dotnet.package_indexes.releases import Listing, ReleaseFile
from smtpstatus_dotnet.package_indexes.transport import DamagedError, TransferError, explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtpstatus_dotnet.package_indexes.nuget_version import NuGetVersion
    from smtpstatus_dotnet.package_indexes.settings import Index
    from smtpstatus_dotnet.package_indexes.transport import Session

_PACKAGES = ("PackageBaseAddress/3.0.0",)
# The newest first: only that has all versions.
_REGISTRATIONS = tuple(
    f"RegistrationsBaseUrl{version}" for version in ("/Versioned", "/3.6.0", "/3.4.0", "/3.0.0-rc", "/3.0.0-beta", "")
)
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError, RecursionError)


def listing(session: Session, source: Index, name: str, is_exact: bool) -> Listing | None:
    """Return the packages that a source has of a name, or None if it does not know it.

    Which of them are unlisted, and when they were published, is asked only if the caller has not named one version.
    Raises TransferError if the source cannot be read.
    """
    if urlsplit(source.url).scheme == "file":
        files = list(_in_folder(session, source, name))
        return Listing(files) if files else None
    server = _Server(session, source)
    versions = server.versions(name)
    if not versions:
        return None
    details = {} if is_exact else server.details(name)
    return Listing([server.file(name, version, *details.get(version, (False, ""))) for version in versions])


class _Server:
    """A server, known by its service index."""

    def __init__(self, session: Session, source: Index) -> None:
        self._session, self._source = session, source
        index = self._document(source.url)
        try:
            # Of several resources of a type, the first counts.
            self._resources = {
                resource_type: str(resource["@id"])
                for resource in reversed(index["resources"])
                for resource_type in _types(resource)
            }
        except _MALFORMED:
            raise TransferError(
                f"{source.place} is not a service index of NuGet's protocol v3; feeds of v2 are not read"
            ) from None

    def versions(self, name: str) -> list[NuGetVersion] | None:
        """Return the versions that there are of a package, or None if the server does not know it."""
        document = self._document(f"{self._base(_PACKAGES)}{name.lower()}/index.json", is_optional=True)
        if document is None:
            return None
        try:
            texts: list[str] = document["versions"]
            if type(texts) is not list:  # a text or an object would give its parts
                raise TypeError("versions")
            if len(texts) > limits.PAGE_FILE_COUNT:
                raise TransferError(
                    f"cannot read {self._source.place}: it lists more than {limits.PAGE_FILE_COUNT} versions"
                )
            return [parse_version(text) for text in texts]
        except _MALFORMED:
            raise self._malformed("the versions of a package") from None

    def file(self, name: str, version: NuGetVersion, is_unlisted: bool, date: str) -> ReleaseFile:
        identity = f"{name}.{version}".lower()
        url, auth = self._address(f"{self._base(_PACKAGES)}{name.lower()}/{str(version).lower()}/{identity}.nupkg")
        return ReleaseFile(f"{identity}.nupkg", version, url, is_yanked=is_unlisted, auth=auth, date=date)

    def details(self, name: str) -> dict[NuGetVersion, tuple[bool, str]]:
        """Return whether each version is unlisted, and the day on which it was published."""
        base = self._base(_REGISTRATIONS, is_optional=True)
        index = self._document(f"{base}{name.lower()}/index.json", is_optional=True) if base else None
        if index is None:
            return {}
        try:
            pages: list[Any] = index["items"]
            if len(pages) > limits.REGISTRATION_PAGE_COUNT:
                most = limits.REGISTRATION_PAGE_COUNT
                raise TransferError(f"cannot read {self._source.place}: it has more than {most} pages of releases")
            return dict(self._detail(leaf["catalogEntry"]) for page in pages for leaf in self._leaves(page))
        except _MALFORMED:
            raise self._malformed("the registrations of a package") from None

    def _leaves(self, page: Any) -> list[Any]:
        """Return the releases on a page, which may be in the document or have an address of its own."""
        leaves: list[Any] = (page if "items" in page else self._document(page["@id"]))["items"]
        return leaves

    @staticmethod
    def _detail(entry: Any) -> tuple[NuGetVersion, tuple[bool, str]]:
        match = re.match(r"(?!1900)\d{4}-\d\d-\d\d(?=T)", entry.get("published") or "", re.ASCII)  # 1900 is unlisted
        return parse_version(entry["version"]), (entry.get("listed") is False, match[0] if match else "")

    def _base(self, types: tuple[str, ...], *, is_optional: bool = False) -> str:
        """Return the address of a resource, with a slash at its end."""
        found = next((self._resources[each] for each in types if each in self._resources), "")
        if not found and not is_optional:
            raise TransferError(f"{self._source.place} has no {types[0]}: it gives no packages")
        return f"{found.rstrip('/')}/" if found else ""

    def _document(self, url: str, *, is_optional: bool = False) -> Any:
        """Return a document of JSON, or None if it is not there and may be absent."""
        what = self._source.place
        with explained(what):
            address, auth = self._address(url)
            found = fetch_text(self._session, address, auth, "application/json")
        if found is None and not is_optional:
            raise TransferError(f"cannot read {what}: it answered 404")
        if found is None:
            return None
        try:
            document = json.loads(found[1])
        except (ValueError, RecursionError):
            raise TransferError(f"{what} does not answer in JSON, as NuGet's protocol v3 does") from None
        if document is None:
            raise TransferError(f"{what} does not answer with what NuGet's protocol v3 has there")
        return document

    def _address(self, url: str) -> tuple[str, Any]:
        """Return an address of the server without credentials, and those: its own or the source's if it is for them."""
        try:
            address, auth = split_credentials(url)
        except ValueError as error:
            raise TransferError(f"{self._source.place} has an address that is none: {error}") from None
        if urlsplit(address).scheme not in ("https", urlsplit(self._source.url).scheme):
            raise TransferError(f"{self._source.place} leads to plain http, where others can change what is read")
        return address, auth or (self._source.auth if origin(address) == self._source.origin else None)

    def _malformed(self, what: str) -> TransferError:
        return TransferError(f"{self._source.place} does not answer with {what}, as NuGet's protocol v3 has them")


def _types(resource: Any) -> list[str]:
    types: list[str] | str = resource["@type"]
    return [types] if isinstance(types, str) else types


def _in_folder(session: Session, source: Index, name: str) -> Iterator[ReleaseFile]:
    root = file_path(source.url)
    try:
        paths = sorted(_paths(root, name.lower()))
    except OSError as error:
        raise TransferError(f"cannot read {source.place}: {error.strerror} ({error.filename})") from None
    for path in paths:
        if found := _local_file(session, path, name):
            yield found


def _paths(root: str, name: str) -> Iterator[str]:
    """Yield the packages in a folder that may be those of a name, in the three places where a folder has them."""
    count = 0
    folders = [root]
    for depth in range(3):
        inner: list[str] = []
        for folder in folders:
            with os.scandir(folder) as entries:
                for entry in entries:
                    count += 1
                    if count > limits.PAGE_FILE_COUNT:
                        raise OSError(0, f"it has more than {limits.PAGE_FILE_COUNT} files", root)
                    is_near = depth == 0 and entry.name.lower().startswith(name)
                    if entry.is_dir():
                        inner += [entry.path] if is_near or depth == 1 else []
                    elif entry.name.lower().startswith(f"{name}.") and entry.name.lower().endswith(".nupkg"):
                        yield entry.path
        folders = inner


def _local_file(session: Session, path: str, name: str) -> ReleaseFile | None:
    """Return a package in a folder, or None if its name or its content says that it is another one.

    `A.1.2.0.nupkg` may be the package A.1, so what is inside counts. A damaged one is an error when it is read.
    """
    file_name = os.path.basename(path)
    try:
        version = parse_version(file_name[len(name) + 1 : -len(".nupkg")])
    except ValueError:
        return None
    found = ReleaseFile(file_name, version, Path(path).absolute().as_uri())
    try:
        with open_archive(session, found) as archive:
            identity = read_identity(archive)
    except (TransferError, DamagedError):
        return found
    return found if identity.name.lower() == name.lower() else None
