"""The sentences of all reports: what was compared, how it differs, what to do about it."""

from __future__ import annotations

from smtpstatus import SmtpStatusCode
from smtpstatus.protobuf_names import csharp_value_name, value_prefix
from smtpstatus_dotnet.known_enums import DOTNET_TYPES, SHARED_TYPE
from smtpstatus_dotnet.parity import NotApplicableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smtpstatus_dotnet.parity import Comparison, Difference, EnumDefinition, Kind, Origin, ParityReport

_NOT_SHARED = ("missing", "number", "name")

OUTCOMES = {
    "error": "could not be checked",
    "differs": "differ",
    "skipped": "were skipped",
    "agrees": "agree",
}
"""What became of the results, in words. What needs a person comes first."""


def outcome(result: Comparison) -> str:
    if isinstance(result.error, NotApplicableError):
        return "skipped"
    return ("agrees", "differs", "error")[result.exit_code]


def headline(report: ParityReport) -> str:
    """Return how many results came out how."""
    outcomes = [outcome(result) for result in report.results]
    counts = [f"{outcomes.count(each)} {words}" for each, words in OUTCOMES.items() if each in outcomes]
    return f"smtpstatus: {', '.join(counts) or 'nothing was compared'}"


def summary(result: Comparison) -> str:
    """Return one line: which enum, and how much of the first one it has."""
    if result.error:
        return str(result.error).partition("\n")[0]
    name = _name(result)
    if result.first and result.definition:
        lacking = sum(difference.kind in _NOT_SHARED for difference in (*result.differences, *result.accepted))
        total = len(result.first.members)
        text = f"{name}: {total - lacking} of {total} members agree in name and number{_more(result)}"
    else:
        text = f"{name}: only the {'first' if result.first else 'second'} side has this enum"
    if result.profile:
        whose = "its profile" if result.profile.name == name else f"the profile {result.profile.name}"
        text += f"; accepted by {whose}: {len(result.accepted)}"
    return text


def _more(result: Comparison) -> str:
    """Return what else differs: without it, `32 of 32 agree` would be no reason to differ."""
    kinds = [difference.kind for difference in result.differences]
    extra, stale = kinds.count("extra"), kinds.count("stale")
    text = f", {extra} more on one side only" if extra else ""
    text += ", the type of the numbers differs" if "underlying" in kinds else ""
    return text + (f", stale entries in its profile: {stale}" if stale else "")


def _name(result: Comparison) -> str:
    """Return the full name of the enum that was compared; of a diff, both names if they are not the same."""
    sides = (result.first, result.definition) if is_diff(result) else (result.definition,)
    return " and ".join(dict.fromkeys(side.full_name for side in sides if side))


def is_diff(result: Comparison) -> bool:
    """Whether both sides were named, and the first is not the shared enum."""
    return result.first_target is not None


def places(result: Comparison) -> tuple[str, ...]:
    """Return the place and how it was read; before it the target, unless the place's name begins with it.

    Of a diff, these are the places of both sides.
    """
    there = _places(result.target, result.origin, result.definition)
    if result.first_target is None or not result.first:
        return there
    here = _places(result.first_target, result.first.origin, result.first)
    return (*here, *there) if result.definition else here


def _places(target: str, origin: Origin, definition: EnumDefinition | None) -> tuple[str, ...]:
    text = str(origin)
    if definition and origin.via:
        text += f", read from its {origin.via}"
    return (text,) if origin.location.startswith(target) else (target, text)


def place(result: Comparison) -> str:
    """Return `places` in one line."""
    return ": ".join(places(result))


def sentence(difference: Difference, *, is_diff: bool = False) -> str:
    """Return one line that says how the two sides differ, in the words of a check or of a diff."""
    first, there, other, here = _WORDS_OF_DIFF if is_diff else _WORDS_OF_CHECK
    name, number = difference.name, difference.number
    other_name, other_number = difference.other_name, difference.other_number
    match difference.kind:
        case "missing" if number is None:
            return f"only the first side has the enum {name}"
        case "missing":
            return f"{name} = {number} is in {first} only"
        case "extra" if other_number is None:
            return f"only the second side has the enum {other_name}"
        case "extra":
            return f"{other_name} = {other_number} is not in {first}"
        case "number":
            return f"{name} is {number} in {first} and {other_number} {there}"
        case "name":
            return f"{number} is {name} in {first} and {other_name} {there}"
        case "underlying":
            return f"{first} is a {name}, {other} a {other_name}"
        case "stale":
            in_first = f"{name}{'' if number is None else f' = {number}'}" if name else "nothing"
            in_other = (
                f"{other_name}{'' if other_number is None else f' = {other_number}'}" if other_name else "nothing"
            )
            return f"the profile declares {in_first} {here} and {in_other} {there}, which is no longer true"


