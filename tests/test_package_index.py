"""Assemblies from wheels of package indexes, over real connections to an index of our own."""

from __future__ import annotations

import io
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from conftest import HAS_NETWORK

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_server import CountingProxy, File, Index, html_page, json_page, make_wheel, serve

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.metadata import read_enums
from smtpstatus_dotnet.package_indexes import settings, transport
from smtpstatus_dotnet.package_indexes.settings import configured_indexes, public_index
from smtpstatus_dotnet.parity import CheckError, EnumDefinition, EnumNotFoundError
from smtpstatus_dotnet.targets import package_index
from smtpstatus_dotnet.targets.reading import Found, Request, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPE = "Aspose.Email.Clients.Smtp.SmtpStatusCode"
ASSEMBLIES = Path(__file__).resolve().parent / "assemblies"
AGREES = (ASSEMBLIES / "agrees.dll").read_bytes()
EXTRA = (ASSEMBLIES / "extra.dll").read_bytes()
ELSEWHERE = (ASSEMBLIES / "not_an_enum.dll").read_bytes()
NOISE = random.Random(1).randbytes(3_000_000)
DLL = "aspose/assemblies/email/Aspose.Email.dll"
# A wheel like the vendor's: the assembly is a small part of it.
CONTENT = {"aspose/a.bin": NOISE, DLL: AGREES, "aspose/netcore/System.Net.Mail.dll": ELSEWHERE, "aspose/z.bin": NOISE}


class Outcome(NamedTuple):
    place: str
    members: int


def find(target: str, *names: str) -> list[Found]:
    return list(package_index.read(target, Request(names or (TYPE,), read_enums)))


def read(target: str, *names: str) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for found in find(target, *names):
        assert isinstance(found, EnumDefinition), found
        outcomes.append(Outcome(found.origin.location, len(found.members)))
    return outcomes


def error_of(target: str, *names: str) -> str:
    with pytest.raises(CheckError) as caught:
        find(target, *names)
    return str(caught.value)


def unread(target: str) -> Unread:
    """Return the only result, which must be one that could not be read."""
    (found,) = find(target)
    assert isinstance(found, Unread)
    return found


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user without settings, so that the settings of the machine are not used."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_", "XDG_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    folder = tmp_path / "project"
    for path in (home, folder):
        path.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return home


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """An index that pip is configured for."""
    with serve() as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        yield index


@pytest.fixture
def demo(index: Index) -> Index:
    """An index with one release of one project."""
    index.projects["demo"] = [make_wheel("demo-1.0-py3-none-win_amd64.whl", CONTENT)]
    return index


def cached(home: Path) -> list[Path]:
    return sorted((home / ".cache").rglob("*.whl"))


# What is read


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


def test_a_folder_is_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel("demo-1.0+local-py3-none-any.whl", CONTENT)
    (tmp_path / "an index" / "demo").mkdir(parents=True)
    (tmp_path / "an index" / wheel.name).write_bytes(wheel.data)
    page = tmp_path / "an index" / "demo" / "index.html"
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "an index").as_uri())
    for content, name in ((html_page([wheel], "../"), "index.html"), (json_page([wheel], "../"), "index.json")):
        page.unlink(missing_ok=True)
        page = page.with_name(name)
        page.write_bytes(content)
        assert read("pkg:pypi/demo@1.0%2Blocal") == [Outcome(f"demo-1.0+local-py3-none-any.whl!{DLL}", 32)]
    assert "no index knows other: asked file://" in error_of("pkg:pypi/other")
    (tmp_path / "an index" / wheel.name).write_bytes(wheel.data + b"!")
    assert "but its index says" in error_of("pkg:pypi/demo")
    (tmp_path / "an index" / wheel.name).unlink()
    assert "cannot read demo-1.0+local-py3-none-any.whl" in error_of("pkg:pypi/demo")


