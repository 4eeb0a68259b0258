"""Replies as servers write them, and as logs and tables keep them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from smtpstatus import SmtpStage
from smtpstatus.meaning import verdict_of
from smtpstatus.replies import parse_reply
from smtpstatus.v1 import DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# What servers say; {} is a code, a blank or hyphen, and an enhanced code or nothing.
TEXTS = [
    "<{mailbox}>: Recipient address rejected: User unknown in virtual mailbox table",
    "The email account that you tried to reach does not exist. Please try|double-checking the recipient's address.",
    "Requested action not taken: mailbox unavailable",
    "Our system has detected an unusual rate of|unsolicited mail from your address.|To protect our users",
    "Mailbox full",
    "Service unavailable; Client host [192.0.2.1] blocked using zen.example.org",
    "Greylisted, please try again in 5 minutes",
    "",
    "OK",
    "Ok: queued as 4F3B21C0A7",
    "too many connections, see https://example.com/550 for 5.7.1",
    "邮箱不存在",
    "Message size exceeds fixed limit",
]
CODES = [250, 250, 250, 251, 354, 421, 432, 450, 451, 452, 454, 471, 500, 501, 503, 521, 530, 535, 541, 550, 550, 550]
CODES += [551, 552, 553, 554, 554, 556, 571, 577]
DETAILS = [
    "0.0",
    "1.0",
    "1.1",
    "1.2",
    "1.8",
    "1.10",
    "2.0",
    "2.1",
    "2.2",
    "3.2",
    "3.4",
    "4.1",
    "4.5",
    "4.7",
    "5.1",
    "5.3",
]
DETAILS += ["6.7", "7.0", "7.1", "7.8", "7.12", "7.26", "7.28", "7.515", "7.606", "16.55", "1.351", "9.1", "2.999"]
STAGES = [
    "NOT_DEFINED",
    "NOT_DEFINED",
    "CONNECT",
    "EHLO",
    "START_TLS",
    "AUTH",
    "MAIL",
    "RCPT",
    "RCPT",
    "DATA",
    "CONTENT",
]


class LoggedReply(NamedTuple):
    """A reply, what a table has of it, and the stage it was given at."""

    reply: bytes
    text: str
    stage: str


FORMS: dict[str, Callable[[list[str]], str]] = {
    "as it was sent": lambda lines: "\r\n".join(lines) + "\r\n",
    "LF": "\n".join,
    "joined by blanks": " ".join,
    "a written \\n": "\\n".join,
    "smtp;": lambda lines: "smtp; " + "\n ".join(lines),
    "SMTP;": lambda lines: "SMTP;" + " ".join(lines),
    "cut off": lambda lines: " ".join(lines)[:20],
    "the first line": lambda lines: lines[0],
}


def replies(count: int, seed: int = 0) -> list[LoggedReply]:
    """Return so many replies in all forms; the same for the same seed."""
    random = Random(seed)
    return [_reply(random) for _ in range(count)]


def decided(logged: Iterable[LoggedReply]) -> Iterator[tuple[str, str, int, str | None, str, bool, str]]:
    """Yield for each reply what a table has of it, its stage, and what Python makes of the reply as it was sent."""
    for reply, text, stage in logged:
        status = DeliveryStatus(stage=SmtpStage[stage], reply=parse_reply(reply))
        enhanced_code = status.reply.enhanced_code or None
        verdict = verdict_of(status)
        yield (
            text,
            stage,
            status.reply.code,
            enhanced_code,
            verdict.condition.name,
            verdict.retry,
            verdict.rpc_code.name,
        )


def _reply(random: Random) -> LoggedReply:
    code = random.choice(CODES)
    class_ = code // 100 if random.random() < 0.97 else 9 - code // 100
    enhanced = f"{class_}.{random.choice(DETAILS)}" if random.random() < 0.7 and code != 354 else ""
    texts = random.choice(TEXTS).format(mailbox="a@example.com").split("|")
    end = random.choice(["", "", "", ":", ".", ","])
    before = random.choice(["", "", "", "", "", "#", " "])
    lines = [f"{before}{enhanced}{end} {text}" if enhanced else text for text in texts]
    whole = [f"{code}{'-' if index < len(lines) - 1 else ' '}{line}" for index, line in enumerate(lines)]
    form = FORMS[random.choice(list(FORMS))]
    return LoggedReply("\r\n".join(whole).encode(), form(whole), random.choice(STAGES))
