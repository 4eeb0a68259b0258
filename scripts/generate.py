#!/usr/bin/env python3
"""Generate the Python sources from `proto/`: `python scripts/generate.py [--check]`.

Writes what changed; with `--check` writes nothing, prints what would change as a diff, and exits 1
if there is any. Facts are read from the compiled descriptor, never from the text of a .proto file.

The compiler is pinned: its stamp in a `_pb2.py` is the oldest protobuf that may import it. Where it
is not installed, this script goes on in an environment of its own.
"""

from __future__ import annotations

import argparse
import difflib
import importlib.metadata
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
PYTHON = ROOT / "python"
COMPILER = "1.80.1"  # grpcio-tools; pyproject's group `generate` installs it

PREFIX = "SMTP_STATUS_CODE_"
HEADER = """\
# Generated from proto/smtpstatus/v1/smtp_status_code.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate the Python sources from proto/.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and print a diff if not fresh")
    check = parser.parse_args().check
    enter_compiler_environment()

    fresh = render()
    found = {path: path.read_text(encoding="utf-8") for path in generated_files() | fresh.keys() if path.exists()}
    changed = [path for path in sorted(found | fresh) if found.get(path) != fresh.get(path)]
    for path in changed:
        name = path.relative_to(ROOT).as_posix()
        if check:
            before, after = (text.splitlines(keepends=True) for text in (found.get(path, ""), fresh.get(path, "")))
            sys.stdout.writelines(difflib.unified_diff(before, after, f"{name} (found)", f"{name} (fresh)"))
        elif path in fresh:
            path.write_text(fresh[path], encoding="utf-8", newline="\n")
            print(f"wrote {name}")
        else:
            path.unlink()
            print(f"deleted {name}: no .proto file makes it any more")
    return 1 if check and changed else 0


def enter_compiler_environment() -> None:
    """Go on where the pinned compiler is: here, or in the environment `generate`."""
    try:
        if importlib.metadata.version("grpcio-tools") == COMPILER:
            return
    except importlib.metadata.PackageNotFoundError:
        pass
    python = ROOT / ".venv" / "generate" / "bin" / "python"
    if Path(sys.prefix) == python.parent.parent:
        sys.exit(f"{python.parent.parent} has no grpcio-tools=={COMPILER}: does pyproject.toml name another version?")
    subprocess.run([ROOT / "scripts" / "environment", "generate"], check=True, stdout=sys.stderr)
    os.execv(python, [str(python), *sys.argv])


def generated_files() -> set[Path]:
    """What lies where this script writes, orphans included."""
    return set(PYTHON.glob("smtpstatus/**/*_pb2.py")) | set(PYTHON.glob("smtpstatus/**/*_pb2.pyi"))


def render() -> dict[Path, str]:
    """Compile `proto/` and return every generated file with its text."""
    from google.protobuf import descriptor_pb2
    from grpc_tools import protoc  # type: ignore[import-not-found]  # is in the environment `generate` only

    with tempfile.TemporaryDirectory() as folder:
        arguments = ["protoc", f"-I{PROTO}", f"-I{Path(protoc.__file__).parent / '_proto'}"]
        arguments += [f"--python_out={folder}", f"--pyi_out={folder}", f"--descriptor_set_out={folder}/set.binpb"]
        arguments += ["--include_imports", "--include_source_info"]
        if protoc.main(arguments + [str(path) for path in sorted(PROTO.rglob("*.proto"))]) != 0:
            sys.exit("protoc failed: see its message above")
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(Path(folder, "set.binpb").read_bytes())
        texts = {path.relative_to(folder): path.read_text(encoding="utf-8") for path in Path(folder).rglob("*_pb2.py*")}

    files = {PYTHON / path: mend_stub(text) if path.suffix == ".pyi" else text for path, text in texts.items()}
    files[PYTHON / "smtpstatus" / "status_code.py"] = render_status_code(descriptors)
    files[PYTHON / "smtpstatus" / "status_code.pyi"] = render_status_code_stub(descriptors)
    return files


def mend_stub(text: str) -> str:
    """Make protoc's stub say what is true, and be clean under mypy --strict and pyright."""
    # A field of an enum type holds an int, and takes any: unlisted numbers, members of an IntEnum.
    for enum in set(re.findall(r"_Union\[([\w.]+), str\]", text)):
        text = text.replace(f"_Union[{enum}, str]", "_Union[int, str]")
        text = re.sub(rf"^(    \w+): {re.escape(enum)}$", r"\1: int", text, flags=re.MULTILINE)
    text = text.replace("_Mapping]", "_Mapping[str, object]]")
    # ClassVar belongs inside a class.
    text = re.sub(r"^(\w+): _ClassVar\[int\]$", r"\1: int", text, flags=re.MULTILINE)
    # An import is there for each import of the .proto file, used or not.
    for line, name in re.findall(r"^(from \S+ import \w+ as (_\w+)\n)", text, flags=re.MULTILINE):
        if text.count(name) == 1:
            text = text.replace(line, "")
    return text


def render_status_code(descriptors: Any) -> str:
    """Return the source of the IntEnum, from a FileDescriptorSet with source information."""
    from google.protobuf import descriptor_pool, message_factory

    # A pool of its own knows our option without importing what is being generated.
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        pool.Add(file)
    options = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.EnumValueOptions"))
    info: Any = pool.FindExtensionByName("smtpstatus.v1.status_code_info")

    (file,) = (file for file in descriptors.file if file.name == "smtpstatus/v1/smtp_status_code.proto")
    comments = {tuple(location.path): location.leading_comments for location in file.source_code_info.location}
    (enum,) = file.enum_type
    # The path of a comment: field 5 of FileDescriptorProto is enum_type, field 2 of that is value.
    lines = [HEADER, "from smtpstatus._open_enum import OpenStatusCode\n\n", f"class {enum.name}(OpenStatusCode):"]
    lines.append(docstring(comments[5, 0]))
    for index, value in enumerate(enum.value):
        facts: Any = options.FromString(value.options.SerializeToString()).Extensions[info]
        row = (value.number, facts.summary, facts.summary_zh, tuple(facts.sources), facts.rpc_code)
        lines.append("")
        lines.append(f"    {value.name.removeprefix(PREFIX)} = (")
        lines += (f"        {literal(fact)}," for fact in row)
        lines.append("    )")
        lines.append(docstring(comments[5, 0, 2, index]))
    return "\n".join(lines) + "\n"


def render_status_code_stub(descriptors: Any) -> str:
    """Return the IntEnum's stub: pyright compares what members are assigned, and a row of facts equals no int."""
    (enum,) = (enum for file in descriptors.file for enum in file.enum_type if enum.name == "SmtpStatusCode")
    lines = [HEADER, "from smtpstatus._open_enum import OpenStatusCode\n", f"class {enum.name}(OpenStatusCode):"]
    lines += (f"    {value.name.removeprefix(PREFIX)} = {value.number}" for value in enum.value)
    return "\n".join(lines) + "\n"


def literal(fact: object) -> str:
    """Python source in the formatter's style: double quotes."""
    if isinstance(fact, tuple):
        return "(" + ", ".join(map(literal, fact)) + ("," if len(fact) == 1 else "") + ")"
    return '"' + fact.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(fact, str) else repr(fact)


def docstring(comment: str) -> str:
    """Return a proto comment as an indented docstring, values named as in Python."""
    text = textwrap.dedent(comment).strip().replace(PREFIX, "")
    closing = '\n"""' if "\n" in text else '"""'
    return textwrap.indent(f'"""{text}{closing}', "    ")


if __name__ == "__main__":
    sys.exit(main())
