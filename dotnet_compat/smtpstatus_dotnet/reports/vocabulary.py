"""The members of an enum as a table, and one status as a card."""

from __future__ import annotations

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.reports.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtpstatus.v1.delivery_pb2 import SmtpReply
    from smtpstatus_dotnet.parity import EnumDefinition

    Row = dict[str, int | str]

# google/rpc/code.proto, by number.
_RPC_CODES = (
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip


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


def render_code(code: SmtpStatusCode, reply: SmtpReply | None = None) -> str:
    """Return what is known of one status, or of the reply that it came with, in two languages."""
    facts: list[tuple[str, str]] = []
    rpc_code = code.rpc_code
    if reply:
        from smtpstatus import replies
        from smtpstatus_dotnet.reports.enhanced_codes import explain

        if reply.enhanced_code:
            facts += zip((reply.enhanced_code, ""), explain(reply.enhanced_code), strict=True)
        facts += [("text", text)] if (text := " / ".join(reply.lines)) else []
        rpc_code = replies.rpc_code(reply)
    facts += zip(("retry", ""), _retry(code), strict=True)
    facts.append(("gRPC", _RPC_CODES[rpc_code]))
    facts += _names(code)
    facts.append(("protobuf", code.proto_name))
    facts.append(("defined in", ", ".join(code.sources) or "no RFC"))
    head = f"{code.value} {code.name if code.is_known else '(not in the shared enum)'}"
    lines = [head, f"  {code.summary}", f"  {code.summary_zh}", *(f"  {name:<15}  {fact}" for name, fact in facts)]
    return "".join(f"{printable(line)}\n" for line in lines)


def _retry(code: SmtpStatusCode) -> tuple[str, str]:
    if code == SmtpStatusCode.EXCEEDED_STORAGE_ALLOCATION:
        return (
            "no, not before something has changed; in answer to RCPT: yes, later (RFC 5321 4.5.3.1.10)",
            "否，须先作出改变；若为 RCPT 的应答：是，稍后",
        )
    if code.is_transient:
        return "yes, later", "是，稍后"
    if code.is_permanent:
        return "no, not before something has changed", "否，须先作出改变"
    if code.is_success or code.is_intermediate:
        return "not a failure", "并非失败"
    if code == SmtpStatusCode.GENERAL_FAILURE:
        return "yes, later: there was no reply", "是，稍后：没有收到应答"
    return "nothing is known", "未知"


def _names(code: SmtpStatusCode) -> Iterable[tuple[str, str]]:
    """Yield what each .NET enum calls the code."""
    from smtpstatus_dotnet import profiles

    yield "Aspose.Email", code.dotnet_name if code.is_known else "no name"
    for full_name, profile in profiles.known().items():
        names = {code.dotnet_name: code.dotnet_name} if code.is_known else {}
        for difference in profile.differences:
            if code.value in (difference.number, difference.other_number):
                names.pop(difference.name or "", None)
                names |= {difference.other_name: difference.other_name} if difference.other_name else {}
        yield full_name.removesuffix(".SmtpStatusCode").removesuffix(".Net.Smtp"), ", ".join(names) or "no name"
