"""A page in one file: no request to anywhere, light and dark, for screens of any width and for paper."""

from __future__ import annotations

import os
from html import escape

from smtpstatus_dotnet.output import printable


def render(title: str, body: str, script: str = "") -> str:
    """Return the page around a body, which is HTML; every line ends with a newline.

    `script` is the only script that may run.
    """
    with open(os.path.join(os.path.dirname(__file__), "html_page.css"), encoding="utf-8") as file:
        style = file.read()
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    if script:
        policy += f"; script-src {_hash_of(script)}"
        body += f"<script>{script}</script>\n"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{text(title)}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
{body}</body>
</html>
"""


def _hash_of(script: str) -> str:
    """Return the source expression that allows this script (Content Security Policy Level 3, 2.3.1)."""
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def text(words: str) -> str:
    """Return a text as HTML: names in an assembly may hold anything."""
    return escape(printable(words))


def table(caption: str, columns: list[str], rows: list[list[str]], name: str = "rows") -> str:
    """Return a table whose cells are HTML and whose first column names the rows. A wide one scrolls by itself.

    `name` is a class of the style sheet.
    """
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    lines = [f'<div class="wide {name}" role="region" tabindex="0" aria-label="{caption}">', "<table>"]
    lines += [f"<caption>{caption}</caption>", f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    lines += (
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    return "\n".join([*lines, "</tbody>", "</table>", "</div>", ""])
