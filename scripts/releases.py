"""Makes docs/releases.md and docs/releases.json by the command, with what that took: python scripts/releases.py.

It needs the network. The proxy of the tests counts the bytes, and the cache of the command is an empty folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = [str(ROOT / folder) for folder in ("python", "dotnet_compat", "tests")]

WORDS = {"agrees": "agree", "differs": "differ", "error": "could not be read", "skipped": "are yanked"}
TARGET = "pkg:pypi/aspose-email-for-python-via-net@*"
PAGE = """\
# Every release of Aspose.Email for Python

<!-- made by `python scripts/releases.py` -->

What `smtpstatus check '{target}'` says of each release on the package index. A row is a
release: the day on which it was published, the assembly in its wheel, the framework that this was built for, and how
its `SmtpStatusCode` differs from the shared enum. [releases.json](releases.json) is the same with all members.

Made on {day}: {count} releases ({outcomes}), {megabytes:.0f} MB in {seconds:.0f} seconds. A release that is yanked,
has no wheel or cannot be read is in the table, and does not count as one that agrees. The command prints the table
with `--format markdown`.

{table}"""


def main() -> int:
    """Run the command twice: what it fetches for the first report is in the cache for the second one."""
    sys.path[:0] = FOLDERS
    from index_server import CountingProxy

    proxy = CountingProxy()
    proxy.start()
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"XDG_CACHE_HOME": cache, "HTTPS_PROXY": proxy.url, "HTTP_PROXY": proxy.url}
        environment["PYTHONPATH"] = os.pathsep.join(FOLDERS)
        start = time.monotonic()
        result = _check(environment, "json")
        seconds, megabytes = time.monotonic() - start, proxy.count / 1e6
        report: dict[str, Any] = json.loads(result)
        table = _check(environment, "markdown")
    if not all(each["origin"]["release"] for each in report["results"]):
        raise SystemExit(f"the releases cannot be listed:\n{result}")
    outcomes = [str(each["outcome"]) for each in report["results"]]
    page = PAGE.format(
        target=TARGET,
        day=time.strftime("%Y-%m-%d"),
        count=len(outcomes),
        outcomes=", ".join(f"{outcomes.count(outcome)} {WORDS[outcome]}" for outcome in dict.fromkeys(outcomes)),
        megabytes=megabytes,
        seconds=seconds,
        table=table,
    )
    (ROOT / "docs" / "releases.json").write_text(result, encoding="utf-8")
    (ROOT / "docs" / "releases.md").write_text(page, encoding="utf-8")
    print(f"{len(outcomes)} releases, {megabytes:.1f} MB, {seconds:.1f} seconds")
    return 0


def _check(environment: dict[str, str], report_format: str) -> str:
    command = [sys.executable, "-m", "smtpstatus_dotnet", "check", TARGET, "--format", report_format]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    if not result.stdout:
        raise SystemExit(result.stderr)
    return result.stdout


if __name__ == "__main__":
    sys.exit(main())
