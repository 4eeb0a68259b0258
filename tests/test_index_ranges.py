"""Wheels on servers, read by ranged requests."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import cast

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, CONTENT, DLL, NOISE, Outcome, cached, error_of, find, read, unread
from index_server import Index, make_wheel

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.targets.reading import Unread

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("speaks_json", [True, False], ids=["json", "html"])
def test_only_the_assembly_is_read(demo: Index, home: Path, speaks_json: bool) -> None:
    demo.speaks_json = speaks_json
    assert read("pkg:pypi/demo") == [Outcome(f"demo-1.0-py3-none-win_amd64.whl!{DLL}", 32)]
    assert demo.sent < 100_000 < len(NOISE)
    assert demo.asked == ["/simple/demo/", *["/files/demo-1.0-py3-none-win_amd64.whl"] * 2]
    assert not cached(home)


def test_a_stored_assembly_and_a_large_directory(index: Index) -> None:
    others = {f"aspose/{number:0100}.py": b"" for number in range(1000)}
    index.projects["demo"] = [
        make_wheel("demo-1.0-py3-none-any.whl", {**CONTENT, **others}, compression=zipfile.ZIP_STORED)
    ]
    assert read("pkg:pypi/demo") == [Outcome(f"demo-1.0-py3-none-any.whl!{DLL}", 32)]
    assert index.sent < 600_000


@pytest.mark.parametrize("content_range", ["", "bytes */10", "bytes 0-99999999999/100000000000", "items 1"])
def test_another_range(demo: Index, content_range: str) -> None:
    demo.content_range = content_range or "x"
    assert "it answered with another range than was asked for" in error_of("pkg:pypi/demo")


def test_an_endless_directory(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {f"{number:0200}": b"" for number in range(1000)})]
    monkeypatch.setattr(limits, "DIRECTORY_BYTES", 100_000)
    assert "damaged: its directory has" in error_of("pkg:pypi/demo")
    assert index.sent < 100_000


def test_a_cut_assembly(demo: Index) -> None:
    """The directory of the wheel arrives whole, the assembly does not."""
    content = {DLL: AGREES + NOISE}
    demo.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    demo.cut_after = 1 << 17
    found = unread("pkg:pypi/demo").error
    assert f"cannot read {DLL} of demo-1-py3-none-any.whl: the transfer was cut" in str(found)


@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)])
@pytest.mark.parametrize("is_tail", [True, False])
def test_a_range_one_byte_off(demo: Index, is_tail: bool, first: int, last: int) -> None:
    """A server may send a shorter tail than was asked for, and nothing else that was not asked for."""
    demo.shifts = {"tail" if is_tail else "range": (first, last)}
    if (first, last) == (0, 0) or (is_tail and (first, last) == (1, 0)):
        assert read("pkg:pypi/demo")
    else:
        found = find("pkg:pypi/demo") if not is_tail else []
        message = error_of("pkg:pypi/demo") if is_tail else str(cast("Unread", found[0]).error)
        assert "it answered with another range than was asked for" in message
