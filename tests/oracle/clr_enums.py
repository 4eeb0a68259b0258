"""Print every enum of assemblies, read by a real CLR's reflection: `python clr_enums.py RUNTIME_FOLDER ASSEMBLY...`.

The output has EnumDump's format: one JSON object a line. This program finds the types that are enums; the bridge
reads them. Run it in a child process: a process can start one CLR only, and a CLR that fails aborts it.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from smtpstatus_dotnet.clr import load_runtime, read_enums


def main(runtime: str, *assemblies: str) -> int:
    load_runtime(runtime)
    lines: list[str] = []
    skipped: list[str] = []
    for path in assemblies:
        names = enum_names(path, skipped)
        for enum in read_enums(path, names) if names else []:
            members = list(enum.members.items())
            row = {"assembly": path, "full_name": enum.full_name, "underlying": enum.underlying, "members": members}
            lines.append(json.dumps(row) + "\n")
    sys.stdout.write("".join(lines))
    if skipped:
        print(f"{len(skipped)} types could not be loaded", *dict.fromkeys(skipped), sep="\n", file=sys.stderr)
    return 0


def enum_names(path: str, skipped: list[str]) -> tuple[str, ...]:
    """Return the names of an assembly's enums in the order of its metadata; add types that do not load to `skipped`."""
    reflection: Any = importlib.import_module("System.Reflection")
    core: Any = importlib.import_module("System").Object().GetType().Assembly  # a process has only one core library
    assembly = core if core.Location == path else reflection.Assembly.LoadFile(path)
    try:
        types = assembly.GetTypes()
    except reflection.ReflectionTypeLoadException as error:
        types = [loaded for loaded in error.Types if loaded is not None]
        skipped += (f"{path}: {failure.Message.strip()}" for failure in error.LoaderExceptions)
    return tuple(loaded.FullName for loaded in types if loaded.IsEnum)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
