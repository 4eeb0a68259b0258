"""The package indexes of the user, from the settings of pip and uv.

Their files are read here: `pip config list` takes 0.4 seconds, and its order does not say which of two files wins.
Folders of wheels (pip's find-links, uv's flat indexes) are not indexes. Keyrings are not read.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from configparser import Error as ConfigError
from configparser import RawConfigParser
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet.parity import CheckError

with needs_extra("index", "reading a package index"):
    import platformdirs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class SettingsError(CheckError):
    """The settings of pip or uv cannot be read, or they name no index that may be asked."""


@dataclass(frozen=True, slots=True)
class Index:
    """A simple repository (PEP 503). Its credentials are kept out of the URL, so that no message shows them."""

    url: str
    auth: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(slots=True)
class _Settings:
    """The settings of pip or of uv."""

    default: str = ""
    extra: list[str] = field(default_factory=list[str])
    no_index: bool = False


def configured_indexes() -> tuple[Index, ...]:
    """Return the indexes to ask: those of pip, those of uv, and the public one if neither has a default.

    Raises SettingsError.
    """
    tools = (_pip_settings(), _uv_settings())
    urls: list[str] = []
    for tool in tools:
        if not tool.no_index:
            urls += filter(None, (tool.default, *tool.extra))
    if not any(tool.default or tool.no_index for tool in tools):
        urls.append(public_index())
    if not urls:
        raise SettingsError(
            "pip or uv is told to ask no index (no-index in their settings, PIP_NO_INDEX or UV_NO_INDEX):\n"
            "name a wheel, a folder or an assembly by its path instead"
        )
    return tuple(dict.fromkeys(map(_index, urls)))


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


def _index(url: str) -> Index:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if it is not a number
    except ValueError as error:
        # Neither the URL nor the error is shown: each can hold a password.
        raise SettingsError("an index in the settings of pip or uv is not a URL: see `pip config list`") from error
    if parts.scheme not in ("http", "https", "file"):
        raise SettingsError(f"an index in the settings of pip or uv is {parts.scheme}://: expected http, https or file")
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    auth = (unquote(name), unquote(password)) if user else None
    return Index(urlunsplit((parts.scheme, host, parts.path.rstrip("/") + "/", "", "")), auth)


def _url(text: str, folder: str = "") -> str:
    """Return an index as a URL. pip and uv also take a path, which is relative to `folder`."""
    return text if not text or "://" in text else Path(folder, text).expanduser().absolute().as_uri()


def _folders(tool: str) -> list[str]:
    """Return the folders of a tool's settings: those of the machine, then that of the user."""
    folders = platformdirs.site_config_dir(tool, appauthor=False, multipath=True).split(os.pathsep)
    if sys.platform == "darwin":
        folders.append(os.path.expanduser(f"~/.config/{tool}"))
    return [*folders, platformdirs.user_config_dir(tool, appauthor=False, roaming=True)]


def _is_true(value: object) -> bool:
    return str(value).lower() in ("1", "true", "yes", "on", "t", "y")


def _pip_settings() -> _Settings:
    """Read pip's files and variables. A later one wins: https://pip.pypa.io/en/stable/topics/configuration."""
    parser = RawConfigParser()
    try:
        parser.read(filter(os.path.isfile, _pip_files()), encoding="utf-8")
    except (ConfigError, UnicodeDecodeError) as error:
        raise SettingsError(f"pip's settings cannot be read; see `pip config debug`: {type(error).__name__}") from error

    items = [item for section in ("global", "install") if parser.has_section(section) for item in parser.items(section)]
    items += [(variable[4:], value) for variable, value in os.environ.items() if variable.startswith("PIP_")]
    options = {name.lower().replace("_", "-").removeprefix("--"): value for name, value in items if value}
    return _Settings(
        _url(options.get("index-url", "")),
        list(map(_url, options.get("extra-index-url", "").split())),
        _is_true(options.get("no-index")),
    )


def _pip_files() -> list[str]:
    """Return the paths of pip's files, whether or not they are there. A later one wins."""
    configured_file = os.environ.get("PIP_CONFIG_FILE", "")
    if configured_file == os.devnull:
        return []
    *machine, user = _folders("pip")
    folders = [*machine, "/etc"]
    if not os.path.exists(configured_file):
        legacy = os.path.expanduser("~/pip" if sys.platform == "win32" else "~/.pip")
        folders += [legacy, user]
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    return [*(os.path.join(folder, name) for folder in (*folders, sys.prefix)), configured_file]


def _uv_settings() -> _Settings:
    """Read uv's variables and files. An earlier one wins: https://docs.astral.sh/uv/concepts/indexes."""
    settings = _Settings(no_index=_is_true(os.environ.get("UV_NO_INDEX")))
    for folder, table in ((os.getcwd(), _uv_variables()), *_uv_tables()):
        try:
            for index in table.get("index", ()):
                # An explicit index serves only the packages that a project pins to it.
                if not index.get("explicit") and index.get("format") != "flat":
                    url = _with_uv_credentials(_url(index["url"], folder), index.get("name", ""))
                    if not index.get("default"):
                        settings.extra.append(url)
                    else:
                        settings.default = settings.default or url
            settings.default = settings.default or _url(table.get("index-url", ""), folder)
            settings.extra += (_url(url, folder) for url in table.get("extra-index-url", ()))
            settings.no_index = settings.no_index or _is_true(table.get("no-index"))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SettingsError(f"uv's settings in {folder} cannot be read: expected [[index]] with a url") from error
    return settings


def _uv_variables() -> dict[str, Any]:
    """Return uv's environment variables in the form of its files. An index is `URL` or `NAME=URL`."""
    named = [(text, False) for text in os.environ.get("UV_INDEX", "").split()]
    named += [(text, True) for text in os.environ.get("UV_DEFAULT_INDEX", "").split()]
    matches = [(re.fullmatch(r"(?:([\w.-]+)=)?(.*)", text), default) for text, default in named]
    return {
        "index": [{"name": match[1] or "", "url": match[2], "default": default} for match, default in matches if match],
        "index-url": os.environ.get("UV_INDEX_URL", ""),
        "extra-index-url": os.environ.get("UV_EXTRA_INDEX_URL", "").split(),
    }


def _uv_tables() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the folder and the content of uv's files: of the project, of the user and of the machine."""
    if configured_file := os.environ.get("UV_CONFIG_FILE", ""):
        yield os.path.dirname(os.path.abspath(configured_file)), _toml(configured_file)
    elif not _is_true(os.environ.get("UV_NO_CONFIG")):
        here = Path.cwd()
        for folder in map(str, (here, *here.parents)):
            table = _toml(os.path.join(folder, "uv.toml"))
            with suppress(KeyError, TypeError):
                table = table or _toml(os.path.join(folder, "pyproject.toml"))["tool"]["uv"]
            if table:
                yield folder, table
                break
        for folder in (*reversed(_folders("uv")), "/etc/uv"):
            yield folder, _toml(os.path.join(folder, "uv.toml"))


def _toml(path: str) -> dict[str, Any]:
    """Return a file's content, empty if there is no such file."""
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read for uv's indexes: {error}") from error


def _with_uv_credentials(url: str, name: str) -> str:
    """Add the credentials of UV_INDEX_{NAME}_USERNAME and UV_INDEX_{NAME}_PASSWORD to an index's URL."""
    prefix = "UV_INDEX_" + re.sub(r"\W", "_", name).upper()
    user, password = (os.environ.get(f"{prefix}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    if not name or not (user or password):
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"
