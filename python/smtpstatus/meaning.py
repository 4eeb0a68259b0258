"""What the outcome of a delivery means: whether to try again, what to answer, and who has to act.

One decision, made of the options of the shared source (`proto/smtpstatus/v1`) and of nothing else: code,
enhanced status code and stage lead to a `DeliveryCondition`, and all else follows from that. No rule looks
into the words of a reply. C# decides alike, by the same options, and `tests/vectors` holds both to it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from smtpstatus._open_enhanced_status_code import LONGEST
from smtpstatus.delivery_action import DeliveryAction
from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.enhanced_status_code import EnhancedStatusCode
from smtpstatus.reply_class import SmtpReplyClass
from smtpstatus.smtp_stage import SmtpStage
from smtpstatus.status_code import SmtpStatusCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus._open_enum import Rule
    from smtpstatus.rpc_code import RpcCode
    from smtpstatus.v1 import DeliveryStatus

_DECISIVE, _WEAK = 1, 2  # of ConditionRank
_NOTHING: Rule = (0, (), 0, 0, False)


def decide(code: int, enhanced_code: str = "", stage: int = 0) -> DeliveryCondition:
    """Return what a reply means, from its code, its enhanced status code (`5.1.1`, or empty) and its stage.

    0 stands for a code that is not known; the class is then that of the enhanced status code, as for every number
    that is no reply code. What is no enhanced status code, or is of another class than the code (RFC 2034 4), says
    nothing.
    """
    return _decide(code, enhanced_code if len(enhanced_code) <= LONGEST else "", stage)


@lru_cache(maxsize=8192)  # there are few different replies among millions
def _decide(code: int, enhanced_code: str, stage: int) -> DeliveryCondition:
    class_of_detail, detail_number, detail_rules = _detail(enhanced_code)
    reply_class = code // 100 if 200 <= code < 600 else class_of_detail
    if class_of_detail != reply_class:
        detail_number, detail_rules = 0, ()
    own = _rule(SmtpStatusCode(code).means, stage, reply_class, is_bare=not detail_number)
    detail = _rule(detail_rules, stage, reply_class)
    by_class = _rule(SmtpReplyClass(reply_class).means, stage, reply_class)
    is_own_first = own[3] == _DECISIVE or detail[3] == _WEAK
    for condition, *_ in (own, detail, by_class) if is_own_first else (detail, own, by_class):
        found = _at_stage(condition, stage, reply_class)
        if found:
            return found
    return DeliveryCondition.NOT_DEFINED


class Verdict(NamedTuple):
    """All that is decided of a DeliveryStatus."""

    condition: DeliveryCondition
    retry: bool
    rpc_code: RpcCode


def verdict_of(delivery_status: DeliveryStatus) -> Verdict:
    """Return the answers of `condition_of`, `should_retry` and `rpc_code`, decided once."""
    code = delivery_status.reply.code
    reply_class = code // 100 if 200 <= code < 600 else _detail(delivery_status.status)[0]
    return _verdict(_condition(delivery_status, reply_class), reply_class)


def _condition(delivery_status: DeliveryStatus, reply_class: int) -> DeliveryCondition:
    """Return the condition, in the order that delivery.proto gives at DeliveryStatus."""
    action, reply, status = delivery_status.action, delivery_status.reply, delivery_status.status
    meant_by_action = DeliveryAction(action).means if action else ()
    if meant_by_action:
        return DeliveryCondition(meant_by_action[0][0])
    if reply_class in (2, 3) and (delivery_status.local_error or action == DeliveryAction.FAILED):
        return DeliveryCondition.PROTOCOL_ERROR
    if 200 <= reply.code < 600:
        return decide(reply.code, reply.enhanced_code or status, delivery_status.stage)
    code = 0 if reply.code == -1 and status else reply.code  # the status says more than a failure without a reply
    condition = DeliveryCondition(delivery_status.condition or decide(code, status, delivery_status.stage))
    if delivery_status.stage == SmtpStage.CONTENT:
        condition = DeliveryCondition(condition.about.when_reply_lost or condition)
    return condition


def condition_of(delivery_status: DeliveryStatus) -> DeliveryCondition:
    """Return what became of a recipient, and so what was wrong."""
    return verdict_of(delivery_status).condition


def should_retry(delivery_status: DeliveryStatus) -> bool:
    """Whether the same mail may reach this recipient later, without anything being changed.

    As its condition says: yes after a 4yz, no after a 5yz (RFC 5321 4.2.1), but for a few conditions; without a reply,
    where it may come right by itself. Where the answer is no, `condition_of(delivery_status).reason` says who has to
    act first.
    """
    return verdict_of(delivery_status).retry


def rpc_code(delivery_status: DeliveryStatus) -> RpcCode:
    """Return the code with which a service answers; OK if nothing failed."""
    return verdict_of(delivery_status).rpc_code


@lru_cache(maxsize=512)
def _verdict(condition: DeliveryCondition, reply_class: int) -> Verdict:
    return Verdict(condition, *condition.answer(reply_class))


def _rule(rules: tuple[Rule, ...], stage: int, reply_class: int, *, is_bare: bool = True) -> Rule:
    for rule in rules:
        _, stages, of_class, _, wants_bare = rule
        if (not stages or stage in stages) and (not of_class or of_class == reply_class) and is_bare >= wants_bare:
            return rule
    return _NOTHING


def _at_stage(condition: int, stage: int, reply_class: int) -> DeliveryCondition:
    """Return what a condition is at a stage: itself, or another one, or nothing, where it cannot be the case."""
    found = DeliveryCondition(condition)
    instead = _rule(found.about.instead, stage, reply_class)
    return found if instead is _NOTHING else DeliveryCondition(instead[0])


def _detail(enhanced_code: str) -> tuple[int, int, tuple[Rule, ...]]:
    """Return the class of an enhanced status code, its number and its rules; zeros for what is none."""
    try:
        code = EnhancedStatusCode.parse(enhanced_code) if enhanced_code else None
    except ValueError:
        code = None
    if code is None or not enhanced_code[0].isdecimal():
        return 0, 0, ()
    reply_class = int(enhanced_code[0])
    return (reply_class, code.value, code.means) if reply_class > 2 else (reply_class, 0, ())  # a 2yz is not asked
