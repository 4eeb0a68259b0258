"""Integer enums as people write them, for targets such as `python:own_enums:Upper`."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import ClassVar

from vocabulary import MEMBERS

from smtpstatus import SmtpStatusCode

Upper = IntEnum("Upper", {code.name: code.value for code in SmtpStatusCode})  # type: ignore[misc]  # made at run time
Lower = Enum("Lower", {code.name.lower(): code.value for code in SmtpStatusCode})  # type: ignore[misc]  # likewise
AS_MAPPING = dict(MEMBERS)
BY_NUMBER = {number: name for name, number in MEMBERS.items()}


class Constants:
    """Two of the codes, and attributes that are not codes."""

    OK = 250
    MAILBOX_BUSY = 450
    WORDS = "no number"
    IS_OPEN = True
    _HIDDEN = 1


class Aliases(IntEnum):
    OK = 250
    DONE = 250


class Outer:
    class Inner(IntEnum):
        OK = 250


class Twice:
    OK = 250
    Ok: ClassVar[int] = 250


class Words(Enum):
    OK = "250"


class Hostile:
    def __getattr__(self, name: str) -> object:
        raise ZeroDivisionError(name)


HOSTILE = Hostile()


def __getattr__(name: str) -> object:
    if name == "Lazy":
        raise ModuleNotFoundError("No module named 'absent'")
    raise AttributeError(name)
