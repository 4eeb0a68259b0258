"""The report for a person."""

from __future__ import annotations

from itertools import islice

from smtpstatus_dotnet.output import printable
from smtpstatus_dotnet.reports import explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtpstatus_dotnet.parity import Comparison, ParityReport

_COLORS = {
    "agrees": "32",
    "differs": "31",
    "error": "31;1",
    "skipped": "33",
}  # ECMA-48, SGR: green, red, bold red, yellow


def render(report: ParityReport, *, is_colored: bool = False, is_quiet: bool = False) -> str:
    """Return the report; every line ends with a newline. A quiet one has only what does not agree."""
    hidden = {"agrees", "skipped"} if is_quiet else {"agrees"} if report.is_all else set[str]()
    shown = [result for result in report.results if explanation.outcome(result) not in hidden]
    blocks = ["".join(f"{line}\n" for line in lines(result, is_colored)) for result in shown]
    if report.is_all and not is_quiet:
        blocks.insert(0, _count(report, len(shown)))
    if not report.shared:
        blocks += filter(None, ["".join(f"{printable(line)}\n" for line in _conclusion(report))])
    # A result that agrees takes two lines; a longer one gets a blank line before it.
    return "".join(f"\n{block}" if number and block.count("\n") > 2 else block for number, block in enumerate(blocks))


def lines(result: Comparison, is_colored: bool = False) -> Iterator[str]:
    """Yield the lines of one result: what was compared, how it differs, and in a check what to do about it."""
    label = _label(explanation.outcome(result), is_colored)
    if result.error:
        yield f"{label}{printable(explanation.place(result))}"
        yield from (f"         {printable(line)}" for line in str(result.error).split("\n"))
        return
    yield f"{label}{printable(explanation.summary(result))}"
    yield from (f"         {printable(place)}" for place in explanation.places(result))
    is_whole = explanation.is_diff(result) and not (result.first and result.definition)
    if not is_whole or any(each.kind == "stale" for each in result.differences):  # else the summary says all
        yield from _differences(result)


def _count(report: ParityReport, shown: int) -> str:
    """Return one line that says how many pairs agree. It is no verdict, so it does not begin with one."""
    errors = sum(result.error is not None for result in report.results)
    compared = len(report.results) - errors
    others = f"; {errors} could not be compared" if errors else ""
    return f"{compared + errors - shown} of {compared} pairs of enums agree{others}\n"


def _label(outcome: str, is_colored: bool) -> str:
    label = f"\x1b[{_COLORS[outcome]}m{outcome}\x1b[m" if is_colored else outcome
    return label + " " * (9 - len(outcome))


def _differences(result: Comparison) -> Iterator[str]:
    """Yield the lines of the differences, those of a kind together, in a check followed by the advice on that kind."""
    for kind, of_kind in explanation.by_kind(result.differences).items():
        for difference in of_kind:
            yield f"  {kind:<10} {printable(explanation.sentence_of(result, difference))}"
        if explanation.is_diff(result):
            continue
        yield from (f"             {printable(line)}" for line in explanation.advice(kind, of_kind))
    if (hint := explanation.how_to_accept(result)) and not explanation.is_diff(result):
        yield f"  {printable(hint)}"


def _conclusion(report: ParityReport) -> Iterator[str]:
    """Yield the advice on each kind of difference in a diff, once for all pairs, and how to accept them."""
    for kind in explanation.by_kind(each for result in report.results for each in result.differences):
        yield from (f"{kind:<10} {line}" for line in explanation.advice(kind, (), is_diff=True))
    hints = (explanation.how_to_accept(result, is_all=report.is_all) for result in report.results)
    yield from islice(filter(None, hints), 1)
