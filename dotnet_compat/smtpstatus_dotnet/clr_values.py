"""Conversions between our codes and values of .NET enums, in a process that hosts .NET by pythonnet.

Values are not compared or hashed: pythonnet's `==` with an int is False, and its `hash()` of -1 raises SystemError.
"""

from __future__ import annotations

from operator import index

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet.runtimes import refuse_fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def to_dotnet(code: int, enum_type: Any) -> Any:
    """Return the value of a .NET enum for a code, whether or not the enum lists it.

    `enum_type` is the enum's class as pythonnet imports it. Raises ValueError for a number that it cannot hold, and
    ClrError in a process that was forked from one with a runtime.
    """
    refuse_fork()
    try:
        return enum_type(index(code), True)
    except OverflowError as error:
        raise ValueError(f"{enum_type.__name__} cannot hold {code}") from error


def from_dotnet(value: Any) -> SmtpStatusCode:
    """Return the code of a value of any .NET enum made of ints, or of the int that a codec has made of it.

    Raises ValueError for a number outside int32, TypeError for anything that is not such a value, and ClrError in a
    process that was forked from one with a runtime.
    """
    refuse_fork()
    try:
        return SmtpStatusCode(value.value__)
    except AttributeError:
        return SmtpStatusCode(index(value))
