"""`scripts/generate.py`: the committed files are those that it writes, and it finds files that differ."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from process import run
from proto_change import change_the_meaning

GENERATED = "python/smtpstatus/status_code.py"


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the checkout that a test may change."""
    for folder in ("proto", "python", "scripts"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def generate(copy: Path, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    compiler = root / ".venv" / "generate" / "bin" / "python"
    if not compiler.exists():
        pytest.skip("the compiler has no environment: run scripts/environment generate")
    return run(compiler, copy / "scripts" / "generate.py", *arguments)


def test_the_committed_files_are_fresh(root: Path) -> None:
    result = generate(root, root, "--check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_stale_file_is_found_and_mended(copy: Path, root: Path) -> None:
    path = copy / GENERATED
    fresh = path.read_text(encoding="utf-8")
    path.write_text(fresh.replace("450,", "459,"), encoding="utf-8")
    result = generate(copy, root, "--check")
    assert result.returncode == 1
    assert f"--- {GENERATED} (found)" in result.stdout
    assert re.search(r"^-\s+459,\n\+\s+450,$", result.stdout, re.MULTILINE)
    assert generate(copy, root).stdout == f"wrote {GENERATED}\n"
    assert path.read_text(encoding="utf-8") == fresh
    assert generate(copy, root).stdout == ""  # it writes only what changed


def test_a_missing_file_is_found_and_made(copy: Path, root: Path) -> None:
    path = copy / "python/smtpstatus/v1/smtp_status_code_pb2.py"
    fresh = path.read_bytes()
    path.unlink()
    assert generate(copy, root, "--check").returncode == 1
    assert not path.exists()
    assert generate(copy, root).returncode == 0
    assert path.read_bytes() == fresh


def test_an_orphan_is_found_and_deleted(copy: Path, root: Path) -> None:
    orphan = copy / "python/smtpstatus/v1/gone_pb2.py"
    orphan.write_text("# its .proto is no more\n", encoding="utf-8")
    result = generate(copy, root, "--check")
    assert result.returncode == 1
    assert "gone_pb2.py" in result.stdout
    assert orphan.exists()
    assert generate(copy, root).returncode == 0
    assert not orphan.exists()


def test_a_changed_fact_shows_in_the_diff(copy: Path, root: Path) -> None:
    """A reviewer has only this diff, because buf does not look into custom options."""
    path = copy / "proto/smtpstatus/v1/delivery_condition.proto"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("rpc_code: RPC_CODE_UNKNOWN", "rpc_code: RPC_CODE_INTERNAL", 1), encoding="utf-8")
    result = generate(copy, root, "--check")
    assert result.returncode == 1
    assert re.search(r"^-\s+2,\n\+\s+13,$", result.stdout, re.MULTILINE)


def test_a_changed_condition_changes_the_advice(copy: Path, root: Path) -> None:
    """Only the .proto has to be edited; `test_echo_server.py` tests the same for C#."""
    program = "from smtpstatus.meaning import decide; c = decide(550, '5.1.1', 6); print(c.name, *c.answer(5))"
    environment = {"PYTHONPATH": str(copy / "python")}
    python = (sys.executable, "-c", program)
    assert run(*python, environment=environment).stdout == "RECIPIENT_UNKNOWN False 5\n"
    change_the_meaning(copy)
    assert generate(copy, root).returncode == 0
    assert run(*python, environment=environment).stdout == "TOO_MANY_RECIPIENTS True 8\n"


def test_an_orphan_among_the_enums_is_found(copy: Path, root: Path) -> None:
    orphan = copy / "python/smtpstatus/gone.py"
    orphan.write_text((copy / GENERATED).read_text(encoding="utf-8"), encoding="utf-8")
    assert "gone.py (found)" in generate(copy, root, "--check").stdout


def test_a_broken_source_is_protocs_error(copy: Path, root: Path) -> None:
    path = copy / "proto/smtpstatus/v1/smtp_status_code.proto"
    path.write_text("syntax = ", encoding="utf-8")
    result = generate(copy, root)
    assert result.returncode == 1
    assert "smtp_status_code.proto:1" in result.stderr


def test_the_oldest_protobuf_is_that_of_the_compiler(root: Path) -> None:
    """A `_pb2` refuses a protobuf that is older than its compiler."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (floor,) = (re.fullmatch(r"protobuf>=([\d.]+),<\d+", line) for line in project["dependencies"])
    assert floor
    stamps = {
        tuple(map(int, re.findall(r"\d+", re.sub(r"#.*", "", match))))
        for path in root.glob("python/smtpstatus/v1/*_pb2.py")
        for match in re.findall(r"Domain\.PUBLIC,([^']+)''", re.sub(r"\s+", "", path.read_text(encoding="utf-8")))
    }
    assert stamps == {tuple(map(int, floor[1].split(".")))}


def test_the_compiler_is_the_pinned_one(root: Path) -> None:
    groups = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    script = (root / "scripts" / "generate.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'COMPILER = "(.+)"', script)
    assert groups["generate"] == [f"grpcio-tools=={version}"]
