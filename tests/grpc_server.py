"""A Python gRPC server on the loopback interface."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def serve(prepare: Callable[[grpc.Server], None], credentials: grpc.ServerCredentials | None = None) -> Iterator[str]:
    """Run a server and yield its address."""
    server = grpc.server(ThreadPoolExecutor(4))
    prepare(server)
    if credentials:
        host = "localhost"  # the name in the certificates
        port = server.add_secure_port(f"{host}:0", credentials)
    else:
        host = "127.0.0.1"
        port = server.add_insecure_port(f"{host}:0")
    server.start()
    try:
        yield f"{host}:{port}"
    finally:
        server.stop(None).wait()


@contextmanager
def serve_methods(service: str, methods: dict[str, Any]) -> Iterator[str]:
    """Run a server of one service and yield its address."""
    handler = grpc.method_handlers_generic_handler(service, methods)
    with serve(lambda server: server.add_generic_rpc_handlers([handler])) as address:
        yield address
