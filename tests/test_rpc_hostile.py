"""`smtpstatus.rpc`: errors that others made, damaged or on purpose."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from process import run
from refusing_service import WHOLE, outcome, packed, send, serve

from smtpstatus.rpc import from_rpc_error, from_status, to_status
from smtpstatus.v1.delivery_pb2 import DeliveryStatus, SmtpReply


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
        "test_rpc_hostile.py::test_invalid_details",
        "test_rpc_hostile.py::test_damaged_details_never_crash",
        "test_targets_descriptor_set.py::test_a_damaged_descriptor_set",
        "test_grpc_reflection.py::test_a_server_that_answers_nonsense",
    )
    variables = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    variables["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    result = run(*command, folder=root / "tests", environment=variables)
    assert result.returncode == 0, result.stdout
