"""Signals at random moments: the command ends at once, quietly, and leaves nothing behind.

Each test tries a few moments. To try more: INTERRUPTS=50 python -m pytest tests/test_interrupts.py
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from image import Enum, Image
from index_server import make_wheel, serve

from smtpstatus_dotnet import leftovers

if TYPE_CHECKING:
    from collections.abc import Generator

COUNT = int(os.environ.get("INTERRUPTS", "3"))
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def heeded_hangup() -> Generator[None]:
    """Under nohup, programs ignore SIGHUP, and so would what these tests start."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("temporary", "cache", "reports"):
        (tmp_path / name).mkdir()
    return tmp_path


@contextmanager
def started(folder: Path, *arguments: str | Path) -> Generator[subprocess.Popen[bytes]]:
    """Start the command, and wait until it handles signals: before, the interpreter itself answers them."""
    variables = {"TMPDIR": str(folder / "temporary"), "XDG_CACHE_HOME": str(folder / "cache"), "SOME_TEST": str(folder)}
    command = [sys.executable, "-m", "smtpstatus_dotnet", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=os.environ | variables) as process:
        try:
            deadline = time.monotonic() + 60
            while not catches(process.pid, signal.SIGHUP):  # the last that is set; the interpreter does not catch it
                assert process.poll() is None
                assert time.monotonic() < deadline, "the command does not handle signals"
                time.sleep(0.001)
            yield process
        finally:
            process.kill()


def catches(process: int, number: int) -> bool:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return False
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), "0")
    return bool(int(caught, 16) >> number - 1 & 1)


def descendants(folder: Path) -> list[str]:
    """Return the commands that still run with the variables of `started`."""
    found: list[str] = []
    for process in Path("/proc").iterdir():
        try:
            if f"SOME_TEST={folder}\0".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text(encoding="utf-8"))
        except OSError:
            continue
    return found


