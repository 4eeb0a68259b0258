"""The report as a page for a browser: differences first, then the targets by members."""

from __future__ import annotations

from smtpstatus_dotnet import html_page
from smtpstatus_dotnet.html_page import table, text
from smtpstatus_dotnet.reports import explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from smtpstatus_dotnet.parity import Comparison, ParityReport

_AGREES = '<span class="quiet">agrees</span>'


def render(report: ParityReport) -> str:
    """Return one HTML document that asks for nothing else: no script, no font, no picture."""
    results = sorted(report.results, key=lambda result: list(explanation.OUTCOMES).index(explanation.outcome(result)))
    title = explanation.headline(report)
    body = [f"<header>\n<h1>{text(title)}</h1>\n</header>\n", '<main id="main">\n', *_sections(report, results)]
    return html_page.render(title, "".join([*body, "</main>\n"]))


def _sections(report: ParityReport, results: list[Comparison]) -> Iterator[str]:
    yield table("What was compared", ["Place", "Outcome", "Details"], [_row(result) for result in results])
    to_do = [result for result in results if result.differences or result.error]
    if to_do:
        yield '<h2 id="differences">What differs, and what to do</h2>\n'
        yield from (_article(result, report) for result in to_do)
    if not report.shared:
        yield from _advice(report)
    elif any(result.definition for result in results):
        yield '<h2 id="members">Targets by members</h2>\n'
        yield _matrix(report.shared.members, [result for result in results if result.definition])


def _row(result: Comparison) -> list[str]:
    place = "<br>".join(f"<code>{text(line)}</code>" for line in explanation.places(result))
    return [place, _label(result), text(explanation.summary(result))]


def _label(result: Comparison) -> str:
    outcome = explanation.outcome(result)
    return f'<span class="{outcome}">{outcome}</span>'


def _article(result: Comparison, report: ParityReport) -> str:
    lines = [f"<article>\n<h3>{_label(result)}: {text(explanation.place(result))}</h3>"]
    if result.error:
        message = "\n".join(map(text, str(result.error).split("\n")))
        lines.append(f"<pre>{message}</pre>")
    for kind, differences in explanation.by_kind(result.differences).items():
        lines.append("<ul>")
        lines += (
            f"<li><strong>{kind}</strong>: {text(explanation.sentence_of(result, difference))}</li>"
            for difference in differences
        )
        lines.append("</ul>")
        if report.shared:
            lines.append(f"<p>{_paragraph(explanation.advice(kind, differences))}</p>")
    if hint := explanation.how_to_accept(result, is_all=report.is_all):
        lines.append(f'<p class="quiet">{text(hint)}</p>')
    return "\n".join([*lines, "</article>", ""])


def _paragraph(lines: Iterable[str]) -> str:
    """Return the lines of an advice. What it indents is to be copied."""
    return " ".join(f"<br><code>{text(line.strip())}</code>" if line.startswith(" ") else text(line) for line in lines)


def _advice(report: ParityReport) -> Iterator[str]:
    """Yield the advice of a diff, once for all pairs."""
    kinds = explanation.by_kind(difference for result in report.results for difference in result.differences)
    if kinds:
        yield '<h2 id="advice">What to do</h2>\n<ul>\n'
        for kind in kinds:
            words = _paragraph(explanation.advice(kind, (), is_diff=True))
            yield f"<li><strong>{kind}</strong>: {words}</li>\n"
        yield "</ul>\n"


def _matrix(shared: Mapping[str, int], results: list[Comparison]) -> str:
    """Return a table with a row for each member, and a column for each target. Members that differ come first."""
    columns = [_cells(result) for result in results]
    names = dict.fromkeys([*shared, *(name for column in columns for name in column)])
    by_weight = sorted(names, key=lambda name: not any(name in column for column in columns))
    rows = [
        [
            f"<code>{text(name)}</code>",
            str(shared.get(name, "")),
            *(column.get(name, _AGREES if name in shared else "") for column in columns),
        ]
        for name in by_weight
    ]
    heads = [f"<code>{text(str(result.origin))}</code>" for result in results]
    caption = "Members that differ, then the others of the shared enum"
    return table(caption, ["Member", "Number", *heads], rows, "members")


def _cells(result: Comparison) -> dict[str, str]:
    """Return the cells of the members that differ, by name."""
    cells: dict[str, str] = {}
    for difference in result.found:
        name = difference.name or difference.other_name
        there = {
            "missing": "missing",
            "extra": f"only there: {difference.other_number}",
            "number": str(difference.other_number),
            "name": difference.other_name or "",
        }.get(difference.kind)
        if name and there:
            words = text(there if difference in result.differences else f"{there} (accepted)")
            cells[name] = f'<span class="changed">{words}</span>'
    return cells
