"""How far a transfer is, on a terminal."""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def shown(chunks: Iterable[bytes], total: int, what: str) -> Iterator[bytes]:
    """Pass chunks on. If standard error is a terminal, show the progress there once a second has passed.

    `total` is the expected number of bytes, 0 if it is not known.
    """
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    due = time.monotonic() + 1
    done, line = 0, ""
    try:
        for chunk in chunks:
            yield chunk
            done += len(chunk)
            if is_terminal and time.monotonic() > due:
                due += 0.2
                line = f"\r{what}: {done >> 20} MiB" + (f" of {total >> 20}, {done / total:.0%}" if total else "")
                print(line, end="", file=sys.stderr, flush=True)
    finally:
        if line:
            print("\r" + " " * len(line) + "\r", end="", file=sys.stderr, flush=True)
