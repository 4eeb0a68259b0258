"""A ParityReport as text, in a table of formats.

To add a format: write a module with `render(report: ParityReport) -> str` beside this file, and add a row to FORMATS.
"""

# By the name of the format and its module: whether programs read it. Then it is UTF-8, whatever the terminal has.
FORMATS = {
    "text": False,
    "json": True,
    "junit": True,
    "github": False,
}
