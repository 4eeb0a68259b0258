"""Which .NET runtime is found, and what is said if there is none."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import CommandLine

from smtpstatus_dotnet import check, runtimes
from smtpstatus_dotnet.runtime_process import RuntimeProcess
from smtpstatus_dotnet.runtimes import ClrError


def test_an_installation_of_links_with_stray_files(runtime: Path, tmp_path: Path, assemblies: Path) -> None:
    shared = tmp_path / "shared" / "Microsoft.NETCore.App"
    shared.mkdir(parents=True)
    for version in (runtime / "shared" / "Microsoft.NETCore.App").iterdir():
        (shared / version.name).symlink_to(version)
    (shared / ".DS_Store").touch()
    (shared / "99.0.0").mkdir()
    (tmp_path / "host").symlink_to(runtime / "host")
    (result,) = check(str(assemblies / "agrees.dll"), via="clr", runtime=str(tmp_path)).results
    assert str(result.error or "agrees") == "agrees"


def test_an_incomplete_installation(runtime: Path, tmp_path: Path, assemblies: Path) -> None:
    folder = tmp_path / "shared" / "Microsoft.NETCore.App" / "10.0.1"
    folder.mkdir(parents=True)
    (folder / "System.Private.CoreLib.dll").touch()
    (tmp_path / "host").symlink_to(runtime / "host")
    (result,) = check(str(assemblies / "agrees.dll"), via="clr", runtime=str(tmp_path)).results
    message = str(result.error)
    assert f"expected all files of Microsoft.NETCore.App 10.0.1 in {folder}, and a host that can load it" in message
    assert re.search(r"found that it does not load \(0x800080\w\w: \w+Failure\); install it again", message)


def test_no_runtime_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assemblies: Path) -> None:
    monkeypatch.setattr(runtimes, "_USUAL_PLACES", (str(tmp_path / "usual"),))
    for requested in (str(tmp_path), "coreclr"):
        monkeypatch.setenv("DOTNET_ROOT", str(tmp_path))
        roots = dict(runtimes._roots(requested))
        assert str(tmp_path) in roots.values()
    report = check(str(assemblies), str(assemblies / "agrees.dll"), via="clr", runtime=str(tmp_path))
    assert report.exit_code == 2
    assert [str(result.error) for result in report.results] == [str(report.results[0].error)] * 2  # one for each target
    message = str(report.results[0].error)
    assert f"no {tmp_path}/shared/Microsoft.NETCore.App" in message
    assert "DOTNET_ROOT" in message
    assert "pip install dotnetcore2" in message


def test_the_order_of_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dotnet = tmp_path / "real" / "dotnet"
    dotnet.parent.mkdir()
    dotnet.touch(mode=0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dotnet").symlink_to(dotnet)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DOTNET_ROOT", "/from/the/variable")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "install_location").write_text("/from/the/file\n", encoding="utf-8")
    monkeypatch.setattr(runtimes, "_INSTALL_LOCATION", str(tmp_path / "install_location"))
    found = [root for _, root in runtimes._roots("auto")]
    assert found[:3] == ["/from/the/variable", str(dotnet.parent), "/from/the/file"]
    assert str(tmp_path / ".dotnet") in found
    if find_spec("dotnetcore2"):
        assert found[-1].endswith(os.path.join("dotnetcore2", "bin"))
    assert [root for _, root in runtimes._roots(str(tmp_path))] == [str(tmp_path)]
    assert not list(runtimes._roots("mono"))


@pytest.mark.parametrize("variables", [{}, {"DOTNET_ROOT": "/nonexistent", "PATH": "/nonexistent"}])
def test_auto_tries_the_next_place(variables: dict[str, str], runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not give up if DOTNET_ROOT leads nowhere, or has only one of the two runtimes."""
    monkeypatch.setenv("DOTNET_ROOT", str(runtime))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with RuntimeProcess() as process:
        process.start()


@pytest.mark.parametrize("name", ["coreclr", "nonsense"])
def test_the_runtime_that_pythonnet_is_set_to(name: str, assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used and not replaced, even if it does not work."""
    monkeypatch.setenv("PYTHONNET_RUNTIME", name)
    monkeypatch.setenv("PYTHONNET_CORECLR_RUNTIME_CONFIG", "/nonexistent")
    (result,) = check(str(assemblies / "agrees.dll"), via="clr").results
    assert isinstance(result.error, ClrError)
    assert "pythonnet does not load the .NET runtime that it was set to" in str(result.error)


def test_runtime_needs_via(smtpstatus: CommandLine) -> None:
    result = smtpstatus("check", "--runtime", "mono")
    assert (result.returncode, result.stdout) == (2, "")
    assert "--runtime needs --via clr" in result.stderr
    with pytest.raises(ValueError, match="expected via="):
        check(via="reflection")


def test_without_pythonnet(assemblies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pythonnet.py").write_text("raise ImportError('there is none')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    (result,) = check(str(assemblies / "agrees.dll"), via="clr").results
    assert "pip install 'smtpstatus[dotnet]'" in str(result.error)
