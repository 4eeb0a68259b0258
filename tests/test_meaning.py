"""`smtpstatus.meaning`, compared with the vectors that every language runs and with rules for all answers."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from google.rpc.code_pb2 import Code
from hypothesis import given, settings
from hypothesis import strategies as st

from smtpstatus import DeliveryCondition, EnhancedStatusCode, SmtpStatusCode, meaning
from smtpstatus.delivery_condition import DeliveryParty
from smtpstatus.meaning import condition_of, decide, rpc_code, should_retry, verdict_of
from smtpstatus.unlisted_status_code import UnlistedStatusCode
from smtpstatus.v1.delivery_pb2 import DeliveryAction, DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_CONTENT, SMTP_STAGE_MAIL, SmtpStage

if TYPE_CHECKING:
    from collections.abc import Iterator

VECTORS = ROOT / "tests" / "vectors"


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return found


def statuses(row: dict[str, Any]) -> Iterator[DeliveryStatus]:
    """Yield each message that a row means; `tests/vectors/README.md` says how to read a row."""
    codes, details = row.get("codes") or [row["code"]], row.get("enhanced", [""])
    for code, enhanced_code, stage in product(codes, details, row["stages"]):
        yield DeliveryStatus(
            stage=SmtpStage.Value(f"SMTP_STAGE_{stage}"),
            reply=SmtpReply(code=code, enhanced_code=enhanced_code) if code else None,
            local_error="failed" if row.get("local_error") else "",
            condition=DeliveryCondition[row.get("stored") or "NOT_DEFINED"],
            action=DeliveryAction.Value(f"DELIVERY_ACTION_{row.get('action') or 'NOT_DEFINED'}"),
            status=row.get("status", ""),
        )


def answers(row: dict[str, Any]) -> tuple[str, str, bool, str]:
    return row["condition"], row["rpc"], row["retry"], row["against"]


def decided(status: DeliveryStatus) -> tuple[str, str, bool, str]:
    condition, is_retried, code = verdict_of(status)
    return condition.name, Code.Name(code), is_retried, condition.counts_against.name


@pytest.mark.parametrize("name", ["replies.json", "failures.json"])
def test_the_vectors(name: str) -> None:
    wrong = [
        f"{status}: {decided(status)}, expected {answers(row)}: {row['why']}".replace("\n", " ")
        for row in rows(name)
        for status in statuses(row)
        if decided(status) != answers(row)
    ]
    assert wrong == []


def test_the_vectors_have_every_code_and_detail() -> None:
    """Otherwise a new code could have an answer that nobody wrote down."""
    replies, failures = rows("replies.json"), rows("failures.json")
    codes = {code for row in replies for code in row["codes"]} | {row["code"] for row in failures}
    assert {code.value for code in SmtpStatusCode} | {code.value for code in UnlistedStatusCode} <= codes
    for reply_class in "45":
        details = {
            EnhancedStatusCode.parse(text)
            for row in replies
            for text in row["enhanced"]
            if text.startswith(reply_class)
        }
        assert {code for code in EnhancedStatusCode if code} <= details
    for code in {code for code in SmtpStatusCode if code > 0}:
        stages = {stage for row in replies if code in row["codes"] and "" in row["enhanced"] for stage in row["stages"]}
        assert len(stages) == len(SmtpStage.values())
    assert {row["condition"] for row in replies + failures} == {condition.name for condition in DeliveryCondition}


def test_no_two_vectors_contradict() -> None:
    known: dict[bytes, tuple[str, str, bool, str]] = {}
    for name in ("replies.json", "failures.json"):
        for row in rows(name):
            for status in statuses(row):
                key = status.SerializeToString(deterministic=True)
                assert known.setdefault(key, answers(row)) == answers(row), status
    assert len(known) > 5000


CODES = st.integers(-(2**31), 2**31 - 1) | st.sampled_from([*SmtpStatusCode, 455, 521, 556, 571])
DETAILS = st.from_regex(r"[245]\.[0-9]{1,2}\.[0-9]{1,2}", fullmatch=True) | st.text(max_size=8)
STATUSES = st.builds(
    DeliveryStatus,
    stage=st.integers(-(2**31), 2**31 - 1) | st.integers(0, 8),
    reply=st.builds(SmtpReply, code=CODES, enhanced_code=DETAILS.filter(lambda text: text.isascii())),
    local_error=st.sampled_from(["", "x"]),
    condition=st.integers(-(2**31), 2**31 - 1) | st.integers(0, 30),
    action=st.integers(-(2**31), 2**31 - 1) | st.integers(0, 6),
    status=DETAILS.filter(lambda text: text.isascii()),
)


@settings(max_examples=2000, deadline=None)
@given(STATUSES)
def test_rules_for_any_status(status: DeliveryStatus) -> None:
    condition, is_retried, code = verdict_of(status)
    assert (condition_of(status), should_retry(status), rpc_code(status)) == (condition, is_retried, code)
    assert code in {8, 14} if is_retried else code != 14
    assert code not in {12, 16}
    action_decides = bool(DeliveryAction.values().count(status.action)) and status.action >= 2
    if 400 <= status.reply.code < 600 and not action_decides:
        assert code != 0
        transient = status.reply.code < 500
        if condition not in {DeliveryCondition.PASSWORD_TRANSITION, DeliveryCondition.TOO_MANY_RECIPIENTS}:
            assert is_retried == transient
        if status.stage in range(1, SMTP_STAGE_MAIL + 1):
            assert condition.counts_against != DeliveryParty.RECIPIENT
    if 200 <= status.reply.code < 400 and not action_decides:
        assert code == (13 if status.local_error or status.action == 1 else 0)
    # No rule looks at the text of a reply.
    status.reply.lines[:] = ["5.1.1 User unknown, mailbox full, spam, try again later"]
    assert verdict_of(status) == (condition, is_retried, code)


def test_the_lost_reply_may_have_accepted_the_mail() -> None:
    status = DeliveryStatus(stage=SMTP_STAGE_CONTENT, reply=SmtpReply(code=-1), condition=DeliveryCondition.TIMED_OUT)
    assert condition_of(status) is DeliveryCondition.MAYBE_ACCEPTED
    assert should_retry(status)
    status.reply.code = 451
    assert condition_of(status) is DeliveryCondition.SERVICE_UNAVAILABLE


def test_the_answers_of_the_decision_alone() -> None:
    """It needs no message, only the code and the text that a log or a table has."""
    assert decide(550, "5.1.1") is DeliveryCondition.RECIPIENT_UNKNOWN
    assert decide(550) is DeliveryCondition.RECIPIENT_REFUSED
    assert decide(0, "4.2.2") is DeliveryCondition.MAILBOX_FULL
    assert decide(0) is DeliveryCondition.NOT_DEFINED
    for odd in ("5", "5.1.1.1", "5.1.1 no such user", "\N{ARABIC-INDIC DIGIT FIVE}.1.1", "x" * 10_000):
        assert decide(550, odd, 6) is DeliveryCondition.RECIPIENT_UNKNOWN
    # Codes are of the classes 2 to 5, and any other is none: then the enhanced code decides alone.
    for code in (199, 600, -200):
        assert decide(code, "5.1.1") is DeliveryCondition.RECIPIENT_UNKNOWN
        status = DeliveryStatus(reply=SmtpReply(code=code), status="4.2.2")
        assert verdict_of(status)[:2] == (DeliveryCondition.MAILBOX_FULL, True)
    for code in (200, 299, 300, 399):
        assert decide(code, "5.1.1") is decide(code)
        assert verdict_of(DeliveryStatus(reply=SmtpReply(code=code), status="4.2.2")).condition is decide(code)
    assert decide(599, "5.1.1") is DeliveryCondition.RECIPIENT_UNKNOWN
    assert not should_retry(DeliveryStatus(reply=SmtpReply(code=599), status="4.2.2"))
    # Texts from the wire are not cached.
    before = meaning._decide.cache_info().currsize
    for number in range(100):
        decide(550, f"{number}" + "x" * 1000, 6)
    assert meaning._decide.cache_info().currsize <= before + 1
