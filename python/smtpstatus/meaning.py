"""What the outcome of a delivery means: whether to try again, what to answer, and who has to act.

It is one decision. Code, enhanced status code and stage lead to a `DeliveryCondition`, and the rest follows from that.
The rules are options of the shared source (`proto/smtpstatus/v1`). No rule looks at the text of a reply. C# decides by
the same options, and `tests/vectors` tests both.
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

_DECISIVE, _WEAK = 1, 2  # the numbers of ConditionRank
_NO_RULE: Rule = (0, (), 0, 0, False)


def decide(code: int, enhanced_code: str = "", stage: int = 0) -> DeliveryCondition:
    """Return what a reply means.

    `code` is the reply code, 0 if it is not known. `enhanced_code` is `5.1.1`, for example, or empty. `stage` is a
    value of `SmtpStage`. If `code` is not a reply code, the class is that of the enhanced status code. A text that is
    not an enhanced status code, or has another class than the code (RFC 2034 4), is ignored.
    """
    return _decide(code, enhanced_code if len(enhanced_code) <= LONGEST else "", stage)


@lru_cache(maxsize=8192)  # millions of replies have few different codes
def _decide(code: int, enhanced_code: str, stage: int) -> DeliveryCondition:
    class_of_detail, detail_number, detail_rules = _detail(enhanced_code)
    reply_class = code // 100 if 200 <= code < 600 else class_of_detail
    if class_of_detail != reply_class:
        detail_number, detail_rules = 0, ()
    by_code = _rule(SmtpStatusCode(code).means, stage, reply_class, is_bare=not detail_number)
    by_detail = _rule(detail_rules, stage, reply_class)
    by_class = _rule(SmtpReplyClass(reply_class).means, stage, reply_class)
    is_code_first = by_code[3] == _DECISIVE or by_detail[3] == _WEAK
    for condition, *_ in (by_code, by_detail, by_class) if is_code_first else (by_detail, by_code, by_class):
        found = _at_stage(condition, stage, reply_class)
        if found:
            return found
    return DeliveryCondition.NOT_DEFINED


class Verdict(NamedTuple):
    """The decision about a DeliveryStatus."""

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
    return _condition_without_reply(delivery_status)


def _condition_without_reply(delivery_status: DeliveryStatus) -> DeliveryCondition:
    """Return the stored condition; else that of a delivery report's status; else that of the code."""
    code, status, stage = delivery_status.reply.code, delivery_status.status, delivery_status.stage
    code = 0 if code == -1 and status else code  # the status says more than a failure without a reply
    condition = DeliveryCondition(delivery_status.condition or decide(code, status, stage))
    if stage == SmtpStage.CONTENT:
        condition = DeliveryCondition(condition.about.when_reply_lost or condition)
    return condition


def condition_of(delivery_status: DeliveryStatus) -> DeliveryCondition:
    """Return what became of a recipient."""
    return verdict_of(delivery_status).condition


def should_retry(delivery_status: DeliveryStatus) -> bool:
    """Whether the same mail may reach this recipient later if nothing is changed.

    It is yes after a 4yz and no after a 5yz (RFC 5321 4.2.1), except for a few conditions. Without a reply it is yes if
    the cause may go away by itself. If it is no, `condition_of(delivery_status).reason` says who has to act first.
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
    return _NO_RULE


def _at_stage(condition: int, stage: int, reply_class: int) -> DeliveryCondition:
    """Return the condition that replaces another at a stage: itself by default, NOT_DEFINED if it cannot occur."""
    listed = DeliveryCondition(condition)
    instead = _rule(listed.about.instead, stage, reply_class)
    return listed if instead is _NO_RULE else DeliveryCondition(instead[0])


def _detail(enhanced_code: str) -> tuple[int, int, tuple[Rule, ...]]:
    """Return the class of an enhanced status code, its number and its rules; zeros for any other text."""
    try:
        code = EnhancedStatusCode.parse(enhanced_code) if enhanced_code else None
    except ValueError:
        code = None
    if code is None or not enhanced_code[0].isdecimal():
        return 0, 0, ()
    reply_class = int(enhanced_code[0])
    return (reply_class, code.value, code.means) if reply_class > 2 else (reply_class, 0, ())  # 2.y.z decides nothing
