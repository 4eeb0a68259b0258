"""A ParityReport as text, in a table of formats.

To add a format: write a module with `render(report: ParityReport) -> str` beside this file, and add a row to FORMATS.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One format of `smtpstatus check --format`; its module in this package has the same name."""

    name: str
    summary: str
    """Who reads it."""
    is_data: bool = False
    """Whether a program reads it: it is then UTF-8, whatever the terminal has."""
    has_colors: bool = False
    """Whether `render` takes `is_colored`."""


FORMATS = (
    Format("text", "people", has_colors=True),
    Format("json", "programs", is_data=True),
    Format("junit", "test dashboards", is_data=True),
    Format("github", "pull requests on GitHub"),
)
