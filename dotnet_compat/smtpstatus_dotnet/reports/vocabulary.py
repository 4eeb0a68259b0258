"""The members of an enum as a table, and one status as a card."""

from __future__ import annotations

from smtpstatus import SmtpStatusCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.parity import EnumDefinition

    Row = dict[str, int | str]

# google/rpc/code.proto, by number.
_RPC_CODES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)


def shared_rows() -> list[Row]:
    """Return the shared enum's members with their facts."""
    return [
        {
            "number": code.value,
            "name": code.name,
            "dotnet_name": code.dotnet_name,
            "proto_name": code.proto_name,
            "rpc_code": _RPC_CODES[code.rpc_code],
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
    """Return the table as `text`, `json`, `csv` (RFC 4180) or `markdown`; every line is ended."""
    if format == "json":
        import json

        return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    if format == "csv":
        import csv
        import io

        file = io.StringIO()
        writer = csv.DictWriter(file, rows[0] if rows else ["number", "name"])
        writer.writeheader()
        writer.writerows(rows)
        return file.getvalue()
    if format == "markdown":
        heading = list(rows[0]) if rows else ["number", "name"]
        lines = [heading, ["---"] * len(heading), *(list(map(str, row.values())) for row in rows)]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)
    table = [[str(row[key]) for key in ("number", "name", "dotnet_name", "summary") if key in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(
        "  ".join([f"{number:>{widths[0]}}", *map(str.ljust, texts, widths[1:])]).rstrip() + "\n"
        for number, *texts in table
    )


def render_code(code: SmtpStatusCode) -> str:
    """Return what is known of one status, in two languages."""
    return f"""\
{code.value} {code.name if code.is_known else "(not in the shared enum)"}
  {code.summary}
  {code.summary_zh}
  retry       {_retry(code)}
  gRPC        {_RPC_CODES[code.rpc_code]}
  .NET        {code.dotnet_name}
  protobuf    {code.proto_name}
  defined in  {", ".join(code.sources) or "no RFC"}
"""


def _retry(code: SmtpStatusCode) -> str:
    if code.is_transient:
        return "yes, later"
    if code.is_permanent:
        return "no, not before something has changed"
    return "not a failure" if code.is_success or code.is_intermediate else "perhaps: no reply says"
