"""smtplib and aiosmtplib themselves, sending to a server that refuses: what their failures become.

The tables are those that were measured; what a client swallows is in them too, as a mail that was sent.
"""

from __future__ import annotations

import asyncio
import smtplib
import socket
from typing import TYPE_CHECKING

import aiosmtplib
import pytest
from smtp_server import Server, serve
from vocabulary import MEMBERS

from smtpstatus.replies import delivery_statuses, parse_reply
from smtpstatus.v1.delivery_pb2 import (
    SMTP_STAGE_AUTH,
    SMTP_STAGE_CONNECT,
    SMTP_STAGE_CONTENT,
    SMTP_STAGE_EHLO,
    SMTP_STAGE_MAIL,
    SMTP_STAGE_NOT_DEFINED,
    SMTP_STAGE_RCPT,
    DeliveryStatus,
    SmtpReply,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Failure = Exception | Mapping[str, tuple[int, bytes | str]]
    Send = Callable[[Server, Sequence[str], bool], Failure]

CODES = sorted({number for number in MEMBERS.values() if number > 0} | {253, 455, 521, 523, 541, 555, 556, 571})
SENDER, RECIPIENT = "sender@example.com", "recipient@example.com"
MESSAGE = "Subject: a test\r\n\r\nHello\r\n"


def smtplib_sends(server: Server, recipients: Sequence[str], logs_in: bool) -> Failure:
    """Return what it raised, or the mapping that it returned."""
    try:
        client = smtplib.SMTP(server.host, server.port, "client.example.com", timeout=10)
    except (smtplib.SMTPException, OSError) as error:
        return error
    try:
        if logs_in:
            client.login("user", "password")
        return client.sendmail(SENDER, recipients, MESSAGE)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return error
    finally:
        client.close()  # as a context manager it would put the reply to QUIT in the place of the failure


def aiosmtplib_sends(server: Server, recipients: Sequence[str], logs_in: bool) -> Failure:
    async def send() -> Failure:
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname="client.example.com",
            use_tls=False,
            start_tls=False,
            timeout=10,
        )
        try:
            await client.connect()
            if logs_in:
                await client.login("user", "password")
            refused, _ = await client.sendmail(SENDER, recipients, MESSAGE)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return error
        finally:
            client.close()
        return refused

    return asyncio.run(send())


CLIENTS: dict[str, Send] = {"smtplib": smtplib_sends, "aiosmtplib": aiosmtplib_sends}
both = pytest.mark.parametrize("client", CLIENTS)

# What each stage is called in the script, and the stage of the message: SMTPDataError does not tell.
STAGES = {
    "greeting": SMTP_STAGE_CONNECT,
    "EHLO": SMTP_STAGE_EHLO,
    "EHLO HELO": SMTP_STAGE_EHLO,
    "AUTH": SMTP_STAGE_AUTH,
    "AUTH final": SMTP_STAGE_AUTH,
    "MAIL": SMTP_STAGE_MAIL,
    "RCPT": SMTP_STAGE_RCPT,
    "DATA": SMTP_STAGE_NOT_DEFINED,
    "content": SMTP_STAGE_NOT_DEFINED,
}

# The codes after which a client goes on.
GOES_ON: dict[str, dict[str, Collection[int]]] = {
    "smtplib": {
        "greeting": {220},
        "EHLO": CODES,  # it tries HELO
        "EHLO HELO": range(200, 300),
        "AUTH": {235, 503},
        "AUTH final": {235, 503},
        "MAIL": {250},
        "RCPT": {250, 251},
        "DATA": {354},
        "content": {250},
    },
    "aiosmtplib": {
        "greeting": {220},
        "EHLO": {*CODES} - {421},
        "EHLO HELO": {250},
        "AUTH": {334},
        "AUTH final": {235},
        "MAIL": {250},
        "RCPT": {250, 251},
        "DATA": {354},
        "content": {250},
    },
}
# Where smtplib takes the text for a challenge in base64, and fails by itself.
TAKEN_FOR_CHALLENGES = [("smtplib", "AUTH", 334), ("smtplib", "AUTH final", 334)]


@both
@pytest.mark.parametrize("stage", STAGES)
def test_every_code_at_every_stage(client: str, stage: str) -> None:
    with serve() as server:
        for code in CODES:
            text = f"{code} {code // 100}.1.1 marker"
            server.script = {"EHLO": text, "HELO": text} if stage == "EHLO HELO" else {stage: text}
            server.messages.clear()
            failure = CLIENTS[client](server, [RECIPIENT], stage.startswith("AUTH"))
            found = delivery_statuses(failure, recipients=[RECIPIENT])
            if code in GOES_ON[client][stage]:
                assert (failure, found, len(server.messages)) == ({}, [], 1), code
                continue
            expected = DeliveryStatus(final_recipient=RECIPIENT, stage=STAGES[stage], reply=parse_reply(text))
            if code < 400:
                expected.local_error = "the client took this reply for a failure"
            if (client, stage, code) in TAKEN_FOR_CHALLENGES:
                expected.stage = SMTP_STAGE_NOT_DEFINED
                expected.reply.CopyFrom(SmtpReply(code=-1))
                expected.local_error = str(failure)
            assert found == [expected], (code, failure)


