"""The status reference in the browser: `show --open`."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from urllib.parse import quote

from smtpstatus_dotnet.output import fail, print_text

_QUERY_CHARACTERS = 500
"""A longer reply is cut: what it says stands at its beginning, and no system takes addresses of any length."""


def show(query: str) -> int:
    """Open the page in the browser, searched for a query, and print its address. Return the exit status."""
    address = _address(query)
    if not address:
        return fail("the status reference, reference.html, is not there: is the installation complete?")
    if not webbrowser.open(address):
        return fail(f"no browser could be started: set BROWSER to the command of one, or open\n{address}")
    return print_text(f"{address}\n")


def _address(query: str) -> str:
    """Return the address of the page, searched for a query. It is empty if the page is not there."""
    folder = os.path.dirname(os.path.abspath(__file__))
    # In the wheel it is beside this module, in a checkout where `scripts/reference.py` writes it.
    for path in (os.path.join(folder, "reference.html"), os.path.join(folder, "..", "..", "docs", "reference.html")):
        if os.path.isfile(path):
            words = quote(query[:_QUERY_CHARACTERS], safe="", errors="replace")
            return Path(os.path.normpath(path)).as_uri() + (f"#q={words}" if words else "")
    return ""
