"""What the tests of pages in HTML share: Chromium, which looks at them, and a reader of their texts."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from process import run

BROWSER = Path(__file__).resolve().parent / "browser"


def in_browser(program: str, browser: tuple[str, Path], page: Path | str, *arguments: str) -> Any:
    """Return what a program in the folder `browser` found."""
    result = run("node", BROWSER / program, *browser, page, *arguments)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def look(browser: tuple[str, Path], page: Path | str) -> dict[str, Any]:
    """Return what is wrong with a page, which may be a URL of HTTP."""
    found: dict[str, Any] = in_browser("look.mjs", browser, page)
    return found


def assert_good(found: dict[str, Any]) -> None:
    assert found.pop("printed") > 10_000
    assert list(found) == ["desktop, light", "desktop, dark", "phone, light", "phone, dark"]
    for name, seen in found.items():
        assert seen.pop("rules") > 20, name
        assert seen.pop("background") == ("rgb(13, 17, 23)" if "dark" in name else "rgb(255, 255, 255)")
        nothing = {"faults": [], "requests": [], "errors": [], "overflow": 0, "unseen": [], "unreachable": 0}
        assert seen == nothing, name


class Reader(HTMLParser):
    """Collects the texts of a page, and checks that its elements end in the order in which they began."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in ("meta", "br", "wbr", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)
