"""How the tests and the benchmark damage an assembly."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def flips(data: bytes, count: int) -> Iterator[tuple[int, int]]:
    """Yield the offset and the mask of each bit flip, the same flips each time.

    The reader would hardly ever see a flip anywhere in 9 MB. So three in five fall where it looks: in the
    image's headers, in the metadata's headers and row counts, and in its tables.
    """
    root = data.index(b"BSJB")
    regions = [(0, len(data)), (0, len(data)), (0, 0x400), (root, root + 0x100), (root, root + 0x200000)]
    random = Random(count)
    for _ in range(count):
        yield random.randrange(*random.choice(regions)), 1 << random.randrange(8)
