"""Runs aiosmtpd, a third-party mail server, on a free port; its own controller needs the port in advance."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def serve_aiosmtpd(handler: object, **options: Any) -> Generator[int]:
    """Run the server in a thread of its own and yield the port. Failed TLS handshakes are not logged."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def main() -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(lambda *_: None)
        factory = lambda: SMTP(handler, hostname="mx.example.com", **options)  # noqa: E731 - called for each connection
        async with await loop.create_server(factory, "127.0.0.1", 0) as server:
            started.set_result((loop, stopped, server.sockets[0].getsockname()[1]))
            await stopped.wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    loop, stopped, port = started.result()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
