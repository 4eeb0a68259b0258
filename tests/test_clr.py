"""Checks that ask a .NET runtime in a child process, and the tests of live_clr.py, also in child processes."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import time
import zipfile
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
from conftest import CommandLine
from image import Enum, Image
from process import run
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet import check, limits, runtimes
from smtpstatus_dotnet.metadata import read_enum
from smtpstatus_dotnet.parity import EnumNotFoundError, EnumReadError, NotApplicableError
from smtpstatus_dotnet.reports import github, junit
from smtpstatus_dotnet.reports import json as json_report
from smtpstatus_dotnet.runtime_process import RuntimeProcess
from smtpstatus_dotnet.runtimes import ClrError


@pytest.fixture
def mono() -> None:
    """Skip the test if the Mono library or its facades are missing."""
    has_facades = any(os.path.isfile(os.path.join(folder, "netstandard.dll")) for folder in runtimes._FACADES)
    if not find_library("monosgen-2.0") or not has_facades:
        pytest.skip("no Mono with its facades: in Debian, libmonosgen-2.0-1 and mono-devel")


def image(name: str = "SmtpStatusCode", members: dict[str, int] = MEMBERS, **options: object) -> bytes:
    options = {"core": "mscorlib", **options}
    return Image([Enum(name, members, "Aspose.Email.Clients.Smtp")], **options).build()  # type: ignore[arg-type]  # each has its field's type


# Inside a live runtime


def run_live(
    runtime: str | Path, root: Path, *options: str, client: str = "", feed: str | Path = "", library: str | Path = ""
) -> None:
    variables = {"RUNTIME": str(runtime), "CLIENT": client, "FEED": str(feed), "LIBRARY": str(library)}
    # A worker of pytest-xdist has variables that the child must not see.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | variables
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
    result = run(*command, root / "tests" / "interop" / "live_clr.py", folder=root, environment=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "passed" in result.stdout


def test_enums_values_and_exceptions(runtime: Path, root: Path) -> None:
    run_live(runtime, root, "-k", "not test_client and not test_codec", client="none")


def test_with_a_codec(runtime: Path, root: Path) -> None:
    """A codec cannot be removed again, so this test has a process of its own."""
    run_live(runtime, root, "-k", "test_codec", client="none")


@pytest.mark.usefixtures("mono")
def test_enums_and_values_in_mono(root: Path) -> None:
    chosen = "(loaded or forked or read_enum or underlying or side or values or other_enums) and not test_c"
    run_live("mono", root, "-W", "ignore:Hosting Mono", "-k", chosen, client="none")


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
    run_live(runtime, root, "-k", "test_client", client=client, feed=feed, library=library)


def test_importing_clr_does_not_load_pythonnet() -> None:
    code = "import smtpstatus_dotnet.clr, sys; sys.exit('pythonnet' in sys.modules or 'clr_loader' in sys.modules)"
    assert run(sys.executable, "-c", code).returncode == 0


def test_a_check_of_metadata_does_not_import_runtime_process(assemblies: Path) -> None:
    code = (
        "import sys; from smtpstatus_dotnet.cli import main; main(['check', sys.argv[1]]);"
        "sys.exit('smtpstatus_dotnet.runtime_process' in sys.modules or 'threading' in sys.modules)"
    )
    result = run(sys.executable, "-S", "-c", code, assemblies / "agrees.dll", environment=os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")


# The child


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


def test_all_targets_share_one_child_that_leaves_nothing(
    assemblies: Path, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def popen(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(start(*arguments, **options))  # type: ignore[call-overload]  # passes its arguments on
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with zipfile.ZipFile(tmp_path / "two.nupkg", "w") as archive:
        for framework, version in (("net5.0", 1), ("netstandard2.0", 2)):
            archive.writestr(f"lib/{framework}/Made.dll", image(version=(version, 0, 0, 0)))
    report = check(str(tmp_path / "two.nupkg"), str(assemblies), str(assemblies / "agrees.dll"), via="clr",
                   runtime=str(runtime))  # fmt: skip
    versions = [(result.origin.version, result.origin.framework) for result in report.results[:2]]
    assert versions == [("Made 1.0.0.0", "net5.0"), ("Made 2.0.0.0", "netstandard2.0")]
    by_reader = check(str(tmp_path / "two.nupkg"), str(assemblies), str(assemblies / "agrees.dll"))
    assert [result.definition for result in report.results] == [result.definition for result in by_reader.results]
    assert [result.differences for result in report.results] == [result.differences for result in by_reader.results]
    assert len(started) == 1
    assert started[0].returncode is not None
    assert os.listdir(tmp_path) == ["two.nupkg"]


def test_the_child_ends_with_its_parent(runtime: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys; from smtpstatus_dotnet.runtime_process import RuntimeProcess;"
        "process = RuntimeProcess(sys.argv[1]); process.start(); print(process._process.pid, flush=True); os._exit(0)"
    )
    # os._exit leaves temporary files behind.
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    child = int(run(sys.executable, "-c", code, runtime, environment=environment).stdout)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            break  # a zombie: it has ended, but no process here reaps it
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{child}").exists()


def test_each_fault_has_its_own_message(
    smtpstatus: CommandLine, runtime: Path, assemblies: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.dll").write_bytes(image()[:0x600])
    (tmp_path / "native.dll").write_bytes(image().replace(b"\0\x20\0\0\x48\0\0\0", bytes(8), 1))
    (tmp_path / "lacking.dll").write_bytes(image(core="Absent"))
    messages = {
        tmp_path / "broken.dll": "not an intact .NET assembly",
        tmp_path / "native.dll": "is native code",
        tmp_path / "lacking.dll": "needs the assembly Absent, which .NET",
        assemblies / "not_an_enum.dll": "the type of that name is not an enum",
        assemblies / "shapes.dll": "has no enum",
        tmp_path / "absent.dll": "is not there",
    }
    result = smtpstatus("check", "--via", "clr", "--runtime", runtime, "--type", FULL_NAME, *messages)
    assert (result.returncode, result.stderr) == (2, "")
    blocks = re.split("^(?=error )", result.stdout, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(messages)
    for block, (path, message) in zip(blocks, messages.items(), strict=True):
        assert block.startswith(f"error    {path}")
        assert message in block


def test_a_python_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch, assemblies: Path) -> None:
    """An embedded Python has no executable. The assembly is not to blame, and nothing is left open."""
    monkeypatch.setattr(sys, "executable", "")
    for result in check(*[str(assemblies / "agrees.dll")] * 2, via="clr").results:
        assert isinstance(result.error, ClrError)
        assert str(result.error).startswith("cannot start '', which would host .NET: ")


@pytest.mark.parametrize("target", ["tests/pages/en.md", "proto/baseline.binpb", "python:this:c", "grpc://[::1]:1"])
def test_a_target_that_is_not_an_assembly(target: str, root: Path) -> None:
    (result,) = check(str(root / target) if target.startswith(("t", "pr")) else target, via="clr").results
    assert "a .NET runtime knows only assemblies" in str(result.error)
    assert "this" not in sys.modules


def test_a_package_of_an_index(runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")
    from index_server import make_wheel, serve

    with serve() as index:
        index.projects["made"] = [make_wheel("made-1.0-py3-none-any.whl", {"lib/Aspose.Email.dll": image()})]
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        report = check("pkg:pypi/made", via="clr", runtime=str(runtime))
    assert report.exit_code == 0, report.results
    assert report.results[0].origin.via.startswith("types in")


# Builds that do not apply


def test_builds_for_another_runtime(runtime: Path, tmp_path: Path) -> None:
    builds = {"net40": image(core="Absent"), "net6.0": image(), "net6.0-windows7.0": image(flags=3)}
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


def test_an_assembly_damaged_for_the_runtime_is_an_error(runtime: Path, tmp_path: Path, assemblies: Path) -> None:
    """It is not skipped, although the reader can read it."""
    data = bytearray((assemblies / "agrees.dll").read_bytes())
    # The prolog of an attribute's value (II.23.3), which runtimes read and the reader does not: DebuggableAttribute.
    data[data.index(b"\1\0\2\0\0\0\0\0", data.index(b"BSJB"))] = 2
    (tmp_path / "odd.dll").write_bytes(data)
    (result,) = check(str(tmp_path / "odd.dll"), via="clr", runtime=str(runtime)).results
    assert (result.exit_code, type(result.error)) == (2, ClrError)
    assert check(str(tmp_path / "odd.dll")).exit_code == 0


def test_only_builds_for_another_runtime(
    smtpstatus: CommandLine, runtime: Path, tmp_path: Path, assemblies: Path
) -> None:
    """Such a target was not checked, so the exit status is 2 even if other targets agree."""
    (tmp_path / "x86.dll").write_bytes(image(flags=3))
    good = assemblies / "agrees.dll"
    result = smtpstatus("check", "--via", "clr", "--runtime", runtime, good, tmp_path / "x86.dll")
    assert result.returncode == 2
    assert f"skipped  {tmp_path / 'x86.dll'}\n         not applicable: " in result.stdout
    assert f"no build in {tmp_path / 'x86.dll'} is for" in result.stdout


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
        archive.writestr("lib/net8.0/Made.dll", image())
        archive.writestr("build/Made.dll", reference)
    report = check(str(tmp_path / "some.nupkg"), str(tmp_path / "ref.dll"), via="clr", runtime=runtime)
    assert [type(result.error) for result in report.results] == [
        type(None), NotApplicableError, NotApplicableError, EnumReadError]  # fmt: skip
    for result in report.results[1:3]:
        assert "is a reference assembly, which is for compilers, and" in str(result.error)
    assert report.exit_code == 2  # nothing of ref.dll was checked


def test_an_incomplete_installation(runtime: Path, tmp_path: Path, assemblies: Path) -> None:
    folder = tmp_path / "shared" / "Microsoft.NETCore.App" / "10.0.1"
    folder.mkdir(parents=True)
    (folder / "System.Private.CoreLib.dll").touch()
    (tmp_path / "host").symlink_to(runtime / "host")
    (result,) = check(str(assemblies / "agrees.dll"), via="clr", runtime=str(tmp_path)).results
    message = str(result.error)
    assert f"expected all files of Microsoft.NETCore.App 10.0.1 in {folder}, and a host that can load it" in message
    assert re.search(r"found that it does not load \(0x800080\w\w: \w+Failure\); install it again", message)


# Which runtime


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


# A runtime that takes its process with it


def fake_pythonnet(folder: Path, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a pythonnet that prints the message and aborts: real aborts need a machine that lacks something."""
    function = f"def get_runtime_info():\n    print({message!r}, file=sys.stderr, flush=True)\n    os.abort()\n"
    (folder / "pythonnet.py").write_text(f"import os, sys\n{function}", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("Process terminated. Couldn't find a valid ICU package", "Install ICU"),
        ("* Assertion at class.c ... Could not load 'netstandard, Version=2.0.0.0'", "mono-devel"),
        ("No usable version of libssl was found", "OpenSSL"),
        ("", "Choose another runtime with --runtime"),
    ],
)
def test_an_abort_is_an_error(
    message: str, remedy: str, assemblies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pythonnet(tmp_path, message, monkeypatch)
    report = check(str(assemblies / "agrees.dll"), via="clr")
    assert report.exit_code == 2
    error = report.results[0].error
    assert isinstance(error, ClrError)
    assert message in str(error)
    assert "status -6" in str(error)
    assert remedy in str(error)


def test_a_hang_is_an_error(assemblies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pythonnet.py").write_text("import time\ntime.sleep(600)", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(limits, "RUNTIME_SECONDS", 1)
    (result,) = check(str(assemblies / "agrees.dll"), via="clr").results
    assert "gave no answer within 1 seconds, and was ended" in str(result.error)


def test_an_answer_that_is_too_long(assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is on the edge, and the next one is a byte longer."""
    with RuntimeProcess() as process:
        process.start()
        answer = len(pickle.dumps(process.read_enums(assemblies / "agrees.dll", (FULL_NAME,))))
        monkeypatch.setattr(limits, "RUNTIME_ANSWER_BYTES", answer)
        process.read_enums(assemblies / "agrees.dll", (FULL_NAME,))
        child = process._process
        monkeypatch.setattr(limits, "RUNTIME_ANSWER_BYTES", answer - 1)
        with pytest.raises(ClrError, match=f"answered with {answer} bytes: expected at most"):
            process.read_enums(assemblies / "agrees.dll", (FULL_NAME,))
        assert child
        assert child.returncode is not None


def test_an_interrupt_does_not_mix_up_the_answers(assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to the question before the interrupt would be taken for the next one."""
    with RuntimeProcess() as process:
        process.start()

        def receive(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("smtpstatus_dotnet.runtime_process._receive", receive)
            with pytest.raises(KeyboardInterrupt):
                process.read_enums(assemblies / "number.dll", (FULL_NAME,))
        assert process.read_enums(assemblies / "agrees.dll", (FULL_NAME,))[0].members == MEMBERS


def test_a_forked_process_refuses_the_runtime_of_its_parent(assemblies: Path) -> None:
    """Both would use one pipe. The parent's child goes on."""
    with RuntimeProcess() as process:
        process.start()
        number = os.fork()
        if not number:
            try:
                process.read_enums(assemblies / "agrees.dll", (FULL_NAME,))
            except ClrError as error:
                process._end()
                os._exit(0 if "forked" in str(error) else 2)
            os._exit(1)
        assert os.waitpid(number, 0)[1] == 0
        assert process.read_enums(assemblies / "agrees.dll", (FULL_NAME,))[0].members == MEMBERS


@pytest.mark.usefixtures("mono")
def test_an_assembly_that_kills_mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new child reads the next assembly, and the first child leaves no files."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("a", "c"):
        (tmp_path / f"{name}.dll").write_bytes(image())
    (tmp_path / "b.dll").write_bytes(image().replace(b"#GUID", b"#GUIX"))
    report = check("..", via="clr", runtime="mono")
    assert os.listdir() == []
    assert [result.origin.location for result in report.results] == [os.path.join("..", f"{n}.dll") for n in "abc"]
    assert [type(result.error) for result in report.results] == [type(None), ClrError, type(None)]
    assert "Assertion at" in str(report.results[1].error)
    assert report.exit_code == 2


@pytest.mark.parametrize("library", [None, "libmonosgen-2.0.so.1"])
def test_mono_without_its_parts(library: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONO_PATH", raising=False)
    monkeypatch.setattr(runtimes, "_FACADES", (str(tmp_path),))
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: library)
    with pytest.raises(
        FileNotFoundError, match="netstandard.dll.*mono-devel" if library else "monosgen-2.0.*mono-devel"
    ):
        runtimes._load_mono(None)


def test_an_environment_that_really_lacks_icu(runtime: Path, assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's setting is kept; with it, the runtime aborts if there is no ICU that it knows."""
    monkeypatch.setenv("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "0")
    (result,) = check(str(assemblies / "agrees.dll"), via="clr", runtime=str(runtime)).results
    assert result.definition or "Install ICU" in str(result.error)


def test_errors_of_the_child_keep_their_types(runtime: Path, assemblies: Path, tmp_path: Path) -> None:
    with RuntimeProcess(str(runtime)) as process:
        with pytest.raises(EnumNotFoundError) as caught:
            process.read_enums(assemblies / "elsewhere.dll", (FULL_NAME,))
        assert caught.value.hint
        with pytest.raises(FileNotFoundError):
            process.read_enums(tmp_path / "absent.dll", (FULL_NAME,))
        assert process.read_enums((assemblies / "agrees.dll").read_bytes(), (FULL_NAME,))[0].members == MEMBERS
