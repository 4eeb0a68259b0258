"""The sources of NuGet packages in the user's NuGet.Config. test_nuget_config_client.py compares with `dotnet`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from nuget_configs import add, disabled, element, error, mapping, names, sources, urls, write

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.nuget_config import user_settings

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")

INSECURE = {"allowInsecureConnections": "true"}


def test_no_source_is_built_in(tmp_path: Path, home: Path) -> None:
    assert error().startswith("no package source of NuGet is set: `dotnet nuget add source URL` adds one to ")
    assert str(home / ".nuget/NuGet/NuGet.Config") in error()
    assert not (home / ".nuget").exists()
    write(tmp_path, "user", sources("a"), disabled("a"))
    assert error().startswith("all package sources of NuGet are disabled: ")


def test_the_files_and_their_order(tmp_path: Path) -> None:
    for place in ("machine", "extra", "user", "above", "folder"):
        write(tmp_path, place, sources(place))
    write(tmp_path, "etc/NuGet/Config/other.Config", sources("other"))
    write(tmp_path, "home/.nuget/NuGet/config/Early.Config", sources("early"))
    for not_read in ("config/NuGet.Config", "config/x.CONFIG", "config/x.config.bak", "config/x/y.config", "x.config"):
        write(tmp_path, f"home/.nuget/NuGet/{not_read}", sources("none"))
    assert names() == ["folder", "above", "user", "early", "extra", "other", "machine"]


def test_which_name_counts_in_a_folder(tmp_path: Path) -> None:
    for name in ("NuGet.Config", "NuGet.config", "nuget.config"):
        write(tmp_path, f"project/{name}", sources(name))
        assert names() == [name]
    write(tmp_path, "project/NUGET.CONFIG", sources("none"))
    (tmp_path / "project/nuget.config").unlink()
    (tmp_path / "project/nuget.config").mkdir()  # `dotnet` passes over a folder
    assert names() == ["NuGet.config"]


def test_where_the_users_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "user", sources("home"))
    assert names() == ["home"]
    monkeypatch.setenv("DOTNET_CLI_HOME", str(tmp_path / "other"))
    assert str(tmp_path / "other/.nuget/NuGet/NuGet.Config") in error()
    write(tmp_path, "other/.nuget/NuGet/NuGet.Config", sources("other"))
    assert names() == ["other"]


def test_a_deleted_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "user", sources("a"))
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert names() == ["a"]


def test_a_nearer_source_replaces_another(tmp_path: Path) -> None:
    write(tmp_path, "user", sources("one", add("b", "https://far.example/index.json"), "two"))
    write(tmp_path, "folder", sources("b", "near"))
    assert urls()[0] == "https://b.example/index.json"
    assert names() == ["b", "near", "one", "two"]


def test_a_key_twice_in_a_file(tmp_path: Path) -> None:
    """In the farthest file the first counts, as with `dotnet`, and in any other the last."""
    twice = sources(add("k", "https://1.example/i.json"), "a", add("k", "https://2.example/i.json"))
    write(tmp_path, "user", twice)
    assert urls()[0] == "https://1.example/i.json"
    assert names() == ["k", "a"]
    write(tmp_path, "machine", sources("m"))
    assert urls()[1] == "https://2.example/i.json"
    assert names() == ["a", "k", "m"]


def test_a_newer_protocol_replaces_a_key_in_another_case(tmp_path: Path) -> None:
    write(tmp_path, "user", sources(add("b", protocolVersion="3")))
    write(tmp_path, "folder", sources("B", "z"))
    assert names() == ["b", "z"]
    for version in ("2", "4", "", "x", "9" * 5000):  # 2 is that of the nearer one, too; 4 is not known
        write(tmp_path, "user", sources(add("b", protocolVersion=version)))
        assert names() == ["B", "z"]


def test_clear(tmp_path: Path) -> None:
    write(tmp_path, "user", sources("a"))
    write(tmp_path, "above", sources("b", "<clear/>", "c", "<CLEAR/>", "d"))  # an element twice counts once
    write(tmp_path, "folder", sources("e"))
    assert names() == ["e", "c", "d"]
    write(tmp_path, "folder", sources("<clear/>"))
    assert "no package source" in error()


def test_disabled_sources(tmp_path: Path) -> None:
    """Whatever the value is; the case of the key counts."""
    write(tmp_path, "user", sources("a", "b", "C"), disabled(add("a", "false"), "B", "c"))
    assert names() == ["b", "C"]
    write(tmp_path, "folder", disabled("<clear/>", "C"))
    assert names() == ["a", "b"]


def test_default_sources(tmp_path: Path) -> None:
    """No file can take them away, or disable them. They come before those of the machine."""
    write(tmp_path, "defaults", sources("d", "A", add("same", "https://B.example/index.json"), "off"), disabled("off"))
    assert names() == ["d", "A", "same"]
    write(tmp_path, "machine", sources("m"))
    write(tmp_path, "folder", sources("<clear/>", "a", "b"), disabled("d", "a"))
    assert names() == ["b", "d"]
    write(tmp_path, "folder", sources("a", "b"))
    assert names() == ["a", "b", "d", "m"]


def test_sections_and_items_that_repeat(tmp_path: Path) -> None:
    write(tmp_path, "user", sources("a", "<other/>", "a"), sources("b"), "<other/>", "<other/>")
    assert names() == ["a"]
    write(tmp_path, "user", sources("b").replace("packageS", "PackageS"), sources("a"))
    assert "no package source" in error()
    write(tmp_path, "user", sources("a"), element("packageSources", add("b"), x="1"))
    assert error().endswith("NuGet.Config cannot be read for NuGet's indexes: expected one <packageSources>, found 2")


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED", "/feeds/my")
    monkeypatch.setenv("EMPTY", "")
    values = {
        "packages": "project/packages",
        "./x/../feed/": "project/feed",
        "../up é#?": "up é#?",
        "~/f": "project/~/f",
        "$FEED": "project/$FEED",
        ".\\f": "project/.\\f",
        "/feeds/a": "/feeds/a",
        "%FEED%/b": "/feeds/my/b",
        "%NONE%FEED%EMPTY%": "project/%NONE/feeds/myEMPTY%",
        "%%FEED%%EMPTY%": "project/%/feeds/my",
        "%EMPTY%50%": "project/50%",
        "%feed%": "project/%feed%",
        "50%FEED": "project/50%FEED",
        " f ": "project/ f ",
        "/": "/",
    }
    write(tmp_path, "folder", sources(*(add(f"s{number}", value) for number, value in enumerate(values))))
    expected = [(tmp_path / path).as_uri() for path in values.values()]
    assert urls() == [uri if uri.endswith("/") else uri + "/" for uri in expected]
    write(tmp_path, "folder", sources(add("a", "file:///feeds/a b"), add("b", "FILE://localhost/feeds/")))
    assert urls() == ["file:///feeds/a b/", "file://localhost/feeds/"]


@pytest.mark.parametrize(
    "url", ["https://a.example/index.json", "https://a.example:8443/x/INDEX.JSON", "https://a.example/i?t=1&f=b.json"]
)
def test_a_service_index_is_asked_as_it_is_written(tmp_path: Path, url: str) -> None:
    write(tmp_path, "folder", sources(add("a", f" {url}\t"), add("b", url.removesuffix("json"), protocolVersion=" 3 ")))
    assert urls() == [url, url.removesuffix("json")]


def test_the_view_of_an_azure_feed(tmp_path: Path) -> None:
    url = "https://a.example/org/_packaging/feed@Local/nuget/v3/index.json"
    write(tmp_path, "folder", sources(add("a", url)))
    assert urls() == [url]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("https://a.example/v2/", "it has version 2 of NuGet's protocol, and only version 3 is read"),
        ("https://a.example/index.json/", "it has version 2"),
        ("https://a.example/index.json?secret", "it has version 2"),
        ("http://a.example/index.json", "its URL is http://, and `dotnet` asks that only with allowInsecureConnec"),
        ("http://localhost:1/index.json", "its URL is http://"),
        ("http://127.0.0.1/index.json", "its URL is http://"),
        ("ftp://a.example/secret.json", "expected a URL of http, https, file without control characters"),
        ("https:///secret.json", "it has no valid host and port"),
        ("https://me:secret@[/index.json", "it is not a URL"),
        ("https://me:12/secret@a.example/index.json", "it is not clear where its password ends"),
        ("%NONE_IS_SET%://secret", "it is not a URL|expected a URL of"),
        ("%EMPTY%", "expected a URL or the path of a folder, found nothing"),
        ("file://server/secret", "its folder is on another machine"),
    ],
)
def test_a_source_that_cannot_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    """It is an error only if it would be asked."""
    monkeypatch.setenv("EMPTY", "")
    path = write(tmp_path, "folder", sources("fine", add("my source", value)))
    found = error()
    assert re.match(rf'the package source "my source" in {re.escape(str(path))} cannot be asked: ({reason})', found)
    assert "secret" not in found
    write(tmp_path, "folder", sources("fine", add("my source", value)), disabled("my source"))
    assert names() == ["fine"]
    write(tmp_path, "folder", sources("fine", add("my source", value)), mapping(("fine", "*")))
    assert names() == ["fine"]


def test_plain_http(tmp_path: Path) -> None:
    write(
        tmp_path,
        "folder",
        sources(
            add("a", "http://A.example/index.json", **INSECURE),
            add("b", "http://[::1]:81/index.json", AllowInsecureConnections=" True "),
            add("c", "https://c.example/index.json", **INSECURE),
        ),
    )
    assert user_settings("Demo").trusted_hosts == {"a.example:80", "::1:81"}
    for value in ("1", "yes", "false", ""):
        write(tmp_path, "folder", sources(add("a", "http://a.example/index.json", allowInsecureConnections=value)))
        assert "use https://" in error()


def test_a_source_as_messages_show_it(tmp_path: Path) -> None:
    write(tmp_path, "folder", sources(add("corp", "https://me:secret@a.example/secret/index.json?secret.json")))
    (index,) = user_settings("Demo").indexes
    assert index.place == "corp (https://a.example/.../)"
    assert "secret" not in repr(index)


@pytest.mark.parametrize("count", [2, 3])
def test_the_number_of_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(limits, "INDEX_COUNT", 2)
    write(tmp_path, "user", sources(*"abc"[:count]))
    if count == 2:
        assert names() == ["a", "b"]
    else:
        assert "name 3 sources for Demo: expected 2 at most" in error()
    write(tmp_path, "user", sources(*"abc"), mapping(("b", "*")))
    assert names() == ["b"]
