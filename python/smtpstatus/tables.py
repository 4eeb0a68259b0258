"""The vocabulary and its meaning as tables, for databases and data frames.

A row is a dict of a column's name and a text, a number, a bool or None. docs/at-scale.md has the queries.
"""

from __future__ import annotations

from functools import cache

from smtpstatus.delivery_condition import DeliveryCondition
from smtpstatus.enhanced_status_code import EnhancedStatusCode
from smtpstatus.meaning import decide
from smtpstatus.smtp_stage import SmtpStage
from smtpstatus.status_code import SmtpStatusCode
from smtpstatus.unlisted_status_code import UnlistedStatusCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = dict[str, str | int | bool | None]

_UNLISTED = 99
"""No code, subject or detail that has a meaning of its own ends in it."""


def codes() -> list[Row]:
    """Return a row for each number from 100 to 999: its name, its summaries, and the `as_code` to look up in `rules`.

    `as_code` is a code that has a meaning of its own, with its name, or else the code's class (`5yz`).
    """
    return [
        {
            "code": code.value,
            "as_code": _as_code(code),
            "name": code.name if code.is_known else None,
            "dotnet_name": code.dotnet_name if code.is_known else None,
            "summary": code.summary,
            "summary_zh": code.summary_zh,
        }
        for code in map(SmtpStatusCode, range(100, 1000))
    ]


def enhanced_codes() -> list[Row]:
    """Return a row for each subject and detail of IANA's registry: its name and its summaries."""
    return [
        {
            "enhanced_code": f"X.{code.subject}.{code.detail}",
            "name": code.name,
            "sources": ", ".join(code.sources),
            "summary": code.summary,
            "summary_zh": code.summary_zh,
        }
        for code in EnhancedStatusCode
    ]


def conditions() -> list[Row]:
    """Return a row for each condition: its summaries, whom it counts against, and the reason of its answer."""
    return [
        {
            "condition": condition.name,
            "counts_against": condition.counts_against.name,
            "reason": condition.reason,
            "summary": condition.summary,
            "summary_zh": condition.summary_zh,
        }
        for condition in DeliveryCondition
    ]


def rules() -> list[Row]:
    """Return what each code means at each stage, and where an enhanced code changes that.

    `as_code` is that of `codes`. `enhanced_code` has three forms: a whole code (`5.1.1`), all other codes of a subject
    (`5.1.*`), and all that is left, also no code at all (`*`). For a reply, look them up in this order: the first row
    that is found decides. Its `condition`, `retry` and `rpc_code` are those of `smtpstatus.meaning`.
    """
    return [*_rules()]


def _rules() -> Iterator[Row]:
    numbers = (100 * reply_class + _UNLISTED for reply_class in range(1, 10))
    for number in sorted({*SmtpStatusCode, *UnlistedStatusCode, *numbers} - {-1, 0}):
        for stage in SmtpStage:
            for enhanced_code, condition in _conditions(number, stage):
                yield _rule(number, enhanced_code, stage, condition)


def _conditions(number: int, stage: SmtpStage) -> Iterator[tuple[str, DeliveryCondition]]:
    """Yield what a code means at a stage: first alone, then by each enhanced code that changes that."""
    reply_class = number // 100
    alone = decide(number, "", stage)
    yield "*", alone
    of_unlisted_subject = decide(number, f"{reply_class}.{_UNLISTED}.{_UNLISTED}", stage)
    listed_details = _listed_details()
    for subject in range(1000):
        prefix, details = f"{reply_class}.{subject}", listed_details.get(subject, ())
        of_subject = decide(number, f"{prefix}.{_UNLISTED}", stage) if details else of_unlisted_subject
        if of_subject != alone:
            yield f"{prefix}.*", of_subject
        for detail in details:
            condition = decide(number, f"{prefix}.{detail}", stage)
            if condition != of_subject:
                yield f"{prefix}.{detail}", condition


@cache
def _listed_details() -> dict[int, list[int]]:
    """Return the details that IANA's registry has of each subject."""
    details: dict[int, list[int]] = {}
    for code in EnhancedStatusCode:
        details.setdefault(code.subject, []).append(code.detail)
    return details


def _rule(number: int, enhanced_code: str, stage: SmtpStage, condition: DeliveryCondition) -> Row:
    is_retried, rpc_code = condition.answer(number // 100)
    return {
        "as_code": _as_code(number),
        "enhanced_code": enhanced_code,
        "stage": stage.name,
        "condition": condition.name,
        "retry": is_retried,
        "rpc_code": rpc_code.name,
    }


def _as_code(number: int) -> str:
    code = SmtpStatusCode(number) if SmtpStatusCode(number).is_known else UnlistedStatusCode(number)
    return f"{number} {code.name}" if code.is_known else f"{number // 100}yz"
