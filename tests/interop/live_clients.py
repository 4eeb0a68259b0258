"""Tests of real clients inside a live .NET runtime: test_clr.py runs this file, once for each client."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import dotnet_clients
import pytest
from live_runtime import CLIENT, FEED, mail, statuses_of
from smtp_server import serve

from smtpstatus import DeliveryCondition
from smtpstatus.replies import parse_reply
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import (
    SMTP_STAGE_AUTH,
    SMTP_STAGE_CONTENT,
    SMTP_STAGE_MAIL,
    SMTP_STAGE_NOT_DEFINED,
    SMTP_STAGE_RCPT,
)
from smtpstatus_dotnet.targets.assemblies import installed_aspose

if TYPE_CHECKING:
    from dotnet_clients import Send


# Codes of each class, and two that are in no enum.
CODES = (251, 354, 450, 421, 530, 535, 550, 554, 571, 253)
STAGES = ("greeting", "EHLO", "EHLO HELO", "AUTH", "AUTH final", "MAIL", "RCPT", "DATA", "content")
# What a client does with a 4yz or 5yz: keep the code (`kept`, the default), only fail (`lost`), or go on (`sent`).
OUTCOMES = {
    "aspose": {"greeting": "sent", "AUTH": "lost", "AUTH final": "lost", "content": "kept or sent"},
    "system_net_mail": {"AUTH": "sent", "AUTH final": "sent"},
    "mailkit": {"EHLO": "sent"},
}
# The stages that the type of the exception implies.
STAGES_BY_TYPE = {
    "aspose": {},
    "system_net_mail": {},
    "mailkit": {
        "AUTH": SMTP_STAGE_AUTH,
        "AUTH final": SMTP_STAGE_AUTH,
        "MAIL": SMTP_STAGE_MAIL,
        "RCPT": SMTP_STAGE_RCPT,
        "content": SMTP_STAGE_CONTENT,
    },
}  # fmt: skip
BY_RECIPIENT = (450, 452, 550, 551, 552, 553)  # with these, System.Net.Mail and Aspose.Email name the recipient
RECIPIENT = "recipient@example.com"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Send:
    if CLIENT == "aspose":
        return dotnet_clients.load_aspose(Path(installed_aspose()))[1]
    if CLIENT == "system_net_mail":
        return dotnet_clients.load_system_net_mail()[1]
    return dotnet_clients.load_mailkit(Path(FEED), tmp_path_factory.mktemp("mailkit"))[1]


@pytest.mark.parametrize("stage", STAGES)
def test_client_at_a_stage(client: Send, stage: str) -> None:
    """The status never has a wrong code, and has the true one whenever the client kept it."""
    with serve() as server:
        for code in [*CODES] * (3 if CLIENT == "aspose" else 1):
            text = f"{code} {code // 100}.1.1 marker é"
            server.script = {"EHLO": text, "HELO": text} if stage == "EHLO HELO" else {stage: text}
            failure = client(server, [RECIPIENT], stage.startswith("AUTH"))
            found = statuses_of(failure, [RECIPIENT]) if failure else []
            assert {status.final_recipient for status in found} <= {RECIPIENT}
            assert {status.reply.code for status in found} <= {code, -1}, failure
            outcome = OUTCOMES[CLIENT].get(stage, "kept")
            if code < 400:  # clients take some of these for success, and mostly lose the others
                assert all(status.local_error for status in found)
                continue
            if not failure:
                assert "sent" in outcome, code
            elif outcome == "lost":
                assert found[0].reply == SmtpReply(code=-1)
                assert "marker" not in found[0].local_error
            else:
                assert "kept" in outcome
                assert found[0].reply == parse_reply(text), failure
                expected_stage = STAGES_BY_TYPE[CLIENT].get(stage, SMTP_STAGE_NOT_DEFINED)
                if stage == "RCPT" and code in BY_RECIPIENT:
                    expected_stage = SMTP_STAGE_RCPT
                if CLIENT == "mailkit" and code == 530 and not stage.startswith("AUTH"):  # 530 has its own exception
                    expected_stage = SMTP_STAGE_NOT_DEFINED
                assert found[0].stage == expected_stage


def test_client_whose_login_is_refused_without_a_code(client: Send) -> None:
    """After a 534 to AUTH, no client has the code. System.Net.Mail sends without a login."""
    with serve({"AUTH": "534 5.7.9 too weak"}) as server:
        failure = client(server, [RECIPIENT], True)
    expected = DeliveryStatus(reply=SmtpReply(code=-1), local_error="Authentication failed.")
    expected.final_recipient, expected.condition = RECIPIENT, DeliveryCondition.AUTHENTICATION_REFUSED
    if CLIENT == "mailkit":
        expected.stage = SMTP_STAGE_AUTH
    found = statuses_of(failure, [RECIPIENT]) if failure else []
    assert found == ([] if CLIENT == "system_net_mail" else [expected])


@pytest.mark.parametrize("replies", [["550 5.1.1 no", "450 4.2.1 busy"], ["550 5.1.1 no", "250 OK", "452 4.2.2 full"]])
def test_client_with_several_recipients(client: Send, replies: list[str]) -> None:
    recipients = [f"r{number}@example.com" for number in range(len(replies))]
    with serve({"RCPT": replies}) as server:
        failure = client(server, recipients, False)
    found = statuses_of(failure, recipients) if failure else []
    others = DeliveryCondition.NOT_SENT if CLIENT == "mailkit" else DeliveryCondition.ACCEPTED
    expected = [
        DeliveryStatus(final_recipient=recipient, condition=others)
        if reply.startswith("2") or (CLIENT == "mailkit" and recipient != recipients[0])  # gives up at the first
        else DeliveryStatus(final_recipient=recipient, stage=SMTP_STAGE_RCPT, reply=parse_reply(reply))
        for recipient, reply in zip(recipients, replies, strict=True)
    ]
    if CLIENT == "mailkit":
        assert found == expected
    elif CLIENT == "aspose" and len(replies) == 3:  # raises nothing if any recipient was accepted
        assert found == []
    else:
        assert found == expected


@pytest.mark.parametrize("reply", ["550 ", "550-\n550 ", "550 5.1.1 \u90ae\u7bb1", "550 5.1.1 caf\xe9"])
def test_client_with_an_odd_text(client: Send, reply: str) -> None:
    """Clients read it differently, but Python and C# make equal statuses of each client's exception."""
    for stage in ("MAIL", "RCPT"):
        with serve({stage: reply.encode("latin-1" if "\xe9" in reply else "utf-8") + b"\r\n"}) as server:
            failure = client(server, [RECIPIENT], False)
        assert failure
        (found,) = statuses_of(failure, [RECIPIENT])
        assert found.reply.code in {550, -1}
        assert found.reply.lines or found.reply.code == -1


