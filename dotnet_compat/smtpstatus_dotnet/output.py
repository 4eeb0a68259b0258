"""Careful output: to a terminal, a pipe that closes, a full disk, or a file that must not be left half written."""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import suppress

from smtpstatus_dotnet.leftovers import temporary_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Characters that Python calls printable and that nobody can see: the marks and letters of Unicode's property
# Default_Ignorable_Code_Point, and the empty pattern of Braille.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def prepare_streams() -> None:
    """Let the standard streams print anything: some texts are Chinese, and a terminal may lack the characters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def wants_color() -> bool:
    """Whether to print colours: NO_COLOR, FORCE_COLOR and a dumb terminal decide in Python's own order."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and bool(sys.stdout) and sys.stdout.isatty()


def terminal_columns() -> int:
    """Return how wide texts for people may be: as the terminal, or COLUMNS, but from 60 to 100."""
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and len(columns) < 6 else 0
    with suppress(OSError, AttributeError, ValueError):  # no terminal; a stream that is closed
        width = width or os.get_terminal_size(sys.stdout.fileno()).columns
    return min(max(width or 80, 60), 100)


def printable(line: str) -> str:
    """Escape what a terminal or GitHub's runner would obey, and what is invisible: names may hold anything.

    A combining mark is escaped if it does not follow a letter, a number or a mark, for it changes the character before.
    The runner obeys a line that begins with `::` after blanks, and `##[` anywhere in a line.
    """
    if line.isascii() and line.isprintable():
        escaped = line
    else:
        escaped = "".join(_escape(before, character) for before, character in zip(" " + line, line, strict=False))
    if "##[" in escaped:
        escaped = escaped.replace("##[", r"\x23#[")
    return re.sub(r"^(\s*):(?=:)", r"\1\\x3a", escaped) if escaped.lstrip().startswith("::") else escaped


def _escape(before: str, character: str) -> str:
    from unicodedata import category

    is_stray_mark = category(character)[0] == "M" and category(before)[0] not in "LNM"
    if character.isprintable() and not is_stray_mark and not _INVISIBLE.match(character):
        return character
    return character.encode("unicode_escape").decode()


def json_text(document: object, indent: int | None = 2) -> str:
    """Return JSON, ended with a newline, and in one line if there is no indent.

    What a terminal or GitHub's runner would obey is escaped, as JSON allows.
    """
    import json

    text = json.dumps(document, indent=indent, ensure_ascii=False).replace("##[", r"\u0023#[") + "\n"
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def markdown_table(rows: Sequence[Mapping[str, str]]) -> str:
    """Return a table of GitHub Flavored Markdown. The columns are those of the first row; there must be one."""
    columns = list(map(markdown_text, rows[0]))
    lines = [columns, ["---"] * len(columns), *(map(markdown_text, row.values()) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def markdown_text(text: str) -> str:
    """Return a text without markup. An underscore inside a word is none."""
    return re.sub(r"[\\`*<>\[\]|~&]|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", printable(text))


def fail(message: str) -> int:
    """Print an error message and return the exit status 2. All lines but the first are indented."""
    first, *rest = (printable(line) for line in message.split("\n"))
    rest = [line if line.startswith(" ") else f"  {line}" for line in rest]
    say("".join(f"{line}\n" for line in [f"smtpstatus: {first}", *rest]))
    return 2


def say(text: str) -> None:
    """Print a text to standard error."""
    if sys.stderr:  # print would take standard output instead of a closed one
        with suppress(OSError):  # nobody reads standard error any more
            print(text, end="", file=sys.stderr, flush=True)


def print_text(text: str, *, is_data: bool = False) -> int:
    """Print a text, in UTF-8 if it is data. Return the exit status: 0, or 2 if that fails.

    A reader that has read enough and closes the pipe is not a failure.
    """
    return print_texts([text], is_data=is_data)


def print_texts(texts: Iterable[str], *, is_data: bool = False) -> int:
    """Print texts as they come, as `print_text` does; no more of them are asked for if the reader closes the pipe."""
    if not sys.stdout:
        return fail("cannot print: standard output is closed")
    stream = sys.stdout
    try:
        if is_data and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        for text in texts:
            stream.write(text)
            stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # Python flushes the rest when it ends
        if not isinstance(error, BrokenPipeError):
            return fail(f"cannot print: {error.strerror}")
    return 0


def write_file(path: str, text: str) -> int:
    """Replace a file as a whole, or leave it as it is. Return the exit status: 0, or 2 if that fails.

    A pipe or a device is written to, and so is a file that this process has open as a stream: `/dev/stdout` may be a
    file that others write to, too.
    """
    try:
        stream = _stream(path)
        if stream is not None:
            _put(stream, "w", text)
        elif os.path.exists(path) and not os.path.isfile(path):
            _put(path, "w", text)
        else:
            path = os.path.realpath(path)  # for a link, the file that it points to
            _replace(path, text)
    except BrokenPipeError:
        return 0  # as in print_text
    except (OSError, ValueError) as error:
        return _not_written(path, error)
    return 0


def append_to_file(path: str, text: str) -> int:
    """Append a text to a file. Return the exit status: 0, or 2 if that fails."""
    try:
        _put(path, "a", text)
    except (OSError, ValueError) as error:
        return _not_written(path, error)
    return 0


def _not_written(path: str, error: OSError | ValueError) -> int:
    return fail(f"cannot write {path}: {getattr(error, 'strerror', None) or error}")  # ValueError: a null character


def _stream(path: str) -> int | None:
    """Return the descriptor that a path names, such as `/dev/fd/3`, or standard output or error if it is that file."""
    folder, name = os.path.split(path)
    if name.isdecimal() and os.path.realpath(folder) in ("/dev/fd", f"/proc/{os.getpid()}/fd"):
        return int(name)
    for stream in (1, 2):
        with suppress(OSError):  # there is no such file, or the stream is closed
            if os.path.samestat(os.stat(path), os.fstat(stream)):
                return stream
    return None


def _replace(path: str, text: str) -> None:
    with temporary_file(os.path.dirname(path)) as partial:
        _put(partial, "x", text)
        if os.path.exists(path):
            os.chmod(partial, os.stat(path).st_mode & 0o777)
        os.replace(partial, path)


def _put(path: str | int, mode: str, text: str) -> None:
    # File names may hold bytes that are not UTF-8. JSON has the same escape for them.
    with open(path, mode, encoding="utf-8", errors="backslashreplace", closefd=isinstance(path, str)) as file:
        file.write(text)
