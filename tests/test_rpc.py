"""`smtpstatus.rpc`: statuses as errors of real gRPC calls, on sync and asyncio servers and clients."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import grpc_server
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from hypothesis import given
from hypothesis import strategies as st
from process import run
from vocabulary import MEMBERS

from smtpstatus import DeliveryCondition, SmtpStatusCode
from smtpstatus.meaning import condition_of, rpc_code, should_retry
from smtpstatus.replies import delivery_statuses
from smtpstatus.rpc import abort, from_rpc_error, from_status, to_status
from smtpstatus.v1.delivery_pb2 import DELIVERY_ACTION_DELAYED, DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_CONTENT, SMTP_STAGE_MAIL, SMTP_STAGE_RCPT, SmtpStage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractContextManager

# The google.rpc.Code of each code at an unknown stage, spelled out a second time. A 2yz or 3yz becomes an error only
# if a client took it for a failure.
RPC_CODES = {
    "UNKNOWN": {0, 99, 600, 2**31 - 1, -2, -(2**31)},
    "INTERNAL": {211, 214, 220, 221, 235, 250, 251, 252, 253, 299, 334, 354, 399, 500, 501, 502, 503, 504, 555},
    "UNAVAILABLE": {-1, 421, 432, 450, 451, 452, 454, 455, 499},
    "RESOURCE_EXHAUSTED": {552},
    "INVALID_ARGUMENT": {553},
    "NOT_FOUND": {551, 556},
    "FAILED_PRECONDITION": {521, 523, 530, 534, 535, 538, 541, 550, 554, 571, 599},
}
CODES = {code: name for name, codes in RPC_CODES.items() for code in sorted(codes)}
NUMBERS = {name: code.value[0] for name, code in grpc.StatusCode.__members__.items()}
LOCAL_ERROR = "the client took this reply for a failure"


def failure(code: int, **fields: Any) -> DeliveryStatus:
    local_error = LOCAL_ERROR if 200 <= code < 400 else ""
    return DeliveryStatus(reply=SmtpReply(code=code), local_error=local_error, **fields)


WHOLE = DeliveryStatus(
    final_recipient="nobody@example.com",
    stage=SMTP_STAGE_RCPT,
    reply=SmtpReply(code=450, enhanced_code="4.2.0", lines=["4.2.0 Greylisted", "\u8bf7\u7a0d\u540e\u91cd\u8bd5"]),
    remote_mta="mx.example.com",
    attempt_time=datetime(2026, 11, 24, 21, 0, tzinfo=UTC),
)


def packed(*messages: Any) -> list[AnyMessage]:
    details = [AnyMessage() for _ in messages]
    for detail, message in zip(details, messages, strict=True):
        detail.Pack(message, deterministic=True)
    return details


def test_the_table_has_all_listed_codes() -> None:
    assert set(MEMBERS.values()) <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code(code: int) -> None:
    status = to_status(failure(code))
    assert status.code == NUMBERS[CODES[code]]
    assert from_status(status) == failure(code)


@pytest.mark.parametrize(
    ("code", "enhanced_code", "stage", "name"),
    [
        (550, "5.7.1", SMTP_STAGE_RCPT, "PERMISSION_DENIED"),
        (550, "5.7.26", SMTP_STAGE_CONTENT, "PERMISSION_DENIED"),
        (554, "5.7.1", SMTP_STAGE_RCPT, "PERMISSION_DENIED"),
        (550, "5.1.1", SMTP_STAGE_RCPT, "NOT_FOUND"),
        (550, "", SMTP_STAGE_RCPT, "NOT_FOUND"),
        (550, "5.1.1", SMTP_STAGE_MAIL, "INVALID_ARGUMENT"),
        (550, "", SMTP_STAGE_CONTENT, "PERMISSION_DENIED"),
        (550, "5.2.2", SMTP_STAGE_RCPT, "RESOURCE_EXHAUSTED"),
        (511, "5.1.1", SMTP_STAGE_RCPT, "NOT_FOUND"),
        (450, "4.7.1", SMTP_STAGE_RCPT, "UNAVAILABLE"),
        (552, "", SMTP_STAGE_RCPT, "RESOURCE_EXHAUSTED"),
    ],
)
def test_the_enhanced_code_and_the_stage_decide(code: int, enhanced_code: str, stage: int, name: str) -> None:
    """Every code and detail at every stage is in `tests/vectors`."""
    reply = SmtpReply(code=code, enhanced_code=enhanced_code)
    assert to_status(DeliveryStatus(stage=stage, reply=reply)).code == NUMBERS[name]


def test_the_whole_status() -> None:
    delay = timedelta(minutes=5)
    retry = RetryInfo()
    retry.retry_delay.FromTimedelta(delay)
    metadata = {
        "condition": "DELIVERY_CONDITION_SERVICE_UNAVAILABLE",
        "code": "450",
        "enhanced_code": "4.2.0",
        "retry": "true",
    }
    info = ErrorInfo(reason="SMTP_STATUS_CODE_MAILBOX_BUSY", domain="smtpstatus.v1", metadata=metadata)
    expected = Status(
        code=NUMBERS["UNAVAILABLE"],
        message="450 4.2.0 Greylisted \u8bf7\u7a0d\u540e\u91cd\u8bd5",
        details=packed(info, WHOLE, retry),
    )
    assert to_status(WHOLE, retry_delay=delay) == expected
    assert from_status(expected) == WHOLE
    del expected.details[2]
    assert to_status(WHOLE) == expected


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (DeliveryStatus(reply=SmtpReply(code=550, lines=["a", "b"])), "550 a b"),
        (DeliveryStatus(reply=SmtpReply(code=550, lines=[""])), "550"),
        (DeliveryStatus(reply=SmtpReply(code=-1), local_error="reset by peer"), "reset by peer"),
        (DeliveryStatus(reply=SmtpReply(code=-1)), DeliveryCondition.NOT_KNOWN.summary),
        (DeliveryStatus(reply=SmtpReply(code=450)), SmtpStatusCode.MAILBOX_BUSY.summary),
        (DeliveryStatus(), DeliveryCondition.NOT_DEFINED.summary),
        (DeliveryStatus(condition=DeliveryCondition.NOT_SENT), DeliveryCondition.NOT_SENT.summary),
        (DeliveryStatus(reply=SmtpReply(code=550, lines=["x" * 1000])), "550 " + "x" * 156),
    ],
)
def test_the_message(status: DeliveryStatus, message: str) -> None:
    assert to_status(status).message == message


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (521, "SMTP_STATUS_CODE_521"),
        (-1, "SMTP_STATUS_CODE_GENERAL_FAILURE"),
        (-(2**31), "SMTP_STATUS_CODE_MINUS_2147483648"),
        (534, "SMTP_STATUS_CODE_AUTHENTICATION_MECHANISM_IS_TO_WEAK"),
    ],
)
def test_the_reason(code: int, reason: str) -> None:
    info = ErrorInfo()
    assert to_status(failure(code)).details[0].Unpack(info)
    assert info.reason == reason


@pytest.mark.parametrize("code", [200, 211, 250, 251, 299])
def test_a_success_is_not_an_error(code: int) -> None:
    status = DeliveryStatus(stage=SMTP_STAGE_CONTENT, reply=SmtpReply(code=code))
    with pytest.raises(ValueError, match=r"DELIVERY_CONDITION_(ACCEPTED|IN_PROGRESS) is not a failure"):
        to_status(status)
    # An error whose details are a success is not accepted, either.
    assert from_status(Status(code=5, details=packed(status))) is None


@pytest.mark.parametrize("code", [0, 250, 421, 550])
def test_a_delayed_mail_is_not_a_failure(code: int) -> None:
    status = DeliveryStatus(action=DELIVERY_ACTION_DELAYED, status="4.4.1", reply=SmtpReply(code=code))
    assert not should_retry(status)
    with pytest.raises(ValueError, match="DELIVERY_CONDITION_DELAYED is not a failure"):
        to_status(status)


def test_the_receiver_of_a_failure_without_a_reply_decides_alike() -> None:
    for condition in DeliveryCondition:
        sent = DeliveryStatus(reply=SmtpReply(code=-1), local_error="x", condition=condition)
        if rpc_code(sent):
            received = from_status(to_status(sent))
            assert received == sent
            info = ErrorInfo()
            assert to_status(sent).details[0].Unpack(info)
            assert info.metadata["condition"] == condition_of(received).proto_name
            assert info.metadata["retry"] == str(should_retry(received)).lower()


def test_a_grpc_error_with_our_details_is_that_status() -> None:
    """The error is raised by a stub, and may be wrapped by the stub's caller."""
    with serve(refuse) as address, grpc.insecure_channel(address) as channel:
        error = outcome(lambda: send(channel)(failure(550, stage=SMTP_STAGE_RCPT)))
        other = outcome(lambda: send(channel, "None")(WHOLE))
    wrapped = RuntimeError("the gateway refused")
    wrapped.__cause__ = error
    for raised in (error, wrapped):
        (found,) = delivery_statuses(raised, recipients=["a@example.com"])
        assert found == failure(550, stage=SMTP_STAGE_RCPT, final_recipient="a@example.com")
    (found,) = delivery_statuses(other)
    assert (found.reply.code, condition_of(found)) == (-1, DeliveryCondition.NOT_KNOWN)
    with serve(refuse) as address, grpc.insecure_channel(address) as channel:
        error = outcome(lambda: send(channel)(WHOLE))
    found, rest = delivery_statuses(error, recipients=[WHOLE.final_recipient, "b@example.com"])
    assert found == WHOLE
    assert (rest.final_recipient, rest.HasField("reply")) == ("b@example.com", False)
    assert condition_of(rest) is DeliveryCondition.NOT_KNOWN


