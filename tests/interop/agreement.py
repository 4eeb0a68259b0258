"""The tables of docs/agreement.md: what each client makes of a reply."""

from __future__ import annotations

import re
from pathlib import Path

from vocabulary import MEMBERS

from smtpstatus.v1.smtp_stage_pb2 import (
    SMTP_STAGE_AUTH,
    SMTP_STAGE_CONNECT,
    SMTP_STAGE_CONTENT,
    SMTP_STAGE_DATA,
    SMTP_STAGE_EHLO,
    SMTP_STAGE_MAIL,
    SMTP_STAGE_RCPT,
)

ROOT = Path(__file__).resolve().parents[2]
DOTNET_CLIENTS = ("System.Net.Mail", "MailKit", "Aspose.Email")
CLIENTS = ("smtplib", *DOTNET_CLIENTS)
CODES = sorted({number for number in MEMBERS.values() if number > 0} | {253, 455, 521, 523, 541, 555, 556, 571})
"""The codes with which the clients are tried at each stage."""
# By the name in the document: the stages of the server's script, the codes that mean success, and the SmtpStage.
STAGES: dict[str, tuple[list[str], set[int], int]] = {
    "greeting": (["greeting"], {220}, SMTP_STAGE_CONNECT),
    "EHLO": (["EHLO"], {250}, SMTP_STAGE_EHLO),
    "EHLO, HELO": (["EHLO", "HELO"], {250}, SMTP_STAGE_EHLO),
    "AUTH": (["AUTH"], {235, 334}, SMTP_STAGE_AUTH),
    "AUTH end": (["AUTH final"], {235, 334}, SMTP_STAGE_AUTH),
    "MAIL": (["MAIL"], {250}, SMTP_STAGE_MAIL),
    "RCPT": (["RCPT"], {250, 251}, SMTP_STAGE_RCPT),
    "DATA": (["DATA"], {354}, SMTP_STAGE_DATA),
    "content": (["content"], {250}, SMTP_STAGE_CONTENT),
}
TEXT = (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", section, re.MULTILINE)
    ][2:]


def stages_of(cell: str) -> list[str]:
    """Return the stages that a cell names; "EHLO, HELO" is a single stage."""
    return [cell] if cell in STAGES else cell.split(", ")


def codes_of(cell: str) -> set[int]:
    """Return the codes that a cell names: `all`, `550 4yz`, `all but 530`."""
    named, _, others = cell.replace("all", "...").replace("yz", "..").partition(" but ")
    return {
        code
        for code in CODES
        if re.fullmatch(named.replace(" ", "|"), str(code)) and not re.fullmatch(others.replace(" ", "|"), str(code))
    }


def documented_outcomes(client: str, stage: str) -> dict[int, list[str]]:
    """Return the documented outcomes of the codes that a client does not report unchanged."""
    found: dict[int, list[str]] = {}
    for name, stages, replies, outcome, _ in rows("One recipient"):
        if name == client and stage in stages_of(stages):
            found.update(dict.fromkeys(codes_of(replies), outcome.split(" or ")))
    return found


def codes_with_stage(client: str, stage: str) -> set[int]:
    """Return the codes for which a client tells that they answered this stage."""
    found: set[int] = set()
    for name, stages, replies in rows("Stage"):
        if name == client and stage in stages_of(stages):
            found |= codes_of(replies)
    return found
