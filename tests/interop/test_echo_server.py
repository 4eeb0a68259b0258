"""gRPC servers and clients of .NET and Python: each number and each detail of an error arrives unchanged."""

from __future__ import annotations

import os
import select
import signal
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from csharp import SERVICE, Csharp, call, copy, message
from google.rpc.status_pb2 import Status
from grpc_server import serve_methods
from hypothesis import given, settings
from hypothesis import strategies as st
from proto_change import change_the_meaning
from vocabulary import MEMBERS

from smtpstatus import DeliveryCondition, EnhancedStatusCode, SmtpStatusCode
from smtpstatus.meaning import verdict_of
from smtpstatus.replies import reply_of
from smtpstatus.rpc import abort, from_rpc_error, to_status
from smtpstatus.unlisted_status_code import UnlistedStatusCode
from smtpstatus.v1.delivery_pb2 import DELIVERY_ACTION_FAILED, DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_CONTENT, SMTP_STAGE_NOT_DEFINED, SMTP_STAGE_RCPT
from smtpstatus_dotnet import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

NUMBERS = sorted({*MEMBERS.values(), 1, 99, 199, 299, 399, 455, 499, 521, 571, 599, 600, -2, -5, 2**31 - 1, -(2**31)})
WHOLE = DeliveryStatus(
    final_recipient="nobody@example.com",
    stage=SMTP_STAGE_RCPT,
    reply=SmtpReply(code=450, enhanced_code="4.2.0", lines=["4.2.0 Greylisted", "\u8bf7\u7a0d\u540e\u91cd\u8bd5"]),
    remote_mta="mx.example.com",
    original_recipient="somebody@example.com",
    attempt_time=datetime(2026, 11, 24, 21, 0, 0, 123456, tzinfo=UTC),
)


def failure_with(code: int) -> DeliveryStatus:
    """Return a failure with that code."""
    local_error = "the client took this reply for a failure" if 200 <= code < 400 else ""
    return DeliveryStatus(reply=SmtpReply(code=code), local_error=local_error)


def of_size(size: int) -> DeliveryStatus:
    """Return a failure of so many bytes."""
    status = DeliveryStatus(reply=SmtpReply(code=550), local_error="x" * size)
    status.local_error = "x" * (2 * size - status.ByteSize())
    assert status.ByteSize() == size
    return status


FAILURES = [
    WHOLE,
    of_size(3000),
    of_size(3001),
    *(failure_with(number) for number in NUMBERS),
    DeliveryStatus(),
    DeliveryStatus(local_error="  connection reset \U0001f4e7 " + "\U0001f4e7" * 200),
    DeliveryStatus(reply=SmtpReply(code=550, enhanced_code="5.7.1", lines=["5.7.1 policy", "", " "])),
    DeliveryStatus(reply=SmtpReply(code=550, enhanced_code="5.70.1")),
    DeliveryStatus(reply=SmtpReply(code=250, lines=["OK"]), local_error="?"),
    DeliveryStatus(stage=SMTP_STAGE_RCPT, reply=SmtpReply(code=552)),
    DeliveryStatus(stage=SMTP_STAGE_CONTENT, reply=SmtpReply(code=552)),
    DeliveryStatus(final_recipient="\u6536" * 2000, attempt_time=WHOLE.attempt_time, remote_mta="m" * 300),
    DeliveryStatus(reply=SmtpReply(code=571, enhanced_code="5" * 300, lines=["\U0001f4e7" * 300] * 9)),
    DeliveryStatus(reply=SmtpReply(code=571, lines=["x"] * 2000), local_error="y" * 5000),
    *(
        DeliveryStatus(reply=SmtpReply(code=-1), condition=condition, stage=stage)
        for condition in [*DeliveryCondition, 99]
        for stage in (SMTP_STAGE_NOT_DEFINED, SMTP_STAGE_CONTENT)
        if DeliveryCondition(condition).answer(0)[1]
    ),
    DeliveryStatus(condition=DeliveryCondition.NOT_SENT),
    DeliveryStatus(action=DELIVERY_ACTION_FAILED, status="5.1.1"),
    DeliveryStatus(action=DELIVERY_ACTION_FAILED, status="4" * 4000, reply=SmtpReply(code=550)),
    DeliveryStatus(final_recipient="\U0001f4e7" * 999, remote_mta="\u90ae" * 999, local_error="x" + "\u00e9" * 999),
]
DELAY = timedelta(seconds=90, milliseconds=250)