def test_a_success_that_a_client_raised_is_internal() -> None:
    import smtplib

    (status,) = delivery_statuses(smtplib.SMTPSenderRefused(250, b"2.1.0 OK", "a"), stage=SMTP_STAGE_MAIL)
    assert to_status(status).code == NUMBERS["INTERNAL"]


def test_a_delay_is_sent_if_trying_again_helps() -> None:
    for code in CODES:
        for stage in SmtpStage.values():
            status = failure(code, stage=stage)
            details = to_status(status, retry_delay=timedelta(seconds=1)).details
            assert any(detail.Unpack(RetryInfo()) for detail in details) == should_retry(status)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
STATUSES = st.builds(
    DeliveryStatus,
    final_recipient=TEXT,
    stage=st.integers(-(2**31), 2**31 - 1),
    reply=st.builds(
        SmtpReply,
        code=st.integers(-(2**31), 2**31 - 1) | st.sampled_from(sorted(CODES)),
        enhanced_code=TEXT,
        lines=st.lists(TEXT, max_size=3),
    ),
    remote_mta=TEXT,
    local_error=TEXT.filter(bool),
)


@given(STATUSES)
def test_a_failure_comes_back_and_never_becomes_ok(status: DeliveryStatus) -> None:
    found = to_status(status)
    assert from_status(found) == status
    assert found.code in set(NUMBERS.values()) - {0}
    info = ErrorInfo()
    assert found.details[0].Unpack(info)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+[A-Z0-9]", info.reason)  # the rule of google/rpc/error_details.proto
    assert len(info.reason) <= 63


