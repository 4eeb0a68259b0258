"""`[tool.smtpstatus]` in pyproject.toml: the targets that `smtpstatus check` and pytest take if none is named.

[tool.smtpstatus]
targets = ["pkg:pypi/aspose-email-for-python-via-net", "lib/MailKit.dll"]
profile = "parity.toml"
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import is_a, open_regular, parse_toml
from smtpstatus_dotnet.parity import CheckError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FILE = "pyproject.toml"

# It matches every spelling of the table, and some other keys. A file without a match is not parsed: that takes long.
_MENTIONED = rb"""(?m)\btool["' \t]*\.["' \t]*smtpstatus\b|(?:^|[{,])[ \t]*["']?smtpstatus["']?[ \t]*[.=]"""


class ConfigurationError(CheckError, ValueError):
    """A pyproject.toml cannot be read, or what it says about smtpstatus has another form."""


@dataclass(slots=True, eq=False)  # these options cost the least at each start
class Configuration:
    """What one file says. Paths in it are relative to its folder."""

    path: str
    targets: tuple[str, ...] = ()
    profile: str = ""

    def locate(self, name: str) -> str:
        """Return a target or profile as it is, or if there is such a file beside the configuration, its path."""
        folder = os.path.dirname(self.path)
        path = os.path.join(folder, name)
        return path if name and folder != os.getcwd() and os.path.exists(path) else name


def find() -> Configuration | None:
    """Return the configuration of the nearest pyproject.toml that has one, in the current folder or above.

    Raises ConfigurationError if a pyproject.toml on the way cannot be read.
    """
    try:
        folder = os.getcwd()
    except OSError:  # somebody has deleted it
        return None
    while True:
        found = read(os.path.join(folder, _FILE))
        parent = os.path.dirname(folder)
        if found or parent == folder:
            return found
        folder = parent


def read(path: str) -> Configuration | None:
    """Return what a file says, or None if it is not there or says nothing about smtpstatus.

    Raises ConfigurationError if it cannot be read, or has another form.
    """
    if not os.path.exists(path):
        return None
    try:
        with open_regular(path) as file:
            data = file.read(limits.CONFIGURATION_BYTES + 1)
        if len(data) > limits.CONFIGURATION_BYTES:
            raise ConfigurationError(f"{path} is too large: expected at most {limits.CONFIGURATION_BYTES >> 10} KiB")
        if not re.search(_MENTIONED, data):
            return None
        tool: Any = parse_toml(data.decode()).get("tool")
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except ConfigurationError:
        raise
    except ValueError as error:  # not UTF-8, not TOML
        raise ConfigurationError(f"{path} is not TOML ({error})") from error
    table: Any = tool.get("smtpstatus") if is_a(dict, tool) else None
    return None if table is None else _configuration(path, table)


def _configuration(path: str, table: Any) -> Configuration:
    expected = f"{path}: expected [tool.smtpstatus] with targets, a list of strings, and profile, a string"
    if not is_a(dict, table):
        raise ConfigurationError(f"{expected}; found {str(table)[:200]}")
    for key in table:
        if key not in ("targets", "profile"):
            raise ConfigurationError(f"{expected}; found the key {key[:100]}")
    targets: Any
    profile: Any
    targets, profile = table.get("targets", []), table.get("profile", "")
    is_emptied = "targets" in table and targets == []  # it would end the check without a word
    if not is_a(list, targets) or not all(is_a(str, each) for each in targets) or is_emptied:
        raise ConfigurationError(f"{expected}; found targets = {str(targets)[:200]}")
    if not is_a(str, profile):
        raise ConfigurationError(f"{expected}; found profile = {str(profile)[:200]}")
    return Configuration(path, tuple(targets), profile)
