#!/usr/bin/env python3
"""Write docs/reference.html, the status reference: `python scripts/reference.py [--check]`.

The page has a card for each code, enhanced code and condition. The facts are those of `smtpstatus show`, and what the
clients report comes from docs/agreement.md. With `--check` it writes nothing, and exits with 1 if the page is out of
date. It runs in the environment `test`.
"""

from __future__ import annotations

import argparse
import re
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "interop")]

import agreement  # noqa: E402  # the path comes first

from smtpstatus import DeliveryCondition, EnhancedStatusCode, SmtpStage, SmtpStatusCode  # noqa: E402
from smtpstatus.meaning import decide  # noqa: E402
from smtpstatus.reply_class import SmtpReplyClass  # noqa: E402
from smtpstatus.unlisted_status_code import UnlistedStatusCode  # noqa: E402
from smtpstatus.v1 import DeliveryStatus, SmtpReply  # noqa: E402
from smtpstatus_dotnet import html_page  # noqa: E402
from smtpstatus_dotnet.html_page import table, text  # noqa: E402
from smtpstatus_dotnet.status_card import Card, card_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Fact = tuple[str, str]

PAGE = ROOT / "docs" / "reference.html"
UNLISTED = {code.value: code for code in UnlistedStatusCode if code}
INTRODUCTION = """\
<!-- Written by python scripts/reference.py. Do not edit. -->
<header>
<h1>SMTP status reference</h1>
<p>Every reply code, enhanced status code and delivery condition of smtpstatus: what it means, what a service does with
it, and what real clients make of it. <code>smtpstatus show --open 550 5.7.1</code> opens this page.</p>
<nav aria-label="Sections"><a href="#codes">Codes</a> · <a href="#enhanced-codes">Enhanced status codes</a> ·
<a href="#conditions">Conditions</a> · <a href="#clients">Clients</a></nav>
</header>
<main id="main">
<p id="search-help" class="quiet" hidden>Search for a code, a name, words in English or Chinese, or a whole reply,
such as 550 5.7.1 Relaying denied. <kbd>/</kbd> goes to the field, <kbd>Escape</kbd> empties it.</p>
<form role="search" hidden>
<label for="search">Search</label>
<input id="search" type="search" maxlength="500" autocomplete="off" spellcheck="false" aria-describedby="search-help">
<p id="found" role="status"></p>
</form>
"""
CODES_NOTE = """\
<p class="note">The codes of <code>SmtpStatusCode</code>, then those that only RFCs define, then what holds for all
others. -1 and 0 are of clients: no server sends them. A table says what a client reports if the server answers a
command with this code; <em>success</em> is where the stage expects it. <a href="#clients">The reasons</a> are at the
end of the page.</p>
"""
ENHANCED_NOTE = """\
<p class="note">IANA's registry. The first digit is that of the reply code: 5.y.z is permanent, 4.y.z transient. 2.y.z
is a success, and its details decide nothing. These are the answers if the reply's code and stage are not known.</p>
"""
CONDITIONS_NOTE = """\
<p class="note">What was wrong with a delivery. A code, an enhanced status code and the stage lead to one of them, and
whether to retry and what to answer follow from it and from the first digit of the reply.</p>
"""
CLIENTS_NOTE = """\
<p class="note">Measured with real clients. What is not in this table comes out as the reply as it is. <em>AUTH end</em>
is the answer to the password, and <em>EHLO, HELO</em> is where both have the same answer.</p>
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/reference.html, the status reference.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    check = parser.parse_args().check
    page = render()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    print(f"{PAGE.name} is out of date: run python scripts/reference.py" if check else f"wrote {PAGE.name}")
    if not check:
        PAGE.write_text(page, encoding="utf-8", newline="\n")
    return int(check)


def render() -> str:
    """Return the page."""
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    rows = [list(map(text, row)) for row in agreement.rows("One recipient")]
    clients = table("What comes out otherwise", ["Client", "Stage", "Replies", "Comes out as", "Because"], rows)
    sections = [
        section("codes", "Codes", CODES_NOTE, code_cards()),
        section("enhanced-codes", "Enhanced status codes", ENHANCED_NOTE, map(enhanced_card, EnhancedStatusCode)),
        section("conditions", "Conditions", CONDITIONS_NOTE, map(condition_card, DeliveryCondition)),
        section("clients", "Clients", CLIENTS_NOTE, [clients]),
    ]
    return html_page.render("SMTP status reference", "".join([INTRODUCTION, *sections, "</main>\n"]), script)


def section(name: str, title: str, note: str, content: Iterable[str]) -> str:
    return f'<section id="{name}">\n<h2>{title}</h2>\n{note}{"".join(content)}</section>\n'


def article(name: str, codes: str, card: Card, content: str, *, anchors: Iterable[str] = ()) -> str:
    """Return a card. `name` and `anchors` are what links may point to, and `codes` find it."""
    english, chinese = card.summaries
    spans = "".join(f'<span id="{anchor}"></span>' for anchor in anchors)
    return (
        f'<article id="{name}" data-codes="{codes}">\n<h3>{spans}{text(card.head)}</h3>\n'
        f'<p>{text(english)}</p>\n<p lang="zh-Hans">{text(chinese)}</p>\n{content}</article>\n'
    )


def facts_list(facts: Iterable[Fact]) -> str:
    lines: list[str] = []
    for label, same in groupby(facts, key=lambda fact: fact[0]):
        lines.append(f"<dt>{text(label)}</dt>{''.join(map(description, (words for _, words in same)))}\n")
    return f"<dl>\n{''.join(lines)}</dl>\n"


def description(words: str) -> str:
    language = ' lang="zh-Hans"' if re.search("[\u3400-\u9fff]", words) else ""
    return f"<dd{language}>{text(words)}</dd>"


# codes


def code_cards() -> Iterator[str]:
    for code in SmtpStatusCode:
        card = card_of(DeliveryStatus(reply=SmtpReply(code=code)))
        yield code_card(str(code.value), card, card.facts, client_table([code.value]))
    for number, unlisted in UNLISTED.items():
        card = card_of(DeliveryStatus(reply=SmtpReply(code=number)))
        facts = [*card.facts, ("UnlistedStatusCode", unlisted.name)]
        yield code_card(str(number), card, facts, client_table([number]))
    for reply_class in SmtpReplyClass:
        if reply_class:
            yield class_card(reply_class)


def class_card(reply_class: SmtpReplyClass) -> str:
    """Return the card of all codes that have none of their own, such as 571."""
    name = f"{reply_class}yz"
    number = 100 * reply_class + 99
    others = [
        code for code in agreement.CODES if code // 100 == reply_class and code not in {*SmtpStatusCode, *UNLISTED}
    ]
    card = card_of(DeliveryStatus(reply=SmtpReply(code=number)))
    facts = [(label, words) for label, words in card.facts if words not in (str(number), "no name")]
    card = Card(f"{name} {reply_class.name}", card.summaries, card.facts)
    return code_card(name, card, facts, client_table(others))


def code_card(name: str, card: Card, facts: Iterable[Fact], clients: str) -> str:
    return article(name, name, card, f'<div class="columns">\n{facts_list(facts)}{clients}</div>\n')


def client_table(codes: list[int]) -> str:
    """Return what the clients report of these codes, which is the same of each of them. Equal stages share a row."""
    if not codes or codes[0] < 1:
        return ""
    if codes[0] not in agreement.CODES:
        return '<p class="quiet">Clients were not tried with this code.</p>\n'
    stages_by_outcomes: dict[tuple[str, ...], list[str]] = {}
    for stage in agreement.STAGES:
        (outcomes,) = {tuple(outcome(client, stage, code) for client in agreement.CLIENTS) for code in codes}
        stages_by_outcomes.setdefault(outcomes, []).append(stage.replace(", ", "\xa0+\xa0"))
    heads = "".join(f'<th scope="col">{client.replace(".", ".<wbr>")}</th>' for client in agreement.CLIENTS)
    what = " and ".join(map(str, codes))
    caption = f"What clients report of {what}. -1: a failure without a code; sent: no failure at all"
    lines = ['<table class="clients">', f"<caption>{caption}</caption>"]
    lines.append(f'<thead><tr><th scope="col">in answer to</th>{heads}</tr></thead>\n<tbody>')
    as_it_is = str(codes[0]) if len(codes) == 1 else "the code"
    for outcomes, stages in stages_by_outcomes.items():
        cells = "".join(f"<td>{words.replace('reply', as_it_is)}</td>" for words in outcomes)
        lines.append(f'<tr><th scope="row">{", ".join(stages)}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody>", "</table>", ""])


def outcome(client: str, stage: str, code: int) -> str:
    """Return what a client reports if a code answers a stage: `reply` is the reply as it is."""
    _, successes, _ = agreement.STAGES[stage]
    if code in successes:
        return "success"
    documented = agreement.documented_outcomes(client, stage).get(code, ["reply"])
    words = " or ".join(documented)
    return words if words == "reply" else f'<span class="changed">{words}</span>'


# enhanced codes


def enhanced_card(code: EnhancedStatusCode) -> str:
    """Return the card of a subject and a detail: first what holds for 5.y.z and 4.y.z, then what does for each."""
    rest = f"{code.subject}.{code.detail}"
    cards = {f"{first}.{rest}": card_of(DeliveryStatus(status=f"{first}.{rest}")) for first in (5, 4)}
    permanent, transient = cards.values()
    shared = [fact for fact in permanent.facts if fact in transient.facts]
    parts: list[str] = []
    for name, card in cards.items():
        own = facts_list(fact for fact in card.facts if fact not in shared)
        parts.append(f"<div>\n<h4>{name}</h4>\n{own}</div>\n")
    codes = " ".join(f"{first}.{rest}" for first in ("x", 5, 4, 2))
    card = Card(f"X.{rest} {code.name}", permanent.summaries, ())
    content = f'{facts_list(shared)}<div class="columns">\n{"".join(parts)}</div>\n'
    return article(f"X.{rest}", codes, card, content, anchors=cards)


# conditions


def condition_card(condition: DeliveryCondition) -> str:
    card = Card(condition.name, (condition.summary, condition.summary_zh), ())
    return article(condition.name, "", card, facts_list(condition_facts(condition)))


def condition_facts(condition: DeliveryCondition) -> Iterator[Fact]:
    yield "counts against", condition.counts_against.name.lower().replace("not_defined", "not known")
    answers: dict[str, list[str]] = {}
    for reply_class, words in ((4, "after 4yz"), (5, "after 5yz"), (0, "without a reply")):
        is_retried, rpc_code = condition.answer(reply_class)
        retry = "retry" if is_retried else "no retry"
        answers.setdefault(f"{retry}, gRPC {rpc_code.name}", []).append(words)
    if len(answers) == 1:
        yield "answer", "".join(answers)
    else:
        for answer, classes in answers.items():
            yield ", ".join(classes), answer
    yield "reason", condition.reason
    numbers = [code.value for code in SmtpStatusCode] + [*UNLISTED]
    stages = [*SmtpStage]
    codes = [str(number) for number in numbers if any(decide(number, "", each) == condition for each in stages)]
    if codes:
        yield "codes", f"{', '.join(codes)}: at one stage or another"
    details = [
        f"X.{code.subject}.{code.detail}"
        for code in EnhancedStatusCode
        if any(decide(0, f"{first}.{code.subject}.{code.detail}") == condition for first in (4, 5))
    ]
    if details:
        yield "enhanced codes", ", ".join(details)
    yield ".NET", condition.dotnet_name
    yield "protobuf", condition.proto_name


if __name__ == "__main__":
    sys.exit(main())
