"""Writes files of NuGet.Config for tests, by the place that each has for a user."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from smtpstatus_dotnet.package_indexes.nuget_config import user_settings
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError

PLACES = {
    "folder": "project/nuget.config",
    "above": "nuget.config",
    "user": "home/.nuget/NuGet/NuGet.Config",
    "extra": "home/.nuget/NuGet/config/extra.config",
    "machine": "etc/NuGet/Config/machine.config",
    "defaults": "etc/NuGet/NuGetDefaults.config",
}

ENVIRONMENT = {
    "DOTNET_NOLOGO": "1",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "DOTNET_GENERATE_ASPNET_CERTIFICATE": "false",
    "DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE": "true",
    "no_proxy": "127.0.0.1",  # NuGet does not read NO_PROXY
}
"""For `dotnet` in a home of its own."""


def element(tag: str, *children: str, **attributes: str) -> str:
    shown = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{shown}>{''.join(children)}</{tag}>"


def add(key: str, value: str = "", **attributes: str) -> str:
    """Return a source, or another setting. A source has a URL by default."""
    return element("add", key=key, value=value or f"https://{key}.example/index.json", **attributes)


def sources(*items: str) -> str:
    """Return the section of the sources: their elements, or only their keys."""
    return element("packageSources", *(item if item.startswith("<") else add(item) for item in items))


def disabled(*keys: str) -> str:
    return element("disabledPackageSources", *(key if key.startswith("<") else add(key, "true") for key in keys))


def mapping(*rows: tuple[str, ...]) -> str:
    """Return a section with a row for each source: its key, and its patterns."""
    rows_ = (
        element("packageSource", *(element("package", pattern=pattern) for pattern in patterns), key=key)
        for key, *patterns in rows
    )
    return element("packageSourceMapping", *rows_)


def credentials(tag: str, **values: str) -> str:
    return element("packageSourceCredentials", element(tag, *(add(key, value) for key, value in values.items())))


def write(folder: Path, place: str, *sections: str) -> Path:
    """Write the file of a place, or that of a path, below the folder that has the home."""
    path = folder / PLACES.get(place, place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(element("configuration", *sections), encoding="utf-8")
    return path


def names(package: str = "Demo") -> list[str]:
    """Return the names of the sources that the settings give for a package."""
    return [index.name for index in user_settings(package).indexes]


def urls() -> list[str]:
    return [index.url for index in user_settings("Demo").indexes]


def error(package: str = "Demo") -> str:
    """Return what is wrong with the settings."""
    with pytest.raises(SettingsError) as caught:
        user_settings(package)
    return str(caught.value)
