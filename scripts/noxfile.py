"""Runs the suite on the other Pythons that we support; `scripts/test` calls it after its own run.

`nox --noxfile scripts/noxfile.py [--session tests-3.12]`. The interpreter has to be on PATH.
"""

from __future__ import annotations

from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent.parent
PYODIDE = "314.0.7"  # CPython 3.14.2

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True


@nox.session(python=["3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the suite without what one Python is enough for."""
    session.chdir(ROOT)
    groups = nox.project.load_toml("pyproject.toml")["dependency-groups"]
    session.install("--disable-pip-version-check", "--quiet", "--editable", ".[aspose]", *groups["test"])
    session.run("python", "scripts/downloads.py")
    session.run("python", "-m", "pytest", "--numprocesses=auto", "-m", "not any_python", *session.posargs)


@nox.session(python=False, name="tests-3.14-wasm")
def tests_in_webassembly(session: nox.Session) -> None:
    """Run the pure-Python half (enum, reader, parity) on a 32-bit 3.14; the rest has no wheels for it."""
    packages = Path(session.cache_dir, "packages").resolve()
    # Only wheels without a part in C or Rust.
    portable = ("--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14")
    options = ("--disable-pip-version-check", "--quiet", "--upgrade", f"--target={packages}", *portable)
    session.run("python3", "-m", "pip", "install", *options, "pytest", "hypothesis", external=True)
    folder = Path(session.cache_dir, "pyodide").resolve()
    if not (folder / "node_modules" / "pyodide" / "package.json").exists():
        install = ("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder))
        session.run(*install, f"pyodide@{PYODIDE}", external=True)
    module = folder / "node_modules" / "pyodide" / "pyodide.mjs"
    files = ("test_status_code.py", "test_metadata.py", "test_damage.py", "test_parity.py")
    session.run("node", str(ROOT / "scripts" / "pyodide.mjs"), str(module), str(packages), *files, external=True)
