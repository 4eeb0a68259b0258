"""A reply read by smtplib and by the .NET clients gives equal messages, except for what docs/agreement.md lists."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from agreement import CLIENTS, CODES, DOTNET_CLIENTS, STAGES, codes_with_stage, documented_outcomes, rows, stages_of
from aiosmtpd_server import serve_aiosmtpd
from csharp import call, message
from smtp_server import Server, serve
from test_python_clients import smtplib_sends

from smtpstatus import DeliveryCondition
from smtpstatus.meaning import condition_of, rpc_code, should_retry
from smtpstatus.replies import delivery_statuses, parse_reply
from smtpstatus.v1 import SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_NOT_DEFINED, SMTP_STAGE_RCPT

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import grpc

    from smtpstatus.v1 import DeliveryStatus

RECIPIENT = "x@example.com"


def send(
    channel: grpc.Channel, client: str, server: Server, recipients: list[str], *, authenticates: bool = False
) -> list[DeliveryStatus]:
    if client == "smtplib":
        failure = smtplib_sends(server, recipients, authenticates)
        return delivery_statuses(failure, recipients=recipients)
    fields: dict[str, Any] = {"client": client, "port": server.port, "authenticates": authenticates}
    return list(call(channel, "Send", message("SendRequest", recipients=recipients, **fields)).statuses)


def is_sent(found: list[DeliveryStatus]) -> bool:
    """Whether nobody was refused: the .NET clients raise nothing then, and smtplib returns an empty mapping."""
    return all(condition_of(status) is DeliveryCondition.ACCEPTED for status in found)


def test_the_document_names_known_clients_and_stages() -> None:
    for heading in ("One recipient", "Stage"):
        for client, stages, *_ in rows(heading):
            assert client in CLIENTS
            assert {*stages_of(stages)} <= {*STAGES}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("client", CLIENTS)
def test_one_recipient(client: str, stage: str, echo_server: grpc.Channel) -> None:
    places, successes, number = STAGES[stage]
    documented = documented_outcomes(client, stage)
    found_stages: dict[int, int] = {}
    outcomes: dict[int, str] = {}
    with serve() as server:
        for code in CODES:
            if code in successes:
                continue
            reply = f"{code} {code // 100}.7.1 marker"
            server.script = dict.fromkeys(places, reply)
            found = send(echo_server, client, server, [RECIPIENT], authenticates=stage.startswith("AUTH"))
            if is_sent(found):
                outcomes[code] = "sent"
                continue
            (status,) = found
            assert status.final_recipient == RECIPIENT
            found_stages[code] = status.stage
            if status.reply.code == -1:
                outcomes[code] = "-1"
                assert status.local_error
            else:
                outcomes[code] = "reply"
                assert status.reply == parse_reply(reply)
                assert bool(status.local_error) == (code < 400)
    wrong = {code: outcome for code, outcome in outcomes.items() if outcome not in documented.get(code, ["reply"])}
    assert not wrong
    told = codes_with_stage(client, stage)
    assert found_stages == {code: number if code in told else SMTP_STAGE_NOT_DEFINED for code in found_stages}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_reply_of_several_lines(client: str, echo_server: grpc.Channel) -> None:
    reply = "550-5.1.1 One\n550-5.1.1 \u90ae\u7bb1\n550 5.1.1 Three"
    with serve({"RCPT": reply}) as server:
        (status,) = send(echo_server, client, server, [RECIPIENT])
    expected = parse_reply(reply)
    if client == "System.Net.Mail":
        del expected.lines[1:]
    assert (status.stage, status.reply) == (SMTP_STAGE_RCPT, expected)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("stage", [stage for stage in STAGES if not stage.startswith("AUTH")])
def test_a_reply_without_text(client: str, stage: str, echo_server: grpc.Channel) -> None:
    with serve(dict.fromkeys(STAGES[stage][0], "550")) as server:
        found = send(echo_server, client, server, [RECIPIENT])
    if stage == "EHLO" and client in {"smtplib", "MailKit"}:
        assert is_sent(found)  # the same as with a text
    elif found or (client, stage) != ("Aspose.Email", "content"):  # it does not always wait for that reply
        (status,) = found
        assert status.reply.code == (550 if client in {"smtplib", "MailKit"} else -1)


@pytest.mark.parametrize("replies", dict.fromkeys(row[0] for row in rows("Several recipients")))
def test_several_recipients(replies: str, echo_server: grpc.Channel) -> None:
    recipients = [f"{name}@example.com" for name in "xyz"[: len(replies.split())]]
    tested: set[str] = set()
    for answered, clients, outcome, _ in rows("Several recipients"):
        if answered != replies:
            continue
        for client in clients.split(", "):
            tested.add(client)
            with serve({"RCPT": [f"{code} {code[0]}.1.1 marker" for code in replies.split()]}) as server:
                found = send(echo_server, client, server, recipients)
            assert [status.final_recipient for status in found] == (recipients if found else [])
            outcomes = [
                str(status.reply.code) if status.HasField("reply") else DeliveryCondition(status.condition).name
                for status in found
            ]
            found_outcome = " ".join(outcomes or ["-"] * len(recipients)).lower().replace("_", " ")
            assert (client, found_outcome) == (client, outcome)
            for status in found:
                if status.HasField("reply"):
                    assert status.reply.enhanced_code == f"{status.reply.code // 100}.1.1"
    assert tested == {*CLIENTS}


# Refusals by the client itself, and failures without a reply: both languages give them the same condition.
def assert_no_reply(status: DeliveryStatus, condition: DeliveryCondition) -> None:
    assert (status.reply, status.condition) == (SmtpReply(code=-1), condition)
    assert status.local_error


@pytest.mark.parametrize("client", CLIENTS)
def test_a_feature_that_is_not_offered(client: str, echo_server: grpc.Channel) -> None:
    """The test server does not offer STARTTLS."""
    with serve() as server:
        if client == "smtplib":
            with smtplib.SMTP(server.host, server.port) as connection, pytest.raises(smtplib.SMTPException) as raised:
                connection.starttls()
            (found,) = delivery_statuses(raised.value, recipients=[RECIPIENT])
        else:
            fields: dict[str, Any] = {"client": client, "port": server.port, "starts_tls": True}
            (found,) = call(echo_server, "Send", message("SendRequest", recipients=[RECIPIENT], **fields)).statuses
    assert_no_reply(found, DeliveryCondition.FEATURE_NOT_OFFERED)
    assert not should_retry(found)
    assert rpc_code(found) == 9


@pytest.mark.parametrize("client", CLIENTS)
def test_a_certificate_that_is_not_trusted(client: str, echo_server: grpc.Channel) -> None:
    with tls_server() as port:
        if client == "smtplib":
            with smtplib.SMTP("127.0.0.1", port) as connection, pytest.raises(ssl.SSLError) as raised:
                connection.starttls(context=ssl.create_default_context())
            (found,) = delivery_statuses(raised.value, recipients=[RECIPIENT])
        else:
            fields: dict[str, Any] = {"client": client, "port": port, "starts_tls": True}
            (found,) = call(echo_server, "Send", message("SendRequest", recipients=[RECIPIENT], **fields)).statuses
    assert_no_reply(found, DeliveryCondition.TLS_REFUSED)
    assert should_retry(found)


@pytest.mark.parametrize("client", CLIENTS)
def test_nobody_to_send_to(client: str, echo_server: grpc.Channel) -> None:
    with serve() as server:
        (found,) = send(echo_server, client, server, [])
    assert_no_reply(found, DeliveryCondition.ARGUMENT_REFUSED)
    assert not should_retry(found)


@pytest.mark.parametrize("client", CLIENTS)
def test_an_address_that_cannot_be_sent(client: str, echo_server: grpc.Channel) -> None:
    with serve() as server:
        (found,) = send(echo_server, client, server, ["x\ny@" if client == "smtplib" else "bad address@"])
    assert_no_reply(found, DeliveryCondition.ARGUMENT_REFUSED)
    assert not should_retry(found)


@pytest.mark.parametrize("client", CLIENTS)
def test_nobody_listens(client: str, echo_server: grpc.Channel) -> None:
    with serve() as server:
        pass
    (found,) = send(echo_server, client, server, [RECIPIENT])
    assert_no_reply(found, DeliveryCondition.UNREACHABLE)
    assert should_retry(found)


@pytest.mark.parametrize("client", DOTNET_CLIENTS)
def test_a_server_that_says_nothing(client: str, echo_server: grpc.Channel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fields: dict[str, Any] = {"client": client, "port": listener.getsockname()[1], "timeout": 300}
        (found,) = call(echo_server, "Send", message("SendRequest", recipients=[RECIPIENT], **fields)).statuses
    assert_no_reply(found, DeliveryCondition.TIMED_OUT)


def test_a_lenient_mailkit_keeps_greylisting_temporary(echo_server: grpc.Channel) -> None:
    with serve({"RCPT": "450 4.2.0 Greylisted"}) as server:
        fields: dict[str, Any] = {"client": "MailKit", "port": server.port, "is_lenient": True}
        (found,) = call(echo_server, "Send", message("SendRequest", recipients=[RECIPIENT], **fields)).statuses
    assert_no_reply(found, DeliveryCondition.NOT_KNOWN)
    assert (found.local_error, found.stage) == ("No recipients were accepted.", SMTP_STAGE_RCPT)
    assert should_retry(found)


def tls_server() -> AbstractContextManager[int]:
    """Run a server with STARTTLS and a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return serve_aiosmtpd(object(), tls_context=context)
