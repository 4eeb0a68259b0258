"""Which of the sources in NuGet.Config are asked for a package, and with which credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from nuget_configs import add, credentials, disabled, error, mapping, names, sources, urls, write

from smtpstatus_dotnet.package_indexes.nuget_config import user_settings

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


ROWS = (("s1", "*"), ("S2", "Demo.*"), ("s3", "demo.pack", "x", "a" * 100), ("s4", " Demo.Pack*ignored "))


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("Demo.Pack", ["s3", "s4"]),
        ("demo.packer", ["s3", "s4"]),
        ("DEMO.Other", ["s2"]),
        ("Demo.", ["s2"]),
        ("Demo", ["s1"]),
        ("X", ["s3"]),
        ("xy", ["s1"]),
        ("a" * 100, ["s3"]),
    ],
)
def test_package_source_mapping(tmp_path: Path, package: str, expected: list[str]) -> None:
    """The longest pattern counts. A pattern and the same one with `*` share their sources, as for `dotnet`."""
    write(tmp_path, "user", sources("s1", "s2", "s3", "s4"), mapping(*ROWS))
    assert names(package) == expected


def test_mappings_of_several_files(tmp_path: Path) -> None:
    write(tmp_path, "user", sources("s1", "s2", "s3"), mapping(("s1", "Demo"), ("s2", "*")))
    write(tmp_path, "folder", mapping((" S3 ", "Else"), ("S1", "Else")))
    assert (names("Demo"), names("Else")) == (["s2"], ["s1", "s3"])
    write(tmp_path, "folder", mapping().replace("><", "><clear/><"))
    assert names("Demo") == ["s1", "s2", "s3"]


@pytest.mark.parametrize("row", [("a", "Other"), ("b", "*"), ("off", "*")])
def test_a_package_without_a_mapped_source(tmp_path: Path, row: tuple[str, str]) -> None:
    path = write(tmp_path, "folder", sources("a", "off"), disabled("off"), mapping(row))
    assert error("My.Demo").startswith(f"packageSourceMapping in {path} leaves no enabled source for My.Demo: expected")


@pytest.mark.parametrize("patterns", [[], [" "], ["*", "a" * 101]])
def test_a_mapping_that_cannot_be_read(tmp_path: Path, patterns: list[str]) -> None:
    write(tmp_path, "folder", sources("a"), mapping(("a", *patterns)))
    assert 'expected <package pattern="..."> of 1 to 100 characters in each <packageSource>' in error()
    write(tmp_path, "folder", sources("a"), mapping(("a", "x"), ("A", "*")))
    assert "expected each key once in <packageSourceMapping>" in error()
    write(tmp_path, "folder", sources("a"), mapping(("a", "x")).replace("pattern", "Pattern"))
    assert 'expected pattern="..." in each <package>' in error()


def auth(**variables: str) -> tuple[str, str] | None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return user_settings("Demo").indexes[0].auth


def test_credentials(tmp_path: Path) -> None:
    values = {"Username": "me", "ClearTextPassword": "%TOKEN%"}
    write(tmp_path, "user", sources(add("a b", "https://a.example/index.json")), credentials("a_x0020_b", **values))
    assert auth(TOKEN="p%w;") == ("me", "p%w;")
    for text in ("Username=u;d;Password=p;w", " username=u;d; PASSWORD=p;w;ValidAuthenticationTypes=negotiate,Basic "):
        assert auth(**{"NuGetPackageSourceCredentials_a b": text}) == ("u;d", "p;w")
    write(tmp_path, "folder", credentials("a_x0020_b", username="near", cleartextpassword="x"))
    assert auth() == ("near", "x")
    write(tmp_path, "folder", credentials("A_x0020_B", Username="other", ClearTextPassword="x"))
    assert auth(TOKEN="t") == ("me", "t")
    write(tmp_path, "folder", sources("<clear/>", add("a b", "https://url:p%40w@a.example/index.json")))
    assert auth(TOKEN="t") == ("me", "t")
    write(tmp_path, "user")
    write(tmp_path, "folder", sources(add("a b", "https://url:p%40w@a.example/index.json")))
    assert auth() == ("url", "p@w")
    assert urls() == ["https://a.example/index.json"]
    assert "p@w" not in repr(user_settings("Demo"))


def test_credentials_of_a_default_source(tmp_path: Path) -> None:
    """They are in the file of the source."""
    write(tmp_path, "user", credentials("d", Username="user", ClearTextPassword="p"))
    write(tmp_path, "defaults", sources("d"))
    assert auth() is None
    write(tmp_path, "defaults", sources("d"), credentials("d", Username="own", ClearTextPassword="p"))
    assert auth() == ("own", "p")


@pytest.mark.parametrize(
    ("key", "tag"),
    [("a.b-c", "a.b-c"), ("1", "_x0031_"), ("é", "é"), ("a\U0001f600", "a_x0001F600_"), ("_x0020_", "_x005F_x0020_")],
)
def test_the_xml_name_of_a_source(tmp_path: Path, key: str, tag: str) -> None:
    write(tmp_path, "user", sources(add(key, "https://a.example/index.json")))
    write(tmp_path, "folder", credentials(tag, Username="me", ClearTextPassword="p"))
    assert auth() == ("me", "p")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (
            {"Username": "me", "Password": "secret"},
            "its Password is encrypted, and only NuGet on Windows",
        ),
        ({"Username": "secret"}, "expected a Username and a ClearTextPassword"),
        ({"ClearTextPassword": "secret"}, "expected a Username and a ClearTextPassword"),
        ({"Username": "me", "ClearTextPassword": "secret", "ValidAuthenticationTypes": "ntlm,x"}, "its ValidAuthenti"),
        ("secret", "expected Username=...;Password=... in the environment variable NuGetPackageSourceCredentials_a"),
        ("Username=secret", "expected Username=...;Password=..."),
        ("Username=me;Password=secret;ValidAuthenticationTypes=ntlm", "its ValidAuthenticationTypes do not have basic"),
    ],
)
def test_credentials_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, str] | str, reason: str
) -> None:
    """They are an error only if their source would be asked."""
    section = ""
    if isinstance(values, str):
        monkeypatch.setenv("NuGetPackageSourceCredentials_a", values)
    else:
        section = credentials("a", **values)
    path = write(tmp_path, "user", sources("a", "b"), section)
    assert error().startswith(f'the package source "a" in {path} cannot be asked: {reason}')
    assert "secret" not in error()
    write(tmp_path, "folder", disabled("a"))
    assert names() == ["b"]
