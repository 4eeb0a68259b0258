"""Whole wheels in the cache: what is kept, and what is left over."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, DLL, Outcome, cached, error_of, read
from index_server import Index, make_wheel

from smtpstatus_dotnet import limits

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
