from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import threading
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from process import run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    import grpc
    import jsonschema
    from csharp import Csharp

ROOT = Path(__file__).resolve().parent.parent
DOWNLOADS = ROOT / ".venv" / "downloads"
"""What `scripts/downloads.py` fetched."""
WHEELS = DOWNLOADS / f"python{sys.version_info[0]}.{sys.version_info[1]}"
HAS_NETWORK = os.environ.get("SMTPSTATUS_TESTS") == "network"
"""Whether this run is of the tests that ask the user's own index. `scripts/test` has a step for them."""
TEST_SECONDS = 900
"""The C# half is built within the first test that needs it."""


def npm_packages(name: str, folder: Path) -> Path:
    """Return where `scripts/downloads.py` installed what a folder's package.json lists. Skip if it is not there."""
    package = (folder / "package.json").read_bytes()
    installed = DOWNLOADS / f"{name}-{hashlib.sha256(package).hexdigest()[:8]}"
    if not installed.exists():
        pytest.skip(f"{installed} is not there: run scripts/downloads.py")
    return installed


def pytest_configure() -> None:
    """Heed Ctrl-C, and so let what the tests start: a shell lets what it runs in the background ignore it."""
    if threading.current_thread() is threading.main_thread():  # only there are signals handled
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """No test hangs or leaves this machine. The 3.14 in WebAssembly has neither plugin."""
    for item in items:
        if config.pluginmanager.hasplugin("timeout"):
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))
        if config.pluginmanager.hasplugin("socket") and not HAS_NETWORK:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1", "0.0.0.0"]))


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Programs that tests start find a proxy that does not answer."""
    with pytest.MonkeyPatch.context() as patch:
        if HAS_NETWORK:
            yield
            return
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.setenv(name, "http://127.0.0.1:9")
            patch.setenv(name.upper(), "http://127.0.0.1:9")
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, "localhost,127.0.0.1,::1")
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def assemblies() -> Path:
    """The folder of our own small assemblies, one for each case."""
    return ROOT / "tests" / "assemblies"


@pytest.fixture(scope="session")
def aspose() -> Path:
    """The vendor's assembly, from the installed wheel."""
    from smtpstatus_dotnet.parity import EnumReadError
    from smtpstatus_dotnet.targets import assemblies as targets

    try:
        return Path(targets.installed_aspose())
    except EnumReadError:
        pytest.skip("the vendor's wheel is not installed: pip install 'smtpstatus[aspose]'")


@pytest.fixture(scope="session")
def sdk() -> Path:
    """The root of a .NET SDK."""
    dotnet = shutil.which("dotnet")
    if not dotnet or not list(Path(dotnet).resolve().parent.glob("sdk/*")):
        pytest.skip("no .NET SDK: put its `dotnet` on PATH")
    return Path(dotnet).resolve().parent


@pytest.fixture(scope="session")
def browser() -> tuple[str, Path]:
    """The path of Chromium, and the folder of the packages that drive it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium or not shutil.which("node"):
        pytest.skip("no chromium or no node on PATH: install Debian's packages of these names")
    return chromium, npm_packages("browser", ROOT / "tests" / "browser")


@pytest.fixture
def any_runtime() -> None:
    """Skip the test if no .NET runtime is found automatically."""
    if not find_spec("pythonnet"):
        pytest.skip("no pythonnet: pip install 'smtpstatus[dotnet]'")
    if not find_spec("dotnetcore2") and not shutil.which("dotnet"):
        pytest.skip("no .NET runtime: neither `dotnet` on PATH nor the PyPI package dotnetcore2 (linux-x64)")


@pytest.fixture(params=["CLR 3.1", "CLR 10"])
def runtime(request: pytest.FixtureRequest) -> Path:
    """The folder of a .NET runtime: first that of the PyPI package dotnetcore2, then the SDK's."""
    if not find_spec("pythonnet"):
        pytest.skip("no pythonnet: pip install 'smtpstatus[dotnet]'")
    if request.param == "CLR 10":
        return Path(request.getfixturevalue("sdk"))
    spec = find_spec("dotnetcore2")
    if not spec or not spec.origin:
        pytest.skip("no CLR 3.1: the PyPI package dotnetcore2 (linux-x64) is not installed")
    return Path(spec.origin).parent / "bin"


@pytest.fixture
def environment() -> dict[str, str]:
    """The variables of a user's shell, without those that change where Python looks or what it keeps."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


class CommandLine:
    """Runs `smtpstatus` as a user does: in a process of its own."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.folder = environment, folder

    def __call__(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        variables = self.environment | {"PYTHONUTF8": "1"}
        command = (sys.executable, "-m", "smtpstatus_dotnet", *arguments)
        return run(*command, folder=self.folder, environment=variables)


@pytest.fixture
def smtpstatus(environment: dict[str, str], tmp_path: Path) -> CommandLine:
    return CommandLine(environment, tmp_path)


@pytest.fixture(scope="session")
def schema(root: Path) -> jsonschema.Draft202012Validator:
    """The schema of the report in JSON."""
    import jsonschema

    path = root / "dotnet_compat" / "smtpstatus_dotnet" / "reports" / "report.schema.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


@pytest.fixture(scope="session")
def csharp_build(
    root: Path, sdk: Path, aspose: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Csharp, dict[str, str]]:
    """The C# half, built in a copy of the checkout, and the output of each `dotnet` command."""
    from csharp import build_once

    base = tmp_path_factory.getbasetemp()
    return build_once(root, base.parent if "PYTEST_XDIST_WORKER" in os.environ else base, sdk, aspose)


@pytest.fixture(scope="session")
def csharp(csharp_build: tuple[Csharp, dict[str, str]]) -> Csharp:
    """The C# half, built."""
    return csharp_build[0]


@pytest.fixture(scope="session")
def echo_server(csharp: Csharp) -> Iterator[grpc.Channel]:
    """A channel to the .NET server of `echo.proto`."""
    import grpc

    with csharp.echo_server() as address, grpc.insecure_channel(address) as channel:
        yield channel


@pytest.fixture
def mono() -> None:
    """Skip the test if the Mono library or its facades are missing."""
    from smtpstatus_dotnet import runtimes

    has_facades = any(os.path.isfile(os.path.join(folder, "netstandard.dll")) for folder in runtimes._FACADES)
    if not find_library("monosgen-2.0") or not has_facades:
        pytest.skip("no Mono with its facades: in Debian, libmonosgen-2.0-1 and mono-devel")
