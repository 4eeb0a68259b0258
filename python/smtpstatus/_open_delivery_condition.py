"""The base of `DeliveryCondition`: what was wrong with a delivery, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from smtpstatus._open_enum import OpenEnum
from smtpstatus.rpc_code import RpcCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from smtpstatus._open_enum import Rule
    from smtpstatus.delivery_condition import DeliveryParty, RetryRule

# The numbers of RetryRule, whose module imports this module.
_AFTER_4YZ, _AFTER_4YZ_OR_NO_REPLY, _ALWAYS = 1, 2, 3


class ConditionFacts(NamedTuple):
    """The fields of DeliveryConditionInfo in delivery_condition.proto."""

    summary: str
    summary_zh: str
    counts_against: int
    rpc_code: RpcCode
    retry_rpc_code: RpcCode
    retry: int
    reason: str
    instead: tuple[Rule, ...]
    when_reply_lost: int


class OpenDeliveryCondition(OpenEnum):
    """What was wrong with a delivery. A number that is not listed has the facts of NOT_KNOWN."""

    def __new__(cls, value: int, *_: Any) -> Self:
        condition = int.__new__(cls, value)
        condition._value_ = value
        return condition

    def __init__(self, _value: int, *facts: Any) -> None:
        summary, summary_zh, party, rpc_code, retry_rpc_code, *more = facts
        self.about = ConditionFacts(summary, summary_zh, party, RpcCode(rpc_code), RpcCode(retry_rpc_code), *more)
        """The facts from the .proto file, with enum values as numbers."""

    def _fill(self) -> None:
        self.about = type(self)["NOT_KNOWN"].about

    @property
    def summary(self) -> str:
        """One line in English."""
        return self.about.summary

    @property
    def summary_zh(self) -> str:
        """The same line in Chinese."""
        return self.about.summary_zh

    @property
    def reason(self) -> str:
        """The reason for `retry`, in one sentence. If the mail is not tried again: who has to do what first."""
        return self.about.reason

    @property
    def counts_against(self) -> DeliveryParty:
        """The party that it counts against, and that has to act."""
        from smtpstatus.delivery_condition import DeliveryParty

        return DeliveryParty(self.about.counts_against)

    @property
    def retry(self) -> RetryRule:
        """Whether the same mail may pass later."""
        from smtpstatus.delivery_condition import RetryRule

        return RetryRule(self.about.retry)

    def answer(self, reply_class: int, /) -> tuple[bool, RpcCode]:
        """Return whether to try again, and the code with which a service answers.

        `reply_class` is the first digit of the reply. Any number other than 2 to 5 means that there was no reply.
        """
        rule, facts = self.about.retry, self.about
        is_transient = reply_class == 4 and rule in (_AFTER_4YZ, _AFTER_4YZ_OR_NO_REPLY)
        is_unanswered = reply_class not in (2, 3, 4, 5) and rule == _AFTER_4YZ_OR_NO_REPLY
        if is_transient or is_unanswered or rule == _ALWAYS:
            return True, facts.retry_rpc_code
        return False, facts.rpc_code