# Exceptions by type: the client's own, and those of .NET that System.Net.Mail has inside its own.
CONDITIONS_BY_TYPE = {
    "aspose": {
        # Aspose.Email has its own types for two of .NET's. The first is rare: some 1 in 20,000 lost connections.
        "Aspose.Email.Exceptions.ObjectDisposedException": DeliveryCondition.UNREACHABLE,
        "Aspose.Email.Exceptions.OperationCanceledException": DeliveryCondition.CANCELLED,
    },
    "system_net_mail": {
        "System.IO.IOException": DeliveryCondition.UNREACHABLE,
        "System.OperationCanceledException": DeliveryCondition.CANCELLED,
    },
    "mailkit": {
        "MailKit.ServiceNotConnectedException": DeliveryCondition.UNREACHABLE,
        "MailKit.ServiceNotAuthenticatedException": DeliveryCondition.AUTHENTICATION_REFUSED,
        "MailKit.Security.SslHandshakeException": DeliveryCondition.TLS_REFUSED,
    },
}


@pytest.mark.usefixtures("client")
def test_client_with_exceptions_of_its_own() -> None:
    outer = import_module("Aspose.Email").SmtpException if CLIENT == "aspose" else mail().SmtpException
    for name, condition in CONDITIONS_BY_TYPE[CLIENT].items():
        namespace, _, class_name = name.rpartition(".")
        failure = outer("Failure sending mail.", getattr(import_module(namespace), class_name)("marker"))
        (found,) = statuses_of(failure, [RECIPIENT])
        assert (found.condition, found.reply.code) == (condition, -1), name
        assert found.local_error == "Failure sending mail. marker"


@pytest.mark.parametrize("stage", ["greeting", "MAIL", "RCPT", "DATA", "content"])
def test_client_whose_connection_dies(client: Send, stage: str) -> None:
    with serve({stage: None}) as server:
        failure = client(server, [RECIPIENT], False)
    if CLIENT == "aspose" and not failure and stage == "content":
        return  # it does not always wait for that reply
    assert failure
    (found,) = statuses_of(failure, [RECIPIENT])
    assert (found.final_recipient, found.reply) == (RECIPIENT, SmtpReply(code=-1))
    assert found.local_error
    assert found.condition == DeliveryCondition.UNREACHABLE
    assert "End data" not in found.local_error  # the server's text
