"""`scripts/measure_meaning.py`: the page has its current output, and its verdicts follow its rules."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from conftest import ROOT

from smtpstatus import DeliveryCondition

sys.path.append(str(ROOT / "scripts"))

import measure_meaning as script  # the path comes first


def bounce(code: str, text: str, reason: str, command: str = "RCPT", **more: Any) -> dict[str, Any]:
    fields = {"replycode": code, "diagnosticcode": text, "reason": reason, "smtpcommand": command}
    return fields | {"hardbounce": 0, "action": "failed", "deliverystatus": f"{code[:1]}.0.900"} | more


BOUNCES = [
    bounce("550", "host mx said: 550-5.1.1 No such user 550 5.1.1 Look elsewhere", "userunknown", hardbounce=1),
    bounce("550", "550 No such user", "userunknown", "", hardbounce=1),
    bounce("550", "550 Too many messages for you", "speeding"),
    bounce("", "retry timeout exceeded", "expired"),
]


def test_the_tables_are_fresh() -> None:
    assert script.part_of_page(script.TABLES) == script.tables().strip(), "run scripts/measure_meaning.py --tables"


def test_the_page_has_the_figures_of_our_own_replies() -> None:
    assert script.own_part() in script.part_of_page(script.MEASURED), "run scripts/measure_meaning.py SISIMAI_FOLDER"
    assert len(set(script.OWN_REPLIES)) == len(script.OWN_REPLIES) >= 60


def test_replies_without_a_code_are_left_out() -> None:
    cases = script.cases_of(BOUNCES)
    assert [str(case) for case in cases] == ["550 5.1.1, RCPT", "550, NOT_DEFINED", "550, RCPT"]
    assert [case.is_hard for case in cases] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host mx said: 550 5.1.1 No such user", "5.1.1"),
        ("550-5.7.26 This mail 550-5.7.26 is not authenticated", "5.7.26"),
        ("550 #5.1.0 Address rejected", "5.1.0"),
        ("550 Look at 5.1.1 of the manual", ""),
        ("5.1.1 <no.such.user>: rejected", ""),
        ("550 4.7.1 Of another class", ""),
        ("host 192.0.2.550 5.1.1 said nothing", ""),
    ],
)
def test_the_enhanced_status_code_is_the_one_behind_the_code(text: str, expected: str) -> None:
    assert script.enhanced_code_of(550, text) == expected


def test_each_case_has_a_verdict() -> None:
    judged = [(condition.name, verdict) for _, condition, verdict in script.by_condition(script.cases_of(BOUNCES))]
    assert judged == [
        ("RECIPIENT_UNKNOWN", "agrees"),
        ("RECIPIENT_REFUSED", "defensible"),
        ("RECIPIENT_UNKNOWN", "wrong"),
    ]


def test_the_figures_of_each_rule() -> None:
    cases = script.cases_of(BOUNCES)
    this = script.figures(cases, script.this_decision)
    assert (this.not_found, this.not_found_gone, this.gone) == (2, 1, 2)
    assert (this.dropped, this.against_the_recipient, this.lost, this.endless) == (1, 1, 0, 0)
    first_digit = script.figures(cases, script.first_digit_only)
    assert (first_digit.not_found, first_digit.not_found_gone, first_digit.dropped) == (3, 2, 1)
    assert first_digit.against_the_recipient is None
    assert first_digit.verdicts == {"agrees": 2, "wrong": 1}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (script.Case(550, "5.7.1", "RCPT", "spamdetected"), (False, 7)),
        (script.Case(554, "5.7.1", "RCPT", "spamdetected"), (False, 9)),
        (script.Case(552, "5.2.2", "RCPT", "mailboxfull"), (True, 8)),
        (script.Case(552, "5.3.4", "CONTENT", "mesgtoobig"), (False, 8)),
        (script.Case(432, "4.3.2", "CONTENT", "toomanyconn"), (True, 9)),
        (script.Case(521, "", "CONNECT", "blocked"), (False, 9)),
        (script.Case(455, "", "MAIL", "systemerror"), (True, 14)),
    ],
)
def test_the_rule_before(case: script.Case, expected: tuple[bool, int]) -> None:
    assert script.rule_before(case)[:2] == expected


def test_lost_and_endless() -> None:
    delayed = script.Case(550, "5.4.1", "CONTENT", "expired", is_delayed=True)
    too_many = script.Case(552, "", "RCPT", "toomanyconn")
    figures = script.figures([delayed, too_many], script.this_decision)
    assert (figures.lost, figures.endless) == (1, 1)


def test_every_reason_and_condition_of_the_table_is_known() -> None:
    """A condition that is renamed would otherwise never agree again."""
    names = {condition.name for condition in DeliveryCondition}
    assert set().union(*script.AGREES.values()) <= names
    for defence in script.DEFENCES:
        assert defence.reasons <= set(script.AGREES)
        assert defence.conditions <= names
        assert defence.why.endswith(".")
    assert {reply.reason for reply in script.OWN_REPLIES} <= set(script.AGREES)


def test_no_defence_drops_an_address_because_of_the_sender() -> None:
    defended = set().union(*(each.reasons for each in script.DEFENCES if "RECIPIENT_UNKNOWN" in each.conditions))
    permanent = {
        reason
        for reason in defended
        for code, detail in ((550, ""), (550, "5.1.1"), (550, "5.1.10"), (556, ""))
        if script.defence(script.Case(code, detail, "RCPT", reason), DeliveryCondition.RECIPIENT_UNKNOWN)
    }
    assert permanent == {"filtered", "suspend", "notaccept"}