def interrupt(folder: Path, number: int, seconds: float, *arguments: str | Path) -> bool:
    """Send the signal after some time, and return whether the command was still running."""
    with started(folder, *arguments) as process:
        try:
            status = process.wait(random.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                pytest.fail(f"signal {number} does not end the command: it still runs after 30 seconds")
            status = process.returncode
        _, errors = process.communicate(timeout=30)
    if "--output" in arguments:  # then standard error has the text report, as far as it came
        assert not errors or errors.startswith(b"differs  ")
        assert b"Traceback" not in errors
    else:
        assert errors == b""
    assert status in (0, 1, -number)  # the check may have ended before
    left = [path for path in folder.rglob("*") if path.is_file() and path.name != "report"]
    assert not left
    assert not list((folder / "temporary").iterdir())
    deadline = time.monotonic() + 30
    while descendants(folder) and time.monotonic() < deadline:  # a child that just started sees the end of its input
        time.sleep(0.02)
    assert not descendants(folder)
    return status == -number


def test_no_moment_is_wrong_while_the_command_starts(folder: Path) -> None:
    """Also while it imports and parses its arguments."""
    for _ in range(COUNT):
        for number in SIGNALS:
            interrupt(folder, number, 0.1, "show", "450")


@pytest.mark.parametrize("number", SIGNALS[:2])
def test_while_a_runtime_is_asked(number: int, folder: Path, assemblies: Path, runtime: Path) -> None:
    arguments: list[str | Path] = ["check", "--via", "clr", "--runtime", runtime, assemblies / "agrees.dll", assemblies]
    assert interrupt(folder, number, 0, *arguments)  # at once: it surely runs
    for _ in range(COUNT):
        interrupt(folder, number, 1, *arguments)


@pytest.mark.parametrize("number", SIGNALS[:2])
def test_while_a_big_report_is_written(number: int, folder: Path, tmp_path: Path) -> None:
    """The report is the old one or the new one, and whole."""
    target, report = tmp_path / "temporary" / ".." / ".." / f"{tmp_path.name}-big", folder / "reports" / "report"
    target.mkdir()
    members = {f"Member{n:04}{'x' * 100}": n for n in range(3000)}
    data = Image([Enum("SmtpStatusCode", members, "System.Net.Mail")], wide_heaps=True).build()
    for n in range(4):
        (target / f"{n}.dll").write_bytes(data)
    report.write_text("old", encoding="utf-8")
    for _ in range(COUNT):
        interrupt(folder, number, 1.2, "check", target, "--output", report, "--format", "json")
        text = report.read_text(encoding="utf-8")
        assert text == "old" or text.endswith("}\n")
        assert os.listdir(folder / "reports") == ["report"]


@pytest.mark.parametrize("number", SIGNALS[:2])
def test_while_threads_wait_for_silent_servers(number: int, folder: Path) -> None:
    pytest.importorskip("grpc", reason="the extra is not installed: pip install 'smtpstatus[grpc]'")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        targets = [f"grpc://127.0.0.1:{port}", f"grpc://localhost:{port}"]
        assert all([interrupt(folder, number, 1, "check", *targets) for _ in range(COUNT)])  # noqa: C419  # as above


@contextmanager
def half_a_file() -> Generator[str]:
    """Run a server that sends half of each file and says nothing more, and yield its URL."""
    open_connections: list[socket.socket] = []
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + bytes(1_000_000)

    def accept(server: socket.socket) -> None:
        with suppress(OSError):  # the end of the test closes the server
            while True:
                open_connections.append(server.accept()[0])
                open_connections[-1].recv(4096)
                with suppress(OSError):  # the client was interrupted
                    open_connections[-1].sendall(half)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept, args=(server,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(30)
            for connection in open_connections:
                connection.close()


@pytest.mark.parametrize("number", SIGNALS[:2])
def test_while_threads_download(number: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The partial files of two threads are in the cache when the signal comes."""
    pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")
    with serve() as index, half_a_file() as url:
        index.knows_ranges = False
        for name in ("made", "other"):
            wheel = make_wheel(f"{name}-1.0-py3-none-any.whl", {"Aspose.Email.dll": name.encode()})
            index.projects[name] = [wheel]
            index.moved[f"/files/{wheel.name}"] = url
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        cache = folder / "cache"
        for _ in range(COUNT):
            interrupt(folder, number, 1.5, "check", "pkg:pypi/made", "pkg:pypi/other")
        with started(folder, "check", "pkg:pypi/made", "pkg:pypi/other") as process:
            deadline = time.monotonic() + 60
            while len([*cache.rglob("*.partial")]) < 2:
                assert time.monotonic() < deadline, "no partial file appears"
                time.sleep(0.01)
            process.send_signal(number)
            assert process.wait(30) == -number
        assert not [path for path in cache.rglob("*") if path.is_file()]


def test_a_runtime_ends_with_a_parent_that_is_killed(folder: Path, tmp_path: Path) -> None:
    """Nobody can clean up then. The child ends by itself, also while it loads a runtime and hears nothing."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "pythonnet.py").write_text("import time\ntime.sleep(600)", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path / "modules"))
        with started(folder, "check", "--via", "clr", "X.dll", Path(__file__).parent / "assemblies") as process:
            deadline = time.monotonic() + 60
            while len(descendants(folder)) < 2 and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(descendants(folder)) == 2
            process.kill()
    while descendants(folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not descendants(folder)


def test_a_signal_that_the_parent_ignores() -> None:
    """It is ignored: nohup ignores SIGHUP, and a shell lets background jobs ignore SIGINT."""
    program = (
        "import os, signal\n"
        "for number in (signal.SIGHUP, signal.SIGINT): signal.signal(number, signal.SIG_IGN)\n"
        "from smtpstatus_dotnet.leftovers import end_on_signals; end_on_signals()\n"
        "os.kill(os.getpid(), signal.SIGHUP); os.kill(os.getpid(), signal.SIGINT)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


def test_a_library_leaves_signals_alone(assemblies: Path) -> None:
    program = (
        "import signal, sys; from smtpstatus_dotnet import check; from smtpstatus_dotnet.cli import main\n"
        "before = [*map(signal.getsignal, signal.valid_signals())]\n"
        "check(sys.argv[1]); main(['check', sys.argv[1]])\n"
        "assert before == [*map(signal.getsignal, signal.valid_signals())]"
    )
    command = [sys.executable, "-c", program, str(assemblies / "agrees.dll")]
    assert subprocess.run(command, timeout=60, check=False, stdout=subprocess.DEVNULL).returncode == 0


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_a_block_cleans_up_after_every_exception(error: type[BaseException], tmp_path: Path) -> None:
    def fail_in_the_block() -> None:
        with leftovers.temporary_file(str(tmp_path)) as path:
            Path(path).touch()
            raise error

    with pytest.raises(error):
        fail_in_the_block()
    assert not list(tmp_path.iterdir())
    assert not leftovers._cleanings


def test_a_forked_child_does_not_clean_for_its_parent(tmp_path: Path) -> None:
    with leftovers.temporary_file(str(tmp_path)) as path:
        Path(path).touch()
        child = os.fork()
        if not child:
            os._exit(len(leftovers._cleanings))
        assert os.waitpid(child, 0)[1] == 0
        assert Path(path).exists()
