"""The report for a program: `report.schema.json` beside this file says what is in it."""

from __future__ import annotations

from dataclasses import asdict

from smtpstatus_dotnet.output import json_text
from smtpstatus_dotnet.reports import explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from smtpstatus_dotnet.parity import Comparison, Difference, EnumDefinition, ParityReport

SCHEMA_VERSION = 1  # a new number if readers of the old version would break


def render(report: ParityReport) -> str:
    """Return one JSON object, ended with a newline."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "exit_code": report.exit_code,
        "shared": _definition(report.shared) if report.shared else None,
        "results": [_result(result, report) for result in report.results],
    }
    return json_text(document)


def _result(result: Comparison, report: ParityReport) -> dict[str, object]:
    error = {"kind": type(result.error).__name__, "message": str(result.error)} if result.error else None
    first = {
        "target": result.first_target,
        "origin": asdict(result.first.origin) if result.first else None,
        "definition": _definition(result.first) if result.first else None,
    }
    reasons: Mapping[Difference, str] = result.profile.differences if result.profile else {}
    return {
        "target": result.target or None,
        "first": first if explanation.is_diff(result) else None,
        "outcome": explanation.outcome(result),
        "origin": asdict(result.origin),
        "definition": _definition(result.definition) if result.definition else None,
        "differences": [
            asdict(difference) | {"message": explanation.sentence_of(result, difference)}
            for difference in result.differences
        ],
        "profile": result.profile.name if result.profile else None,
        "accepted": [asdict(difference) | {"reason": reasons[difference]} for difference in result.accepted],
        "how_to_accept": explanation.how_to_accept(result, is_all=report.is_all) or None,
        "error": error,
    }


def _definition(definition: EnumDefinition) -> dict[str, object]:
    # A list keeps the order, which JSON objects do not promise.
    members = [{"name": name, "number": number} for name, number in definition.members.items()]
    return {"full_name": definition.full_name, "underlying": definition.underlying, "members": members}
