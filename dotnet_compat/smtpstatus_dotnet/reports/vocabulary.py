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
# SmtpStage, by number from 1.
_STAGES = ("CONNECT", "EHLO", "START_TLS", "AUTH", "MAIL", "RCPT", "DATA", "CONTENT")
_CLASSES = {
    "2": ("success", "成功"),
    "4": ("transient failure", "暂时失败"),
    "5": ("permanent failure", "永久失败"),
}


def shared_rows() -> list[Row]:
    """Return the shared enum's members with their facts."""
    return [
        {
            "number": code.value,
            "name": code.name,
            "dotnet_name": code.dotnet_name,
            "proto_name": code.proto_name,
            "condition": code.condition.name,
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
    enhanced_code = reply.enhanced_code if reply else ""
    if reply:
        facts += _enhanced(enhanced_code) if enhanced_code else []
        facts += [("text", text)] if (text := " / ".join(reply.lines)) else []
    facts += _meaning(code.value, enhanced_code)
    facts += _names(code)
    facts.append(("protobuf", code.proto_name))
    facts.append(("defined in", ", ".join(code.sources) or "no RFC"))
    head = f"{code.value} {code.name if code.is_known else '(not in the shared enum)'}"
    return _card(head, (code.summary, code.summary_zh), facts)


def render_name(name: str) -> str:
    """Return what is known of the code, or the enhanced status code, of that name; ValueError where there is none."""
    from smtpstatus import EnhancedStatusCode

    try:
        return render_code(SmtpStatusCode.from_name(name))
    except ValueError as error:
        try:
            code = EnhancedStatusCode.from_name(name)
        except ValueError:
            raise error from None
    return render_enhanced_code(f"X.{code.subject}.{code.detail}")


def render_enhanced_code(text: str) -> str:
    """Return what is known of an enhanced status code, as 5.1.1 or X.1.1; ValueError for anything else."""
    from smtpstatus import EnhancedStatusCode

    code = EnhancedStatusCode.parse(text)
    permanent = f"5.{code.subject}.{code.detail}"
    facts = [("class", words) for words in _CLASSES.get(text[0], (f"any; what follows is for {permanent}",))]
    facts += _meaning(0, text if text[0] in _CLASSES else permanent)
    facts.append(("protobuf", code.proto_name))
    has_subject = EnhancedStatusCode(1000 * code.subject).is_known
    unknown = "no RFC; it means what its subject means" if has_subject else "no RFC"
    facts.append(("defined in", ", ".join(code.sources) if code.is_known else unknown))
    return _card(f"{text} {code.name if code.is_known else '(not registered)'}", (code.summary, code.summary_zh), facts)


def _card(head: str, summaries: tuple[str, str], facts: list[tuple[str, str]]) -> str:
    lines = [head, *(f"  {summary}" for summary in summaries)]
    before = ""
    for name, fact in facts:
        lines.append(f"  {name if name != before else '':<15}  {fact}")
        before = name
    return "".join(f"{printable(line)}\n" for line in lines)


def _enhanced(text: str) -> list[tuple[str, str]]:
    from smtpstatus import EnhancedStatusCode

    code = EnhancedStatusCode.parse(text)
    class_, class_zh = _CLASSES[text[0]]
    return [(text, f"{class_}: {code.summary}"), (text, f"{class_zh}：{code.summary_zh}")]


def _meaning(code: int, enhanced_code: str) -> list[tuple[str, str]]:
    """Return what has to be done, at a stage that is not known, and where other stages say otherwise."""
    from smtpstatus.meaning import decide

    reply_class = code // 100 or int(enhanced_code[:1] or 0)
    condition = decide(code, enhanced_code)
    is_retried, rpc_code = condition.answer(reply_class)
    facts = [
        ("condition", f"{condition.name}: {condition.summary}"),
        ("condition", condition.summary_zh),
        ("counts against", condition.counts_against.name.lower().replace("not_defined", "not told")),
    ]
    if code == SmtpStatusCode.GENERAL_FAILURE:
        facts += [
            ("retry", "it depends on what failed: look for the exception inside, and for the client in"),
            ("retry", "docs/dotnet-clients.md; without an answer there, later, and not for ever"),
            ("retry", "视失败原因而定：请查看内部异常及上述页面；若仍不明，可稍后重试，但不要无限重试"),
        ]
    elif not rpc_code:
        facts += [("retry", "not a failure"), ("retry", "并非失败")]
    elif is_retried:
        why = f": {condition.reason}" if condition.retry.name == "ALWAYS" else ""
        facts += [("retry", f"yes, later{why}"), ("retry", "是，稍后")]
    else:
        chinese = "否，须先作出改变" if condition else "否，没有可重试的内容"
        facts += [("retry", f"no: {condition.reason}"), ("retry", chinese)]
    facts.append(("gRPC", _RPC_CODES[rpc_code]))
    by_stage: dict[str, list[str]] = {}
    for number, stage in enumerate(_STAGES, start=1):
        other = decide(code, enhanced_code, number)
        if other != condition:
            retry, answer = other.answer(reply_class)
            words = f"{other.name}, {_RPC_CODES[answer]}{', retry' if retry and not is_retried else ''}"
            by_stage.setdefault(words, []).append(stage)
    return facts + [("in answer to", f"{', '.join(stages)}: {words}") for words, stages in by_stage.items()]


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