@both
@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (["250 OK", "550 5.1.1 no"], {1: 550}),
        (["550 no", "250 OK", "452 full"], {0: 550, 2: 452}),
        (["550 no", "450 busy"], {0: 550, 1: 450}),
        (["521 no", "571 no"], {0: 521, 1: 571}),
        (["421 bye", "250 OK"], {0: 421, 1: 421}),
        (["250 OK", "421 bye"], {0: 421, 1: 421}),
        (["550", "550-5.1.1 no\n550 5.1.1 no"], {0: 550, 1: 550}),
    ],
)
def test_several_recipients(client: str, replies: list[str], expected: dict[int, int]) -> None:
    """A refusal is never lost; aiosmtplib, after a 421, only says that the connection is."""
    recipients = [f"r{number}@example.com" for number in range(len(replies))]
    with serve({"RCPT": replies}) as server:
        failure = CLIENTS[client](server, recipients, False)
    found = delivery_statuses(failure, recipients=recipients)
    if client == "aiosmtplib" and 421 in expected.values():
        expected = dict.fromkeys(expected, -1)
    assert {recipients.index(one.final_recipient): one.reply.code for one in found} == expected
    assert len(found) == len(expected)
    for one in found:
        if one.reply.code not in {421, -1}:
            assert one.reply == parse_reply(replies[recipients.index(one.final_recipient)])


@both
@pytest.mark.parametrize("stage", ["greeting", "EHLO", "AUTH", "AUTH final", "MAIL", "RCPT", "DATA", "content"])
def test_a_connection_that_dies(client: str, stage: str) -> None:
    with serve({stage: None}) as server:
        failure = CLIENTS[client](server, [RECIPIENT], stage.startswith("AUTH"))
    (found,) = delivery_statuses(failure, recipients=[RECIPIENT], stage=SMTP_STAGE_CONTENT)
    assert (found.final_recipient, found.reply) == (RECIPIENT, SmtpReply(code=-1))
    assert found.local_error
    # aiosmtplib's type tells that there never was a connection.
    is_told = stage == "greeting" and client == "aiosmtplib"
    assert found.stage == (SMTP_STAGE_CONNECT if is_told else SMTP_STAGE_CONTENT)


@both
@pytest.mark.parametrize("stage", ["greeting", "AUTH final", "MAIL", "RCPT", "DATA", "content"])
def test_a_connection_that_closes_after_the_reply(client: str, stage: str) -> None:
    """The reply is what counts."""
    with serve({stage: "554 5.7.1 go away"}, closes_after=[stage]) as server:
        failure = CLIENTS[client](server, [RECIPIENT], stage.startswith("AUTH"))
    found = delivery_statuses(failure, recipients=[RECIPIENT])
    assert [one.reply for one in found] == [parse_reply("554 5.7.1 go away")]


@both
@pytest.mark.parametrize(
    "reply",
    [b"what?\r\n", b"\r\n", b"250-a\r\nb\r\n250 c\r\n", b"250 " + b"x" * 9000 + b"\r\n"],
    ids=["no code", "empty", "a line without the code", "too long a line"],
)
def test_a_reply_that_is_none(client: str, reply: bytes) -> None:
    with serve({"MAIL": reply}) as server:
        failure = CLIENTS[client](server, [RECIPIENT], False)
    (found,) = delivery_statuses(failure, recipients=[RECIPIENT])
    assert (found.final_recipient, found.reply) == (RECIPIENT, SmtpReply(code=-1))
    assert found.local_error


@both
def test_no_server(client: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server({}, port=listener.getsockname()[1])
    (found,) = delivery_statuses(CLIENTS[client](server, [RECIPIENT], False), stage=SMTP_STAGE_CONNECT)
    assert (found.final_recipient, found.stage, found.reply) == ("", SMTP_STAGE_CONNECT, SmtpReply(code=-1))


@both
def test_bytes_that_are_no_utf_8(client: str) -> None:
    """Surrogates in aiosmtplib, which no message takes."""
    with serve({"MAIL": b"550-5.1.1 caf\xe9\r\n550 5.1.1 \xff\r\n"}) as server:
        failure = CLIENTS[client](server, [RECIPIENT], False)
    (found,) = delivery_statuses(failure, recipients=[RECIPIENT])
    assert found.reply == SmtpReply(code=550, enhanced_code="5.1.1", lines=["5.1.1 caf\ufffd", "5.1.1 \ufffd"])


@both
def test_a_late_reply(client: str) -> None:
    with serve({"content": "451 4.3.0 later"}, delay=0.02) as server:
        failure = CLIENTS[client](server, [RECIPIENT], False)
    assert [one.reply for one in delivery_statuses(failure)] == [parse_reply("451 4.3.0 later")]
