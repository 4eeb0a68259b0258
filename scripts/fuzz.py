#!/usr/bin/env python3
"""Looks for inputs that crash, hang or fill the memory: `python scripts/fuzz.py MINUTES [TARGET...]`.

Runs each target of tests/fuzz_targets.py for MINUTES, in a process of its own, with inputs that atheris makes from the
seeds and from what earlier runs learned (in `.venv/fuzz-corpus`). `--list` names the targets. A finding is a file in
`.venv/fuzz-findings`; `--reproduce TARGET FILE` runs it again, with the traceback. The script makes its own
environment. Exit status 1 means that there are findings.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS, FINDINGS = ROOT / ".venv" / "fuzz-corpus", ROOT / ".venv" / "fuzz-findings"
# Inputs have at most 1 MB. The limits are for one input, for instrumented code, which is slow, and for a busy machine.
OPTIONS = ("-max_len=1000000", "-timeout=60", "-rss_limit_mb=600", "-print_final_stats=1")


def fuzz(name: str, seconds: int) -> None:
    """Run one target in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=["smtpstatus", "smtpstatus_dotnet"]):
        from fuzz_targets import SEEDS, TARGETS

        target = TARGETS[name]
        for seed in SEEDS[target]:
            (CORPUS / name / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
            target(seed)  # modules that are imported late are instrumented, too
    options = [*OPTIONS, f"-max_total_time={seconds}", f"-artifact_prefix={FINDINGS}/{name}-", str(CORPUS / name)]
    atheris.Setup([sys.argv[0], *options], target)
    atheris.Fuzz()


def main(minutes: float, names: list[str]) -> int:
    """Run the targets one after the other. Return the exit status."""
    from fuzz_targets import TARGETS

    failed: list[str] = []
    for name in names or TARGETS:
        (CORPUS / name).mkdir(parents=True, exist_ok=True)
        FINDINGS.mkdir(exist_ok=True)
        print(f"== {name}", flush=True)
        command = [sys.executable, __file__, str(minutes), name, "--in-this-process"]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print(f"== done; findings in {FINDINGS}: {', '.join(failed) or 'none'}")
    return int(bool(failed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("minutes", type=float, nargs="?", default=1, metavar="MINUTES")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--reproduce", nargs=2, metavar=("TARGET", "FILE"), help="run one input again")
    parser.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    needed = ROOT / ".venv" / "fuzz"
    if Path(sys.prefix).resolve() != needed.resolve():
        subprocess.run([ROOT / "scripts" / "environment", "fuzz"], check=True)
        os.execv(needed / "bin" / "python", [str(needed / "bin" / "python"), *sys.argv])
    sys.path.insert(0, str(ROOT / "tests"))
    if arguments.in_this_process:
        fuzz(arguments.targets[0], int(60 * arguments.minutes))
        sys.exit()
    from fuzz_targets import TARGETS

    chosen = [arguments.reproduce[0]] if arguments.reproduce else arguments.targets
    if unknown := set(chosen) - set(TARGETS):
        parser.error(f"no target {', '.join(sorted(unknown))}: expected {', '.join(TARGETS)}")
    if arguments.list:
        print(*TARGETS, sep="\n")
    elif arguments.reproduce:
        TARGETS[arguments.reproduce[0]](Path(arguments.reproduce[1]).read_bytes())
    else:
        sys.exit(main(arguments.minutes, arguments.targets))
