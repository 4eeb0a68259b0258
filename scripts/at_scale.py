#!/usr/bin/env python3
"""Times the queries of docs/at-scale.md: `python scripts/at_scale.py [--rows N] [duckdb] [polars] [spark]`.

Each engine reads a Parquet file of replies in all forms, with 2 threads, and writes one with their meaning. What it
writes is compared with the decision in Python. A loop over `parse_reply` is timed beside it. Without the name of an
engine, it is DuckDB and Polars. Spark needs Java, and gets an environment of its own, because it has 456 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = "reply, stage, code, enhanced_code, condition, retry, rpc_code"
DIFFERENT = 50_000
"""The replies that differ; the table repeats them."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help="duckdb, polars or spark")
    parser.add_argument("--rows", type=int, default=10_000_000, metavar="N", help="the rows of the table (10,000,000)")
    parser.add_argument("--folder", help=argparse.SUPPRESS)  # run one engine in this process
    options = parser.parse_args()
    engines = options.engines or ["duckdb", "polars"]
    if options.folder:
        os.chdir(options.folder)
        ENGINES[engines[0]](page_block(engines[0]))
        return 0
    environment = "spark" if "spark" in engines else "bench"
    python = ROOT / ".venv" / environment / "bin" / "python"
    if Path(sys.prefix) != python.parent.parent:
        subprocess.run([ROOT / "scripts" / "environment", environment], check=True, stdout=sys.stderr)
        os.execv(python, [str(python), *sys.argv])
    sys.path.append(str(ROOT / "tests"))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        rows = make_tables(options.rows)
        loop = loop_rate()
        print(f"  {'a loop over parse_reply, with condition and retry':<58} {loop / 1e6:8.2f} million rows a second")
        for engine in engines:
            seconds, mebibytes = run_engine(engine, Path(folder))
            check_meanings()
            rate = rows / seconds
            memory = "1 GiB of Java" if engine == "spark" else f"{mebibytes:.0f} MiB"
            figures = f"{rate / 1e6:8.2f} million rows a second, {rate / loop:.0f} times the loop, {memory}"
            print(f"  {f'{engine}: {rows:,} rows from Parquet to Parquet':<58} {figures}")
    return 0


def page_block(engine: str) -> str:
    """Return the query of an engine from docs/at-scale.md."""
    text = (ROOT / "docs" / "at-scale.md").read_text(encoding="utf-8")
    pattern = rf"^### {engine}\n\n(?:[^\n]+\n\n)?```\w+\n(.*?)^```$"
    (block,) = re.findall(pattern, text, re.MULTILINE | re.DOTALL | re.IGNORECASE)
    return str(block)


def make_tables(count: int) -> int:
    """Write the tables that the page needs, and one of so many replies. Return how many it has."""
    import duckdb
    from reply_corpus import replies

    command = [str(Path(sys.executable).parent / "smtpstatus"), "list", "--format", "csv", "--table"]
    for name in ("codes", "rules"):
        Path(f"{name}.csv").write_bytes(subprocess.check_output([*command, name]))
    lines = (json.dumps({"reply": reply.text, "stage": reply.stage}) for reply in replies(DIFFERENT))
    Path("replies.json").write_text("\n".join(lines), encoding="utf-8")
    times = max(count // DIFFERENT, 1)
    table = duckdb.read_json("replies.json").cross(duckdb.table_function("range", [times]))
    table.project("reply, stage").write_parquet("replies.parquet")
    return times * DIFFERENT


def loop_rate() -> float:
    """Return how many replies a second a loop in Python decides. They are in memory, and stay there."""
    from reply_corpus import replies

    from smtpstatus.replies import condition_of, parse_reply, should_retry
    from smtpstatus.v1 import DeliveryStatus

    texts = [reply.reply for reply in replies(DIFFERENT)]
    start = time.perf_counter()
    for text in texts:
        status = DeliveryStatus(reply=parse_reply(text))
        condition_of(status)
        should_retry(status)
    return DIFFERENT / (time.perf_counter() - start)


def run_engine(engine: str, folder: Path) -> tuple[float, float]:
    """Return the seconds that the query took, and the peak memory of its process in MiB."""
    command = [sys.executable, __file__, "--folder", str(folder), engine]
    environment = os.environ | {"POLARS_MAX_THREADS": "2", "PYSPARK_PYTHON": sys.executable}
    result = json.loads(subprocess.check_output(command, env=environment).splitlines()[-1])
    return result["seconds"], result["kibibytes"] / 1024


def check_meanings() -> None:
    """Compare what was written with the decision in Python. Exit if a row differs."""
    import duckdb
    from reply_corpus import decided, replies

    files = "meanings.parquet/*.parquet" if Path("meanings.parquet").is_dir() else "meanings.parquet"
    written = set(duckdb.read_parquet(files).project(COLUMNS).distinct().fetchall())
    expected = set(decided(replies(DIFFERENT)))
    if written != expected:
        sys.exit(f"expected what Python decides, found for example {[*(written - expected)][:3]}")


def timed(run: Callable[[], object]) -> None:
    """Print the seconds that a call takes, and the peak memory of this process."""
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "kibibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


def run_duckdb(query: str) -> None:
    import duckdb

    from smtpstatus.replies import REPLY_PATTERN

    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"SET VARIABLE reply_pattern = '{REPLY_PATTERN}'")
        timed(lambda: connection.execute(query))


def run_polars(program: str) -> None:
    import polars as pl  # noqa: F401  # the import is not part of the query

    timed(lambda: exec(program, {}))  # noqa: S102  # the page's own program


def run_spark(program: str) -> None:
    from pyspark.sql import SparkSession  # type: ignore[import-not-found]  # it is in the environment `spark` alone

    # The memory is that of the Java process, and has a limit of its own.
    settings = {"spark.master": "local[2]", "spark.driver.memory": "1g", "spark.ui.enabled": "false"}
    SparkSession.builder.config(map=settings).getOrCreate()
    timed(lambda: exec(program, {}))  # noqa: S102  # the page's own program


ENGINES: dict[str, Callable[[str], None]] = {"duckdb": run_duckdb, "polars": run_polars, "spark": run_spark}


if __name__ == "__main__":
    sys.exit(main())
