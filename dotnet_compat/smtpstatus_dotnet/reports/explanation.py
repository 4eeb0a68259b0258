"""The sentences of all reports: what was compared, how it differs, what to do about it."""

from __future__ import annotations

from smtpstatus import SmtpStatusCode
from smtpstatus.protobuf_names import csharp_value_name, value_prefix
from smtpstatus_dotnet.known_enums import DOTNET_TYPES, SHARED_TYPE
from smtpstatus_dotnet.parity import NotApplicableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smtpstatus_dotnet.parity import Comparison, Difference, EnumDefinition, Kind

_SOURCE = "smtp_status_code.proto"
_FEW = 3
_NOT_SHARED = ("missing", "number", "name")


def outcome(result: Comparison) -> str:
    if isinstance(result.error, NotApplicableError):
        return "skipped"
    return ("agrees", "differs", "error")[result.exit_code]


def summary(result: Comparison, shared: EnumDefinition) -> str:
    """Return one line: which enum, and how much of the shared one it has."""
    if not result.definition:
        return str(result.error).partition("\n")[0]
    lacking = sum(difference.kind in _NOT_SHARED for difference in (*result.differences, *result.accepted))
    total = len(shared.members)
    text = f"{result.definition.full_name}: {total - lacking} of {total} members agree in name and number"
    if result.profile:
        name = result.profile.name
        whose = "its profile" if name == result.definition.full_name else f"the profile {name}"
        text += f"; accepted by {whose}: {len(result.accepted)}"
    return text


def places(result: Comparison) -> tuple[str, ...]:
    """Return the place and how it was read; before it the target, unless the place's name begins with it."""
    text = str(result.origin)
    if result.definition and result.origin.via:
        text += f", read from its {result.origin.via}"
    return (text,) if result.origin.location.startswith(result.target) else (result.target, text)


def place(result: Comparison) -> str:
    """Return `places` in one line."""
    return ": ".join(places(result))


def sentence(difference: Difference) -> str:
    """Return one line that says how the two sides differ."""
    name, number = difference.name, difference.number
    other_name, other_number = difference.other_name, difference.other_number
    match difference.kind:
        case "missing":
            return f"{name} = {number} is in the shared enum only"
        case "extra":
            return f"{other_name} = {other_number} is not in the shared enum"
        case "number":
            return f"{name} is {number} in the shared enum and {other_number} there"
        case "name":
            return f"{number} is {name} in the shared enum and {other_name} there"
        case "underlying":
            return f"the shared enum is a {name}, the other a {other_name}"
        case "stale":
            here = f"{name}{'' if number is None else f' = {number}'}" if name else "nothing"
            there = f"{other_name}{'' if other_number is None else f' = {other_number}'}" if other_name else "nothing"
            return f"the profile declares {here} here and {there} there, which is no longer true"


def advice(kind: Kind, differences: Sequence[Difference]) -> Iterable[str]:
    """Return the lines that say what differences of one kind do, and what to change where."""
    match kind:
        case "extra":
            return _advice_on_extra(differences)
        case "name":
            return _advice_on_name(differences)
        case _:
            return _ADVICE[kind]


_ADVICE = {
    "missing": (
        "Code on that side sees the bare number. Update that side if it is the older one; if the member was",
        f"dropped there for good, mark it deprecated in {_SOURCE}: its number stays taken.",
    ),
    "number": (
        "One name means two codes. Look it up (smtpstatus show), and correct the side that is wrong; a",
        f"number in {_SOURCE} never changes once it has been released.",
    ),
    "underlying": ("A number outside int32 does not fit into a message. Convert with a range check on that side.",),
    "stale": ("The two sides have come closer. Take the entry out of the profile.",),
}


def _advice_on_extra(differences: Sequence[Difference]) -> Iterable[str]:
    numbers = {code.value for code in SmtpStatusCode}
    new = [difference for difference in differences if difference.other_number not in numbers]
    if new:
        yield f"Python services see the bare number. To share it, add to {_SOURCE}:"
        for difference in new:
            yield f"  {_proto_name(difference.other_name)} = {difference.other_number};"
    if len(new) < len(differences):
        yield "A second name of a shared number is harmless in messages; code and JSON that go by name miss it."


def _advice_on_name(differences: Sequence[Difference]) -> Iterable[str]:
    yield "Messages carry the number, so they are understood; code and JSON that go by name are not."
    if len(differences) <= _FEW:  # more are another vocabulary, which nobody would follow value by value
        yield f"To follow, rename in {_SOURCE}:"
        for difference in differences:
            yield f"  {_proto_name(difference.name)} to {_proto_name(difference.other_name)}"


def how_to_accept(result: Comparison) -> str:
    """Return one line that says how to accept differences that are there on purpose."""
    import shlex

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
