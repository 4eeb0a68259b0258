"""The report for a page, a comment or a job summary: GitHub Flavored Markdown, a row for each result."""

from __future__ import annotations

from smtpstatus_dotnet.output import markdown_table, markdown_text
from smtpstatus_dotnet.reports import explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtpstatus_dotnet.parity import Comparison, ParityReport


def render(report: ParityReport) -> str:
    """Return a heading, one table, and what to do about each result that does not agree.

    Every line ends with a newline.

    If all results are releases of one package, the table says which.
    """
    is_one_package = report.shared is not None and len({result.target for result in report.results}) == 1
    with_releases = is_one_package and all(result.origin.release for result in report.results)
    rows = [_row(result, with_releases=with_releases) for result in report.results]
    return f"### {explanation.headline(report)}\n\n{markdown_table(rows)}{''.join(_to_do(report))}"


def _to_do(report: ParityReport) -> Iterator[str]:
    """Yield a section for each result that a person has to look at."""
    for result in report.results:
        if explanation.outcome(result) in ("agrees", "skipped"):
            continue
        yield f"\n#### {explanation.outcome(result)}: {markdown_text(explanation.place(result))}\n\n"
        if result.error:
            yield from (f"{markdown_text(line)}\n" for line in str(result.error).split("\n"))
        for kind, of_kind in explanation.by_kind(result.differences).items():
            sentences = [markdown_text(explanation.sentence_of(result, difference)) for difference in of_kind]
            yield "".join(f"- **{kind}**: {sentence}\n" for sentence in sentences)
            lines = explanation.advice(kind, of_kind, is_diff=explanation.is_diff(result))
            yield "\n" + "".join(f"{markdown_text(line.strip())}\n" for line in lines) + "\n"
        if hint := explanation.how_to_accept(result, is_all=report.is_all):
            yield f"{markdown_text(hint)}\n"


def _row(result: Comparison, *, with_releases: bool) -> dict[str, str]:
    release = result.origin.release
    where = (
        {"release": release.version, "published": release.date}
        if with_releases and release
        else {"place": explanation.place(result)}
    )
    members = str(len(result.definition.members)) if result.definition else ""
    sentences = [explanation.sentence_of(result, difference) for difference in result.differences]
    details = [str(result.error).partition("\n")[0]] if result.error else sentences
    if result.accepted:
        details.append(
            f"{len(result.accepted)} accepted by the profile {result.profile.name if result.profile else ''}"
        )
    return {
        **where,
        "outcome": explanation.outcome(result),
        "enum": next((each.full_name for each in (result.definition, result.first) if each), ""),
        "assembly": result.origin.version,
        "framework": result.origin.framework,
        "members": members,
        "differences": "; ".join(details) or "none",
    }
