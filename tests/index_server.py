"""A package index on the loopback interface that behaves as well or as badly as a test needs, and its wheels."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import socket
import ssl
import threading
import time
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    import trustme


@dataclass
class File:
    """A file of a release, with the hash and the yanked mark that the index lists."""

    name: str
    data: bytes = field(repr=False)
    sha256: str | None = None
    yanked: str | bool = False
    date: str = ""

    def __post_init__(self) -> None:
        if self.sha256 is None:
            self.sha256 = hashlib.sha256(self.data).hexdigest()


def make_wheel(
    name: str,
    content: Mapping[str, bytes],
    *,
    yanked: str | bool = False,
    record: Mapping[str, bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> File:
    """Pack a wheel. Its RECORD lists `record` if that is given, else `content`."""
    project, version, *_ = name.split("-")
    lines = [f"{path},{_digest(data)},{len(data)}" for path, data in (content if record is None else record).items()]
    info = f"{project}-{version}.dist-info/RECORD"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for path, data in content.items():
            archive.writestr(path, data)
        archive.writestr(info, "\n".join([*lines, f"{info},,"]))
    return File(name, packed.getvalue(), yanked=yanked)


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def html_page(files: list[File], prefix: str = "../../files/") -> bytes:
    """Return a project page in HTML (PEP 503)."""
    lines: list[str] = []
    for file in files:
        fragment = f"#sha256={file.sha256}" if file.sha256 else ""
        yanked = f' data-yanked="{file.yanked or ""}"' if file.yanked is not False else ""
        lines.append(f'<a href="{prefix}{file.name}{fragment}"{yanked}>{file.name}</a><br/>')
    return ("<!DOCTYPE html><html><body>\n" + "\n".join(lines) + "\n</body></html>").encode()


def json_page(files: list[File], prefix: str = "../../files/", versions: Sequence[str] = ()) -> bytes:
    """Return a project page in JSON (PEP 691, 700)."""
    listed = [
        {
            "filename": file.name,
            "url": prefix + file.name,
            "hashes": {"sha256": file.sha256} if file.sha256 else {},
            "yanked": file.yanked,
            **({"upload-time": f"{file.date}T12:00:00.000000Z"} if file.date else {}),
        }
        for file in files
    ]
    page = {"meta": {"api-version": "1.1"}, "name": "x", "files": listed, "versions": versions}
    return json.dumps(page).encode()


@dataclass
class Index:
    """The content of the server, its behaviour, and the requests that it received."""

    url: str = ""
    projects: dict[str, list[File]] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    """What each page in JSON lists as the versions of its project."""
    speaks_json: bool = True
    knows_ranges: bool = True
    pages: dict[str, bytes] = field(default_factory=dict)
    """Answers by path, which take precedence over the projects."""
    compressed: dict[str, bytes] = field(default_factory=dict)
    """Answers by path that are in gzip, whatever was asked for."""
    stored: dict[str, bytes] = field(default_factory=dict)
    """Files by path, which are also sent in ranges."""
    statuses: dict[str, int] = field(default_factory=dict)
    """HTTP statuses by the beginning of the path."""
    moved: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """How many bytes of an answer are sent before the connection is closed."""
    cut: str = "/files/"
    """The beginning of the paths that `cut_after` applies to."""
    content_range: str = ""
    """The Content-Range of every answer to a range, instead of the true one."""
    shifts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How far the answer to a `tail` or another `range` is off, at its first and its last byte."""
    user: str = ""
    """`name:password` that every request must have."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every answer."""
    pause: float = 0
    """The seconds after each quarter of a MiB."""
    delay: float = 0
    """The seconds before each answer. The requests that wait at once are counted."""
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    sent: int = 0
    asked: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # no thread outlives its test for long

    @property
    def index(self) -> Index:
        return cast("_Server", self.server).index

    def do_GET(self) -> None:
        index = self.index
        with index.lock:
            index.at_once += 1
            index.most_at_once = max(index.most_at_once, index.at_once)
        time.sleep(index.delay)
        with index.lock:
            index.at_once -= 1
        self.respond()

    def respond(self) -> None:
        index, path = self.index, urlsplit(self.path).path
        index.asked.append(path)
        authorization = self.headers.get("Authorization", "")
        index.authorizations.append(authorization)
        for beginning, status in index.statuses.items():
            if path.startswith(beginning):
                return self.answer(status)
        if index.user and authorization != "Basic " + base64.b64encode(index.user.encode()).decode():
            return self.answer(401)
        if path in index.moved:
            return self.answer(302, headers={"Location": index.moved[path]})
        if path in index.pages:
            return self.answer(200, index.pages[path])
        if match := re.fullmatch(r"/simple/([^/]+)/", path):
            return self.send_project(match[1])
        if path in index.compressed:
            return self.answer(200, index.compressed[path], {"Content-Encoding": "gzip"})
        if path in index.stored:
            return self.send_file(index.stored[path])
        for file in (file for files in index.projects.values() for file in files):
            if path == f"/files/{file.name}":
                return self.send_file(file.data)
        return self.answer(404)

    def send_project(self, name: str) -> None:
        files = self.index.projects.get(name)
        if files is None:
            return self.answer(404)
        if self.index.speaks_json and "application/vnd.pypi.simple.v1+json" in self.headers.get("Accept", ""):
            kind, page = "application/vnd.pypi.simple.v1+json", json_page(files, versions=self.index.versions)
        else:
            kind, page = "text/html", html_page(files)
        return self.answer(200, page, {"Content-Type": kind})

    def send_file(self, data: bytes) -> None:
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not match or not self.index.knows_ranges:
            return self.answer(200, data)
        first = int(match[1]) if match[1] else max(0, len(data) - int(match[2]))
        last = int(match[2]) if match[1] and match[2] else len(data) - 1
        before, after = self.index.shifts.get("range" if match[1] else "tail", (0, 0))
        first, last = max(0, first + before), last + after
        content_range = self.index.content_range or f"bytes {first}-{last}/{len(data)}"
        return self.answer(206, data[first : last + 1], {"Content-Range": content_range})

    def answer(self, status: int, data: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**self.index.headers, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        cut = self.index.cut_after if self.path.startswith(self.index.cut) else None
        for at in range(0, len(data[:cut]), 1 << 18):
            self.wfile.write(data[:cut][at : at + (1 << 18)])
            time.sleep(self.index.pause)
        self.index.sent += len(data[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, index: Index) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.index = index

    def handle_error(self, *_: object) -> None:
        """Ignore clients that close the connection early."""


@contextmanager
def serve(certificate: trustme.LeafCert | None = None) -> Generator[Index]:
    """Serve an index, over TLS if there is a certificate for it."""
    index = Index()
    with _Server(index) as server:
        index.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}/simple"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def trickle(parts: Callable[[], Iterator[bytes]], pause: float) -> Generator[str]:
    """Serve one answer to everybody, part by part with a pause before each, and for ten seconds at most."""
    is_over = threading.Event()

    def answer(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.recv(1 << 16)
            end = time.monotonic() + 10
            for part in parts():
                if is_over.wait(pause) or time.monotonic() > end:
                    return
                client.sendall(part)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=answer, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/simple"
        finally:
            is_over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


class CountingProxy(threading.Thread):
    """A proxy that passes connections on unread (CONNECT) and counts the bytes of both directions."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.count = 0
        self.lock = threading.Lock()

    def run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(4096)
        host, _, port = request.split()[1].decode().rpartition(":")
        server = socket.create_connection((host, int(port)), 30)
        server.settimeout(None)
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        back = threading.Thread(target=self.copy, args=(server, client), daemon=True)
        back.start()
        self.copy(client, server)
        back.join()
        client.close()
        server.close()

    def copy(self, source: socket.socket, target: socket.socket) -> None:
        for data in self.received(source):
            with self.lock:
                self.count += len(data)
            try:
                target.sendall(data)
            except OSError:
                break
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def received(source: socket.socket) -> Iterator[bytes]:
        try:
            while data := source.recv(1 << 16):
                yield data
        except OSError:
            return

    def stop(self) -> None:
        self.listener.close()
