"""The naming rules of protobuf's enum values: buf's prefix, and the name in C#."""

from __future__ import annotations

from functools import lru_cache


@lru_cache
def value_prefix(enum_name: str) -> str:
    """Return the prefix of the names of an enum's values: `SMTP_STATUS_CODE_` for `SmtpStatusCode`.

    This is buf's rule ENUM_VALUE_PREFIX, which the lint of `proto/` enforces.
    """
    snake_case = "".join(f"_{letter}" if letter.isupper() else letter for letter in enum_name)
    return snake_case.removeprefix("_").upper() + "_"


def _prefix_length(enum_name: str, value_name: str) -> int:
    """Return how much of a value's name is the enum's name and the underscores after it: 0 if nothing else is left."""
    expected = enum_name.replace("_", "").lower()
    seen = prefix = 0
    for position, character in enumerate(value_name.rstrip("_")):
        if seen == len(expected):
            prefix = position
        if character == "_":
            continue
        if not expected.startswith(character.lower(), seen):
            break
        seen += len(character.lower())
    return prefix


@lru_cache
def csharp_value_name(enum_name: str, value_name: str) -> str:
    """Return the name that protoc's C# generator gives to an enum value.

    Both names are as in the .proto file: `SmtpStatusCode` and `SMTP_STATUS_CODE_BASE64_RESPONSE` make
    `Base64Response`. The rule is GetEnumValueName of protobuf's csharp_helpers.cc. It drops the enum's name,
    whatever its case and underscores, unless nothing would be left. Then it writes Pascal case, with an upper-case
    letter after a digit, too. A leading digit gets an underscore.
    """
    letters: list[str] = []
    previous = "_"
    for character in value_name[_prefix_length(enum_name, value_name) :]:
        if character != "_":
            letters.append(
                character.lower() if previous.isupper() else character if previous.islower() else character.upper()
            )
        previous = character
    name = "".join(letters)
    return f"_{name}" if name[:1].isdigit() else name
