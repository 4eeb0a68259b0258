"""Connections to package indexes: what goes wrong, and how long it may take."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import DLL, Outcome, error_of, read
from index_server import Index, json_page

from smtpstatus_dotnet import limits

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


def test_redirects_are_followed(demo: Index) -> None:
    (release,) = demo.projects["demo"]
    demo.moved = {"/simple/demo/": "/other/demo/", "/elsewhere/" + release.name: "/files/" + release.name}
    demo.pages["/other/demo/"] = json_page([release], "/elsewhere/")
    assert read("pkg:pypi/demo") == [Outcome(f"{release.name}!{DLL}", 32)]
    assert demo.sent < 100_000


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("PIP_INDEX_URL", f"http://user:secret@127.0.0.1:{port}/simple")
    message = error_of("pkg:pypi/demo")
    assert message.startswith(f"cannot read http://127.0.0.1:{port}/simple/demo/: Connection refused")
    assert "check the network" in message
    assert "secret" not in message
    monkeypatch.setenv("PIP_INDEX_URL", "http://no-such-host.invalid/simple")
    assert "cannot read http://no-such-host.invalid/simple/demo/: " in error_of("pkg:pypi/demo")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    assert "the proxy (HTTPS_PROXY, HTTP_PROXY) refused the connection" in error_of("pkg:pypi/demo")


def test_an_untrusted_connection(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("http:", "https:"))
    assert "no trusted connection" in error_of("pkg:pypi/demo")


def test_a_silent_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SILENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.getsockname()[1]}/simple")
        assert "no answer within 0.2 seconds" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
@pytest.mark.parametrize("path", ["/simple/", "/files/"])
def test_a_refusal(demo: Index, status: int, path: str) -> None:
    demo.statuses[path] = status
    message = error_of("pkg:pypi/demo")
    assert f"it answered {status}" in message
    assert ("credentials" in message) == (status in (401, 403))
    assert message.startswith("cannot read " + ("http" if path == "/simple/" else "demo-1.0"))


def test_a_lost_file(demo: Index) -> None:
    demo.statuses["/files/"] = 404
    assert "cannot read demo-1.0-py3-none-win_amd64.whl from 127.0.0.1: it answered 404" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("knows_ranges", [True, False])
@pytest.mark.parametrize("cut_after", [0, 100, 1000])
def test_a_cut_transfer(demo: Index, home: Path, knows_ranges: bool, cut_after: int) -> None:
    demo.knows_ranges, demo.cut_after = knows_ranges, cut_after
    message = error_of("pkg:pypi/demo")
    assert "the transfer was cut after" in message
    assert message.startswith("cannot read demo-1.0-py3-none-win_amd64.whl from 127.0.0.1")
    assert not [path for path in (home / ".cache").rglob("*") if path.is_file()]