def test_redirects_are_followed(demo: Index) -> None:
    (release,) = demo.projects["demo"]
    demo.moved = {"/simple/demo/": "/other/demo/", "/elsewhere/" + release.name: "/files/" + release.name}
    demo.pages["/other/demo/"] = json_page([release], "/elsewhere/")
    assert read("pkg:pypi/demo") == [Outcome(f"{release.name}!{DLL}", 32)]
    assert demo.sent < 100_000


# Which release, wheel and assembly


def releases(*versions: str) -> list[File]:
    return [make_wheel(f"demo-{version}-py3-none-any.whl", {DLL: AGREES}) for version in versions]


@pytest.mark.parametrize(
    ("target", "version"),
    [
        ("pkg:pypi/demo", "26.10"),
        ("pkg:pypi/demo@26.9", "26.9"),
        ("pkg:pypi/demo@26.9.0", "26.9"),  # PEP 440: equal
        ("pkg:pypi/demo@27.0b1", "27.0b1"),
        ("PKG:PyPI/DEMO", "26.10"),
        ("pkg://pypi/demo/", "26.10"),
        ("pkg:pypi/d%65mo@26%2E9", "26.9"),
    ],
)
def test_release(index: Index, target: str, version: str) -> None:
    index.projects["demo"] = releases("26.9", "26.10", "27.0b1", "3")
    assert read(target)[0].place.startswith(f"demo-{version}-")


def test_pre_releases_if_there_is_nothing_else(index: Index) -> None:
    index.projects["demo"] = releases("1.0a1", "1.0.dev3")
    assert read("pkg:pypi/demo")[0].place.startswith("demo-1.0a1-")


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


def test_the_last_platform_in_the_order_of_names(index: Index) -> None:
    platforms = ["win_amd64", "macosx_11_0_arm64", "manylinux1_x86_64", "win32"]
    index.projects["demo"] = [make_wheel(f"demo-1-py3-none-{platform}.whl", {DLL: AGREES}) for platform in platforms]
    assert read("pkg:pypi/demo") == [Outcome(f"demo-1-py3-none-win_amd64.whl!{DLL}", 32)]


def test_names_are_normalized(index: Index) -> None:
    index.projects["aspose-email"] = [make_wheel("Aspose.Email-1-py3-none-any.whl", {DLL: AGREES})]
    assert read("pkg:pypi/Aspose._Email")[0].place.startswith("Aspose.Email-1-")


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


def test_the_longest_name_first(index: Index) -> None:
    content = {
        "a/Aspose.Email.dll": EXTRA,
        "a/aspose.email.clients.dll": AGREES,
        "b/Aspose.Email.Clients.dll": EXTRA,
        "Aspose.Email.Clients.Smtp.dll": ELSEWHERE,
    }
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    wheel = "demo-1-py3-none-any.whl"
    # The assembly of the longest name does not have the type. Two assemblies have the next name: both are read.
    expected = [f"{wheel}!a/aspose.email.clients.dll", f"{wheel}!b/Aspose.Email.Clients.dll"]
    assert [result.place for result in read("pkg:pypi/demo")] == expected


def test_a_path_names_another_assembly(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: EXTRA, "a/b c.DLL": AGREES})]
    assert read("pkg:pypi/demo#a/b%20c.DLL") == [Outcome("demo-1-py3-none-any.whl!a/b c.DLL", 32)]
    assert read("pkg:pypi/demo@1#/./a//b%20c.DLL") == [Outcome("demo-1-py3-none-any.whl!a/b c.DLL", 32)]
    assert error_of("pkg:pypi/demo#Aspose.Email.dll").startswith(
        f"demo-1-py3-none-any.whl has no Aspose.Email.dll, but {DLL}"
    )


