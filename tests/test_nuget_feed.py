"""Packages of NuGet: from servers of the protocol v3, and out of folders."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, EXTRA, NOISE, Outcome, error_of, find, read, unread
from index_server import Index
from nuget_packages import make_package, publish, write_config

from smtpstatus_dotnet import check, limits
from smtpstatus_dotnet.parity import Release
from smtpstatus_dotnet.reports import explanation
from smtpstatus_dotnet.targets.assemblies import installed_aspose

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")

DLL = "lib/net6.0/Aspose.Email.dll"
CONTENT = {"a.bin": NOISE, DLL: AGREES, "lib/netstandard2.0/Aspose.Email.dll": AGREES, "z.bin": NOISE}
INSECURE = 'allowInsecureConnections="true" protocolVersion="3"'


@pytest.fixture
def server(index: Index) -> Index:
    """A server that the folder's NuGet.Config names. It has no package yet."""
    write_config(Path(), publish(index), INSECURE)
    return index


def versions(target: str) -> list[str]:
    return [found.origin.release.version for found in find(target) if found.origin.release]


def test_each_target_framework_is_a_result_of_its_own(server: Index) -> None:
    publish(server, make_package("Demo", "1.0.0", CONTENT))
    server.sent = 0
    found = find("pkg:nuget/demo")
    assert [(each.origin.location, each.origin.framework) for each in found] == [
        ("demo.1.0.0.nupkg!lib/net6.0/Aspose.Email.dll", "net6.0"),
        ("demo.1.0.0.nupkg!lib/netstandard2.0/Aspose.Email.dll", "netstandard2.0"),
    ]
    assert {each.origin.release for each in found} == {Release("1.0.0", "2026-02-28")}
    assert server.sent < 500_000  # of 6 MB
    server.knows_ranges = False
    assert find("pkg:nuget/Demo@1") == found


def test_out_of_a_folder(server: Index, tmp_path: Path) -> None:
    """In all three places where a folder has packages. What is not a package of that name is passed over."""
    del server
    feed = tmp_path / "feed"
    for folder, version in (("", "1.0.0"), ("Demo.1.1.0", "1.1.0"), ("demo/1.2.0", "1.2.0"), ("", "2.0.0-rc.1")):
        (feed / folder).mkdir(parents=True, exist_ok=True)
        (feed / folder / f"Demo.{version}.nupkg").write_bytes(make_package("Demo", version, CONTENT).data)
    (feed / "Demo.2.3.0.0.nupkg").write_bytes(make_package("Demo.2", "3.0.0", CONTENT).data)
    (feed / "Demo.Other.9.0.0.nupkg").write_bytes(make_package("Demo.Other", "9.0.0", CONTENT).data)
    (feed / "Demo.9.0.0.symbols.nupkg").write_bytes(b"")
    (feed / "Demo.txt").write_bytes(b"")
    write_config(Path(), str(feed))
    assert versions("pkg:nuget/demo@(1.0,1.9]") == ["1.1.0", "1.1.0", "1.2.0", "1.2.0"]
    assert set(versions("pkg:nuget/DEMO@*")) == {"1.0.0", "1.1.0", "1.2.0", "2.0.0-rc.1"}
    assert read("pkg:nuget/demo#lib/net6.0/Aspose.Email.dll") == [Outcome(f"Demo.1.2.0.nupkg!{DLL}", 32)]
    assert read("pkg:nuget/Demo.2#lib/net6.0/Aspose.Email.dll") == [Outcome(f"Demo.2.3.0.0.nupkg!{DLL}", 32)]
    assert "no source knows Nothing" in error_of("pkg:nuget/Nothing")
    (feed / "Demo.3.0.0.nupkg").write_bytes(b"damaged")
    assert "Demo.3.0.0.nupkg" in error_of("pkg:nuget/demo")


def test_a_folder_that_is_not_there(server: Index, tmp_path: Path) -> None:
    del server
    write_config(Path(), str(tmp_path / "nowhere"))
    assert "No such file or directory" in error_of("pkg:nuget/demo")


