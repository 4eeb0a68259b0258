"""Tests of enums, values and exceptions inside a live .NET runtime: test_clr.py runs this file."""

from __future__ import annotations

import os
import signal
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from image import Enum, Image
from live_runtime import NAME, RUNTIME, SYSTEM, mail, statuses_of
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus import DeliveryCondition, SmtpStatusCode
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import (
    SMTP_STAGE_MAIL,
    SMTP_STAGE_RCPT,
)
from smtpstatus_dotnet import clr
from smtpstatus_dotnet.metadata import MetadataError, NativeImageError, iter_enums
from smtpstatus_dotnet.parity import EnumNotFoundError, NotApplicableError

if TYPE_CHECKING:
    pass


def test_a_loaded_runtime_is_used_and_no_other() -> None:
    assert clr.load_runtime() == NAME
    assert clr.load_runtime(RUNTIME) == NAME
    other = "mono" if "Mono" not in NAME else "coreclr"
    for requested in (other, "/nonexistent", RUNTIME + "x"):
        with pytest.raises(clr.ClrError, match="a process can load only one"):
            clr.load_runtime(requested)


def test_a_forked_process_refuses_the_runtime(assemblies: Path) -> None:
    """.NET 10 would crash there, and Mono would wait for ever."""
    number = os.fork()
    if not number:
        refused = 0
        for use in (
            clr.load_runtime, lambda: clr.read_enum(assemblies / "agrees.dll", FULL_NAME),
            lambda: clr.from_dotnet(250), lambda: clr.to_dotnet(250, None), lambda: clr.delivery_statuses(OSError()),
        ):  # fmt: skip
            try:
                use()
            except clr.ClrError as error:
                refused += "spawn" in str(error)
        os._exit(refused)
    deadline = time.monotonic() + 60
    while (found := os.waitpid(number, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(number, signal.SIGKILL)
            pytest.fail("the forked process hangs")
        time.sleep(0.01)
    assert os.waitstatus_to_exitcode(found[1]) == 5
    assert clr.load_runtime() == NAME


def test_read_enum(assemblies: Path) -> None:
    path = assemblies / "agrees.dll"
    (expected,) = iter_enums(path)
    found = clr.read_enum(path, FULL_NAME)
    assert found == expected
    assert (found.origin.location, found.origin.version) == (str(path), "Agrees 1.2.3.0")
    assert found.origin.via == f"types in {NAME}"


def test_every_underlying_type(assemblies: Path) -> None:
    for expected in iter_enums(assemblies / "shapes.dll"):
        assert clr.read_enum(assemblies / "shapes.dll", expected.full_name) == expected


def write_assembly(folder: Path, name: str, enum: Enum, **options: Any) -> Path:
    path = folder / name
    path.write_bytes(Image([enum], **{"core": "mscorlib", **options}).build())
    return path


def test_two_versions_side_by_side(tmp_path: Path) -> None:
    paths = [write_assembly(tmp_path, f"{n}.dll", Enum("E", {"A": n}, "N"), version=(n, 0, 0, 0)) for n in range(3)]
    for _ in range(2):
        found = [clr.read_enum(path, "N.E") for path in paths]
        assert [(enum.members["A"], enum.origin.version) for enum in found] == [
            (n, f"Made {n}.0.0.0") for n in range(3)
        ]


def test_each_unreadable_enum_has_its_own_error(assemblies: Path, tmp_path: Path) -> None:
    """If the file is at fault, the message is that of the reader."""
    good = write_assembly(tmp_path, "good.dll", Enum("E", {"A": 1}, "N"))
    broken = tmp_path / "broken.dll"
    broken.write_bytes(good.read_bytes()[:0x500])
    native = tmp_path / "native.dll"
    native.write_bytes(good.read_bytes().replace(b"\0\x20\0\0\x48\0\0\0", bytes(8), 1))
    lacking = write_assembly(tmp_path, "lacking.dll", Enum("E", {"A": 1}, "N"), core="Absent")
    cases: list[tuple[Path, str, type[Exception], str]] = [
        (broken, "N.E", MetadataError, "not an intact .NET assembly"),
        (native, "N.E", NativeImageError, "native code"),
        (lacking, "N.E", clr.ClrError, "needs the assembly Absent"),
        (good, "N.F", EnumNotFoundError, "has no enum N.F"),
        (good, "E", EnumNotFoundError, "it has N.E of the same short name"),
        (good, "", EnumNotFoundError, "has no enum"),
        (good, "N.E[]", EnumNotFoundError, "has no enum"),
        (good, "N.E, mscorlib", EnumNotFoundError, "has no enum"),
        (good, "N.\udc80", clr.ClrError, "takes only Unicode names"),
        (assemblies / "not_an_enum.dll", FULL_NAME, EnumNotFoundError, "is not an enum"),
        (tmp_path / "absent.dll", "N.E", FileNotFoundError, "absent.dll"),
    ]
    for path, name, error, message in cases:
        with pytest.raises(error, match=message):
            clr.read_enum(path, name)
    assert clr.read_enum(good, "N.E").members == {"A": 1}


def test_a_build_for_another_processor(tmp_path: Path) -> None:
    only_32_bits = write_assembly(tmp_path, "x86.dll", Enum("E", {"A": 1}, "N"), flags=3)
    with pytest.raises(NotApplicableError, match=f"not applicable: .* is for another .NET than {NAME}"):
        clr.read_enum(only_32_bits, "N.E")


def test_values_both_ways() -> None:
    enum = mail().SmtpStatusCode
    for number in (*MEMBERS.values(), 521, 571, 999, 2**31 - 1, -(2**31)):
        value = clr.to_dotnet(number, enum)
        assert (type(value), value.value__) == (enum, number)
        back = clr.from_dotnet(value)
        assert (type(back), back) == (SmtpStatusCode, number)
    assert clr.to_dotnet(SmtpStatusCode.MAILBOX_BUSY, enum) == enum.MailboxBusy
    assert clr.from_dotnet(enum.GeneralFailure) is SmtpStatusCode.GENERAL_FAILURE
    with pytest.raises(SystemError):  # so nothing here hashes a .NET enum value
        hash(enum.GeneralFailure)
    assert clr.from_dotnet(450) is SmtpStatusCode.MAILBOX_BUSY  # a codec would pass an int


def test_other_enums() -> None:
    assert clr.to_dotnet(1, SYSTEM.DayOfWeek) == SYSTEM.DayOfWeek.Monday
    assert clr.from_dotnet(SYSTEM.DayOfWeek.Monday) == 1


def test_invalid_values() -> None:
    enum = mail().SmtpStatusCode
    for number in (2**31, -(2**31) - 1, 2**63, 2**64):
        with pytest.raises(ValueError, match="cannot hold"):
            clr.to_dotnet(number, enum)
    for not_a_code in ("550", 550.0, None):
        with pytest.raises(TypeError):
            clr.to_dotnet(not_a_code, enum)  # type: ignore[arg-type]
    for not_a_value in (SYSTEM.Object(), "550", None, 550.0, enum):
        with pytest.raises(TypeError):
            clr.from_dotnet(not_a_value)
    with pytest.raises(ValueError, match="int32"):
        clr.from_dotnet(2**31)


class Hostile(SYSTEM.Exception):  # type: ignore[misc]  # has no static type
    """Each property raises, returns the exception itself, or never ends."""

    @property
    def Message(self) -> str:  # noqa: N802  # .NET's name, like those below
        raise SYSTEM.InvalidOperationException("Message")

    @property
    def InnerException(self) -> Any:  # noqa: N802
        raise ValueError("InnerException")

    @property
    def InnerExceptions(self) -> Any:  # noqa: N802
        while True:
            yield self

    @property
    def OperationDetails(self) -> Any:  # noqa: N802
        return self

    @property
    def Failed(self) -> Any:  # noqa: N802
        raise SYSTEM.NotSupportedException("Failed")

    @property
    def StatusCode(self) -> Any:  # noqa: N802
        raise SYSTEM.InvalidOperationException("StatusCode")


def test_a_hostile_exception() -> None:
    (found,) = clr.delivery_statuses(Hostile("outer"), stage=SMTP_STAGE_MAIL)
    expected = DeliveryStatus(stage=SMTP_STAGE_MAIL, reply=SmtpReply(code=-1), local_error="Hostile")
    expected.condition = DeliveryCondition.NOT_KNOWN
    assert found == expected


def test_a_ring_of_exceptions() -> None:
    """A ring of InnerExceptions; one of InnerException ends the process inside pythonnet, before our code sees it."""

    class Ring(SYSTEM.Exception):  # type: ignore[misc]  # has no static type
        others: ClassVar[list[Any]] = []

        @property
        def InnerExceptions(self) -> list[Any]:  # noqa: N802  # .NET's name
            return self.others

    Ring.others += [Ring("first"), Ring("second"), mail().SmtpException(clr.to_dotnet(450, mail().SmtpStatusCode))]
    (found,) = clr.delivery_statuses(Ring("outer"))
    assert found.reply == SmtpReply(code=450)
    Ring.others.pop()
    (found,) = clr.delivery_statuses(Ring("outer"))
    assert (found.reply, found.local_error) == (SmtpReply(code=-1), "outer first second")


def test_a_deep_nest_of_exceptions() -> None:
    enum = mail().SmtpStatusCode
    nest = mail().SmtpException(clr.to_dotnet(450, enum), "Busy. The server response was: 4.2.0 later")
    for depth in range(1000):
        nest = SYSTEM.Exception(f"level {depth}", nest)
        if depth == 8:
            (found,) = clr.delivery_statuses(nest)
            assert found.reply == SmtpReply(code=450, enhanced_code="4.2.0", lines=["4.2.0 later"])
    (found,) = clr.delivery_statuses(nest)
    assert (found.reply.code, len(found.local_error) <= 1000) == (-1, True)


def test_thousands_of_recipients() -> None:
    enum = mail().SmtpStatusCode
    count = 10_500  # beyond the bound for exceptions that name no recipient
    refused = [
        mail().SmtpFailedRecipientException(clr.to_dotnet(550, enum), f"<r{n}@example.com>") for n in range(count)
    ]
    everybody = SYSTEM.Array[mail().SmtpFailedRecipientException](refused)
    failure = mail().SmtpFailedRecipientsException("Some", everybody)
    started = time.monotonic()
    # AggregateException(...) would end the process: pythonnet reads its Message too early.
    outer = SYSTEM.Activator.CreateInstance(SYSTEM.AggregateException, SYSTEM.Array[SYSTEM.Object]([failure]))
    other, *found = clr.delivery_statuses(outer, recipients=["other@example.com"])
    # It may be one of the refused recipients, spelled otherwise.
    assert other == DeliveryStatus(final_recipient="other@example.com", condition=DeliveryCondition.NOT_KNOWN)
    assert [status.final_recipient for status in found] == [f"r{n}@example.com" for n in range(count)]
    assert {(status.reply.code, status.stage) for status in found} == {(550, SMTP_STAGE_RCPT)}
    assert time.monotonic() - started < 60  # not a benchmark: a guard against quadratic time


def test_a_code_that_is_not_of_smtp() -> None:
    failure = mail().SmtpException(clr.to_dotnet(7, mail().SmtpStatusCode), "odd")
    (found,) = clr.delivery_statuses(failure)
    assert (found.reply, found.local_error) == (SmtpReply(code=-1), "odd")
    if not NAME.startswith((".NET Core", "Mono")):  # from .NET 5 on, HTTP's exception has a StatusCode, too
        import_module("clr").AddReference("System.Net.Http")
        http, net = import_module("System.Net.Http"), import_module("System.Net")
        failure = http.HttpRequestException("no mail", None, net.HttpStatusCode.ServiceUnavailable)
        assert failure.StatusCode.value__ == 503
        assert clr.delivery_statuses(failure)[0].reply.code == -1


def test_an_exception_of_python() -> None:
    (found,) = clr.delivery_statuses(ConnectionResetError("reset"), recipients=["Bob <b@example.com>"])
    expected = DeliveryStatus(final_recipient="b@example.com", reply=SmtpReply(code=-1), local_error="reset")
    expected.condition = DeliveryCondition.UNREACHABLE
    assert found == expected


def test_each_cause_has_the_condition_of_csharp() -> None:
    """The conditions of the exception types are those in `ExceptionConditions.cs`."""
    for name in ("System.Net.Primitives", "System.Net.Security"):
        import_module("clr").AddReference(name)
    sockets, io = import_module("System.Net.Sockets"), import_module("System.IO")
    security = import_module("System.Security.Authentication")
    causes: list[tuple[Any, DeliveryCondition]] = [
        (SYSTEM.TimeoutException(), DeliveryCondition.TIMED_OUT),
        (SYSTEM.OperationCanceledException(), DeliveryCondition.CANCELLED),
        (SYSTEM.ObjectDisposedException("client"), DeliveryCondition.CANCELLED),
        (sockets.SocketException(11001), DeliveryCondition.NAME_LOOKUP_FAILED),
        (sockets.SocketException(10060), DeliveryCondition.TIMED_OUT),
        (sockets.SocketException(10061), DeliveryCondition.UNREACHABLE),
        (io.IOException("closed"), DeliveryCondition.UNREACHABLE),
        (io.FileNotFoundException("attachment"), DeliveryCondition.NOT_KNOWN),
        (security.AuthenticationException("certificate"), DeliveryCondition.TLS_REFUSED),
        (SYSTEM.NotSupportedException(), DeliveryCondition.FEATURE_NOT_OFFERED),
        (SYSTEM.ArgumentException("x"), DeliveryCondition.ARGUMENT_REFUSED),
        (SYSTEM.InvalidOperationException("x", io.IOException("closed")), DeliveryCondition.UNREACHABLE),
        (SYSTEM.FormatException("a reply without a text"), DeliveryCondition.NOT_KNOWN),
        (mail().SmtpException("The operation has timed out."), DeliveryCondition.TIMED_OUT),
        (mail().SmtpException("Server does not support secure connections."), DeliveryCondition.FEATURE_NOT_OFFERED),
        (mail().SmtpException("whatever"), DeliveryCondition.NOT_KNOWN),
    ]
    for exception, condition in causes:
        (found,) = clr.delivery_statuses(exception)
        assert (found.condition, found.reply) == (condition, SmtpReply(code=-1)), exception


def test_a_reply_to_one_recipient_is_not_given_to_another() -> None:
    enum = mail().SmtpStatusCode
    refused = [
        mail().SmtpFailedRecipientException(clr.to_dotnet(550, enum), "<a@example.com>", "5.1.1 no"),
        mail().SmtpFailedRecipientException(clr.to_dotnet(-1, enum), "<b@example.com>", "odd"),
    ]
    failure = mail().SmtpFailedRecipientsException("Some", SYSTEM.Array[mail().SmtpFailedRecipientException](refused))
    first, second = statuses_of(failure, ["a@example.com", "b@example.com"])
    assert (first.reply.code, second.reply.code, second.condition) == (550, -1, DeliveryCondition.NOT_KNOWN)


@pytest.mark.parametrize("name", ["", " ", "<>"])
def test_a_refusal_without_a_name_is_not_a_success(name: str) -> None:
    failure = mail().SmtpFailedRecipientException(clr.to_dotnet(550, mail().SmtpStatusCode), name, "5.1.1 no")
    (found,) = statuses_of(failure, ["a@example.com"])
    assert (found.final_recipient, found.reply.code, found.stage) == ("a@example.com", 550, SMTP_STAGE_RCPT)


@pytest.mark.parametrize(
    ("given", "reported"),
    [("u@m\u00fcnchen.example", "<u@xn--mnchen-3ya.example>"), ("u@Example.COM", "u@example.com"), ("U@a.b", "U@a.b")],
)
def test_a_recipient_spelled_otherwise(given: str, reported: str) -> None:
    """System.Net.Mail writes domains in punycode; the caller's spelling is kept, and nobody counts as accepted."""
    failure = mail().SmtpFailedRecipientException(clr.to_dotnet(550, mail().SmtpStatusCode), reported, "5.1.1 no")
    (found,) = statuses_of(failure, [given])
    assert (found.final_recipient, found.reply.code) == (given, 550)
    first, _ = statuses_of(failure, ["v@example.com"])
    assert first.condition == DeliveryCondition.NOT_KNOWN


def test_long_messages_are_cut_alike() -> None:
    (found,) = statuses_of(SYSTEM.Exception("x" + "\U0001f600" * 1200), [])
    assert found.local_error == "x" + "\U0001f600" * 999


def test_a_dotnet_exception_inside_a_python_exception() -> None:
    failure = mail().SmtpException(clr.to_dotnet(550, mail().SmtpStatusCode), "No. The server response was: 5.1.1 no")
    wrapped = RuntimeError("could not send")
    wrapped.__cause__ = failure
    for outer in (wrapped, ExceptionGroup("group", [ValueError("first"), failure])):
        (found,) = clr.delivery_statuses(outer, recipients=["a@example.com"])
        assert found.reply == SmtpReply(code=550, enhanced_code="5.1.1", lines=["5.1.1 no"])


def test_a_recipient_without_a_code_of_its_own() -> None:
    enum = mail().SmtpStatusCode
    inner = mail().SmtpException(clr.to_dotnet(554, enum), "No. The server response was: 5.0.0 no")
    failure = mail().SmtpFailedRecipientException("text", "<a@example.com>", inner)
    (found,) = clr.delivery_statuses(failure)
    assert (found.final_recipient, found.reply.code, found.reply.enhanced_code) == ("a@example.com", 554, "5.0.0")


def test_codec_that_makes_ints_of_all_enums(assemblies: Path) -> None:
    enum = mail().SmtpStatusCode
    failure = mail().SmtpFailedRecipientException(enum(550), "<b@example.com>")
    codecs = import_module("Python.Runtime.Codecs")
    import_module("Python.Runtime").PyObjectConversions.RegisterEncoder(codecs.EnumPyIntCodec.Instance)
    assert type(enum.MailboxBusy) is int
    assert clr.from_dotnet(enum.MailboxBusy) is SmtpStatusCode.MAILBOX_BUSY
    (found,) = clr.delivery_statuses(failure)
    assert (found.final_recipient, found.reply) == ("b@example.com", SmtpReply(code=550))
    assert clr.read_enum(assemblies / "agrees.dll", FULL_NAME).members == MEMBERS
