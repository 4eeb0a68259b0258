"""The check: targets in, a ParityReport out."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from itertools import chain

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.known_enums import PROFILED_TYPES, SHARED_TYPE
from smtpstatus_dotnet.parity import CheckError, Comparison, EnumDefinition, Origin, ParityReport, compare
from smtpstatus_dotnet.targets.reading import Unread
from smtpstatus_dotnet.targets.table import find, is_remote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from smtpstatus_dotnet.parity import Profile
    from smtpstatus_dotnet.runtime_process import RuntimeProcess
    from smtpstatus_dotnet.targets.reading import Found


def check(
    *targets: str,
    type_name: str | None = None,
    profile: str | None = None,
    via: str = "metadata",
    runtime: str = "auto",
) -> ParityReport:
    """Compare the shared enum with the enum in each target, and report on every place that was read.

    `smtpstatus check --help` lists the kinds of `targets`; the default is the installed Aspose.Email assembly.
    `type_name` is the full name of the enum to read; by default, the known ones. `profile` is the full .NET name of an
    enum that has a profile here, or the path of a file with profiles; by default, the profile of the enum that was
    found. A place that cannot be read is a result with an `error`, never an exception, and never agrees.

    `via` is how assemblies are read: `metadata`, or `clr`, the types that a .NET runtime in a child process makes of
    them. `runtime` is then `auto`, `coreclr`, `mono` or the folder of a .NET installation. Raises ValueError for any
    other `via`.
    """
    if via not in ("metadata", "clr"):
        raise ValueError(f"expected via='metadata' or 'clr', found {via!r}")
    shared = shared_enum()
    wanted: tuple[str | None, ...] = targets or (None,)

    @cache  # one enum may be in many places
    def accepted(full_name: str) -> Profile | CheckError | None:
        return _accepted(profile, full_name)

    with ExitStack() as stack:
        process: RuntimeProcess | None = None
        if via == "clr":
            from smtpstatus_dotnet.runtime_process import RuntimeProcess

            process = stack.enter_context(RuntimeProcess(runtime))

        def results(target: str | None, stop: Event | None = None) -> list[Comparison]:
            return [_compare(shared, target or "", found, accepted) for found in find(target, type_name, process, stop)]

        remote = [target for target in dict.fromkeys(targets) if is_remote(target)] if len(targets) > 1 else []
        # The local ones come first, on this thread: they may run foreign code, which may not like threads.
        by_target = {target: results(target) for target in dict.fromkeys(wanted) if target not in remote}
        if remote:
            from smtpstatus_dotnet.side_by_side import at_once

            by_target.update(zip(remote, at_once(results, remote, "targets"), strict=True))
    return ParityReport(shared, tuple(chain.from_iterable(by_target[target] for target in wanted)))


def _accepted(profile: str | None, full_name: str) -> Profile | CheckError | None:
    """Return the profile to apply to an enum, or the error of a profile that cannot be read."""
    if not profile and full_name not in PROFILED_TYPES:
        return None
    from smtpstatus_dotnet import profiles

    try:
        return profiles.choose(profile, full_name)
    except CheckError as error:
        return error


def _compare(
    shared: EnumDefinition, target: str, found: Found, accepted: Callable[[str], Profile | CheckError | None]
) -> Comparison:
    if isinstance(found, Unread):
        return Comparison(target, found.origin, error=found.error)
    profile = accepted(found.full_name)
    if isinstance(profile, CheckError):
        return Comparison(target, found.origin, error=profile)
    return Comparison(target, found.origin, found, compare(shared, found, profile), profile=profile, first=shared)


def shared_enum() -> EnumDefinition:
    """Return the enum of `smtpstatus`, under the names that it has in .NET."""
    members = {code.dotnet_name: code.value for code in SmtpStatusCode}
    origin = Origin("smtpstatus/v1/smtp_status_code.proto")
    return EnumDefinition(SHARED_TYPE, "System.Int32", members, origin)
