"""Replies and codes as text, held to the vectors that C# is held to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import ROOT

from smtpstatus import SmtpStatusCode
from smtpstatus.replies import ReplyError, format_reply, parse_reply
from smtpstatus.v1 import SmtpReply


def rows(name: str) -> list[Any]:
    found: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors" / name).read_text(encoding="utf-8"))
    assert len({str(row) for row in found}) == len(found) > 15
    return [pytest.param(row, id=row["why"]) for row in found]


@pytest.mark.parametrize("row", rows("reply_texts.json"))
def test_a_text_is_read_as_a_reply(row: dict[str, Any]) -> None:
    for text in (row["text"], row["text"].encode()):
        if "error" in row:
            with pytest.raises(ReplyError) as caught:
                parse_reply(text)
            assert row["error"] in str(caught.value)
        else:
            expected = SmtpReply(code=row["code"], enhanced_code=row["enhanced_code"], lines=row["lines"])
            assert parse_reply(text) == expected


@pytest.mark.parametrize("row", rows("formatted_replies.json"))
def test_a_reply_is_formatted(row: dict[str, Any]) -> None:
    reply = SmtpReply(code=row["code"], lines=row["lines"])
    if row["formatted"] is None:
        with pytest.raises(ReplyError, match=f"three digits, found {row['code']}$"):
            format_reply(reply)
    else:
        assert format_reply(reply) == format_reply(parse_reply(format_reply(reply))) == row["formatted"].encode()


@pytest.mark.parametrize("row", rows("status_codes.json"))
def test_a_code_in_json(row: dict[str, Any]) -> None:
    if row["code"] is None:
        with pytest.raises(ValueError, match="SmtpStatusCode"):
            SmtpStatusCode.from_json(row["json"])
    else:
        assert SmtpStatusCode.from_json(row["json"]) == row["code"]