def refuse(status: DeliveryStatus, delay: timedelta | None = None) -> Any:
    request = message("RefuseRequest", status=status)
    if delay is not None:
        request.retry_delay.FromTimedelta(delay)
    return request


def error_of(channel: grpc.Channel, method: str, request: Any) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, method, request)
    return raised.value


def python_server() -> AbstractContextManager[str]:
    """Serve the two methods that the .NET client calls."""

    def repeat(request: DeliveryStatus, _: grpc.ServicerContext) -> DeliveryStatus:
        return request

    def refuse(request: Any, context: grpc.ServicerContext) -> DeliveryStatus:
        delay = request.retry_delay.ToTimedelta() if request.HasField("retry_delay") else None
        return abort(context, request.status, retry_delay=delay)

    handlers = {
        "Repeat": grpc.unary_unary_rpc_method_handler(
            repeat, request_deserializer=DeliveryStatus.FromString, response_serializer=DeliveryStatus.SerializeToString
        ),
        "Refuse": grpc.unary_unary_rpc_method_handler(
            refuse,
            request_deserializer=type(message("RefuseRequest")).FromString,
            response_serializer=DeliveryStatus.SerializeToString,
        ),
    }
    return serve_methods(SERVICE, handlers)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with python_server() as address:
        yield address


def test_every_number_by_a_python_client(echo_server: grpc.Channel) -> None:
    for status in FAILURES:
        assert call(echo_server, "Repeat", status) == status


def test_every_number_by_a_dotnet_client(echo_server: grpc.Channel, address: str) -> None:
    for status in FAILURES:
        request = message("RelayRequest", address=address, request=refuse(status))
        assert call(echo_server, "Relay", request) == status


@pytest.mark.parametrize("delay", [None, timedelta(0), DELAY])
def test_errors_of_the_dotnet_server(echo_server: grpc.Channel, delay: timedelta | None) -> None:
    """The error equals that of Python's own server to the byte."""
    for status in FAILURES:
        error: Any = error_of(echo_server, "Refuse", refuse(status, delay))
        expected = to_status(status, retry_delay=delay)
        details = dict(error.trailing_metadata())["grpc-status-details-bin"]
        assert Status.FromString(details) == expected
        assert (error.code().value[0], error.details()) == (expected.code, expected.message)
        assert (from_rpc_error(error) == status) == (status.ByteSize() <= 3000)


def test_errors_of_the_python_server(echo_server: grpc.Channel, address: str) -> None:
    for status in FAILURES:
        request = message("RelayRequest", address=address, request=refuse(status, DELAY), is_refused=True)
        found = call(echo_server, "Relay", request)
        expected = DeliveryStatus()
        to_status(status).details[1].Unpack(expected)
        assert found == expected
        assert (found == status) == (status.ByteSize() <= 3000)


def test_a_success_is_not_an_error(echo_server: grpc.Channel) -> None:
    error: Any = error_of(echo_server, "Refuse", refuse(DeliveryStatus(reply=SmtpReply(code=250))))
    assert error.code() is grpc.StatusCode.UNKNOWN  # the handler raised ArgumentException
    assert from_rpc_error(error) is None


