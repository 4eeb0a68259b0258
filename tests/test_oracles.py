"""The reader compared with two that are not ours: a real CLR's reflection, and System.Reflection.Metadata."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import sys
import zipfile
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from assembly_shapes import READABLE
from process import run

from smtpstatus_dotnet import diff
from smtpstatus_dotnet.metadata import MetadataError, iter_enums
from smtpstatus_dotnet.parity import Difference

pytestmark = pytest.mark.any_python

Enums = list[tuple[str, str, list[tuple[str, int]]]]


def by_reader(path: Path) -> Enums:
    found: Enums = []
    with suppress(MetadataError):
        found.extend((each.full_name, str(each.underlying), list(each.members.items())) for each in iter_enums(path))
    return found


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


def test_a_diff_of_all_enums(enum_dump: Path, sdk: Path, tmp_path: Path) -> None:
    """Two builds of real libraries, and two libraries: what the oracle reads, compared in a few lines of our own."""
    paths = [tmp_path / f"{number}.dll" for number in range(4)]
    builds = (("mimekit", "net462"), ("mimekit", "net10.0"), ("mailkit", "netstandard2.0"), ("bouncycastle", "net6.0"))
    for path, (name, framework) in zip(paths, builds, strict=True):
        packages = [*(sdk / "nuget").glob(f"{name}*.nupkg")]
        if not packages:
            pytest.skip(f"no package of {name} in {sdk / 'nuget'}")
        with zipfile.ZipFile(packages[0]) as archive:
            (entry,) = (each for each in archive.namelist() if re.fullmatch(rf"lib/{framework}/[^/]+\.dll", each))
            path.write_bytes(archive.read(entry))
    found = dump(enum_dump, sdk, *paths)
    total = 0
    for first, second in itertools.permutations(paths, 2):
        here, there = ({name: rest for name, *rest in found[path]} for path in (first, second))
        report = diff(str(first), str(second), is_all=True)
        ours = {(result.first or result.definition).full_name: result for result in report.results if not result.error}  # type: ignore[union-attr]  # one is there
        assert set(ours) == set(here) | set(there)
        for name, result in ours.items():
            assert (result.exit_code == 0) is (here.get(name) == there.get(name)), name
            whole = [Difference("missing", name)] if name not in there else [Difference("extra", other_name=name)]
            if name not in here or name not in there:
                assert [*result.differences] == whole
        total += len(ours)
    assert total > 500


@pytest.mark.usefixtures("sdk")
def test_the_shapes_that_are_read(root: Path, tmp_path: Path) -> None:
    """.NET 10's Enum.GetNames and Enum.GetValues, which list the members by value, give the same."""
    paths = [tmp_path / f"{number}.dll" for number in range(len(READABLE))]
    for path, image in zip(paths, READABLE.values(), strict=True):
        path.write_bytes(replace(image).build())
    sys.path.insert(0, str(root / "tests" / "oracle"))
    import shapes

    answers = shapes.ask(shapes.commands(tmp_path)[".NET 10"], paths)
    for name, path in zip(READABLE, paths, strict=True):
        found = {full_name: (underlying, dict(members)) for full_name, underlying, members in by_reader(path)}
        assert answers[path] == found, name


def test_what_others_make_of_the_shapes_that_are_refused(root: Path, sdk: Path) -> None:
    if not (shutil.which("mono") and find_spec("dotnetcore2")):
        pytest.skip("no Mono (Debian: mono-runtime), or no CoreCLR 3.1 (the PyPI package dotnetcore2)")
    environment = os.environ | {"PATH": f"{sdk}{os.pathsep}{os.environ['PATH']}"}
    result = run(sys.executable, root / "tests" / "oracle" / "shapes.py", "--check", environment=environment)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_our_assemblies_are_what_their_sources_compile_to(root: Path, sdk: Path) -> None:
    environment = os.environ | {"PATH": f"{sdk}{os.pathsep}{os.environ['PATH']}"}
    result = run(sys.executable, root / "tests" / "assemblies" / "build.py", "--check", environment=environment)
    if result.returncode == 2:
        pytest.skip(result.stderr.strip())
    assert (result.returncode, result.stdout) == (0, "")
