"""`find_reply`: the reply in a Diagnostic-Code or in a line of a log, and no reply where none is certain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smtpstatus import SmtpStage, limits
from smtpstatus.replies import find_reply
from smtpstatus.v1 import DeliveryStatus, SmtpReply

ROWS: list[dict[str, Any]] = json.loads(
    Path(__file__).parent.joinpath("vectors", "diagnostics.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:60] or "empty")
def test_the_reply_and_its_stage_are_found(row: dict[str, Any]) -> None:
    expected = None
    if row["code"]:
        reply = SmtpReply(code=row["code"], enhanced_code=row["enhanced_code"], lines=row["lines"])
        expected = DeliveryStatus(stage=SmtpStage[row["stage"]], reply=reply)
    assert find_reply(row["text"]) == expected, row["why"]


def test_the_rows_have_replies_and_texts_without_one() -> None:
    assert len([row for row in ROWS if row["code"]]) > 50
    assert len([row for row in ROWS if not row["code"]]) > 15


def test_bytes_are_read_as_a_text_is() -> None:
    found = find_reply(b"smtp; 550 5.1.1 \xe9\r\n")
    assert found == DeliveryStatus(reply=SmtpReply(code=550, enhanced_code="5.1.1", lines=["5.1.1 \ufffd"]))


@pytest.mark.parametrize("type_", ["X-Postfix", "X-Unix", "X400", "mts", "smtps", ""])
def test_a_code_after_another_type_is_no_reply(type_: str) -> None:
    assert find_reply(f"{type_}; 550 User unknown") is None


def test_a_reply_is_looked_for_in_the_first_characters() -> None:
    text = "x 550 5.1.1"
    before = "-" * (limits.SEARCHED_CHARACTERS - len(text))
    found = DeliveryStatus(reply=SmtpReply(code=550, enhanced_code="5.1.1", lines=["5.1.1"]))
    assert find_reply(f"{before}{text} and more") == found
    assert find_reply(f"-----{before}{text} and more") is None


@pytest.mark.parametrize("length", [1, 300, 301])
def test_words_that_introduce_a_reply_stand_near_it(length: int) -> None:
    found = find_reply(f"host {'x' * length} said: 450 Later")
    assert (found is not None) == (length <= 300)