def assert_described_alike(channel: grpc.Channel, status: DeliveryStatus) -> None:
    found = call(channel, "Describe", message("DescribeRequest", status=status))
    code = SmtpStatusCode(status.reply.code)
    assert (found.info.summary, found.info.summary_zh) == (code.summary, code.summary_zh)
    assert (tuple(found.info.sources), found.rpc_code_of_code) == (code.sources, code.rpc_code)
    assert found.proto_name == code.proto_name
    assert (found.is_success, found.is_intermediate) == (code.is_success, code.is_intermediate)
    assert (found.is_transient, found.is_permanent) == (code.is_transient, code.is_permanent)
    assert found.is_known == code.is_known
    condition, is_retried, rpc_code = verdict_of(status)
    assert (found.condition, found.should_retry, found.rpc_code) == (condition, is_retried, rpc_code)
    assert found.condition_name == condition.proto_name
    info = found.condition_info
    assert (info.summary, info.summary_zh, info.reason) == (condition.summary, condition.summary_zh, condition.reason)
    assert info.counts_against == condition.counts_against


def test_each_code_is_described_alike(echo_server: grpc.Channel) -> None:
    for number in [*NUMBERS, *UnlistedStatusCode]:
        for stage in (SMTP_STAGE_NOT_DEFINED, SMTP_STAGE_RCPT, SMTP_STAGE_CONTENT):
            assert_described_alike(echo_server, DeliveryStatus(stage=stage, reply=SmtpReply(code=number)))


def test_each_enhanced_code_is_described_alike(echo_server: grpc.Channel) -> None:
    for code in map(EnhancedStatusCode, [*EnhancedStatusCode, 7515, 1999, 9001, 999_999]):
        text = f"5.{code.subject}.{code.detail}"
        status = DeliveryStatus(reply=SmtpReply(code=550, enhanced_code=text))
        found = call(echo_server, "Describe", message("DescribeRequest", status=status))
        info = found.enhanced_info
        assert (info.summary, info.summary_zh, tuple(info.sources)) == (code.summary, code.summary_zh, code.sources)
        assert found.enhanced_name == code.proto_name


