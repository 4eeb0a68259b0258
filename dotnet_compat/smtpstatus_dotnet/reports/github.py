"""The report for GitHub Actions: the text, and an annotation for each difference.

It is on the line of the .proto file if that is in the checkout, and else on the target.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands says how annotations are written.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.output import printable
from smtpstatus_dotnet.reports import explanation, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtpstatus_dotnet.parity import Comparison, Difference, ParityReport

_SOURCE = "smtpstatus/v1/smtp_status_code.proto"


def render(report: ParityReport) -> str:
    """Return the text report with its annotations; every line ends with a newline."""
    source, lines = _source()
    annotations = [line for result in report.results for line in _annotations(result, report, source, lines)]
    # Nothing in the text is to be taken for a command.
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text.render(report)}::{token}::\n" + "".join(
        f"{line}\n" for line in annotations
    )


def _source() -> tuple[str, list[str]]:
    """Return the .proto file of this checkout, by its path from the checkout's root, and its lines."""
    root = os.environ.get("GITHUB_WORKSPACE") or os.curdir
    for folder in ("proto/", ""):
        path = os.path.join(root, folder + _SOURCE)
        with suppress(OSError):  # not there, or not readable
            if os.path.isfile(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    return folder + _SOURCE, file.read(limits.SOURCE_CHARACTERS).split("\n")
    return "", []


def _annotations(result: Comparison, report: ParityReport, source: str, lines: list[str]) -> Iterator[str]:
    where = explanation.place(result)
    if result.error:
        level = "notice" if explanation.outcome(result) == "skipped" else "error"
        yield _command({"title": f"smtpstatus could not check {where}"}, str(result.error), level)
    for difference in result.differences:
        location = {"file": source, "line": str(_line(difference, lines))} if source and report.shared else {}
        location = location or _file_of(result)
        title = {"title": f"smtpstatus: {difference.kind}"}
        hint = explanation.how_to_accept(result, is_all=report.is_all)
        message = f"{explanation.sentence_of(result, difference)}: {where}" + (f"\n{hint}" if hint else "")
        yield _command(location | title, message)


def _file_of(result: Comparison) -> dict[str, str]:
    """Return the target as the file of an annotation, if it is one of the checkout's."""
    with suppress(OSError):  # somebody has deleted the current folder
        root = os.path.realpath(os.environ.get("GITHUB_WORKSPACE") or os.curdir)
        path = os.path.realpath(result.target)
        if result.target and os.path.isfile(path) and path.startswith(os.path.join(root, "")):
            return {"file": os.path.relpath(path, root), "line": "1"}
    return {}


def _line(difference: Difference, lines: list[str]) -> int:
    """Return the number of the line that declares the value, or the enum if it has no such value."""
    declaration = "enum SmtpStatusCode "
    if difference.name in {code.dotnet_name for code in SmtpStatusCode}:
        declaration = f"{SmtpStatusCode.from_name(str(difference.name)).proto_name} = "
    return next((number for number, line in enumerate(lines, 1) if line.lstrip().startswith(declaration)), 1)


def _command(properties: dict[str, str], message: str, level: str = "error") -> str:
    values = ",".join(f"{key}={_escape(printable(value), ':,')}" for key, value in properties.items())
    lines = "\n".join(map(printable, message.split("\n")))
    return f"::{level} {values}::{_escape(lines)}"


def _escape(value: str, more: str = "") -> str:
    """Escape what would end the line or the property: % first, in the form %0A."""
    return "".join(f"%{ord(character):02X}" if character in f"%\r\n{more}" else character for character in value)