def service(handler: Callable[..., Any]) -> grpc.GenericRpcHandler:
    """Return the service of one method that takes and answers a DeliveryStatus."""
    of_method = grpc.unary_unary_rpc_method_handler(
        handler, DeliveryStatus.FromString, DeliveryStatus.SerializeToString
    )
    return grpc.method_handlers_generic_handler("test.Mail", {"Send": of_method})


def serve(handler: Callable[..., Any]) -> AbstractContextManager[str]:
    return grpc_server.serve(lambda server: server.add_generic_rpc_handlers([service(handler)]))


@asynccontextmanager
async def serve_asyncio(handler: Callable[..., Any]) -> AsyncIterator[str]:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([service(handler)])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(None)


def send(channel: Any, method: str = "Send") -> Any:
    return channel.unary_unary(
        f"/test.Mail/{method}",
        request_serializer=DeliveryStatus.SerializeToString,
        response_deserializer=DeliveryStatus.FromString,
    )


def refuse(request: DeliveryStatus, context: grpc.ServicerContext) -> DeliveryStatus:
    abort(context, request, retry_delay=timedelta(seconds=30))


async def refuse_asyncio(request: DeliveryStatus, context: grpc.aio.ServicerContext[Any, Any]) -> DeliveryStatus:
    await abort(context, request, retry_delay=timedelta(seconds=30))


