"""The status reference, docs/reference.html: complete, found by what one types, and opened by `show --open`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from generated_pages import assert_kept_fresh
from page_checks import Reader, assert_good, in_browser, look
from vocabulary import MEMBERS

from smtpstatus import DeliveryCondition, EnhancedStatusCode, SmtpStatusCode
from smtpstatus.unlisted_status_code import UnlistedStatusCode
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus_dotnet import status_card

pytestmark = pytest.mark.any_python


@pytest.fixture(scope="module")
def page(root: Path) -> Path:
    return root / "docs" / "reference.html"


@pytest.fixture(scope="module")
def cards(page: Path) -> dict[str, str]:
    """The words of each card, by its anchor."""
    parts = re.findall(r'<article id="(.*?)".*?>\n(.*?)</article>', page.read_text(encoding="utf-8"), re.DOTALL)
    return {name: " ".join(" ".join(Reader(part).texts).split()) for name, part in parts}


def test_it_is_fresh(root: Path, tmp_path: Path) -> None:
    for name in ("docs", "scripts", "tests"):
        (tmp_path / name).mkdir()
    for name in ("docs/reference.html", "docs/agreement.md", "scripts/reference.py", "scripts/reference.js"):
        shutil.copy(root / name, tmp_path / name)
    for name in ("tests/interop/agreement.py", "tests/vocabulary.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    script, page = tmp_path / "scripts" / "reference.py", tmp_path / "docs" / "reference.html"
    assert_kept_fresh(script, page, "reference.html", ("550", "551"))


def test_it_is_one_small_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    Reader(text)
    assert len(text.encode()) < 300_000
    assert not re.search("https?:|src=|url\\(|@import|<link", text)
    names = re.findall(r'\bid="(.*?)"', text)
    assert len(names) == len({*names})
    assert {*re.findall(r'href="#(.*?)"', text)} <= {*names}


def test_everything_is_there(cards: dict[str, str]) -> None:
    expected: dict[str, Any] = {str(code.value): code for code in SmtpStatusCode}
    expected |= {str(code.value): code for code in UnlistedStatusCode if code}
    expected |= {f"X.{code.subject}.{code.detail}": code for code in EnhancedStatusCode}
    expected |= {condition.name: condition for condition in DeliveryCondition}
    assert {*cards} == {*expected, "2yz", "3yz", "4yz", "5yz"}
    assert {*map(str, MEMBERS.values())} < {*cards}
    for name, code in expected.items():
        for words in (code.name, code.summary, code.summary_zh):
            assert words in cards[name]
        for source in getattr(code, "sources", ()):
            assert source in cards[name]
    for dotnet_name, number in MEMBERS.items():
        assert f"Aspose.Email {dotnet_name}" in cards[str(number)]


@pytest.mark.parametrize("number", [*MEMBERS.values(), 455, 521])
def test_a_card_has_the_facts_of_show(cards: dict[str, str], number: int) -> None:
    card = status_card.card_of(DeliveryStatus(reply=SmtpReply(code=number)))
    for words in (card.head, *card.summaries, *(word for fact in card.facts for word in fact)):
        assert words in cards[str(number)]


def test_an_enhanced_code_has_the_facts_of_both_classes(cards: dict[str, str]) -> None:
    for code in EnhancedStatusCode:
        for first in (4, 5):
            name = f"{first}.{code.subject}.{code.detail}"
            for _, words in status_card.card_of(DeliveryStatus(status=name)).facts:
                assert words in cards[f"X{name[1:]}"]


def test_what_clients_report(page: Path) -> None:
    """Some cells, by what was seen of the clients, and not by the table that they are made from."""
    tables = re.findall(r'<article id="(\d+)".*?<table class="clients">(.*?)</table>.*?</article>',
                        page.read_text(encoding="utf-8"), re.DOTALL)  # fmt: skip
    found: dict[tuple[str, str], list[str]] = {}
    for code, table in tables:
        for stages, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table):
            for stage in stages.split(", "):
                found[code, stage] = re.findall("<td>(.*?)</td>", re.sub("</?span.*?>", "", cells))
    # smtplib, System.Net.Mail, MailKit, Aspose.Email
    assert found["550", "RCPT"] == ["550"] * 4
    assert found["550", "greeting"] == ["550", "550", "550", "sent"]
    assert found["535", "AUTH end"] == ["535", "sent", "535", "-1"]
    assert found["503", "AUTH"] == ["sent", "sent", "503", "-1"]
    assert found["250", "RCPT"] == ["success"] * 4
    assert found["252", "RCPT"] == ["252", "-1", "sent", "-1"]
    assert found["452", "content"] == ["452", "452", "452", "452 or sent"]
    assert {stage.replace("\xa0+\xa0", "+") for code, stage in found if code == "450"} == {
        "greeting", "EHLO", "EHLO+HELO", "AUTH", "AUTH end", "MAIL", "RCPT", "DATA", "content",
    }  # fmt: skip


def test_it_is_as_good_as_the_reports(page: Path, browser: tuple[str, Path]) -> None:
    assert_good(look(browser, page))


SECTIONS = ["codes", "enhanced-codes", "conditions", "clients"]
SEARCHES = {
    "550 5.7.1": ["550", "X.7.1"],
    "5.7.1": ["X.7.1"],
    "x.7.1": ["X.7.1"],
    "2.1.5": ["X.1.5"],
    "-1": ["-1"],
    "550 5.7.1 <a@example.com>: Relaying denied": ["550", "X.7.1"],
    "550-5.1.1 The account": ["550", "X.1.1"],
    "5.7.515": ["X.7.0"],  # not registered: it has the meaning of its subject
    "5.9.9": ["X.0.0"],
    "577 Blocked": ["5yz"],
    "postfix/smtp[25]: A1: to=<a@b>, dsn=4.2.2, status=deferred (host b said: 452-4.2.2 Full": ["452", "X.2.2"],
    "\uff15\uff15\uff10": ["550"],  # full width
    "SMTP_STATUS_CODE_MAILBOX_BUSY": ["450"],
    "BadCommandSequence": ["503"],  # in other enums than Aspose's
    "EncryptionNeeded": ["523", "X.7.10"],
    "NO_MAIL_SERVICE": ["521"],
    "mailbox flying full": ["552", "X.2.2", "MAILBOX_FULL"],
}


def test_searching(page: Path, browser: tuple[str, Path], cards: dict[str, str]) -> None:
    names = ["MailboxBusy", "mailbox_busy", "\u90ae\u7bb1", "RFC 3463", "55", "550 5.7", "qqqq", "100%"]
    found = in_browser("search.mjs", browser, page, *SEARCHES, *names)
    assert found["errors"] == [], "the policy of the page lets its script run"
    assert found["unscripted"] == {"cards": len(cards), "forms": 0}
    assert (found["skipped"]["cards"], found["skipped"]["query"]) == (["550"], "550")
    assert (found["anchor"]["cards"], found["anchor"]["query"]) == ([*cards], "")
    seen = dict(zip((*SEARCHES, *names), found["searches"], strict=True))
    for query, each in seen.items():
        typed, linked, cleared = each["typed"], each["linked"], each["cleared"]
        assert typed == linked, query
        assert typed["query"] == query
        assert typed["message"].startswith(f"{len(typed['cards'])} of {len(cards)} cards")
        assert typed["notes"] == 0
        assert (cleared["query"], cleared["fragment"], cleared["cards"]) == ("", "", [*cards])
        assert (cleared["sections"], cleared["notes"]) == (SECTIONS, len(SECTIONS))
        assert cleared["message"] == f"{len(cards)} cards"
    shown = {query: each["typed"]["cards"] for query, each in seen.items()}
    assert {query: shown[query] for query in SEARCHES} == SEARCHES
    assert shown["MailboxBusy"] == shown["mailbox_busy"] == ["450"]
    assert shown["\u90ae\u7bb1"] == [name for name, words in cards.items() if "\u90ae\u7bb1" in words]
    assert shown["RFC 3463"] == [name for name, words in cards.items() if "RFC" in words and "3463" in words]
    assert shown["55"] == [name for name in cards if name.startswith("55")]
    assert shown["550 5.7"] == ["550", *(name for name in cards if name.startswith("X.7."))]
    assert shown["qqqq"] == []
    assert seen["550 5.7.1"]["typed"]["sections"] == SECTIONS[:2]
    messages = {query: each["typed"]["message"].partition("; ")[2] for query, each in seen.items()}
    decides = 'in one reply, 5.7.1 mostly decides: smtpstatus show "550 5.7.1"'
    assert messages["\uff15\uff15\uff10"] == messages["5.7.1"] == ""
    assert messages["550 5.7.1"] == decides
    absent = "on none of them: a@example.com Relaying"
    assert messages["550 5.7.1 <a@example.com>: Relaying denied"] == f"{decides}; {absent}"
    assert messages["mailbox flying full"] == "on none of them: flying"
    assert messages["qqqq"] == "on no card (look for the number in the reply, such as 450 or 4.7.1): qqqq"
    assert seen["550 5.7.1"]["typed"]["fragment"] == "#q=550%205.7.1"


@pytest.fixture
def opened(tmp_path: Path, smtpstatus: CommandLine) -> Path:
    """The file in which a browser writes down what it was asked to open."""
    program, file = tmp_path / "browser", tmp_path / "opened"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{file}"\n', encoding="utf-8")
    program.chmod(0o755)
    smtpstatus.environment["BROWSER"] = str(program)
    return file


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["550", "5.7.1"], "#q=550%205.7.1"),
        (["550 5.7.1 No"], "#q=550%205.7.1%20No"),
        (["\u90ae\u7bb1"], "#q=%E9%82%AE%E7%AE%B1"),
        (["a" * 60_000], f"#q={'a' * 500}"),
        ([], ""),
    ],
    ids=["codes", "reply", "words", "long", "top"],
)
def test_show_opens_it(smtpstatus: CommandLine, opened: Path, page: Path, arguments: list[str], fragment: str) -> None:
    for order in ([*arguments, "--open"], ["--open", *arguments]):
        result = smtpstatus("show", *order)
        address = opened.read_text(encoding="utf-8")
        assert (result.returncode, result.stdout, result.stderr) == (0, f"{address}\n", "")
        assert address == f"{page.as_uri()}{fragment}"
        opened.unlink()


def test_show_opens_no_json(smtpstatus: CommandLine, opened: Path) -> None:
    result = smtpstatus("show", "550", "--open", "--format", "json")
    assert (result.returncode, result.stdout, opened.exists()) == (2, "", False)
    assert result.stderr == "smtpstatus: --open shows a page: leave out --format json\n"


def test_show_without_a_browser(smtpstatus: CommandLine, page: Path, tmp_path: Path) -> None:
    """On a server there is none: the message has the address."""
    smtpstatus.environment |= {"PATH": str(tmp_path), "BROWSER": "absent", "DISPLAY": ""}
    result = smtpstatus("show", "550", "--open")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "smtpstatus: no browser could be started: set BROWSER to the command of one, or open\n"
        f"  {page.as_uri()}#q=550\n"
    )


def test_show_without_the_page(smtpstatus: CommandLine, root: Path, tmp_path: Path, opened: Path) -> None:
    shutil.copytree(root / "dotnet_compat" / "smtpstatus_dotnet", tmp_path / "some" / "place" / "smtpstatus_dotnet")
    smtpstatus.environment["PYTHONPATH"] = f"{tmp_path / 'some' / 'place'}:{root / 'python'}"
    result = smtpstatus("show", "550", "--open")
    assert (result.returncode, result.stdout, opened.exists()) == (2, "", False)
    assert result.stderr.startswith("smtpstatus: the status reference, reference.html, is not there")
    assert "550 MAILBOX_UNAVAILABLE" in smtpstatus("show", "550").stdout
