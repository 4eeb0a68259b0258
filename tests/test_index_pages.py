"""The pages of package indexes, good and hostile."""

from __future__ import annotations

import io
import time
import tracemalloc
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, DLL, EXTRA, error_of, find, read, releases
from index_server import File, Index, html_page, json_page, make_wheel

from smtpstatus_dotnet import check, limits
from smtpstatus_dotnet.parity import CheckError
from smtpstatus_dotnet.reports import text

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize(
    "page",
    [
        b"{",
        b"{}",
        b'{"meta": 1, "files": []}',
        b'{"meta": {"api-version": "2.0"}, "files": []}',
        b'{"meta": {"api-version": "1.0"}, "files": 3}',
        b'{"meta": {"api-version": "1.0"}, "files": [3]}',
        b'{"meta": {"api-version": "1.0"}, "files": [{"url": 3}]}',
        b'{"meta": {"api-version": "1.0"}, "files": [{"url": "http://[", "filename": "demo-1-py3-none-any.whl"}]}',
        b'{"meta": {"api-version": "1.0"}, "files": [{"url": "x", "filename": 3}]}',
        b'{"meta": {"api-version": "1.0"}, "files": [{"url": "demo-1-py3-none-any.whl", "hashes": 3}]}',
        b'{"meta": {"api-version": "1.0"}, "files": [{"url": "demo-1-py3-none-any.whl", "hashes": {"sha256": "."}}]}',
        b'{"a":' * 100_000,
        b'{"meta": ' + b"9" * 10_000 + b"}",
        b'<meta name="pypi:repository-version" content="2.0">',
        b'<a href="http://[/demo-1-py3-none-any.whl">',
    ],
)
def test_not_a_page_of_the_api(index: Index, page: bytes) -> None:
    index.pages["/simple/demo/"] = page
    assert error_of("pkg:pypi/demo") == f"{index.url}/demo/ is not a page of the simple repository API (PEP 503, 691)"


@pytest.mark.parametrize("page", [b"", b"\xff\xfe\0", b"<a>", b"<a href>", b"<![x", b"<!DOCTYPE html><form>Sign in"])
def test_a_page_without_wheels(index: Index, page: bytes) -> None:
    index.pages["/simple/demo/"] = page
    assert error_of("pkg:pypi/demo").startswith(("no index has a wheel of demo", f"{index.url}/demo/ is not a page"))


@pytest.mark.parametrize(
    "unit", ["<a ", "<a href='", '<a href="', "<!--", "</a ", "<a \"x<a 'x", "<a href=x>", "<a x x x x>"]
)
def test_a_page_made_to_take_long(index: Index, unit: str) -> None:
    index.pages["/simple/demo/"] = (unit * 200_000)[:200_000].encode()
    begin = time.process_time()
    assert "no index has a wheel of demo" in error_of("pkg:pypi/demo")
    assert time.process_time() - begin < 10  # html.parser alone takes minutes


def test_sloppy_html(index: Index) -> None:
    """This is HTML of an index that escapes nothing."""
    (wheel,) = index.projects["demo"] = releases("1")
    index.pages["/simple/demo/"] = f"""<html><base href='/files/'><A
        data-requires-python=">=3.6,<4" rel=internal HREF='./{wheel.name}#md5=1'>{wheel.name}""".encode()
    assert read("pkg:pypi/demo")[0].place.startswith("demo-1-")


def test_an_endless_page(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INDEX_PAGE_BYTES", 1 << 20)
    index.pages["/simple/demo/"] = b" " * (40 << 20)
    assert "has more than 1 MiB" in error_of("pkg:pypi/demo")
    assert not index.sent  # the rest was not read


def test_a_page_does_not_lead_to_files_of_this_machine(index: Index, tmp_path: Path) -> None:
    (wheel,) = releases("1")
    (tmp_path / wheel.name).write_bytes(wheel.data)
    index.pages["/simple/demo/"] = html_page([wheel], f"{tmp_path.as_uri()}/")
    assert "no index has a wheel of demo" in error_of("pkg:pypi/demo")


def test_a_name_does_not_reach_the_terminal(index: Index) -> None:
    """Its entry counts, because nothing that is left out may agree; the report escapes the name."""
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"\x1b[31m/Aspose.Email.dll": AGREES, DLL: AGREES})]
    assert len(read("pkg:pypi/demo")) == 2
    assert r"\x1b[31m/Aspose.Email.dll" in text.render(check("pkg:pypi/demo"))
    name = "demo-1-py3-none-\x1b[31m.whl"
    index.pages["/simple/demo/"] = json_page([File(name, b"")])
    assert "\x1b" not in error_of("pkg:pypi/demo")
    index.pages["/simple/demo/"] = json_page([File("demo-1-py3-none-any.whl", b"")], "http://\x1b[31m/")
    assert "\x1b" not in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("name", [DLL.upper(), DLL.replace("/", "\\"), DLL.replace("Email", "%45mail"), DLL])
