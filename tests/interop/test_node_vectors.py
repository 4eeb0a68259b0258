"""Node runs the vectors with its own implementation of the decision, which uses only the .proto files."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from process import run
from test_node import HERE, node, program  # noqa: F401 - fixtures

VECTORS = ROOT / "tests" / "vectors"
FILES = ("replies.json", "failures.json")


@pytest.fixture(scope="module")
def vectors_program(program: Path) -> Path:  # noqa: F811 - the fixture
    """The program `vectors.mjs`, beside the packages that it imports."""
    return Path(shutil.copy(HERE / "vectors.mjs", program.parent))


@pytest.fixture(scope="module")
def all_descriptors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptor set of all our files and of the file with the names of google.rpc.Code."""
    spec = find_spec("google.rpc.code_pb2")
    assert spec
    assert spec.origin
    path = tmp_path_factory.mktemp("descriptors") / "all.binpb"
    files = sorted((ROOT / "proto" / "smtpstatus" / "v1").glob("*.proto"))
    folders = (f"-I{ROOT / 'proto'}", f"-I{Path(spec.origin).parent.parent.parent}")
    protoc = Path(sys.executable).parent / "protoc"
    out = f"--descriptor_set_out={path}"
    result = run(protoc, *folders, "--include_imports", out, *files, "google/rpc/code.proto")
    assert (result.returncode, result.stderr) == (0, "")
    return path


def run_vectors(node_program: str, *arguments: Path) -> tuple[int, list[dict[str, Any]]]:
    result = run(node_program, *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    return found["count"], found["wrong"]


def test_the_vectors(vectors_program: Path, all_descriptors: Path, node: tuple[str, str]) -> None:  # noqa: F811
    count, wrong = run_vectors(node[0], vectors_program, all_descriptors, *(VECTORS / name for name in FILES))
    assert wrong == []
    assert count > 5500


def test_a_wrong_row_is_reported(
    vectors_program: Path,
    all_descriptors: Path,
    node: tuple[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    changes = (("condition", "NOT_SENT"), ("rpc", "ABORTED"), ("retry", "maybe"), ("against", "ANYBODY"))
    expected = []
    for name in FILES:
        rows = json.loads((VECTORS / name).read_text(encoding="utf-8"))
        for row, (answer, value) in zip(rows, changes, strict=False):
            assert row[answer] != value
            row[answer] = value
            combinations = len(row.get("codes", [0])) * len(row.get("enhanced", [0])) * len(row["stages"])
            answers = [row[field] for field, _ in changes]
            expected += [(answers, row["why"])] * combinations
        (tmp_path / name).write_text(json.dumps(rows), encoding="utf-8")
    _, wrong = run_vectors(node[0], vectors_program, all_descriptors, *(tmp_path / name for name in FILES))
    assert [(result["expected"], result["why"]) for result in wrong] == expected
