"""`grpc://host:port`: real servers on loopback, which implement reflection in different ways or not at all."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import grpc
import pytest
import trustme
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_reflection.v1alpha import reflection, reflection_pb2
from grpc_server import serve
from process import run
from vocabulary import MEMBERS

from smtpstatus.v1 import delivery_pb2, smtp_status_code_pb2
from smtpstatus_dotnet import check, limits

Serve = Callable[[grpc.Server], None]
SERVICES = ("mail.Gateway",)


def with_v1alpha(server: grpc.Server) -> None:
    """Serve v1alpha, as Python's own library does; the file with our enum is in the default pool."""
    assert delivery_pb2.DESCRIPTOR.name
    reflection.enable_server_reflection(SERVICES, server)


def with_v1(server: grpc.Server) -> None:
    """Serve v1, as newer servers do: the same messages under another name of the service."""
    handler = grpc.stream_stream_rpc_method_handler(
        reflection.ReflectionServicer(SERVICES).ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    name = "grpc.reflection.v1.ServerReflection"
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler})])


def with_pool(root: Path, change: Callable[[FileDescriptorSet], None]) -> Serve:
    """Serve the descriptors of another version of our file, or of no file."""
    files = FileDescriptorSet.FromString((root / "proto" / "baseline.binpb").read_bytes())
    change(files)
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return lambda server: reflection.enable_server_reflection(SERVICES, server, pool=pool)


def the_error(target: str, **options: str) -> str:
    (result,) = check(target, **options).results
    assert result.exit_code == 2
    return str(result.error)


@pytest.mark.parametrize("prepare", [with_v1alpha, with_v1])
def test_a_server_that_has_our_enum(prepare: Serve) -> None:
    with serve(prepare) as address:
        (result,) = check(f"grpc://{address}").results
        assert result.definition
        assert list(result.definition.members.items()) == list(MEMBERS.items())
        assert (result.exit_code, result.origin.via) == (0, "gRPC reflection")
        stage = check(f"grpc://{address}", type_name="smtpstatus.v1.SmtpStage").results[0]
        assert stage.definition
        assert stage.definition.members["StartTls"] == 3


def test_a_server_with_another_version_of_our_enum(root: Path) -> None:
    def change(files: FileDescriptorSet) -> None:
        (file,) = (file for file in files.file if file.name.endswith("smtp_status_code.proto"))
        del file.enum_type[0].value[-1]
        file.enum_type[0].value[14].number = 459

    with serve(with_pool(root, change)) as address:
        (result,) = check(f"grpc://{address}").results
    assert [(d.kind, d.name) for d in result.differences] == [
        ("number", "MailboxBusy"),
        ("missing", "TransactionFailed"),
    ]


def test_a_server_without_our_enum(root: Path) -> None:
    with serve(with_pool(root, lambda files: files.ClearField("file"))) as address:
        message = the_error(f"grpc://{address}")
    assert message == f"grpc://{address} has no enum smtpstatus.v1.SmtpStatusCode; its services are mail.Gateway"


def test_a_server_without_reflection() -> None:
    with serve(lambda _: None) as address:
        assert "has no server reflection, neither v1 nor v1alpha" in the_error(f"grpc://{address}")


def test_a_server_that_refuses() -> None:
    def prepare(server: grpc.Server) -> None:
        def refuse(_: object, context: grpc.ServicerContext) -> None:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not for you")

        handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(refuse)
        name = "grpc.reflection.v1.ServerReflection"
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler})])

    with serve(prepare) as address:
        assert "refused server reflection: PERMISSION_DENIED: not for you" in the_error(f"grpc://{address}")


@pytest.mark.parametrize("answer", [[], [b"\xff\xff"], [b"\n\x01"]])
def test_a_server_that_answers_nonsense(answer: list[bytes]) -> None:
    def prepare(server: grpc.Server) -> None:
        def nonsense(*_: object) -> Iterator[bytes]:
            file = reflection_pb2.FileDescriptorResponse(file_descriptor_proto=answer)
            if answer:
                yield reflection_pb2.ServerReflectionResponse(file_descriptor_response=file).SerializeToString()

        handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(nonsense)
        name = "grpc.reflection.v1.ServerReflection"
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler})])

    with serve(prepare) as address:
        message = the_error(f"grpc://{address}")
    assert "ended the call without an answer" in message or "did not answer with file descriptors" in message


def test_a_silent_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REFLECTION_SECONDS", 0.5)
    with socket.create_server(("localhost", 0)) as listener:
        address = f"localhost:{listener.getsockname()[1]}"
        assert f"grpc://{address} gave no answer within 0.5 seconds" in the_error(f"grpc://{address}")


def answering(answer: Callable[[], Iterator[bytes]], versions: tuple[str, ...] = ("v1",)) -> Serve:
    """Serve these versions of reflection, each with these answers to any question."""

    def prepare(server: grpc.Server) -> None:
        handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(lambda *_: answer())
        for version in versions:
            name = f"grpc.reflection.{version}.ServerReflection"
            methods = {"ServerReflectionInfo": handler}
            server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, methods)])

    return prepare


