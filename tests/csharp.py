"""Builds the C# half and runs its gRPC server for the Python tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from process import run

if TYPE_CHECKING:
    from collections.abc import Generator

    import grpc
    from google.protobuf.message import Message

SOURCES = (
    "proto",
    "dotnet_compat/csharp",
    "dotnet_compat/smtpstatus_dotnet/profiles.toml",
    "tests/reports",
    "tests/vectors",
    "LICENSE",
)
SERVICE = "smtpstatus.interop.Echo"


@dataclass(frozen=True)
class Csharp:
    """A copy of the C# half, in which tests may build."""

    folder: Path
    """The copy of `dotnet_compat/csharp`."""
    sdk: Path
    aspose: Path

    @property
    def environment(self) -> dict[str, str]:
        leaves_nothing_running = {"MSBUILDDISABLENODEREUSE": "1", "UseSharedCompilation": "false"}
        return (
            os.environ
            | leaves_nothing_running
            | {"DOTNET_ROOT": str(self.sdk), "AsposeEmailAssembly": str(self.aspose)}
        )

    def dotnet(
        self, *arguments: str | Path, folder: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = self.environment | variables
        return run(self.sdk / "dotnet", *arguments, folder=folder or self.folder, environment=environment)

    @contextmanager
    def echo_server(self) -> Generator[str]:
        """Run the server that this copy built, and yield its address."""
        program = self.folder / "SmtpStatus.EchoServer/bin/Release/net10.0/SmtpStatus.EchoServer.dll"
        with subprocess.Popen(
            [self.sdk / "dotnet", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=self.environment,
        ) as process:
            assert process.stdin
            assert process.stdout
            # A server that hangs is killed, which ends the reading below.
            watchdog = threading.Timer(60, process.kill)
            watchdog.start()
            try:
                address = process.stdout.readline().strip()
                watchdog.cancel()
                assert address, "the server did not start within a minute"
                yield address
            finally:
                watchdog.cancel()
                process.stdin.close()  # the server stops at the end of its input
                try:
                    assert process.wait(30) == 0
                finally:
                    process.kill()


def copy(root: Path, target: Path) -> Path:
    """Copy the C# half and the files that its build needs; return its folder."""
    for source in SOURCES:
        if (root / source).is_dir():
            shutil.copytree(root / source, target / source, ignore=shutil.ignore_patterns("bin", "obj"))
        else:
            (target / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / source, target / source)
    return target / "dotnet_compat/csharp"


def build_once(root: Path, base: Path, sdk: Path, aspose: Path) -> tuple[Csharp, dict[str, str]]:
    """Test, build and pack a copy, once for all workers of pytest-xdist; return it and the output of each command."""
    target, log = base / "csharp", base / "csharp.json"
    with FileLock(base / "csharp.lock", timeout=600):
        if not log.exists():
            csharp = Csharp(copy(root, target), sdk, aspose)
            printed = {
                verb: f"{result.stdout}{result.stderr}exit {result.returncode}\n"
                for verb, *options in (("test", "--timeout", "4m"), ("build",), ("pack",))  # `build` is for the server
                for result in (csharp.dotnet(verb, "--configuration", "Release", *options),)
            }
            log.write_text(json.dumps(printed), encoding="utf-8")
    return Csharp(target / "dotnet_compat/csharp", sdk, aspose), json.loads(log.read_text(encoding="utf-8"))


@cache
def echo_file() -> Any:
    """The descriptor of echo.proto, in the pool of the messages of `smtpstatus.v1` that Python services use."""
    root = Path(__file__).resolve().parent.parent
    folder = root / "dotnet_compat/csharp/SmtpStatus.EchoServer"
    protoc = Path(sys.executable).parent / "protoc"
    command = (protoc, f"-I{folder}", f"-I{root / 'proto'}", "--descriptor_set_out=/dev/stdout", "echo.proto")
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60).stdout
    (file,) = descriptor_pb2.FileDescriptorSet.FromString(output).file
    for imported in file.dependency:  # the pool needs the imported files first
        import_module(imported.removesuffix(".proto").replace("/", ".") + "_pb2")
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindFileByName("echo.proto")


def message(name: str, /, **fields: Any) -> Any:
    """Make a message of echo.proto."""
    return message_factory.GetMessageClass(echo_file().message_types_by_name[name])(**fields)


def call(channel: grpc.Channel, method: str, request: Message) -> Any:
    """Call a method of the service."""
    response = echo_file().services_by_name["Echo"].methods_by_name[method].output_type
    stub = channel.unary_unary(
        f"/{SERVICE}/{method}",
        request_serializer=type(request).SerializeToString,
        response_deserializer=message_factory.GetMessageClass(response).FromString,
    )
    return stub(request, timeout=30)
