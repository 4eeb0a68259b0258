"""The vendor's reference pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import the_error
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet import check, limits
from smtpstatus_dotnet.parity import EnumReadError


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reference_page(root: Path, language: str) -> None:
    report = check(str(root / "tests" / "pages" / f"{language}.md"))
    (result,) = report.results
    assert report.exit_code == 0
    assert result.definition
    assert result.definition.underlying is None
    assert list(result.definition.members.items()) == list(MEMBERS.items())
    assert result.definition.full_name == FULL_NAME


def test_a_page_that_differs(root: Path, tmp_path: Path) -> None:
    text = (root / "tests" / "pages" / "zh.md").read_text(encoding="utf-8")
    path = tmp_path / "page.md"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("`450`", "`459`").replace("\n", "\r\n").encode())
    (result,) = check(str(path)).results
    assert [(d.kind, d.name, d.other_number) for d in result.differences] == [("number", "MailboxBusy", 459)]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("title: SmtpStatusCode", "title: MailStatus", "is not the page of .*: found 'title: MailStatus' at its head"),
        ("title: SmtpStatusCode", "title: Other.SmtpStatusCode", "found 'title: Other.SmtpStatusCode' at its head"),
        ("title: SmtpStatusCode", "", "found no title"),
        ("| --- | --- | --- |", "", "has no table of members: expected rows like"),
        ("`450`", "450 or so", r"page\.md, line \d+: expected '\| Name \| `number` \| ... \|', found '\| MailboxBusy"),
        ("| MailboxBusy", "| ServiceNotAvailable", "expected another member, found"),
    ],
)
def test_a_page_that_is_not_understood(root: Path, tmp_path: Path, before: str, after: str, message: str) -> None:
    text = (root / "tests" / "pages" / "zh.md").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "page.md"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(EnumReadError, match=message):
        raise EnumReadError(the_error(path))


def test_a_page_with_a_longer_title(root: Path, tmp_path: Path) -> None:
    text = (root / "tests" / "pages" / "zh.md").read_text(encoding="utf-8")
    for title in (FULL_NAME, "Smtp.SmtpStatusCode", "MailKit.Net.Smtp.SmtpStatusCode"):
        (tmp_path / "page.md").write_text(text.replace("title: SmtpStatusCode", f"title: {title}"), encoding="utf-8")
        (result,) = check(str(tmp_path / "page.md")).results
        assert result.definition
        assert result.definition.full_name.endswith(title)


def test_files_that_are_not_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(b"title: SmtpStatusCode\n\xff\xfe")
    assert "expected UTF-8" in the_error(path)
    monkeypatch.setattr(limits, "REFERENCE_PAGE_BYTES", 10)
    assert "expected at most" in the_error(path)


LINES = [
    *("|" + " -" * 50_000, "|-" * 50_000 + "x", "| " + "`" * 50_000, "title:" + " " * 100_000 + "!"),
    *(
        "|-|" + " " * 100_000 + "x",
        "-" + " " * 100_000 + "|x",
        "|" * 100_000,
        "-" * 100_000 + "|x",
        "| -" * 40_000 + "x",
    ),
    *("| " + "a" * 100_000 + "x!|1|", "|a|" + " " * 100_000, "|a| 1" + " " * 100_000, "title:" + "a" * 100_000 + "!"),
    *("<td>" * 25_000, "|-|\n" * 30_000, "|\n" * 50_000, "\n" * 100_000, "\r\n" * 50_000, " " * 100_000, ""),
]


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_page_cannot_hang(tmp_path: Path, line: str) -> None:
    """The time is linear in each line: these would take minutes if it were quadratic."""
    path = tmp_path / "page.md"
    path.write_text(f"title: SmtpStatusCode\n{line}\n" * 8, encoding="utf-8")
    the_error(path)


def test_the_largest_page(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (root / "tests" / "pages" / "en.md").read_bytes()
    path = tmp_path / "page.md"
    path.write_bytes(data)
    monkeypatch.setattr(limits, "REFERENCE_PAGE_BYTES", len(data))
    assert check(str(path)).exit_code == 0
    monkeypatch.setattr(limits, "REFERENCE_PAGE_BYTES", len(data) - 1)
    assert "expected at most" in the_error(path)
