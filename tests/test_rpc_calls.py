"""`smtpstatus.rpc`: statuses as errors of real gRPC calls, on sync and asyncio servers and clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc
import grpc_server
import pytest
from refusing_service import (
    CODES,
    WHOLE,
    failure,
    outcome,
    outcome_asyncio,
    refuse,
    refuse_asyncio,
    send,
    serve,
    serve_asyncio,
)

from smtpstatus import DeliveryCondition
from smtpstatus.meaning import condition_of
from smtpstatus.replies import delivery_statuses
from smtpstatus.rpc import abort, from_rpc_error, to_status
from smtpstatus.v1.delivery_pb2 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_RCPT

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        original_recipient=text,
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
    for field in ("final_recipient", "original_recipient", "remote_mta", "local_error"):
        setattr(status, field, start(text))
    status.reply.enhanced_code = status.status = text[:10]  # too long for a status code, and still so
    assert found == status
    # The size as other stacks count it, in base64 and percent-encoding.
    encoded = sum(len(value) for _, value in errors[0].trailing_metadata()) * 4 / 3 + 3 * len(
        errors[0].details().encode()
    )
    assert encoded < 8000


def test_a_server_may_word_its_own_message() -> None:
    """Servers on grpc-js do so; grpc_status would refuse the error."""

    def worded(_: object, context: grpc.ServicerContext) -> None:
        context.set_trailing_metadata((("grpc-status-details-bin", to_status(WHOLE).SerializeToString()),))
        context.abort(grpc.StatusCode.UNAVAILABLE, "later, please")

    with serve(worded) as address, grpc.insecure_channel(address) as channel:
        assert from_rpc_error(outcome(lambda: send(channel)(WHOLE))) == WHOLE
