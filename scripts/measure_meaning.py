"""Measures the decisions of `smtpstatus.meaning` on real bounces, and writes the figures into docs/meaning.md.

    python scripts/measure_meaning.py SISIMAI_FOLDER
    python scripts/measure_meaning.py --tables

SISIMAI_FOLDER is a checkout of sisimai/p5-sisimai (BSD-2-Clause), a bounce analyser in Perl: it has bounces, and gives
its own verdict on each. It needs Perl with JSON and Class::Accessor::Lite. Only the figures are kept.
`--tables` writes only the tables of codes and conditions, and needs no bounces.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from smtpstatus import DeliveryCondition, DeliveryParty, EnhancedStatusCode, RpcCode, SmtpStage, SmtpStatusCode
from smtpstatus.meaning import decide
from smtpstatus.reply_text import reply_of
from smtpstatus.unlisted_status_code import UnlistedStatusCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "meaning.md"
MEASURED = ("<!-- measured -->\n", "<!-- end -->\n")
TABLES = ("<!-- tables -->\n", "<!-- end of tables -->\n")
COMMIT = "21cfb9321ba94f9bc72f2b5a46e2dda70c1d9c45"
DUMP = 'print Sisimai->dump("set-of-emails/maildir/bsd", "delivered" => 1)'
# Our stage for each command that Sisimai names. It says DATA for the message, too.
STAGES = {
    "CONN": "CONNECT",
    "HELO": "EHLO",
    "EHLO": "EHLO",
    "STARTTLS": "START_TLS",
    "AUTH": "AUTH",
    "MAIL": "MAIL",
    "RCPT": "RCPT",
    "DATA": "CONTENT",
}
GONE = {"userunknown", "hostunknown", "hasmoved"}
"""Sisimai's reasons that say that the address does not exist."""


class Case(NamedTuple):
    """A reply, and the verdict that a decision on it is compared with."""

    code: int
    enhanced_code: str
    stage: str  # a name of SmtpStage
    reason: str  # in Sisimai's words
    is_hard: bool = False  # the verdict is that the address is unusable
    is_delayed: bool = False  # the verdict is that it will be tried again

    @property
    def reply_class(self) -> int:
        return self.code // 100

    @property
    def is_vague(self) -> bool:
        """Whether the enhanced status code is missing or says no more than its subject."""
        return self.enhanced_code[2:] in {"", "0.0", "1.0", "2.0", "3.0", "5.0"}

    @property
    def is_temporary(self) -> bool:
        return not self.is_hard and (self.is_delayed or self.reply_class == 4)

    @property
    def is_permanent(self) -> bool:
        return self.is_hard or self.reply_class == 5

    def __str__(self) -> str:
        return f"{self.code} {self.enhanced_code}".strip() + f", {self.stage}"


class Answer(NamedTuple):
    """What a rule answers. `condition` is None if the rule has no conditions."""

    retry: bool
    rpc_code: int
    condition: DeliveryCondition | None = None

    @property
    def is_not_found(self) -> bool:
        return self.rpc_code == RpcCode.NOT_FOUND and not self.retry

    @property
    def is_against_the_recipient(self) -> bool:
        is_failure = self.condition is not None and self.condition.counts_against == DeliveryParty.RECIPIENT
        return is_failure and not self.retry


