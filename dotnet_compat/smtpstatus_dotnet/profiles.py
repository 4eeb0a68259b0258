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
    from collections.abc import Iterable, Mapping
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


def choose(profile: str | None, full_name: str) -> Profile:
    """Return the profile to hold an enum against: `profile` is the name of one of ours, a file, or None for the enum's.

    Raises EnumReadError where there is none.
    """
    ours = known()
    name = profile or full_name
    if name in ours:
        return ours[name]
    if profile and os.path.splitext(profile)[1] != ".toml" and not os.path.exists(profile):
        raise EnumReadError(f"no profile {profile}: expected one of {', '.join(ours)}, or a file (.toml)")
    theirs = read(name)
    if full_name not in theirs:
        raise EnumReadError(f"{profile} has no profile of {full_name}, only of {', '.join(theirs) or 'nothing'}")
    return theirs[full_name]


def read(path: str) -> dict[str, Profile]:
    """Return the profiles of a file; raise EnumReadError where it is not there or not of that form."""
    try:
        with open(path, "rb") as file:
            tables = tomllib.load(file)
    except OSError as error:
        raise EnumReadError(f"cannot read the profile {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EnumReadError(f"{path} is no profile: expected TOML ({error})") from error
    return {name: _profile(path, name, table) for name, table in tables.items()}


def _profile(path: str, name: str, table: Any) -> Profile:
    where = f"{path}, {name}"
    if not _is(dict, table) or set(table) - {"reason", "differences"} or not _is(str, table.get("reason")):
        raise EnumReadError(f'{where}: expected a table ["{name}"] with a reason and differences')
    entries: Any = table.get("differences", [])
    if not _is(list, entries):
        raise EnumReadError(f'{where}: expected differences as tables [["{name}".differences]]')
    return Profile(name, dict(_differences(where, entries)), table["reason"])


def _differences(where: str, entries: list[Any]) -> Iterable[tuple[Difference, str]]:
    seen: set[Difference] = set()
    for entry in entries:
        kind = str(entry.get("kind")) if _is(dict, entry) else ""
        wanted = ("kind", *_FIELDS.get(kind, ()), "reason")
        if kind not in _FIELDS or set(entry) != set(wanted):
            raise EnumReadError(f"{where}: expected {', '.join(wanted)}, a kind of {', '.join(_FIELDS)}; found {entry}")
        for key, value in entry.items():
            expected = int if key.endswith("number") else str
            if type(value) is not expected:
                raise EnumReadError(f"{where}: expected {key} to be of type {expected.__name__}, found {entry}")
        difference = Difference(**{key: value for key, value in entry.items() if key != "reason"})
        if difference in seen:
            raise EnumReadError(f"{where}: expected each difference once, found {entry} again")
        seen.add(difference)
        yield difference, entry["reason"]


def _is(expected: type, value: Any) -> bool:
    """Keep what a type checker knows of a value from TOML: nothing."""
    return isinstance(value, expected)


def write(path: str, found: Mapping[str, tuple[Difference, ...]]) -> str:
    """Return a profile file, as TOML, that accepts what was found, by full name of the enum.

    What the file at `path` has already keeps its reasons; new ones are left for a person to write.
    """
    profiles = read(path) if os.path.exists(path) else {}
    for name, differences in found.items():
        before = profiles.get(name, Profile(name, {}))
        reasons = {difference: before.differences.get(difference, "") for difference in differences}
        profiles[name] = Profile(name, reasons, before.reason)
    lines: list[str] = []
    for name, profile in profiles.items():
        lines += [f"[{_toml(name)}]", f"reason = {_toml(profile.reason)}", ""]
        for difference, reason in profile.differences.items():
            entry = {key: value for key, value in asdict(difference).items() if value is not None} | {"reason": reason}
            lines += [
                f"[[{_toml(name)}.differences]]",
                *(f"{key} = {_toml(value)}" for key, value in entry.items()),
                "",
            ]
    return "\n".join(lines)


def _toml(value: str | int) -> str:
    """Return a TOML basic string or an integer: a name in .NET may hold any character."""
    if isinstance(value, int):
        return str(value)
    escaped = "".join(
        f"\\{character}" if character in '"\\' else character if character.isprintable() else f"\\U{ord(character):08x}"
        for character in value
    )
    return f'"{escaped}"'
