"""Holds a page to the script that writes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from process import run

if TYPE_CHECKING:
    from pathlib import Path


def assert_kept_fresh(script: Path, page: Path, name: str, change: tuple[str, str]) -> None:
    """Assert that the script finds its page fresh, tells of a change in it, and undoes the change.

    `name` is what the script calls the page. `change` is a text of the page, and what it becomes.
    """
    result = run(sys.executable, script, "--check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(*change), encoding="utf-8")
    result = run(sys.executable, script, "--check")
    expected = f"{name} is out of date: run python scripts/{script.name}\n"
    assert (result.returncode, result.stdout) == (1, expected)
    assert run(sys.executable, script).stdout == f"wrote {name}\n"
    assert page.read_text(encoding="utf-8") == text