# The conditions that agree with each of Sisimai's reasons, by Sisimai's own description of the reason.
AGREES = {
    "authfailure": {"POLICY_REFUSED"},  # SPF, DKIM, DMARC
    "badreputation": {"POLICY_REFUSED"},
    "blocked": {"POLICY_REFUSED"},  # the client's address or name
    "contenterror": {"MESSAGE_REFUSED"},
    "delivered": {"ACCEPTED"},
    "exceedlimit": {"MESSAGE_TOO_LARGE"},
    "expired": {"EXPIRED", "TIMED_OUT", "UNREACHABLE"},  # "due to a connection failure or a network error"
    "filtered": {"RECIPIENT_REFUSED"},
    "hasmoved": {"RECIPIENT_UNKNOWN"},
    "hostunknown": {"RECIPIENT_UNKNOWN", "NAME_LOOKUP_FAILED"},
    "mailboxfull": {"MAILBOX_FULL"},
    "mailererror": {"SERVICE_UNAVAILABLE"},
    "mesgtoobig": {"MESSAGE_TOO_LARGE"},
    "networkerror": {"UNREACHABLE", "NAME_LOOKUP_FAILED", "TIMED_OUT"},
    "norelaying": {"POLICY_REFUSED"},
    "notaccept": {"SERVICE_UNAVAILABLE"},
    "notcompliantrfc": {"MESSAGE_REFUSED"},
    "onhold": {"REFUSED", "NOT_KNOWN"},  # too little is known
    "policyviolation": {"POLICY_REFUSED", "MESSAGE_REFUSED"},  # the header or the format against the policy
    "rejected": {"SENDER_REFUSED"},
    "requireptr": {"POLICY_REFUSED"},
    "securityerror": {"POLICY_REFUSED", "AUTHENTICATION_REFUSED"},  # any X.7.Z
    "spamdetected": {"POLICY_REFUSED"},
    "speeding": {"RATE_LIMITED"},
    "suspend": {"RECIPIENT_REFUSED"},
    "syntaxerror": {"PROTOCOL_ERROR"},
    "systemerror": {"SERVICE_UNAVAILABLE"},
    "systemfull": {"SERVICE_UNAVAILABLE"},
    "toomanyconn": {"RATE_LIMITED"},
    "undefined": {"REFUSED", "NOT_KNOWN"},
    "userunknown": {"RECIPIENT_UNKNOWN"},
    "virusdetected": {"POLICY_REFUSED", "MESSAGE_REFUSED"},
}


class Defence(NamedTuple):
    """Conditions that do not agree with a reason, but are not a mistake."""

    reasons: set[str]
    conditions: set[str]
    why: str
    holds: Callable[[Case], bool] = lambda case: case.reply_class == 5


# A defence holds if a reader of the RFCs would say the same from code, enhanced code and stage alone, or if a caller
# does the same as under the verdict: it tries again or not, drops the address or not, and does not blame the recipient
# for something that the sender has to correct. An answer that drops an address because of the sender has no defence.
DEFENCES = [
    Defence(
        set(AGREES) - {"delivered"},
        {condition.name for condition in DeliveryCondition if condition.answer(4)[0]},
        "A 4yz says to try again later (RFC 5321 4.2.1). That is the answer, whatever the reason.",
        lambda case: case.reply_class == 4,
    ),
    Defence(
        set(AGREES) - {"delivered"},
        {"REFUSED"},
        "It says that the codes do not give the reason, which is true. It drops no address.",
    ),
    Defence(
        {"userunknown", "hostunknown"},
        {"RECIPIENT_REFUSED"},
        "A bare 550 whose stage is not known can also be policy, and X.2.1 says that the mailbox is disabled.",
        lambda case: (case.is_vague and case.stage == "NOT_DEFINED") or case.enhanced_code in {"5.2.0", "5.2.1"},
    ),
    Defence(
        {"userunknown"},
        {"ADDRESS_INVALID"},
        "501 and 553 to RCPT, and X.1.3, say that the address itself is wrong (RFC 5321 4.2.3).",
    ),
    Defence(
        {"userunknown"},
        {"POLICY_REFUSED"},
        "X.7.Z is policy (RFC 3463 3.8). So is a 550 after DATA (RFC 5321 4.3.2), and before RCPT nobody was named.",
        lambda case: (
            case.enhanced_code.startswith("5.7.")
            or (case.code == 550 and case.is_vague and case.stage in {"CONNECT", "EHLO", "CONTENT"})
        ),
    ),
    Defence(
        {"filtered", "suspend"},
        {"POLICY_REFUSED"},
        "A refusal of the message or by X.7.Z looks like policy. A caller does the same: no retry, the address stays.",
    ),
    Defence(
        {"filtered", "suspend"},
        {"RECIPIENT_UNKNOWN"},
        "550 to RCPT and X.1.1 are at least the recipient's own refusal. It is counted below as a dropped address.",
    ),
    Defence(
        {"mailboxfull"},
        {"RECIPIENT_REFUSED"},
        "A bare 550 does not say if a mailbox is full or closed. A caller does the same: no retry, the address stays.",
    ),
    Defence(
        {"mailboxfull", "toomanyconn"},
        {"TOO_MANY_RECIPIENTS"},
        "RFC 5321 4.5.3.1.10 says to treat a bare 552 to RCPT as too many recipients.",
        lambda case: case.code in {452, 552} and case.stage == "RCPT",
    ),
    Defence(
        {"rejected"},
        {"POLICY_REFUSED"},
        "The sender's address or the sender's reputation: both are the sender's to mend, and a caller does the same.",
    ),
    Defence(
        {"blocked", "authfailure", "requireptr"},
        {"SENDER_REFUSED"},
        "501 and 553 to MAIL are about the sender's address. It is the sender's to mend, as under the verdict.",
    ),
    Defence(
        {"blocked", "norelaying"},
        {"ADDRESS_INVALID"},
        "501 and 553 to RCPT have this one meaning in RFC 5321 4.2.3. The address is not dropped.",
        lambda case: case.code in {501, 553} and case.stage == "RCPT",
    ),
    Defence(
        {"blocked", "rejected", "systemerror", "mesgtoobig"},
        {"PROTOCOL_ERROR"},
        "500 to 504 are about commands and their arguments alone (RFC 5321 4.2.3).",
        lambda case: 500 <= case.code <= 504,
    ),
    Defence(
        {"blocked"},
        {"SERVICE_UNAVAILABLE"},
        "521 says that the host takes no mail (RFC 7504). A caller does the same: no retry, and the address stays.",
    ),
    Defence(
        {"contenterror", "notcompliantrfc"},
        {"POLICY_REFUSED"},
        "550 and 554 to the message do not say whether form or policy is the reason. A caller does the same.",
    ),
    Defence(
        {"spamdetected", "securityerror"},
        {"MESSAGE_REFUSED"},
        "X.6.Z and X.7.6 are about the message. A caller does the same.",
    ),
    Defence(
        {"policyviolation", "virusdetected"},
        {"MESSAGE_TOO_LARGE"},
        "A bare 552 to the message is about its size (RFC 5321 4.2.3). In both cases the message has to change.",
        lambda case: case.code == 552 and case.is_vague,
    ),
    Defence(
        {"systemerror", "mailererror", "onhold", "undefined"},
        {"POLICY_REFUSED"},
        "550 and 554 do not say if it is a fault or a refusal. A caller does the same: no retry, the address stays.",
    ),
    Defence(
        {"toomanyconn", "speeding"},
        {"POLICY_REFUSED"},
        "A limit is policy, and a 5yz forbids a retry.",
    ),
    Defence(
        {"notaccept"},
        {"RECIPIENT_UNKNOWN"},
        "556 and X.1.10 say that the domain takes no mail at all (RFC 7505).",
        lambda case: case.code == 556 or case.enhanced_code == "5.1.10",
    ),
]


