"""Many releases of a package at once, and the entries that are kept of them."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
import zlib
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, CONTENT, DLL, EXTRA, error_of, find, releases
from index_server import File, Index, html_page, make_wheel

from smtpstatus_dotnet import check, diff, limits
from smtpstatus_dotnet.parity import Comparison, Release
from smtpstatus_dotnet.reports import explanation
from smtpstatus_dotnet.targets.reading import Found

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


def other(number: int) -> bytes:
    """Return an assembly with other bytes after its end, so that no two releases share it."""
    return AGREES + b"%d" % number


def versions(target: str) -> list[str]:
    return [release_of(found).version for found in find(target)]


def release_of(found: Found | Comparison) -> Release:
    assert found.origin.release
    return found.origin.release


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", ["1.0", "1.9", "2.0rc1", "2.0", "10.0"]),
        (">=1.9", ["1.9", "2.0rc1", "2.0", "10.0"]),
        (">=1.9,<2", ["1.9"]),  # PEP 440: a pre-release of 2 is not below 2
        ("~=1.0", ["1.0", "1.9"]),
        ("==2.*", ["2.0rc1", "2.0"]),
        ("!=1.9", ["1.0", "2.0rc1", "2.0", "10.0"]),
        ("%3E%3D2.0", ["2.0", "10.0"]),
        ("===2.0", ["2.0"]),
    ],
)
def test_a_range(index: Index, text: str, expected: list[str]) -> None:
    index.projects["demo"] = releases("2.0", "10.0", "1.0", "2.0rc1", "1.9")
    assert versions(f"pkg:pypi/demo@{text}") == expected
    assert index.asked.count("/simple/demo/") == 1


@pytest.mark.parametrize("text", [">=", "==1.0,,x", "1.*", "**", "[1.0,2.0)", "<x"])
def test_what_is_no_range(demo: Index, text: str) -> None:
    assert f"{text!r} is not a version or a range of versions (PEP 440)" in error_of(f"pkg:pypi/demo@{text}")
    assert not demo.asked


def test_nothing_is_in_the_range(index: Index) -> None:
    index.projects["demo"] = releases("1.0", "2.0")
    assert "demo has no release in >3; the newest are 2.0, 1.0" in error_of("pkg:pypi/demo@>3")


def test_each_release_is_listed_as_what_it_is(index: Index) -> None:
    damaged = make_wheel("demo-3-py3-none-any.whl", {DLL: AGREES})
    index.projects["demo"] = [
        make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}),
        make_wheel("demo-2-py3-none-any.whl", {DLL: EXTRA}),
        File(damaged.name, damaged.data[: len(damaged.data) // 2]),
        make_wheel("demo-4-py3-none-any.whl", {DLL: AGREES}, yanked="it is wrong"),
        File("demo-5.tar.gz", b""),
        make_wheel("demo-6-py3-none-any.whl", {"x.txt": b""}),
    ]
    index.versions = ["1", "5", "7", "no version"]
    index.projects["demo"][0].date = "2026-02-28"
    report = check("pkg:pypi/demo@*")
    assert [(release_of(result).version, explanation.outcome(result)) for result in report.results] == [
        ("1", "agrees"),
        ("2", "differs"),
        ("3", "error"),
        ("4", "skipped"),
        ("5", "error"),
        ("6", "error"),
        ("7", "error"),
    ]
    assert report.exit_code == 2
    assert release_of(report.results[0]) == Release("1", "2026-02-28")
    assert release_of(report.results[3]) == Release("4", is_yanked=True)
    errors = [str(result.error) for result in report.results if result.error]
    assert "demo-3-py3-none-any.whl" in errors[0]
    assert errors[1:] == [
        "not applicable: demo 4 is yanked; name @4 to check it nevertheless",
        "demo 5 has no wheel, only demo-5.tar.gz: there is no assembly to read",
        "demo-6-py3-none-any.whl has no assembly (.dll, .exe, .winmd, .netmodule): is it a package for .NET?",
        "demo 7 has no wheel: there is no assembly to read",
    ]


def test_yanked_releases_alone_are_no_agreement(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}, yanked=True)]
    report = check("pkg:pypi/demo@*")
    assert [explanation.outcome(result) for result in report.results] == ["skipped", "error"]
    assert report.exit_code == 2
    named = check("pkg:pypi/demo@1")
    assert named.exit_code == 0
    assert str(named.results[0].origin).endswith("withdrawn)")


def test_a_release_of_which_one_wheel_is_yanked(index: Index) -> None:
    offered = make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES})
    index.projects["demo"] = [offered, make_wheel("demo-1-py3-none-win_amd64.whl", {DLL: EXTRA}, yanked=True)]
    (result,) = check("pkg:pypi/demo@*").results
    assert result.origin.location.startswith(offered.name)
    assert result.exit_code == 0


@pytest.mark.parametrize("date", ["2026-02-28", ""])
@pytest.mark.parametrize("speaks_json", [True, False])
def test_the_date(index: Index, date: str, speaks_json: bool) -> None:
    index.speaks_json = speaks_json
    index.projects["demo"] = releases("1")
    index.projects["demo"][0].date = date
    assert [release_of(found).date for found in find("pkg:pypi/demo")] == [date if speaks_json else ""]


@pytest.mark.parametrize("date", [3, None, "yesterday", "2026-02-28", {}])
def test_what_is_no_date(index: Index, date: object) -> None:
    index.projects["demo"] = [wheel] = releases("1")
    files = [{"filename": wheel.name, "url": f"/files/{wheel.name}", "hashes": {}, "upload-time": date}]
    index.pages["/simple/demo/"] = json.dumps({"meta": {"api-version": "1.1"}, "files": files}).encode()
    assert [release_of(found).date for found in find("pkg:pypi/demo")] == [""]


def test_the_most_releases(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.projects["demo"] = releases("1", "2", "3")
    monkeypatch.setattr(limits, "RELEASE_COUNT", 3)
    assert versions("pkg:pypi/demo@*") == ["1", "2", "3"]
    monkeypatch.setattr(limits, "RELEASE_COUNT", 2)
    assert "demo has 3 releases in *; at most 2 are read at a time" in error_of("pkg:pypi/demo@*")
    assert versions("pkg:pypi/demo@<3") == ["1", "2"]


def test_the_most_versions_of_a_page(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.projects["demo"] = releases("1")
    monkeypatch.setattr(limits, "PAGE_FILE_COUNT", 2)
    index.versions = ["1", "2"]
    assert versions("pkg:pypi/demo@*") == ["1", "2"]
    index.versions = ["1", "2", "3"]
    assert "it lists more than 2 files" in error_of("pkg:pypi/demo@*")


@pytest.mark.parametrize("name", ["demo-2.tar.gz", "demo-2.zip", "Demo-2.tar.gz"])
def test_releases_without_a_wheel_on_a_page_of_html(index: Index, name: str) -> None:
    index.speaks_json = False
    wheel, other = releases("1")[0], File("other-3.tar.gz", b"")
    index.pages["/simple/demo/"] = html_page([wheel, File(name, b""), other])
    index.projects["demo"] = [wheel]
    assert versions("pkg:pypi/demo@*") == ["1", "2"]


def test_releases_are_read_side_by_side(index: Index) -> None:
    index.projects["demo"] = releases(*map(str, range(20)))
    index.delay = 0.5  # long enough for all threads to begin
    assert len(versions("pkg:pypi/demo@*")) == 20
    assert index.most_at_once == 8


def test_what_was_read_is_not_fetched_again(index: Index, home: Path) -> None:
    """An interrupted check goes on where it was."""
    wheels = [make_wheel(f"demo-{number}-py3-none-any.whl", {**CONTENT, DLL: other(number)}) for number in range(3)]
    index.projects["demo"] = wheels
    assert versions("pkg:pypi/demo@<2") == ["0", "1"]
    index.asked.clear()
    assert versions("pkg:pypi/demo@*") == ["0", "1", "2"]
    # The end of the wheel with RECORD; the assembly of the new one only.
    assert [index.asked.count(f"/files/{wheel.name}") for wheel in wheels] == [1, 1, 2]
    kept = list((home / ".cache").rglob("*.entry"))
    assert len(kept) == 3
    assert all(path.stat().st_size < len(AGREES) for path in kept)


def test_releases_share_a_file(index: Index, home: Path) -> None:
    """Eight are read at once, and the assembly is fetched by one of them."""
    index.projects["demo"] = [make_wheel(f"demo-{number}-py3-none-any.whl", CONTENT) for number in range(8)]
    index.delay = 0.1
    assert len(versions("pkg:pypi/demo@*")) == 8
    assert len(index.asked) == 1 + 8 + 1
    assert len(list((home / ".cache").rglob("*.entry"))) == 1


@pytest.mark.parametrize("content", [b"", b"x", "another entry", "a pipe"])
def test_an_entry_in_the_cache_is_not_trusted(index: Index, home: Path, content: bytes | str) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", CONTENT)]
    assert check("pkg:pypi/demo").exit_code == 0
    (kept,) = (home / ".cache").rglob("*.entry")
    before = kept.read_bytes()
    kept.unlink()
    if content == "a pipe":
        os.mkfifo(kept)
    else:
        kept.write_bytes(zlib.compress(EXTRA) if isinstance(content, str) else content)
    index.asked.clear()
    assert check("pkg:pypi/demo").exit_code == 0
    assert index.asked.count("/files/demo-1-py3-none-any.whl") == 2
    assert kept.read_bytes() == before


def test_another_wheel_of_the_same_name(index: Index) -> None:
    """RECORD decides, also of what is in the cache."""
    index.projects["demo"] = releases("1")
    assert check("pkg:pypi/demo").exit_code == 0
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: EXTRA})]
    assert check("pkg:pypi/demo").exit_code == 1


def test_entries_count_for_the_limit_of_the_cache(index: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = [make_wheel(f"demo-{number}-py3-none-any.whl", {DLL: other(number)}) for number in (1, 2, 3)]
    index.projects["demo"] = wheels
    check("pkg:pypi/demo@1")
    (first,) = (home / ".cache").rglob("*.entry")
    monkeypatch.setattr(limits, "CACHE_BYTES", 2 * first.stat().st_size)
    for number in (2, 1, 3):  # 1 is used again before 3 comes
        time.sleep(0.02)
        check(f"pkg:pypi/demo@{number}")
    kept = list((home / ".cache").rglob("*.entry"))
    assert len(kept) == 2
    assert first in kept


def test_a_cache_that_cannot_be_written(index: Index, home: Path) -> None:
    (home / ".cache").write_text("")
    index.projects["demo"] = releases("1")
    assert check("pkg:pypi/demo").exit_code == 0


def test_a_wheel_that_claims_the_hash_of_another(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the length, and by a forged checksum the CRC, of the other's assembly. Neither is read for the other."""
    monkeypatch.setattr(zlib, "crc32", lambda *_: 0)  # every CRC is the same, as if it was forged
    evil = make_wheel("demo-1-py3-none-any.whl", {DLL: other(1)}, record={DLL: other(2)})
    index.projects["demo"] = [evil, make_wheel("demo-2-py3-none-any.whl", {DLL: other(2)})]
    for _ in range(2):
        assert [result.exit_code for result in check("pkg:pypi/demo@1", "pkg:pypi/demo@2").results] == [2, 0]


