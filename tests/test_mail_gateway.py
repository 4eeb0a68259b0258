"""`examples/mail_gateway`, run as in its README: real gRPC, and a third-party mail server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd_server import serve_aiosmtpd
from conftest import ROOT, CommandLine
from process import run
from smtp_server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = ROOT / "examples" / "mail_gateway"
README = (EXAMPLE / "README.md").read_text(encoding="utf-8")
MESSAGE = "Subject: a test\n\nHello\n"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with its stubs, made by the command of its README."""
    compiler = ROOT / ".venv" / "generate" / "bin" / "python"
    if not compiler.exists():
        pytest.skip("the compiler has no environment: run scripts/environment generate")
    folder = tmp_path_factory.mktemp("example") / "mail_gateway"
    shutil.copytree(EXAMPLE, folder)
    (options,) = re.findall(r"^\$ python -m grpc_tools.protoc (.*)$", README, re.MULTILINE)
    include = run(sys.executable, "-m", "smtpstatus_dotnet", "include").stdout.strip()
    command = options.replace('"$(smtpstatus include)"', include).split()
    result = run(compiler, "-m", "grpc_tools.protoc", *command, folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    return folder


@contextmanager
def gateway(example: Path, port: int) -> Iterator[str]:
    """Run the example's server, which sends through the mail server at this port; yield its address."""
    command = [sys.executable, "server.py", "--listen", "127.0.0.1:0", "--smtp", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=example, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout
            yield "127.0.0.1:" + process.stdout.readline().removeprefix("serving on port ").strip()
        finally:
            process.kill()


def send(example: Path, address: str, *recipients: str) -> tuple[int, str]:
    command = (sys.executable, "client.py", "--gateway", address, "me@example.com", *recipients)
    result = run(*command, folder=example, stdin=MESSAGE)
    assert result.stderr == ""
    return result.returncode, result.stdout


class Handler:
    """The rules of a mail server: it knows every recipient except `nobody`."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], bytes]] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's
        if address.startswith("nobody@"):
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        self.messages.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


def test_as_in_the_readme(example: Path, smtpstatus: CommandLine) -> None:
    handler = Handler()
    with serve_aiosmtpd(handler) as port, gateway(example, port) as address:
        (recipients, shown) = re.findall(
            r"^\$ python client.py me@example.com (.*) < .*\n(.*)\n", README, re.MULTILINE
        )[0]
        assert send(example, address, *recipients.split()) == (69, f"{shown}\n")
        assert handler.messages == [(["you@example.com"], MESSAGE.replace("\n", "\r\n").encode())]
        assert send(example, address, "you@example.com", "me@example.com") == (0, "")
        # If all recipients are refused, each is reported, and nothing is sent.
        refused = "{}: RECIPIENT_UNKNOWN: 550 5.1.1 User unknown; do not try again\n"
        names = ("nobody@example.com", "nobody@example.org")
        assert send(example, address, *names) == (69, "".join(map(refused.format, names)))
        assert len(handler.messages) == 2
        (report,) = re.findall(r"^\$ smtpstatus check grpc://localhost:50051\n((?:.*\n)+?)```", README, re.MULTILINE)
        assert smtpstatus("check", f"grpc://{address}").stdout == report.replace("localhost:50051", address)


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ({"content": "250 OK", "QUIT": "500 what?"}, (0, "")),
        ({"QUIT": None}, (0, "")),
        (
            {"MAIL": "451 4.3.0 Try later"},
            (75, "all recipients: SERVICE_UNAVAILABLE: 451 4.3.0 Try later; try again later\n"),
        ),
        ({"content": "554 5.6.0 No"}, (69, "all recipients: MESSAGE_REFUSED: 554 5.6.0 No; do not try again\n")),
        ({"greeting": "521 No mail"}, (69, "all recipients: SERVICE_UNAVAILABLE: 521 No mail; do not try again\n")),
        (
            {"DATA": None},
            (75, "all recipients: UNREACHABLE: Connection unexpectedly closed; try again later\n"),
        ),
        (
            {"RCPT": ["250 OK", "552 Too many"]},
            (75, "b@example.com: TOO_MANY_RECIPIENTS: 552 Too many; try again later\n"),
        ),
        (
            {"RCPT": ["421 Bye"]},
            (
                75,
                "a@example.com: SERVICE_UNAVAILABLE: 421 Bye; try again later\n"
                "b@example.com: SERVICE_UNAVAILABLE: 421 Bye; try again later\n",
            ),
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_failures(example: Path, script: dict[str, Any], outcome: tuple[int, str]) -> None:
    with serve(script) as mail_server, gateway(example, mail_server.port) as address:
        assert send(example, address, "a@example.com", "b@example.com") == outcome


def test_an_address_that_cannot_be_sent(example: Path) -> None:
    """Neither trying again nor another server helps."""
    with serve() as mail_server, gateway(example, mail_server.port) as address:
        code, printed = send(example, address, "\u90ae@example.com")
    assert code == 69
    assert re.fullmatch(r"all recipients: ARGUMENT_REFUSED: .*ascii.*; do not try again\n", printed)


def test_nobody_to_send_to(example: Path) -> None:
    """This is a mistake of the caller, not a failure of the mail server that may pass."""
    program = (
        "import sys, grpc; from client import send; from mail_gateway_pb2 import SendMailRequest\n"
        "send(grpc.insecure_channel(sys.argv[1]), SendMailRequest(sender='me@example.com'))"
    )
    with serve() as mail_server, gateway(example, mail_server.port) as address:
        result = run(sys.executable, "-c", program, address, folder=example)
        assert not mail_server.commands
    assert "INVALID_ARGUMENT" in result.stderr


def test_the_example_is_typed(example: Path) -> None:
    # The last two options ignore errors in the code that protoc generated.
    options = ("--strict", "--config-file", ROOT / "pyproject.toml", "--follow-imports=silent", "--allow-any-generics")
    result = run(sys.executable, "-m", "mypy", *options, "server.py", "client.py", folder=example)
    assert result.returncode == 0, result.stdout
