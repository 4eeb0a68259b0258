"""The bridge into a live .NET runtime, by pythonnet: enums by reflection, values both ways, exceptions as messages.

For a process that hosts .NET. It registers no codec with pythonnet. Importing this loads no runtime.
"""

from __future__ import annotations

from smtpstatus_dotnet.clr_enums import read_enum, read_enums
from smtpstatus_dotnet.clr_exceptions import delivery_statuses
from smtpstatus_dotnet.clr_values import from_dotnet, to_dotnet
from smtpstatus_dotnet.runtimes import ClrError, load_runtime

__all__ = ["ClrError", "delivery_statuses", "from_dotnet", "load_runtime", "read_enum", "read_enums", "to_dotnet"]
