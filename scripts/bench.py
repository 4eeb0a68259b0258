#!/usr/bin/env python3
"""Measure what the design promises, side by side in one run: `python scripts/bench.py [--rounds N]`.

Comparisons are ratios with their spread. Each round times both sides one after the other, so that a slow
moment of the machine slows both. The script makes its own environment `bench`, which has the vendor's wheel
in it. Rows that need a .NET SDK are left out, with a note, if there is no SDK.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import mmap
import os
import resource
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
FULL_NAME = "Aspose.Email.Clients.Smtp.SmtpStatusCode"
# As in a user's shell: no variable changes where Python finds modules, or stops it from caching bytecode.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

READ_ONE = f"import sys; from smtpstatus_dotnet.metadata import read_enum; read_enum(sys.argv[1], {FULL_NAME!r})"
READ_ALL = """\
import os, sys
from smtpstatus_dotnet.metadata import MetadataError, iter_enums
enums = members = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith((".dll", ".exe")):
            try:
                for enum in iter_enums(os.path.join(folder, name)):
                    enums += 1
                    members += len(enum.members)
            except MetadataError:
                pass
print(enums, members)
"""
DNFILE = f"""\
import sys, dnfile
image = dnfile.dnPE(sys.argv[1], clr_lazy_load=True)
row, = (row for row in image.net.mdtables.TypeDef
        if f"{{row.TypeNamespace}}.{{row.TypeName}}" == {FULL_NAME!r})
names = [field.row.Name for field in row.FieldList]
assert len(names) == 33
"""

CONVERT = """\
import sys, timeit
from smtpstatus import SmtpStatusCode as Ours
from smtpstatus_dotnet.clr import from_dotnet, load_runtime, to_dotnet
load_runtime()
import System
Theirs = System.DayOfWeek
unlisted = Theirs(571, True)
def ratio(ours, theirs):
    times = [min(timeit.repeat(call, number=20_000, repeat=5)) for call in (ours, theirs)]
    return times[0] / times[1]
print(ratio(lambda: from_dotnet(unlisted), lambda: Ours(unlisted.value__)), ratio(lambda: to_dotnet(550, Theirs),
    lambda: Theirs(550, True)))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what the design promises, side by side.")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="rounds of each comparison (15)")
    rounds = parser.parse_args().rounds
    enter_bench_environment()

    from smtpstatus_dotnet.metadata import read_enum
    from smtpstatus_dotnet.targets.assemblies import installed_aspose

    aspose = installed_aspose()
    print(
        f"CPython {sys.version.split()[0]}, {os.cpu_count()} cores, {rounds} rounds; ratio: median (lowest to highest)"
    )

    print("\nreader, in process, warm")
    ours = time_of(lambda: read_enum(aspose, FULL_NAME), 20 * rounds)
    print(f"  {'one enum out of 9 MB':<58} {1e3 * ours:8.2f} ms")

    print("\nwhole processes")
    python = [sys.executable]
    bare = [*python, "-c", "pass"]
    tool = [str(Path(sys.executable).parent / "smtpstatus"), "check", aspose]
    compare("smtpstatus check Aspose.Email.dll / python -c pass", tool, bare, rounds)
    memory("  peak memory: one enum", [*python, "-c", READ_ONE, aspose])
    compare("one enum: dnfile / ours", [*python, "-c", DNFILE, aspose], [*python, "-c", READ_ONE, aspose], 1)
    memory("  peak memory: dnfile", [*python, "-c", DNFILE, aspose])
    dotnet = shutil.which("dotnet")
    if dotnet:
        folder = Path(dotnet).resolve().parent
        with tempfile.TemporaryDirectory() as output:
            counter = [*build_enum_dump(Path(output)), "--count", str(folder)]
            reader = [*python, "-c", READ_ALL, str(folder)]
            totals = [subprocess.check_output(command, env=ENVIRONMENT) for command in (counter, reader)]
            if totals[0] != totals[1]:
                sys.exit(f"the enums and members counted differ: {totals[0]!r} in C#, {totals[1]!r} in Python")
            enums, members = totals[1].split()
            label = f"{enums.decode()} enums, {members.decode()} members of the SDK: ours / C#"
            compare(label, reader, counter, rounds)
            memory("  peak memory: ours", reader)
            memory("  peak memory: System.Reflection.Metadata", counter)
    else:
        print("  left out: every enum of the .NET SDK against C#, because there is no `dotnet` on PATH")

    with_runtime(python, tool, rounds)

    print("\nthe enum")
    imports = ([*python, "-c", "import smtpstatus"], [*python, "-c", "import http"])
    compare("import smtpstatus / import http, over bare Python", *imports, 3 * rounds, baseline=bare)
    call = "import timeit; print(min(timeit.repeat('{0}', 'from {1} import {2}', number=200_000, repeat=5)))"
    calls = [("SmtpStatusCode(550)", "smtpstatus", "SmtpStatusCode"), ("HTTPStatus(404)", "http", "HTTPStatus")]
    ratios = [
        float(subprocess.check_output([*python, "-c", call.format(*calls[0])], env=ENVIRONMENT))
        / float(subprocess.check_output([*python, "-c", call.format(*calls[1])], env=ENVIRONMENT))
        for _ in range(rounds)
    ]
    show("SmtpStatusCode(550) / HTTPStatus(404)", ratios)

    print("\nmessages")
    messages(rounds)

    print("\nreplies in a table: docs/at-scale.md")
    sys.stdout.flush()
    subprocess.run([*python, str(ROOT / "scripts" / "at_scale.py")], env=ENVIRONMENT, check=True)

    print("\ndamaged assemblies")
    damaged(aspose)
    return 0


