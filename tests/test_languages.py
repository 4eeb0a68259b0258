"""docs/languages.md: its tables are those of docs/languages.json, and what can run here still gives its answers."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from conftest import ROOT

sys.path.extend([str(ROOT / "scripts"), str(ROOT / "tests" / "languages")])

import measure_languages as script  # the path comes first
from generators import (
    CODES,
    COLUMNS,
    GENERATORS,
    NANOPB_OPTIONS,
    PAGE,
    VARIANTS,
    MissingToolError,
    measure,
    measure_columns,
    wire_of,
)

pytestmark = pytest.mark.any_python

RESULTS: dict[str, Any] = json.loads(script.RESULTS.read_text(encoding="utf-8"))


def test_the_page_has_the_tables_of_the_results() -> None:
    assert list(RESULTS) == [*GENERATORS, *VARIANTS, *COLUMNS]
    page = PAGE.read_text(encoding="utf-8")
    assert script.with_tables(page, RESULTS) == page, "run .venv/test/bin/python scripts/measure_languages.py python"


@pytest.mark.parametrize("name", [*GENERATORS, *VARIANTS])
def test_a_generator_answers_as_the_page_says(name: str) -> None:
    try:
        found = measure(name)
    except MissingToolError as error:
        pytest.skip(str(error))
    assert without_version(found) == without_version(RESULTS[name])


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_keep_what_the_page_says(name: str) -> None:
    try:
        found = measure_columns(name)
    except MissingToolError as error:
        pytest.skip(str(error))
    assert without_version(found) == without_version(RESULTS[name])


def without_version(result: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key != "version"}


def test_the_page_shows_the_options_for_nanopb() -> None:
    options = "\n".join(NANOPB_OPTIONS)
    assert f"```text\n{options}\n```" in PAGE.read_text(encoding="utf-8")


def test_googles_protobuf_gives_the_right_answers() -> None:
    answers = RESULTS["python"]["answers"]
    cells = [cell(answers, code) for cell in (script.in_bytes, script.in_json) for code in CODES]
    assert [*cells, script.options(answers)] == ["kept"] * 8 + ["read"]


@pytest.mark.parametrize(
    ("question", "answer", "cell"),
    [
        ("to_json", '{"code": "UNRECOGNIZED"}', "written as `UNRECOGNIZED`"),
        ("to_json", '{"code": 521}', "kept"),
        ("to_json", "error: no", "not written: an error"),
        ("from_json of the number", "error: no", "the number is refused"),
        ("from_json of the number", "08ffffffffffffffffff01", "the number is read as `-1`"),
    ],
)
def test_a_cell_tells_what_was_lost(question: str, answer: str, cell: str) -> None:
    right = {"to_json": '{"code": 521}', "from_json of the number": wire_of(521)}
    assert script.in_json({"521": right | {question: answer}}, 521) == cell
