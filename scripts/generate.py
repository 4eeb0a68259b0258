#!/usr/bin/env python3
"""Generate the Python sources from `proto/`: `python scripts/generate.py [--check]`.

Writes the files that changed. With `--check` it writes nothing: it prints the changes as a diff, and
exits 1 if there are any. Facts are read from the compiled descriptor, never from a .proto file's text.

The compiler is pinned, because its version, stamped into a `_pb2.py`, is the oldest protobuf that may
import that file. If it is not installed here, the script restarts in the environment `generate`.
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
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
PYTHON = ROOT / "python"
# Not by importing `smtpstatus`, which is what is being generated.
value_prefix = run_path(str(PYTHON / "smtpstatus" / "protobuf_names.py"))["value_prefix"]
COMPILER = "1.80.1"  # grpcio-tools; pyproject's group `generate` installs it

HEADER = """\
# Generated from proto/smtpstatus/v1/{source}. Do not edit.
# Run `python scripts/generate.py` to regenerate.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate the Python sources from proto/.")
    parser.add_argument("--check", action="store_true", help="write nothing; if a file is stale, print a diff, exit 1")
    check = parser.parse_args().check
    enter_compiler_environment()

    fresh = render()
    paths = generated_files() | fresh.keys()
    existing = {path: path.read_text(encoding="utf-8") for path in paths if path.exists()}
    changed = [path for path in sorted(existing | fresh) if existing.get(path) != fresh.get(path)]
    for path in changed:
        name = path.relative_to(ROOT).as_posix()
        if check:
            texts = (existing.get(path, ""), fresh.get(path, ""))
            before, after = (text.splitlines(keepends=True) for text in texts)
            sys.stdout.writelines(difflib.unified_diff(before, after, f"{name} (found)", f"{name} (fresh)"))
        elif path in fresh:
            path.write_text(fresh[path], encoding="utf-8", newline="\n")
            print(f"wrote {name}")
        else:
            path.unlink()
            print(f"deleted {name}: no .proto file generates it any more")
    return 1 if check and changed else 0


def enter_compiler_environment() -> None:
    """Restart the script in the environment `generate`, unless the pinned compiler is installed here."""
    try:
        if importlib.metadata.version("grpcio-tools") == COMPILER:
            return
    except importlib.metadata.PackageNotFoundError:
        pass
    python = ROOT / ".venv" / "generate" / "bin" / "python"
    if Path(sys.prefix) == python.parent.parent:
        sys.exit(f"{python.parent.parent} lacks grpcio-tools=={COMPILER}: does pyproject.toml name another version?")
    subprocess.run([ROOT / "scripts" / "environment", "generate"], check=True, stdout=sys.stderr)
    os.execv(python, [str(python), *sys.argv])


def generated_files() -> set[Path]:
    """Return the generated files that exist, including those that no .proto file generates any more."""
    paths = [*PYTHON.glob("smtpstatus/**/*.py"), *PYTHON.glob("smtpstatus/**/*.pyi")]
    return {path for path in paths if "_pb2" in path.name or path.read_text(encoding="utf-8").startswith(HEADER[:20])}


def render() -> dict[Path, str]:
    """Compile `proto/` and return every generated file with its text."""
    from google.protobuf import descriptor_pb2
    from grpc_tools import protoc  # type: ignore[import-not-found]  # only in the environment `generate`

    with tempfile.TemporaryDirectory() as folder:
        arguments = ["protoc", f"-I{PROTO}", f"-I{Path(protoc.__file__).parent / '_proto'}"]
        arguments += [f"--python_out={folder}", f"--pyi_out={folder}", f"--descriptor_set_out={folder}/set.binpb"]
        arguments += ["--include_imports", "--include_source_info"]
        if protoc.main(arguments + [str(path) for path in sorted(PROTO.rglob("*.proto"))]) != 0:
            sys.exit("protoc failed: see its message above")
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(Path(folder, "set.binpb").read_bytes())
        texts = {path.relative_to(folder): path.read_text(encoding="utf-8") for path in Path(folder).rglob("*_pb2.py*")}

    files = {PYTHON / path: corrected_stub(text) if path.suffix == ".pyi" else text for path, text in texts.items()}
    facts = Facts(descriptors)
    for module in ENUM_MODULES:
        files[PYTHON / "smtpstatus" / f"{module.name}.py"] = render_module(module, facts)
        files[PYTHON / "smtpstatus" / f"{module.name}.pyi"] = render_stub(module, facts)
    exports = facts.exports()
    files[PYTHON / "smtpstatus" / "v1" / "__init__.py"] = render_package(exports)
    files[PYTHON / "smtpstatus" / "v1" / "__init__.pyi"] = render_package_stub(exports)
    return files


