"""Pages in HTML, opened in Chromium as people see them, and read by axe-core and the Tab key."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from page_checks import Reader, assert_good, look
from test_reports import hostile

from smtpstatus_dotnet import check, diff, html_page
from smtpstatus_dotnet.parity import ParityReport
from smtpstatus_dotnet.reports import explanation, html

pytestmark = pytest.mark.any_python


@pytest.fixture
def report(assemblies: Path) -> ParityReport:
    names = ("agrees", "number", "extra", "missing", "name", "underlying", "shapes")
    return check(*(str(assemblies / f"{name}.dll") for name in names))


def test_a_report_as_people_see_it(report: ParityReport, browser: tuple[str, Path], tmp_path: Path) -> None:
    for name, each in (("report", report), ("hostile", hostile())):
        page = tmp_path / f"{name}.html"
        page.write_text(html.render(each), encoding="utf-8")
        assert_good(look(browser, page))


def test_the_oracle_finds_faults(browser: tuple[str, Path], tmp_path: Path) -> None:
    """A page without any of what the others have."""
    page = tmp_path / "page.html"
    wide = '<p style="width: 2000px; color: #ddd">wide</p><input style="outline: none"><img src="absent.png">'
    page.write_text(f"<!DOCTYPE html><title>x</title>{wide}", encoding="utf-8")
    seen = look(browser, page)["phone, light"]
    assert {"color-contrast", "html-has-lang", "label", "image-alt"} <= {fault[0] for fault in seen["faults"]}
    assert len(seen["requests"]) == 1
    assert seen["overflow"] > 1000
    assert len(seen["unseen"]) == 1


def test_a_report_has_the_words_of_the_others(report: ParityReport) -> None:
    page = html.render(report)
    words = " ".join("".join(Reader(page).texts).split())
    for result in report.results:
        assert explanation.summary(result) in words
        for difference in result.differences:
            assert explanation.sentence_of(result, difference) in words
        assert explanation.how_to_accept(result) in words
    assert words.startswith("smtpstatus: 1 could not be checked, 5 differ, 1 agree")
    assert "report it: SMTP_STATUS_CODE_PARAMETERS_NOT_RECOGNIZED = 555;" in words
    # What needs a person is first.
    assert words.index("shapes.dll") < words.index("number.dll") < words.index("agrees.dll")


def test_targets_by_members(report: ParityReport) -> None:
    matrix = html.render(report).partition('<h2 id="members">')[2]
    rows = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", matrix)]
    cells = [[re.sub("<.*?>", "", cell) for cell in row] for row in rows]
    assert len(cells) == 1 + 32 + 1
    assert [cell.partition(" ")[0].rpartition("/")[2] for cell in cells[0]] == [
        "Member", "Number", "number.dll", "extra.dll", "missing.dll", "name.dll", "underlying.dll", "agrees.dll",
    ]  # fmt: skip
    by_name = {name: (number, *others) for name, number, *others in cells}
    assert by_name["MailboxBusy"] == ("450", "459", *["agrees"] * 5)
    assert by_name["ParametersNotRecognized"] == ("", "", "only there: 555", "", "", "", "")
    assert by_name["TransactionFailed"] == ("554", "agrees", "agrees", "missing", *["agrees"] * 3)
    assert by_name["MailboxUnavailable"][4] == "MailboxNotFound"
    assert by_name["Ok"] == ("250", *["agrees"] * 6)
    assert [row[0] for row in cells[5:7]] == ["NotDefined", "GeneralFailure"]  # those that agree everywhere are last


def test_accepted_differences_are_told(assemblies: Path, tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    name = "Aspose.Email.Clients.Smtp.SmtpStatusCode"
    entry = 'kind = "extra"\nother_name = "ParametersNotRecognized"\nother_number = 555\nreason = "new"\n'
    profile.write_text(f'["{name}"]\nreason = "."\n[["{name}".differences]]\n{entry}', encoding="utf-8")
    page = html.render(check(str(assemblies / "extra.dll"), profile=str(profile)))
    assert "smtpstatus: 1 agree" in page
    assert "only there: 555 (accepted)" in page
    assert "What differs" not in page


def test_a_diff_as_a_page(assemblies: Path) -> None:
    first, second = str(assemblies / "number.dll"), str(assemblies / "name.dll")
    report = diff(first, second, is_all=True)
    words = " ".join("".join(Reader(html.render(report)).texts).split())
    assert "MailboxBusy is 459 in the first enum and 450 in the second" in words
    assert "What to do number: One name means two numbers" in words
    assert "Targets by members" not in words


def test_hostile_names_are_text() -> None:
    page = html.render(hostile())
    reader = Reader(page)
    assert not re.search("<(script|img|y)", page)
    assert all(character.isprintable() or character == "\n" for character in page)
    assert r"A\x01<&\"'>]]>%:,".replace('\\"', '"') in "".join(reader.texts)


def test_a_page_runs_nothing_and_asks_for_nothing() -> None:
    page = html_page.render("A & <b>", "<main></main>\n")
    assert "<title>A &amp; &lt;b&gt;</title>" in page
    assert """content="default-src 'none'; style-src 'unsafe-inline'">""" in page
    assert "script" not in page
    assert "url(" not in page


def test_a_page_runs_its_own_script_only() -> None:
    """The hash of the policy is that of the script as it stands. test_reference.py sees Chromium run one."""
    page = html_page.render("x", "<main></main>\n", 'f("\u90ae");\n')
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    hash_of_it = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash_of_it}'"
    assert f'content="{policy}"' in page
