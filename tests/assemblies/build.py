"""Compile the assemblies of this folder: `python tests/assemblies/build.py [--check]`.

With `--check` it writes nothing, names the assemblies that differ from what their sources compile to,
and exits with 1 if there are any. Only the compiler of the SDK named below gives the same bytes: if
that SDK is not installed, nothing is built or compared, and the exit code is 2.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SDK = "10.0.401"
# The assemblies are compiled against this package's netstandard.dll: every .NET since Core 2.0 loads them.
PACKAGE, VERSION = "netstandard.library", "2.0.3"
REFERENCE = "build/netstandard2.0/ref/netstandard.dll"

VARIANTS = ("missing", "extra", "number", "name", "underlying", "alias", "not_an_enum", "elsewhere")
SOURCES = dict.fromkeys(("agrees", *VARIANTS), "status_code.cs") | {"forwarded": "forwarded.cs", "shapes": "shapes.cs"}


class CannotBuildError(Exception):
    """Something that the build needs is not on this machine."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Compile the assemblies of this folder.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a committed assembly differs")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        try:
            built = build(Path(folder))
        except CannotBuildError as error:
            print(f"cannot {'compare' if check else 'build'}: {error}", file=sys.stderr)
            return 2
    committed = {path.name: path.read_bytes() for path in HERE.glob("*.dll")}
    changed = sorted(name for name in committed | built if committed.get(name) != built.get(name))
    for name in changed:
        if check:
            print(f"{name} differs from what its source compiles to")
        elif name in built:
            (HERE / name).write_bytes(built[name])
            print(f"wrote {name}")
    return 1 if check and changed else 0


def build(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every assembly by file name."""
    compiler = ["dotnet", str(find_sdk() / "Roslyn" / "bincore" / "csc.dll"), "-noconfig", "-nologo"]
    (folder / "netstandard.dll").write_bytes(find_reference())
    # An empty resource file: otherwise the compiler adds a version resource, a third of the whole assembly.
    (folder / "none.res").write_bytes(struct.pack("<IIIII12x", 0, 32, 0xFFFF, 0xFFFF, 0))
    options = ["-target:library", "-deterministic", "-debug-", "-optimize+", "-warnaserror"]
    options += ["-platform:x64", f"-win32res:{folder / 'none.res'}"]
    options += [f"-pathmap:{HERE}=/", "-nostdlib", f"-reference:{folder / 'netstandard.dll'}"]
    built: dict[str, bytes] = {}
    for name, source in SOURCES.items():
        # An assembly takes its name from the file that the compiler writes.
        output = folder / f"{name.title().replace('_', '')}.dll"
        arguments = [f"-define:{name.upper()}", f"-out:{output}", source]
        if name == "forwarded":
            arguments.append(f"-reference:{folder / 'Agrees.dll'}")
        subprocess.run([*compiler, *options, *arguments], cwd=HERE, check=True)
        built[f"{name}.dll"] = output.read_bytes()
    return built


def find_sdk() -> Path:
    listing = ""
    if shutil.which("dotnet"):
        listing = subprocess.run(["dotnet", "--list-sdks"], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():  # 10.0.401 [/usr/lib/dotnet/sdk]
        version, _, folder = line.partition(" ")
        if version == SDK:
            return Path(folder.strip("[]"), version)
    raise CannotBuildError(f"expected .NET SDK {SDK} on PATH, found {listing.strip() or 'no SDK'}")


def find_reference() -> bytes:
    """Return the reference assembly from NuGet's cache, or from a folder of packages."""
    cache = Path(os.environ.get("NUGET_PACKAGES") or Path.home() / ".nuget" / "packages")
    unpacked = cache / PACKAGE / VERSION / REFERENCE
    if unpacked.exists():
        return unpacked.read_bytes()
    for source in os.environ.get("RestoreSources", "").split(";"):  # noqa: SIM112 - MSBuild's spelling
        package = Path(source, f"{PACKAGE}.{VERSION}.nupkg")
        if package.exists():
            with zipfile.ZipFile(package) as archive:
                return archive.read(REFERENCE)
    raise CannotBuildError(f"{PACKAGE} {VERSION} is not in NuGet's cache: restore any netstandard2.0 project to get it")


if __name__ == "__main__":
    sys.exit(main())
