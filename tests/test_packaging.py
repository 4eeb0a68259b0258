"""The wheel as users install it: alone in an empty environment, with the oldest and the newest protobuf."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tomllib
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import WHEELS
from process import run

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeEnvironment = Callable[..., Path]

PROGRAM = """\
import json, sys
import google.protobuf
from google.protobuf.internal import api_implementation
from google.protobuf import json_format
from smtpstatus import SmtpStatusCode
from smtpstatus.v1 import smtp_status_code_pb2, status_code_info_pb2
import smtpstatus_dotnet.metadata

info = status_code_info_pb2.SmtpStatusCodeInfo(summary="busy", summary_zh="忙", sources=["RFC 5321 4.2.3"])
again = status_code_info_pb2.SmtpStatusCodeInfo.FromString(info.SerializeToString())
assert again == info and json_format.Parse(json_format.MessageToJson(info), type(info)()) == info
for code in SmtpStatusCode:
    assert smtp_status_code_pb2.SmtpStatusCode.Name(code) == code.proto_name
    value = smtp_status_code_pb2.DESCRIPTOR.enum_types_by_name["SmtpStatusCode"].values_by_number[code]
    assert value.GetOptions().Extensions[status_code_info_pb2.status_code_info].summary_zh == code.summary_zh
print(json.dumps([google.protobuf.__version__, api_implementation.Type()]))
"""


def succeed(*command: str | Path, environment: dict[str, str] | None = None, folder: Path | None = None) -> str:
    """Return what the program printed."""
    variables = (dict(os.environ) if environment is None else environment) | {"PYTHONUTF8": "1"}
    result = run(*command, environment=variables, folder=folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="session")
def distributions(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist and the wheel that is built from it, by the ending of the file."""
    folder = tmp_path_factory.mktemp("dist")
    succeed(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, root)
    return {path.suffix: path for path in folder.iterdir()}


@pytest.fixture(scope="session")
def empty_environment(tmp_path_factory: pytest.TempPathFactory, distributions: dict[str, Path]) -> MakeEnvironment:
    """A function that makes an environment with the wheel and the given requirements, and nothing else."""

    def make(*requirements: str) -> Path:
        for requirement in requirements:
            if not list(WHEELS.glob(f"{requirement.replace('-', '_').replace('==', '-')}-*")):
                pytest.skip(f"{requirement} is not in {WHEELS}: run scripts/downloads.py")
        folder = tmp_path_factory.mktemp("environment")
        venv.create(folder)
        python = folder / "bin" / "python"
        # The interpreter that made this environment has pip; the environment itself may not.
        pip = [sys._base_executable, "-m", "pip", "--python", str(python)]  # type: ignore[attr-defined]  # not in typeshed
        options = ("--quiet", "--disable-pip-version-check", "--no-index", f"--find-links={WHEELS}")
        succeed(*pip, "install", *options, distributions[".whl"], *requirements)
        return python

    return make


def newest() -> str:
    """Return the protobuf of the test environment, which was the newest when that was made."""
    from google.protobuf import __version__

    return f"protobuf=={__version__}"


def test_the_sdist_makes_the_same_wheel(distributions: dict[str, Path], root: Path, tmp_path: Path) -> None:
    succeed(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, root)
    (wheel,) = tmp_path.iterdir()
    assert wheel.read_bytes() == distributions[".whl"].read_bytes()


def test_the_content_of_the_wheel(distributions: dict[str, Path], root: Path) -> None:
    with zipfile.ZipFile(distributions[".whl"]) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        for path in root.glob("proto/smtpstatus/**/*.proto"):
            assert archive.read(path.relative_to(root / "proto").as_posix()) == path.read_bytes()
        assert archive.read("smtpstatus_dotnet/reference.html") == (root / "docs" / "reference.html").read_bytes()
    sources = {
        path.relative_to(package).as_posix()
        for package in (root / "python", root / "dotnet_compat", root / "proto")
        for path in package.rglob("*")
        if path.is_file() and path.suffix in {".py", ".pyi", ".proto", ".json", ".typed", ".toml", ".css"}
    }
    assert names == {name for name in sources if not name.startswith("csharp/")} | {"smtpstatus_dotnet/reference.html"}
    assert {"smtpstatus/py.typed", "smtpstatus_dotnet/py.typed", "smtpstatus_dotnet/reports/report.schema.json"} < names


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_the_wheel_alone(
    empty_environment: MakeEnvironment, environment: dict[str, str], root: Path, tmp_path: Path, which: str
) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (requirement,) = project["dependencies"]
    oldest = requirement.split(",")[0].replace(">=", "==")
    python = empty_environment(oldest if which == "oldest" else newest())
    for implementation in ("upb", "python"):
        variables = environment | {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation}
        found, used = json.loads(succeed(python, "-c", PROGRAM, environment=variables))
        assert used == implementation
        assert f"protobuf=={found}" == (oldest if which == "oldest" else newest())

    command = python.parent / "smtpstatus"
    (page,) = python.parent.parent.glob("lib/*/site-packages/smtpstatus_dotnet/reference.html")
    assert "550 MAILBOX_UNAVAILABLE" in succeed(command, "show", "550", environment=environment)
    address = succeed(command, "show", "550", "--open", environment=environment | {"BROWSER": "true"})
    assert address == f"{page.as_uri()}#q=550\n"
    include = Path(succeed(command, "include", environment=environment).removesuffix("\n"))
    assert root not in include.parents
    assert (include / "smtpstatus/v1/smtp_status_code.proto").exists()
    (tmp_path / "mail.proto").write_text(
        'syntax = "proto3";\npackage mail;\nimport "smtpstatus/v1/smtp_status_code.proto";\n'
        "message Sent { smtpstatus.v1.SmtpStatusCode code = 1; }\n",
        encoding="utf-8",
    )
    # Users compile their own files with their own protoc, and a protobuf older than that protoc refuses its output.
    protoc = Path(sys.executable).parent / "protoc"
    succeed(protoc, f"-I{tmp_path}", f"-I{include}", f"--python_out={tmp_path}", "mail.proto")
    program = "import mail_pb2; print(mail_pb2.Sent.FromString(mail_pb2.Sent(code=521).SerializeToString()).code)"
    assert succeed(python, "-c", program, environment=environment, folder=tmp_path) == "521\n"


def test_a_typed_program_that_uses_the_wheel(
    empty_environment: MakeEnvironment, environment: dict[str, str], root: Path, tmp_path: Path
) -> None:
    """Both checkers see the installed packages and their py.typed, not this checkout."""
    python = empty_environment("types-protobuf", "aiosmtplib", "grpcio-status", "types-grpcio")
    shutil.copy(root / "tests" / "type_usage.py", tmp_path)
    settings = {"enableTypeIgnoreComments": False, "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    for checker in (["mypy", "--strict", "--python-executable"], ["pyright", "--pythonpath"]):
        program = Path(sys.executable).parent / checker[0]
        succeed(program, *checker[1:], python, "type_usage.py", folder=tmp_path, environment=environment)
