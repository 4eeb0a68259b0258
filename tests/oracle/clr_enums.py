"""Print every enum of assemblies as a real CLR reflects it: `python clr_enums.py RUNTIME_ROOT ASSEMBLY...`.

RUNTIME_ROOT is the folder with `shared/Microsoft.NETCore.App`. The output is EnumDump's: one JSON object
a line. To be run in a child process: a process can start one CLR only, and a CLR that fails aborts it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def main(runtime_root: str, *assemblies: str) -> int:
    start_runtime(Path(runtime_root))
    lines: list[str] = []
    skipped: list[str] = []
    for path in assemblies:
        lines += (json.dumps(enum) + "\n" for enum in enums(path, skipped))
    sys.stdout.write("".join(lines))
    if skipped:
        print(f"{len(skipped)} types could not be loaded", *dict.fromkeys(skipped), sep="\n", file=sys.stderr)
    return 0


def start_runtime(root: Path) -> None:
    """Start the newest CoreCLR under `root` and let Python import its namespaces."""
    # A CLR aborts where there is no ICU, and nothing here depends on a culture.
    os.environ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"
    clr_loader: Any = importlib.import_module("clr_loader")
    pythonnet: Any = importlib.import_module("pythonnet")
    name = "Microsoft.NETCore.App"
    specs = [
        clr_loader.DotnetCoreRuntimeSpec(name, folder.name, folder) for folder in (root / "shared" / name).iterdir()
    ]
    newest = max(specs, key=lambda spec: spec.version_info)
    pythonnet.load(clr_loader.get_coreclr(runtime_spec=newest, dotnet_root=root))
    importlib.import_module("clr")  # makes `System` importable


def enums(path: str, skipped: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the enums of one assembly in the order of its metadata; say in `skipped` what does not load."""
    system: Any = importlib.import_module("System")
    reflection: Any = importlib.import_module("System.Reflection")
    members = reflection.BindingFlags.Public | reflection.BindingFlags.NonPublic | reflection.BindingFlags.Static
    core = system.Type.GetType("System.Object").Assembly  # which LoadFrom refuses to load
    assembly = core if os.path.samefile(core.Location, path) else reflection.Assembly.LoadFrom(os.path.abspath(path))
    if not os.path.samefile(assembly.Location, path):
        raise SystemExit(f"instead of {path} the runtime took its own {assembly.Location}")
    try:
        types = assembly.GetTypes()
    except reflection.ReflectionTypeLoadException as error:
        types = [loaded for loaded in error.Types if loaded is not None]
        skipped += (f"{path}: {failure.Message.strip()}" for failure in error.LoaderExceptions)
    for enum in types:
        if enum.IsEnum:
            yield {
                "assembly": path,
                "full_name": enum.FullName,
                "underlying": system.Enum.GetUnderlyingType(enum).FullName,
                "members": [[field.Name, field.GetRawConstantValue()] for field in enum.GetFields(members)],
            }


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
