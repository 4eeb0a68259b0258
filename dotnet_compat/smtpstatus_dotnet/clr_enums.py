"""Enums by reflection, in a process that hosts .NET by pythonnet. Importing this loads no runtime."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache, partial
from importlib import import_module

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumDefinition, EnumReadError, NotApplicableError, Origin
from smtpstatus_dotnet.runtimes import ClrError, load_runtime

# The HRESULT of .NET and .NET Core, whatever the language of the message.
_COR_E_LOADING_REFERENCE_ASSEMBLY = 0x80131058

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Buffer


def read_enum(
    source: str | os.PathLike[str] | Buffer, full_name: str, *, origin: Origin | None = None
) -> EnumDefinition:
    """Return one enum of an assembly as the runtime of this process sees it.

    If no runtime is loaded yet, `load_runtime` is called. The arguments are those of `metadata.read_enum`. The assembly
    gets a load context of its own, so it may be another version than one that is in use. It stays loaded, and a file
    that is replaced later is not read again: `smtpstatus_dotnet.check` asks a new process.

    Raises the errors of `metadata.read_enum` if the source is at fault, ClrError if there is no runtime or it does not
    load the assembly, and NotApplicableError if the assembly is built for another .NET.
    """
    (definition,) = read_enums(source, (full_name,), origin=origin)
    return definition


def read_enums(
    source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
) -> list[EnumDefinition]:
    """Return the enums of `full_names` that an assembly has, in their order.

    Raises the errors of `read_enum` if it has none of them.
    """
    runtime = load_runtime()
    path = os.fspath(source) if isinstance(source, (str, os.PathLike)) else ""
    origin = replace(origin or Origin(path or "<bytes>"), via=f"types in {runtime}")
    _refuse_surrogates(path, *full_names)
    if path:
        with open(path, "rb"):  # raises Python's error if the file is not there
            pass
    exception, *_ = _names()
    found: list[EnumDefinition] = []
    problem: Any = None
    try:
        assembly = _load(source)
        name = assembly.GetName()
        origin = replace(origin, version=f"{name.Name} {name.Version}")
        for full_name in full_names:
            enum, error = _type(assembly, full_name)
            problem = error or problem
            if enum is not None and enum.IsEnum and enum.Assembly.Equals(assembly):
                underlying = enum.GetEnumUnderlyingType().FullName
                found.append(EnumDefinition(enum.FullName, underlying, _members(enum), origin))
    except (exception, TypeError) as error:  # TypeError: a constant that is not a number
        raise _refusal(source, full_names, origin, runtime, error) from error
    if not found:
        raise _refusal(source, full_names, origin, runtime, problem)
    return found


def _refuse_surrogates(*texts: str) -> None:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:  # pythonnet would end the process
        raise ClrError(f"a .NET runtime takes only Unicode names, found {texts!r}") from error


def _type(assembly: Any, full_name: str) -> tuple[Any, Any]:
    """Return a type of an assembly; else None, and the error with which the runtime refuses to load it, if any."""
    _, type_load_exception, *_ = _names()
    found = assembly.GetType(full_name, False)
    if found is None:  # some runtimes give the reason only if they have to raise
        try:
            assembly.GetType(full_name, True)
        except type_load_exception as error:
            return None, error
    return found, None


def _members(enum: Any) -> dict[str, int]:
    fields = enum.GetFields()
    if len(fields) > limits.MEMBER_COUNT:
        raise ClrError(f"{enum.FullName} has {len(fields)} fields: expected at most {limits.MEMBER_COUNT}")
    static = [field for field in fields if field.IsStatic]
    names = [field.Name for field in static]
    if len(set(names)) != len(names):
        raise ClrError(f"{enum.FullName} has two members of one name: {', '.join(names[:8])}")
    *_, system_enum, _ = _names()
    # Enum does not list what is nested in a generic type, and .NET 10 no enum of Booleans.
    if enum.ContainsGenericParameters or enum.GetEnumUnderlyingType().FullName == "System.Boolean":
        by_name = {field.Name: field.GetRawConstantValue() for field in static}
    else:  # in the order of the values
        by_name = dict(zip(system_enum.GetNames(enum), system_enum.GetValues(enum), strict=True))
    return {name: _number(by_name[name]) for name in names}


def _number(value: Any) -> int:
    """Return the number of a value of an enum, also if a codec or pythonnet has made an int or a character of it."""
    number = getattr(value, "value__", value)
    return ord(number) if isinstance(number, str) else int(number)


@cache
def _names() -> tuple[Any, ...]:
    """Return the .NET names used here, looked up before odd assemblies are loaded: pythonnet would search these."""
    system: Any = import_module("System")
    core = system.Object().GetType().Assembly  # no runtime loads it twice
    make_bytes = partial(system.Array.CreateInstance, system.Byte)
    assembly = import_module("System.Reflection").Assembly
    return system.Exception, system.TypeLoadException, core, assembly, system.Enum, make_bytes


def _load(source: str | os.PathLike[str] | Buffer, *, for_reflection_only: bool = False) -> Any:
    _, _, core, assembly, _, make_bytes = _names()
    if isinstance(source, (str, os.PathLike)):
        path = os.path.abspath(source)
        if for_reflection_only:
            return assembly.ReflectionOnlyLoadFrom(path)
        is_core = os.path.isfile(core.Location) and os.path.samefile(core.Location, path)
        return core if is_core else assembly.LoadFile(path)
    data = make_bytes(memoryview(source).nbytes)
    memoryview(data).cast("B")[:] = memoryview(source).cast("B")
    return assembly.ReflectionOnlyLoad(data) if for_reflection_only else assembly.Load(data)


def _is_reference_assembly(failure: Any, source: str | os.PathLike[str] | Buffer) -> bool:
    """Whether the runtime refused to load an assembly because it has the attribute ReferenceAssembly."""
    if getattr(failure, "HResult", 0) & 0xFFFFFFFF == _COR_E_LOADING_REFERENCE_ASSEMBLY:
        return True
    # Mono gives no reason. But it loads such an assembly for reflection only, and damaged ones not even so.
    exception, *_ = _names()
    try:
        _load(source, for_reflection_only=True)
    except exception:  # .NET has no such loading
        return False
    return type(failure).__name__ == "BadImageFormatException"


def _refusal(
    source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], origin: Origin, runtime: str, failure: Any
) -> EnumReadError:
    """Return the error that says why the runtime has no such enum: the reader's error if the file is at fault."""
    from smtpstatus_dotnet.metadata import read_enums as read_metadata

    try:
        read_metadata(source, full_names, origin=origin)
    except EnumReadError as error:
        return error
    message = str(getattr(failure, "Message", failure)).strip() if failure else "it has no such type"
    if _is_reference_assembly(failure, source):
        return NotApplicableError(
            f"not applicable: {origin} is a reference assembly, which is for compilers, and {runtime} loads none: "
            "check the build that programs load, in a package under lib/ or runtimes/"
        )
    # An intact file that is not loaded is built for another processor. If the runtime calls a file damaged and the
    # reader does not, that is a ClrError. Builds for .NET Framework lie in NuGet's folders for it.
    is_for_processor = failure and type(failure).__name__ == "FileLoadException"
    is_for_framework = re.match(r"net[1-4]\d", origin.framework) and not runtime.startswith(("Mono", ".NET Framework"))
    if is_for_framework or is_for_processor:
        return NotApplicableError(f"not applicable: {origin} is for another .NET than {runtime}, which says: {message}")
    needed = re.search(r"file or assembly '([^',]+),", message)
    if needed:
        return ClrError(f"{origin} needs the assembly {needed[1]}, which {runtime} does not find: {message}")
    return ClrError(f"{origin} has the enum, but {runtime} does not load it: {message}")
