"""Careful output: to a terminal, a pipe that closes, a full disk, or a file that must not be left half written."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


def prepare_streams() -> None:
    """Let the standard streams print anything: some texts are Chinese, and a terminal may lack the characters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def wants_color() -> bool:
    """Whether standard output is a terminal that shows colours: https://no-color.org."""
    is_terminal = bool(sys.stdout) and sys.stdout.isatty()
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def printable(line: str) -> str:
    """Escape the characters that a terminal would obey: names in an assembly may hold anything."""
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in line
    )


def fail(message: str) -> int:
    """Print an error message and return the exit status 2."""
    with suppress(OSError):  # nobody reads standard error any more
        print("\n".join(map(printable, f"smtpstatus: {message}".split("\n"))), file=sys.stderr, flush=True)
    return 2


def print_text(text: str, *, is_data: bool = False) -> int:
    """Print a text, in UTF-8 if it is data. Return the exit status: 0, or 2 if that fails.

    A reader that has read enough and closes the pipe is not a failure.
    """
    if not sys.stdout:
        return fail("cannot print: standard output is closed")
    stream = sys.stdout
    try:
        if is_data and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        stream.write(text)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # Python flushes the rest when it ends
        if not isinstance(error, BrokenPipeError):
            return fail(f"cannot print: {error.strerror}")
    return 0


def write_file(path: str, text: str) -> int:
    """Replace a file as a whole, or leave it as it is. Return the exit status: 0, or 2 if that fails.

    A pipe or a device is written to.
    """
    is_special = os.path.exists(path) and not os.path.isfile(path)
    path = path if is_special else os.path.realpath(path)  # for a link, the file that it points to
    try:
        if is_special:
            _put(path, "w", text)
        else:
            _replace(path, text)
    except OSError as error:
        return fail(f"cannot write {path}: {error.strerror}")
    return 0


def _replace(path: str, text: str) -> None:
    partial = f"{path}.{os.getpid()}.partial"
    try:
        _put(partial, "x", text)
        if os.path.exists(path):
            os.chmod(partial, os.stat(path).st_mode & 0o777)
        os.replace(partial, path)
    except OSError:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


def _put(path: str, mode: str, text: str) -> None:
    # File names may hold bytes that are not UTF-8. JSON has the same escape for them.
    with open(path, mode, encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