def outcome(call: Callable[[], DeliveryStatus]) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


async def outcome_asyncio(address: str, request: DeliveryStatus) -> grpc.RpcError:
    async with grpc.aio.insecure_channel(address) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            await send(channel)(request)
    return caught.value


REQUESTS = [*(failure(code) for code in CODES), WHOLE]


def assert_all_arrive(errors: list[grpc.RpcError]) -> None:
    assert [from_rpc_error(error) for error in errors] == REQUESTS
    expected = [to_status(request) for request in REQUESTS]
    found: list[Any] = list(errors)
    assert [(error.code().value[0], error.details()) for error in found] == [(s.code, s.message) for s in expected]


def test_sync_server_and_both_clients() -> None:
    async def asyncio_client(address: str) -> list[grpc.RpcError]:
        return [await outcome_asyncio(address, request) for request in REQUESTS]

    with serve(refuse) as address:
        with grpc.insecure_channel(address) as channel:
            call = send(channel)
            assert_all_arrive([outcome(lambda: call(request)) for request in REQUESTS])  # noqa: B023 - called at once
        assert_all_arrive(asyncio.run(asyncio_client(address)))


def test_asyncio_server_and_both_clients() -> None:
    async def main() -> None:
        def sync_client() -> list[grpc.RpcError]:
            with grpc.insecure_channel(address) as channel:
                call = send(channel)
                return [outcome(lambda: call(request)) for request in REQUESTS]  # noqa: B023 - called at once

        async with serve_asyncio(refuse_asyncio) as address:
            assert_all_arrive([await outcome_asyncio(address, request) for request in REQUESTS])
            assert_all_arrive(await asyncio.to_thread(sync_client))

    asyncio.run(main())


def test_statuses_in_messages_keep_their_numbers() -> None:
    requests = [DeliveryStatus(stage=code, reply=SmtpReply(code=code)) for code in CODES]
    with serve(lambda request, _: request) as address, grpc.insecure_channel(address) as channel:
        assert [send(channel)(request) for request in requests] == requests


def test_a_success_fails_the_call_all_the_same() -> None:
    request = DeliveryStatus(reply=SmtpReply(code=250))
    with serve(refuse) as address, grpc.insecure_channel(address) as channel:
        error: Any = outcome(lambda: send(channel)(request))
    assert error.code() is grpc.StatusCode.UNKNOWN
    assert from_rpc_error(error) is None


def test_a_stream_ends_with_the_error() -> None:
    def stream(request: DeliveryStatus, context: grpc.ServicerContext) -> Iterator[DeliveryStatus]:
        yield request
        abort(context, request)

    method = grpc.unary_stream_rpc_method_handler(stream, DeliveryStatus.FromString, DeliveryStatus.SerializeToString)
    with (
        grpc_server.serve_methods("test.Mail", {"Watch": method}) as address,
        grpc.insecure_channel(address) as channel,
    ):
        responses: Any = channel.unary_stream(
            "/test.Mail/Watch", DeliveryStatus.SerializeToString, DeliveryStatus.FromString
        )(WHOLE)
        assert next(responses) == WHOLE
        assert from_rpc_error(outcome(lambda: next(responses))) == WHOLE