def with_runtime(python: list[str], tool: list[str], rounds: int) -> None:
    print("\nwith a .NET runtime")
    compare("smtpstatus check Aspose.Email.dll: --via clr / without", [*tool, "--via", "clr"], tool, rounds)
    converted = [subprocess.check_output([*python, "-c", CONVERT], env=ENVIRONMENT).split() for _ in range(rounds)]
    show("from_dotnet(value) / SmtpStatusCode(value.value__)", [float(ratio) for ratio, _ in converted])
    show("to_dotnet(550, Enum) / Enum(550, True)", [float(ratio) for _, ratio in converted])


def enter_bench_environment() -> None:
    python = ROOT / ".venv" / "bench" / "bin" / "python"
    if Path(sys.prefix) != python.parent.parent:
        subprocess.run([ROOT / "scripts" / "environment", "bench"], check=True, stdout=sys.stderr)
        os.execve(python, [str(python), *sys.argv], ENVIRONMENT)
    sys.path.append(str(ROOT / "tests"))


def time_of(function: Callable[[], object], rounds: int) -> float:
    """Return the median time of a call in seconds."""
    times: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def run_time(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def compare(
    label: str, measured: list[str], reference: list[str], rounds: int, *, baseline: list[str] | None = None
) -> None:
    """Print how many times longer a command takes than a reference, both without the time of `baseline`."""
    commands = [measured, reference, *([baseline] if baseline else [])]
    for command in commands:  # writes the bytecode of the imports, and fills the file cache
        run_time(command)
    samples = [[run_time(command) for command in commands] for _ in range(rounds)]
    if baseline:
        # A difference of two short times is noisy, so each sample is the median of nine rounds.
        samples = [[statistics.median(column) for column in zip(*chunk, strict=True)] for chunk in chunks(samples, 9)]
    ratios = [(ours - sum(base)) / (theirs - sum(base)) for ours, theirs, *base in samples]
    show(label, ratios, f"{1e3 * statistics.median(sample[0] for sample in samples):8.1f} ms")


def chunks(samples: list[list[float]], size: int) -> list[list[list[float]]]:
    return [samples[start : start + size] for start in range(0, len(samples), size)]


def show(label: str, ratios: list[float], note: str = "") -> None:
    print(f"  {label:<58} {statistics.median(ratios):8.2f} ({min(ratios):.2f} to {max(ratios):.2f}) {note}")


def memory(label: str, command: list[str]) -> None:
    """Print the peak resident memory of a command."""
    measure = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    measure += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    kibibytes = int(subprocess.check_output([sys.executable, "-c", measure, *command], env=ENVIRONMENT))
    print(f"  {label:<58} {kibibytes / 1024:8.1f} MiB")


def build_enum_dump(output: Path) -> list[str]:
    """Build the C# program that reads the same enums with System.Reflection.Metadata."""
    source = shutil.copytree(ROOT / "tests" / "oracle" / "EnumDump", output / "source")
    command = ["dotnet", "build", "--configuration", "Release", "--output", str(output / "out"), str(source)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [str(output / "out" / "EnumDump")]


def messages(rounds: int) -> None:
    """Print the time for a reply next to smtplib's, and for an error next to an empty message's."""
    from google.protobuf.empty_pb2 import Empty

    from smtpstatus import SmtpStage
    from smtpstatus.meaning import verdict_of
    from smtpstatus.replies import parse_reply
    from smtpstatus.rpc import from_status, to_status
    from smtpstatus.v1 import DeliveryStatus

    replies = (
        b"250 2.1.0 OK\r\n",
        b"550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown\r\n",
        b"550-5.1.1 The email account that you tried to reach does not exist.\r\n"
        b"550-5.1.1 Please check it for typing errors\r\n550 5.1.1 and try again. - gsmtp\r\n",
    )
    client = smtplib.SMTP()

    def read_with_smtplib() -> None:
        for reply in replies:
            client.file = io.BytesIO(reply)
            client.getreply()

    def read_with_ours() -> None:
        for reply in replies:
            parse_reply(reply)

    status = DeliveryStatus(final_recipient="nobody@example.com", stage=SmtpStage.RCPT, reply=parse_reply(replies[1]))
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "parse_reply / smtplib's getreply, three replies": (read_with_ours, read_with_smtplib),
        "to_status and from_status / an empty message and back": (
            lambda: from_status(to_status(status)),
            lambda: Empty.FromString(Empty().SerializeToString()),
        ),
    }
    for label, pair in pairs.items():
        samples = [[min(timeit.repeat(call, number=2000, repeat=3)) / 2000 for call in pair] for _ in range(rounds)]
        times = f"{1e6 * statistics.median(ours for ours, _ in samples):8.1f} \N{MICRO SIGN}s"
        show(label, [ours / other for ours, other in samples], times)
    verdicts = [min(timeit.repeat(lambda: verdict_of(status), number=20_000, repeat=3)) / 20_000 for _ in range(rounds)]
    print(
        f"  {'condition, retry and gRPC code of a status':<58} {1e6 * statistics.median(verdicts):8.2f} \N{MICRO SIGN}s"
    )


def damaged(aspose: str) -> None:
    """Print the longest time and the memory that damaged files take: 20,000 byte flips, and every truncation."""
    from damage import flips

    from smtpstatus_dotnet.metadata import EnumNotFoundError, MetadataError, iter_enums, read_enum

    longest = 0.0

    def attempt(read: Callable[[], object]) -> None:
        nonlocal longest
        start = time.perf_counter()
        with contextlib.suppress(MetadataError, EnumNotFoundError):
            read()
        longest = max(longest, time.perf_counter() - start)

    small = (ROOT / "tests" / "assemblies" / "agrees.dll").read_bytes()
    for length in range(len(small)):
        attempt(lambda: list(iter_enums(small[:length])))  # noqa: B023 - it is called at once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(aspose, folder))
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as image:
            data = Path(aspose).read_bytes()
            for number, (offset, mask) in enumerate(flips(data, 20_000)):
                image[offset] ^= mask
                attempt(lambda: read_enum(path, FULL_NAME))
                if number % 20 == 0:
                    attempt(lambda: list(iter_enums(path)))
                image[offset] = data[offset]
    # The assembly itself is in memory twice here: once as `data`, once as `image`.
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  {'longest of 21,000 readings, and of every truncation':<58} {1e3 * longest:8.1f} ms")
    print(f"  {'peak memory, with two copies of the assembly':<58} {after / 1024:8.1f} MiB, {before / 1024:.1f} before")


if __name__ == "__main__":
    sys.exit(main())