class Reply(NamedTuple):
    """A reply of our own list, judged by hand."""

    server: str
    code: int
    enhanced_code: str
    stage: str
    reason: str


# Collected from the documentation of operators, and judged, before the decision was run on any of them.
OWN_REPLIES = [
    Reply("Gmail", 550, "5.1.1", "RCPT", "userunknown"),
    Reply("Gmail", 552, "5.2.2", "RCPT", "mailboxfull"),
    Reply("Gmail", 452, "4.2.2", "RCPT", "mailboxfull"),
    Reply("Gmail", 550, "5.2.1", "RCPT", "suspend"),
    Reply("Gmail", 450, "4.2.1", "RCPT", "speeding"),
    Reply("Gmail", 421, "4.7.28", "CONTENT", "speeding"),
    Reply("Gmail", 550, "5.7.26", "CONTENT", "authfailure"),
    Reply("Gmail", 421, "4.7.26", "CONTENT", "authfailure"),
    Reply("Gmail", 550, "5.7.25", "CONTENT", "requireptr"),
    Reply("Gmail", 552, "5.3.4", "CONTENT", "mesgtoobig"),
    Reply("Gmail", 552, "5.7.0", "CONTENT", "policyviolation"),
    Reply("Gmail", 550, "5.7.1", "CONTENT", "spamdetected"),
    Reply("Gmail", 550, "5.4.5", "CONTENT", "speeding"),
    Reply("Gmail", 452, "4.5.3", "RCPT", "toomanyconn"),
    Reply("Gmail", 530, "5.7.0", "MAIL", "securityerror"),
    Reply("Gmail", 535, "5.7.8", "AUTH", "securityerror"),
    Reply("Gmail", 534, "5.7.9", "AUTH", "securityerror"),
    Reply("Gmail", 555, "5.5.2", "MAIL", "syntaxerror"),
    Reply("Gmail", 553, "5.1.2", "RCPT", "hostunknown"),
    Reply("Exchange Online", 550, "5.1.10", "RCPT", "userunknown"),
    Reply("Exchange Online", 550, "5.4.1", "RCPT", "userunknown"),
    Reply("Exchange Online", 451, "4.7.500", "RCPT", "speeding"),
    Reply("Exchange Online", 550, "5.7.708", "CONTENT", "badreputation"),
    Reply("Exchange Online", 432, "4.3.2", "CONTENT", "toomanyconn"),
    Reply("Exchange Online", 550, "5.7.515", "CONTENT", "authfailure"),
    Reply("Exchange Online", 550, "5.7.64", "RCPT", "norelaying"),
    Reply("Exchange Online", 550, "5.1.8", "CONTENT", "rejected"),
    Reply("Exchange Online", 530, "5.7.57", "MAIL", "securityerror"),
    Reply("Exchange Online", 535, "5.7.139", "AUTH", "securityerror"),
    Reply("Exchange Online", 554, "5.2.2", "NOT_DEFINED", "mailboxfull"),
    Reply("Exchange Online", 550, "5.7.133", "NOT_DEFINED", "filtered"),
    Reply("Exchange Online", 452, "4.5.3", "RCPT", "toomanyconn"),
    Reply("Exchange Online", 550, "5.4.310", "NOT_DEFINED", "hostunknown"),
    Reply("Exchange Online", 550, "5.4.300", "NOT_DEFINED", "expired"),
    Reply("Yahoo", 553, "5.7.1", "CONNECT", "blocked"),
    Reply("Yahoo", 421, "4.7.1", "CONNECT", "badreputation"),
    Reply("Yahoo", 421, "4.16.55", "MAIL", "speeding"),
    Reply("Yahoo", 451, "", "MAIL", "blocked"),
    Reply("Yahoo", 552, "", "CONTENT", "userunknown"),
    Reply("Apple iCloud", 552, "5.2.2", "RCPT", "mailboxfull"),
    Reply("Apple iCloud", 554, "5.7.1", "CONTENT", "spamdetected"),
    Reply("Apple iCloud", 550, "5.7.1", "CONTENT", "policyviolation"),
    Reply("Postfix", 554, "5.7.1", "RCPT", "norelaying"),
    Reply("Postfix", 450, "4.2.0", "RCPT", "blocked"),
    Reply("Postfix", 450, "4.1.8", "RCPT", "rejected"),
    Reply("Postfix", 504, "5.5.2", "RCPT", "blocked"),
    Reply("Postfix", 452, "4.3.1", "MAIL", "systemfull"),
    Reply("Postfix", 554, "5.4.6", "CONTENT", "networkerror"),
    Reply("Postfix", 550, "5.1.0", "RCPT", "rejected"),
    Reply("Postfix", 552, "5.3.4", "MAIL", "mesgtoobig"),
    Reply("Postfix", 451, "4.3.5", "RCPT", "systemerror"),
    Reply("Exim", 550, "", "RCPT", "userunknown"),
    Reply("Exim", 550, "", "RCPT", "norelaying"),
    Reply("Exim", 550, "", "CONTENT", "spamdetected"),
    Reply("Exim", 451, "", "RCPT", "systemerror"),
    Reply("Exim", 550, "", "RCPT", "rejected"),
    Reply("Exim", 503, "", "AUTH", "syntaxerror"),
    Reply("Sendmail", 553, "5.5.4", "MAIL", "rejected"),
    Reply("Sendmail", 550, "5.7.1", "RCPT", "norelaying"),
    Reply("Sendmail", 554, "5.0.0", "NOT_DEFINED", "onhold"),
    Reply("qmail", 553, "", "RCPT", "norelaying"),
    Reply("qmail with chkuser", 550, "", "RCPT", "userunknown"),
    Reply("qmail", 552, "", "CONTENT", "mesgtoobig"),
    Reply("qmail", 554, "", "CONTENT", "networkerror"),
    Reply("Courier", 517, "", "MAIL", "rejected"),
    Reply("Courier", 513, "", "RCPT", "norelaying"),
    Reply("OpenSMTPD", 550, "", "RCPT", "userunknown"),
    Reply("OpenSMTPD", 530, "5.7.0", "MAIL", "securityerror"),
    Reply("Amazon SES", 454, "", "CONTENT", "speeding"),
    Reply("Amazon SES", 535, "", "AUTH", "securityerror"),
    Reply("Amazon SES", 501, "", "MAIL", "rejected"),
    Reply("Mimecast", 550, "", "RCPT", "userunknown"),
    Reply("Mimecast", 451, "", "RCPT", "systemerror"),
    Reply("Mimecast", 550, "", "CONTENT", "securityerror"),
    Reply("Mimecast", 550, "", "RCPT", "policyviolation"),
    Reply("Proofpoint", 554, "", "CONNECT", "blocked"),
    Reply("Proofpoint", 550, "5.7.1", "CONTENT", "policyviolation"),
    Reply("Cisco", 550, "5.1.0", "RCPT", "userunknown"),
    Reply("Cisco", 554, "", "CONNECT", "badreputation"),
    Reply("Cisco", 452, "", "RCPT", "speeding"),
    Reply("Cisco", 421, "4.4.5", "CONNECT", "toomanyconn"),
    Reply("GMX", 554, "", "CONNECT", "requireptr"),
    Reply("GMX", 421, "", "CONNECT", "blocked"),
    Reply("GMX", 550, "", "RCPT", "userunknown"),
    Reply("GMX", 552, "", "NOT_DEFINED", "mailboxfull"),
    Reply("mail.ru", 550, "", "CONTENT", "userunknown"),
    Reply("mail.ru", 451, "", "RCPT", "speeding"),
    Reply("QQ", 550, "", "RCPT", "userunknown"),
    Reply("QQ", 550, "", "CONTENT", "spamdetected"),
    Reply("NetEase 163", 550, "", "RCPT", "userunknown"),
    Reply("NetEase 163", 554, "", "CONTENT", "spamdetected"),
    Reply("NetEase 163", 553, "", "MAIL", "rejected"),
    Reply("NetEase 163", 421, "", "CONNECT", "toomanyconn"),
    Reply("NetEase 163", 450, "", "MAIL", "speeding"),
    Reply("NetEase 163", 552, "", "CONTENT", "virusdetected"),
    Reply("Zoho", 550, "5.4.6", "CONTENT", "policyviolation"),
    Reply("Zoho", 553, "", "RCPT", "norelaying"),
    Reply("Zoho", 541, "5.4.1", "CONTENT", "filtered"),
    Reply("Proton", 550, "5.1.1", "RCPT", "userunknown"),
    Reply("Barracuda", 550, "", "CONTENT", "policyviolation"),
    Reply("Barracuda", 554, "", "CONTENT", "spamdetected"),
    Reply("Barracuda", 554, "", "RCPT", "blocked"),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="SISIMAI_FOLDER", help="a checkout of p5-sisimai")
    parser.add_argument("--tables", action="store_true", help="write only the tables of codes and conditions")
    options = parser.parse_args()
    if bool(options.folder) == options.tables:
        parser.error("name a checkout of p5-sisimai, or give --tables, but not both")
    if options.folder:
        measured = measured_part(cases_of(bounces(options.folder)))
        print(measured)
        replace_part(MEASURED, measured)
    replace_part(TABLES, tables())
    return 0