def start(text: str) -> str:
    """Return the longest start of at most 255 bytes."""
    return max((text[:end] for end in range(256) if len(text[:end].encode()) <= 255), key=len)


LONG = [
    ["x" * 8000],
    [f"5.7.1 line {number} of a lecture" for number in range(100_000)],
    ["\U0001f4e7" * 3000] * 30,
    ["\u90ae" * 500, ""] * 5,
]


@pytest.mark.parametrize("lines", LONG, ids=["long", "many", "wide", "chinese"])
def test_a_status_that_no_trailer_can_hold_is_shortened(lines: list[str]) -> None:
    """Beyond 8 KiB gRPC turns the error into RESOURCE_EXHAUSTED, at random: then 550 looks like 452."""
    text = "\U0001f4e7" * 3000
    status = DeliveryStatus(
        final_recipient=text,
        stage=SMTP_STAGE_RCPT,
        reply=SmtpReply(code=550, enhanced_code=text, lines=lines),
        remote_mta=text,
        local_error=text,
        status=text,
        condition=DeliveryCondition.RECIPIENT_UNKNOWN,
    )
    if len(lines) > 1:
        status.attempt_time.GetCurrentTime()
    # The server makes the status, because some are larger than a request may be.
    with serve(lambda _, context: abort(context, status)) as address, grpc.insecure_channel(address) as channel:
        call = send(channel)
        errors: list[Any] = [outcome(lambda: call(DeliveryStatus())) for _ in range(30)]
    assert {error.code() for error in errors} == {grpc.StatusCode.NOT_FOUND}
    found = from_rpc_error(errors[0])
    assert found
    assert found.reply.lines
    assert list(found.reply.lines) == [start(line) for line in lines[: len(found.reply.lines)]]
    del found.reply.lines[:], status.reply.lines[:]
    for field in ("final_recipient", "remote_mta", "local_error"):
        setattr(status, field, start(text))
    status.reply.enhanced_code = status.status = ""  # too long for a status code
    assert found == status
    # The size as other stacks count it, in base64 and percent-encoding.
    encoded = sum(len(value) for _, value in errors[0].trailing_metadata()) * 4 / 3 + 3 * len(
        errors[0].details().encode()
    )
    assert encoded < 8000


def test_a_status_that_fits_is_not_shortened() -> None:
    status = DeliveryStatus(reply=SmtpReply(code=550, lines=["x" * 512] * 5))
    assert from_status(to_status(status)) == status


class Call(grpc.RpcError):
    """An error of a call that ended with these details."""

    def __init__(self, details: bytes | None) -> None:
        self.metadata: Any = details if details is None else (("other", "x"), ("grpc-status-details-bin", details))

    def trailing_metadata(self) -> Any:
        return self.metadata

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNAVAILABLE


def test_errors_of_another_kind() -> None:
    assert from_rpc_error(grpc.RpcError()) is None
    assert from_rpc_error(Call(None)) is None
    assert from_status(Status(code=5)) is None
    assert (
        from_status(Status(code=5, details=packed(ErrorInfo(reason="SMTP_STATUS_CODE_OK", domain="smtpstatus.v1"))))
        is None
    )

    def not_found(_: object, context: grpc.ServicerContext) -> None:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such method of mail")

    with serve(not_found) as address, grpc.insecure_channel(address) as channel:
        assert from_rpc_error(outcome(lambda: send(channel)(WHOLE))) is None
        assert from_rpc_error(outcome(lambda: send(channel, "None")(WHOLE))) is None
    with grpc.insecure_channel(address) as channel:  # nobody listens any more
        assert from_rpc_error(outcome(lambda: send(channel)(WHOLE, timeout=5))) is None


