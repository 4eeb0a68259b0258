"""The report for a person: what was compared, how it differs, and what to change where."""

from __future__ import annotations

from smtpstatus._open_enum import csharp_value_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtpstatus_dotnet.parity import Comparison, Difference, ParityReport

_SOURCE = "smtp_status_code.proto"


def render(report: ParityReport) -> str:
    """Return the whole report; every line is ended."""
    lines: list[str] = []
    for result in report.results:
        lines += _result(result, len(report.shared.members))
    return "\n".join(lines) + "\n"


def _result(result: Comparison, total: int) -> Iterator[str]:
    if not result.definition:
        yield f"ERROR    {result.origin}"
        yield from (f"         {line}" for line in str(result.error).splitlines())
        return
    lacking = sum(difference.kind in ("missing", "number", "name") for difference in result.differences)
    outcome = "differs" if result.differences else "agrees "
    yield f"{outcome}  {result.definition.full_name}: {total - lacking} of {total} members agree in name and number"
    yield f"         {result.origin}"
    for difference in result.differences:
        what, advice = _explain(difference)
        yield f"  {difference.kind:<10}  {what}"
        yield from (f"              {line}" for line in advice.splitlines())


def _explain(difference: Difference) -> tuple[str, str]:
    name, number = difference.name, difference.number
    other_name, other_number = difference.other_name, difference.other_number
    match difference.kind:
        case "missing":
            return (
                f"{name} = {number} is in the shared enum only",
                "Code on that side has no name for it and sees the bare number. Update that side if it is the older\n"
                f"one. If the member was dropped there for good, mark it deprecated in {_SOURCE}; its number\n"
                "stays taken.",
            )
        case "extra":
            return (
                f"{other_name} = {other_number} is not in the shared enum",
                f"Python services see the bare number. To share it, add to {_SOURCE}:\n"
                f"  {_proto_name(other_name)} = {other_number}",
            )
        case "number":
            return (
                f"{name} is {number} in the shared enum and {other_number} there",
                "The same word means two replies. Look the code up (smtpstatus show), and correct the side that is\n"
                f"wrong; a number in {_SOURCE} never changes once it has been released.",
            )
        case "name":
            return (
                f"{number} is {name} in the shared enum and {other_name} there",
                "Messages carry the number, so they are understood; code and JSON that go by name are not.\n"
                f"To follow, rename the value in {_SOURCE} to {_proto_name(other_name)}.",
            )
        case _:
            return (
                f"the shared enum is a {name}, that one a {other_name}",
                "A number outside int32 cannot cross in a message. Convert with a range check on that side.",
            )


def _proto_name(dotnet_name: str | None) -> str:
    """Return the proto value that protoc's C# turns into this name, as far as there is one."""
    words = ""
    for character in dotnet_name or "":
        words += f"_{character}" if character.isupper() and words else character
    name = f"SMTP_STATUS_CODE_{words.upper()}"
    return name if csharp_value_name("SmtpStatusCode", name) == dotnet_name else f"{name} (check the spelling)"
