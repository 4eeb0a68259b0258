"""The vendor's reference page of the enum, as a Markdown file: its table of members.

The page exists in many languages, so the words of its headings say nothing. What counts is the shape:
a table whose rows begin with a member's name and its number, "| MailboxBusy | `450` | ... |".
"""

from __future__ import annotations

import re

from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE_LIMIT = 4 << 20  # bytes; the real page has 10 KiB

_TITLE = re.compile(r"title:[ \t]*[\"']?([\w.]+)[\"']?[ \t]*")
_ROW = re.compile(r"\|[ \t]*`?(\w+)`?[ \t]*\|[ \t]*`?(-?[0-9]{1,20})`?[ \t]*\|.*")
_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")


def read_enum(path: str, full_names: tuple[str, ...]) -> EnumDefinition:
    """Return the enum that the page describes: the one of `full_names` that its title names.

    Raises EnumNotFoundError where the title is another one's, EnumReadError where the page has no
    table of members or a row in it that is not understood, and OSError.
    """
    with open(path, "rb") as file:
        text = file.read(SIZE_LIMIT + 1)
    if len(text) > SIZE_LIMIT:
        raise EnumReadError(f"{path} is no reference page: expected at most {SIZE_LIMIT >> 20} MiB")
    try:
        lines = text.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise EnumReadError(f"{path} is no reference page: expected UTF-8 ({error})") from error

    title = next((match[1] for match in map(_TITLE.fullmatch, lines) if match), None)
    full_name = next((name for name in full_names if title and f".{name}".endswith(f".{title}")), None)
    if not full_name:
        found = f"found 'title: {title}'" if title else "found no title"
        raise EnumNotFoundError(f"{path} is not the page of {' or '.join(full_names)}: {found} at its head")

    table = next((rows for rows in _tables(lines) if any(_ROW.fullmatch(line) for _, line in rows)), None)
    if not table:
        raise EnumReadError(f"{path} has no table of members: expected rows like '| MailboxBusy | `450` | ... |'")
    members: dict[str, int] = {}
    for number, line in table:
        row = _ROW.fullmatch(line)
        if not row or row[1] in members:
            expected = "another member" if row else "'| Name | `number` | ... |'"
            raise EnumReadError(f"{path}, line {number}: expected {expected}, found {line[:60]!r}")
        members[row[1]] = int(row[2])
    return EnumDefinition(full_name, None, members, Origin(path, via="reference page"))


def _tables(lines: list[str]) -> Iterator[list[tuple[int, str]]]:
    """Yield the rows of each table below its heading, with their line numbers."""
    rows: list[tuple[int, str]] | None = None
    for number, line in enumerate(map(str.strip, [*lines, ""]), 1):
        if rows is None:
            rows = [] if "|" in line and _RULE.fullmatch(line) else None
        elif "|" in line:
            rows.append((number, line))
        else:
            yield rows
            rows = None
