"""The rooms, the two tables that grow by a row, and the pages that are made from them."""

from __future__ import annotations

import inspect
import pkgutil
import shutil
import sys
from importlib import import_module
from pathlib import Path

import grimp
import pytest
from generated_pages import assert_kept_fresh
from process import run

import smtpstatus
import smtpstatus_dotnet
from smtpstatus.extras import MissingExtraError, needs_extra
from smtpstatus_dotnet.reports import FORMATS
from smtpstatus_dotnet.targets.table import KINDS, Kind

MODULES = [
    module.name
    for package in (smtpstatus, smtpstatus_dotnet)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]
# What the extras bring.
PACKAGES = (
    *("remotezip", "requests", "urllib3", "packaging", "platformdirs"),
    *("grpc", "grpc_status", "grpc_reflection", "google.rpc"),
    *("pythonnet", "clr", "clr_loader", "shtab"),
)


def test_arrows_go_down(root: Path) -> None:
    result = run(Path(sys.executable).with_name("lint-imports"), "--no-cache", folder=root)
    assert result.returncode == 0, result.stdout
    assert "3 kept, 0 broken" in result.stdout


@pytest.mark.parametrize("package", ["package_indexes", "reports", "targets"])
def test_no_circle_inside_a_package(package: str) -> None:
    """The contracts of import-linter see each of these packages as one room."""
    graph = grimp.build_graph("smtpstatus_dotnet", cache_dir=None)
    assert not graph.nominate_cycle_breakers(f"smtpstatus_dotnet.{package}")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.reader)
def test_every_reader_has_one_signature(kind: Kind) -> None:
    reader = import_module(f"smtpstatus_dotnet.targets.{kind.reader}")
    parameters = {name: parameter.annotation for name, parameter in inspect.signature(reader.read).parameters.items()}
    assert parameters == {"target": "str", "request": "Request"}
    assert bool(kind.prefixes) != bool(kind.suffixes)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_one_signature(name: str) -> None:
    render = import_module(f"smtpstatus_dotnet.reports.{name}").render
    parameters = {name: parameter.annotation for name, parameter in inspect.signature(render).parameters.items()}
    assert parameters == {"report": "ParityReport"} | (
        {"is_colored": "bool", "is_quiet": "bool"} if name == "text" else {}
    )


@pytest.mark.parametrize("module", MODULES)
def test_importing_a_module_without_any_extra(module: str) -> None:
    """It works, or says what to install."""
    program = f"""
import pytest, sys
for name in {PACKAGES}:
    sys.modules[name] = None  # an import of it is then a ModuleNotFoundError
try:
    import {module}
except ImportError as error:
    print(type(error).__name__, error)
"""
    result = run(sys.executable, "-c", program)
    assert result.returncode == 0, result.stderr
    assert not result.stdout or result.stdout.startswith("MissingExtraError "), result.stdout
    assert not result.stdout or "needs the extra: pip install 'smtpstatus[" in result.stdout


def test_an_extra_that_is_missing() -> None:
    with pytest.raises(MissingExtraError) as caught, needs_extra("grpc", "This part"):
        import_module("no_such_package")
    message = "This part needs the extra: pip install 'smtpstatus[grpc]' (No module named 'no_such_package')"
    assert str(caught.value) == message
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)
    with pytest.raises(MissingExtraError) as outer, needs_extra("index", "That part"):
        raise caught.value
    assert outer.value is caught.value  # the inner message says more
    with pytest.raises(KeyError), needs_extra("grpc", "This part"):
        raise KeyError


def test_the_pages_are_fresh(root: Path, tmp_path: Path) -> None:
    for name in ("docs/targets.md", "SECURITY.md", "pyproject.toml", "docs/architecture.md", "scripts/document.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    for folder in ("python", "dotnet_compat"):
        (tmp_path / folder).symlink_to(root / folder)
    script, page = tmp_path / "scripts" / "document.py", tmp_path / "docs" / "targets.md"
    assert_kept_fresh(script, page, "docs/targets.md", ("| a folder |", "| a directory |"))
