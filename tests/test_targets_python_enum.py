"""Enums of Python: `python:module:Class`."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from checks import the_error
from conftest import CommandLine
from process import run

from smtpstatus_dotnet import check, limits


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Upper", set()),
        ("Lower", set()),
        ("AS_MAPPING", set()),
        ("Constants", {"missing"}),
        ("Aliases", {"missing", "extra"}),
        ("Outer.Inner", {"missing"}),
    ],
)
def test_enums_of_python(name: str, kinds: set[str]) -> None:
    (result,) = check(f"python:own_enums:{name}").results
    assert result.definition
    assert {difference.kind for difference in result.differences} == kinds


def test_enums_of_protobuf_and_of_another_library() -> None:
    assert check("python:smtpstatus.v1.smtp_status_code_pb2:SmtpStatusCode").exit_code == 0
    assert check("python:smtpstatus:SmtpStatusCode").exit_code == 0
    (result,) = check("python:aiosmtplib:SMTPStatus").results
    assert result.exit_code == 1
    found = {(d.kind, d.name, d.number, d.other_name, d.other_number) for d in result.differences}
    assert ("name", "Ok", 250, "Completed", 250) in found
    assert ("number", "MailboxUnavailable", 550, "MailboxUnavailable", 450) in found
    assert ("extra", None, None, "DomainDoesNotAcceptMail", 521) in found
    assert ("missing", "PasswordTransitionNeeded", 432, None, None) in found


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("python:", "expected python:module:Class"),
        ("python:own_enums", "expected python:module:Class, found python:own_enums"),
        ("python:own_enums:Absent", "the module own_enums has no Absent"),
        ("python:no.such.module:X", "importing no.such.module failed: ModuleNotFoundError"),
        *((f"python:{odd}", "has no names that stand for ints") for odd in ("math:pi", "sys:exit", "sys:path")),
        ("python:own_enums:BY_NUMBER", "has other things than names that stand for ints: found 0, which stands for"),
        ("python:builtins:dict", "cannot be read as an enum: TypeError"),
        ("python:own_enums:HOSTILE", "cannot be read as an enum: ZeroDivisionError"),
        ("python:own_enums:Lazy", "cannot be read as an enum: ModuleNotFoundError: No module named 'absent'"),
        ("python:own_enums:Words", "has other things than names that stand for ints: found 'OK', which stands for '2"),
        ("python:own_enums:Twice", "has two members that are Ok in C#"),
    ],
)
def test_not_an_enum_of_python(target: str, message: str) -> None:
    assert message in the_error(target)


def test_a_target_that_itself_names_the_enum() -> None:
    """Another name in --type would be passed over without a word."""
    assert "itself names the enum: expected no --type, found A.B" in the_error(
        "python:own_enums:Upper", type_name="A.B"
    )


MODULE = "from enum import Enum, IntEnum\nfrom smtpstatus import SmtpStatusCode\n"
# Where code of others runs while its enum is read. Each `RAISE` is replaced by a statement.
PLACES = {
    "import": "RAISE",
    "module's __getattr__": "def __getattr__(name):\n    RAISE",
    "class's __getattr__": "class M(type):\n    def __getattr__(cls, name):\n        RAISE\nclass E(metaclass=M): pass",
    "__members__": "class E:\n    @property\n    def __members__(self):\n        RAISE\nE = E()",
    "items": "class E:\n    def items(self):\n        RAISE\nE = E()",
    "iteration": "class E:\n    def items(self):\n        yield 'OK', 250\n        RAISE\nE = E()",
    "value": "class E(Enum):\n    OK = 250\n    @property\n    def value(self):\n        RAISE",
    "__dict__": "class E:\n    @property\n    def __dict__(self):\n        RAISE\nE = E()",
    "DESCRIPTOR": "class E:\n    OK = 250\n    @property\n    def DESCRIPTOR(self):\n        RAISE\nE = E()",
    "repr": "class V:\n    def __repr__(self):\n        RAISE\nE = {'OK': V()}",
    "__class__": "class V:\n    @property\n    def __class__(self):\n        RAISE\nE = {'OK': V()}",
}
RAISES = [
    *(
        "raise SystemExit",
        "raise SystemExit(0)",
        "raise KeyboardInterrupt",
        "raise GeneratorExit",
        "raise StopIteration",
    ),
    *("raise BaseException('odd')", "raise BaseExceptionGroup('odd', [SystemExit()])", "raise MemoryError", "1 / 0"),
    "from smtpstatus_dotnet.parity import NotApplicableError; raise NotApplicableError('no verdict')",
    "raise type('Odd', (BaseException,), {'__str__': lambda self: exit(0)})",
    "(f := lambda: f())()",
]


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_whatever_a_target_raises_is_its_own_error(
    place: str, assemblies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No exception of the target ends the check, and the difference of another target is reported."""
    monkeypatch.chdir(tmp_path)
    for number, statement in enumerate(RAISES):
        name = f"raises_{number}"
        (tmp_path / f"{name}.py").write_text(MODULE + place.replace("RAISE", statement), encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        report = check(str(assemblies / "number.dll"), f"python:{name}:E", str(assemblies / "agrees.dll"))
        assert [result.exit_code for result in report.results] == [1, 2, 0], statement
        assert type(report.results[1].error).__name__ == "EnumReadError", statement
        assert report.exit_code == 2
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_the_command_survives_a_target_that_exits(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    (tmp_path / "mods.py").write_text("def __getattr__(name): raise SystemExit(0)", encoding="utf-8")
    result = smtpstatus("check", assemblies / "number.dll", "python:mods:Codes")
    assert result.returncode == 2
    assert "MailboxBusy" in result.stdout
    assert "python:mods:Codes cannot be read as an enum: SystemExit: 0" in result.stdout


def test_an_interrupt_of_the_user_ends_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the target catches it."""
    monkeypatch.chdir(tmp_path)
    interrupt = "import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGINT)\n    for _ in range(100): pass\n"
    for name, text in {
        "passes": "f()",
        "catches": "try: f()\nexcept BaseException: pass\nE = {'OK': 250}",
        "exits": "try: f()\nexcept BaseException: raise SystemExit(0)",
    }.items():
        (tmp_path / f"interrupt_{name}.py").write_text(interrupt + text, encoding="utf-8")
        with pytest.raises(KeyboardInterrupt):
            check(f"python:interrupt_{name}:E")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_a_target_changes_in_the_process(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    """It prints into a JSON report, and takes the folder, the modules and the stack from the reading of others."""
    (tmp_path / "changes.py").write_text(
        "import os, signal, sys\n"
        "print('printed')\nos.chdir('/')\nsys.path[:] = []\nsys.setrecursionlimit(70)\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "E = {'OK': 250}\n",
        encoding="utf-8",
    )
    (tmp_path / "number.dll").write_bytes((assemblies / "number.dll").read_bytes())
    result = smtpstatus("check", "python:changes:E", "number.dll", "--format", "json")
    assert result.stderr == "printed\n"
    assert [len(place["differences"]) for place in json.loads(result.stdout)["results"]] == [31, 1]


def test_the_process_is_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaves.py").write_text(
        "import os, signal, sys\nos.chdir('/')\nsys.path.insert(0, '/odd')\nsys.setrecursionlimit(5000)\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\nsys.stdout = None\n1 / 0\n",
        encoding="utf-8",
    )

    def state() -> tuple[object, ...]:
        handler = signal.getsignal(signal.SIGINT)
        return Path.cwd(), tuple(sys.path), sys.getrecursionlimit(), handler, sys.stdout

    before = state()
    the_error("python:leaves:E")
    assert state() == before


def test_a_module_is_found_though_the_current_folder_is_deleted(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "deleted"
    folder.mkdir()
    program = (
        f"import os; os.chdir({str(folder)!r}); os.rmdir({str(folder)!r})\n"
        "from smtpstatus_dotnet import check; print(check('python:smtpstatus:SmtpStatusCode').exit_code)"
    )
    assert run(sys.executable, "-c", program, environment=environment).stdout == "0\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("10**5000", "has a member NEW that no .NET enum can hold: expected at most 64 bits"),
        ("2**64", "no .NET enum can hold"),
        ("-(2**63) - 1", "no .NET enum can hold"),
        ("True", "found 'NEW', which stands for True"),
        ("250.0", "found 'NEW', which stands for 250.0"),
        ("None", "found 'NEW', which stands for None"),
    ],
)
def test_a_member_that_is_not_a_number_of_dotnet(
    value: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not be passed over: an enum that agrees but for this member does not agree."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "numbers.py").write_text(
        f"from own_enums import *\nE = AS_MAPPING | {{'NEW': {value}}}", encoding="utf-8"
    )
    monkeypatch.delitem(sys.modules, "numbers", raising=False)
    assert message in the_error("python:numbers:E")


def test_the_largest_numbers_and_odd_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A subclass of int or str counts as what it holds, whatever it says. Private names of an enum are members."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "liars.py").write_text(
        "class I(int):\n    __int__ = __index__ = __eq__ = lambda *_: 250\n    __hash__ = lambda _: 1\n"
        "class S(str):\n    __str__ = __getitem__ = rstrip = __eq__ = lambda *_: 'OK'\n    __hash__ = lambda _: 1\n"
        "E = {'A': 2**64 - 1, 'B': -(2**63), 'C': I(459), S('D'): 1, '_E': 2}\n",
        encoding="utf-8",
    )
    (result,) = check("python:liars:E").results
    assert result.definition
    assert result.definition.members == {"A": 2**64 - 1, "B": -(2**63), "C": 459, "D": 1, "E": 2}
    assert {type(number) for number in result.definition.members.values()} == {int}
    assert {type(name) for name in result.definition.members} == {str}


def test_names_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(limits, "MEMBER_COUNT", 100)
    (tmp_path / "endless.py").write_text(
        "from itertools import count\n"
        "class Endless:\n    def items(self):\n        return ((f'N{n}', n) for n in count())\n"
        "ENDLESS = Endless()\n"
        "LAST = {f'N{n}': n for n in range(100)}\nFIRST = {f'N{n}': n for n in range(101)}\n",
        encoding="utf-8",
    )
    assert "endless:ENDLESS has more than 100 names" in the_error("python:endless:ENDLESS")
    assert "has more than 100 names" in the_error("python:endless:FIRST")
    assert check("python:endless:LAST").exit_code == 1
