"""What an enhanced status code (RFC 3463) says: `enhanced_codes.toml` in words."""

from __future__ import annotations

import os
import tomllib


def explain(enhanced_code: str) -> tuple[str, str]:
    """Return what `5.1.1` says, in English and in Chinese: class, then subject and detail, as far as they are known."""
    with open(os.path.join(os.path.dirname(__file__), "enhanced_codes.toml"), "rb") as file:
        tables = tomllib.load(file)
    class_, _, rest = enhanced_code.partition(".")
    details = tables["details"]
    detail = details.get(rest) or details.get(f"{rest.partition('.')[0]}.0") or details["0.0"]
    of_class = tables["classes"][class_]
    return f"{of_class[0]}: {detail[0]}", f"{of_class[1]}：{detail[1]}"
