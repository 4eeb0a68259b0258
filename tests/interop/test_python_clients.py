"""smtplib and aiosmtplib send to a server that refuses, and their failures become statuses.

The tables were measured. A refusal that a client ignores is in them too, as a mail that was sent.
"""

from __future__ import annotations

import asyncio
import gc
import smtplib
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import aiosmtplib
import fastapi_mail
import pytest
import tenacity
from agreement import CODES
from pydantic import NameEmail, SecretStr
from smtp_server import Server, serve

from smtpstatus import DeliveryCondition
from smtpstatus.meaning import condition_of, rpc_code, should_retry
from smtpstatus.replies import delivery_statuses, parse_reply
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import (
    SMTP_STAGE_AUTH,
    SMTP_STAGE_CONNECT,
    SMTP_STAGE_CONTENT,
    SMTP_STAGE_EHLO,
    SMTP_STAGE_MAIL,
    SMTP_STAGE_NOT_DEFINED,
    SMTP_STAGE_RCPT,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from smtp_server import Script

    Failure = Exception | Mapping[str, tuple[int, bytes | str]]
    Send = Callable[[Server, Sequence[str], bool], Failure]

SENDER, RECIPIENT = "sender@example.com", "recipient@example.com"
ACCEPTED = DeliveryStatus(final_recipient=RECIPIENT, condition=DeliveryCondition.ACCEPTED)
MESSAGE = "Subject: a test\r\n\r\nHello\r\n"


def smtplib_sends(server: Server, recipients: Sequence[str], logs_in: bool) -> Failure:
    """Return the exception that smtplib raised, or the mapping that it returned."""
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
        client.close()  # a `with` block would replace the failure by the reply to QUIT


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

# Each stage of the script, and the stage of the message. SMTPDataError does not say which stage failed.
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
# Here smtplib takes the text for a challenge in base64, and cannot decode it.
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
                assert (failure, found, len(server.messages)) == ({}, [ACCEPTED], 1), code
                continue
            expected = DeliveryStatus(final_recipient=RECIPIENT, stage=STAGES[stage], reply=parse_reply(text))
            if code < 400:
                expected.local_error = "the client took this reply for a failure"
            if (client, stage, code) in TAKEN_FOR_CHALLENGES:
                expected.stage = SMTP_STAGE_NOT_DEFINED
                expected.reply.CopyFrom(SmtpReply(code=-1))
                expected.local_error = str(failure)
                expected.condition = DeliveryCondition.PROTOCOL_ERROR
            assert found == [expected], (code, failure)


@both
@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (["250 OK", "550 5.1.1 no"], {0: 0, 1: 550}),
        (["250 OK", "550 no", "250 OK"], {0: 0, 1: 550, 2: 0}),
        (["550 no", "250 OK", "452 full"], {0: 550, 1: 0, 2: 452}),
        (["550 no", "450 busy"], {0: 550, 1: 450}),
        (["521 no", "571 no"], {0: 521, 1: 571}),
        (["421 bye", "250 OK"], {0: 421, 1: 421}),
        (["250 OK", "421 bye"], {0: 421, 1: 421}),
        (["550", "550-5.1.1 no\n550 5.1.1 no"], {0: 550, 1: 550}),
    ],
)
def test_several_recipients(client: str, replies: list[str], expected: dict[int, int]) -> None:
    """No refusal is lost, but after a 421 aiosmtplib only says that the connection was lost. 0: accepted."""
    recipients = [f"r{number}@example.com" for number in range(len(replies))]
    with serve({"RCPT": replies}) as server:
        failure = CLIENTS[client](server, recipients, False)
    found = delivery_statuses(failure, recipients=recipients)
    if client == "aiosmtplib" and 421 in expected.values():
        expected = dict.fromkeys(expected, -1)
    assert {recipients.index(status.final_recipient): status.reply.code for status in found} == expected
    assert [status.final_recipient for status in found] == recipients
    for status in found:
        if not status.reply.code:
            assert status.condition == DeliveryCondition.ACCEPTED
        elif status.reply.code not in {421, -1}:
            assert status.reply == parse_reply(replies[recipients.index(status.final_recipient)])


@both
@pytest.mark.parametrize("stage", ["greeting", "EHLO", "AUTH", "AUTH final", "MAIL", "RCPT", "DATA", "content"])
def test_a_connection_that_dies(client: str, stage: str) -> None:
    with serve({stage: None}) as server:
        failure = CLIENTS[client](server, [RECIPIENT], stage.startswith("AUTH"))
    (found,) = delivery_statuses(failure, recipients=[RECIPIENT], stage=SMTP_STAGE_CONTENT)
    assert (found.final_recipient, found.reply) == (RECIPIENT, SmtpReply(code=-1))
    assert found.local_error
    assert found.condition == DeliveryCondition.UNREACHABLE
    # The type of aiosmtplib's exception says that there never was a connection.
    is_known = stage == "greeting" and client == "aiosmtplib"
    assert found.stage == (SMTP_STAGE_CONNECT if is_known else SMTP_STAGE_CONTENT)