SMALL = st.integers(0, 40)
INT32 = st.integers(-(2**31), 2**31 - 1)
ENHANCED_CODES = st.from_regex(r"[2-5X]\.[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True) | st.text("45.17x ", max_size=6)


@settings(deadline=None, max_examples=500)  # the machine may be busy
@given(
    status=st.builds(
        DeliveryStatus,
        stage=INT32 | SMALL,
        reply=st.builds(
            SmtpReply,
            code=INT32 | st.integers(-110, 610) | st.sampled_from([*SmtpStatusCode]),
            enhanced_code=ENHANCED_CODES,
        ),
        local_error=st.sampled_from(["", "x"]),
        condition=INT32 | SMALL,
        action=INT32 | SMALL,
        status=st.just("") | ENHANCED_CODES,
    )
)
def test_both_decide_alike(echo_server: grpc.Channel, status: DeliveryStatus) -> None:
    """This goes beyond the vectors: a message may hold any values."""
    assert_described_alike(echo_server, status)


# Parts of an enhanced status code, and other characters.
NUMBERS_AND_DOTS = ["5", "4", "2", "7", "28", "1234", ".", "5.1.1", "4.7.28", "\N{ARABIC-INDIC DIGIT FIVE}"]
BLANK_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs"}
OTHERS = [":", "#", "x", "\u90ae", " ", "\t", "\n", "\r", "\r\n"]


@settings(deadline=None)  # the machine may be busy
@given(
    code=st.sampled_from([-1, 0, 99, 100, 250, 421, 550, 999, 1000]),
    text=st.lists(st.sampled_from(NUMBERS_AND_DOTS + OTHERS), max_size=12).map("".join),
)
def test_replies_are_read_alike(echo_server: grpc.Channel, code: int, text: str) -> None:
    assert call(echo_server, "Read", message("ReadRequest", code=code, text=text)) == reply_of(code, text)


@pytest.mark.parametrize("code", [450, 550])
def test_an_enhanced_code_of_another_class_is_not_read(echo_server: grpc.Channel, code: int) -> None:
    for text in ("4.1.1 no", "5.1.1 no", "2.1.1 no"):
        found = call(echo_server, "Read", message("ReadRequest", code=code, text=text))
        assert found == reply_of(code, text)
        assert found.enhanced_code == ("" if int(text[0]) != code // 100 else text[:5])


def test_blanks_are_alike(echo_server: grpc.Channel) -> None:
    characters = [chr(number) for number in range(0x10000) if unicodedata.category(chr(number)) in BLANK_CATEGORIES]
    assert len(characters) > 100
    found = {
        character: call(echo_server, "Read", message("ReadRequest", code=550, text=f"{character}5.1.1")).enhanced_code
        for character in characters
    }
    assert found == {character: reply_of(550, f"{character}5.1.1").enhanced_code for character in characters}
    assert {*found.values()} == {"", "5.1.1"}


def test_the_check_agrees_with_the_server(csharp: Csharp) -> None:
    with csharp.echo_server() as address:
        report = check(f"grpc://{address}")
    assert [(result.exit_code, result.differences) for result in report.results] == [(0, ())]


@pytest.mark.any_python
def test_the_check_reports_a_changed_enum(csharp: Csharp, root: Path, tmp_path: Path) -> None:
    changed = Csharp(copy(root, tmp_path), csharp.sdk, csharp.aspose)
    proto = tmp_path / "proto/smtpstatus/v1/smtp_status_code.proto"
    text = proto.read_text(encoding="utf-8")
    assert text.count("MAILBOX_BUSY = 450 [") == 1
    proto.write_text(text.replace("MAILBOX_BUSY = 450 [", "MAILBOX_BUSY = 459 ["), encoding="utf-8")
    built = changed.dotnet("build", "--configuration", "Release", "SmtpStatus.EchoServer")
    assert built.returncode == 0, built.stdout
    with changed.echo_server() as address:
        report = check(f"grpc://{address}")
    (result,) = report.results
    (difference,) = result.differences
    assert report.exit_code == 1
    assert (difference.kind, difference.name, difference.other_number) == ("number", "MailboxBusy", 459)


@pytest.mark.any_python
def test_a_changed_condition_changes_the_advice(csharp: Csharp, root: Path, tmp_path: Path) -> None:
    """Only the .proto has to be edited; `test_generate.py` tests the same for Python."""
    changed = Csharp(copy(root, tmp_path), csharp.sdk, csharp.aspose)
    change_the_meaning(tmp_path)
    built = changed.dotnet("build", "--configuration", "Release", "SmtpStatus.EchoServer")
    assert built.returncode == 0, built.stdout
    status = DeliveryStatus(stage=SMTP_STAGE_RCPT, reply=SmtpReply(code=550, enhanced_code="5.1.1"))
    with changed.echo_server() as address, grpc.insecure_channel(address) as channel:
        found = call(channel, "Describe", message("DescribeRequest", status=status))
    assert DeliveryCondition(found.condition) is DeliveryCondition.TOO_MANY_RECIPIENTS
    assert (found.should_retry, found.rpc_code) == (True, 8)


def test_the_server_ends_with_the_process_that_started_it(csharp: Csharp) -> None:
    """This holds for a test run that is killed, too: the kernel closes its end of the pipe."""
    reader, writer = os.pipe()
    program = csharp.folder / "SmtpStatus.EchoServer/bin/Release/net10.0/SmtpStatus.EchoServer.dll"
    child = os.posix_spawn(
        csharp.sdk / "dotnet",
        ["dotnet", str(program)],
        csharp.environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, reader, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    os.close(reader)
    os.close(writer)
    assert os.waitstatus_to_exitcode(wait(child)) == 0


def wait(child: int) -> int:
    """Wait for a child process, at most a minute, and return its status."""
    descriptor = os.pidfd_open(child)
    try:
        if not select.select([descriptor], [], [], 60)[0]:
            os.kill(child, signal.SIGKILL)
        return os.waitpid(child, 0)[1]
    finally:
        os.close(descriptor)
