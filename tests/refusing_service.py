"""Failures as gRPC errors, and a service on a real gRPC server that ends its calls with them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import grpc
import grpc_server
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage

from smtpstatus.rpc import abort
from smtpstatus.v1.delivery_pb2 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_RCPT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
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