@both
@pytest.mark.parametrize("stage", ["greeting", "AUTH final", "MAIL", "RCPT", "DATA", "content"])
def test_a_connection_that_closes_after_the_reply(client: str, stage: str) -> None:
    """The reply counts, not the end of the connection."""
    with serve({stage: "554 5.7.1 go away"}, closes_after=[stage]) as server:
        failure = CLIENTS[client](server, [RECIPIENT], stage.startswith("AUTH"))
    found = delivery_statuses(failure, recipients=[RECIPIENT])
    assert [status.reply for status in found] == [parse_reply("554 5.7.1 go away")]


@both
@pytest.mark.parametrize(
    "reply",
    [b"what?\r\n", b"\r\n", b"250-a\r\nb\r\n250 c\r\n", b"250 " + b"x" * 9000 + b"\r\n"],
    ids=["no code", "empty", "a line without the code", "too long a line"],
)
def test_a_malformed_reply(client: str, reply: bytes) -> None:
    with serve({"MAIL": reply}) as server:
        failure = CLIENTS[client](server, [RECIPIENT], False)
    (found,) = delivery_statuses(failure, recipients=[RECIPIENT])
    assert (found.final_recipient, found.reply) == (RECIPIENT, SmtpReply(code=-1))
    assert found.local_error
    assert found.condition == DeliveryCondition.PROTOCOL_ERROR


@both
def test_no_server(client: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server({}, port=listener.getsockname()[1])
    (found,) = delivery_statuses(CLIENTS[client](server, [RECIPIENT], False), stage=SMTP_STAGE_CONNECT)
    assert (found.final_recipient, found.stage, found.reply) == ("", SMTP_STAGE_CONNECT, SmtpReply(code=-1))
    assert found.condition == DeliveryCondition.UNREACHABLE


@both
def test_a_reply_that_is_not_utf_8(client: str) -> None:
    """In aiosmtplib's text such bytes are surrogates, which a protobuf message cannot hold."""
    with serve({"MAIL": b"550-5.1.1 caf\xe9\r\n550 5.1.1 \xff\r\n"}) as server:
        failure = CLIENTS[client](server, [RECIPIENT], False)
    (found,) = delivery_statuses(failure, recipients=[RECIPIENT])
    assert found.reply == SmtpReply(code=550, enhanced_code="5.1.1", lines=["5.1.1 caf\ufffd", "5.1.1 \ufffd"])


@both
def test_a_late_reply(client: str) -> None:
    with serve({"content": "451 4.3.0 later"}, delay=0.02) as server:
        failure = CLIENTS[client](server, [RECIPIENT], False)
    assert [status.reply for status in delivery_statuses(failure)] == [parse_reply("451 4.3.0 later")]


# Refusals by the client itself, and failures without a reply


def refused_locally(client: str, server: Server, action: str) -> list[DeliveryStatus]:
    """Let a client try an action that this server does not offer, or a mail that cannot be sent."""
    recipients = {"smtputf8": ["\u90ae@example.com"], "injection": ["x\ny@"], "nobody": []}.get(action, [RECIPIENT])
    if client == "smtplib":
        options = ["SMTPUTF8"] if action == "smtputf8" else []
        with smtplib.SMTP(server.host, server.port) as connection:
            actions: dict[str, Callable[[], object]] = {
                "starttls": connection.starttls,
                "login": lambda: connection.login("user", "password"),
            }
            attempt = actions.get(action, lambda: connection.sendmail(SENDER, recipients, MESSAGE, options))
            with pytest.raises(Exception) as raised:  # noqa: PT011 - of any type
                attempt()
        return delivery_statuses(raised.value, recipients=recipients)

    async def attempt_asyncio() -> None:
        async with aiosmtplib.SMTP(
            hostname=server.host, port=server.port, start_tls=action == "starttls"
        ) as connection:
            if action == "login":
                await connection.login("user", "password")
            options = ["smtputf8"] if action == "smtputf8" else []
            await connection.sendmail(SENDER, recipients, MESSAGE, mail_options=options)

    with pytest.raises(Exception) as raised:  # noqa: PT011 - of any type
        asyncio.run(attempt_asyncio())
    return delivery_statuses(raised.value, recipients=recipients)


@both
@pytest.mark.parametrize("action", ["starttls", "login", "smtputf8", "injection", "nobody"])
def test_a_refusal_by_the_client_is_not_tried_again(client: str, action: str) -> None:
    script = {"EHLO": "250 localhost"}
    with serve(script) as server:
        (found,) = refused_locally(client, server, action)
    is_argument = action in {"injection", "nobody"}
    expected = DeliveryCondition.ARGUMENT_REFUSED if is_argument else DeliveryCondition.FEATURE_NOT_OFFERED
    assert (found.reply, condition_of(found)) == (SmtpReply(code=-1), expected)
    assert not should_retry(found)
    assert rpc_code(found) == (3 if is_argument else 9)


@both
def test_an_unknown_host_name(client: str) -> None:
    server = Server({}, host="no-such-host.invalid", port=25)
    (found,) = delivery_statuses(CLIENTS[client](server, [RECIPIENT], False), recipients=[RECIPIENT])
    assert condition_of(found) is DeliveryCondition.NAME_LOOKUP_FAILED
    assert should_retry(found)


@both
def test_a_server_that_says_nothing(client: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        connect: dict[str, Callable[[], object]] = {
            "smtplib": lambda: smtplib.SMTP("127.0.0.1", port, timeout=0.2),
            "aiosmtplib": lambda: asyncio.run(aiosmtplib.SMTP(hostname="127.0.0.1", port=port, timeout=0.2).connect()),
        }
        with pytest.raises(OSError) as raised:  # noqa: PT011 - of any kind
            connect[client]()
    (found,) = delivery_statuses(raised.value)
    assert condition_of(found) is DeliveryCondition.TIMED_OUT


def test_a_worker_that_shuts_down_loses_no_mail() -> None:
    async def main() -> BaseException:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=listener.getsockname()[1])
            task = asyncio.create_task(client.connect())
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await task
            return raised.value

    (found,) = delivery_statuses(asyncio.run(main()), recipients=[RECIPIENT])
    assert condition_of(found) is DeliveryCondition.CANCELLED
    assert should_retry(found)


# The same failure, wrapped by others

REFUSAL = "450 4.2.0 Greylisted"
WRAPPED = DeliveryStatus(final_recipient=RECIPIENT, stage=SMTP_STAGE_RCPT, reply=parse_reply(REFUSAL))


def raise_with_cause(error: Exception) -> None:
    raise RuntimeError("could not send") from error


def raise_in_handler(error: Exception) -> None:
    try:
        raise error
    except smtplib.SMTPException:
        raise KeyError("while telling somebody")  # noqa: B904 - that is the point


def raise_group(error: Exception) -> None:
    async def fail() -> None:
        raise error

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())

    asyncio.run(main())