def test_the_first_type_that_is_there(demo: Index) -> None:
    names = ("Nowhere.Type", "Aspose.Email.Clients.Smtp.Other+SmtpStatusCode", TYPE, "System.Net.Mail.SmtpStatusCode")
    assert read("pkg:pypi/demo", *names) == [Outcome(f"demo-1.0-py3-none-win_amd64.whl!{DLL}", 32)]
    # The runtime that the wheel carries was not read.
    assert demo.sent < 100_000


@pytest.mark.usefixtures("demo")
def test_all_indexes_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as second:
        second.projects["demo"] = releases("2")
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"{second.url}/")
        assert read("pkg:pypi/demo")[0].place.startswith("demo-2-")
        # An index that cannot be read could have the newest release; if a version is named, that does not matter.
        second.statuses["/simple/"] = 500
        assert "cannot read " + second.url in error_of("pkg:pypi/demo")
        assert read("pkg:pypi/demo@1")[0].place.startswith("demo-1.0-")


# Error messages


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("pkg:nuget/Aspose.Email", "pypi is the only package type that can be read"),
        ("pkg:pypi", "'' is not the name of a package"),
        ("pkg:pypi/", "'' is not the name of a package"),
        ("pkg:pypi/a/b", "'a/b' is not the name of a package"),
        ("pkg:pypi/..%2Fb", "'../b' is not the name of a package"),
        ("pkg:pypi/demo@", "'' is not a version"),
        ("pkg:pypi/demo@latest", "'latest' is not a version"),
        ("pkg:pypi/demo?repository_url=x", "qualifiers (?repository_url=x) are not supported"),
        ("pkg:pypi/demo#a/b.txt", "a/b.txt is not the path of an assembly (.dll, .exe)"),
    ],
)
def test_an_invalid_package_url(target: str, reason: str) -> None:
    message = error_of(target)
    assert message.startswith(f"expected pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll], found {target}")
    assert reason in message


def test_unknown_name(demo: Index) -> None:
    assert f"no index knows demmo: asked {demo.url}/\nCheck the spelling" in error_of("pkg:pypi/demmo")


def test_unknown_version(index: Index) -> None:
    index.projects["demo"] = releases("1", "2", "10")
    assert error_of("pkg:pypi/demo@3") == "demo has no release 3 with a wheel; the newest are 10, 2, 1"


def test_a_wheel_without_an_assembly(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"a.py": b""})]
    assert error_of("pkg:pypi/demo").startswith("demo-1-py3-none-any.whl has no assembly (.dll, .exe)")


def test_no_assembly_of_a_likely_name(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"a/b.dll": AGREES})]
    message = error_of("pkg:pypi/demo")
    assert "none is called Aspose.Email.Clients.Smtp.dll or Aspose.Email.Clients.dll or Aspose.Email.dll" in message
    assert "#a/b.dll for example" in message


def test_no_such_enum(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: ELSEWHERE})]
    with pytest.raises(EnumNotFoundError) as caught:
        read("pkg:pypi/demo")
    assert f"demo-1-py3-none-any.whl!{DLL}" in str(caught.value)
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"x.dll": AGREES})]
    assert f"has no enum Other.SmtpStatusCode; it has {TYPE} of the same short name" in error_of(
        "pkg:pypi/demo#x.dll", "Other.SmtpStatusCode"
    )


def test_a_damaged_assembly(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES[:-900]})]
    assert unread("pkg:pypi/demo").origin.location == f"demo-1-py3-none-any.whl!{DLL}"


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


def test_a_cut_assembly(demo: Index) -> None:
    """The directory of the wheel arrives whole, the assembly does not."""
    content = {DLL: AGREES + NOISE}
    demo.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    demo.cut_after = 1 << 17
    found = unread("pkg:pypi/demo").error
    assert f"cannot read {DLL} of demo-1-py3-none-any.whl: the transfer was cut" in str(found)


def test_a_cut_page(demo: Index) -> None:
    demo.cut_after, demo.cut = 30, "/simple/"
    assert error_of("pkg:pypi/demo").startswith(f"cannot read {demo.url}/demo/: the transfer was cut after 30 bytes")


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


