"""The interface of the readers of targets.

Each reader is a module with a function `read(target, request) -> Iterable[Found]`. It yields one Found for each place
in the target that has the enum or should have it, in a stable order. It raises CheckError or OSError if the target as
a whole cannot be read, and MissingExtraError if it needs an extra that is not installed.
"""

from __future__ import annotations

from dataclasses import dataclass

from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.parity import CheckError, EnumDefinition, EnumReadError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from threading import Event
    from typing import Protocol

    from typing_extensions import Buffer

    class ReadAssembly(Protocol):
        """`metadata.read_enums`, or the same question put to a .NET runtime."""

        def __call__(
            self, source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
        ) -> Sequence[Found]: ...


ASSEMBLY_SUFFIXES = (".dll", ".exe", ".winmd", ".netmodule")
"""How the names of assemblies end, in lower case."""

PACKAGE_SUFFIXES = (".nupkg", ".whl", ".zip")
"""How the names of zip archives with assemblies end, in lower case."""


@dataclass(slots=True, eq=False)
class Request:
    """The request to a reader."""

    full_names: tuple[str, ...]
    """The enums to look for. One of them in a place is enough. Empty if the target itself names the enum."""
    read_assembly: ReadAssembly
    """Reads those enums out of one assembly."""
    is_all: bool = False
    """Whether all enums are wanted, whatever their names. `read_assembly` then reads all."""
    is_by_runtime: bool = False
    """Whether a .NET runtime reads them, which loads no reference assembly."""
    stop: Event | None = None
    """If it is set, the result is not wanted any more. A reader that waits for a network asks it."""


@dataclass(slots=True, eq=False)
class Unread:
    """A place whose enum could not be read."""

    origin: Origin
    error: CheckError


Found = EnumDefinition | Unread


class TargetError(EnumReadError, ValueError):
    """The TARGET is not spelled as its kind requires, or there is nothing at its path."""


def unreadable(path: str, error: OSError) -> EnumReadError:
    """Return the error for a file or folder that the operating system does not let us read."""
    return EnumReadError(f"cannot read {path}: {error.strerror or error}")


def read_limited(path: str, limit: int, expected: str) -> bytes:
    """Return the content of a file. Raises EnumReadError if it has more than `limit` bytes, and OSError."""
    data = bytearray()
    with open_regular(path) as file:
        while chunk := file.read(1 << 16):  # read(limit) would take that much memory at once
            data += chunk
            if len(data) > limit:
                raise EnumReadError(f"{path} is not {expected}: expected at most {limit >> 20} MiB")
    return bytes(data)
