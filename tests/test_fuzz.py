"""The targets of `scripts/fuzz.py`, on their seeds and on the same few hundred mutations of them each time."""

from __future__ import annotations

import inspect
from random import Random
from typing import TYPE_CHECKING

import fuzz_targets
import pytest
from fuzz_targets import SEEDS, TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator

MUTATIONS = 200


def mutations(seeds: list[bytes]) -> Iterator[bytes]:
    """Yield seeds that were cut, changed and joined, the same ones each time."""
    random = Random(0)
    for _ in range(MUTATIONS):
        data = bytearray(random.choice(seeds))
        for _ in range(random.randrange(1, 6)):
            start = random.randrange(len(data) + 1)
            end = min(len(data), start + random.choice([0, 1, 1, 2, 8, 64]))
            data[start:end] = random.choice(
                [b"", b"\0", b"\xff" * 4, random.randbytes(end - start), data[:32], b"\n", b"9" * 20, b"["]
            )
        yield bytes(data[: random.randrange(len(data) + 1)] if random.random() < 0.2 else data)


@pytest.mark.parametrize("name", TARGETS)
def test_no_error_escapes(name: str) -> None:
    target = TARGETS[name]
    for data in (b"", *SEEDS[target], *mutations(SEEDS[target])):
        target(data)


def test_each_target_has_seeds() -> None:
    targets = {
        name
        for name, function in vars(fuzz_targets).items()
        if inspect.isfunction(function)
        and function.__module__ == fuzz_targets.__name__
        and list(inspect.signature(function).parameters) == ["data"]
        and function.__annotations__["return"] == "None"
    }
    assert targets == set(TARGETS)
    assert all(SEEDS.values())
