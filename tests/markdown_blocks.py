"""The fenced blocks of a page, for the tests that run what the pages show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from conftest import ROOT

_SAVED = r"(?:Save this as `(?P<file>[\w.]+)`:\n\n)?"
_BLOCK = re.compile(_SAVED + r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    page: str
    language: str
    text: str
    file: str | None = None
    """The name under which a reader saves it, if the page says so."""
    output: str = ""
    """What it prints: the text of the next block, if that is a `text` right below."""

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command of a console, and what it prints."""
        return _COMMAND.findall(self.text)


def blocks(page: str, section: str = "") -> list[Block]:
    """Return the blocks of a page, or of the section with that heading."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if section:
        text = sections(page)[section]
    found = list(_BLOCK.finditer(text))
    return [
        Block(
            page,
            match["language"],
            match["text"],
            match["file"],
            after["text"] if after and after["language"] == "text" and after.start() == match.end() + 2 else "",
        )
        for match, after in pairwise([*found, None])
        if match
    ]


def sections(page: str) -> dict[str, str]:
    """Return the text of each section of the second level, by its heading."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return {part.partition("\n")[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]}


def pages() -> list[str]:
    """Return the pages of `docs`, and the README."""
    return ["README.md", *(path.relative_to(ROOT).as_posix() for path in sorted(Path(ROOT / "docs").glob("*.md")))]
