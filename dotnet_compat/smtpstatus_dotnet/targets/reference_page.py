"""The vendor's reference page of the enum, as a Markdown file: its table of members.

The page exists in many languages, so its headings are not read. The shape counts: a table whose rows begin with a
member's name and its number, "| MailboxBusy | `450` | ... |".
"""

from __future__ import annotations

import re

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.reading import read_limited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtpstatus_dotnet.targets.reading import Found, Request


# Possessive repetitions: the time is linear in the line, whatever it holds.
_TITLE = re.compile(r"title:[ \t]*+[\"']?([\w.]++)[\"']?[ \t]*+")
_ROW = re.compile(r"\|[ \t]*+`?(\w++)`?[ \t]*+\|[ \t]*+`?(-?[0-9]{1,20}+)`?[ \t]*+\|.*+")
_RULE = re.compile(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")


def read(target: str, request: Request) -> Iterable[Found]:
    """Return the enum of a page: the requested one that the page's title names.

    Raises EnumNotFoundError if the title names another enum, EnumReadError if the page has no table of members or a
    row that cannot be read, and OSError.
    """
    data = read_limited(target, limits.REFERENCE_PAGE_BYTES, "a reference page")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise EnumReadError(f"{target} is not a reference page: expected UTF-8 ({error})") from error
    full_name = _full_name(target, lines, request.full_names)
    return [EnumDefinition(full_name, None, _members(target, lines), Origin(target, via="reference page"))]


def _full_name(path: str, lines: list[str], full_names: tuple[str, ...]) -> str:
    """Return the name that ends with the title."""
    title = next((match[1] for match in map(_TITLE.fullmatch, lines) if match), None)
    for name in full_names:
        if title and f".{name}".endswith(f".{title}"):
            return name
    found = f"found 'title: {title}'" if title else "found no title"
    raise EnumNotFoundError(f"{path} is not the page of {' or '.join(full_names)}: {found} at its head")


def _members(path: str, lines: list[str]) -> dict[str, int]:
    """Return the numbers by name, out of the first table that has a row of a member."""
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
    return members


def _tables(lines: list[str]) -> Iterator[list[tuple[int, str]]]:
    """Yield the rows of each table, without its heading, and with their line numbers."""
    rows: list[tuple[int, str]] | None = None
    for number, line in enumerate(map(str.strip, [*lines, ""]), 1):
        if rows is None:
            rows = [] if "|" in line and _RULE.fullmatch(line) else None
        elif "|" in line:
            rows.append((number, line))
        else:
            yield rows
            rows = None
