"""How far a long work is, on a terminal."""

from __future__ import annotations

import sys
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    Item = TypeVar("Item")


def shown(chunks: Iterable[bytes], total: int, what: str) -> Iterator[bytes]:
    """Pass chunks on, and show how many bytes there were. `total` is the number to expect, 0 if it is not known."""
    done = 0

    def line(chunk: bytes) -> str:
        nonlocal done
        done += len(chunk)
        return f"{what}: {done >> 20} MiB" + (f" of {total >> 20}, {done / total:.0%}" if total else "")

    return _shown(chunks, line)


def counted(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """Pass items on, and show how many of them there were."""
    done = 0

    def line(_: Item) -> str:
        nonlocal done
        done += 1
        return f"{what}: {done} of {total}"

    return _shown(items, line)


def _shown(items: Iterable[Item], line_after: Callable[[Item], str]) -> Iterator[Item]:
    """Pass items on. If standard error is a terminal, show a line there once a second has passed.

    Only the main thread shows one: lines of several would overwrite each other.
    """
    is_main = threading.current_thread() is threading.main_thread()
    is_terminal = is_main and sys.stderr is not None and sys.stderr.isatty()
    due = time.monotonic() + 1
    width = 0
    try:
        for item in items:
            yield item
            text = line_after(item)
            if is_terminal and time.monotonic() > due:
                due = time.monotonic() + 0.2
                text = "".join(filter(str.isprintable, text))  # names in it may hold anything
                width = max(width, len(text))
                print(f"\r{text:<{width}}", end="", file=sys.stderr, flush=True)
    finally:
        if width:
            print("\r" + " " * width + "\r", end="", file=sys.stderr, flush=True)
