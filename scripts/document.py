#!/usr/bin/env python3
"""Write what the pages say about the code: `python scripts/document.py [--check]`.

docs/targets.md has the kinds of targets, from `smtpstatus_dotnet.targets.table`. docs/architecture.md has the rooms of
[tool.importlinter] in pyproject.toml, with the arrows and the first sentences from the code. SECURITY.md has the
limits, from the two modules `limits`. With `--check` it writes nothing, and exits with 1 if a page is out of date. It
runs in the environment `test`.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import grimp

from smtpstatus_dotnet.targets.table import INSTALLED_SUMMARY, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"smtpstatus": "python", "smtpstatus_dotnet": "dotnet_compat"}
Room = tuple[str, ...]
"""The modules that are drawn as one box."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Write what the pages say about the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is out of date")
    check = parser.parse_args().check
    is_fresh = True
    for name, section, lines in (
        ("docs/targets.md", "targets", targets()),
        ("docs/architecture.md", "rooms", rooms()),
        ("SECURITY.md", "limits", limits()),
    ):
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        after = replace_section(name, before, section, "\n".join(lines))
        if before != after:
            is_fresh = False
            print(f"{name} is out of date: run python scripts/document.py" if check else f"wrote {name}")
            if not check:
                path.write_text(after, encoding="utf-8", newline="\n")
    return 1 if check and not is_fresh else 0


def replace_section(name: str, page: str, section: str, content: str) -> str:
    """Replace what a page has between `<!-- SECTION: … -->` and `<!-- end -->`."""
    pattern = re.compile(rf"(<!-- {section}: .*? -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(page):
        sys.exit(
            f"{name}: expected the lines <!-- {section}: … --> and <!-- end -->: put them back where the table was"
        )
    return pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", page)


def targets() -> Iterator[str]:
    """Yield the table of target kinds."""
    yield "| TARGET | what is compared |"
    yield "|---|---|"
    for kind in KINDS:
        forms = kind.forms if kind.forms.startswith("a ") else ", ".join(f"`{form}`" for form in kind.forms.split(", "))
        extra = f"; `pip install 'smtpstatus[{kind.extra}]'`" if kind.extra else ""
        yield f"| {forms} | {kind.summary}{extra} |"
    yield f"| none | {INSTALLED_SUMMARY}: `pip install 'smtpstatus[aspose]'`, which exists for Python before 3.14 |"


def rooms() -> Iterator[str]:
    """Yield the picture of the rooms, and the table of what each is for."""
    packages = rooms_by_package()
    yield "```mermaid"
    yield "flowchart TD"
    for package, boxes in packages.items():
        yield f"  subgraph {package}"
        yield from (f'    {box[0]}["{label(box)}"]' for box in boxes)
        yield "  end"
    yield from (f"  {above[0]} --> {below[0]}" for above, below in arrows(packages))
    yield "```"
    yield ""
    for package, boxes in packages.items():
        yield from (f"| `{package}` | what it is for |", "|---|---|")
        for box in boxes:
            names = ", ".join(f"`{module.rpartition('.')[2]}`" for module in box)
            yield f"| {names} | {next(filter(None, map(first_sentence, box)))} |"
        yield ""


def rooms_by_package() -> dict[str, list[Room]]:
    """Return the rooms of each package, from top to bottom."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {
        package: [tuple(f"{package}.{name}" for name in box.split(" : ")) for row in layers for box in row.split(" | ")]
        for package, layers in ((contract["containers"][0], contract["layers"]) for contract in contracts[1:])
    }


def label(box: Room) -> str:
    names = [module.rpartition(".")[2] for module in box]
    return "<br>".join(", ".join(names[start : start + 3]) for start in range(0, len(names), 3))


def arrows(packages: dict[str, list[Room]]) -> list[tuple[Room, Room]]:
    """Return which room imports which, without the arrows that follow from others."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    for package in packages:  # a name imported from a package comes from one of its modules
        for importer in graph.find_modules_that_directly_import(package):
            for module in graph.find_modules_directly_imported_by(package):
                graph.add_import(importer=importer, imported=module)
    order = [box for boxes in packages.values() for box in boxes]
    direct: dict[Room, set[Room]] = {}
    reachable: dict[Room, set[Room]] = {}
    for above in reversed(order):  # from the bottom, so that an arrow that runs up is not drawn
        imported = {below for below in reachable if imports(graph, above, below)}
        indirect = set[Room]().union(*(reachable[below] for below in imported))
        direct[above], reachable[above] = imported - indirect, imported | indirect
    return [(above, below) for above in order for below in order if below in direct[above]]


def imports(graph: grimp.ImportGraph, above: Room, below: Room) -> bool:
    importers = {name for module in above for name in (module, *graph.find_descendants(module))}
    imported = {name for module in below for name in (module, *graph.find_descendants(module))}
    return any(graph.find_modules_directly_imported_by(name) & imported for name in importers)


def first_sentence(module: str) -> str:
    """Return the first sentence of a module's docstring; generated modules have none."""
    text = ast.get_docstring(parsed(module)) or ""
    return " ".join(re.split(r"(?<=\.)\s|\n\n", text)[0].split()).rstrip(".")


def parsed(module: str) -> ast.Module:
    path = ROOT / FOLDERS[module.partition(".")[0]] / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def limits() -> Iterator[str]:
    """Yield the table of the limits: each constant of the modules `limits` is followed by a string that explains it."""
    for package in reversed(FOLDERS):
        module = import_module(f"{package}.limits")
        yield from (f"| limit in `{module.__name__}` | value | of what |", "|---|---|---|")
        for statement, after in pairwise(parsed(module.__name__).body):
            match statement, after:
                case ast.Assign([ast.Name(name)], _), ast.Expr(ast.Constant(str(text))):
                    yield f"| `{name}` | {quantity(name, getattr(module, name))} | {' '.join(text.split())} |"
                case _:
                    pass
        yield ""


def quantity(name: str, value: float) -> str:
    """Return a limit with its unit, which is the last word of its name."""
    unit = name.rpartition("_")[2].lower()
    if unit == "bytes":
        units = {30: "GiB", 20: "MiB", 10: "KiB", 0: "bytes"}
        power = next(power for power in units if not value % (1 << power))
        return f"{int(value) >> power:,} {units[power]}"
    return f"{value:,}" if unit in ("count", "depth") else f"{value:,} {unit}"


if __name__ == "__main__":
    sys.exit(main())
