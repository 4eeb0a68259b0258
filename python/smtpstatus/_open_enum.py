"""The base of `SmtpStatusCode`: an IntEnum that is open, as proto3 and .NET enums are.

An enum that has members cannot be subclassed, so the behaviour lives here and the generated
`status_code.py` holds nothing but members.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache, lru_cache

TYPE_CHECKING = False  # `typing` would be a third of this package's import time
if TYPE_CHECKING:
    from typing import Self

_PROTO_PREFIX = "SMTP_STATUS_CODE_"

# What the first digit says of a code that has no entry of its own. The last column is the
# google.rpc.Code: 0 OK, 2 UNKNOWN, 9 FAILED_PRECONDITION, 14 UNAVAILABLE.
_CLAUSE = ("RFC 5321 4.2.1",)
_CLASS_FACTS = {
    2: ("Unlisted code: the command was completed", "未列出的代码：命令已完成", _CLAUSE, 0),
    3: ("Unlisted code: the server waits for more input", "未列出的代码：服务器等待后续输入", _CLAUSE, 0),
    4: ("Unlisted code: transient failure, try again later", "未列出的代码：暂时失败，请稍后重试", _CLAUSE, 14),
    5: ("Unlisted code: permanent failure, do not repeat as is", "未列出的代码：永久失败，请勿原样重试", _CLAUSE, 9),
}
_NO_CLASS_FACTS = ("Not an SMTP reply code", "不是 SMTP 应答代码", (), 2)


class OpenStatusCode(IntEnum):
    """An SMTP reply code, or one of the client's own values, as an int with facts.

    Members are the listed codes. Any other whole number within int32 makes a pseudo-member:
    equal to and hashed as its int, named by its digits, with the facts of its reply class
    (RFC 5321 4.2.1). Pseudo-members are not cached: compare with `==`, never with `is`.
    """

    summary: str
    """One line in English."""
    summary_zh: str
    """The same line in Chinese."""
    sources: tuple[str, ...]
    """Where the code is defined, as `("RFC 5321 4.2.3",)`; `("client",)` for 0 and -1."""
    rpc_code: int
    """The number of the google.rpc.Code with which a service answers."""

    def __new__(
        cls,
        value: int,
        summary: str = "",
        summary_zh: str = "",
        sources: tuple[str, ...] = (),
        rpc_code: int = 2,
        /,
    ) -> Self:
        # Enum calls this for the members only, and then puts its own look-up in its place.
        code = int.__new__(cls, value)
        code._value_ = value
        code.summary = summary
        code.summary_zh = summary_zh
        code.sources = sources
        code.rpc_code = rpc_code
        return code

    @classmethod
    def _missing_(cls, value: object) -> Self:
        if not isinstance(value, int) or isinstance(value, bool) or not -(2**31) <= value < 2**31:
            raise ValueError(f"an SMTP status code is a whole number within int32, not {value!r}")
        code = int.__new__(cls, value)
        code._value_ = int(value)
        code._name_ = str(code._value_)
        code.summary, code.summary_zh, code.sources, code.rpc_code = _CLASS_FACTS.get(value // 100, _NO_CLASS_FACTS)
        return code

    @property
    def is_success(self) -> bool:
        """2yz: the command was completed."""
        return 200 <= self < 300

    @property
    def is_intermediate(self) -> bool:
        """3yz: the server waits for the rest of the command."""
        return 300 <= self < 400

    @property
    def is_transient(self) -> bool:
        """4yz: the same command may succeed later."""
        return 400 <= self < 500

    @property
    def is_permanent(self) -> bool:
        """5yz: the same command will fail again."""
        return 500 <= self < 600

    @property
    def is_known(self) -> bool:
        """Whether this is one of the listed codes, and not a number made up by a server."""
        return self.name in type(self).__members__

    @property
    def dotnet_name(self) -> str:
        """The name in .NET: `MailboxBusy`."""
        return csharp_value_name("SmtpStatusCode", self.proto_name) if self.is_known else self.name

    @property
    def proto_name(self) -> str:
        """The name in the .proto file and in protobuf's JSON: `SMTP_STATUS_CODE_MAILBOX_BUSY`."""
        return _PROTO_PREFIX + self.name if self.is_known else self.name

    @classmethod
    def from_name(cls, name: str, /) -> Self:
        """Return the code of that name, in any of its three spellings.

        `MAILBOX_BUSY`, `MailboxBusy` (.NET's JSON) and `SMTP_STATUS_CODE_MAILBOX_BUSY` (protobuf's
        JSON) are one code. Raises ValueError for anything else; a number is no name.
        """
        numbers = _numbers_by_name(cls)
        if name in numbers:
            return cls(numbers[name])
        from difflib import get_close_matches  # an error may cost 5 ms, an import may not

        close = get_close_matches(str(name), numbers, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"{name!r} is not the name of an SMTP status code{hint}")

    @classmethod
    def from_json(cls, value: object, /) -> Self:
        """Return the code that a decoded JSON value stands for.

        A name (any of the spellings of `from_name`) or an int within int32, as protobuf and .NET
        write them; everything else is a ValueError, also what protobuf's own parser would let
        through: 250.5, true, "299".
        """
        if isinstance(value, str):
            return cls.from_name(value)
        if type(value) is not int:
            raise ValueError(f"JSON holds an SMTP status code as a name or an integer, not as {value!r}")
        return cls(value)


@cache
def _numbers_by_name(cls: type[OpenStatusCode]) -> dict[str, int]:
    return {name: code.value for code in cls for name in (code.name, code.dotnet_name, code.proto_name)}


@lru_cache
def csharp_value_name(enum_name: str, value_name: str) -> str:
    """Return the name that protoc's C# generator gives to an enum value.

    Both names as in the .proto file: `SmtpStatusCode` and `SMTP_STATUS_CODE_BASE64_RESPONSE` make
    `Base64Response`. The rule is GetEnumValueName of protobuf's csharp_helpers.cc: drop the enum's
    name, in whatever case and underscores, where something is left; then Pascal case, in which a
    letter after a digit is upper case too; and a leading digit gets an underscore.
    """

    def fold(text: str) -> str:
        return text.replace("_", "").lower()

    ends = range(len(value_name.rstrip("_")))
    prefix = max((end for end in ends if fold(value_name[:end]) == fold(enum_name)), default=0)
    name, previous = "", "_"
    for character in value_name[prefix:]:
        if character != "_":
            name += character.lower() if previous.isupper() else character if previous.islower() else character.upper()
        previous = character
    return f"_{name}" if name[:1].isdigit() else name
