"""Versions of NuGet packages, and intervals of them.

A version has up to four numbers, and labels as SemVer 2.0 has them: https://learn.microsoft.com/nuget/concepts/package-versioning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from smtpstatus_dotnet import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LABEL = r"(?:0|[1-9]\d*|\d*[A-Za-z-][A-Za-z\d-]*)"  # SemVer 2.0: a number has no zero before it
_VERSION = re.compile(
    rf"(\d+(?:\.\d+){{0,3}})(?:-({_LABEL}(?:\.{_LABEL})*))?(?:\+[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)*)?", re.ASCII
)
_INTERVAL = re.compile(r"([\[(])\s*([^\s,]*)\s*(?:(,)\s*([^\s,]*)\s*)?([\])])")
_LARGEST = (1 << 31) - 1
"""The largest number in a version: a 32-bit integer. A larger label is a text."""


@dataclass(frozen=True, slots=True, order=True)
class NuGetVersion:
    """A version. Two that NuGet takes for the same are equal: `1.0` and `1.0.0.0`, `1.0-RC` and `1.0-rc`, `1.0+a`."""

    numbers: tuple[int, ...]
    is_stable: bool
    labels: tuple[tuple[bool, int, str], ...]
    """Whether it is a text, its number or 0, its text in upper case or nothing: texts come after numbers."""
    text: str = field(compare=False)
    """The normalized form that servers have in their addresses, not yet in lower case."""

    @property
    def is_prerelease(self) -> bool:
        return not self.is_stable

    def __str__(self) -> str:
        return self.text


def parse_version(text: str) -> NuGetVersion:
    """Return a version. Raises ValueError if NuGet would refuse it."""
    match = _VERSION.fullmatch(text.strip())
    if not match or len(text) > limits.FILE_NAME_BYTES:
        raise ValueError(f"{text!r} is not a version of NuGet")
    release, labels = match.groups()
    numbers = [*map(int, release.split(".")), 0, 0, 0][:4]
    if max(numbers) > _LARGEST:
        raise ValueError(f"{text!r} has a number above {_LARGEST}")
    normalized = ".".join(map(str, numbers if numbers[3] else numbers[:3])) + (f"-{labels}" if labels else "")
    return NuGetVersion(tuple(numbers), not labels, tuple(map(_label, labels.split("."))) if labels else (), normalized)


def _label(text: str) -> tuple[bool, int, str]:
    is_text = not text.isdecimal() or len(text) > 10 or int(text) > _LARGEST
    return (True, 0, text.upper()) if is_text else (False, int(text), "")


def parse_range(text: str) -> Callable[[NuGetVersion], bool] | None:
    """Return what tells the versions in an interval, `[1.0,2.0)` for example; `*` is each release.

    Return None if the text is no interval, and raise ValueError if it is one that has no version.
    """
    if text == "*":
        return lambda _: True
    if not text.startswith(("[", "(")):
        return None
    match = _INTERVAL.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not an interval")
    opening, first, comma, last, closing = match.groups()
    low = parse_version(first) if first else None
    high = parse_version(last) if last else None
    if not comma and opening + closing == "[]":
        high = low
    if not (high or (low and comma)):
        raise ValueError(f"{text!r} is not an interval")
    has_low, has_high = opening == "[", closing == "]"
    if low and high and not (low < high or (low == high and has_low and has_high)):
        raise ValueError(f"{text!r} has no version")

    def includes(version: NuGetVersion) -> bool:
        is_above = not low or low < version or (has_low and low == version)
        return is_above and (not high or version < high or (has_high and version == high))

    return includes
