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


@lru_cache
def csharp_value_name(enum_name: str, value_name: str) -> str:
    """Return the name that protoc's C# generator gives to an enum value.

    Both names are as in the .proto file: `SmtpStatusCode` and `SMTP_STATUS_CODE_BASE64_RESPONSE` make
    `Base64Response`. The rule is GetEnumValueName of protobuf's csharp_helpers.cc. It drops the enum's name,
    whatever its case and underscores, unless nothing would be left. Then it writes Pascal case, with an upper-case
    letter after a digit, too. A leading digit gets an underscore.
    """

    def fold(text: str) -> str:
        return text.replace("_", "").lower()

    folded = fold(enum_name)
    prefix = length = 0
    for end, character in enumerate(value_name.rstrip("_")):  # names in descriptors may be long: one pass
        if length == len(folded):
            prefix = end
        elif length > len(folded):
            break
        if character != "_":
            length += len(character.lower())
    if fold(value_name[:prefix]) != folded:
        prefix = 0
    letters: list[str] = []
    previous = "_"
    for character in value_name[prefix:]:
        if character != "_":
            letters.append(
                character.lower() if previous.isupper() else character if previous.islower() else character.upper()
            )
        previous = character
    name = "".join(letters)
    return f"_{name}" if name[:1].isdigit() else name
