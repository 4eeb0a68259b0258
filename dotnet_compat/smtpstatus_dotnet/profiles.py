"""Profiles: how some .NET enums differ from the shared one on purpose, entry by entry.

`profiles.toml` beside this file has those that we know; a file of the user's has the same form.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import asdict

from smtpstatus_dotnet.parity import Difference, EnumReadError, Profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# Which of a difference's fields an entry has to have: see the table at Difference.
_SHARED, _OTHER = ("name", "number"), ("other_name", "other_number")
_FIELDS = {
    "missing": _SHARED,
    "extra": _OTHER,
    "number": (*_SHARED, *_OTHER),
    "name": (*_SHARED, *_OTHER),
    "underlying": ("name", "other_name"),
}


def known() -> dict[str, Profile]:
    """Return our own profiles by the full .NET name of their enum."""
    return read(os.path.join(os.path.dirname(__file__), "profiles.toml"))


def read(path: str) -> dict[str, Profile]:
    """Return the profiles of a file; raise EnumReadError where it is not there or not of that form."""
    try:
        with open(path, "rb") as file:
            tables = tomllib.load(file)
    except OSError as error:
        raise EnumReadError(f"cannot read the profile {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EnumReadError(f"{path} is no profile: expected TOML ({error})") from error
    return {name: Profile(name, dict(_entries(path, name, table))) for name, table in tables.items()}


def _entries(path: str, name: str, table: Any) -> Iterable[tuple[Difference, str]]:
    where = f"{path}, {name}"
    if not isinstance(table, dict) or set(table) - {"reason", "differences"}:  # pyright: ignore[reportUnknownArgumentType]  # TOML is untyped
        raise EnumReadError(f'{where}: expected a table ["{name}"] with a reason and differences')
    entries: Any = table.get("differences", [])  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # TOML is untyped
    if not isinstance(entries, list):
        raise EnumReadError(f'{where}: expected differences as tables [["{name}".differences]]')
    seen: set[Difference] = set()
    for entry in entries:
        kind = entry.get("kind") if isinstance(entry, dict) else None
        wanted = ("kind", *_FIELDS.get(kind, ()), "reason")
        if kind not in _FIELDS or set(entry) != set(wanted):
            kinds = ", ".join(_FIELDS)
            raise EnumReadError(f"{where}: expected a kind ({kinds}) and {', '.join(wanted)}, found {entry}")
        for key, value in entry.items():
            if type(value) is not (int if key.endswith("number") else str):
                raise EnumReadError(f"{where}: expected {key} as a {'number' if 'number' in key else 'text'}, {entry}")
        reason = entry.pop("reason")
        difference = Difference(**entry)
        if difference in seen:
            raise EnumReadError(f"{where}: expected each difference once, found {entry} twice")
        seen.add(difference)
        yield difference, reason


def proposal(name: str, differences: Iterable[Difference]) -> str:
    """Return a profile, as TOML, that accepts these differences; the reasons are left for a person to write."""
    lines = [f"[{_string(name)}]", 'reason = ""  # why this enum differs']
    for difference in differences:
        entry = {key: value for key, value in asdict(difference).items() if value is not None}
        lines += ["", f"[[{_string(name)}.differences]]"]
        lines += [f"{key} = {_string(value) if isinstance(value, str) else value}" for key, value in entry.items()]
        lines.append('reason = ""')
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """Return a TOML basic string: names of .NET may hold anything."""
    escaped = "".join(
        f"\\{character}" if character in '"\\' else character if character.isprintable() else f"\\U{ord(character):08x}"
        for character in text
    )
    return f'"{escaped}"'


