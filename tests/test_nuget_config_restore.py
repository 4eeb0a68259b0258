"""`dotnet restore` looks for packages in the sources that ours names, with the same credentials."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from nuget_configs import ENVIRONMENT, add, credentials, element, mapping, sources, write
from process import run

from smtpstatus_dotnet.package_indexes.nuget_config import user_settings
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


class Feed(BaseHTTPRequestHandler):
    """Sources without packages that want credentials. It notes who asks for what; a source is the first folder."""

    asked: ClassVar[defaultdict[str, set[str]]]
    """The sources that each package was looked for in."""
    credentials: ClassVar[dict[str, str]]
    """The credentials that each source got."""

    def do_GET(self) -> None:
        kind, _, encoded = self.headers.get("Authorization", "").partition(" ")
        _, source, *rest = self.path.split("/")
        status, content = 404, b""
        if rest[0] == "packages":
            self.asked[rest[1]].add(source)
        elif kind != "Basic":
            status = 401
        else:
            self.credentials[source] = base64.b64decode(encoded).decode()
            address = f"http://{self.headers['Host']}/{source}/packages/"
            resource = {"@id": address, "@type": "PackageBaseAddress/3.0.0"}
            status, content = 200, json.dumps({"version": "3.0.0", "resources": [resource]}).encode()
        self.send_response(status)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serve() -> Iterator[str]:
    Feed.asked, Feed.credentials = defaultdict(set), {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Feed) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def restore(sdk: Path, folder: Path, *packages: str) -> str:
    """Let `dotnet restore` look for packages, and return what it prints."""
    references = "".join(f'<PackageReference Include="{package}" Version="1.0.0" />' for package in packages)
    properties = "<TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit>"
    project = folder / "project/demo.csproj"
    project.write_text(
        f'<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>{properties}</PropertyGroup>'
        f"<ItemGroup>{references}</ItemGroup></Project>"
    )
    leaves_nothing_running = {"MSBUILDDISABLENODEREUSE": "1", "DOTNET_CLI_USE_MSBUILD_SERVER": "0"}
    variables = os.environ | ENVIRONMENT | leaves_nothing_running
    return run(sdk / "dotnet", "restore", project, folder=project.parent, environment=variables).stdout


def test_mapped_sources_and_credentials(sdk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "p%w;")
    monkeypatch.setenv("NuGetPackageSourceCredentials_S3", "username=a;b; Password=c;d;ValidAuthenticationTypes=basic")
    with serve() as url:
        listed = [
            add("s2", f"{url}/s2/index.json", allowInsecureConnections="True"),
            add("S3", f"{url}/S3/INDEX.JSON", allowInsecureConnections=" true "),
            add("s 4", f"{url}/s4/here", AllowInsecureConnections="true", protocolVersion="3"),
        ]
        rows = [("s1", "*"), ("S2", "Demo.*", "Else"), ("s3", "demo.pack", "x"), ("s4", " Demo.Pack*ignored ")]
        values = {"Username": "me", "ClearTextPassword": "%TOKEN%"}
        write(tmp_path, "user", sources(*listed), mapping(*rows), credentials("s2", **values))
        near = [
            element(tag, add("username", tag), add("cleartextpassword", "p")) for tag in ("s1", "s_x0020_4", "S2", "S3")
        ]
        write(
            tmp_path,
            "folder",
            sources(add("s1", f"{url}/s1/index.json?x=.json", allowInsecureConnections="true")),
            mapping(("S4", "none"), (" s 4 ", "Demo.Pack*")),
            element("packageSourceCredentials", *near),
        )
        packages = ("Demo.Pack", "demo.packer", "Demo.Other", "X", "Else", "Other")
        printed = restore(sdk, tmp_path, *packages)
        for package in packages:
            found = {index.name.replace(" ", ""): index for index in user_settings(package).indexes}
            assert found.keys() == Feed.asked[package.lower()], printed
            for name, index in found.items():
                assert Feed.credentials[name] == ":".join(index.auth or ())
    assert set(Feed.credentials.values()) == {"s1:p", "me:p%w;", "a;b:c;d", "s_x0020_4:p"}


def test_plain_http(sdk: Path, tmp_path: Path) -> None:
    with serve() as url:
        write(tmp_path, "user", sources(add("a", f"{url}/a/index.json", allowInsecureConnections="1")))
        assert "'allowInsecureConnections'" in restore(sdk, tmp_path, "Demo")
        with pytest.raises(SettingsError, match="allowInsecureConnections"):
            user_settings("Demo")
        assert not Feed.credentials
