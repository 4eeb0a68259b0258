"""The status reference in the browser: `show --open`."""

from __future__ import annotations

import os

_QUERY_CHARACTERS = 500
"""A longer reply is cut: what it says stands at its beginning, and no system takes addresses of any length."""


def address(query: str) -> str:
    """Return the address of the page, searched for a query. It is empty if the page is not there."""
    folder = os.path.dirname(os.path.abspath(__file__))
    # In the wheel it is beside this module, in a checkout where `scripts/reference.py` writes it.
    for path in (os.path.join(folder, "reference.html"), os.path.join(folder, "..", "..", "docs", "reference.html")):
        if os.path.isfile(path):
            from pathlib import Path
            from urllib.parse import quote

            words = quote(query[:_QUERY_CHARACTERS], safe="", errors="replace")
            return Path(os.path.normpath(path)).as_uri() + (f"#q={words}" if words else "")
    return ""


def open_in_browser(address: str) -> bool:
    """Whether a browser was started, or told to open the address."""
    import webbrowser

    return webbrowser.open(address)
