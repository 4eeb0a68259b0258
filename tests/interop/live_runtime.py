"""A live .NET runtime for live_clr.py and live_clients.py. A process can have only one.

RUNTIME is the argument of load_runtime, CLIENT a client of dotnet_clients, FEED the folder of MailKit's packages,
LIBRARY the folder of the C# package's assembly, or empty.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from smtpstatus.v1 import DeliveryStatus
from smtpstatus_dotnet import clr

RUNTIME, CLIENT, FEED, LIBRARY = (os.environ[name] for name in ("RUNTIME", "CLIENT", "FEED", "LIBRARY"))
NAME = clr.load_runtime(RUNTIME)
SYSTEM: Any = import_module("System")


def mail() -> Any:
    import_module("clr").AddReference("System.Net.Mail")
    return import_module("System.Net.Mail")


def statuses_of(failure: Exception, recipients: list[str]) -> list[DeliveryStatus]:
    """Return Python's statuses for an exception. If there is a LIBRARY, assert that those of C# are equal."""
    found = clr.delivery_statuses(failure, recipients=recipients)
    if LIBRARY:
        for name in ("Google.Protobuf", "SmtpStatus"):
            import_module("clr").AddReference(os.path.join(LIBRARY, f"{name}.dll"))
        statuses = import_module("SmtpStatus").DeliveryStatuses.From(failure, SYSTEM.Array[SYSTEM.String](recipients))
        to_bytes = import_module("Google.Protobuf").MessageExtensions.ToByteArray
        assert found == [DeliveryStatus.FromString(bytes(to_bytes(status))) for status in statuses]
    return found