def test_the_largest_folder(server: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del server
    feed = tmp_path / "feed"
    feed.mkdir()
    for number in (1, 2):
        package = make_package("Demo", f"{number}.0.0", {DLL: AGREES})
        (feed / package.file_name).write_bytes(package.data)
    write_config(Path(), str(feed))
    monkeypatch.setattr(limits, "PAGE_FILE_COUNT", 2)
    assert versions("pkg:nuget/demo@*") == ["1.0.0", "2.0.0"]
    monkeypatch.setattr(limits, "PAGE_FILE_COUNT", 1)
    assert "it has more than 1 files" in error_of("pkg:nuget/demo@*")


@pytest.mark.parametrize("page_size", [1, 64])
def test_which_releases_are_offered(server: Index, page_size: int) -> None:
    publish(
        server,
        make_package("Demo", "1.0.0", {DLL: AGREES}),
        make_package("Demo", "2.0.0-Beta", {DLL: AGREES}),
        make_package("Demo", "1.10.0", {DLL: EXTRA}),
        make_package("Demo", "1.9.0", {DLL: AGREES}, is_listed=False),
        page_size=page_size,
    )
    assert versions("pkg:nuget/demo") == ["1.10.0"]
    report = check("pkg:nuget/demo@*")
    assert [(result.origin.release, explanation.outcome(result)) for result in report.results] == [
        (Release("1.0.0", "2026-02-28"), "agrees"),
        (Release("1.9.0", is_yanked=True), "skipped"),
        (Release("1.10.0", "2026-02-28"), "differs"),
        (Release("2.0.0-beta", "2026-02-28"), "agrees"),
    ]
    server.asked.clear()
    assert versions("pkg:nuget/demo@1.9") == ["1.9.0"]
    assert not any("registrations" in path for path in server.asked)  # they say nothing that is needed
    assert versions("pkg:nuget/demo@[1.9,2.0)") == ["1.9.0", "1.10.0", "2.0.0-beta"]  # as NuGet has it
    assert versions("pkg:nuget/demo@[1.9,2.0-0)") == ["1.9.0", "1.10.0"]


def test_a_server_without_registrations(server: Index) -> None:
    packages = [make_package("Demo", version, {DLL: AGREES}) for version in ("1.0.0", "1.1.0")]
    publish(server, *packages, has_registrations=False)
    assert versions("pkg:nuget/demo@*") == ["1.0.0", "1.1.0"]


def test_a_package_that_is_another_one(server: Index) -> None:
    for name, version, claimed in (("Other", "1.0.0", "Demo"), ("Demo", "1.0.1", "Demo"), ("Demo", "1.0.0", "Demo.1")):
        package = make_package(name, version, {DLL: AGREES})
        package.name, package.version = claimed, "1.0.0"
        publish(server, package)
        expected = f"{claimed.lower()}.1.0.0.nupkg is not read: its manifest says that it is {name} {version}; tell the"
        assert expected in error_of(f"pkg:nuget/{claimed}")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"a/demo.nuspec": b""}, "expected one .nuspec, found 0"),
        ({"a.nuspec": b"", "b.nuspec": b""}, "expected one .nuspec, found 2"),
        ({"demo.nuspec": b"<package/>"}, "is not a manifest: expected XML with an id and a version"),
        ({"demo.nuspec": b"<package><metadata><id>demo</id></metadata></package>"}, "is not a manifest"),
        ({"demo.nuspec": b"<!DOCTYPE x [<!ENTITY y 'z'>]><package>&y;</package>"}, "is not a manifest"),
        ({"demo.nuspec": b"<package>" * 100_000}, "is not a manifest"),
        ({"demo.nuspec": b"\0"}, "is not a manifest"),
    ],
    ids=range(7),
)
def test_a_package_without_a_sound_manifest(server: Index, content: dict[str, bytes], expected: str) -> None:
    publish(server, make_package("Demo", "1.0.0", {DLL: AGREES, **content}))
    assert expected in error_of("pkg:nuget/demo")


