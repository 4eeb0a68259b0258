"""Runs code of others in this process so that it cannot hide what other targets say.

It has the rights of the user and is trusted that far. What it raises or changes by mistake is contained.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from smtpstatus_dotnet.parity import EnumReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

T = TypeVar("T")

# Standard output, the current folder and `sys.path` are those of the whole process.
_ONE_AT_A_TIME = threading.RLock()


def run_foreign(function: Callable[[], T], what: str) -> T:
    """Return what a function returns. Raises EnumReadError, with `what` before the reason, for anything that it raises.

    What it prints goes to standard error, because standard output may be a report. The current folder, `sys.path`, the
    recursion limit and the handler of SIGINT are as before in the end. Raises KeyboardInterrupt only if the user has
    interrupted this process, even if the function says otherwise. Of several threads, one at a time runs foreign code.
    """
    interrupts: list[int] = []
    description = ""
    try:
        with _ONE_AT_A_TIME, _unchanged_process(interrupts), redirect_stdout(sys.stderr):
            try:
                return function()
            except BaseException as error:  # noqa: BLE001  # SystemExit and KeyboardInterrupt are no better
                description = _describe(error)
    finally:
        if interrupts:
            raise KeyboardInterrupt
    # Its own exception is not kept: printing it would run foreign code again.
    raise EnumReadError(f"{what}: {description}")


def _describe(error: BaseException) -> str:
    name = type.__dict__["__name__"].__get__(type(error))  # a metaclass may have another
    try:
        return f"{name}: {error}"
    except BaseException:  # noqa: BLE001  # its __str__ is foreign code, too
        return str(name)


@contextmanager
def _unchanged_process(interrupts: list[int]) -> Generator[None]:
    """Put back in the end what would change the reading of other targets; note each SIGINT meanwhile."""
    path, recursion_limit = sys.path.copy(), sys.getrecursionlimit()
    folder = None
    with suppress(OSError):  # the current folder may be deleted
        folder = os.getcwd()
    handler: Any = signal.getsignal(signal.SIGINT)
    is_main_thread = threading.current_thread() is threading.main_thread()  # only there are signals handled

    def note(*arguments: object) -> None:
        interrupts.append(signal.SIGINT)
        handler(*arguments)

    if is_main_thread and callable(handler):
        signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        sys.setrecursionlimit(recursion_limit)
        sys.path[:] = path
        if is_main_thread and handler is not None:  # None: it was not set by Python
            signal.signal(signal.SIGINT, handler)
        if folder is not None:
            os.chdir(folder)