def bounces(folder: Path) -> list[dict[str, Any]]:
    """Return Sisimai's verdicts on its own bounces."""
    perl = shutil.which("perl")
    if not perl:
        raise SystemExit("there is no perl on PATH, and Sisimai is written in Perl")
    command = [perl, "-Ilib", "-MSisimai", "-e", DUMP]
    result = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if result.returncode:
        needs = "it needs JSON and Class::Accessor::Lite (Debian: libjson-perl, libclass-accessor-lite-perl)"
        raise SystemExit(f"Sisimai failed in {folder}: {needs}\n{result.stderr.decode(errors='replace')}")
    verdicts: list[dict[str, Any]] = json.loads(result.stdout)
    return verdicts


def cases_of(bounces: Iterable[dict[str, Any]]) -> list[Case]:
    """Return the bounces that have a reply code."""
    return [
        Case(
            int(bounce["replycode"]),
            enhanced_code_of(int(bounce["replycode"]), bounce["diagnosticcode"]),
            STAGES.get(bounce["smtpcommand"], "NOT_DEFINED"),
            bounce["reason"],
            is_hard=bool(bounce["hardbounce"]),
            is_delayed=bounce["action"] == "delayed" or bounce["deliverystatus"].startswith("4."),
        )
        for bounce in bounces
        if bounce["replycode"]
    ]


