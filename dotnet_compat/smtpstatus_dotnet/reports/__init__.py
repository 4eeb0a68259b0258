"""The formats of a ParityReport, in a table.

To add a format: write a module with `render(report: ParityReport) -> str` beside this file, and add a row to FORMATS.
"""

# By the name of the format and its module: whether programs read it. If so, it is UTF-8 on every terminal.
FORMATS = {
    "text": False,
    "json": True,
    "junit": True,
    "github": False,
    "markdown": True,
    "html": True,
}