def retry_in_vain(error: Exception) -> None:
    @tenacity.retry(stop=tenacity.stop_after_attempt(2), wait=tenacity.wait_none())
    def attempt() -> None:
        raise error

    attempt()


@pytest.mark.parametrize("wrap", [raise_with_cause, raise_in_handler, raise_group, retry_in_vain])
def test_the_failure_inside_another(wrap: Callable[[Exception], None]) -> None:
    with serve({"RCPT": REFUSAL}) as server:
        failure = smtplib_sends(server, [RECIPIENT], False)
    assert isinstance(failure, Exception)
    with pytest.raises(Exception) as raised:  # noqa: PT011 - of any type
        wrap(failure)
    assert delivery_statuses(raised.value, recipients=[RECIPIENT]) == [WRAPPED]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # fastapi_mail leaks a connection
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({"AUTH final": "535 5.7.8 Bad credentials"}, (535, DeliveryCondition.AUTHENTICATION_REFUSED)),
        ({"greeting": "421 4.3.2 Later"}, (421, DeliveryCondition.SERVICE_UNAVAILABLE)),
        ({"greeting": None}, (-1, DeliveryCondition.UNREACHABLE)),
    ],
    ids=["login", "greeting", "dead"],
)
def test_a_failure_in_fastapi_mail(script: Script, expected: tuple[int, DeliveryCondition]) -> None:
    """fastapi_mail raises ConnectionErrors while it handles the client's exception."""
    with serve(script) as server:
        settings = fastapi_mail.ConnectionConfig(
            MAIL_USERNAME="user",
            MAIL_PASSWORD=SecretStr("password"),
            MAIL_FROM=SENDER,
            MAIL_SERVER=server.host,
            MAIL_PORT=server.port,
            MAIL_STARTTLS=False,
            MAIL_SSL_TLS=False,
        )
        message = fastapi_mail.MessageSchema(
            subject="s",
            recipients=[NameEmail("x", RECIPIENT)],
            body="b",
            subtype=fastapi_mail.MessageType.plain,
        )
        with pytest.raises(fastapi_mail.errors.ConnectionErrors) as raised:
            asyncio.run(fastapi_mail.FastMail(settings).send_message(message))
    (found,) = delivery_statuses(raised.value, recipients=[RECIPIENT])
    assert (found.reply.code, condition_of(found)) == expected
    del raised
    gc.collect()  # raises the warning while it is still ignored


def test_an_earlier_attempt_is_not_the_answer() -> None:
    """The later failure of the client was raised while the earlier one was handled."""
    with serve({"RCPT": "550 5.1.1 no"}) as server:
        first, second = (smtplib.SMTP(server.host, server.port) for _ in range(2))
        with closing(first), closing(second):
            try:
                first.sendmail(SENDER, [RECIPIENT], MESSAGE)
            except smtplib.SMTPException:
                server.script = {"MAIL": "451 4.3.0 later"}
                with pytest.raises(smtplib.SMTPException) as raised:
                    second.sendmail(SENDER, [RECIPIENT], MESSAGE)
    assert raised.value.__context__
    assert [status.reply.code for status in delivery_statuses(raised.value)] == [451]
