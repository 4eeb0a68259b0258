"""Checks by a .NET runtime in a child process; and live_clr.py and live_clients.py, each in a process of its own."""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
from conftest import CommandLine
from image import CUSTOM_ATTRIBUTE, FIELD, METHOD_DEF, TYPE_DEF, Image, Rows, vendors_image
from process import run
from vocabulary import FULL_NAME

from smtpstatus_dotnet import check, diff
from smtpstatus_dotnet.metadata import read_enum
from smtpstatus_dotnet.parity import EnumReadError, NotApplicableError
from smtpstatus_dotnet.reports import github, junit
from smtpstatus_dotnet.reports import json as json_report
from smtpstatus_dotnet.runtimes import ClrError


def run_live(
    file: str, runtime: str | Path, root: Path, *options: str,
    client: str = "none", feed: str | Path = "", library: str | Path = "",
) -> None:  # fmt: skip
    variables = {"RUNTIME": str(runtime), "CLIENT": client, "FEED": str(feed), "LIBRARY": str(library)}
    # A worker of pytest-xdist has variables that the child must not see.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | variables
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
    result = run(*command, root / "tests" / "interop" / file, folder=root, environment=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "passed" in result.stdout


def test_enums_values_and_exceptions(runtime: Path, root: Path) -> None:
    run_live("live_clr.py", runtime, root, "-k", "not test_codec")


def test_with_a_codec(runtime: Path, root: Path) -> None:
    """A codec cannot be removed again, so this test has a process of its own."""
    run_live("live_clr.py", runtime, root, "-k", "test_codec")


@pytest.mark.usefixtures("mono")
def test_enums_and_values_in_mono(root: Path) -> None:
    chosen = "(loaded or forked or read_enum or underlying or side or values or other_enums) and not test_c"
    run_live("live_clr.py", "mono", root, "-W", "ignore:Hosting Mono", "-k", chosen)


@pytest.mark.parametrize("client", ["aspose", "system_net_mail", "mailkit"])
def test_a_client(client: str, runtime: Path, root: Path, request: pytest.FixtureRequest) -> None:
    feed = runtime / "nuget"
    if client == "aspose":
        request.getfixturevalue("aspose")
    elif client == "mailkit" and not list(feed.glob("mailkit.*.nupkg")):
        pytest.skip(f"no package of MailKit beside the runtime: {feed}")
    library: str | Path = ""
    if (runtime / "sdk").exists():
        library = request.getfixturevalue("csharp").folder / "SmtpStatus.Tests/bin/Release/net10.0"
    run_live("live_clients.py", runtime, root, client=client, feed=feed, library=library)


def test_importing_clr_does_not_load_pythonnet() -> None:
    code = "import smtpstatus_dotnet.clr, sys; sys.exit('pythonnet' in sys.modules or 'clr_loader' in sys.modules)"
    assert run(sys.executable, "-c", code).returncode == 0


def test_a_diff(assemblies: Path, runtime: Path) -> None:
    report = diff(str(assemblies / "agrees.dll"), str(assemblies / "number.dll"), via="clr", runtime=str(runtime))
    (result,) = report.results
    assert result.definition
    assert result.definition.origin.via.startswith("types in ")
    assert [difference.kind for difference in result.differences] == ["number"]


def test_the_vendors_assembly(aspose: Path, runtime: Path) -> None:
    report = check(str(aspose), via="clr", runtime=str(runtime))
    (result,) = report.results
    assert (report.exit_code, result.definition) == (0, read_enum(aspose, FULL_NAME))
    assert re.fullmatch(r"types in \.NET (Core 3\.1|10\.0)\.\d+", result.origin.via)


@pytest.mark.usefixtures("mono")
def test_the_vendors_assembly_in_mono(aspose: Path) -> None:
    (result,) = check(str(aspose), via="clr", runtime="mono").results
    assert result.definition == read_enum(aspose, FULL_NAME)
    assert result.origin.via.startswith("types in Mono")


@pytest.mark.parametrize("target", ["tests/pages/en.md", "proto/baseline.binpb", "python:this:c", "grpc://[::1]:1"])
def test_a_target_that_is_not_an_assembly(target: str, root: Path) -> None:
    (result,) = check(str(root / target) if target.startswith(("t", "pr")) else target, via="clr").results
    assert "a .NET runtime knows only assemblies" in str(result.error)
    assert "this" not in sys.modules


def test_a_package_of_an_index(runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")
    from index_server import make_wheel, serve

    with serve() as index:
        index.projects["made"] = [make_wheel("made-1.0-py3-none-any.whl", {"lib/Aspose.Email.dll": vendors_image()})]
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        report = check("pkg:pypi/made", via="clr", runtime=str(runtime))
    assert report.exit_code == 0, report.results
    assert report.results[0].origin.via.startswith("types in")


def test_builds_for_another_runtime(runtime: Path, tmp_path: Path) -> None:
    builds = {
        "net40": vendors_image(core="Absent"),
        "net6.0": vendors_image(),
        "net6.0-windows7.0": vendors_image(flags=3),
    }
    with zipfile.ZipFile(tmp_path / "some.nupkg", "w") as archive:
        for framework, data in builds.items():
            archive.writestr(f"lib/{framework}/Made.dll", data)
    report = check(str(tmp_path / "some.nupkg"), via="clr", runtime=str(runtime))
    assert report.exit_code == 0
    assert [type(result.error) for result in report.results] == [NotApplicableError, type(None), NotApplicableError]

    document = json.loads(json_report.render(report))
    jsonschema.validate(document, json.loads((Path(json_report.__file__).parent / "report.schema.json").read_text()))
    assert [result["outcome"] for result in document["results"]] == ["skipped", "agrees", "skipped"]
    rendered = junit.render(report)
    assert 'skipped="2"' in rendered
    assert 'errors="0"' in rendered
    assert rendered.count("<skipped") == 2
    notices = [line for line in github.render(report).splitlines() if line.startswith("::notice ")]
    assert len(notices) == 2
    assert not [line for line in github.render(report).splitlines() if line.startswith("::error ")]


def test_an_assembly_damaged_for_the_runtime_is_an_error(runtime: Path, tmp_path: Path) -> None:
    """It is not skipped, although the reader can read it."""

    def edit(image: Image, rows: Rows) -> None:
        """Define a DebuggableAttribute, whose value the reader does not look at, and give the assembly a wrong one."""
        rows[METHOD_DEF] = [(0, 0, 0x1886, image.string(".ctor"), image.blob(b"\x20\0\1"), 1)]
        name, namespace = image.string("DebuggableAttribute"), image.string("System.Diagnostics")
        rows[TYPE_DEF].append((0x100001, name, namespace, 1 << 2 | 1, len(rows[FIELD]) + 1, 1))
        rows[CUSTOM_ATTRIBUTE] = [(1 << 5 | 14, 1 << 3 | 2, image.blob(b"\2\0" + bytes(6)))]

    (tmp_path / "odd.dll").write_bytes(vendors_image(edit_rows=edit))
    (result,) = check(str(tmp_path / "odd.dll"), via="clr", runtime=str(runtime)).results
    assert (result.exit_code, type(result.error)) == (2, ClrError)
    assert check(str(tmp_path / "odd.dll")).exit_code == 0


def test_only_builds_for_another_runtime(
    smtpstatus: CommandLine, runtime: Path, tmp_path: Path, assemblies: Path
) -> None:
    """Such a target was not checked, so the exit status is 2 even if other targets agree."""
    (tmp_path / "x86.dll").write_bytes(vendors_image(flags=3))
    good = assemblies / "agrees.dll"
    result = smtpstatus("check", "--via", "clr", "--runtime", runtime, good, tmp_path / "x86.dll")
    assert result.returncode == 2
    assert f"skipped  {tmp_path / 'x86.dll'}\n         not applicable: " in result.stdout
    assert f"nothing in {tmp_path / 'x86.dll'} was compared: all of it was skipped" in result.stdout


@pytest.mark.parametrize("name", ["CLR 3.1", "CLR 10", "mono"])
def test_a_reference_assembly(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Packed, and as a file. It is assemblies/status_code.cs, compiled with `csc -refonly`."""
    reference = Path(__file__).with_name("reference_assembly.dll").read_bytes()
    if name == "CLR 10":
        runtime = str(request.getfixturevalue("sdk"))
    elif name == "CLR 3.1":
        spec = find_spec("dotnetcore2")
        if not spec or not spec.origin:
            pytest.skip("no CLR 3.1: the PyPI package dotnetcore2 (linux-x64) is not installed")
        runtime = str(Path(spec.origin).parent / "bin")
    else:
        request.getfixturevalue("mono")
        runtime = "mono"
    (tmp_path / "ref.dll").write_bytes(reference)
    with zipfile.ZipFile(tmp_path / "some.nupkg", "w") as archive:
        archive.writestr("lib/net8.0/Made.dll", vendors_image())
        archive.writestr("build/Made.dll", reference)
    report = check(str(tmp_path / "some.nupkg"), str(tmp_path / "ref.dll"), via="clr", runtime=runtime)
    assert [type(result.error) for result in report.results] == [
        type(None), NotApplicableError, NotApplicableError, EnumReadError]  # fmt: skip
    for result in report.results[1:3]:
        assert "is a reference assembly, which is for compilers, and" in str(result.error)
    assert report.exit_code == 2  # nothing of ref.dll was checked
