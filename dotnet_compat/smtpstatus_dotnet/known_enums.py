"""The full names of the enums that a check looks for if the caller names none."""

from __future__ import annotations

SHARED_TYPE = "smtpstatus.v1.SmtpStatusCode"
"""The shared enum, in protobuf descriptors and gRPC servers."""

ASPOSE_TYPE = "Aspose.Email.Clients.Smtp.SmtpStatusCode"
"""The .NET enum that the shared one follows, so it has no profile."""

# Reading profiles.toml takes longer than a check, so the names stand here, too. A test compares the two.
PROFILED_TYPES = ("System.Net.Mail.SmtpStatusCode", "MailKit.Net.Smtp.SmtpStatusCode")
"""The .NET enums that have a profile in profiles.toml."""

DOTNET_TYPES = (ASPOSE_TYPE, *PROFILED_TYPES)
"""The enums that are looked for in assemblies and reference pages."""
