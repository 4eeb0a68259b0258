"""An SMTP server on the loopback interface. It replies as a test's script says, and otherwise with success."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Generator

Reply = str | bytes | None
"""Text, whose lines get CRLF; bytes, sent unchanged; None, which closes the connection without a reply."""
Script = Mapping[str, Reply | Sequence[Reply]]
"""By stage: one reply for every time, or a sequence with one for each recipient (RCPT) or each time (elsewhere)."""

STAGES: dict[str, Reply] = {
    "greeting": "220 localhost ESMTP",
    "EHLO": "250-localhost\n250-8BITMIME\n250 AUTH LOGIN",
    "HELO": "250 localhost",
    "AUTH": "334 VXNlcm5hbWU6",  # reply to the command if more lines are to come
    "AUTH final": "235 2.7.0 Authentication succeeded",
    "MAIL": "250 2.1.0 Sender OK",
    "RCPT": "250 2.1.5 Recipient OK",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    "content": "250 2.0.0 Queued",  # reply to the dot that ends the message
    "RSET": "250 2.0.0 Reset",
    "NOOP": "250 2.0.0 OK",
    "QUIT": "221 2.0.0 Bye",
    "else": "502 5.5.1 Not implemented",
}


@dataclass
class Server:
    """The script of the server, and the commands and messages that it received."""

    script: Script
    closes_after: Collection[str] = ()
    """The server closes the connection after the last scripted reply of these stages."""
    delay: float = 0
    """Seconds before every reply."""
    host: str = "127.0.0.1"
    port: int = 0
    commands: list[str] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)


@contextmanager
def serve(script: Script | None = None, *, closes_after: Collection[str] = (), delay: float = 0) -> Generator[Server]:
    """Run a server in a thread of its own; the end of the `with` ends its connections and the thread.

    `serve({"RCPT": ["250 OK", "550 5.1.1 No"]})` refuses the second recipient of each message.
    """
    server = Server(script or {}, closes_after, delay)
    unknown = {*server.script, *closes_after} - {*STAGES}
    if unknown:
        raise ValueError(f"expected stages out of {[*STAGES]}, found {unknown}")
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def main() -> None:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _Session(server, reader, writer).run()

        stopped = asyncio.Event()
        listener = await asyncio.start_server(connected, server.host, 0, limit=1 << 24)
        async with listener:
            server.port = listener.sockets[0].getsockname()[1]
            started.set_result((asyncio.get_running_loop(), stopped))
            await stopped.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    loop, stopped = started.result()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join()


class _Session:
    """One connection."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.counts: dict[str, int] = {}

    async def run(self) -> None:
        try:
            # Any error ends the connection, which the test sees at its client.
            with suppress(EOFError, OSError):
                await self.converse()
            self.writer.close()
        except asyncio.CancelledError:  # the server stops; asyncio would log the error if the handler raised it
            self.writer.transport.abort()

    async def converse(self) -> None:
        await self.reply("greeting")
        while True:
            line = await self.read_line()
            self.server.commands.append(line)
            verb = line.partition(" ")[0].upper()
            if verb == "AUTH":
                await self.authenticate(line.split())
            elif verb == "DATA":
                if (await self.reply("DATA")).startswith("354"):
                    self.server.messages.append(await self.read_message())
                    await self.reply("content")
            else:
                if verb == "MAIL":
                    self.counts.pop("RCPT", None)
                await self.reply(verb if verb in STAGES else "else")
                if verb == "QUIT":
                    return

    async def authenticate(self, arguments: list[str]) -> None:
        """Ask for two lines in LOGIN and one in PLAIN; the first may come with the command."""
        expected = (2 if arguments[1:2] == ["LOGIN"] else 1) - len(arguments[2:])
        if expected and not (await self.reply("AUTH")).startswith("334"):
            return
        while expected:
            if await self.read_line() == "*":
                await self.send("501 5.0.0 Cancelled")
                return
            expected -= 1
            if expected:
                await self.send("334 UGFzc3dvcmQ6")
        await self.reply("AUTH final")

    async def read_line(self) -> str:
        line = await self.reader.readuntil(b"\n")
        return line.decode(errors="replace").rstrip("\r\n")

    async def read_message(self) -> bytes:
        lines: list[bytes] = []
        while (line := await self.reader.readuntil(b"\n")) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    async def reply(self, stage: str) -> str:
        """Send the scripted reply for this stage and time, or else the successful one, and return it."""
        replies = self.server.script.get(stage, ())
        count = self.counts[stage] = self.counts.get(stage, 0) + 1
        if isinstance(replies, Sequence) and not isinstance(replies, (str, bytes)):
            reply = replies[count - 1] if count <= len(replies) else STAGES[stage]
            is_last = count >= len(replies)
        else:
            reply, is_last = replies, True
        if reply is None:
            raise EOFError
        sent = await self.send(reply)
        if is_last and stage in self.server.closes_after:
            raise EOFError
        return sent

    async def send(self, reply: str | bytes) -> str:
        if isinstance(reply, str):
            reply = reply.replace("\n", "\r\n").encode() + b"\r\n"
        await asyncio.sleep(self.server.delay)
        self.writer.write(reply)
        await self.writer.drain()
        return reply.decode(errors="replace")