def enhanced_code_of(code: int, text: str) -> str:
    """Return the enhanced status code that the server wrote after the code, or an empty string."""
    replies = (reply_of(code, text[match.end() :]) for match in re.finditer(rf"(?<![\w.]){code}[- ]", text))
    return next((reply.enhanced_code for reply in replies if reply.enhanced_code), "")


def this_decision(case: Case) -> Answer:
    condition = decide(case.code, case.enhanced_code, SmtpStage[case.stage])
    return Answer(*condition.answer(case.reply_class), condition)


def first_digit_only(case: Case) -> Answer:
    """The rule of a service that looks no further: try a 4yz again, and take every 5yz for an address that is gone."""
    answers = {2: RpcCode.OK, 4: RpcCode.UNAVAILABLE, 5: RpcCode.NOT_FOUND}
    return Answer(case.reply_class == 4, answers.get(case.reply_class, RpcCode.UNKNOWN))


# rpc_code of each code in smtp_status_code.proto of commit 7ba7326, if it differs from that of the first digit.
CODES_BEFORE = {
    RpcCode.FAILED_PRECONDITION: {432},
    RpcCode.RESOURCE_EXHAUSTED: {452, 552},
    RpcCode.INVALID_ARGUMENT: {500, 501, 553},
    RpcCode.UNIMPLEMENTED: {502, 504},
    RpcCode.UNAUTHENTICATED: {530, 535},
    RpcCode.NOT_FOUND: {550, 551},
}


