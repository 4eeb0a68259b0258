"""The members of an enum, or the vocabulary, as a table: the command `list`."""

from __future__ import annotations

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.output import json_text, markdown_table, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from smtpstatus.tables import Row
    from smtpstatus_dotnet.parity import EnumDefinition

_ANY_ENUM = ("number", "name")
_BEFORE_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
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


def render(rows: Sequence[Row], format: str) -> str:
    """Return the table as `text`, `json`, `csv` (RFC 4180) or `markdown`; every line ends with a newline."""
    if format == "json":
        return json_text(rows)
    return {"text": _text, "csv": _csv, "markdown": _markdown}[format](rows)


def _text(rows: Sequence[Row]) -> str:
    columns = [column for column in _columns(rows) if column in _IN_TEXT or "number" not in rows[0]]
    table = [[printable(_shown(row[column])) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(
        "  ".join([f"{number:>{widths[0]}}", *map(str.ljust, texts, widths[1:])]).rstrip() + "\n"
        for number, *texts in table
    )


def _csv(rows: Sequence[Row]) -> str:
    import csv
    import io

    file = io.StringIO()
    writer = csv.DictWriter(file, _columns(rows))
    writer.writeheader()
    writer.writerows({column: _field(value) for column, value in row.items()} for row in rows)
    return file.getvalue()


def _shown(value: int | str | bool | None) -> str:  # a cell of a table
    """Return the text of a cell. A truth value is written as JSON and SQL do."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _field(value: int | str | bool | None) -> str:  # a cell of a table
    """Return a field that a spreadsheet takes for a text if it is one, and never for a formula."""
    if not isinstance(value, str):
        return _shown(value)
    # OWASP, "CSV Injection": an apostrophe before it. No name of a compiler begins with one of these.
    return f"'{printable(value)}" if value.startswith(_BEFORE_FORMULA) else printable(value)


def _markdown(rows: Sequence[Row]) -> str:
    shown = [{column: _shown(value) for column, value in row.items()} for row in rows]
    return markdown_table(shown or [dict.fromkeys(_ANY_ENUM, "")])


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(rows[0]) if rows else list(_ANY_ENUM)
