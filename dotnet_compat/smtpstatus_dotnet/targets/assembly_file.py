"""One assembly, by its path."""

from __future__ import annotations

from smtpstatus_dotnet.parity import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterable[Found]:
    """Return the enums of the assembly at a path. Raises EnumReadError and OSError."""
    return request.read_assembly(target, request.full_names, origin=Origin(target))
