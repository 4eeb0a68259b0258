"""Checks the shared SMTP status enum against .NET's, and says how they differ.

`check` is the whole of it; `smtpstatus check` on the command line is the same. Nothing heavy is
imported before it is called.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.parity import EnumDefinition, ParityReport

__all__ = ["check", "shared_enum"]


def check(*targets: str, type_name: str | None = None) -> ParityReport:
    """Compare the shared enum with the one in each target, and report on every place that was read.

    A target is a .dll or .exe, a folder, a .nupkg, .whl or .zip, or a .md page of the vendor's
    reference; none means the Aspose.Email assembly that is installed. `type_name` is the full .NET
    name of the enum to read; by default, those that are known. What could not be read is a result
    with an `error`, never an exception, and never agrees.
    """
    from smtpstatus_dotnet.parity import Comparison, EnumDefinition, ParityReport, compare
    from smtpstatus_dotnet.targets import find

    shared = shared_enum()
    results: list[Comparison] = []
    for target in targets or (None,):
        for origin, found in find(target, type_name):
            if isinstance(found, EnumDefinition):
                results.append(Comparison(origin, found, compare(shared, found)))
            else:
                results.append(Comparison(origin, error=found))
    return ParityReport(shared, tuple(results))


def shared_enum() -> EnumDefinition:
    """Return the enum of `smtpstatus`, under the names that it has in .NET."""
    from smtpstatus import SmtpStatusCode
    from smtpstatus_dotnet.parity import EnumDefinition, Origin

    members = {code.dotnet_name: code.value for code in SmtpStatusCode}
    origin = Origin("smtpstatus/v1/smtp_status_code.proto")
    return EnumDefinition("smtpstatus.v1.SmtpStatusCode", "System.Int32", members, origin)