def rule_before(case: Case) -> Answer:
    """The rule of commit 7ba7326: by the code, except 550 with X.7.Z and 552 to RCPT."""
    retry = case.stage == "RCPT" if case.code == 552 else case.reply_class == 4
    if case.code == 550 and case.enhanced_code.startswith("5.7."):
        return Answer(retry, RpcCode.PERMISSION_DENIED)
    by_class = {2: RpcCode.OK, 4: RpcCode.UNAVAILABLE, 5: RpcCode.FAILED_PRECONDITION}.get(
        case.reply_class, RpcCode.UNKNOWN
    )
    return Answer(retry, next((answer for answer, codes in CODES_BEFORE.items() if case.code in codes), by_class))


RULES = {"this decision": this_decision, "first digit only": first_digit_only, "before, 7ba7326": rule_before}
VERDICTS = ("agrees", "defensible", "wrong")


def judge(case: Case, condition: DeliveryCondition) -> str:
    """Return one of VERDICTS: how a condition compares with the reason of the case."""
    if condition.name in AGREES[case.reason]:
        return "agrees"
    return "defensible" if defence(case, condition) else "wrong"


def defence(case: Case, condition: DeliveryCondition) -> str:
    """Return why a condition is not a mistake, or an empty string if it is one."""
    for reasons, conditions, why, holds in DEFENCES:
        if case.reason in reasons and condition.name in conditions and holds(case):
            return why
    return ""


def judge_answer(case: Case, answer: Answer) -> str:
    """Return one of VERDICTS for an answer: the best verdict on the conditions that give this answer."""
    expected = (answer.retry, answer.rpc_code)
    conditions = [condition for condition in DeliveryCondition if condition.answer(case.reply_class) == expected]
    return min((judge(case, condition) for condition in conditions), key=VERDICTS.index, default="wrong")


class Figures(NamedTuple):
    """The figures of a rule over all cases."""

    verdicts: Counter[str]
    not_found: int
    not_found_gone: int
    gone: int
    dropped: int
    against_the_recipient: int | None
    lost: int
    endless: int


def figures(cases: list[Case], rule: Callable[[Case], Answer]) -> Figures:
    pairs = [(case, rule(case)) for case in cases]
    not_found = [case for case, answer in pairs if answer.is_not_found]
    blamed = [case for case, answer in pairs if answer.is_against_the_recipient and case.reason not in GONE]
    has_conditions = any(answer.condition is not None for _, answer in pairs)
    return Figures(
        Counter(judge_answer(*pair) for pair in pairs),
        len(not_found),
        sum(case.reason in GONE for case in not_found),
        sum(case.reason in GONE for case in cases),
        sum(case.reason not in GONE for case in not_found),
        len(blamed) if has_conditions else None,
        sum(case.is_temporary and not answer.retry for case, answer in pairs),
        sum(case.is_permanent and answer.retry for case, answer in pairs),
    )


def by_condition(cases: Iterable[Case]) -> Iterator[tuple[Case, DeliveryCondition, str]]:
    """Yield each case with the condition that is decided, and the verdict on that condition."""
    for case in cases:
        condition = decide(case.code, case.enhanced_code, SmtpStage[case.stage])
        yield case, condition, judge(case, condition)


