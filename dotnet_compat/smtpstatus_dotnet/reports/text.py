"""The report for a person."""

from __future__ import annotations

from smtpstatus_dotnet.output import printable
from smtpstatus_dotnet.reports import explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtpstatus_dotnet.parity import Comparison, EnumDefinition, Kind, ParityReport

_COLORS = {
    "agrees": "32",
    "differs": "31",
    "error": "31;1",
    "skipped": "33",
}  # ECMA-48, SGR: green, red, bold red, yellow


def render(report: ParityReport, *, is_colored: bool = False) -> str:
    """Return the whole report; every line ends with a newline."""
    blocks = ["".join(f"{line}\n" for line in lines(result, report.shared, is_colored)) for result in report.results]
    # A result that agrees takes two lines; a longer one gets a blank line before it.
    return "".join(f"\n{block}" if number and block.count("\n") > 2 else block for number, block in enumerate(blocks))


def lines(result: Comparison, shared: EnumDefinition, is_colored: bool = False) -> Iterator[str]:
    """Yield the lines of one result: what was compared, how it differs, and what to do about it."""
    outcome = explanation.outcome(result)
    label = f"\x1b[{_COLORS[outcome]}m{outcome}\x1b[m" if is_colored else outcome
    label += " " * (9 - len(outcome))
    if not result.definition:
        yield f"{label}{printable(explanation.place(result))}"
        yield from (f"         {printable(line)}" for line in str(result.error).split("\n"))
        return
    yield f"{label}{printable(explanation.summary(result, shared))}"
    yield from (f"         {printable(place)}" for place in explanation.places(result))
    yield from _differences(result)


def _differences(result: Comparison) -> Iterator[str]:
    """Yield the lines of the differences, those of a kind together, followed by the advice on that kind."""
    kinds: dict[Kind, None] = dict.fromkeys(difference.kind for difference in result.differences)
    for kind in kinds:
        of_kind = [difference for difference in result.differences if difference.kind == kind]
        for difference in of_kind:
            yield f"  {kind:<10} {printable(explanation.sentence(difference))}"
        yield from (f"             {printable(line)}" for line in explanation.advice(kind, of_kind))
    if result.differences:
        yield f"  {printable(explanation.how_to_accept(result))}"
