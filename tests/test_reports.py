"""The reports for other programs, each checked with a reader or a schema of that program."""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import junitparser
import pytest
import xmlschema
from conftest import WHEELS
from image import Enum, Image
from markdown_it import MarkdownIt

from smtpstatus_dotnet import check, limits
from smtpstatus_dotnet.parity import Comparison, EnumReadError, Origin, ParityReport
from smtpstatus_dotnet.reports import explanation, github, junit, markdown, text


@pytest.fixture
def report(assemblies: Path) -> ParityReport:
    return check(*(str(assemblies / f"{name}.dll") for name in ("agrees", "number", "extra", "shapes", "underlying")))


@pytest.fixture(scope="session")
def jenkins_schema() -> xmlschema.XMLSchema:
    """Jenkins's own schema for JUnit XML, junit-10.xsd; pytest keeps a copy in its sdist, for the same purpose."""
    sdist = WHEELS / f"pytest-{pytest.__version__}.tar.gz"
    if not sdist.exists():
        pytest.skip(f"{sdist} is not there: run scripts/downloads.py")
    with tarfile.open(sdist) as archive:
        (name,) = (name for name in archive.getnames() if name.endswith("/junit-10.xsd"))
        schema = archive.extractfile(name)
        assert schema
        return xmlschema.XMLSchema(schema.read().decode())


def hostile() -> ParityReport:
    """Return a report with names that an assembly may have and that a careless report would write unescaped."""
    members = {f"A{character}<&\"'>]]>%:,\r\n::error::B": n for n, character in enumerate("\x01\x1b\ufffe😀")}
    data = Image([Enum("SmtpStatusCode", members, "N")]).build()
    path = Path(__file__).with_name("absent.dll")
    from smtpstatus_dotnet import shared_enum
    from smtpstatus_dotnet.metadata import read_enum
    from smtpstatus_dotnet.parity import compare

    definition = read_enum(data, "N.SmtpStatusCode", origin=Origin("x\x02<y>.dll", via="metadata"))
    shared = shared_enum()
    results = (
        Comparison("x\x02<y>.dll", definition.origin, definition, compare(shared, definition)),
        Comparison("z", Origin("z"), error=EnumReadError(f"{path}\x03\n::error::injected")),
    )
    return ParityReport(shared, results)


def test_junit_is_valid_for_jenkins(report: ParityReport, jenkins_schema: xmlschema.XMLSchema) -> None:
    for each in (report, hostile()):
        jenkins_schema.validate(junit.render(each))


def test_the_schema_of_jenkins_refuses_wrong_xml(report: ParityReport, jenkins_schema: xmlschema.XMLSchema) -> None:
    assert not jenkins_schema.is_valid(
        junit.render(report).replace("<failure", "<failed").replace("</failure", "</failed")
    )


def test_junit_has_the_content_of_the_other_reports(report: ParityReport) -> None:
    document = junitparser.JUnitXml.fromstring(junit.render(report).encode())
    (suite,) = document
    assert (suite.tests, suite.failures, suite.errors) == (5, 3, 1)
    cases = list(suite)
    assert [[type(result).__name__ for result in case.result] for case in cases] == [
        [],
        ["Failure"],
        ["Failure"],
        ["Error"],
        ["Failure"],
    ]
    assert "MailboxBusy is 450 in the shared enum and 459 there" in str(cases[1].result[0].text)
    assert "--write-profile" in str(cases[1].result[0].text)
    assert "number.dll (Number 1.2.3.0), read from its metadata" in str(cases[1].name)


def test_junit_of_hostile_names_is_xml() -> None:
    assert "injected" in "".join(ET.fromstring(junit.render(hostile()).encode()).itertext())


def commands(output: str) -> list[tuple[dict[str, str], str]]:
    """Read workflow commands as GitHub's runner does: properties and message, unescaped."""

    def unescape(value: str) -> str:
        return re.sub("%(0D|0A|3A|2C|25)", lambda match: chr(int(match[1], 16)), value)

    found: list[tuple[dict[str, str], str]] = []
    token = ""
    for line in map(str.strip, output.splitlines()):
        if token:
            token = "" if line == f"::{token}::" else token
        elif match := re.fullmatch("::stop-commands::(.+)", line):
            token = match[1]
        elif match := re.fullmatch(r"::error ([^:]*)::(.*)", line):
            properties = dict(item.split("=", 1) for item in match[1].split(","))
            found.append(({key: unescape(value) for key, value in properties.items()}, unescape(match[2])))
        else:
            raise AssertionError(line)
    return found


def test_github_annotates_the_line(report: ParityReport, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(root))
    output = github.render(report)
    assert text.render(report) in output
    number, extra, error, underlying = sorted(
        commands(output), key=lambda command: ["number", "extra", "could not", "underlying"].index(
            next(word for word in ("number", "extra", "could not", "underlying") if word in command[0]["title"])
        )
    )  # fmt: skip
    source = (root / number[0]["file"]).read_text(encoding="utf-8").splitlines()
    assert source[int(number[0]["line"]) - 1].strip().startswith("SMTP_STATUS_CODE_MAILBOX_BUSY = 450")
    assert source[int(extra[0]["line"]) - 1] == source[int(underlying[0]["line"]) - 1] == "enum SmtpStatusCode {"
    assert "MailboxBusy is 450 in the shared enum and 459 there" in number[1]
    assert "number.dll (Number 1.2.3.0), read from its metadata" in number[1]
    assert "--write-profile" in number[1]
    assert "file" not in error[0]


