"""Ask other readers about the shapes of `assembly_shapes`: `python tests/oracle/shapes.py [--check]`.

It writes the table of docs/assemblies.md. With `--check` it writes nothing, and exits with 1 if the page is out of
date. It needs `dotnet` on PATH, the PyPI package dotnetcore2, and Mono.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
PAGE = TESTS.parent / "docs" / "assemblies.md"
sys.path.insert(0, str(TESTS))

from assembly_shapes import ODD, READABLE, REFUSED  # noqa: E402  # from the folder above

Enums = dict[str, tuple[str, dict[str, int]]]
"""The underlying type and the members by the name of an enum."""
Command = tuple[str, ...]


def build(name: str, folder: Path) -> Path:
    """Build a C# program of this folder, and return where it is."""
    source = folder / name
    shutil.copytree(TESTS / "oracle" / name, source, ignore=shutil.ignore_patterns("bin", "obj"))
    command = ("dotnet", "build", "--configuration", "Release", "--output", str(source / "out"), str(source))
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(result.stdout)
    return source / "out"


def commands(folder: Path) -> dict[str, Command]:
    """Return the command of each runtime that reads paths from its standard input."""
    program = build("ClrEnums", folder) / "ClrEnums.dll"
    spec = find_spec("dotnetcore2")
    old = Path(str(spec.origin)).parent / "bin" / "dotnet" if spec else Path("dotnetcore2")
    found: dict[str, Command] = {}
    for name, dotnet, version in ((".NET 10", "dotnet", "10.0.0"), ("CoreCLR 3.1", str(old), "3.1.0")):
        framework = {"name": "Microsoft.NETCore.App", "version": version}
        options = {"System.Globalization.Invariant": True}
        settings = program.with_name(f"{version}.json")
        settings.write_text(json.dumps({"runtimeOptions": {"framework": framework, "configProperties": options}}))
        found[name] = (dotnet, "exec", "--runtimeconfig", str(settings), str(program))
    return found | {"Mono": ("mono", str(program))}


def ask(command: Command, paths: list[Path], problems: dict[Path, str] | None = None) -> dict[Path, Enums | None]:
    """Return what a runtime reads of each assembly; None if it reads nothing, or does not survive it.

    `problems` takes what the runtime says of what it does not read.
    """
    answers: dict[Path, Enums | None] = {}
    # A debugger on PATH would take seconds to describe how Mono ends.
    environment = os.environ | {"PATH": f"{Path(shutil.which(command[0]) or command[0]).parent}{os.pathsep}/nowhere"}
    while left := [path for path in paths if path not in answers]:
        text = "".join(f"{path}\n" for path in left)
        # Mono writes a report of its end into the current folder.
        folder = paths[0].parent
        result = subprocess.run(
            command, input=text, capture_output=True, text=True, env=environment, cwd=folder, check=False
        )
        for line in result.stdout.splitlines():
            if line.startswith("{"):
                answer = json.loads(line)
                answers[Path(answer["path"])] = {
                    enum["full_name"]: (enum["underlying"], dict(enum["members"])) for enum in answer["enums"]
                } or None
                if problems is not None:
                    problems[Path(answer["path"])] = " ".join(answer["problems"])
        answers.setdefault(next((path for path in left if path not in answers), left[-1]), None)
    return answers


def by_metadata_reader(folder: Path, paths: list[Path]) -> dict[Path, Enums | None]:
    """Return what System.Reflection.Metadata reads of each assembly."""
    command = (build("EnumDump", folder) / "EnumDump", *paths)
    environment = os.environ | {"DOTNET_ROOT": str(Path(str(shutil.which("dotnet"))).resolve().parent)}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    answers: dict[Path, Enums | None] = dict.fromkeys(paths)
    for line in result.stdout.splitlines():
        enum = json.loads(line)
        path = Path(enum["assembly"])
        members = {name: int(number) for name, number in enum["members"]}
        answers[path] = (answers[path] or {}) | {enum["full_name"]: (enum["underlying"], members)}
    return answers


def outcome(found: Enums | None, plain: Enums) -> str:
    """Return what a reader makes of a shape, in a word or two."""
    if not found:
        return "refuses"
    if found == plain:
        return "reads"
    return "reads otherwise" if len(found) == len(plain) else "reads the other"


def table(folder: Path) -> list[str]:
    shapes = {"plain": READABLE["plain"]} | {
        name: image for group in (REFUSED, ODD) for name, (image, _) in group.items()
    }
    paths = {name: folder / f"{number}.dll" for number, name in enumerate(shapes)}
    for name, image in shapes.items():
        paths[name].write_bytes(image.build())
    answers = {name: ask(command, list(paths.values())) for name, command in commands(folder).items()}
    answers["System.Reflection.Metadata"] = by_metadata_reader(folder, list(paths.values()))
    plain = answers[".NET 10"][paths["plain"]]
    assert plain
    lines = [f"| shape | {' | '.join(answers)} |", "|---|" + "---|" * len(answers)]
    for name in shapes:
        outcomes = (outcome(found[paths[name]], plain) for found in answers.values())
        lines.append(f"| {name} | {' | '.join(outcomes)} |")
    return lines


def main() -> int:
    start, end = "<!-- shapes: made by `python tests/oracle/shapes.py` -->\n", "<!-- end -->"
    with tempfile.TemporaryDirectory() as folder:
        content = "\n".join(table(Path(folder)))
    before = PAGE.read_text(encoding="utf-8")
    head, _, rest = before.partition(start)
    after = f"{head}{start}{content}\n{end}{rest.partition(end)[2]}"
    if after == before:
        return 0
    if "--check" in sys.argv:
        print(f"{PAGE.name} is out of date: run python tests/oracle/shapes.py\n{content}")
        return 1
    PAGE.write_text(after, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
