"""Work that mostly waits for a network, several at a time."""

from __future__ import annotations

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.progress import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event
    from typing import TypeVar

    Item = TypeVar("Item")
    Result = TypeVar("Result")


def at_once(
    function: Callable[[Item, Event], Result], items: Sequence[Item], what: str, stop: Event | None = None
) -> list[Result]:
    """Return the results of a function for each item, in their order, while threads work on several of them.

    An interrupt sets `stop`, which each call gets. All threads have ended when the interrupt is raised again. `what`
    says in the progress what is worked on.
    """
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    stop = stop or Event()
    with ThreadPoolExecutor(max_workers=limits.CONCURRENT_TARGET_COUNT) as executor:
        try:
            return list(counted(executor.map(function, items, [stop] * len(items)), len(items), what))
        except BaseException:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)
            raise
