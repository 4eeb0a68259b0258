"""Measures which replies the SMTP clients of .NET report, and writes the figures into docs/dotnet-clients.md.

    python scripts/client_matrix.py [--minutes 9]

Each available client sends to a server on the loopback interface. The server answers with every code of the enum
and with eight codes that no enum lists, at every stage. Results are kept in .client_matrix.jsonl, and a second call
continues from there; remove the file to start anew. Needs the test environment, a .NET runtime, and for MailKit the
packages beside the SDK. Exits with 1 if a client named a wrong code, with 3 if time ran out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "interop")]

import dotnet_clients  # noqa: E402  # the path comes first
from smtp_server import serve  # noqa: E402

from smtpstatus import SmtpStatusCode  # noqa: E402
from smtpstatus_dotnet.clr import delivery_statuses, load_runtime  # noqa: E402
from smtpstatus_dotnet.targets.assemblies import installed_aspose  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dotnet_clients import Send
    from smtp_server import Server

    Cells = dict[tuple[str, str, int], Counter[str]]

PAGE = ROOT / "docs" / "dotnet-clients.md"
RESULTS = ROOT / ".client_matrix.jsonl"
UNLISTED = (253, 455, 521, 523, 541, 555, 556, 571)
CODES = sorted([code.value for code in SmtpStatusCode if code > 0] + [*UNLISTED])
# The stages, each with the codes that belong to it.
STAGES = {
    "greeting": {220},
    "EHLO": {250},
    "EHLO HELO": {250},
    "AUTH": {235, 334},
    "AUTH final": {235},
    "MAIL": {250},
    "RCPT": {250, 251},
    "DATA": {354},
    "content": {250},
}
SENDS = {"Aspose.Email": 20}  # it does not always treat the same reply alike
OUTCOMES = ("found", "missed", "swallowed")
RECIPIENT = "recipient@example.com"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=9, help="stop after this many minutes (9)")
    options = parser.parse_args()
    deadline = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        runtime = load_runtime()
        clients = dict(available_clients(Path(folder)))
        versions = ", ".join([runtime, *clients])
        cells = known_cells(versions)
        with RESULTS.open("a", encoding="utf-8") as results, serve() as server:
            for client, send in clients.items():
                for stage in STAGES:
                    for code in CODES:
                        if (client, stage, code) in cells:
                            continue
                        if time.monotonic() > deadline:
                            print(f"time ran out after {len(cells)} cells: call again to continue", file=sys.stderr)
                            return 3
                        outcomes = measure(client, send, server, stage, code)
                        cells[client, stage, code] = outcomes
                        line = {"versions": versions, "cell": [client, stage, code], "found": outcomes}
                        results.write(json.dumps(line) + "\n")
                        results.flush()
    write_page(runtime, list(clients), cells)
    wrong = {cell: outcomes for cell, outcomes in cells.items() if outcomes["wrong"]}
    print(*(f"wrong: {cell} {dict(outcomes)}" for cell, outcomes in wrong.items()), sep="\n", file=sys.stderr)
    return 1 if wrong else 0


def available_clients(folder: Path) -> Iterator[tuple[str, Send]]:
    yield dotnet_clients.load_aspose(Path(installed_aspose()))
    yield dotnet_clients.load_system_net_mail()
    dotnet = shutil.which("dotnet")
    feed = Path(dotnet).resolve().parent / "nuget" if dotnet else folder
    if list(feed.glob("mailkit.*.nupkg")):
        yield dotnet_clients.load_mailkit(feed, folder)


def known_cells(versions: str) -> Cells:
    """Return the cells that were measured before; exit if that was with other versions."""
    cells: Cells = {}
    for text in RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else ():
        line = json.loads(text)
        if line["versions"] != versions:
            raise SystemExit(f"{RESULTS} was measured with {line['versions']}, not {versions}: remove it to start anew")
        client, stage, code = line["cell"]
        cells[client, stage, code] = Counter(line["found"])
    return cells


def measure(client: str, send: Send, server: Server, stage: str, code: int) -> Counter[str]:
    text = f"{code} {code // 100}.1.1 marker"
    server.script = dict.fromkeys(stage.split(), text) if stage == "EHLO HELO" else {stage: text}
    outcomes: Counter[str] = Counter()
    for _ in range(SENDS.get(client.split(maxsplit=1)[0], 5)):
        failure = send(server, [RECIPIENT], stage.startswith("AUTH"))
        if failure is None:
            outcomes["swallowed"] += 1
            continue
        (status,) = delivery_statuses(failure, recipients=[RECIPIENT])
        # After 334, MailKit goes on, as it should, and reports the next reply.
        is_next_reply = list(status.reply.lines) == ["5.5.1 Not implemented"]
        outcomes["missed" if is_next_reply else {code: "found", -1: "missed"}.get(status.reply.code, "wrong")] += 1
        outcomes["with text"] += list(status.reply.lines) == [text.partition(" ")[2]]
    return outcomes


def write_page(runtime: str, clients: list[str], cells: Cells) -> None:
    """Put the tables between the page's two marks."""
    sends = sum(outcomes[outcome] for outcomes in cells.values() for outcome in OUTCOMES)
    lines = [
        f"{runtime}; {', '.join(clients)}; {len(CODES)} codes at each stage, each {SENDS['Aspose.Email']} times by "
        f"Aspose.Email and 5 times by the others: {sends} sends.",
    ]
    kinds = {"4yz and 5yz": range(400, 600), "2yz and 3yz that do not belong to the stage": range(200, 400)}
    for kind, codes in kinds.items():
        lines += ["", f"{kind}, in percent: found / missed / swallowed", "", f"| stage | {' | '.join(clients)} |"]
        lines.append("|---" * (1 + len(clients)) + "|")
        for stage, expected in STAGES.items():
            columns: list[str] = []
            for client in clients:
                total: Counter[str] = Counter()
                for code in set(codes) & set(CODES) - expected:
                    total += cells[client, stage, code]
                count = sum(total[outcome] for outcome in OUTCOMES)
                columns.append(" / ".join(percent(total[outcome], count) for outcome in OUTCOMES))
            lines.append(f"| {stage} | {' | '.join(columns)} |")
    for client in clients:
        total = sum((cells[client, stage, code] for stage in STAGES for code in CODES), Counter[str]())
        lines += [
            "",
            f"{client}: {total['with text']} of the {total['found']} codes found had the server's text with them.",
        ]
    begin, end = "<!-- measured -->\n", "<!-- end -->\n"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    partial = PAGE.with_suffix(f".{os.getpid()}.partial")
    partial.write_text("\n".join([before + begin, *lines, "", end + after]), encoding="utf-8")
    partial.replace(PAGE)


def percent(part: int, whole: int) -> str:
    """Return a rounded percentage, but 0 only for nothing and 100 only for all."""
    share = 100 * part / whole
    return "<1" if 0 < share < 0.5 else ">99" if 99.5 < share < 100 else f"{share:.0f}"


if __name__ == "__main__":
    sys.exit(main())