def verdict_lines(cases: list[Case]) -> list[str]:
    """Return a table of how many conditions get each verdict, and tables of the kinds that do not agree."""
    judged = list(by_condition(cases))
    count = Counter(verdict for *_, verdict in judged)
    lines = ["| verdict | replies | percent |", "|---|---|---|"]
    lines += [f"| {verdict} | {count[verdict]} | {percent(count[verdict], len(cases))} |" for verdict in VERDICTS]
    for verdict in ("wrong", "defensible"):
        lines += ["", f"The {count[verdict]} that are {verdict}, by kind:" if count[verdict] else f"None is {verdict}."]
        lines += kind_table([(case, condition) for case, condition, case_verdict in judged if case_verdict == verdict])
    return lines


def kind_table(pairs: list[tuple[Case, DeliveryCondition]]) -> list[str]:
    kinds: defaultdict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case, condition in pairs:
        kinds[case.reason, condition.name, defence(case, condition)].append(case)
    if not kinds:
        return []
    is_defended = any(why for *_, why in kinds)
    lines = ["", "| replies | their reason | our condition | for example |" + " why it is defensible |" * is_defended]
    lines.append("|---" * (4 + is_defended) + "|")
    for (reason, name, why), cases in sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0])):
        line = f"| {len(cases)} | {reason} | {name} | {cases[0]} |"
        lines.append(line + f" {why} |" * is_defended)
    return lines


def comparison(cases: list[Case]) -> list[str]:
    """Return a table of the three rules side by side, judged by their answers."""
    columns = {name: figures(cases, rule) for name, rule in RULES.items()}
    lines = [f"| | {' | '.join(columns)} |", "|---" * (1 + len(columns)) + "|"]

    def row(title: str, cell: Callable[[Figures], str]) -> None:
        lines.append(f"| {title} | {' | '.join(cell(column) for column in columns.values())} |")

    def blamed_cell(column: Figures) -> str:
        return "-" if column.against_the_recipient is None else str(column.against_the_recipient)

    def verdict_cell(verdict: str) -> Callable[[Figures], str]:
        return lambda column: f"{column.verdicts[verdict]} ({percent(column.verdicts[verdict], len(cases))} %)"

    for verdict in VERDICTS:
        row(f"answers: {verdict}", verdict_cell(verdict))
    row("NOT_FOUND answered", lambda column: str(column.not_found))
    row("NOT_FOUND, precision", lambda column: ratio(column.not_found_gone, column.not_found))
    row("NOT_FOUND, recall", lambda column: ratio(column.not_found_gone, column.gone))
    row("good addresses dropped by NOT_FOUND", lambda column: str(column.dropped))
    row("… by “counts against the recipient”", blamed_cell)
    row("lost: it would pass later, and is not tried again", lambda column: str(column.lost))
    row("endless: it will not pass, and is tried again", lambda column: str(column.endless))
    return lines


def stricter_readings(cases: list[Case]) -> str:
    """Return the share of wrong conditions under stricter readings than ours."""
    judged = list(by_condition(cases))
    parties = {reason: {DeliveryCondition[name].counts_against for name in names} for reason, names in AGREES.items()}
    is_wrong = sum(verdict == "wrong" for *_, verdict in judged)
    dropped = sum(
        verdict == "defensible" and condition.name == "RECIPIENT_UNKNOWN" and case.reply_class == 5
        for case, condition, verdict in judged
    )
    blamed = sum(
        verdict == "defensible"
        and case.reply_class == 5
        and condition.counts_against not in parties[case.reason] | {DeliveryParty.NOT_DEFINED}
        for case, condition, verdict in judged
    )
    return (
        f"Stricter readings: if the {dropped} defensible ones that drop an address are mistakes, {is_wrong + dropped} "
        f"are wrong ({percent(is_wrong + dropped, len(cases))} %).\n{blamed} of the defensible 5yz count against "
        f"another party than the verdict does; if those are mistakes instead, {is_wrong + blamed} are wrong "
        f"({percent(is_wrong + blamed, len(cases))} %)."
    )


def precision_with_detail(cases: list[Case]) -> str:
    """Return the precision of NOT_FOUND if the server's own detail has to confirm it."""
    confirmed = [case for case in cases if case.enhanced_code.startswith("5.1.") and this_decision(case).is_not_found]
    precision = ratio(sum(case.reason in GONE for case in confirmed), len(confirmed))
    return f"If a detail X.1.Z is required as well, NOT_FOUND of this decision has a precision of {precision}."


