"""The report for test dashboards: the JUnit XML of Jenkins, GitLab and Azure Pipelines, a test case for each result."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from smtpstatus_dotnet.output import printable
from smtpstatus_dotnet.reports import explanation, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.parity import Comparison, ParityReport


def render(report: ParityReport) -> str:
    """Return one XML document."""
    outcomes = [explanation.outcome(result) for result in report.results]
    counts = {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("differs")),
        "errors": str(outcomes.count("error")),
    }
    skipped = str(outcomes.count("skipped"))  # Jenkins knows it for one suite, not for all suites
    suites = ET.Element("testsuites", {"name": "smtpstatus", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": "smtpstatus check", **counts, "skipped": skipped})
    for result in report.results:
        _case(suite, result)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _case(suite: ET.Element, result: Comparison) -> None:
    name = next((each.full_name for each in (result.definition, result.first) if each), "enum")
    # Names in an assembly may hold anything; what is printable is a character of XML 1.0 (2.2), too.
    attributes = {"classname": f"smtpstatus.{printable(name)}", "name": printable(explanation.place(result))}
    case = ET.SubElement(suite, "testcase", attributes)
    details = "\n".join(text.lines(result))
    outcome = explanation.outcome(result)
    element = {"agrees": "system-out", "differs": "failure"}.get(outcome, outcome)
    outcome_element = ET.SubElement(case, element)
    outcome_element.text = details
    if element != "system-out":
        kind = type(result.error).__name__ if result.error else "parity"
        outcome_element.attrib.update({"type": kind, "message": printable(explanation.summary(result))})