@pytest.mark.parametrize("record", [{DLL: EXTRA}, {}], ids=["other", "absent"])
def test_record_disagrees(index: Index, record: dict[str, bytes]) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}, record=record)]
    found = unread("pkg:pypi/demo").error
    assert ("but RECORD in the wheel says" if record else "has no hash of") in str(found)


@pytest.mark.parametrize("record", [b"a," + b"x" * 200_000, b"\xff", b"\0", b'"'])
def test_a_damaged_record(index: Index, record: bytes) -> None:
    content = {"demo-1.dist-info/RECORD": record, DLL: AGREES}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    index.projects["demo"] = [File("demo-1-py3-none-any.whl", packed.getvalue())]
    found = unread("pkg:pypi/demo").error
    assert "RECORD of demo-1-py3-none-any.whl" in str(found)


def test_the_crc_disagrees(index: Index) -> None:
    wheel = make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}, compression=zipfile.ZIP_STORED)
    data = bytearray(wheel.data)
    data[data.index(AGREES) + 200] ^= 1
    index.projects["demo"] = [File(wheel.name, bytes(data))]
    found = unread("pkg:pypi/demo").error
    assert f"{DLL} of demo-1-py3-none-any.whl is damaged: Bad CRC-32" in str(found)


# Hostile servers


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
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"\x1b[31m/Aspose.Email.dll": AGREES, DLL: AGREES})]
    assert read("pkg:pypi/demo") == [Outcome(f"demo-1-py3-none-any.whl!{DLL}", 32)]
    name = "demo-1-py3-none-\x1b[31m.whl"
    index.pages["/simple/demo/"] = json_page([File(name, b"")])
    assert "\x1b" not in error_of("pkg:pypi/demo")
    index.pages["/simple/demo/"] = json_page([File("demo-1-py3-none-any.whl", b"")], "http://\x1b[31m/")
    assert "\x1b" not in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("content_range", ["", "bytes */10", "bytes 0-99999999999/100000000000", "items 1"])
def test_another_range(demo: Index, content_range: str) -> None:
    demo.content_range = content_range or "x"
    assert "it answered with another range than was asked for" in error_of("pkg:pypi/demo")


def test_an_endless_directory(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {f"{number:0200}": b"" for number in range(1000)})]
    monkeypatch.setattr(limits, "DIRECTORY_BYTES", 100_000)
    assert "damaged: its directory has" in error_of("pkg:pypi/demo")
    assert index.sent < 100_000


def test_a_bomb(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: bytes(5_000_000)})]
    monkeypatch.setattr(limits, "ENTRY_BYTES", 1 << 20)
    found = unread("pkg:pypi/demo").error
    assert "it is said to have 5000000 bytes; at most 1048576 are read" in str(found)


