"""Files of NuGet.Config that cannot be read, and how XML is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from nuget_configs import PLACES, add, sources, write

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.nuget_config import user_settings
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")

XML = f"<configuration>{sources('a')}</configuration>"
BOMB = '<!DOCTYPE configuration [<!ENTITY a "secret"><!ENTITY b "&a;&a;">]>'
FAULTS = {
    "huge": (b"<!-- secret" + b" " * limits.SETTINGS_BYTES, f"expected at most {limits.SETTINGS_BYTES} bytes"),
    "not UTF-8": (b"<configuration>secret\xff</configuration>", "it is not UTF-8"),
    "UTF-16": (XML.encode("utf-16"), "it is not UTF-8"),
    "NUL": (b"<configuration>secret\0</configuration>", "it holds a NUL"),
    "document type": (BOMB.encode() + XML.encode(), "it has a document type"),
    "external": (b'<!DOCTYPE c SYSTEM "file:///secret">' + XML.encode(), "it has a document type"),
    "an entity": (XML.replace("https:", "&secret;").encode(), "it is not XML at line 1, column "),
    "empty": (b"", "it is not XML at line 1, column 1"),
    "cut": (XML[:-3].encode(), "it is not XML at line 1, column "),
    "two roots": (XML.encode() * 2, "it is not XML at line 1, column "),
    "another root": (b"<secret/>", "expected the root <configuration>"),
    "another encoding": (b"<?xml version='1.0' encoding='utf-16'?>" + XML.encode(), "it is not XML at line 1"),
    "no encoding": (b"<?xml version='1.0' encoding='secret'?>" + XML.encode(), "its encoding is not known"),
    "wide encoding": (b"<?xml version='1.0' encoding='big5'?>" + XML.encode(), "its encoding is not known"),
    "no key": (
        b"<configuration><packageSources><add value='secret'/></packageSources></configuration>",
        'expected key="',
    ),
    "empty key": (XML.replace('key="a"', 'key=" "').encode(), 'expected key="..." in each <add>'),
    "no value": (XML.replace("value", "Value").encode(), 'expected value="..." in each <add>'),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_cannot_be_read(tmp_path: Path, place: str, fault: str) -> None:
    """It is named, and nothing of its text."""
    content, reason = FAULTS[fault]
    write(tmp_path, "folder", sources("fine"))
    path = write(tmp_path, place)
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        user_settings("Demo")
    assert str(caught.value).startswith(f"{path} cannot be read for NuGet's indexes: {reason}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_is_not_regular(tmp_path: Path, place: str) -> None:
    path = write(tmp_path, place)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SettingsError, match="cannot be read for NuGet's indexes: it is not a regular file"):
        user_settings("Demo")


@pytest.mark.parametrize("place", ["extra", "machine"])
def test_a_folder_that_cannot_be_listed(tmp_path: Path, place: str) -> None:
    folder = write(tmp_path, place).parent
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.symlink_to(folder)
    with pytest.raises(SettingsError, match=f"{folder} cannot be read for NuGet's indexes: Too many levels"):
        user_settings("Demo")
    folder.unlink()
    folder.write_text("not a folder")
    write(tmp_path, "folder", sources("a"))
    assert user_settings("Demo").indexes


def test_a_link_that_cannot_be_followed(tmp_path: Path) -> None:
    path = tmp_path / PLACES["folder"]
    path.symlink_to(path)
    with pytest.raises(SettingsError, match=f"{path} cannot be read for NuGet's indexes: Too many levels"):
        user_settings("Demo")


def test_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / PLACES["folder"]).symlink_to(tmp_path / "nothing")
    write(tmp_path, "project/NuGet.Config", sources("a"))
    assert user_settings("Demo").indexes[0].name == "a"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + XML,
        f"<?xml version='1.0' encoding='utf-8'?><!-- x --><?pi x?>\r\n{XML}\r\n<!-- x -->",
        XML.replace("<configuration>", "<n:CONFIGURATION xmlns='urn:x' xmlns:n='urn:x'>").replace("</c", "</n:c", 1)[
            :-14
        ]
        + "CONFIGURATION>",
        XML.replace("add", "Add"),
        XML.replace("<add", "text<x><add key='none' value='none'/></x><![CDATA[<add/>]]><add"),
        XML.replace("a.example", "&#x61;.example"),
        XML.replace("https://", "https&#58;//"),
    ],
)
def test_what_is_xml(tmp_path: Path, text: str) -> None:
    write(tmp_path, "folder").write_text(text, encoding="utf-8", newline="")
    assert [(index.name, index.url) for index in user_settings("Demo").indexes] == [
        ("a", "https://a.example/index.json")
    ]


def test_the_declared_encoding_counts(tmp_path: Path) -> None:
    text = f"<?xml version='1.0' encoding='iso-8859-1'?>{XML}".replace('key="a"', 'key="é"')
    write(tmp_path, "folder").write_text(text, encoding="utf-8")
    assert user_settings("Demo").indexes[0].name == "Ã©"  # as for `dotnet`


@pytest.mark.parametrize("place", ["<configuration>", "<packageSources>"])
def test_deep_nesting(tmp_path: Path, place: str) -> None:
    depth = (limits.SETTINGS_BYTES - len(XML)) // len("<x></x>")
    path = write(tmp_path, "folder")
    path.write_text(XML.replace(place, place + "<x>" * depth + "</x>" * depth))
    assert path.stat().st_size > limits.SETTINGS_BYTES - len("<x></x>")
    assert user_settings("Demo").indexes


def test_the_size_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = write(tmp_path, "folder", sources(add("a"))).stat().st_size
    monkeypatch.setattr(limits, "SETTINGS_BYTES", size)
    assert user_settings("Demo").indexes
    monkeypatch.setattr(limits, "SETTINGS_BYTES", size - 1)
    with pytest.raises(SettingsError, match=f"expected at most {size - 1} bytes"):
        user_settings("Demo")


def test_the_number_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files count together."""
    for place in ("folder", "above", "user", "extra", "machine"):
        write(tmp_path, place, sources("a"))
    monkeypatch.setattr(limits, "SETTINGS_FILE_COUNT", 5)
    assert user_settings("Demo").indexes
    monkeypatch.setattr(limits, "SETTINGS_FILE_COUNT", 4)
    with pytest.raises(SettingsError, match=r"NuGet has more than 4 files of settings, .*machine\.config at last"):
        user_settings("Demo")
