"""What `smtpstatus list` prints."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from vocabulary import MEMBERS

from smtpstatus import SmtpStatusCode, tables


def test_list(smtpstatus: CommandLine) -> None:
    lines = smtpstatus("list").stdout.splitlines()
    assert len(lines) == 32
    for line, code in zip(lines, SmtpStatusCode, strict=True):
        number, name, dotnet_name, summary = line.split(maxsplit=3)
        assert (int(number), name, dotnet_name, summary) == (code, code.name, code.dotnet_name, code.summary)
    rows = json.loads(smtpstatus("list", "--format", "json").stdout)
    assert list(csv.DictReader(io.StringIO(smtpstatus("list", "--format", "csv").stdout))) == [
        {key: str(value) for key, value in row.items()} for row in rows
    ]
    assert [row["summary_zh"] for row in rows] == [code.summary_zh for code in SmtpStatusCode]
    heading, rule, *table = smtpstatus("list", "--format", "markdown").stdout.splitlines()
    assert heading == f"| {' | '.join(rows[0])} |"
    assert re.fullmatch(r"\|( --- \|)+", rule)
    assert len(table) == 32
    assert {line.count("|") for line in table} == {heading.count("|")}


def test_list_a_target(smtpstatus: CommandLine, assemblies: Path) -> None:
    rows = json.loads(smtpstatus("list", assemblies / "number.dll", "--format", "json").stdout)
    assert {row["name"]: row["number"] for row in rows} == MEMBERS | {"MailboxBusy": 459}
    result = smtpstatus("list", assemblies / "shapes.dll")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"smtpstatus: {assemblies / 'shapes.dll'} (Shapes 1.2.3.0) has no enum")


@pytest.mark.parametrize("name", ["codes", "conditions", "enhanced-codes", "rules"])
def test_a_table_for_databases(smtpstatus: CommandLine, name: str) -> None:
    rows: list[dict[str, Any]] = getattr(tables, name.replace("-", "_"))()
    assert json.loads(smtpstatus("list", "--table", name, "--format", "json").stdout) == rows
    printed = csv.DictReader(smtpstatus("list", "--table", name, "--format", "csv").stdout.splitlines())
    spelled = {None: "", True: "true", False: "false"}
    assert [*printed] == [{column: spelled.get(value, str(value)) for column, value in row.items()} for row in rows]
    for format_ in ("text", "markdown"):
        assert len(smtpstatus("list", "--table", name, "--format", format_).stdout.splitlines()) >= len(rows)


def test_a_table_for_databases_has_no_target(smtpstatus: CommandLine) -> None:
    result = smtpstatus("list", "x.dll", "--table", "codes")
    assert (result.returncode, result.stdout) == (2, "")
    assert "name no TARGET" in result.stderr


def test_every_code_has_a_row() -> None:
    rows = {row["code"]: row for row in tables.codes()}
    assert [*rows] == [*range(100, 1000)]
    assert (rows[550]["as_code"], rows[521]["as_code"], rows[571]["as_code"]) == (
        "550 MAILBOX_UNAVAILABLE",
        "521 NO_MAIL_SERVICE",
        "5yz",
    )
    assert {row["as_code"] for row in rows.values()} == {row["as_code"] for row in tables.rules()}
