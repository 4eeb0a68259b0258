#!/usr/bin/env python3
"""Changes one thing in a room and runs the room's tests, for each thing: `python scripts/mutate.py ROOM [TEST...]`.

ROOM is a module, such as `smtpstatus_dotnet.parity`. Each change that no test notices is printed as a diff: a test is
missing, or the change makes no difference. `--every N` makes only each Nth change: a large room has a thousand, and
each takes as long as its tests. TEST are files in tests/, by default those of the room. All this happens in a copy of
the checkout. The script makes its own environments. Exit status 1 means that changes survived.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosmic_ray.work_item import MutationSpec

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"smtpstatus": "python", "smtpstatus_dotnet": "dotnet_compat"}
# The tests of a room are the files test_*ROOM*.py. These rooms are tested in others, too, the quickest first.
MORE_TESTS = {
    "smtpstatus._open_delivery_condition": ("test_meaning.py", "test_proto.py"),
    "smtpstatus._open_enhanced_status_code": ("test_meaning.py", "test_proto.py"),
    "smtpstatus._open_enum": ("test_status_code.py", "test_proto.py"),
    "smtpstatus._open_status_code": ("test_status_code.py", "test_proto.py"),
    "smtpstatus.client_exceptions": ("test_replies.py", "test_hostile_services.py"),
    "smtpstatus.extras": ("test_architecture.py", "test_rpc.py"),
    "smtpstatus.failures": ("test_replies.py", "test_client_exceptions.py", "test_hostile_services.py"),
    "smtpstatus.meaning": ("test_rpc.py",),
    "smtpstatus.protobuf_names": ("test_proto.py",),
    "smtpstatus_dotnet._assembly": ("test_metadata.py", "test_damage.py"),
    "smtpstatus_dotnet._checked_metadata": ("test_metadata.py", "test_damage.py"),
    "smtpstatus_dotnet._ecma335": ("test_metadata.py", "test_damage.py"),
    "smtpstatus_dotnet._pe_image": ("test_damage.py",),
    "smtpstatus_dotnet._table_layouts": ("test_metadata.py", "test_damage.py"),
    "smtpstatus_dotnet.checking": ("test_targets.py", "test_cli.py", "test_package_index.py", "test_clr.py"),
    "smtpstatus_dotnet.clr_enums": ("test_clr.py",),
    "smtpstatus_dotnet.clr_exceptions": ("interop/test_agreement.py",),
    "smtpstatus_dotnet.clr_values": ("test_clr.py",),
    "smtpstatus_dotnet.files": ("test_profiles.py", "test_index_settings.py", "test_metadata.py"),
    "smtpstatus_dotnet.html_page": ("test_pages.py",),
    "smtpstatus_dotnet.known_enums": ("test_targets.py",),
    "smtpstatus_dotnet.leftovers": ("test_interrupts.py", "test_output.py"),
    "smtpstatus_dotnet.limits": ("test_architecture.py",),
    "smtpstatus_dotnet.member_table": ("test_cli.py",),
    "smtpstatus_dotnet.metadata": ("test_damage.py",),
    "smtpstatus_dotnet.output": ("test_cli.py",),
    "smtpstatus_dotnet.overwriting": ("test_output.py",),
    "smtpstatus_dotnet.package_indexes": ("test_index_transport.py", "test_package_index.py"),
    "smtpstatus_dotnet.package_indexes.nuget_feed": ("test_nuget_feed.py",),
    "smtpstatus_dotnet.package_indexes.nuspec": ("test_nuget_feed.py",),
    "smtpstatus_dotnet.progress": ("test_index_cache.py", "test_package_releases.py"),
    "smtpstatus_dotnet.reports": ("test_reports.py", "test_cli.py"),
    "smtpstatus_dotnet.side_by_side": ("test_package_releases.py", "test_package_index.py", "test_index_cache.py"),
    "smtpstatus_dotnet.status_card": ("test_reference.py",),
    "smtpstatus_dotnet.status_page": ("test_reference.py",),
    "smtpstatus_dotnet.targets": ("test_targets.py", "test_targets_folder.py", "test_targets_archive.py"),
    "smtpstatus_dotnet.targets.foreign_code": ("test_targets_python_enum.py", "test_many_checks.py"),
    "smtpstatus_dotnet.targets.likely_assemblies": ("test_package_index.py",),
    "smtpstatus_dotnet.targets.package_index": ("test_package_index.py", "test_package_releases.py"),
    "smtpstatus_dotnet.targets.package_url": ("test_package_index.py", "test_package_releases.py"),
    "smtpstatus_dotnet.targets.wire_format": ("test_targets_descriptor_set.py",),
    "smtpstatus_dotnet.unpacking": ("test_targets.py", "test_package_index.py"),
}
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")


def tests_of(room: str) -> list[str]:
    """Return the files of tests, relative to `tests`."""
    name, package = room.rpartition(".")[2], ".".join(room.split(".")[:2])
    own = [path.relative_to(ROOT / "tests").as_posix() for path in sorted((ROOT / "tests").rglob(f"test_*{name}*.py"))]
    more = [test for test in MORE_TESTS.get(room, MORE_TESTS.get(package, ())) if (ROOT / "tests" / test).exists()]
    return list(dict.fromkeys([*own, *more]))


def copy_checkout(folder: Path) -> Path:
    """Copy what the tests need, and return the Python that imports the two packages from the copy."""
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "bin", "obj", ".hypothesis", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=ignored)
    shutil.copytree(ROOT / ".git", folder / ".git", symlinks=True)  # `buf breaking` and others ask git for files
    environment = ROOT / ".venv" / "test"
    venv.create(folder / ".venv" / "test", symlinks=True)
    (packages,) = (folder / ".venv" / "test").glob("lib/python*/site-packages")
    (originals,) = environment.glob("lib/python*/site-packages")
    # The first lines win over the editable install that is among the originals. Compiled files would be taken for
    # those of the next change, which may have the same size and second.
    lines = [*(str(folder / name) for name in PACKAGES.values())]
    lines += ["import sys; sys.dont_write_bytecode = True", f"import site; site.addsitedir({str(originals)!r})"]
    (packages / "copy.pth").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for program in (environment / "bin").iterdir():
        if not (link := folder / ".venv" / "test" / "bin" / program.name).exists():
            link.symlink_to(program)
    return folder / ".venv" / "test" / "bin" / "python"


def unused_spans(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where code never runs: annotations, and what only type checkers read."""
    nodes: list[ast.AST | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            nodes += node.body
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "TYPE_CHECKING":
            nodes.append(node)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            nodes.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            nodes.append(node.returns)
            nodes += [decorator for decorator in node.decorator_list if ast.unparse(decorator) == "overload"]
    return [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in nodes
        if isinstance(node, ast.expr | ast.stmt)
    ]


def mutations(module: Path) -> Iterator[MutationSpec]:
    """Yield what cosmic-ray can change in a module, without what never runs, and without `is` in place of `==`."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast_from_path
    from cosmic_ray.work_item import MutationSpec

    tree, unused = get_ast_from_path(module), unused_spans(module.read_text(encoding="utf-8"))
    for name in plugins.operator_names():
        kind = plugins.get_operator(name)
        if kind.arguments() or (name.endswith(("_Is", "_IsNot")) and "_Is_" not in name and "_IsNot_" not in name):
            continue
        places = (place for node in ast_nodes(tree) for place in kind().mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start and end <= last for first, last in unused):
                yield MutationSpec(module, name, occurrence, start, end)


def main(room: str, tests: list[str], every: int) -> int:
    """Make the changes. Return the exit status."""
    from cosmic_ray.mutating import mutate_and_test
    from cosmic_ray.work_item import TestOutcome

    tests = tests or tests_of(room)
    if not tests:
        sys.exit(f"no tests/test_*{room.rpartition('.')[2]}*.py: name the files of tests, or add them to MORE_TESTS")
    with tempfile.TemporaryDirectory() as temporary, contextlib.chdir(temporary):
        folder = Path(temporary, "checkout")
        python = copy_checkout(folder)
        path = folder / PACKAGES[room.partition(".")[0]] / room.replace(".", "/")
        module = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        os.chdir(folder / "tests")
        os.environ |= {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
        command = [str(python), "-m", "pytest", *OPTIONS, *tests]
        start = time.monotonic()
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"the tests of {room} fail without any change: {' '.join(tests)}")
        limit = 3 * (time.monotonic() - start) + 10
        survivors = count = 0
        for mutation in islice(mutations(module), 0, None, every):
            result = mutate_and_test([mutation], " ".join(command), limit)
            count += 1
            if result.test_outcome is not TestOutcome.KILLED:
                survivors += 1
                print(result.diff or result.output, flush=True)
    print(f"{room}: {survivors} of {count} changes survived {', '.join(tests)}")
    return int(survivors > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("room", metavar="ROOM", help="a module, such as smtpstatus_dotnet.parity")
    parser.add_argument("tests", nargs="*", metavar="TEST", help="files in tests/, by default those of the room")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="make only each Nth change")
    arguments = parser.parse_args()
    needed = ROOT / ".venv" / "mutate"
    if Path(sys.prefix).resolve() != needed.resolve():
        for name in ("test", "mutate"):
            subprocess.run([ROOT / "scripts" / "environment", name], check=True)
        os.execv(needed / "bin" / "python", [str(needed / "bin" / "python"), *sys.argv])
    sys.exit(main(arguments.room, arguments.tests, arguments.every))
