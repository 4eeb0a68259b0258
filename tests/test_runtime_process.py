"""The child process that has a .NET runtime in it: its answers, its faults and its end."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from conftest import CommandLine
from image import vendors_image
from process import run
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet import check, limits, runtimes
from smtpstatus_dotnet.parity import EnumNotFoundError
from smtpstatus_dotnet.runtime_process import RuntimeProcess
from smtpstatus_dotnet.runtimes import ClrError


def test_a_check_of_metadata_does_not_import_runtime_process(assemblies: Path) -> None:
    code = (
        "import sys; from smtpstatus_dotnet.cli import main; main(['check', sys.argv[1]]);"
        "sys.exit('smtpstatus_dotnet.runtime_process' in sys.modules or 'threading' in sys.modules)"
    )
    result = run(sys.executable, "-S", "-c", code, assemblies / "agrees.dll", environment=os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")


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
            archive.writestr(f"lib/{framework}/Made.dll", vendors_image(version=(version, 0, 0, 0)))
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
    (tmp_path / "broken.dll").write_bytes(vendors_image()[:0x600])
    (tmp_path / "native.dll").write_bytes(vendors_image().replace(b"\0\x20\0\0\x48\0\0\0", bytes(8), 1))
    (tmp_path / "lacking.dll").write_bytes(vendors_image(core="Absent"))
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
        (tmp_path / f"{name}.dll").write_bytes(vendors_image())
    (tmp_path / "b.dll").write_bytes(vendors_image().replace(b"#GUID", b"#GUIX"))
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
