"""The files of pip's and uv's settings: where they are, and what is in them; and how files of settings are read.

A file that is there and cannot be read is an error: without it, another index would be asked.
"""

from __future__ import annotations

import os
import re
import sys
from configparser import Error as ConfigError
from configparser import RawConfigParser
from itertools import islice
from typing import cast

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import open_regular, parse_toml
from smtpstatus_dotnet.parity import CheckError

with needs_extra("index", "reading a package index"):
    import platformdirs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_BLANKS = re.compile(r"[^\S\n]{64,}")


class SettingsError(CheckError):
    """The settings of pip, uv or NuGet cannot be read, or they name no index that may be asked."""


def unreadable(path: str, tool: str, reason: object) -> SettingsError:
    """Return the error for a file of a tool's settings. The reason must not hold text of the file."""
    return SettingsError(f"{path} cannot be read for {tool}'s indexes: {reason}")


def is_true(value: object) -> bool:
    return str(value).lower() in ("1", "true", "yes", "on", "t", "y")


def pip_options() -> Iterator[tuple[str, str]]:
    """Yield the options in pip's files. A later one wins: https://pip.pypa.io/en/stable/topics/configuration."""
    parser = RawConfigParser()
    for path, text in texts(_pip_files(), "pip"):
        try:
            # The time that the parser takes grows with the square of the blanks in a line.
            parser.read_string(_BLANKS.sub(" ", text))
        except ConfigError as error:
            # The text of the error is not shown: it has lines of the file, which can hold a password.
            raise unreadable(path, "pip", type(error).__name__) from None
    for section in ("global", "install"):
        if parser.has_section(section):
            yield from parser.items(section)


def uv_tables() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the folder and the content of uv's files. An earlier one wins: https://docs.astral.sh/uv/concepts/indexes.

    They are the file that UV_CONFIG_FILE names, or those of the project, of the user and of the machine.
    """
    if configured_file := os.environ.get("UV_CONFIG_FILE", ""):
        yield from _tables([os.path.abspath(configured_file)])
    elif not is_true(os.environ.get("UV_NO_CONFIG")):
        yield from islice(_tables(_uv_project_files()), 1)
        yield from _tables(os.path.join(folder, "uv.toml") for folder in (*reversed(_folders("uv")), "/etc/uv"))


def _folders(tool: str) -> list[str]:
    """Return the folders of a tool's settings: those of the machine, then that of the user."""
    folders = platformdirs.site_config_dir(tool, appauthor=False, multipath=True).split(os.pathsep)
    if sys.platform == "darwin":
        folders.append(os.path.expanduser(f"~/.config/{tool}"))
    return [*folders, platformdirs.user_config_dir(tool, appauthor=False, roaming=True)]


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
    return [*(os.path.join(folder, name) for folder in (*folders, sys.prefix)), *filter(None, [configured_file])]


def _uv_project_files() -> Iterator[str]:
    """Yield where a project may have uv's settings: in the current folder, or in the nearest one above it."""
    for folder in current_folders():
        yield os.path.join(folder, "uv.toml")
        yield os.path.join(folder, "pyproject.toml")


def _tables(paths: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the folder and the settings of each file that has any."""
    for path, text in texts(paths, "uv"):
        table = _toml(path, text)
        if os.path.basename(path) == "pyproject.toml":
            table = _table(_table(table, "tool"), "uv")
        if table:
            yield os.path.dirname(path), table


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] | object = table.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _toml(path: str, text: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except ValueError as error:
        raise unreadable(path, "uv", error) from None


def current_folders() -> Iterator[str]:
    """Yield the current folder, and those above it up to the root."""
    try:
        folder = os.getcwd()
    except FileNotFoundError:  # it was deleted
        return
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        yield above
        folder = above


def texts(paths: Iterable[str], tool: str) -> Iterator[tuple[str, str]]:
    """Yield the files that are there, with their text. Raises SettingsError, which names the file."""
    count = 0
    for path in paths:
        try:
            if path == os.devnull:
                continue
            with open_regular(path) as file:
                data = file.read(limits.SETTINGS_BYTES + 1)
            count += 1
            text = data.decode().replace("\r\n", "\n")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise unreadable(path, tool, reason) from None
        if len(data) > limits.SETTINGS_BYTES:
            raise unreadable(path, tool, f"expected at most {limits.SETTINGS_BYTES} bytes")
        if "\0" in text:
            raise unreadable(path, tool, "it holds a NUL")
        if count > limits.SETTINGS_FILE_COUNT:
            raise SettingsError(f"{tool} has more than {limits.SETTINGS_FILE_COUNT} files of settings, {path} at last")
        yield path, text
