"""The bridge into a live .NET runtime, by pythonnet: enums by reflection, values both ways, exceptions as messages.

For a process that hosts .NET. No codec is registered, and nothing is asked of a value that pythonnet answers wrongly:
its `==` with an int is False, its `hash()` of -1 a SystemError. Importing this loads no runtime.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from itertools import islice
from operator import index

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.parity import EnumDefinition, EnumReadError, NotApplicableError, Origin
from smtpstatus_dotnet.runtimes import ClrError, load_runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from typing_extensions import Buffer

    from smtpstatus.v1.delivery_pb2 import DeliveryStatus

__all__ = ["ClrError", "delivery_statuses", "from_dotnet", "load_runtime", "read_enum", "read_enums", "to_dotnet"]

# After what the server's words follow, in messages of Aspose.Email, System.Net.Mail and MailKit.
_SERVER_SAID = re.compile("The server response(?: was)?: |(?<=unexpectedly disconnected): ")
# Against nests and rings of exceptions. A mail may go to thousands, and each may be refused.
_EXCEPTION_LIMIT, _DEPTH_LIMIT, _WORDS_LIMIT = 10_000, 16, 1000


def read_enum(
    source: str | os.PathLike[str] | Buffer, full_name: str, *, origin: Origin | None = None
) -> EnumDefinition:
    """Return one enum of an assembly as the runtime of this process sees it; without one, `load_runtime` is called.

    Arguments are those of `metadata.read_enum`. The assembly gets a load context of its own, so that it may be another
    version than one that is in use. It stays loaded, and a file that is replaced later is not read anew:
    `smtpstatus_dotnet.check` asks a new process.

    Raises what `metadata.read_enum` raises where the source is to blame; ClrError where there is no runtime or it does
    not load the assembly, and NotApplicableError where the assembly is for another .NET.
    """
    (definition,) = read_enums(source, (full_name,), origin=origin)
    return definition


def read_enums(
    source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
) -> list[EnumDefinition]:
    """Return those of several enums that an assembly has, in the order asked for; where it has none, as `read_enum`."""
    runtime = load_runtime()
    path = os.fspath(source) if isinstance(source, (str, os.PathLike)) else ""
    origin = replace(origin or Origin(path or "<bytes>"), via=f"types in {runtime}")
    try:
        "".join([path, *full_names]).encode()
    except UnicodeEncodeError as error:  # pythonnet would end the process
        raise ClrError(f"a .NET runtime knows no names that are not Unicode: {path!r}, {full_names!r}") from error
    if path:
        with open(path, "rb"):  # the error of a file that is not there is Python's
            pass
    exception, type_load_exception, *_ = _names()
    found: list[EnumDefinition] = []
    problem: Any = None
    try:
        assembly = _load(path, source)
        name = assembly.GetName()
        origin = replace(origin, version=f"{name.Name} {name.Version}")
        for full_name in full_names:
            enum = assembly.GetType(full_name, False)
            if enum is None:  # or cannot be loaded, which some runtimes say only where they have to raise
                try:
                    assembly.GetType(full_name, True)
                except type_load_exception as error:
                    problem = error
            elif enum.IsEnum and enum.Assembly.Equals(assembly):
                values = {field.Name: field.GetRawConstantValue() for field in enum.GetFields() if field.IsLiteral}
                members = {name: ord(value) if isinstance(value, str) else int(value) for name, value in values.items()}
                found.append(EnumDefinition(enum.FullName, enum.GetEnumUnderlyingType().FullName, members, origin))
    except (exception, TypeError) as failure:  # TypeError: a constant that is no number
        raise _refusal(source, full_names, origin, runtime, failure) from failure
    if not found:
        raise _refusal(source, full_names, origin, runtime, problem)
    return found


@cache
def _names() -> tuple[Any, ...]:
    """Return what is asked of the runtime. To look a name up, pythonnet asks all assemblies, later odd ones too."""
    system: Any = import_module("System")
    core = system.Object().GetType().Assembly  # which no runtime loads twice
    make_bytes = partial(system.Array.CreateInstance, system.Byte)
    return system.Exception, system.TypeLoadException, core, import_module("System.Reflection").Assembly, make_bytes


def _load(path: str, source: Any) -> Any:
    _, _, core, assembly, make_bytes = _names()
    if not path:
        data = make_bytes(memoryview(source).nbytes)
        memoryview(data).cast("B")[:] = memoryview(source).cast("B")
        return assembly.Load(data)
    is_core = os.path.isfile(core.Location) and os.path.samefile(core.Location, path)
    return core if is_core else assembly.LoadFile(os.path.abspath(path))


def _refusal(
    source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], origin: Origin, runtime: str, failure: Any
) -> EnumReadError:
    """Return why the runtime has no such enum for us. What is wrong with the source itself, the reader says better."""
    from smtpstatus_dotnet.metadata import read_enums as read_metadata

    try:
        read_metadata(source, full_names, origin=origin)
    except EnumReadError as error:
        return error
    words = str(getattr(failure, "Message", failure)).strip() if failure else "it has no such type"
    # An intact file that is not loaded is for another processor. One that the runtime calls damaged, and the reader
    # does not, is no such thing. Builds for .NET Framework have NuGet's folders for it.
    is_for_processor = failure and type(failure).__name__ == "FileLoadException"
    is_for_framework = re.match(r"net[1-4]\d", origin.framework) and not runtime.startswith(("Mono", ".NET Framework"))
    if is_for_framework or is_for_processor:
        return NotApplicableError(f"not applicable: {origin} is for another .NET than {runtime}, which says: {words}")
    needed = re.search(r"file or assembly '([^',]+),", words)
    if needed:
        return ClrError(f"{origin} needs the assembly {needed[1]}, which {runtime} does not find: {words}")
    return ClrError(f"{origin} has the enum, but {runtime} does not load it: {words}")


def to_dotnet(code: int, enum_type: Any) -> Any:
    """Return the value of a .NET enum for a code, whether or not the enum lists it.

    `enum_type` is the enum's class as pythonnet imports it. Raises ValueError for a number that it cannot hold.
    """
    try:
        return enum_type(index(code), True)
    except OverflowError as error:
        raise ValueError(f"{enum_type.__name__} cannot hold {code}") from error


def from_dotnet(value: Any) -> SmtpStatusCode:
    """Return the code of a value of any .NET enum made of ints, or of the int that a codec has made of it.

    Raises ValueError for a number outside int32, and TypeError for what is no such value.
    """
    try:
        return SmtpStatusCode(value.value__)
    except AttributeError:
        return SmtpStatusCode(index(value))


def delivery_statuses(exception: Exception, *, recipients: Iterable[str] = (), stage: int = 0) -> list[DeliveryStatus]:
    """Return what became of each recipient, from an exception of Aspose.Email, System.Net.Mail, MailKit, or any other.

    One for each recipient that was refused. Where the exception names none, one for each of `recipients`, to whom the
    mail was to go; and where none are given, a single one with an empty recipient.

    These clients keep the reply somewhere among the exceptions inside, and not always in the same place: the first
    code found there counts, in at most 10,000 exceptions. Where they kept none, the code is -1, and `local_error` has
    their words. The stage is what an exception's type tells, else `stage`. An exception of Python is left to
    `smtpstatus.replies`.
    """
    from smtpstatus import replies

    if not hasattr(exception, "GetType"):
        return replies.delivery_statuses(exception, recipients=recipients, stage=stage)
    failures = [_failure(inner, inner_stage) for inner, inner_stage in _chain(exception, stage)]
    decisive = next((failure for failure in failures if failure.code != -1), None)
    refused: dict[str, _Failure | None] = {}
    for failure in failures:
        if failure.recipient and not refused.get(failure.recipient):
            refused[failure.recipient] = failure if failure.code != -1 else None
    told = next((failure.stage for failure in failures if failure.stage != stage), stage)
    words = " ".join(dict.fromkeys(failure.words for failure in failures if failure.words))[:_WORDS_LIMIT]
    others = [recipients] if isinstance(recipients, str) else recipients
    statuses: list[DeliveryStatus] = []
    for recipient in refused or [*map(replies.mailbox_of, others)] or [""]:
        if reason := refused.get(recipient) or decisive:
            status = replies.status_of(recipient, reason.stage, reason.code, reason.text or b"")
            if reason.text is None:
                del status.reply.lines[:]  # the client kept none
        else:
            status = replies.status_of(recipient, told, -1, words or type(exception).__name__)
        statuses.append(status)
    return statuses


@dataclass(frozen=True, slots=True)
class _Failure:
    """What one exception tells: the reply, -1 and None where it has none, its own words, and who was refused."""

    code: int
    text: bytes | None
    words: str
    stage: int
    recipient: str


def _failure(exception: Any, stage: int) -> _Failure:
    from smtpstatus.replies import mailbox_of
    from smtpstatus.v1.delivery_pb2 import SMTP_STAGE_CONTENT, SMTP_STAGE_MAIL, SMTP_STAGE_RCPT

    names = _class_names(exception)
    code, recipient = -1, ""
    with suppress(Exception):  # as in _get; and exceptions of HTTP have another StatusCode
        if exception.GetType().GetProperty("StatusCode").PropertyType.Name == "SmtpStatusCode":
            code = int(from_dotnet(exception.StatusCode))
    message = str(_get(exception, "Message", ""))
    words, *rest = _SERVER_SAID.split(message, maxsplit=1)
    text = rest[0] if rest else None
    if any(name.endswith(".SmtpFailedRecipientException") for name in names):  # Aspose.Email's, System.Net.Mail's
        stage, recipient = SMTP_STAGE_RCPT, mailbox_of(str(_get(exception, "FailedRecipient", "")))
    if "MailKit.Net.Smtp.SmtpCommandException" in names:
        text = message
        match str(_get(exception, "ErrorCode")):
            case "SenderNotAccepted":
                stage = SMTP_STAGE_MAIL
            case "RecipientNotAccepted":
                stage, recipient = SMTP_STAGE_RCPT, mailbox_of(str(_get(_get(exception, "Mailbox"), "Address", "")))
            case "MessageNotAccepted":
                stage = SMTP_STAGE_CONTENT
            case _:
                pass
    if "MailKit.ServiceNotAuthenticatedException" in names and "MailKit.Net.Smtp." in str(
        _get(exception, "StackTrace")
    ):
        code, words, text = 530, "", message  # what it makes of that reply; IMAP's has other words
    said = None
    if text is not None:
        text = text.strip("\r\n")
        said = text.encode(errors="replace")
        if any(name.startswith("Aspose.") for name in names):  # it takes each byte for a character
            with suppress(UnicodeEncodeError):
                said = text.encode("latin-1")
    return _Failure(code if 100 <= code <= 999 else -1, said, words.strip(), stage, recipient)


def _chain(exception: Any, stage: int) -> Iterator[tuple[Any, int]]:
    """Yield an exception and all inside it, outer ones first, each once, with the stage that they are about."""
    from smtpstatus.v1.delivery_pb2 import SMTP_STAGE_AUTH

    system: Any = import_module("System")
    identity: Any = import_module("System.Runtime.CompilerServices").RuntimeHelpers
    seen: dict[int, list[Any]] = {}
    waiting = [(exception, stage, 0)]
    for _ in range(_EXCEPTION_LIMIT):
        if not waiting:
            return
        inner, stage, depth = waiting.pop()
        # Whatever an exception makes of Equals and GetHashCode. Two proxies of one object are not one in Python.
        alike = seen.setdefault(identity.GetHashCode(inner), [])
        if any(system.Object.ReferenceEquals(inner, other) for other in alike):
            continue
        alike.append(inner)
        if "MailKit.Security.AuthenticationException" in _class_names(inner):
            stage = SMTP_STAGE_AUTH
        yield inner, stage
        if depth < _DEPTH_LIMIT:
            failed = _get(_get(_get(inner, "OperationDetails"), "Failed"), "Values")  # of Aspose.Email
            more = [*_items(_get(inner, "InnerExceptions")), *_items(failed), _get(inner, "InnerException")]
            waiting += [(one, stage, depth + 1) for one in reversed(more) if hasattr(one, "GetType")]


def _class_names(exception: Any) -> set[str]:
    return {f"{kind.__module__}.{kind.__name__}" for kind in type(exception).__mro__}


def _get(value: Any, name: str, default: Any = None) -> Any:
    """Return a property, or the default where there is none, or it is null, or throws, whatever it throws."""
    try:
        found = getattr(value, name, None)
    except Exception:  # noqa: BLE001  # that of a stranger's property
        return default
    return default if found is None else found


def _items(values: Any) -> list[Any]:
    found: list[Any] = []
    with suppress(Exception):  # as in _get
        found.extend(islice(values or (), _EXCEPTION_LIMIT))
    return found
