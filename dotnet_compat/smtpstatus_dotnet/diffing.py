"""The diff: any two targets in, a ParityReport out. A check is the same with the shared enum on one side."""

from __future__ import annotations

from contextlib import ExitStack

from smtpstatus_dotnet.parity import (
    CheckError,
    Comparison,
    Difference,
    EnumDefinition,
    EnumNotFoundError,
    EnumReadError,
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
        from smtpstatus_dotnet.profiles import read

        try:
            profiles = read(profile)
        except CheckError as error:
            return ParityReport(None, (Comparison(second, Origin(profile), error=error, first_target=first),))
    names = (*type_names[:1], *type_names[-1:]) or (None, None)
    with ExitStack() as stack:
        process: RuntimeProcess | None = None
        if via == "clr":
            from smtpstatus_dotnet.runtime_process import RuntimeProcess

            process = stack.enter_context(RuntimeProcess(runtime))
        sides = [
            _Side(target, name if _takes_type(target) or len(type_names) > 1 else None, process, is_all)
            for target, name in zip((first, second), names, strict=True)
        ]
    results = list(_Diff(sides[0], sides[1], profiles, is_all).results())
    if is_all:
        results += _of_others(profile or "", profiles, sides)
    return ParityReport(None, tuple(results), is_all)


def _takes_type(target: str) -> bool:
    """Whether a target does not name the enum itself, so that one name for both sides is meant for it."""
    try:
        return bool(kind_of(target).full_names)
    except CheckError:
        return True


class _Side:
    """What one target holds."""

    def __init__(self, target: str, type_name: str | None, process: RuntimeProcess | None, is_all: bool) -> None:
        self.target = target
        self.unread: list[Unread] = []
        self.by_name: dict[str, list[EnumDefinition]] = {}
        for found in find(target, type_name, process, is_all=is_all):
            if isinstance(found, EnumDefinition):
                self.by_name.setdefault(found.full_name, []).append(found)
            else:
                self.unread.append(found)


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
        if not self._is_all and len(first.by_name) == len(second.by_name) == 1:
            yield from self._builds(*first.by_name.values(), *second.by_name.values())
            return
        for name in dict.fromkeys((*first.by_name, *second.by_name)):
            here, there = first.by_name.get(name), second.by_name.get(name)
            if here and there:
                yield from self._builds(here, there)
            elif here:
                yield self._whole(Difference("missing", name), here[0], None)
            elif there:
                yield self._whole(Difference("extra", other_name=name), None, there[0])
        if not (first.by_name or second.by_name):
            yield self._error(Origin(second.target), EnumNotFoundError("there is no enum on either side"))

    def _builds(self, here: list[EnumDefinition], there: list[EnumDefinition]) -> Iterator[Comparison]:
        """Yield the result of each build of an enum. If the builds of the first side differ, compare like with like."""
        compared: list[tuple[EnumDefinition, EnumDefinition]] = []
        for other in there:
            same = here[:1] if _are_equal(here) else [each for each in here if _build(each) == _build(other)]
            if not _are_equal(same) or not same:
                message = f"the builds of {here[0].full_name} in {self._first.target} differ, and none is like this one"
                yield self._error(other.origin, EnumReadError(f"{message}: name the builds to compare"))
            elif not self._is_all or (same[0], other) not in compared:
                yield self._pair(same[0], other)
            compared += ((each, other) for each in same)
        for each in here if not _are_equal(here) else ():
            if not any(each is first for first, _ in compared):
                message = f"{self._second.target} has no build of {each.full_name} that is like this one"
                yield self._error(each.origin, EnumNotFoundError(f"{message}: name the builds to compare"))

    def _pair(self, first: EnumDefinition, other: EnumDefinition) -> Comparison:
        profile = self._profiles.get(other.full_name)
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

    def _error(self, origin: Origin, error: CheckError) -> Comparison:
        return Comparison(self._second.target, origin, error=error, first_target=self._first.target)


def _of_others(path: str, profiles: Mapping[str, Profile], sides: list[_Side]) -> Iterator[Comparison]:
    """Yield an error for each profile of an enum that neither side has: it would accept what nobody looks at."""
    first, second = sides
    for name in profiles:
        if name not in first.by_name and name not in second.by_name:
            error = EnumNotFoundError(f"{path} has a profile of {name}, which is on neither side: take it out")
            yield Comparison(second.target, Origin(path), error=error, first_target=first.target)


def _are_equal(definitions: list[EnumDefinition]) -> bool:
    """Whether all builds are the same; the order of their members does not count."""
    return all(definition == definitions[0] for definition in definitions)


def _build(definition: EnumDefinition) -> str:
    """Return what tells a build from the others: its target framework, or else the name of its file."""
    origin = definition.origin
    return origin.framework or origin.location.replace("\\", "/").rpartition("/")[2]
