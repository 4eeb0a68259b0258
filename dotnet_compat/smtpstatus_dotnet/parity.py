"""Enums in the terms of .NET, and how two of them differ. This module knows no file format."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    Kind = Literal["missing", "extra", "number", "name", "underlying", "stale"]


class CheckError(Exception):
    """The base of all errors that leave a check without an answer. Such a check never agrees."""


class EnumReadError(CheckError):
    """An enum could not be read from the place where it should be."""


class EnumNotFoundError(EnumReadError, LookupError):
    """The place is intact and has no enum of that name. `hint` says what it has instead; it may be empty."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.hint = hint


class NotApplicableError(EnumReadError):
    """A build for another .NET runtime than the one that was asked, or a release that was withdrawn: no verdict."""


@dataclass(frozen=True, slots=True)
class Release:
    """The release of a package in which a definition was found."""

    version: str
    date: str = ""
    """The day on which it was published, `2026-10-01`; empty if the index does not say."""
    is_yanked: bool = False
    """Whether the publisher has withdrawn it: yanked, or unlisted in the words of NuGet."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a definition was found."""

    location: str
    """A path, `ARCHIVE!PATH/INSIDE`, or an address, as a person would write it."""
    version: str = ""
    """The version that the source gives: `Aspose.Email 26.9.0.0`. Empty if it gives none."""
    framework: str = ""
    """The target framework for which this build was made: `net6.0`. Empty if it is not known."""
    via: str = ""
    """What it was read from: `metadata`, `reference page`, `descriptor set`, ... Empty if nothing was read."""
    release: Release | None = None
    """The release of the package; None if it does not come from a package index."""

    def __str__(self) -> str:
        withdrawn = "withdrawn" if self.release and self.release.is_yanked else ""
        notes = ", ".join(filter(None, (self.version, self.framework, withdrawn)))
        return f"{self.location} ({notes})" if notes else self.location


@dataclass(frozen=True, slots=True)
class EnumDefinition:
    """One enum, in .NET's terms. The origin does not count when two are compared."""

    full_name: str
    """`Namespace.Outer+Inner`, as Type.FullName writes it."""
    underlying: str | None
    """`System.Int32`; None if the source gives no underlying type."""
    members: Mapping[str, int]
    """The numbers by .NET-style names, in declared order."""
    origin: Origin = field(compare=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the other enum differs from the first one, which is the shared one in a check.

    | kind         | says                                             | name, number | other_name, other_number |
    |--------------|--------------------------------------------------|--------------|--------------------------|
    | `missing`    | a member that the other side lacks               | both         | None                     |
    | `extra`      | a member that the first enum lacks               | None         | both                     |
    | `number`     | one name, two numbers                            | both         | both                     |
    | `name`       | one number, two names                            | both         | both                     |
    | `underlying` | the names are those of the underlying types      | name only    | name only                |
    | `stale`      | a profile declares a difference that is not there | as declared | as declared              |

    If a whole enum is `missing` or `extra`, the name is its full name, and there is no number.
    """

    kind: Kind
    name: str | None = None
    number: int | None = None
    other_name: str | None = None
    other_number: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The differences that one enum has on purpose, and why."""

    name: str
    """The full .NET name of the enum."""
    differences: Mapping[Difference, str]
    """The reason for each."""
    reason: str = ""
    """Why the enum differs at all."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result for one enum, or for one place that should have had an enum."""

    target: str
    """The TARGET that was named; empty for the installed assembly."""
    origin: Origin
    definition: EnumDefinition | None = None
    """None if it could not be read, or if a whole enum is missing."""
    differences: tuple[Difference, ...] = ()
    error: CheckError | None = None
    profile: Profile | None = None
    """The profile that was applied, if any."""
    first: EnumDefinition | None = None
    """What the definition was compared with; None if that could not be read, or if a whole enum is extra."""
    first_target: str | None = None
    """The TARGET that `first` was read from; None in a check, where `first` is the shared enum."""

    @property
    def accepted(self) -> tuple[Difference, ...]:
        """The differences of the profile that were found."""
        declared = self.profile.differences if self.profile else ()
        return tuple(difference for difference in declared if replace(difference, kind="stale") not in self.differences)

    @property
    def found(self) -> tuple[Difference, ...]:
        """All differences that were found, also those that the profile accepts."""
        return (*(difference for difference in self.differences if difference.kind != "stale"), *self.accepted)

    @property
    def exit_code(self) -> int:
        """0 agrees, 1 differs, 2 could not be checked."""
        if self.error:
            return 2
        if self.differences:
            return 1
        return 0 if self.definition or self.accepted else 2


@dataclass(frozen=True, slots=True)
class ParityReport:
    """The result for every place that was compared with the shared enum, or for every pair of a diff."""

    shared: EnumDefinition | None
    """None for a diff, in which each result has its own `first`."""
    results: tuple[Comparison, ...]
    is_all: bool = False
    """Whether all enums of both sides were compared."""

    @property
    def exit_code(self) -> int:
        """The worst of the results. A build that is not applicable does not count; without any other, it is 2."""
        applicable = (result for result in self.results if not isinstance(result.error, NotApplicableError))
        return max((result.exit_code for result in applicable), default=2)


def compare(first: EnumDefinition, other: EnumDefinition, profile: Profile | None = None) -> tuple[Difference, ...]:
    """Return how `other` differs from `first`; an empty tuple when they agree.

    Members are matched by name. The others are paired by number, as `name`, in declared order, and the rest is
    `missing` or `extra`. Underlying types differ only if both sides have one. A difference that the profile declares is
    not returned. If the profile declares a difference that is not there, that is `stale`.
    """
    return without_declared(_differences(first, other), profile)


def without_declared(differences: Sequence[Difference], profile: Profile | None) -> tuple[Difference, ...]:
    """Return the differences that a profile does not declare, and those that it declares and that are not there."""
    if not profile:
        return tuple(differences)
    left_over = [difference for difference in differences if difference not in profile.differences]
    stale = [replace(declared, kind="stale") for declared in profile.differences if declared not in differences]
    return (*left_over, *stale)


def _differences(first: EnumDefinition, other: EnumDefinition) -> list[Difference]:
    differences: list[Difference] = []
    if first.underlying and other.underlying and first.underlying != other.underlying:
        differences.append(Difference("underlying", first.underlying, None, other.underlying))

    left_over = {name: number for name, number in other.members.items() if name not in first.members}
    other_names: dict[int, list[str]] = {}
    for name, number in left_over.items():
        other_names.setdefault(number, []).append(name)
    for name, number in first.members.items():
        if name in other.members:
            if number != other.members[name]:
                differences.append(Difference("number", name, number, name, other.members[name]))
        elif names := other_names.get(number):
            other_name = names.pop(0)
            del left_over[other_name]
            differences.append(Difference("name", name, number, other_name, number))
        else:
            differences.append(Difference("missing", name, number))
    differences += (Difference("extra", None, None, name, number) for name, number in left_over.items())
    return differences
