"""Thousands of checks in one process, on eight threads: memory and open files stay as they are.

To make more of them than by default: CHECKS=20000 python -m pytest tests/test_many_checks.py
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import pytest
from index_server import make_wheel
from process import run

from smtpstatus_dotnet import check

COUNT = int(os.environ.get("CHECKS", "2000"))
THREADS = 8
ASSEMBLIES = Path(__file__).resolve().parent / "assemblies"


def measure(count: int, targets: list[str]) -> dict[str, list[int]]:
    """Return how many blocks of memory, bytes and files the process has after each quarter of the checks, and why."""
    found: Counter[int] = Counter()
    measured: dict[str, list[int]] = {"blocks": [], "bytes": [], "files": []}
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(4):
            found.update(pool.map(lambda target: check(target).exit_code, islice(cycle(targets), count // 4)))
            gc.collect()
            sys._clear_type_cache()  # it keeps up to 4096 names of attributes
            measured["blocks"].append(sys.getallocatedblocks())
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            measured["bytes"].append(pages * os.sysconf("SC_PAGE_SIZE"))
            measured["files"].append(len(os.listdir("/proc/self/fd")))
    return measured | {"exit_codes": [found[code] for code in range(3)]}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells what a process has: run it there")
def test_memory_and_files_are_flat(root: Path, tmp_path: Path) -> None:
    sound = (ASSEMBLIES / "agrees.dll").read_bytes()
    (tmp_path / "damaged.dll").write_bytes(sound[:-700])
    (tmp_path / "package.whl").write_bytes(make_wheel("demo-1-py3-none-any.whl", {"a.dll": sound, "b.dll": sound}).data)
    (tmp_path / "damaged.whl").write_bytes((tmp_path / "package.whl").read_bytes()[:-30])
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("agrees", "number", "not_an_enum"):
        (folder / f"{name}.dll").write_bytes((ASSEMBLIES / f"{name}.dll").read_bytes())
    files = ["damaged.dll", "package.whl", "damaged.whl", "folder", "not_there.dll"]
    targets = [
        *(str(tmp_path / name) for name in files),
        *(str(ASSEMBLIES / f"{name}.dll") for name in ("agrees", "number", "extra", "forwarded")),
        str(root / "proto" / "baseline.binpb"),
        str(root / "tests" / "pages" / "en.md"),
        "python:own_enums:Upper",
        "python:own_enums:NotThere",
    ]
    program = "import json, sys, test_many_checks as it; print(json.dumps(it.measure(*json.loads(sys.argv[1]))))"
    paths = os.pathsep.join([str(root / "tests"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": paths}
    process = run(sys.executable, "-c", program, json.dumps([COUNT, targets]), environment=environment)
    assert process.returncode == 0, process.stderr
    measured = json.loads(process.stdout)
    print(measured)
    assert all(measured["exit_codes"])
    # From the second quarter on: caches are full by then. A check of one kind that left one block would leave 70.
    (_, *blocks), (_, *sizes), (_, *files) = measured["blocks"], measured["bytes"], measured["files"]
    assert max(blocks) - blocks[0] < 50, measured
    assert max(sizes) - sizes[0] < 8 << 20, measured
    assert len(set(files)) == 1, measured
