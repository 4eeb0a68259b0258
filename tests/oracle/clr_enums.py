"""Print every enum of assemblies as a real CLR reflects it: `python clr_enums.py RUNTIME_FOLDER ASSEMBLY...`.

The output is EnumDump's: one JSON object a line. Which types are enums is asked here, and what is in them by the
bridge. To be run in a child process: a process can start one CLR only, and a CLR that fails aborts it.
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
            found = {"assembly": path, "full_name": enum.full_name, "underlying": enum.underlying, "members": members}
            lines.append(json.dumps(found) + "\n")
    sys.stdout.write("".join(lines))
    if skipped:
        print(f"{len(skipped)} types could not be loaded", *dict.fromkeys(skipped), sep="\n", file=sys.stderr)
    return 0


def enum_names(path: str, skipped: list[str]) -> tuple[str, ...]:
    """Return the enums of one assembly in the order of its metadata; say in `skipped` what does not load."""
    reflection: Any = importlib.import_module("System.Reflection")
    core: Any = importlib.import_module("System").Object().GetType().Assembly  # is there once only
    assembly = core if core.Location == path else reflection.Assembly.LoadFile(path)
    try:
        types = assembly.GetTypes()
    except reflection.ReflectionTypeLoadException as error:
        types = [loaded for loaded in error.Types if loaded is not None]
        skipped += (f"{path}: {failure.Message.strip()}" for failure in error.LoaderExceptions)
    return tuple(found.FullName for found in types if found.IsEnum)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