def test_too_many_of_one_name(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {f"{number}/Aspose.Email.dll": bytes(1000) for number in range(20)}
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", 10_000)
    assert "the 20 copies of 0/Aspose.Email.dll in demo-1-py3-none-any.whl are too large" in error_of("pkg:pypi/demo")


def test_a_wheel_without_end(demo: Index, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.knows_ranges = False
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", 1 << 20)
    assert "it has more than 1048576 bytes" in error_of("pkg:pypi/demo")
    assert not [path for path in (home / ".cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_damaged_archives(demo: Index, knows_ranges: bool) -> None:
    """A damaged wheel gives an enum or our own error, and nothing else."""
    demo.knows_ranges = knows_ranges
    whole = make_wheel("demo-1-py3-none-any.whl", {"a": b"a", DLL: AGREES, "b.dll": EXTRA})
    variants = [b"", b"PK", whole.data[:-1], whole.data[1:], whole.data[: len(whole.data) // 2], NOISE[:500]]
    chance = random.Random(2)
    for _ in range(60):
        damaged = bytearray(whole.data)
        for _ in range(3):
            damaged[chance.randrange(len(damaged) - 600, len(damaged))] = chance.choice([0, 1, 127, 255])
        variants.append(bytes(damaged))
    failures = 0
    for data in variants:
        demo.projects["demo"] = [File(whole.name, data)]
        try:
            failures += any(isinstance(found, Unread) for found in find("pkg:pypi/demo"))
        except CheckError:
            failures += 1
    assert failures > len(variants) / 3


def test_another_compression(index: Index) -> None:
    wheel = make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES}, compression=zipfile.ZIP_BZIP2)
    index.projects["demo"] = [wheel]
    found = unread("pkg:pypi/demo").error
    assert "it is not compressed by deflate, but by method 12" in str(found)


# Credentials


def test_credentials_of_the_url(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.user = "me:p@ss/word"
    monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("//", "//me:p%40ss%2Fword@"))
    assert read("pkg:pypi/demo")
    for target in ("pkg:pypi/other", "pkg:pypi/demo@9"):
        assert "word" not in error_of(target)
    assert "word" not in repr(configured_indexes())
    demo.user = "me:other"
    message = error_of("pkg:pypi/demo")
    assert "it answered 401; put the credentials into the index's URL or netrc" in message
    assert "word" not in message


def test_credentials_of_netrc(demo: Index, home: Path) -> None:
    demo.user = "me:secret"
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (home / ".netrc").chmod(0o600)
    assert read("pkg:pypi/demo")


def test_credentials_stay_with_their_host(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as other:
        other.projects = demo.projects
        demo.pages["/simple/demo/"] = json_page(demo.projects["demo"], other.url.replace("/simple", "/files/"))
        monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("//", "//me:secret@"))
        assert read("pkg:pypi/demo")
        assert all(demo.authorizations)
        assert not any(other.authorizations)


# The user's settings


def urls() -> list[str]:
    return [index.url for index in configured_indexes()]


def test_the_public_index_is_that_of_pip() -> None:
    """Pip's own help says which it asks by default. Nothing of pip is loaded into this process."""
    command = [sys.executable, "-m", "pip", "--isolated", "install", "--help"]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"COLUMNS": "80"}, check=False)
    if result.returncode:
        pytest.skip("pip is not installed")
    assert f"(default {public_index().rstrip('/')})" in " ".join(result.stdout.split())
    code = (
        "import logging, sys; from smtpstatus_dotnet.package_indexes.settings import public_index; public_index();"
        "print('pip' in sys.modules, logging.getLoggerClass() is logging.Logger)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == (
        "False True\n"
    )


@pytest.mark.parametrize("origin", ["absent", "", "/nonexistent/__init__.py", "odd/__init__.py"])
def test_a_pip_that_does_not_say_its_index(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No code of the current folder runs, where a package `pip` would have the constant."""
    for folder in ("", "odd"):
        path = Path(folder, "_internal", "models", "index.py")
        path.parent.mkdir(parents=True)
        path.write_text("class PyPI:\n    simple_url = 'http://evil.example/'\n" if not folder else "1 / 0")
    spec = None if origin == "absent" else ModuleSpec("pip", None, origin=origin or None)
    monkeypatch.setattr(settings, "find_spec", lambda _name: spec)
    assert "set PIP_INDEX_URL or UV_DEFAULT_INDEX" in error_of("pkg:pypi/demo")


def test_the_public_index_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert urls() == [public_index()]
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a.example/simple https://b.example/simple/")
    assert urls() == ["https://a.example/simple/", "https://b.example/simple/", public_index()]
    monkeypatch.setenv("UV_DEFAULT_INDEX", "corp=https://c.example/simple")
    assert urls() == ["https://a.example/simple/", "https://b.example/simple/", "https://c.example/simple/"]


@pytest.mark.parametrize("name", ["PIP_NO_INDEX", "UV_NO_INDEX"])
def test_no_index(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    assert "told to ask no index" in error_of("pkg:pypi/demo")
    monkeypatch.setenv("UV_INDEX" if name.startswith("PIP") else "PIP_INDEX_URL", "https://a.example/")
    assert urls() == ["https://a.example/"]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_files_of_pip(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_CONFIG_FILE")
    write(home / ".pip/pip.conf", "[global]\nindex-url = https://a.example/\nextra_index_url = https://b.example/\n")
    assert urls()[:2] == ["https://a.example/", "https://b.example/"]
    write(home / ".config/pip/pip.conf", "[install]\nextra-index-url =\n  https://c.example/\n  file:///d\n")
    assert urls() == ["https://a.example/", "https://c.example/", "file:///d/"]
    write(home / "own.conf", "[global]\nindex-url = https://e.example/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home / "own.conf"))  # replaces the user's file
    assert urls()[0] == "https://e.example/"
    assert "https://c.example/" not in urls()
    write(home / "own.conf", "index-url")
    assert "pip's settings cannot be read" in error_of("pkg:pypi/demo")


def test_files_of_uv(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path / "etc/uv/uv.toml", 'index-url = "https://m.example"\nextra-index-url = ["https://machine.example/"]'
    )
    write(
        home / ".config/uv/uv.toml",
        '[[index]]\nname = "my-corp"\nurl = "https://user.example/"\ndefault = true\n'
        '[[index]]\nname = "pinned"\nurl = "https://pinned.example/"\nexplicit = true\n',
    )
    project = '[tool.uv]\nextra-index-url = ["https://project.example/"]\n[[tool.uv.index]]\nurl = "wheels"\n'
    write(tmp_path / "project/pyproject.toml", project)
    wheels = (tmp_path / "project/wheels").as_uri() + "/"
    expected = ["https://user.example/", wheels, "https://project.example/", "https://machine.example/"]
    assert urls() == expected
    (tmp_path / "project/below").mkdir()
    monkeypatch.chdir(tmp_path / "project/below")
    assert urls() == expected
    monkeypatch.setenv("UV_INDEX_MY_CORP_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_MY_CORP_PASSWORD", "p@ss")
    assert configured_indexes()[0].auth == ("me", "p@ss")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    assert urls() == [public_index()]
    write(home / "own.toml", 'index-url = "https://own.example/"')
    monkeypatch.setenv("UV_CONFIG_FILE", str(home / "own.toml"))
    assert urls() == ["https://own.example/"]
    for text in ("[", "index = 3", "index = [3]", "[[index]]\nurl = 3", "[[index]]", "extra-index-url = 3"):
        write(home / "own.toml", text)
        assert "uv" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("url", ["http://user:secret@[/", "http://user:secret@host:port/", "ftp://me:secret@host/"])
def test_an_index_that_is_not_a_url(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", url)
    message = error_of("pkg:pypi/demo")
    assert message.startswith("an index in the settings of pip or uv is ")
    assert "secret" not in message


SETTINGS = {
    "variables": {"PIP_INDEX_URL": "{0}/a", "PIP_EXTRA_INDEX_URL": "{0}/b {0}/c", "PIP_FIND_LINKS": ""},
    "user": {".config/pip/pip.conf": "[global]\nindex-url={0}/a\n[install]\nextra-index-url=\n  {0}/b\n  {0}/c\n"},
    "legacy": {".pip/pip.conf": "[global]\nindex-url={0}/a\n", ".config/pip/pip.conf": "[global]\nindex-url={0}/b\n"},
    "both": {"PIP_INDEX_URL": "{0}/v", ".config/pip/pip.conf": "[install]\nindex-url={0}/b\nextra_index_url={0}/x"},
    "uv variables": {"UV_INDEX": "n={0}/b {0}/c", "UV_DEFAULT_INDEX": "{0}/a"},
    "old uv variables": {"UV_INDEX_URL": "{0}/a", "UV_EXTRA_INDEX_URL": "{0}/b {0}/c"},
    "uv user": {".config/uv/uv.toml": '[[index]]\nurl="{0}/a"\ndefault=true\n[[index]]\nurl="{0}/b"'},
    "uv project": {
        "../project/uv.toml": '[[index]]\nurl="{0}/p"\ndefault=true',
        ".config/uv/uv.toml": '[[index]]\nurl="{0}/u"\ndefault=true\n[[index]]\nurl="{0}/x"',
    },
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_pip_and_uv_ask_the_same_indexes(settings: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools themselves show which indexes their settings mean."""
    is_uv = any("uv" in name.lower() for name in settings)
    uv = shutil.which("uv", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
    if is_uv:
        if not uv:
            pytest.skip("uv is not installed")
        command = [uv, "pip", "install", "--dry-run", "--python", sys.executable, "no-such-project"]
    else:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "no-such-project"]
        if subprocess.run([*command[:3], "--version"], capture_output=True, check=False).returncode:
            pytest.skip("pip is not installed")
        monkeypatch.delenv("PIP_CONFIG_FILE")
        monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    with serve() as index:
        base = index.url.removesuffix("/simple")
        for name, text in settings.items():
            if "/" in name:
                write(home / name, text.format(base))
            else:
                monkeypatch.setenv(name, text.format(base))
        ours = {url.removeprefix(base) for url in urls() if url.startswith(base)}
        tool = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        theirs = {path.removesuffix("no-such-project/") for path in index.asked}
        assert theirs == ours, tool.stdout + tool.stderr


# Progress, imports and the vendor's releases


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


MODULES = [path.stem for path in Path(transport.__file__).parent.glob("[!_]*.py")]


@pytest.mark.parametrize(
    ("module", "package"),
    [
        *((f"package_indexes.{name}", "requests") for name in sorted({*MODULES} - {"progress"})),
        ("targets.package_index", "packaging"),
        ("package_indexes.settings", "platformdirs"),
        ("package_indexes.ranges", "remotezip"),
    ],
)
def test_without_the_extra(module: str, package: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"try:\n    import smtpstatus_dotnet.{module}\n"
        "except ImportError as error:\n    print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    if (module, package) != ("package_indexes.settings", "requests"):
        assert "needs the extra: pip install 'smtpstatus[index]' (" in result.stdout


def test_a_target_without_the_extra() -> None:
    code = (
        "import sys; sys.modules['remotezip'] = None; from smtpstatus_dotnet import check;"
        "(result,) = check('pkg:pypi/demo').results; print(repr(result.error))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "EnumReadError(\"reading a package index needs the extra: pip install 'smtpstatus[index]' (" in result.stdout


def test_importing_targets_loads_nothing_heavy() -> None:
    code = (
        "import sys, smtpstatus_dotnet.targets.table;"
        "print([m for m in ('requests', 'zipfile', 'json') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.fixture
def real_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))


@pytest.mark.parametrize("version", ["", "@23.2.1"])
@pytest.mark.usefixtures("real_settings")
def test_the_vendors_releases(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """This asks the user's own index and counts every byte on the wire, those of TLS included."""
    if not HAS_NETWORK:
        pytest.skip("it needs the network: set SMTPSTATUS_TESTS=network")
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        pytest.skip("a proxy is set already, so the proxy that counts bytes cannot be used")
    proxy = CountingProxy()
    proxy.start()
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    try:
        results = read(f"pkg:pypi/aspose-email-for-python-via-net{version}")
    except CheckError as error:
        pytest.skip(f"no index with the vendor's wheels can be reached: {error}")
    finally:
        proxy.stop()
    assert [result.members for result in results] == [32]
    assert results[0].place.endswith(f"!{DLL}")
    print(f"{proxy.count:,} bytes")
    assert 3_000_000 < proxy.count < 10_000_000