def corrected_stub(text: str) -> str:
    """Correct the types in protoc's stub, so that it passes mypy --strict and pyright."""
    # A field of an enum type holds an int and takes any int: an unlisted number, or a member of an IntEnum.
    for enum in set(re.findall(r"_Union\[([\w.]+), str\]", text)):
        text = text.replace(f"_Union[{enum}, str]", "_Union[int, str]")
        text = re.sub(rf"^(    \w+): {re.escape(enum)}$", r"\1: int", text, flags=re.MULTILINE)
    text = text.replace("_Mapping]", "_Mapping[str, object]]")
    # ClassVar belongs inside a class.
    text = re.sub(r"^(\w+): _ClassVar\[int\]$", r"\1: int", text, flags=re.MULTILINE)
    # protoc writes an import for each import of the .proto file, even if the stub does not use it.
    for line, name in re.findall(r"^(from \S+ import \w+ as (_\w+)\n)", text, flags=re.MULTILINE):
        if text.count(name) == 1:
            text = text.replace(line, "")
    return text


@dataclass(frozen=True)
class EnumModule:
    """A Python module of enums that is generated from one .proto file."""

    name: str
    """The module's name in the package `smtpstatus`."""
    source: str
    """The .proto file, in `smtpstatus/v1/`."""
    bases: dict[str, str]
    """The enums of the module, each with its hand-written base class."""


ENUM_MODULES = (
    EnumModule("status_code", "smtp_status_code.proto", {"SmtpStatusCode": "OpenStatusCode"}),
    EnumModule("unlisted_status_code", "unlisted_status_code.proto", {"UnlistedStatusCode": "CodeFacts"}),
    EnumModule("reply_class", "smtp_reply_class.proto", {"SmtpReplyClass": "CodeFacts"}),
    EnumModule("delivery_action", "delivery.proto", {"DeliveryAction": "CodeFacts"}),
    EnumModule("rpc_code", "rpc_code.proto", {"RpcCode": "OpenEnum"}),
    EnumModule("smtp_stage", "smtp_stage.proto", {"SmtpStage": "OpenEnum"}),
    EnumModule("enhanced_status_code", "enhanced_status_code.proto", {"EnhancedStatusCode": "OpenEnhancedStatusCode"}),
    EnumModule(
        "delivery_condition",
        "delivery_condition.proto",
        {"DeliveryCondition": "OpenDeliveryCondition", "DeliveryParty": "OpenEnum", "RetryRule": "OpenEnum"},
    ),
)
# The hand-written module of each base class.
BASES = {
    "OpenEnum": "_open_enum",
    "CodeFacts": "_open_enum",
    "OpenStatusCode": "_open_status_code",
    "OpenEnhancedStatusCode": "_open_enhanced_status_code",
    "OpenDeliveryCondition": "_open_delivery_condition",
}


class Facts:
    """The enums of `proto/`, with their comments and options."""

    def __init__(self, descriptors: Any) -> None:
        from google.protobuf import descriptor_pool, message_factory

        # A separate pool knows our options without importing the modules that are being generated.
        pool = descriptor_pool.DescriptorPool()
        for file in descriptors.file:
            pool.Add(file)
        self._options = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.EnumValueOptions"))
        self._code: Any = pool.FindExtensionByName("smtpstatus.v1.status_code_info")
        self._condition: Any = pool.FindExtensionByName("smtpstatus.v1.delivery_condition_info")
        self._files = {file.name.removeprefix("smtpstatus/v1/"): file for file in descriptors.file}

    def enums(self, source: str) -> Iterator[tuple[Any, str, list[str]]]:
        """Yield each enum of a file, with its comment and the comments of its values."""
        file = self._files[source]
        comments = {tuple(location.path): location.leading_comments for location in file.source_code_info.location}
        for index, enum in enumerate(file.enum_type):
            # In the path of a comment, 5 is the field FileDescriptorProto.enum_type, 2 is EnumDescriptorProto.value.
            value_comments = [comments[5, index, 2, number] for number in range(len(enum.value))]
            yield enum, comments[5, index], value_comments

    def exports(self) -> dict[str, str]:
        """Return the modules of all messages and enums, by their names."""
        return {
            item.name: f"{source.removesuffix('.proto')}_pb2"
            for source, file in sorted(self._files.items())
            if file.package == "smtpstatus.v1"
            for item in sorted((*file.enum_type, *file.message_type), key=lambda item: str(item.name))
        }

    def row(self, value: Any) -> tuple[object, ...]:
        """Return the value of a member in the Python enum: its number, and the fields of its option."""
        options = self._options.FromString(value.options.SerializeToString())
        if options.HasExtension(self._code):
            code = options.Extensions[self._code]
            return value.number, code.summary, code.summary_zh, tuple(code.sources), rules(code.means)
        if options.HasExtension(self._condition):
            info = options.Extensions[self._condition]
            numbers = (info.counts_against, info.rpc_code, info.retry_rpc_code, info.retry)
            return (
                value.number,
                info.summary,
                info.summary_zh,
                *numbers,
                info.reason,
                rules(info.instead),
                info.when_reply_lost,
            )
        return (value.number,)


