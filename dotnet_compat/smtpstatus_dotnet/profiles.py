"""Profiles: the differences that some .NET enums have from the shared one on purpose, entry by entry.

`profiles.toml` beside this file has those that we know; a user's file has the same form.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from functools import cache

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import is_a, open_regular, parse_toml
from smtpstatus_dotnet.parity import CheckError, Difference, Profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

# The fields of each kind of entry: see the table at Difference. The shorter of two is for a whole enum.
_FIRST, _OTHER = ("name", "number"), ("other_name", "other_number")
_FIELDS = {
    "missing": (_FIRST, _FIRST[:1]),
    "extra": (_OTHER, _OTHER[:1]),
    "number": ((*_FIRST, *_OTHER),),
    "name": ((*_FIRST, *_OTHER),),
    "underlying": (("name", "other_name"),),
}


class ProfileError(CheckError, ValueError):
    """There is no such profile, or it cannot be read."""


@cache
def known() -> dict[str, Profile]:
    """Return our own profiles by the full .NET name of their enum."""
    return read(os.path.join(os.path.dirname(__file__), "profiles.toml"))


def choose(profile: str | None, full_name: str) -> Profile | None:
    """Return the profile of an enum: `profile` is the name of one of ours, a file, or None for the enum's own.

    One file may serve many targets, so an enum that it does not name has our profile, or none. Raises ProfileError if
    there is no such file, or if it cannot be read.
    """
    ours = known()
    name = profile or full_name
    if name in ours:
        return ours[name]
    if profile and os.path.splitext(profile)[1] != ".toml" and not os.path.exists(profile):
        raise ProfileError(f"no profile {profile}: expected one of {', '.join(ours)}, or a file (.toml)")
    theirs = read(name)
    return with_reasons(name, theirs[full_name]) if full_name in theirs else ours.get(full_name)


def with_reasons(path: str, profile: Profile) -> Profile:
    """Return a profile of a file. Raises ProfileError if a reason in it is empty: whoever accepts says why."""
    empty = [not reason.strip() for reason in (profile.reason, *profile.differences.values())].count(True)
    if empty:
        expected = "expected a reason for the profile and for each difference in it"
        raise ProfileError(
            f'{path}, {profile.name}: {expected}, found {empty} that are empty; fill in each reason = ""'
        )
    return profile


def read(path: str) -> dict[str, Profile]:
    """Return the profiles of a file. Raises ProfileError if it is not there or has another form."""
    try:
        with open_regular(path) as file:
            data = file.read(limits.PROFILE_BYTES + 1)
        if len(data) > limits.PROFILE_BYTES:
            raise ProfileError(f"{path} is not a profile: expected at most {limits.PROFILE_BYTES >> 10} KiB")
        return {name: _profile(path, name, table) for name, table in parse_toml(data.decode()).items()}
    except OSError as error:
        raise ProfileError(f"cannot read the profile {path}: {error.strerror}") from error
    except ProfileError:
        raise
    except ValueError as error:  # not UTF-8, not TOML, a number of 5,000 digits
        raise ProfileError(f"{path} is not a profile: expected TOML ({error})") from error


def _profile(path: str, name: str, table: Any) -> Profile:
    where = f"{path}, {name}"
    if not is_a(dict, table) or set(table) - {"reason", "differences"} or not is_a(str, table.get("reason")):
        raise ProfileError(f'{where}: expected a table ["{name}"] with reason = "..." and differences')
    entries: Any = table.get("differences", [])
    if not is_a(list, entries):
        raise ProfileError(f'{where}: expected differences as tables [["{name}".differences]]')
    return Profile(name, dict(_differences(where, entries)), table["reason"])


def _differences(where: str, entries: list[Any]) -> Iterable[tuple[Difference, str]]:
    seen: set[Difference] = set()
    for entry in entries:
        kind = str(entry.get("kind")) if is_a(dict, entry) else ""
        wanted = _FIELDS.get(kind, ((),))
        if not any(set(entry) == {"kind", "reason", *fields} for fields in wanted if fields):
            expected = f"{', '.join(('kind', *wanted[0], 'reason'))}, a kind of {', '.join(_FIELDS)}"
            raise ProfileError(f"{where}: expected {expected}; found {str(entry)[:200]}")
        for key, value in entry.items():
            expected_type = int if key.endswith("number") else str
            if type(value) is not expected_type:
                found = str(entry)[:200]
                raise ProfileError(f"{where}: expected {key} to be of type {expected_type.__name__}, found {found}")
            if type(value) is int and not -(1 << 63) <= value < 1 << 64:
                raise ProfileError(f"{where}: expected {key} to have at most 64 bits, found {value:#x}"[:200])
        difference = Difference(**{key: value for key, value in entry.items() if key != "reason"})
        if difference in seen:
            raise ProfileError(f"{where}: expected each difference once, found {entry} again")
        seen.add(difference)
        yield difference, entry["reason"]


def write(path: str, found: Mapping[str, tuple[Difference, ...]]) -> str:
    """Return the text of a profile file that accepts the differences that were found, by the enum's full name.

    The file at `path` keeps its entries, with their reasons and comments. Entries that are no longer true are
    left out, and new ones get an empty reason, which a person fills in. Raises ProfileError if the file has another
    form than this function writes.
    """
    tables, comments = _tables_of(path) if os.path.isfile(path) else ({}, "")
    beginning, end = ("", comments) if tables else (comments, "")
    for name, differences in found.items():
        before = tables.get(name, {None: f'\n[{_toml(name)}]\nreason = ""\n'})
        tables[name] = {key: text for key, text in before.items() if key is None or key in differences}
        for difference in differences:
            tables[name].setdefault(difference, _entry(name, difference))
    return (beginning + "".join(text for table in tables.values() for text in table.values()) + end).lstrip("\n")


def _tables_of(path: str) -> tuple[dict[str, dict[Difference | None, str]], str]:
    """Return the texts of a file's tables, each with the comments above it, and the comments at the end.

    They are keyed by the name of the profile, and then by the difference; None is the profile's own table.
    """
    read(path)  # raises for everything that is not a profile
    tables: dict[str, dict[Difference | None, str]] = {}
    try:
        with open(path, encoding="utf-8") as file:
            texts, end = _split(file)
        for text in texts:
            ((name, table),) = parse_toml(text).items()
            entries = table.pop("differences", None)
            ((difference, _),) = _differences(path, entries) if entries else ((None, ""),)
            if entries is not None and table:
                raise ValueError(name)
            tables.setdefault(name, {})[difference] = text
    except ValueError as error:
        expected = 'tables ["ENUM"] and [["ENUM".differences]]'
        raise ProfileError(f"{path} is not in the form of --write-profile: expected {expected}") from error
    return tables, end


def _split(lines: Iterable[str]) -> tuple[list[str], str]:
    """Split a TOML file above the comments that precede each table's header. Raises ValueError for keys above all."""
    texts: list[str] = []
    comments = ""
    for line in (line if line.endswith("\n") else f"{line}\n" for line in lines):
        if line.strip().startswith("["):
            texts.append(comments + line)
            comments = ""
        elif not line.strip() or line.strip().startswith("#"):
            comments += line
        elif not texts:
            raise ValueError(f"expected a table, found {line}")
        else:
            texts[-1] += comments + line
            comments = ""
    return texts, comments


def _entry(name: str, difference: Difference) -> str:
    fields = {key: value for key, value in asdict(difference).items() if value is not None} | {"reason": ""}
    lines = ["", f"[[{_toml(name)}.differences]]", *(f"{key} = {_toml(value)}" for key, value in fields.items())]
    return "".join(f"{line}\n" for line in lines)


def _toml(value: str | int) -> str:
    """Return a TOML basic string or an integer: a name in .NET may hold any character."""
    if isinstance(value, int):
        return str(value)
    escaped = "".join(
        f"\\{character}" if character in '"\\' else character if character.isprintable() else f"\\U{ord(character):08x}"
        for character in value
    )
    return f'"{escaped}"'