def test_github_without_the_source(report: ParityReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert all("file" not in properties for properties, _ in commands(github.render(report)))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path(__file__).parent))
    found = {properties.get("file") for properties, _ in commands(github.render(report))}
    assert found == {None, *(f"assemblies/{name}.dll" for name in ("number", "extra", "underlying"))}


def test_the_summary_of_a_job(report: ParityReport) -> None:
    """Below the table, it says what to do about each result that does not agree."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown.render(report))
    table = next(index for index, token in enumerate(tokens) if token.type == "table_close")
    texts = [token.content for token in tokens[table:] if token.type == "inline"]
    assert tokens[1].content == "smtpstatus: 1 could not be checked, 3 differ, 1 agree"
    heads = [text for text in texts if text.startswith(("differs: ", "error: "))]
    assert len(heads) == 4
    assert "**number**: MailboxBusy is 450 in the shared enum and 459 there" in texts
    assert len([text for text in texts if text.startswith("On purpose? smtpstatus check ")]) == 3
    assert "####" not in markdown.render(ParityReport(report.shared, report.results[:1]))


def test_github_of_hostile_names_gives_no_other_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    report = hostile()
    found = commands(github.render(report))
    assert len(found) == sum(len(result.differences) for result in report.results) + 1


def test_color_is_for_people_only(report: ParityReport) -> None:
    plain, colored = text.render(report), text.render(report, is_colored=True)
    assert "\x1b" not in plain
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == plain
    assert colored.startswith("\x1b[32magrees\x1b[m")


def test_a_report_of_hostile_names_is_plain_text() -> None:
    output = text.render(hostile())
    assert "\x1b" not in output
    assert "\x01" not in output
    assert not re.search("^::", output, re.MULTILINE)
    assert r"A\x01<" in output


def test_blocks_are_apart_and_single_lines_together(assemblies: Path) -> None:
    """A result that agrees has two lines; a longer one has a blank line before it, and the first has none."""
    agrees, number = str(assemblies / "agrees.dll"), str(assemblies / "number.dll")
    blocks = [text.render(check(name)) for name in (agrees, agrees, number, number, agrees)]
    assert text.render(check(number, agrees, agrees, number)) == f"{blocks[2]}{blocks[0]}{blocks[0]}\n{blocks[2]}"


def test_github_escapes_what_ends_a_property_or_a_line() -> None:
    """actions/toolkit, packages/core/src/command.ts: commas and colons in properties only."""
    assert github._command({"title": "a,b:c%d\re\nf"}, "a,b:c%d\nf", "notice") == (
        r"::notice title=a%2Cb%3Ac%25d\re\nf::a,b:c%25d%0Af"
    )
    assert github._escape("%0A,\r\n", ",") == "%250A%2C%0D%0A"


def test_github_with_a_source_that_cannot_be_read(
    report: ParityReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull request may put anything there. Each annotation then has no line or the first one."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    source = tmp_path / "proto" / "smtpstatus" / "v1" / "smtp_status_code.proto"
    source.parent.mkdir(parents=True)
    source.write_bytes(b"\xff\xfe\n" * 10)
    assert {properties.get("line") for properties, _ in commands(github.render(report))} == {"1", None}
    declaration = "\nenum SmtpStatusCode "
    for length, line in ((len(declaration), "2"), (len(declaration) - 1, "1")):
        monkeypatch.setattr(limits, "SOURCE_CHARACTERS", length)
        source.write_text(declaration, encoding="utf-8")
        found = [properties["line"] for properties, _ in commands(github.render(report)) if "line" in properties]
        assert line in found
        assert (length == len(declaration)) == ("2" in found)


def test_a_page_of_any_results(report: ParityReport) -> None:
    """A reader of Markdown sees a table with a row for each result, also of names that could be markup."""
    for each, place in ((report, "place"), (hostile(), "place")):
        tokens = MarkdownIt("commonmark").enable("table").parse(markdown.render(each))
        table = next(index for index, token in enumerate(tokens) if token.type == "table_close")
        head, *cells = [token.content for token in tokens[:table] if token.type == "inline"]
        assert head.startswith("smtpstatus: ")
        columns = [place, "outcome", "enum", "assembly", "framework", "members", "differences"]
        assert cells[:7] == columns
        assert len(cells) == 7 * (1 + len(each.results))
        assert cells[8::7] == [explanation.outcome(result) for result in each.results]
        assert all(cell.isprintable() for cell in cells)


def test_the_page_of_releases(root: Path, schema: jsonschema.Draft202012Validator) -> None:
    """It was made of the same check as the report beside it, and both still have the form that the command prints."""
    document = json.loads((root / "docs" / "releases.json").read_text(encoding="utf-8"))
    schema.validate(document)
    page = (root / "docs" / "releases.md").read_text(encoding="utf-8")
    header, _, *rows = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|"))
    assert header == ["release", "published", "outcome", "enum", "assembly", "framework", "members", "differences"]
    assert [row[:3] for row in rows] == [
        [each["origin"]["release"]["version"], each["origin"]["release"]["date"], each["outcome"]]
        for each in document["results"]
    ]
    assert f"{len(rows)} releases" in page
