"""The fixtures of the package index's tests: an index, and a home without settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from index_checks import CONTENT
from index_server import Index, make_wheel, serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user without settings, so that the settings of the machine are not used.

    No test reaches the network: what is not on this machine goes to a proxy that is not there.
    """
    for name in os.environ:
        if name.upper().startswith(("PIP_", "UV_", "XDG_", "NUGET", "DOTNET_CLI_HOME", "RESTORE")) or (
            name.lower().endswith("_proxy")
        ):
            monkeypatch.delenv(name)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
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
    monkeypatch.setenv("NUGET_COMMON_APPLICATION_DATA", str(tmp_path / "etc"))
    return home


@pytest.fixture
def index(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """An index that pip is configured for."""
    del home  # it comes first
    with serve() as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        yield index


@pytest.fixture
def demo(index: Index) -> Index:
    """An index with one release of one project."""
    index.projects["demo"] = [make_wheel("demo-1.0-py3-none-win_amd64.whl", CONTENT)]
    return index
