"""Checks the shared SMTP status enum against .NET's, and says how they differ.

`check` is the whole of it; `smtpstatus check` on the command line is the same. Nothing heavy is
imported before it is called.
"""

from __future__ import annotations

import itertools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.parity import Comparison, EnumDefinition, EnumReadError, Origin, ParityReport

__all__ = ["check", "shared_enum"]


def check(
    *targets: str,
    type_name: str | None = None,
    profile: str | None = None,
    via: str = "metadata",
    runtime: str = "auto",
) -> ParityReport:
    """Compare the shared enum with the one in each target, and report on every place that was read.

    A target is what `smtpstatus check --help` says: an assembly, a folder, a package, a reference page, a descriptor
    set, `pkg:pypi/NAME`, `grpc://host:port`, `python:module:Class`; none means the Aspose.Email assembly that is
    installed. `type_name` is the full name of the enum to read; by default, those that are known. `profile` is the full
    .NET name of an enum that we have a profile of, or the path of a file with profiles; by default, the one of the enum
    that was found. What could not be read is a result with an `error`, never an exception, and never agrees.

    `via` is how assemblies are read: their `metadata`, or the types that a .NET runtime makes of them, `clr`, in a
    process of its own; `runtime` is then `auto`, `coreclr`, `mono` or the folder of a .NET installation.
    """
    if via not in ("metadata", "clr"):
        raise ValueError(f"expected via='metadata' or 'clr', found {via!r}")
    from contextlib import ExitStack

    from smtpstatus_dotnet.parity import ParityReport
    from smtpstatus_dotnet.targets import find, is_remote

    def results(target: str | None) -> list[Comparison]:
        return [_compare(shared, target or "", *found, profile) for found in find(target, type_name, process)]

    shared = shared_enum()
    wanted: tuple[str | None, ...] = targets or (None,)
    with ExitStack() as stack:
        process: RuntimeProcess | None = None
        if via == "clr":
            from smtpstatus_dotnet.runtime_process import RuntimeProcess

            process = stack.enter_context(RuntimeProcess(runtime))
        if len(targets) > 1 and any(map(is_remote, targets)):
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(max_workers=8) as executor:
                found = list(executor.map(results, wanted))
        else:
            found = list(map(results, wanted))
    return ParityReport(shared, tuple(itertools.chain.from_iterable(found)))


def _compare(
    shared: EnumDefinition, target: str, origin: Origin, found: EnumDefinition | EnumReadError, profile: str | None
) -> Comparison:
    from smtpstatus_dotnet.parity import Comparison, EnumReadError, compare
    from smtpstatus_dotnet.targets import KNOWN_TYPES

    if isinstance(found, EnumReadError):
        return Comparison(target, origin, error=found)
    accepted = None
    if profile or found.full_name in KNOWN_TYPES[1:]:  # the first is what the shared enum is like
        from smtpstatus_dotnet import profiles

        try:
            accepted = profiles.choose(profile, found.full_name)
        except EnumReadError as error:
            return Comparison(target, origin, error=error)
    return Comparison(target, origin, found, compare(shared, found, accepted), profile=accepted)


def shared_enum() -> EnumDefinition:
    """Return the enum of `smtpstatus`, under the names that it has in .NET."""
    from smtpstatus import SmtpStatusCode
    from smtpstatus_dotnet.parity import EnumDefinition, Origin
    from smtpstatus_dotnet.targets import SHARED_TYPE

    members = {code.dotnet_name: code.value for code in SmtpStatusCode}
    origin = Origin("smtpstatus/v1/smtp_status_code.proto")
    return EnumDefinition(SHARED_TYPE, "System.Int32", members, origin)