def test_an_assembly_that_unpacks_to_much(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    content = AGREES + bytes(1_000_000)
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: content})]
    monkeypatch.setattr(limits, "ARCHIVE_GRACE_BYTES", 0)
    with zipfile.ZipFile(io.BytesIO(index.projects["demo"][0].data)) as archive:
        packed = archive.getinfo(DLL).compress_size
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", -(-len(content) // packed))
    assert check("pkg:pypi/demo").exit_code == 0
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", len(content) // packed)
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)  # what is in the cache would not be unpacked
    assert "at most" in str(check("pkg:pypi/demo").results[0].error)


def test_one_of_two_wheels_of_a_version_is_yanked(index: Index) -> None:
    """PEP 592: a file that is yanked is passed over if the release has another."""
    offered = make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES})
    index.projects["demo"] = [offered, make_wheel("demo-1-py3-none-win_amd64.whl", {DLL: EXTRA}, yanked=True)]
    assert check("pkg:pypi/demo@1").exit_code == 0


def test_a_diff_is_of_one_release_on_each_side(index: Index) -> None:
    index.projects["demo"] = releases("1", "2")
    report = diff("pkg:pypi/demo@1", "pkg:pypi/demo@*")
    assert report.exit_code == 2
    assert "pkg:pypi/demo@* is several releases: name one on each side" in str(report.results[0].error)
    assert diff("pkg:pypi/demo@1", "pkg:pypi/demo@>1").exit_code == 0
