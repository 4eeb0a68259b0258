"""`compare`, held to the vectors of two enums that C#'s EnumParity is held to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import ROOT

from smtpstatus_dotnet.parity import Difference, EnumDefinition, Origin, Profile, compare

ROWS: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors/enums.json").read_text(encoding="utf-8"))


def test_there_are_vectors_of_every_kind() -> None:
    assert {"missing", "extra", "number", "name", "underlying", "stale"} == {
        kind for row in ROWS for kind, *_ in row["differences"]
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["why"])
def test_the_differences_of_two_enums(row: dict[str, Any]) -> None:
    first, other = (EnumDefinition("N.E", **row[side], origin=Origin("")) for side in ("first", "other"))
    profile = Profile("N.E", {Difference(*fields): "" for fields in row.get("declared", ())})
    assert [*compare(first, other, profile)] == [Difference(*fields) for fields in row["differences"]]
