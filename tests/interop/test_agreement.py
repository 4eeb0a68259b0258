"""One server's reply, read by smtplib and by the .NET clients: equal messages, but for what docs/agreement.md lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from csharp import call, message
from smtp_server import Server, serve
from test_python_clients import CODES, smtplib_sends

from smtpstatus.replies import delivery_statuses, parse_reply
from smtpstatus.v1.delivery_pb2 import (
    SMTP_STAGE_AUTH,
    SMTP_STAGE_CONNECT,
    SMTP_STAGE_CONTENT,
    SMTP_STAGE_DATA,
    SMTP_STAGE_EHLO,
    SMTP_STAGE_MAIL,
    SMTP_STAGE_NOT_DEFINED,
    SMTP_STAGE_RCPT,
)

if TYPE_CHECKING:
    import grpc

    from smtpstatus.v1.delivery_pb2 import DeliveryStatus

DOTNET_CLIENTS = ("System.Net.Mail", "MailKit", "Aspose.Email")
CLIENTS = ("smtplib", *DOTNET_CLIENTS)
# By its name in the document: where the server says it, the codes with which it succeeds, and its name in messages.
STAGES: dict[str, tuple[list[str], set[int], int]] = {
    "greeting": (["greeting"], {220}, SMTP_STAGE_CONNECT),
    "EHLO": (["EHLO"], {250}, SMTP_STAGE_EHLO),
    "EHLO, HELO": (["EHLO", "HELO"], {250}, SMTP_STAGE_EHLO),
    "AUTH": (["AUTH"], {235, 334}, SMTP_STAGE_AUTH),
    "AUTH end": (["AUTH final"], {235, 334}, SMTP_STAGE_AUTH),
    "MAIL": (["MAIL"], {250}, SMTP_STAGE_MAIL),
    "RCPT": (["RCPT"], {250, 251}, SMTP_STAGE_RCPT),
    "DATA": (["DATA"], {354}, SMTP_STAGE_DATA),
    "content": (["content"], {250}, SMTP_STAGE_CONTENT),
}
RECIPIENT = "x@example.com"
TEXT = (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", section, re.MULTILINE)
    ][2:]


def stages_of(cell: str) -> list[str]:
    """Return the stages that a cell names: "EHLO, HELO" is one."""
    return [cell] if cell in STAGES else cell.split(", ")


def exceptions(client: str, stage: str) -> dict[int, list[str]]:
    """Return how codes come out, where it is not as they are."""
    found: dict[int, list[str]] = {}
    for name, stages, replies, outcome, _ in rows("One recipient"):
        if name == client and stage in stages_of(stages):
            pattern = re.compile(replies.replace("all", "...").replace("yz", "..").replace(" ", "|"))
            found.update({code: outcome.split(" or ") for code in CODES if pattern.fullmatch(str(code))})
    return found


def send(
    channel: grpc.Channel, client: str, server: Server, recipients: list[str], *, authenticates: bool = False
) -> list[DeliveryStatus]:
    if client == "smtplib":
        failure = smtplib_sends(server, recipients, authenticates)
        return delivery_statuses(failure, recipients=recipients)
    fields: dict[str, Any] = {"client": client, "port": server.port, "authenticates": authenticates}
    return list(call(channel, "Send", message("SendRequest", recipients=recipients, **fields)).statuses)


def test_the_document_names_what_there_is() -> None:
    for client, stages, *_ in rows("One recipient"):
        assert client in CLIENTS
        assert {*stages_of(stages)} <= {*STAGES}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("client", CLIENTS)
def test_one_recipient(client: str, stage: str, echo_server: grpc.Channel) -> None:
    places, successes, number = STAGES[stage]
    otherwise = exceptions(client, stage)
    stages_told: set[int] = set()
    outcomes: dict[int, str] = {}
    with serve() as server:
        for code in CODES:
            if code in successes:
                continue
            reply = f"{code} {code // 100}.7.1 marker"
            server.script = dict.fromkeys(places, reply)
            found = send(echo_server, client, server, [RECIPIENT], authenticates=stage.startswith("AUTH"))
            if not found:
                outcomes[code] = "sent"
                continue
            (status,) = found
            assert status.final_recipient == RECIPIENT
            if status.reply.code == -1:
                outcomes[code] = "-1"
                assert status.local_error
            else:
                outcomes[code] = "reply"
                assert status.reply == parse_reply(reply)
                assert bool(status.local_error) == (code < 400)
                stages_told.add(status.stage)
    wrong = {code: outcome for code, outcome in outcomes.items() if outcome not in otherwise.get(code, ["reply"])}
    assert not wrong
    assert stages_told <= {SMTP_STAGE_NOT_DEFINED, number}


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
        assert not found  # as with a text
    elif found or (client, stage) != ("Aspose.Email", "content"):  # for which it does not always wait
        (status,) = found
        assert status.reply.code == (550 if client in {"smtplib", "MailKit"} else -1)


@pytest.mark.parametrize("replies", dict.fromkeys(row[0] for row in rows("Two recipients")))
def test_two_recipients(replies: str, echo_server: grpc.Channel) -> None:
    recipients = ["x@example.com", "y@example.com"]
    tested: set[str] = set()
    for answered, clients, outcome, _ in rows("Two recipients"):
        if answered != replies:
            continue
        for client in clients.split(", "):
            tested.add(client)
            with serve({"RCPT": [f"{code} {code[0]}.1.1 marker" for code in replies.split()]}) as server:
                found = {status.final_recipient: status for status in send(echo_server, client, server, recipients)}
            codes = [str(found[name].reply.code) if name in found else "-" for name in recipients]
            assert (client, codes) == (client, outcome.split())
            assert all(status.reply.enhanced_code == f"{status.reply.code // 100}.1.1" for status in found.values())
    assert tested == {*CLIENTS}
