"""The members of an enum as a table: the command `list`."""

from __future__ import annotations

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.output import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.parity import EnumDefinition

    Row = dict[str, int | str]

_ANY_ENUM = ("number", "name")
_IN_TEXT = (*_ANY_ENUM, "dotnet_name", "summary")


def shared_rows() -> list[Row]:
    """Return the shared enum's members with their facts."""
    return [
        {
            "number": code.value,
            "name": code.name,
            "dotnet_name": code.dotnet_name,
            "proto_name": code.proto_name,
            "condition": code.condition.name,
            "rpc_code": code.rpc_code.name,
            "sources": ", ".join(code.sources),
            "summary": code.summary,
            "summary_zh": code.summary_zh,
        }
        for code in SmtpStatusCode
    ]


def rows_of(definition: EnumDefinition) -> list[Row]:
    """Return the members of any enum."""
    return [{"number": number, "name": name} for name, number in definition.members.items()]


def render(rows: list[Row], format: str) -> str:
    """Return the table as `text`, `json`, `csv` (RFC 4180) or `markdown`; every line ends with a newline."""
    return {"text": _text, "json": _json, "csv": _csv, "markdown": _markdown}[format](rows)


def _text(rows: list[Row]) -> str:
    table = [[printable(str(row[column])) for column in _IN_TEXT if column in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(
        "  ".join([f"{number:>{widths[0]}}", *map(str.ljust, texts, widths[1:])]).rstrip() + "\n"
        for number, *texts in table
    )


def _json(rows: list[Row]) -> str:
    import json

    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _csv(rows: list[Row]) -> str:
    import csv
    import io

    file = io.StringIO()
    writer = csv.DictWriter(file, _columns(rows))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _markdown(rows: list[Row]) -> str:
    columns = _columns(rows)
    lines = [columns, ["---"] * len(columns), *([_cell(str(value)) for value in row.values()] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return printable(text).replace("|", "\\|")


def _columns(rows: list[Row]) -> list[str]:
    return list(rows[0]) if rows else list(_ANY_ENUM)