_WORDS_OF_CHECK = ("the shared enum", "there", "the other", "here")
_WORDS_OF_DIFF = ("the first enum", "in the second", "the second", "in the first enum")


def sentence_of(result: Comparison, difference: Difference) -> str:
    """Return the `sentence` on a difference of a result."""
    return sentence(difference, is_diff=is_diff(result))


def by_kind(differences: Iterable[Difference]) -> dict[Kind, list[Difference]]:
    """Return the differences of each kind, the kinds in the order in which they come."""
    groups: dict[Kind, list[Difference]] = {}
    for difference in differences:
        groups.setdefault(difference.kind, []).append(difference)
    return groups


def advice(kind: Kind, differences: Sequence[Difference], *, is_diff: bool = False) -> Iterable[str]:
    """Return the lines that say what differences of one kind do, and what to change where."""
    if is_diff:
        return (_ADVICE_ON_ANY[kind],)
    if kind == "extra":
        return _advice_on_extra(differences)
    return [line.format(name=differences[0].name) for line in _ADVICE[kind]]


_ADVICE: dict[Kind, tuple[str, ...]] = {
    "missing": (
        "Code on that side sees the bare number. Update that side if it is the older one; if the member was",
        "dropped there for good, report it to smtpstatus.",
    ),
    "number": (
        "One name means two codes. Look it up (smtpstatus show {name}), and correct the side that is wrong;",
        "if that is the shared enum, report it to smtpstatus.",
    ),
    "name": (
        "Messages carry the number, so they are understood; code and JSON that go by name are not. Update",
        "smtpstatus; if its newest release has the old name, report it.",
    ),
    "underlying": ("A number outside int32 does not fit into a message. Convert with a range check on that side.",),
    "stale": ("The two sides have come closer. Take the entry out of the profile.",),
}


_ADVICE_ON_ANY: dict[Kind, str] = {
    "missing": "Code on the second side has no name for it. Add it there, or drop it on the first.",
    "extra": "Code on the first side has no name for it. Add it there, or drop it on the second.",
    "number": "One name means two numbers: what one side writes, the other misreads. Correct the side that is wrong.",
    "name": "What goes by number is understood; code and JSON that go by name are not. Rename it on one side.",
    "underlying": "A number of the wider type may not fit into the other. Convert with a range check.",
    "stale": "The two sides have come closer. Take the entry out of the profile.",
}


def _advice_on_extra(differences: Sequence[Difference]) -> Iterable[str]:
    numbers = {code.value for code in SmtpStatusCode}
    new = [difference for difference in differences if difference.other_number not in numbers]
    if new:
        yield "Code that uses smtpstatus sees the bare number. Update smtpstatus; if its newest release has no such"
        yield "value, report it:"
        for difference in new:
            yield f"  {_proto_name(difference.other_name)} = {difference.other_number};"
    if len(new) < len(differences):
        yield "A second name of a shared number is harmless in messages; code and JSON that go by name miss it."


def how_to_accept(result: Comparison, *, is_all: bool = False) -> str:
    """Return one line that says how to accept differences that are there on purpose. Empty if there are none.

    A stale entry is no such difference: the profile has accepted too much already.
    """
    if all(difference.kind == "stale" for difference in result.differences):
        return ""
    import shlex

    if result.first_target is not None:
        sides = ((result.first_target, result.first), (result.target, result.definition))
        named = (each.full_name for target, each in sides if each and not target.startswith("python:"))
        types = ["--all"] if is_all else [part for name in dict.fromkeys(named) for part in ("--type", name)]
        arguments = ["smtpstatus", "diff", result.first_target, result.target, *types]
    else:
        arguments = ["smtpstatus", "check", *filter(None, [result.target])]
        full_name = result.definition.full_name if result.definition else ""
        if full_name not in (*DOTNET_TYPES, SHARED_TYPE, "") and not result.target.startswith("python:"):
            arguments += ["--type", full_name]
    command = shlex.join(arguments)
    return f"On purpose? {command} --write-profile FILE writes them down; --profile FILE then accepts them."


def _proto_name(dotnet_name: str | None) -> str:
    """Return the name of the proto value for which protoc's C# generator makes this name, if there is one."""
    snake_case = ""
    for character in dotnet_name or "":
        snake_case += f"_{character}" if character.isupper() and snake_case else character
    name = f"{value_prefix('SmtpStatusCode')}{snake_case.upper()}"
    return name if csharp_value_name("SmtpStatusCode", name) == dotnet_name else f"{name} (check the spelling)"
