"""The reader compared with two that are not ours: a real CLR's reflection, and System.Reflection.Metadata."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from process import run

from smtpstatus_dotnet.metadata import MetadataError, iter_enums

Enums = list[tuple[str, str, list[tuple[str, int]]]]


def by_reader(path: Path) -> Enums:
    try:
        return [(found.full_name, str(found.underlying), list(found.members.items())) for found in iter_enums(path)]
    except MetadataError:
        return []


def by_oracle(output: str) -> dict[Path, Enums]:
    """Parse what both oracles print: one JSON object a line."""
    found: dict[Path, Enums] = {}
    for line in output.splitlines():
        enum = json.loads(line)
        members = [(name, number) for name, number in enum["members"]]
        found.setdefault(Path(enum["assembly"]), []).append((enum["full_name"], enum["underlying"], members))
    return found


def reflect(root: Path, runtime: Path, assemblies: list[Path]) -> dict[Path, Enums]:
    """Ask a CLR in a process of its own: a CLR that fails aborts its process."""
    result = run(sys.executable, root / "tests" / "oracle" / "clr_enums.py", runtime, *assemblies)
    assert (result.returncode, result.stderr) == (0, "")
    return by_oracle(result.stdout)


def test_every_enum_of_a_runtime(root: Path, runtime: Path) -> None:
    paths = [path for path in sorted(runtime.glob("shared/Microsoft.NETCore.App/*/*.dll")) if by_reader(path)]
    found = reflect(root, runtime, paths)
    assert sum(map(len, found.values())) > 1000
    assert found == {path: by_reader(path) for path in paths}


def test_the_vendors_enums(root: Path, runtime: Path, aspose: Path) -> None:
    assert reflect(root, runtime, [aspose]) == {aspose: by_reader(aspose)}


def test_our_assemblies(root: Path, runtime: Path, assemblies: Path) -> None:
    # To a CLR, our other assemblies are all alike except for their names, so `shapes` is enough.
    shapes = assemblies / "shapes.dll"
    found = reflect(root, runtime, [shapes])
    assert found == {shapes: by_reader(shapes)}
    underlying = {name for _, name, _ in found[shapes]}
    assert len(underlying) == 8


@pytest.fixture(scope="session")
def enum_dump(root: Path, sdk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The C# program, built in a folder of its own."""
    folder = tmp_path_factory.mktemp("oracle") / "EnumDump"
    ignored = shutil.ignore_patterns("bin", "obj")
    shutil.copytree(root / "tests" / "oracle" / "EnumDump", folder, ignore=ignored)
    result = run(sdk / "dotnet", "build", "--configuration", "Release", "--output", folder / "out", folder)
    assert result.returncode == 0, result.stdout
    return folder / "out" / "EnumDump"


def dump(enum_dump: Path, sdk: Path, *paths: Path) -> dict[Path, Enums]:
    result = run(enum_dump, *paths, environment=os.environ | {"DOTNET_ROOT": str(sdk)})
    assert (result.returncode, result.stderr) == (0, "")
    return by_oracle(result.stdout)


def test_every_enum_of_the_sdk(enum_dump: Path, sdk: Path) -> None:
    paths = [path for path in sdk.rglob("*") if path.suffix in {".dll", ".exe"}]
    found = dump(enum_dump, sdk, sdk)
    assert sum(map(len, found.values())) > 5000
    assert found == {path: enums for path in paths if (enums := by_reader(path))}


def test_both_on_small_and_vendors_assemblies(enum_dump: Path, sdk: Path, assemblies: Path, aspose: Path) -> None:
    paths = [*sorted(assemblies.glob("*.dll")), aspose]
    assert dump(enum_dump, sdk, *paths) == {path: enums for path in paths if (enums := by_reader(path))}


def test_our_assemblies_are_what_their_sources_compile_to(root: Path, sdk: Path) -> None:
    environment = os.environ | {"PATH": f"{sdk}{os.pathsep}{os.environ['PATH']}"}
    result = run(sys.executable, root / "tests" / "assemblies" / "build.py", "--check", environment=environment)
    if result.returncode == 2:
        pytest.skip(result.stderr.strip())
    assert (result.returncode, result.stdout) == (0, "")
