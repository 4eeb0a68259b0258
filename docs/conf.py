# ruff: noqa: INP001  # Sphinx reads this file by its path
"""Settings of Sphinx: `sphinx-build -c docs . .site` makes a site of the pages that README.md lists.

The pages are those that GitHub shows, where they are, with the same links. Sphinx finds links that lead nowhere.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "smtpstatus"
html_title = "smtpstatus"
html_theme = "furo"
html_show_copyright = False
extensions = ["myst_parser"]
myst_heading_anchors = 3
root_doc = "README"
_README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
_PAGES = re.findall(r"^\| \[(.*?)\]\((\S+)\.md\) \|", _README, re.MULTILINE)
include_patterns = ["README.md", "README.zh-CN.md", *(f"{path}.md" for _, path in _PAGES)]
exclude_patterns = ["**/.*", "**/node_modules", "**/bin", "**/obj"]


def _list_pages(_: Sphinx, name: str, source: list[str]) -> None:
    """Make the table of pages the menu of the site."""
    if name == root_doc:
        entries = (f"{title} <{path}>" for title, path in [("简体中文", "README.zh-CN"), *_PAGES])
        source[0] += "\n".join(["", "```{toctree}", ":hidden:", *entries, "```", ""])


def _mend_body(_app: Sphinx, _name: str, _template: str, context: dict[str, str], _doctree: object) -> None:
    """Let the Tab key reach what scrolls by itself, and open a page in HTML, which Sphinx would offer as a download."""
    body = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    body = body.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
    context["body"] = re.sub(r' download=""( href="[^"]+\.html")', r"\1", body)


def _make_index(app: Sphinx, error: Exception | None) -> None:
    """Make the README the page that a server shows for the folder."""
    if not error:
        shutil.copy(Path(app.outdir) / "README.html", Path(app.outdir) / "index.html")


def setup(app: Sphinx) -> None:
    app.add_lexer("mermaid", TextLexer)  # GitHub draws these; here they are text
    app.connect("source-read", _list_pages)
    app.connect("html-page-context", _mend_body)
    app.connect("build-finished", _make_index)