OURS = WHOLE.SerializeToString()
URL = "type.googleapis.com/smtpstatus.v1.DeliveryStatus"
HOSTILE = {
    "no status": b"\xff\xff\xff",
    "empty": b"",
    "another code": Status(code=7, details=packed(WHOLE)).SerializeToString(),
    "ok": Status(code=0, details=packed(WHOLE)).SerializeToString(),
    "wrong type_url": Status(code=5, details=[AnyMessage(type_url=URL + "x", value=OURS)]).SerializeToString(),
    "no type_url": Status(code=5, details=[AnyMessage(value=OURS)]).SerializeToString(),
    "no slash": Status(code=5, details=[AnyMessage(type_url=URL.partition("/")[2], value=OURS)]).SerializeToString(),
    "cut": Status(code=5, details=[AnyMessage(type_url=URL, value=OURS[:-1])]).SerializeToString(),
    "no UTF-8": Status(code=5, details=[AnyMessage(type_url=URL, value=b"\n\x01\xff")]).SerializeToString(),
    "delivered": Status(code=5, details=packed(DeliveryStatus(reply=SmtpReply(code=250)))).SerializeToString(),
}


@pytest.mark.parametrize("trailer", HOSTILE.values(), ids=HOSTILE)
def test_invalid_details(trailer: bytes) -> None:
    def hostile(_: object, context: grpc.ServicerContext) -> None:
        context.set_trailing_metadata((("grpc-status-details-bin", trailer),))
        context.abort(grpc.StatusCode.NOT_FOUND, "x")

    with serve(hostile) as address, grpc.insecure_channel(address) as channel:
        assert from_rpc_error(outcome(lambda: send(channel)(WHOLE))) is None


def test_an_intact_detail_after_a_damaged_one_is_found() -> None:
    damaged = AnyMessage(type_url=URL, value=b"\xff")
    assert from_status(Status(code=14, details=[damaged, *packed(WHOLE)])) == WHOLE


def test_a_server_may_word_its_own_message() -> None:
    """Servers on grpc-js do so; grpc_status would refuse the error."""

    def worded(_: object, context: grpc.ServicerContext) -> None:
        context.set_trailing_metadata((("grpc-status-details-bin", to_status(WHOLE).SerializeToString()),))
        context.abort(grpc.StatusCode.UNAVAILABLE, "later, please")

    with serve(worded) as address, grpc.insecure_channel(address) as channel:
        assert from_rpc_error(outcome(lambda: send(channel)(WHOLE))) == WHOLE


def test_damaged_details_never_crash() -> None:
    data = to_status(WHOLE, retry_delay=timedelta(seconds=3)).SerializeToString()
    assert from_rpc_error(Call(data)) == WHOLE
    rejected = 0
    for length in range(len(data)):
        rejected += from_rpc_error(Call(data[:length])) is None
    for offset in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[offset] ^= 1 << bit
            rejected += from_rpc_error(Call(bytes(flipped))) is None
    assert rejected > len(data)


def test_damage_with_the_pure_python_protobuf(root: Path, environment: dict[str, str]) -> None:
    """It raises other exceptions than the protobuf in C when we decode the data of others."""
    tests = (
        "test_rpc.py::test_invalid_details",
        "test_rpc.py::test_damaged_details_never_crash",
        "test_targets_descriptor_set.py::test_a_damaged_descriptor_set",
        "test_grpc_reflection.py::test_a_server_that_answers_nonsense",
    )
    variables = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    variables["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    result = run(*command, folder=root / "tests", environment=variables)
    assert result.returncode == 0, result.stdout


def test_without_the_extra(environment: dict[str, str]) -> None:
    program = "import sys; sys.modules['grpc_status'] = None; import smtpstatus.rpc"
    result = run(sys.executable, "-c", program, environment=environment)
    assert result.returncode == 1
    assert "pip install 'smtpstatus[grpc]'" in result.stderr.splitlines()[-1]