def test_the_largest_manifest(server: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = b"<package><metadata><id>Demo</id><version>1.0</version></metadata></package>"
    publish(server, make_package("Demo", "1.0.0", {DLL: AGREES, "demo.nuspec": manifest}))
    monkeypatch.setattr(limits, "MANIFEST_BYTES", len(manifest))
    assert read("pkg:nuget/demo") == [Outcome(f"demo.1.0.0.nupkg!{DLL}", 32)]
    monkeypatch.setattr(limits, "MANIFEST_BYTES", len(manifest) - 1)
    assert "demo.nuspec of demo.1.0.0.nupkg is damaged" in error_of("pkg:nuget/demo")


def test_the_crc_disagrees(server: Index) -> None:
    """No index of NuGet has a hash: the checksum of the archive must be right."""
    package = make_package("Demo", "1.0.0", {DLL: AGREES})
    at = package.data.index(b"PK\1\2", package.data.rindex(DLL.encode()) - 60)
    data = bytearray(package.data)
    data[at + 16] ^= 1  # the checksum in the directory
    package.data = bytes(data)
    publish(server, package)
    assert "Bad CRC-32" in str(unread("pkg:nuget/demo").error)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html/>",
        b"[]",
        b"null",
        b"3",
        b"{}",
        b'{"resources": {}}',
        b'{"resources": [3]}',
        b'{"resources": [{"@id": 3, "@type": "PackageBaseAddress/3.0.0"}]}',
        b'{"resources": [{"@id": "x", "@type": {}}]}',
        b'{"resources": [{"@id": "http://a@b@c/", "@type": "PackageBaseAddress/3.0.0"}]}',
        b'{"resources": [{"@id": "file:///etc/", "@type": "PackageBaseAddress/3.0.0"}]}',
        b"[" * 100_000,
    ],
    ids=range(13),
)
def test_a_service_index_that_is_none(server: Index, answer: bytes) -> None:
    server.pages["/v3/index.json"] = answer
    message = error_of("pkg:nuget/demo")
    assert message.splitlines()[0].startswith(("ours (http://127.0.0.1:", "cannot read ours (http://127.0.0.1:"))
    assert "/v3" not in message  # a path may be a token


@pytest.mark.parametrize("part", ["flat/demo/index.json", "registrations/demo/index.json"])
@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"null", b"{}", b'{"versions": 3, "items": 3}', b'{"versions": [3], "items": [3]}', b"{" * 100_000,
     b'{"versions": ["x"], "items": [{"items": [{}]}]}', b'{"versions": ["1"], "items": [{"@id": 3}]}',
     b'{"versions": [], "items": [{"@id": "http://127.0.0.1:1/x"}]}'],
    ids=range(10),
)  # fmt: skip
def test_an_answer_that_is_none(server: Index, part: str, answer: bytes) -> None:
    publish(server, make_package("Demo", "1.0.0", {DLL: AGREES}))
    server.compressed.pop(f"/v3/{part}", None)
    server.pages[f"/v3/{part}"] = answer
    report = check("pkg:nuget/demo")  # any error but ours would be raised
    # The versions must be told. Of the rest, an answer may say nothing, and still be one.
    assert report.exit_code == 2 if "flat" in part and b'["1"]' not in answer else report.exit_code in (0, 2)