def rules(messages: Any) -> tuple[tuple[object, ...], ...]:
    """Return ConditionRules as the tuples that the decision in Python reads."""
    return tuple((rule.condition, tuple(rule.stages), rule.reply_class, rule.rank, rule.is_bare) for rule in messages)


def render_module(module: EnumModule, facts: Facts) -> str:
    """Return the source of a module of IntEnums."""
    lines = [header(module)]
    for enum, comment, value_comments in facts.enums(module.source):
        if enum.name not in module.bases:
            continue
        prefix = value_prefix(enum.name)
        lines += ["", "", f"class {enum.name}({module.bases[enum.name]}):", docstring(comment, prefix)]
        for value, value_comment in zip(enum.value, value_comments, strict=True):
            name, row = value.name.removeprefix(prefix), facts.row(value)
            lines.append("")
            if len(row) == 1:
                lines.append(f"    {name} = {row[0]}")
            else:
                lines += [f"    {name} = (", *(f"        {literal(fact)}," for fact in row), "    )"]
            lines.append(docstring(value_comment, prefix))
    return "\n".join(lines) + "\n"


def render_stub(module: EnumModule, facts: Facts) -> str:
    """Return a module's stub. It assigns numbers, because to pyright a member with a row of facts equals no int."""
    lines = [header(module)]
    for enum, *_ in facts.enums(module.source):
        if enum.name in module.bases:
            lines += ["", f"class {enum.name}({module.bases[enum.name]}):"]
            lines += (
                f"    {value.name.removeprefix(value_prefix(enum.name))} = {value.number}" for value in enum.value
            )
    return "\n".join(lines) + "\n"


def render_package(exports: dict[str, str]) -> str:
    """Return the source of the package `smtpstatus.v1`, which imports a module when one of its names is asked for."""
    rows = "".join(f'    "{name}": "{module}",\n' for name, module in sorted(exports.items()))
    return f'''{HEADER.format(source="*.proto")}
"""The messages and enums of the shared source, as protobuf has them. Each is imported when it is asked for."""

_MODULES = {{
{rows}}}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    from importlib import import_module

    return getattr(import_module(f"{{__name__}}.{{_MODULES[name]}}"), name)


def __dir__() -> list[str]:
    return sorted({{*globals(), *_MODULES}})
'''


def render_package_stub(exports: dict[str, str]) -> str:
    """Return the stub of the package `smtpstatus.v1`, for type checkers."""
    lines = [f"from smtpstatus.v1.{module} import {name} as {name}" for name, module in sorted(exports.items())]
    return "\n".join([HEADER.format(source="*.proto"), *lines, ""])


def header(module: EnumModule) -> str:
    imports: dict[str, list[str]] = {}
    for base in dict.fromkeys(module.bases.values()):
        imports.setdefault(BASES[base], []).append(base)
    lines = [f"from smtpstatus.{name} import {', '.join(sorted(bases))}" for name, bases in sorted(imports.items())]
    return HEADER.format(source=module.source) + "\n" + "\n".join(lines)


def literal(fact: object) -> str:
    """Return a fact as Python source in the formatter's style, with double quotes."""
    if isinstance(fact, tuple):
        return "(" + ", ".join(map(literal, fact)) + ("," if len(fact) == 1 else "") + ")"
    return '"' + fact.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(fact, str) else repr(fact)


def docstring(comment: str, prefix: str) -> str:
    """Return a proto comment as an indented docstring, with the values named as in Python."""
    text = textwrap.dedent(comment).strip().replace(prefix, "")
    closing = '\n"""' if "\n" in text else '"""'
    return textwrap.indent(f'"""{text}{closing}', "    ", lambda line: bool(line.strip()))


if __name__ == "__main__":
    sys.exit(main())
