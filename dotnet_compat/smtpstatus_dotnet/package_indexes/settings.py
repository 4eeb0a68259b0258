"""The package indexes of the user, from the settings of pip and uv.

Their files are read here: `pip config list` takes 0.4 seconds, and its order does not say which of two files wins.
Folders of wheels (pip's find-links, uv's flat indexes) are not indexes. Keyrings are not read.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.addresses import AddressError, expect_clear, origin, shown, split_credentials
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError, is_true, pip_options, uv_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from smtpstatus_dotnet.package_indexes.addresses import Credentials


@dataclass(frozen=True, slots=True)
class Index:
    """A package index. Neither its credentials nor its path, which may be a token, are printed."""

    url: str = field(repr=False)
    """Without credentials. That of a folder or of a simple repository (PEP 503) ends with a slash; that of a service
    index of NuGet is as its setting has it, with its query."""
    auth: Credentials | None = field(default=None, repr=False)
    name: str = ""
    """What the settings call it, which may be nothing."""

    @property
    def place(self) -> str:
        """The name and the URL as messages show them."""
        return f"{self.name} ({shown(self.url)})" if self.name else shown(self.url)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Whom the credentials are for."""
        return origin(self.url)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings of pip and uv together say, or those of NuGet."""

    indexes: tuple[Index, ...]
    """The indexes to ask, in the order of the settings."""
    trusted_hosts: frozenset[str]
    """`HOST` or `HOST:PORT`, in lower case: credentials may go there over plain http."""


@dataclass(slots=True)
class _Tool:
    """The settings of pip or of uv."""

    default: Index | None = None
    extra: list[Index] = field(default_factory=list[Index])
    no_index: bool = False
    trusted_hosts: set[str] = field(default_factory=set[str])


def user_settings() -> Settings:
    """Read the settings of pip and uv: the indexes of pip, those of uv, and the public one if neither has a default.

    Raises SettingsError.
    """
    tools = (_pip_settings(), _uv_settings())
    indexes: list[Index] = []
    for tool in tools:
        if not tool.no_index:
            indexes += filter(None, (tool.default, *tool.extra))
    if not any(tool.default or tool.no_index for tool in tools):
        indexes.append(_index(public_index()))
    if not indexes:
        raise SettingsError(
            "pip or uv is told to ask no index (no-index in their settings, PIP_NO_INDEX or UV_NO_INDEX):\n"
            "name a wheel, a folder or an assembly by its path instead"
        )
    if len(indexes) > limits.INDEX_COUNT:
        raise SettingsError(
            f"the settings of pip and uv name {len(indexes)} indexes: expected {limits.INDEX_COUNT} at most"
        )
    return Settings(tuple(dict.fromkeys(indexes)), frozenset(chain.from_iterable(tool.trusted_hosts for tool in tools)))


def public_index() -> str:
    """Return the index that pip asks if nothing is set. The address is read from pip's own constant.

    The file is run by itself: importing the package `pip` would replace the logger class of this process.
    """
    spec = find_spec("pip")
    try:
        if not spec or not spec.origin:
            raise ImportError("pip is not installed")
        path = os.path.join(os.path.dirname(spec.origin), "_internal", "models", "index.py")
        file = spec_from_file_location("_index_of_pip", path)
        if not file or not file.loader:
            raise ImportError(f"{path} is not Python")
        constants: Any = module_from_spec(file)
        file.loader.exec_module(constants)
        return str(constants.PyPI.simple_url).rstrip("/") + "/"
    except Exception as error:  # another version of pip may have anything there
        raise SettingsError(
            "no package index is set, and this version of pip does not say the address of the public one: "
            f"set PIP_INDEX_URL or UV_DEFAULT_INDEX ({error})"
        ) from error


def _index(text: str, folder: str = "", auth: Credentials | None = None) -> Index:
    """Return the index that a setting names. pip and uv also take a path, which is relative to `folder`."""
    try:
        expect_clear(text)
        if "://" not in text:
            path = Path(folder, text).expanduser()
            if "@" in text and not path.is_dir():
                raise AddressError("expected http://, https:// or file://, or the path of a folder")
            text = path.absolute().as_uri()
        url, found = split_credentials(text)
    except (AddressError, RuntimeError, OSError) as error:
        # Neither the setting nor a foreign error is shown: each can hold a password.
        reason = str(error) if isinstance(error, AddressError) else "there is no such path"
        raise SettingsError(
            f"an index in the settings of pip or uv is not a URL: {reason}; see `pip config list`"
        ) from None
    parts = urlsplit(url)
    return Index(urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", "")), auth or found)


def _hosts(texts: Iterable[str]) -> set[str]:
    """Return trusted hosts in one form. uv also takes URLs."""
    return {text.rpartition("://")[2].rstrip("/").strip("[]").lower() for text in texts}


def _pip_settings() -> _Tool:
    items = [*pip_options()]
    items += [(variable[4:], value) for variable, value in os.environ.items() if variable.startswith("PIP_")]
    options = {name.lower().replace("_", "-").removeprefix("--"): value for name, value in items if value}
    default = options.get("index-url", "")
    return _Tool(
        _index(default) if default else None,
        list(map(_index, options.get("extra-index-url", "").split())),
        is_true(options.get("no-index")),
        _hosts(options.get("trusted-host", "").split()),
    )


def _uv_settings() -> _Tool:
    settings = _Tool(no_index=is_true(os.environ.get("UV_NO_INDEX")))
    for folder, table in (("", _uv_variables()), *uv_tables()):
        try:
            _add_uv_table(settings, folder, table)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise SettingsError(f"uv's settings in {folder} cannot be read: expected [[index]] with a url") from None
    return settings


def _add_uv_table(settings: _Tool, folder: str, table: dict[str, Any]) -> None:
    for entry in table.get("index", ()):
        # An explicit index serves only the packages that a project pins to it.
        if not entry.get("explicit") and entry.get("format") != "flat":
            index = _index(entry["url"], folder, _uv_credentials(entry.get("name", "")))
            if not entry.get("default"):
                settings.extra.append(index)
            else:
                settings.default = settings.default or index
    if url := table.get("index-url", ""):
        settings.default = settings.default or _index(url, folder)
    settings.extra += (_index(url, folder) for url in table.get("extra-index-url", ()))
    settings.no_index = settings.no_index or is_true(table.get("no-index"))
    settings.trusted_hosts |= _hosts(table.get("allow-insecure-host", ()))


def _uv_variables() -> dict[str, Any]:
    """Return uv's environment variables in the form of its files. An index is `URL` or `NAME=URL`."""
    named = [(text, False) for text in os.environ.get("UV_INDEX", "").split()]
    named += [(text, True) for text in os.environ.get("UV_DEFAULT_INDEX", "").split()]
    matches = [(re.fullmatch(r"(?:([\w.-]+)=)?(.*)", text), default) for text, default in named]
    return {
        "index": [{"name": match[1] or "", "url": match[2], "default": default} for match, default in matches if match],
        "index-url": os.environ.get("UV_INDEX_URL", ""),
        "extra-index-url": os.environ.get("UV_EXTRA_INDEX_URL", "").split(),
        "allow-insecure-host": os.environ.get("UV_INSECURE_HOST", "").split(),
    }


def _uv_credentials(name: str) -> Credentials | None:
    """Return the credentials of UV_INDEX_{NAME}_USERNAME and UV_INDEX_{NAME}_PASSWORD, instead of the URL's."""
    prefix = "UV_INDEX_" + re.sub(r"\W", "_", name).upper()
    user, password = (os.environ.get(f"{prefix}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    return (user, password) if name and (user or password) else None