def own_cases() -> list[Case]:
    return [
        Case(reply.code, reply.enhanced_code, reply.stage, reply.reason, is_hard=reply.reason in GONE)
        for reply in OWN_REPLIES
    ]


def own_part() -> str:
    """Return the figures of our own list."""
    servers = len({reply.server for reply in OWN_REPLIES})
    title = f"### {len(OWN_REPLIES)} replies of our own, of {servers} kinds of servers"
    return "\n".join([title, "", *verdict_lines(own_cases()), "", *comparison(own_cases())])


def measured_part(cases: list[Case]) -> str:
    """Return everything that is measured: the text between the first marks."""
    with_detail = sum(bool(case.enhanced_code) for case in cases)
    with_stage = sum(case.stage != "NOT_DEFINED" for case in cases)
    lines = [
        f"### {len(cases)} replies of Sisimai's bounces",
        "",
        f"sisimai/p5-sisimai, commit {COMMIT[:7]}: {len(cases)} recipients have a reply code. "
        f"Of those replies {with_detail} have an enhanced status code, and of {with_stage} the stage is known.",
        "",
        *verdict_lines(cases),
        "",
        stricter_readings(cases),
        "",
        *comparison(cases),
        "",
        precision_with_detail(cases),
        "",
        own_part(),
    ]
    return "\n".join(lines)


def tables() -> str:
    """Return the tables of every code, detail and condition: the text between the second marks."""
    return "\n".join(["", *code_table(), "", *detail_table(), "", *condition_table(), ""])


def code_table() -> list[str]:
    lines = ["### Every code", "", "| code | | stage not known | at a stage, where that differs |", "|---|---|---|---|"]
    codes: list[SmtpStatusCode | UnlistedStatusCode] = [*SmtpStatusCode, *(code for code in UnlistedStatusCode if code)]
    for code in sorted(codes):
        conditions = {stage: decide(code, "", stage) for stage in SmtpStage}
        stages: defaultdict[str, list[str]] = defaultdict(list)
        for stage, condition in conditions.items():
            if condition != conditions[SmtpStage.NOT_DEFINED]:
                stages[condition.name].append(stage.name)
        differing = "; ".join(f"{', '.join(names)}: {condition}" for condition, names in stages.items())
        lines.append(f"| {int(code)} | {code.summary} | {conditions[SmtpStage.NOT_DEFINED].name} | {differing} |")
    return lines


def detail_table() -> list[str]:
    lines = ["### Every enhanced status code, without a code and a stage", "", "| | | 4 | 5 |", "|---|---|---|---|"]
    for detail in EnhancedStatusCode:
        suffix = f"{detail.subject}.{detail.detail}"
        conditions = " | ".join(decide(0, f"{digit}.{suffix}").name for digit in (4, 5))
        lines.append(f"| X.{suffix} | {detail.summary} | {conditions} |")
    return lines


def condition_table() -> list[str]:
    lines = [
        "### Every condition",
        "",
        "| condition | | counts against | answer | answer with a retry | retry | why |",
        "|---|---|---|---|---|---|---|",
    ]
    for condition in DeliveryCondition:
        about = condition.about
        again = RpcCode(about.retry_rpc_code).name if condition.retry.name != "NEVER" else "-"
        answer = RpcCode(about.rpc_code).name if condition.retry.name != "ALWAYS" else "-"
        against = condition.counts_against.name
        lines.append(
            f"| {condition.name} | {condition.summary} | {against} | {answer} | {again} | {condition.retry.name} "
            f"| {condition.reason} |"
        )
    return lines


def replace_part(marks: tuple[str, str], text: str) -> None:
    """Put the text between two marks of the page."""
    begin, end = marks
    before, has_begin, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, has_end, after = rest.partition(end)
    if not has_begin or not has_end:
        raise SystemExit(f"{PAGE} lacks the marks {begin.strip()} and {end.strip()}")
    partial = PAGE.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(f"{before}{begin}\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
    partial.replace(PAGE)


def part_of_page(marks: tuple[str, str]) -> str:
    """Return the text between two marks of the page."""
    return PAGE.read_text(encoding="utf-8").partition(marks[0])[2].partition(marks[1])[0].strip()


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({part} of {whole})" if whole else "-"


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
