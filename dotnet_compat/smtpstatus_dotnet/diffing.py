"""The diff: any two targets in, a ParityReport out. A check is the same with the shared enum on one side."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from smtpstatus_dotnet.parity import (
    CheckError,
    Comparison,
    Difference,
    EnumDefinition,
    EnumNotFoundError,
    Origin,
    ParityReport,
    compare,
    without_declared,
)
from smtpstatus_dotnet.targets.table import find, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from smtpstatus_dotnet.parity import Profile
    from smtpstatus_dotnet.runtime_process import RuntimeProcess
    from smtpstatus_dotnet.targets.reading import Unread


def diff(
    first: str,
    second: str,
    *,
    type_names: Sequence[str] = (),
    is_all: bool = False,
    profile: str | None = None,
    via: str = "metadata",
    runtime: str = "auto",
) -> ParityReport:
    """Compare the enums of two targets, which `smtpstatus check --help` lists, and report on each pair.

    `type_names` has the full name of the enum, or its two names if the sides call it differently. By default, the known
    enums of SMTP statuses are compared. `is_all` compares all enums, by their full names: one that a side lacks is a
    difference, too. `profile` is the path of a file with profiles. `via` and `runtime` are those of `check`.
    As there, a place that cannot be read never agrees.

    Raises ValueError for more than two type names, for type names together with `is_all`, and for any other `via`.
    """
    if via not in ("metadata", "clr"):
        raise ValueError(f"expected via='metadata' or 'clr', found {via!r}")
    if len(type_names) > 2 or (is_all and (type_names or via == "clr")):
        raise ValueError("expected one or two type_names, or is_all and via='metadata'")
    profiles: Mapping[str, Profile] = {}
    if profile:
        from smtpstatus_dotnet.profiles import read, with_reasons

        try:
            profiles = {name: with_reasons(profile, each) for name, each in read(profile).items()}
        except CheckError as error:
            return ParityReport(None, (Comparison(second, Origin(profile), error=error, first_target=first),))
    names = (*type_names[:1], *type_names[-1:]) or (None, None)
    # One name is meant for the sides that do not name the enum themselves.
    takes_type = [len(type_names) > 1 or _takes_type(target) for target in (first, second)]
    with ExitStack() as stack:
        process: RuntimeProcess | None = None
        if via == "clr":
            from smtpstatus_dotnet.runtime_process import RuntimeProcess

            process = stack.enter_context(RuntimeProcess(runtime))
        sides = [
            _Side(target, name if is_meant or not any(takes_type) else None, process, is_all)
            for target, name, is_meant in zip((first, second), names, takes_type, strict=True)
        ]
    results = list(_Diff(sides[0], sides[1], profiles, is_all).results())
    if not type_names and not is_all:
        results = [_with_hint(result) for result in results]
    if is_all:
        results += _of_others(profile or "", profiles, sides)
    return ParityReport(None, tuple(results), is_all)


def _with_hint(result: Comparison) -> Comparison:
    """Say how to name an enum, if the known ones were looked for and are not there."""
    if not isinstance(result.error, EnumNotFoundError):
        return result
    return replace(result, error=EnumNotFoundError(f"{result.error}\nName the enum with --type, or take --all."))


def _takes_type(target: str) -> bool:
    """Whether a target does not name the enum itself, so that one name for both sides is meant for it."""
    try:
        return bool(kind_of(target).full_names)
    except CheckError:
        return True


def _has_many(target: str) -> bool:
    """Whether a target may have several builds: a folder or a package, of which no single assembly was named."""
    try:
        kind = kind_of(target)
    except CheckError:
        return False
    return kind.has_assemblies and kind.reader != "assembly_file" and not (kind.prefixes and "#" in target)


class _Side:
    """What one target holds."""

    def __init__(self, target: str, type_name: str | None, process: RuntimeProcess | None, is_all: bool) -> None:
        self.target = target
        self.has_many = _has_many(target)
        self.unread: list[Unread] = []
        self.by_name: dict[str, list[EnumDefinition]] = {}
        for found in find(target, type_name, process, is_all=is_all):
            if isinstance(found, EnumDefinition):
                self.by_name.setdefault(found.full_name, []).append(found)
            else:
                self.unread.append(found)

    @property
    def releases(self) -> set[str]:
        """The releases of a package that the enums come from."""
        origins = (each.origin for definitions in self.by_name.values() for each in definitions)
        return {origin.release.version for origin in origins if origin.release}

    def has_build(self, build: tuple[str, str]) -> bool:
        """Whether any enum comes from such a build."""
        return any(_build(each) == build for definitions in self.by_name.values() for each in definitions)


class _Diff:
    """The comparison of two sides."""

    def __init__(self, first: _Side, second: _Side, profiles: Mapping[str, Profile], is_all: bool) -> None:
        self._first, self._second, self._profiles, self._is_all = first, second, profiles, is_all

    def results(self) -> Iterator[Comparison]:
        """Yield the errors of both sides, and then the result of each pair, in the order of the first side."""
        first, second = self._first, self._second
        for side in (first, second):
            for unread in side.unread:
                yield Comparison(side.target, unread.origin, error=unread.error, first_target=first.target)
        if any(side.unread and not side.by_name for side in (first, second)):
            return  # nothing is missing in a side that could not be read
        if several := [side.target for side in (first, second) if len(side.releases) > 1]:
            yield self._error(Origin(several[0]), f"{several[0]} is several releases: name one on each side")
            return
        if not self._is_all and len(first.by_name) == len(second.by_name) == 1:
            yield from self._builds(*first.by_name.values(), *second.by_name.values())
            return
        for name in dict.fromkeys((*first.by_name, *second.by_name)):
            here, there = first.by_name.get(name), second.by_name.get(name)
            if here and there:
                yield from self._builds(here, there)
            elif here and not second.unread:  # it may be in what was not read
                yield self._whole(Difference("missing", name), here[0], None)
            elif there and not first.unread:
                yield self._whole(Difference("extra", other_name=name), None, there[0])
        if not (first.by_name or second.by_name):
            yield self._error(Origin(second.target), "there is no enum on either side")

    def _builds(self, here: list[EnumDefinition], there: list[EnumDefinition]) -> Iterator[Comparison]:
        """Yield the result of each build of an enum.

        If both sides have many assemblies, like is compared with like, and a build may be missing or extra. Otherwise
        each build of the one side is compared with that of the other.
        """
        both_have_many = self._first.has_many and self._second.has_many
        compared: list[tuple[EnumDefinition, EnumDefinition]] = []
        for other in there:
            same = self._like(other, here)
            if not same and self._first.has_build(_build(other)) and both_have_many:
                if not self._first.unread:  # it may be in what was not read
                    yield self._whole(Difference("extra", other_name=other.full_name), None, other)
                continue
            if not same and _are_equal(here):
                same = here  # a build that only the second side has
            if not same or not _are_equal(same):
                builds = f"{len(same) or 'no'} builds of {other.full_name} that are like this one"
                yield self._error(other.origin, f"{self._first.target} has {builds}: name one build on each side")
            elif not self._is_all or (same[0], other) not in compared:
                yield self._pair(same[0], other)
            compared += ((each, other) for each in same)
        for each in here:
            if not any(each is first for first, _ in compared):
                if both_have_many and not self._second.unread:
                    yield self._whole(Difference("missing", each.full_name), each, None)
                elif not both_have_many:
                    builds = f"no build of {each.full_name} that is like this one"
                    yield self._error(each.origin, f"{self._second.target} has {builds}: name one build on each side")

    def _like(self, other: EnumDefinition, builds: list[EnumDefinition]) -> list[EnumDefinition]:
        """Return the builds that are most like another: by their place in the target, or by framework and file name."""
        if not (self._first.has_many and self._second.has_many) and _are_equal(builds):
            return builds
        place, (framework, name) = _place(self._second.target, other), _build(other)
        for found in (
            [each for each in builds if _place(self._first.target, each) == place],
            [each for each in builds if _build(each) == (framework, name)],
            [each for each in builds if framework and each.origin.framework == framework],
            [each for each in builds if _build(each)[1] == name and not (framework and each.origin.framework)],
        ):
            if found:
                return found
        return []

    def _pair(self, first: EnumDefinition, other: EnumDefinition) -> Comparison:
        profile = self._profiles.get(other.full_name)
        if self._profiles and not profile and not self._is_all:
            profiled = ", ".join(self._profiles)
            return self._error(other.origin, f"the profile is not of {other.full_name}, only of {profiled}")
        differences = compare(first, other, profile)
        return Comparison(
            self._second.target, other.origin, other, differences, None, profile, first, self._first.target
        )

    def _whole(self, difference: Difference, first: EnumDefinition | None, other: EnumDefinition | None) -> Comparison:
        """Return the result for an enum that only one side has."""
        name = difference.name or difference.other_name or ""
        profile = self._profiles.get(name)
        differences = without_declared([difference], profile)
        origin = other.origin if other else Origin(self._second.target)
        return Comparison(self._second.target, origin, other, differences, None, profile, first, self._first.target)

    def _error(self, origin: Origin, message: str) -> Comparison:
        error = EnumNotFoundError(message)
        return Comparison(self._second.target, origin, error=error, first_target=self._first.target)


def _of_others(path: str, profiles: Mapping[str, Profile], sides: list[_Side]) -> Iterator[Comparison]:
    """Yield an error for each profile of an enum that neither side has: it would accept what nobody looks at."""
    first, second = sides
    if first.unread or second.unread:
        return  # the enum may be in what was not read
    for name in profiles:
        if name not in first.by_name and name not in second.by_name:
            error = EnumNotFoundError(f"{path} has a profile of {name}, which is on neither side: take it out")
            yield Comparison(second.target, Origin(path), error=error, first_target=first.target)


def _are_equal(definitions: list[EnumDefinition]) -> bool:
    """Whether all builds are the same; the order of their members does not count."""
    return all(definition == definitions[0] for definition in definitions)


def _place(target: str, definition: EnumDefinition) -> str:
    """Return where a definition is in its target: below the folder, or inside the archive."""
    location = definition.origin.location
    return location.removeprefix(target) if location.startswith(target) else location.rpartition("!")[2]


def _build(definition: EnumDefinition) -> tuple[str, str]:
    """Return the target framework of a build, and the name of its file."""
    name = definition.origin.location.replace("\\", "/").replace("!", "/").rpartition("/")[2]
    return definition.origin.framework, name