def our_file() -> bytes:
    response = reflection_pb2.FileDescriptorResponse(
        file_descriptor_proto=[smtp_status_code_pb2.DESCRIPTOR.serialized_pb]
    )
    return reflection_pb2.ServerReflectionResponse(file_descriptor_response=response).SerializeToString()


def test_a_server_that_answers_without_end() -> None:
    """One answer is enough: the call is cancelled, and the server's thread is free again."""
    ended = threading.Event()

    def answer() -> Iterator[bytes]:
        try:
            while True:
                yield our_file()
        finally:
            ended.set()

    with serve(answering(answer)) as address:
        assert check(f"grpc://{address}").exit_code == 0
        assert ended.wait(timeout=60)


def test_one_deadline_for_all_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question is answered within the limit, but not all of them together."""
    monkeypatch.setattr(limits, "REFLECTION_SECONDS", 2)
    questions: list[None] = []

    def answer() -> Iterator[bytes]:
        questions.append(None)
        time.sleep(1.2)
        error = reflection_pb2.ErrorResponse(error_code=5, error_message="not found")
        yield reflection_pb2.ServerReflectionResponse(error_response=error).SerializeToString()

    with serve(answering(answer)) as address:
        assert f"grpc://{address} gave no answer within 2 seconds" in the_error(f"grpc://{address}")
    assert len(questions) == 2


def test_a_server_that_answers_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REFLECTION_SECONDS", 0.3)
    released = threading.Event()

    def answer() -> Iterator[bytes]:
        released.wait(timeout=60)
        yield our_file()

    with serve(answering(answer, ("v1", "v1alpha"))) as address:
        message = the_error(f"grpc://{address}")
        released.set()
    assert f"grpc://{address} gave no answer within 0.3 seconds" in message


def test_the_largest_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(answering(lambda: iter([our_file()]))) as address:
        monkeypatch.setattr(limits, "REFLECTION_BYTES", len(our_file()))
        assert check(f"grpc://{address}").exit_code == 0
        monkeypatch.setattr(limits, "REFLECTION_BYTES", len(our_file()) - 1)
        message = the_error(f"grpc://{address}")
    assert "answered with more than 0 MiB" in message
    assert f"({len(our_file())} vs. {len(our_file()) - 1})" in message


def test_many_services() -> None:
    names = [f"mail.Gateway{n}" for n in range(20)]
    pool = descriptor_pool.DescriptorPool()
    with serve(lambda server: reflection.enable_server_reflection(names, server, pool=pool)) as address:
        assert the_error(f"grpc://{address}").endswith("mail.Gateway14, mail.Gateway15")


def test_no_server() -> None:
    with socket.create_server(("localhost", 0)) as listener:
        port = listener.getsockname()[1]
    assert f"no gRPC server answers at grpc://localhost:{port}" in the_error(f"grpc://localhost:{port}")


def test_a_server_of_something_else() -> None:
    server = HTTPServer(("localhost", 0), BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"grpc://localhost:{server.server_port}"
        assert f"no gRPC server answers at {address}" in the_error(address)
    finally:
        server.shutdown()
        server.server_close()


def test_tls(tmp_path: Path, environment: dict[str, str]) -> None:
    """The CLI has a process of its own, because gRPC reads the variable only once in a process."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("localhost")
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    credentials = grpc.ssl_server_credentials([(certificate.private_key_pem.bytes(), chain)])
    with serve(with_v1alpha, credentials) as address:
        command = (sys.executable, "-m", "smtpstatus_dotnet", "check", f"grpcs://{address}")
        trusted = environment | {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(tmp_path / "ca.pem")}
        assert run(*command, environment=trusted).returncode == 0
        result = run(*command, environment=environment)
        assert result.returncode == 2
        assert "the certificates (GRPC_DEFAULT_SSL_ROOTS_FILE_PATH)" in result.stdout
        assert "or try grpcs://" in the_error(f"grpc://{address}")


@pytest.mark.parametrize(
    "target",
    [
        "grpc:",
        "grpc://",
        "grpc://localhost",
        "grpc://localhost:x",
        "grpcs://localhost:1/path",
        "grpc://localhost:1?x",
        "grpc://localhost:1#x",
        "grpc://[::1:50",
    ],
)
def test_an_invalid_address(target: str) -> None:
    assert f"expected grpc://host:port or grpcs://host:port, found {target}" in the_error(target)


def test_several_servers_side_by_side() -> None:
    with serve(with_v1alpha) as first, serve(with_v1) as second, serve(lambda _: None) as without:
        targets = [f"grpc://{address}" for address in (first, without, second, first)]
        report = check(*targets)
    assert [(result.target, result.exit_code) for result in report.results] == list(
        zip(targets, [0, 2, 0, 0], strict=True)
    )


def test_without_the_extra(environment: dict[str, str], root: Path) -> None:
    path = os.pathsep.join(str(root / folder) for folder in ("python", "dotnet_compat"))
    program = (
        "import sys; sys.modules['grpc'] = None\n"
        "from smtpstatus_dotnet.cli import main; sys.exit(main(['check', 'grpc://localhost:1']))"
    )
    result = run(sys.executable, "-c", program, environment=environment | {"PYTHONPATH": path})
    assert result.returncode == 2
    assert "pip install 'smtpstatus[grpc]'" in result.stdout
