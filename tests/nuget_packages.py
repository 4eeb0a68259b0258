"""NuGet packages, and servers and folders that have them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from index_server import Index

_NUSPEC = """<?xml version="1.0"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata><id>{name}</id><version>{version}</version><authors>tests</authors><description>.</description></metadata>
</package>
"""


@dataclass
class Package:
    """A release."""

    name: str
    version: str
    data: bytes = field(repr=False)
    is_listed: bool = True
    date: str = "2026-02-28"

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.version}.nupkg"


def make_package(name: str, version: str, content: Mapping[str, bytes], *, is_listed: bool = True) -> Package:
    """Pack a package. The content may have a manifest of its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        if not any(path.endswith(".nuspec") for path in content):
            archive.writestr(f"{name}.nuspec", _NUSPEC.format(name=name, version=version))
        for path, data in content.items():
            archive.writestr(path, data)
    return Package(name, version, packed.getvalue(), is_listed)


def write_config(folder: Path, source: str, options: str = "", more: str = "") -> None:
    """Write a NuGet.Config with one source."""
    folder.joinpath("nuget.config").write_text(
        f'<configuration><packageSources><clear/><add key="ours" value="{source}" {options}/></packageSources>'
        f"{more}</configuration>"
    )


def publish(server: Index, *packages: Package, page_size: int = 64, has_registrations: bool = True) -> str:
    """Let a server have packages, by the protocol v3, and return its service index."""
    root = f"http://{urlsplit(server.url).netloc}/v3"
    resources: list[dict[str, object]] = [{"@id": f"{root}/flat", "@type": "PackageBaseAddress/3.0.0"}]
    if has_registrations:  # the address of the real one is compressed whatever it is asked for
        resources += [
            {"@id": f"{root}/old/", "@type": "RegistrationsBaseUrl"},
            {"@id": f"{root}/registrations/", "@type": ["RegistrationsBaseUrl/3.6.0", "Other"]},
        ]
    server.pages["/v3/index.json"] = json.dumps({"version": "3.0.0", "resources": resources}).encode()
    by_name: dict[str, list[Package]] = {}
    for package in packages:
        by_name.setdefault(package.name.lower(), []).append(package)
    for name, releases in by_name.items():
        versions = [package.version.lower() for package in releases]
        server.pages[f"/v3/flat/{name}/index.json"] = json.dumps({"versions": versions}).encode()
        for package in releases:
            version = package.version.lower()
            server.stored[f"/v3/flat/{name}/{version}/{name}.{version}.nupkg"] = package.data
        _register(server, root, name, releases, page_size)
    return f"{root}/index.json"


def _register(server: Index, root: str, name: str, releases: list[Package], page_size: int) -> None:
    leaves = [
        {
            "catalogEntry": {
                "version": package.version,
                "listed": package.is_listed,
                "published": f"{package.date if package.is_listed else '1900-01-01'}T12:00:00+00:00",
            }
        }
        for package in releases
    ]
    pages: list[dict[str, object]] = []
    for start in range(0, len(leaves), page_size):
        page: dict[str, object] = {"items": leaves[start : start + page_size]}
        if start:  # the first is in the document, the others have addresses of their own
            path = f"/v3/registrations/{name}/{start}.json"
            server.compressed[path] = gzip.compress(json.dumps(page).encode())
            page = {"@id": f"{root.removesuffix('/v3')}{path}"}
        pages.append(page)
    server.compressed[f"/v3/registrations/{name}/index.json"] = gzip.compress(json.dumps({"items": pages}).encode())
