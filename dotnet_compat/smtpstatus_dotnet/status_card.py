"""One status as a card: the command `show`, and the status reference."""

from __future__ import annotations

from dataclasses import dataclass

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.output import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtpstatus import DeliveryCondition
    from smtpstatus.v1 import DeliveryStatus, SmtpReply

    Fact = tuple[str, str]
    """A label and a text. A second text with the same label goes below the first."""

_CLASSES = {
    "2": ("success", "成功"),
    "4": ("transient failure", "暂时失败"),
    "5": ("permanent failure", "永久失败"),
}


@dataclass(frozen=True)
class Card:
    """The facts of a code, a reply, or an enhanced status code, in two languages."""

    head: str
    summaries: tuple[str, str]
    facts: tuple[Fact, ...]


def card_of(status: DeliveryStatus) -> Card:
    """Return the card of a reply, or else of an enhanced status code."""
    return _code_card(status.reply, status.stage) if status.HasField("reply") else _enhanced_code_card(status.status)


def render(status: DeliveryStatus) -> str:
    """Return the card as text."""
    card = card_of(status)
    lines = [card.head, *(f"  {summary}" for summary in card.summaries)]
    previous = ""
    for label, text in card.facts:
        lines.append(f"  {label if label != previous else '':<15}  {text}")
        previous = label
    return "".join(f"{printable(line)}\n" for line in lines)


def _code_card(reply: SmtpReply, stage: int) -> Card:
    code = SmtpStatusCode(reply.code)
    facts = _enhanced(reply.enhanced_code) if reply.enhanced_code else []
    facts += [("text", text)] if (text := " / ".join(reply.lines)) else []
    facts += _meaning(code.value, reply.enhanced_code, stage)
    facts += _names(code)
    facts.append(("protobuf", code.proto_name))
    facts.append(("defined in", ", ".join(code.sources) or "no RFC"))
    head = f"{code.value} {code.name if code.is_known else '(not in the shared enum)'}"
    return Card(head, (code.summary, code.summary_zh), tuple(facts))


def _enhanced_code_card(text: str) -> Card:
    from smtpstatus import EnhancedStatusCode

    code = EnhancedStatusCode.parse(text)
    permanent = f"5.{code.subject}.{code.detail}"
    facts = [("class", name) for name in _CLASSES.get(text[0], (f"any; the lines below are for {permanent}",))]
    facts += _meaning(0, text if text[0] in _CLASSES else permanent)
    facts.append(("protobuf", code.proto_name))
    has_subject = EnhancedStatusCode(1000 * code.subject).is_known
    unknown = "no RFC; it has the meaning of its subject" if has_subject else "no RFC"
    facts.append(("defined in", ", ".join(code.sources) if code.is_known else unknown))
    head = f"{text} {code.name if code.is_known else '(not registered)'}"
    return Card(head, (code.summary, code.summary_zh), tuple(facts))


def _enhanced(text: str) -> list[Fact]:
    from smtpstatus import EnhancedStatusCode

    code = EnhancedStatusCode.parse(text)
    class_, class_zh = _CLASSES[text[0]]
    return [(text, f"{class_}: {code.summary}"), (text, f"{class_zh}：{code.summary_zh}")]


def _meaning(code: int, enhanced_code: str, stage: int = 0) -> list[Fact]:
    """Return what the code means at its stage; if that is not known, also where it would mean something else."""
    from smtpstatus import SmtpStage
    from smtpstatus.meaning import decide

    reply_class = code // 100 or int(enhanced_code[:1] or 0)
    known_stage = SmtpStage(stage)
    condition = decide(code, enhanced_code, known_stage)
    is_retried, rpc_code = condition.answer(reply_class)
    facts = [("answer to", known_stage.name)] if known_stage else []
    facts += [
        ("condition", f"{condition.name}: {condition.summary}"),
        ("condition", condition.summary_zh),
        ("counts against", condition.counts_against.name.lower().replace("not_defined", "not known")),
        *_retry(code, condition, is_retried=is_retried, is_failure=bool(rpc_code)),
        ("gRPC", rpc_code.name),
    ]
    if known_stage:
        return facts
    stages_by_meaning: dict[str, list[str]] = {}
    for each in SmtpStage:
        other = decide(code, enhanced_code, each)
        if other != condition:
            retry, answer = other.answer(reply_class)
            meaning = f"{other.name}, {answer.name}{', retry' if retry and not is_retried else ''}"
            stages_by_meaning.setdefault(meaning, []).append(each.name)
    return facts + [("in answer to", f"{', '.join(stages)}: {text}") for text, stages in stages_by_meaning.items()]


def _retry(code: int, condition: DeliveryCondition, *, is_retried: bool, is_failure: bool) -> list[Fact]:
    if code == SmtpStatusCode.GENERAL_FAILURE:
        return [
            ("retry", "it depends on what failed: look for the exception inside; if it does not say, retry later,"),
            ("retry", "but not forever"),
            ("retry", "视失败原因而定：请查看内部异常；若仍不明，可稍后重试，但不要无限重试"),
        ]
    if not is_failure:
        return [("retry", "not a failure"), ("retry", "并非失败")]
    if is_retried:
        reason = f": {condition.reason}" if condition.retry.name == "ALWAYS" else ""
        return [("retry", f"yes, later{reason}"), ("retry", "是，稍后")]
    chinese = "否，须先作出改变" if condition else "否，没有可重试的内容"
    return [("retry", f"no: {condition.reason}"), ("retry", chinese)]


def _names(code: SmtpStatusCode) -> Iterable[Fact]:
    """Yield the name of the code in each .NET enum."""
    from smtpstatus_dotnet import profiles

    yield "Aspose.Email", code.dotnet_name if code.is_known else "no name"
    for full_name, profile in profiles.known().items():
        names = {code.dotnet_name: code.dotnet_name} if code.is_known else {}
        for difference in profile.differences:
            if code.value in (difference.number, difference.other_number):
                names.pop(difference.name or "", None)
                names |= {difference.other_name: difference.other_name} if difference.other_name else {}
        yield full_name.removesuffix(".SmtpStatusCode").removesuffix(".Net.Smtp"), ", ".join(names) or "no name"
