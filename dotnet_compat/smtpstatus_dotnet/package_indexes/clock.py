"""How long a package index may take, and how much it may send.

A timeout of requests is that of one silence: one byte every two seconds would go on for ever, even in the headers. So
each read of a connection asks a Clock.
"""

from __future__ import annotations

import io
from http.client import HTTPResponse
from time import monotonic

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import CheckError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from threading import Event
    from typing import Any

    from typing_extensions import Buffer

_POLL_SECONDS = 0.2
"""How soon a reader notices that it has to stop."""


class RefusedError(CheckError):
    """A transfer is given up. The text is ours, so that it holds no secret.

    It is no OSError, so that no library tries again or wraps it.
    """


class Clock:
    """The time of one target. A thread reads one answer after the other."""

    def __init__(self, stop: Event | None = None) -> None:
        self._stop = stop
        self._end = monotonic() + limits.PACKAGE_SECONDS
        self.begin_answer(0)

    def begin_answer(self, byte_count: int) -> None:
        """Begin to count for an answer whose content has at most `byte_count` bytes."""
        self._begin = monotonic()
        self._most = byte_count + limits.HEAD_BYTES
        self._received = 0

    def received(self, byte_count: int) -> None:
        self._received += byte_count
        if self._received > self._most:
            raise RefusedError(f"its answer has more than {self._most} bytes")

    def left(self) -> float:
        """Return how many seconds a read may wait. Raises RefusedError if there are none."""
        if self._stop and self._stop.is_set():
            raise RefusedError("the check was interrupted")
        now = monotonic()
        for_target = self._end - now
        if for_target <= 0:
            raise RefusedError(f"it was not read within {limits.PACKAGE_SECONDS} seconds")
        for_answer = self._begin + limits.ANSWER_SECONDS + self._received / limits.SLOWEST_BYTES - now
        if for_answer <= 0:
            raise RefusedError(
                f"the answer is too slow: {self._received} bytes within {now - self._begin:.0f} seconds; "
                "try again, or check the network and its proxy"
            )
        return min(for_target, for_answer)


class TimedResponse(HTTPResponse):
    """An answer whose every read asks the clock, those of its headers included."""

    def __init__(self, clock: Clock, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp.close()
        self.fp = _Lines(_Connection(sock, clock))


class _Lines(io.BufferedReader):
    def readline(self, size: int | None = -1, /) -> bytes:
        """Return a line, or the beginning of one that is too long: urllib3 sets no limit to those after a body."""
        return super().readline(1 << 16 if size is None or size < 0 else size)


class _Connection(io.RawIOBase):
    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self._socket, self._clock = sock, clock
        self._file = sock.makefile("rb", buffering=0)  # the socket stays open until this is closed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        silent_since = monotonic()
        while True:
            left = min(self._clock.left(), silent_since + limits.SILENCE_SECONDS - monotonic())
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(min(left, _POLL_SECONDS))
            try:
                count = self._socket.recv_into(buffer)
            except TimeoutError:
                continue
            self._clock.received(count)
            return count

    def close(self) -> None:
        self._file.close()
        super().close()
