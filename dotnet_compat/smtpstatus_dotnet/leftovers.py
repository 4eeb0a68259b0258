"""What must not outlive this process: its temporary files and folders, and its child.

`finally` is not enough. The default action of SIGTERM runs none, and an exception in the main thread runs none of
another thread. A library leaves signals to its caller, so only the command calls `end_on_signals`.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Clean = Callable[[], object]

_cleanings: dict[object, Clean] = {}
# What a process left behind is not for its forked children to clean.
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_cleanings.clear)


@contextmanager
def cleaned(clean: Clean) -> Generator[None]:
    """Call `clean` at the end of the block, whatever ends it: the last line, an exception, or a signal.

    Enter the block before there is anything to clean, because a signal may come between two steps. `clean` may be
    called twice, and in the middle of anything: it must not wait for a lock.
    """
    key = object()
    owner = os.getpid()
    _cleanings[key] = clean
    try:
        yield
    finally:
        if os.getpid() == owner:
            clean()
        _cleanings.pop(key, None)


@contextmanager
def temporary_file(folder: str) -> Generator[str]:
    """Yield the path for a new file, and delete that file at the end unless it was moved away.

    The name is random: processes that share a folder may have the same process id, each in a container of its own.
    """
    path = os.path.join(folder, f".smtpstatus-{os.urandom(8).hex()}.partial")
    with cleaned(lambda: _unlink(path)):
        yield path


def _unlink(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def temporary_folder() -> str:
    """Return the folder for temporary files. Python tries it with a file, so signals wait until that is deleted."""
    import signal
    from tempfile import gettempdir

    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        return gettempdir()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        return gettempdir()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_on_signals() -> None:
    """From now on, clean up and end at SIGINT, SIGTERM and SIGHUP, unless the parent has this process ignore them."""
    import signal

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    """Clean up, and die of the signal as if there was no handler.

    The parent then sees that the command was ended and gave no verdict, and a shell also ends the script or the loop
    around the command; the exit status 130 would not tell the shell that. No exception is raised: it could be
    swallowed by foreign code, and the threads that wait for a network would be waited for.
    """
    import signal

    for clean in [*_cleanings.values()]:
        clean()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
