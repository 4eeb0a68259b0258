"""The bridge into a live .NET runtime, by pythonnet: enums by reflection, values both ways, exceptions as messages.

For a process that hosts .NET. No codec is registered, and nothing is asked of a value that pythonnet answers wrongly:
its `==` with an int is False, its `hash()` of -1 a SystemError. Importing this loads no runtime.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from operator import index

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.clr_exceptions import delivery_statuses
from smtpstatus_dotnet.parity import EnumDefinition, EnumReadError, NotApplicableError, Origin
from smtpstatus_dotnet.runtimes import ClrError, load_runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Buffer

__all__ = ["ClrError", "delivery_statuses", "from_dotnet", "load_runtime", "read_enum", "read_enums", "to_dotnet"]


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