def test_limits_of_a_server(server: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(server, *(make_package("Demo", f"{number}.0.0", {DLL: AGREES}) for number in range(3)), page_size=1)
    monkeypatch.setattr(limits, "REGISTRATION_PAGE_COUNT", 3)
    monkeypatch.setattr(limits, "PAGE_FILE_COUNT", 3)
    assert versions("pkg:nuget/demo@*") == ["0.0.0", "1.0.0", "2.0.0"]
    monkeypatch.setattr(limits, "REGISTRATION_PAGE_COUNT", 2)
    assert "it has more than 2 pages" in error_of("pkg:nuget/demo@*")
    monkeypatch.setattr(limits, "PAGE_FILE_COUNT", 2)
    assert "it lists more than 2 versions" in error_of("pkg:nuget/demo@1.0.0")


@pytest.mark.parametrize("is_within", [True, False])
def test_the_largest_compressed_answer(server: Index, monkeypatch: pytest.MonkeyPatch, is_within: bool) -> None:
    publish(server, make_package("Demo", "1.0.0", {DLL: AGREES}))
    path = "/v3/registrations/demo/index.json"
    text = gzip.decompress(server.compressed[path])
    server.compressed[path] = gzip.compress(text + b" " * (1_000_000 - len(text)))
    monkeypatch.setattr(limits, "INDEX_PAGE_BYTES", 1_000_000 if is_within else 999_999)
    if is_within:
        assert versions("pkg:nuget/demo") == ["1.0.0"]
    else:
        assert "expected a page of a package index" in error_of("pkg:nuget/demo")


@pytest.mark.parametrize("cut", [1, 20])
def test_a_compressed_answer_that_is_cut(server: Index, cut: int) -> None:
    publish(server, make_package("Demo", "1.0.0", {DLL: AGREES}))
    path = "/v3/registrations/demo/index.json"
    server.compressed[path] = server.compressed[path][:-cut]
    assert "is damaged" in error_of("pkg:nuget/demo")


def test_credentials(server: Index) -> None:
    publish(server, make_package("Demo", "1.0.0", {DLL: AGREES}))
    server.user = "user:secret"
    assert "it answered 401; put the credentials into the settings or netrc" in error_of("pkg:nuget/demo")
    more = '<packageSourceCredentials><ours><add key="Username" value="user"/>'
    more += '<add key="ClearTextPassword" value="secret"/></ours></packageSourceCredentials>'
    write_config(Path(), server.url.replace("/simple", "/v3/index.json"), INSECURE, more)
    assert versions("pkg:nuget/demo") == ["1.0.0"]
    assert all(server.authorizations[-3:])


def test_the_credentials_stay_with_the_source(server: Index) -> None:
    """Another host gets none."""
    publish(server, make_package("Demo", "1.0.0", {DLL: AGREES}))
    index = json.loads(server.pages["/v3/index.json"])
    index["resources"][0]["@id"] = index["resources"][0]["@id"].replace("127.0.0.1", "localhost")
    server.pages["/v3/index.json"] = json.dumps(index).encode()
    more = '<packageSourceCredentials><ours><add key="Username" value="user"/>'
    more += '<add key="ClearTextPassword" value="secret"/></ours></packageSourceCredentials>'
    write_config(Path(), server.url.replace("/simple", "/v3/index.json"), INSECURE, more)
    server.authorizations.clear()
    assert versions("pkg:nuget/demo@1") == ["1.0.0"]
    assert [bool(text) for text in server.authorizations] == [True, False, False]


def test_no_source_is_built_in(home: Path) -> None:
    del home
    assert "no package source of NuGet is set" in error_of("pkg:nuget/MailKit")


def test_the_vendors_assembly(server: Index, tmp_path: Path) -> None:
    """Its own package is not to be had on every machine, so this is one around the real assembly of its wheel."""
    pytest.importorskip("aspose.email", reason="the vendor's wheel is not installed: pip install 'smtpstatus[aspose]'")
    package = make_package(
        "Aspose.Email", "26.9.0", {"lib/net6.0/Aspose.Email.dll": Path(installed_aspose()).read_bytes()}
    )
    publish(server, package)
    feed = tmp_path / "feed"
    feed.mkdir()
    (feed / package.file_name).write_bytes(package.data)
    over_http = check("pkg:nuget/Aspose.Email@26.9")
    write_config(Path(), str(feed))
    for report in (over_http, check("pkg:nuget/aspose.email")):
        assert report.exit_code == 0
        (result,) = report.results
        assert (result.origin.framework, len(result.definition.members if result.definition else ())) == ("net6.0", 32)
