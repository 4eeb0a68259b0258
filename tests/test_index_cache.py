"""Whole wheels in the cache: what is kept, and what is left over."""

from __future__ import annotations

import io
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, CONTENT, DLL, Outcome, cached, error_of, read
from index_server import Index, make_wheel

from smtpstatus_dotnet import check, limits

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


def test_without_ranges_the_wheel_is_kept(demo: Index, home: Path) -> None:
    demo.knows_ranges = False
    expected = [Outcome(f"demo-1.0-py3-none-win_amd64.whl!{DLL}", 32)]
    assert read("pkg:pypi/demo") == expected
    (kept,) = cached(home)
    demo.asked.clear()
    assert read("pkg:pypi/demo") == expected
    assert demo.asked == ["/simple/demo/", "/files/demo-1.0-py3-none-win_amd64.whl"]  # the request for a range
    # The cache is not trusted.
    kept.write_bytes(b"PK damaged")
    assert read("pkg:pypi/demo") == expected
    assert cached(home) == [kept]
    assert kept.read_bytes() == demo.projects["demo"][0].data


def test_the_cache_is_bounded(demo: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.knows_ranges = False
    wheels = [make_wheel(f"demo-{number}-py3-none-any.whl", {DLL: AGREES, "n": b"%d" % number}) for number in range(4)]
    demo.projects["demo"] = wheels
    monkeypatch.setattr(limits, "CACHE_BYTES", 2 * len(wheels[0].data) + 100)
    names = [f"{wheel.sha256}.whl" for wheel in wheels]
    for number in (0, 1, 0, 2):  # 0 is used again before 2 comes
        read(f"pkg:pypi/demo@{number}")
        time.sleep(0.02)
    assert {path.name for path in cached(home)} == {names[0], names[2]}
    monkeypatch.setattr(limits, "CACHE_BYTES", 1)
    read("pkg:pypi/demo@3")
    assert [path.name for path in cached(home)] == [names[3]]


def test_a_wrong_hash(demo: Index, home: Path) -> None:
    demo.knows_ranges = False
    found = demo.projects["demo"][0].sha256
    demo.projects["demo"][0].sha256 = "0" * 64
    message = error_of("pkg:pypi/demo")
    assert f"has the sha256 {found}, but its index says {'0' * 64}" in message
    assert not cached(home)


def test_an_index_without_hashes(demo: Index, home: Path) -> None:
    demo.knows_ranges = False
    demo.projects["demo"][0].sha256 = ""
    for _ in range(2):
        assert read("pkg:pypi/demo")
    assert demo.asked.count("/files/demo-1.0-py3-none-win_amd64.whl") == 4  # not trusted, so fetched again
    assert len(cached(home)) == 1


def test_a_wheel_without_end(demo: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.knows_ranges = False
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", 1 << 20)
    assert "it has more than 1048576 bytes" in error_of("pkg:pypi/demo")
    assert not [path for path in (home / ".cache").rglob("*") if path.is_file()]


def test_progress_on_a_terminal_only(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    demo.knows_ranges = False
    demo.projects["demo"][0].sha256 = ""  # nothing is taken from the cache
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(sys, "stderr", pipe := io.StringIO())
    read("pkg:pypi/demo")
    assert not pipe.getvalue()
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    read("pkg:pypi/demo")
    assert "\rdemo-1.0-py3-none-win_amd64.whl: 1 MiB of 5, 26%" in terminal.getvalue()
    assert terminal.getvalue().endswith(" \r")


@pytest.mark.parametrize("kind", ["fifo", "link", "link to itself", "damaged"])
def test_what_is_not_a_wheel_is_replaced(demo: Index, home: Path, tmp_path: Path, kind: str) -> None:
    demo.knows_ranges = False
    wheel = demo.projects["demo"][0]
    path = home / ".cache/smtpstatus/packages" / f"{wheel.sha256}.whl"
    path.parent.mkdir(parents=True)
    (tmp_path / "other").write_bytes(wheel.data)
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "link":
            path.symlink_to(tmp_path / "other")
        case "link to itself":
            path.symlink_to(path)
        case _:
            path.write_bytes(wheel.data[:-1])
    assert read("pkg:pypi/demo")
    assert path.is_file()
    assert not path.is_symlink()
    assert path.read_bytes() == wheel.data


@pytest.mark.parametrize("place", ["", "smtpstatus", "smtpstatus/packages"])
def test_a_cache_that_is_not_a_folder(demo: Index, home: Path, place: str) -> None:
    demo.knows_ranges = False
    path = home / ".cache" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    message = error_of("pkg:pypi/demo")
    assert "it cannot be kept in the cache: " in message
    assert "XDG_CACHE_HOME" in message


def test_a_folder_in_place_of_the_wheel(demo: Index, home: Path) -> None:
    demo.knows_ranges = False
    path = home / ".cache/smtpstatus/packages" / f"{demo.projects['demo'][0].sha256}.whl"
    path.mkdir(parents=True)
    assert "it cannot be kept in the cache: Is a directory" in error_of("pkg:pypi/demo")
    assert os.listdir(path.parent) == [path.name]


def test_a_full_disk(demo: Index, home: Path) -> None:
    demo.knows_ranges = False
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        assert "it cannot be kept in the cache: File too large" in error_of("pkg:pypi/demo")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not [path for path in (home / ".cache").rglob("*") if path.is_file()]


def test_partial_downloads_of_killed_processes(demo: Index, home: Path) -> None:
    demo.knows_ranges = False
    folder = home / ".cache/smtpstatus/packages"
    folder.mkdir(parents=True)
    for name, age in (("old.partial", 60), ("young.partial", -60), ("other.txt", 60)):
        (folder / name).write_bytes(b"")
        moment = time.time() - limits.PARTIAL_SECONDS - age
        os.utime(folder / name, (moment, moment))
    assert read("pkg:pypi/demo")
    assert {"young.partial", "other.txt"} == {name for name in os.listdir(folder) if not name.endswith(".whl")}


@pytest.mark.parametrize("count", [1, 3])
def test_an_interrupt_leaves_no_partial_download(demo: Index, home: Path, count: int) -> None:
    """The exception comes in the main thread: in the download itself, or while threads download."""
    demo.knows_ranges, demo.pause = False, 0.2
    wheels = [make_wheel(f"demo-{number}-py3-none-any.whl", CONTENT) for number in range(count)]
    demo.projects["demo"] = wheels

    def interrupt() -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            partial = [path for path in (home / ".cache").rglob("*.partial") if path.stat().st_size]
            if len(partial) == count:  # each has its first bytes, so that the file is not just being opened
                break
            time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)  # as the system does

    before = threading.enumerate()  # another test's executor may have idle threads
    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        check(*(f"pkg:pypi/demo@{number}" for number in range(count)))
    thread.join()
    # On a slow machine, a download may have ended before all had begun.
    left = [path.read_bytes() for path in (home / ".cache").rglob("*") if path.is_file()]
    assert all(data in [wheel.data for wheel in wheels] for data in left)
    assert len(left) < count
    ours = [each.name for each in threading.enumerate() if each not in before]
    assert not [name for name in ours if name.startswith("ThreadPool")]
