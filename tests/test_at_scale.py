"""docs/at-scale.md: its queries decide as `smtpstatus.meaning` does, in DuckDB and in Polars."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest
from conftest import ROOT, CommandLine
from reply_corpus import FORMS, decided, replies

from smtpstatus import EnhancedStatusCode, SmtpStage, tables
from smtpstatus.meaning import decide
from smtpstatus.replies import REPLY_PATTERN

sys.path.append(str(ROOT / "scripts"))

from at_scale import page_block  # the path comes first

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.any_python

TEXT = (ROOT / "docs" / "at-scale.md").read_text(encoding="utf-8")
COLUMNS = ("reply", "stage", "code", "enhanced_code", "condition", "retry", "rpc_code")
REPLIES = replies(50_000)


@pytest.fixture
def folder(tmp_path: Path, smtpstatus: CommandLine) -> Path:
    """Return a folder with the tables, as the page makes them, and with the replies."""
    smtpstatus.folder = tmp_path
    for command, name in re.findall(r"^\$ smtpstatus (list .*) > (.*)$", TEXT, re.MULTILINE):
        (tmp_path / name).write_text(smtpstatus(*command.split()).stdout, encoding="utf-8")
    table = {"reply": [reply.text for reply in REPLIES], "stage": [reply.stage for reply in REPLIES]}
    pl.DataFrame(table).write_parquet(tmp_path / "replies.parquet")
    return tmp_path


def written(folder: Path) -> list[tuple[Any, ...]]:
    return sorted(pl.read_parquet(folder / "meanings.parquet").select(COLUMNS).rows(), key=str)


def test_duckdb_decides_as_python_does(folder: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"SET file_search_path = '{folder}'")
        connection.execute(f"SET VARIABLE reply_pattern = '{REPLY_PATTERN}'")
        connection.execute(page_block("DuckDB").replace("'meanings.parquet'", f"'{folder}/meanings.parquet'"))
    assert written(folder) == sorted(decided(REPLIES), key=str)


def test_polars_decides_as_python_does(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", page_block("Polars")], cwd=folder, check=True)
    assert written(folder) == sorted(decided(REPLIES), key=str)


def test_the_page_shows_the_expression() -> None:
    assert f"```text\n{REPLY_PATTERN}\n```" in TEXT


def test_the_replies_have_every_form_and_stage() -> None:
    assert len(FORMS) == 8
    assert {reply.stage for reply in REPLIES} == {stage.name for stage in SmtpStage}
    assert len({reply.text for reply in REPLIES}) > 15_000


@pytest.mark.parametrize(
    ("text", "code", "enhanced_code"),
    [
        ("550 5.1.1 x", "550", "5.1.1"),
        ("550-5.1.1", "550", "5.1.1"),
        ("550 #5.1.1: x", "550", "5.1.1"),
        ("550  5.1.1. x", "550", "5.1.1"),
        ("550 5.1.1.", "550", "5.1.1"),
        ("550 5.1.1\\n550 x", "550", "5.1.1"),
        (" \tsmtp; \r\n 550 5.1.1\r\n", "550", "5.1.1"),
        ("550 4.1.1 x", "550", "4.1.1"),
        ("550 5.1.1.7 x", "550", None),
        ("550 5.1.1x", "550", None),
        ("550 5.1234.1", "550", None),
        ("550 5.1.1234", "550", None),
        ("550 x 5.1.1", "550", None),
        ("550", "550", None),
        ("550\n", "550", None),
        ("550\\n", "550", None),
        ("550 ", "550", None),
        ("5501", None, None),
        ("550x", None, None),
        ("650 x", None, None),
        ("x 550 x", None, None),
        ("x-unix; 550 x", None, None),
        ("x\n550 x", None, None),
        ("", None, None),
    ],
)
def test_the_expression_means_the_same_in_every_engine(text: str, code: str | None, enhanced_code: str | None) -> None:
    match = re.search(REPLY_PATTERN, text)
    assert (match.groups() if match else (None, None)) == (code, enhanced_code)
    (groups,) = pl.Series([text]).str.extract_groups(REPLY_PATTERN).struct.unnest().rows()
    assert groups == (code, enhanced_code)
    found = duckdb.execute("SELECT regexp_extract($1, $2, ['a', 'b'])", [text, REPLY_PATTERN]).fetchall()
    assert found == [({"a": code or "", "b": enhanced_code or ""},)]


def test_the_rules_are_those_of_every_code_at_every_stage() -> None:
    rules = {(row["as_code"], row["enhanced_code"], row["stage"]): row for row in tables.rules()}
    subjects = {code.subject for code in EnhancedStatusCode} | {9, 16, 999}
    details = {code.detail for code in EnhancedStatusCode} | {98, 999}
    count = 0
    for code in tables.codes():
        number, as_code = int(str(code["code"])), code["as_code"]
        for enhanced_code in [
            "",
            *(f"{number // 100}.{subject}.{detail}" for subject in subjects for detail in details),
        ]:
            if enhanced_code and str(as_code).endswith("yz") and number % 50 != 49:
                continue  # of many codes without a meaning of their own, two are enough
            for stage in SmtpStage:
                count += 1
                keys = (enhanced_code, re.sub("[0-9]+$", "*", enhanced_code), "*")
                row = next(row for key in keys if (row := rules.get((as_code, key, stage.name))))
                condition = decide(number, enhanced_code, stage)
                retry, answer = condition.answer(number // 100)
                assert (row["condition"], row["retry"], row["rpc_code"]) == (condition.name, retry, answer.name), row
    assert count > 200_000


def test_the_shell_prints_what_is_shown(environment: dict[str, str]) -> None:
    ((command, output),) = re.findall(r"^\$ (printf .*)\n((?:\{.*\n)+)", TEXT, re.MULTILINE)
    command = command.replace("smtpstatus show", f"{sys.executable} -m smtpstatus_dotnet show")
    assert subprocess.check_output(["/bin/sh", "-c", command], env=environment, text=True) == output
