"""Connections to package indexes: what goes wrong, and how long it may take."""

from __future__ import annotations

import socket
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import DLL, Outcome, error_of, read
from index_server import Index, json_page, trickle

from smtpstatus_dotnet import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


# How long it may take, and how much it may send


def endless(head: bytes, unit: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: chain([head], repeat(unit))


OK = b"HTTP/1.1 200 OK\r\n"
TRICKLES = {
    "status": endless(b"", b"H"),
    "headers": endless(OK, b"x"),
    "continue": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": endless(OK + b"Content-Length: 9999\r\n\r\n", b" "),
    "chunks": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk size": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailer": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n"),
    "redirect": endless(b"HTTP/1.1 302 Found\r\nContent-Length: 9999\r\n", b"x"),
}


@pytest.mark.parametrize("parts", TRICKLES.values(), ids=TRICKLES)
def test_one_byte_after_the_other(parts: Callable[[], Iterator[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.5)
    with trickle(parts, 0.02) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        assert "the answer is too slow" in error_of("pkg:pypi/demo")
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 60)
    monkeypatch.setattr(limits, "PACKAGE_SECONDS", 0.5)
    with trickle(parts, 0.02) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        assert "it was not read within 0.5 seconds" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("is_enough", [True, False])
def test_a_slow_line(monkeypatch: pytest.MonkeyPatch, is_enough: bool) -> None:
    """20 KiB in a second: more than the rate is enough, and less is not, when ANSWER_SECONDS are over."""
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(limits, "SLOWEST_BYTES", 2_000 if is_enough else 200_000)
    page = b"<a>" + b" " * 20_000
    head = OK + b"Content-Length: %d\r\n\r\n" % len(page)
    with trickle(lambda: iter([head, *(page[at : at + 1000] for at in range(0, len(page), 1000))]), 0.05) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        assert ("no index has a wheel" if is_enough else "the answer is too slow") in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("name", ["continue", "trailer", "chunk extension"])
def test_an_answer_without_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INDEX_PAGE_BYTES", 1000)
    monkeypatch.setattr(limits, "HEAD_BYTES", 100_000)
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    parts = {
        "continue": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        "trailer": endless(chunked + b"0\r\n", b"x" * 10_000),
        "chunk extension": endless(chunked, (b"0" * 1000 + b"1\r\n \r\n") * 100),
    }
    with trickle(parts[name], 0) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        message = error_of("pkg:pypi/demo")
    # An endless line is refused by http.client itself.
    assert ("ProtocolError" if name == "trailer" else "has more than") in message


def test_the_content_of_a_redirect_is_not_read(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEAD_BYTES", 10_000)
    monkeypatch.setattr(limits, "INDEX_PAGE_BYTES", 10_000)
    location = f"HTTP/1.1 302 Found\r\nLocation: {demo.url}/demo/\r\nContent-Length: 99999999\r\n\r\n".encode()
    with trickle(endless(location, b" " * 100_000), 0.01) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        assert read("pkg:pypi/demo")


@pytest.mark.parametrize("count", [3, 4])
def test_redirects(demo: Index, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(limits, "REDIRECT_COUNT", 3)
    demo.moved = {f"/{number}/demo/": f"/{number - 1}/demo/" for number in range(2, count + 1)}
    demo.moved["/1/demo/"] = "/simple/demo/"
    monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("simple", str(count)))
    if count == 3:
        assert read("pkg:pypi/demo")
    else:
        assert "it redirects more than 3 times" in error_of("pkg:pypi/demo")


def test_a_compressed_answer(demo: Index) -> None:
    demo.headers["Content-Encoding"] = "br"
    assert "in a compressed form that was not asked for" in error_of("pkg:pypi/demo")
    demo.headers["Content-Encoding"] = "gzip"  # which pages may have, but this is none
    assert "is damaged: Error -3 while decompressing data" in error_of("pkg:pypi/demo")
