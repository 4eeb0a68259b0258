"""The enums of the shared source: IntEnums that are open, like the enums of proto3 and .NET. Bases: `_open_…`.

An enum that has members cannot be subclassed, so the behaviour lives here and the generated modules
hold nothing but members.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from smtpstatus.protobuf_names import csharp_value_name, value_prefix

TYPE_CHECKING = False  # `typing` would be a third of this package's import time
if TYPE_CHECKING:
    from typing import Self

    Rule = tuple[int, tuple[int, ...], int, int, bool]
    """A ConditionRule of delivery_condition.proto: condition, stages, reply class, rank, whether it is bare."""


class OpenEnum(IntEnum):
    """An enum of the shared source. Its members are the listed values, and each is an int with facts.

    Any other whole number within int32 makes a pseudo-member. It equals its int and has the same hash, and its name
    is its digits. Pseudo-members are not cached: compare with `==`, never with `is`.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self:
        if not isinstance(value, int) or isinstance(value, bool) or not -(2**31) <= value < 2**31:
            raise ValueError(f"a value of {cls.__name__} is a whole number within int32, not {value!r}")
        member = int.__new__(cls, value)
        member._value_ = int(value)
        member._name_ = str(member._value_)
        member._fill()  # noqa: SLF001 - of this very class
        return member

    def _fill(self) -> None:
        """Set the facts of a pseudo-member."""

    @property
    def is_known(self) -> bool:
        """Whether this is a listed value, and not another number."""
        return self.name in type(self).__members__

    @property
    def dotnet_name(self) -> str:
        """The name in .NET: `MailboxBusy`."""
        return csharp_value_name(type(self).__name__, self.proto_name) if self.is_known else self.name

    @property
    def proto_name(self) -> str:
        """The name in the .proto file and in protobuf's JSON: `SMTP_STATUS_CODE_MAILBOX_BUSY`."""
        return value_prefix(type(self).__name__) + self.name if self.is_known else self.name

    @classmethod
    def from_name(cls, name: str, /) -> Self:
        """Return the value of that name, in any of its three spellings.

        `MAILBOX_BUSY`, `MailboxBusy` (.NET's JSON) and `SMTP_STATUS_CODE_MAILBOX_BUSY` (protobuf's JSON) are the same
        code. Raises ValueError for anything else, even a number.
        """
        numbers = _numbers_by_name(cls)
        if name in numbers:
            return cls(numbers[name])
        from difflib import (
            get_close_matches,  # this costs 5 ms: an error may take that long, the import of this module may not
        )

        from smtpstatus import limits

        close = get_close_matches(name, numbers, n=1) if len(name) <= limits.NAME_CHARACTERS else ()
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"{name!r:.300} is not the name of a value of {cls.__name__}{hint}")

    @classmethod
    def from_json(cls, value: object, /) -> Self:
        """Return the value that a decoded JSON value stands for.

        Protobuf and .NET write a name (any of the spellings of `from_name`) or an int within int32. Anything else
        raises ValueError, even 250.5, true and "299", which protobuf's own parser accepts.
        """
        if isinstance(value, str):
            return cls.from_name(value)
        if type(value) is not int:
            raise ValueError(f"JSON holds a value of {cls.__name__} as a name or an integer, not as {value!r}")
        return cls(value)


class CodeFacts(OpenEnum):
    """An open enum whose values have the facts of `SmtpStatusCodeInfo`."""

    summary: str
    """One line in English."""
    summary_zh: str
    """The same line in Chinese."""
    sources: tuple[str, ...]
    """Where the code is defined: `("RFC 5321 4.2.3",)`, or `("client",)` for a value that no server sends."""
    means: tuple[Rule, ...]
    """The conditions that it can mean, for `smtpstatus.meaning`."""

    def __new__(
        cls,
        value: int,
        summary: str = "",
        summary_zh: str = "",
        sources: tuple[str, ...] = (),
        means: tuple[Rule, ...] = (),
        /,
    ) -> Self:
        # Enum calls this for the members only, and then replaces it with its own look-up.
        code = int.__new__(cls, value)
        code._value_ = value
        code.summary = code.__doc__ = summary
        code.summary_zh = summary_zh
        code.sources = sources
        code.means = means
        return code

    def _fill(self) -> None:
        self._copy(type(self)(0))

    def _copy(self, other: CodeFacts) -> None:
        self.summary, self.summary_zh = other.summary, other.summary_zh
        self.__doc__ = self.summary
        self.sources, self.means = other.sources, other.means


@cache
def _numbers_by_name(cls: type[OpenEnum]) -> dict[str, int]:
    return {name: code.value for code in cls for name in (code.name, code.dotnet_name, code.proto_name)}
