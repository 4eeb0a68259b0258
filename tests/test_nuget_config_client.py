"""The sources of NuGet packages equal those that `dotnet` itself finds in the same files."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from nuget_configs import ENVIRONMENT, PLACES, add, disabled, element, sources, write
from process import run

from smtpstatus_dotnet.package_indexes.nuget_config import user_settings
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


def ours() -> list[str]:
    try:
        return [index.url for index in user_settings("Demo").indexes]
    except SettingsError as error:
        assert "package source" in str(error)  # noqa: PT017 - one of two outcomes
        return []


def theirs(sdk: Path, folder: Path) -> list[str]:
    """Return what `dotnet` lists as enabled, in the form of ours."""
    command = (sdk / "dotnet", "nuget", "list", "source", "--format", "short")
    result = run(*command, folder=folder / "project", environment=os.environ | ENVIRONMENT)
    assert result.returncode == 0, result.stdout + result.stderr
    enabled = [line.partition(" ")[2] for line in result.stdout.splitlines() if line.startswith("E")]
    return [value if "://" in value else Path(value).as_uri().rstrip("/") + "/" for value in enabled]


def random_sections(choice: random.Random) -> list[str]:
    """Return sections of many forms. Keys that differ only in case, and repeated elements, are among them."""
    keys = ["a", "A", "b", "B", "c", "é", "my source"]
    values = ["feed", "../up/./x", "%FEED%/y", "/abs/z/", "%NONE%", "~/q"]
    items = ["<clear/>"] if choice.random() < 0.2 else []
    for key in choice.choices(keys, k=choice.randint(0, 4)):
        url = f"https://{choice.random()}.example/index.json"
        version = choice.choice([{}, {}, {"protocolVersion": choice.choice(["2", "3", " 3 ", "4", "x"])}])
        items.append(add(key, choice.choice([url, url, choice.choice(values)]), **version))
        items += choice.choices(["<other/>", "<Clear/>", items[-1], ""], weights=[1, 1, 1, 12])
    sections = [sources(*filter(None, items))] if choice.random() < 0.9 else []
    off = [*choices(choice, ["<clear/>"], 0.2), *choices(choice, keys, 0.15)]
    return [*sections, disabled(*off), *choices(choice, [sources("twice"), element("Other"), element("other")], 0.3)]


def choices(choice: random.Random, items: list[str], share: float) -> list[str]:
    return [item for item in items if choice.random() < share]


@pytest.mark.parametrize("seed", range(12))
def test_the_sources_and_their_order(sdk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Some files are there, of each place of a file, with many forms of sections."""
    choice = random.Random(seed)
    monkeypatch.setenv("FEED", "/feeds/my feed")
    names = [f"{number}.{ending}" for number in "921" for ending in ("config", "Config", "x")]
    places = [*PLACES, "project/NuGet.Config", "NuGet.config", "home/.nuget/NuGet/config/NuGet.Config"]
    places += [f"{folder}/{name}" for folder in ("etc/NuGet/Config", "home/.nuget/NuGet/config") for name in names]
    write(tmp_path, "user", *random_sections(choice))  # `dotnet` would write one
    for place in choices(choice, places, 0.4):
        write(tmp_path, place, *random_sections(choice))
    assert ours() == theirs(sdk, tmp_path)
