"""Protobuf's wire format: the fields of a message, without an object for each of them.

Two bytes of a descriptor set can be a message, and a parser makes hundreds of bytes of each.
https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_VARINT, _DELIMITED = 0, 2
_WIRE_TYPES = {_VARINT: 0, 1: 8, _DELIMITED: 0, 5: 4}  # with the bytes of those that have a fixed size


def fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int | slice]]:
    """Yield the number and the value of each field between `start` and `end`.

    The value is the number of a varint, or the place of a string or a message; others are passed over. Raises
    ValueError if the bytes are not a message.
    """
    while start < end:
        # Most tags and lengths have one byte. A call for each would double the time.
        tag = data[start]
        start += 1
        if tag > 127:
            tag, start = _varint(data, start - 1, end)
        wire_type = tag & 7
        if tag < 8 or wire_type not in _WIRE_TYPES:
            raise ValueError(f"expected a field, found the tag {tag} before {start:#x}")
        if wire_type == _VARINT:
            value, start = _varint(data, start, end)
            yield tag >> 3, value
            continue
        stop = start + _WIRE_TYPES[wire_type]
        if wire_type == _DELIMITED:
            length, start = (data[start], start + 1) if start < end and data[start] < 128 else _varint(data, start, end)
            stop = start + length
        if stop > end:
            raise ValueError(f"the field at {start:#x} is longer than its message")
        if wire_type == _DELIMITED:
            yield tag >> 3, slice(start, stop)
        start = stop


def _varint(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return a number, and the place behind it."""
    value = 0
    for position in range(start, min(end, start + 10)):
        value |= (data[position] & 0x7F) << 7 * (position - start)
        if data[position] < 0x80:
            return value, position + 1
    raise ValueError(f"expected a number at {start:#x}")