def test_two_entries_of_one_name(index: Index, name: str) -> None:
    """Which of them an installer unpacks depends on the installer."""
    wheel = make_wheel("demo-1-py3-none-any.whl", {DLL: EXTRA})
    with zipfile.ZipFile(packed := io.BytesIO(wheel.data), "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of it
        archive.writestr(name, AGREES)
    index.projects["demo"] = [File(wheel.name, packed.getvalue())]
    assert "has two entries of one name, and a reader may take either" in error_of("pkg:pypi/demo")


def test_a_percent_encoded_name(index: Index) -> None:
    """Packages of NuGet may have it (ECMA-376-2), and installers decode it."""
    content = {"lib/net6.0/Aspose.Email.dll": AGREES, "lib/net8.0/Aspose%2EEmail.dll": EXTRA}
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    assert check("pkg:pypi/demo").exit_code == 1


def test_files_that_are_not_wheels_of_the_project_are_skipped(index: Index) -> None:
    files = releases("1")
    for name in (
        "demo-9.tar.gz",
        "other-9-py3-none-any.whl",
        "demo-9.whl",
        "demo-x-py3-none-any.whl",
        "demo-9-py3.exe",
    ):
        files.append(File(name, b""))
    index.projects["demo"] = files
    assert read("pkg:pypi/demo")[0].place.startswith("demo-1-")
    index.projects["demo"] = files[1:2]
    assert "no index has a wheel of demo, only other files" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize(("size", "version"), [(255, "2"), (256, "1")])
def test_the_longest_name_of_a_wheel(index: Index, size: int, version: str) -> None:
    """No file system has a longer one, so it is no wheel's."""
    (old,) = releases("1")
    name = f"demo-2-py3-none-{'a' * (size - 20)}.whl"
    assert len(name) == size
    index.projects["demo"] = [old, File(name, old.data)]
    assert read("pkg:pypi/demo")[0].place.startswith(f"demo-{version}-")


@pytest.mark.parametrize("speaks_json", [True, False], ids=["json", "html"])
@pytest.mark.parametrize("yanked", [True, "wrong licence", ""])
def test_yanked(index: Index, speaks_json: bool, yanked: str | bool) -> None:
    index.speaks_json = speaks_json
    old, new = releases("1", "2")
    new.yanked = yanked
    index.projects["demo"] = [old, new]
    assert read("pkg:pypi/demo")[0].place.startswith("demo-1-")
    assert read("pkg:pypi/demo@2")[0].place.startswith("demo-2-")
    old.yanked = yanked
    assert "all releases of demo are yanked; name one of them: 2, 1" in error_of("pkg:pypi/demo")


def test_names_are_normalized(index: Index) -> None:
    index.projects["aspose-email"] = [make_wheel("Aspose.Email-1-py3-none-any.whl", {DLL: AGREES})]
    assert read("pkg:pypi/Aspose._Email")[0].place.startswith("Aspose.Email-1-")


def test_a_cut_page(demo: Index) -> None:
    demo.cut_after, demo.cut = 30, "/simple/"
    assert error_of("pkg:pypi/demo").startswith(f"cannot read {demo.url}/demo/: the transfer was cut after 30 bytes")


SIZE = 1 << 20
HOSTILE = {
    **{
        name: (name.encode() * SIZE)[:SIZE] for name in ("<a>", "<", " ", "<div>", "<a href=x>", "<!>", "< ", "<a x=y ")
    },
    "attribute": b"<a href='" + b"x" * SIZE + b"'>",
    "objects": b'{"meta": {"api-version": "1.0"}, "files": [' + b"{}," * 300_000 + b"{}]}",
    "wheels": b'{"meta": {"api-version": "1.0"}, "files": ['
    + b'{"url":"demo-1-py3-none-any.whl"},' * 30_000
    + b'{"url":"x"}]}',
    "tags": b'{"meta": {"api-version": "1.0"}, "files": ['
    + b",".join(
        b'{"url":"demo-%d-%s-%s-%s.whl"}' % (n, b"a." * 36 + b"a", b"b." * 36 + b"b", b"c." * 36 + b"c")
        for n in range(4000)
    )
    + b"]}",
    "arrays": b"{" + b'"a":' + b"[" * 100_000,
    "number": b'{"meta": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_the_memory_of_a_hostile_page(index: Index, page: bytes) -> None:
    """No page of 1 MiB takes more than 100 MiB."""
    index.pages["/simple/demo/"] = page
    tracemalloc.start()
    try:
        find_or_fail("pkg:pypi/demo")
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


def find_or_fail(target: str) -> None:
    with suppress(CheckError):
        find(target)


@pytest.mark.parametrize("speaks_json", [True, False])
@pytest.mark.parametrize(("name", "needed"), [("PAGE_FILE_COUNT", 3), ("PAGE_TAG_COUNT", 14)])
def test_the_counts_of_a_page(
    index: Index, monkeypatch: pytest.MonkeyPatch, speaks_json: bool, name: str, needed: int
) -> None:
    index.projects["demo"] = releases("1", "2", "3")
    index.speaks_json = speaks_json
    monkeypatch.setattr(limits, name, needed)
    assert read("pkg:pypi/demo")
    monkeypatch.setattr(limits, name, needed - 1)
    if speaks_json and name == "PAGE_TAG_COUNT":
        assert read("pkg:pypi/demo")
    else:
        assert f"more than {needed - 1} " in error_of("pkg:pypi/demo")
