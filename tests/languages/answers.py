"""Answers the questions of scripts/measure_languages.py, one line for each: the loop of the programs in Python."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def answer(questions: dict[str, Callable[[str], object]]) -> None:
    """Read lines `QUESTION ARGUMENT`, and print what the generator gives, `-` if it has no such thing, or its error."""
    for line in sys.stdin:
        name, _, argument = line.rstrip("\n").partition(" ")
        try:
            result = str(questions[name](argument)) if name in questions else "-"
        except Exception as error:  # noqa: BLE001  # whatever the generated code raises is the answer
            result = f"error: {type(error).__name__}: {error}"
        print(result.partition("\n")[0])
