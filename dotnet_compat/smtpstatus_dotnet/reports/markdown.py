"""The report for a page, a comment or a job summary: GitHub Flavored Markdown, a row for each result."""

from __future__ import annotations

from smtpstatus_dotnet.output import markdown_table
from smtpstatus_dotnet.reports import explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.parity import Comparison, ParityReport


def render(report: ParityReport) -> str:
    """Return one table; every line ends with a newline. If all results are releases of one package, it says which."""
    is_one_package = report.shared is not None and len({result.target for result in report.results}) == 1
    with_releases = is_one_package and all(result.origin.release for result in report.results)
    return markdown_table([_row(result, with_releases=with_releases) for result in report.results])


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
