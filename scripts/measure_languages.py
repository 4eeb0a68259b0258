#!/usr/bin/env python3
"""Measures what other languages do with our enum: `.venv/test/bin/python scripts/measure_languages.py [NAME ...]`.

Generates code for each generator, builds its program in tests/languages, and asks it about codes. Writes the answers
into docs/languages.json, and the tables of docs/languages.md from them. The first run needs the network: tools go into
`.venv/downloads/languages`, which is to be removed after a change of their versions. What is not named, or whose
compiler is not on this machine, keeps its last answers.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.extend([str(ROOT / "scripts"), str(ROOT / "tests" / "languages")])

import downloads  # noqa: E402  # the path comes first
from document import replace_section  # noqa: E402
from generators import (  # noqa: E402
    CODES,
    COLUMNS,
    DEBIAN,
    GENERATORS,
    PAGE,
    TOOLS,
    VARIANTS,
    MissingToolError,
    measure,
    measure_columns,
    wire_of,
)

from smtpstatus import SmtpStatusCode  # noqa: E402
from smtpstatus.v1 import SmtpReply  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators import Answers

LISTED = [code for code in CODES if SmtpStatusCode(code).is_known]
RESULTS = ROOT / "docs" / "languages.json"
NAMES = [*GENERATORS, *VARIANTS, *COLUMNS]
DEBIAN_PACKAGES = (
    "protobuf-compiler", "libprotoc32", "libprotobuf32", "libprotobuf-dev", "zlib1g-dev",
    "libprotobuf-java", "libgoogle-gson-java", "libguava-java",
    "golang-1.19-go", "golang-1.19-src", "golang-google-protobuf-dev", "protoc-gen-go",
    "libnanopb-dev", "librust-prost-build-dev", "librust-prost-types-dev",
)  # fmt: skip
PYPI_PACKAGES = {
    "betterproto": ("betterproto[compiler]==2.0.0b7",),
    "betterproto2": ("betterproto2==0.10.0", "betterproto2_compiler==0.10.1"),
    "nanopb": ("nanopb==0.4.9.1",),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="*", help="a name in docs/languages.json; default: all")
    names = parser.parse_args().names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"{', '.join(unknown)}: expected of {', '.join(NAMES)}")
    install()
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in names:
        try:
            results[name] = measure_columns(name) if name in COLUMNS else measure(name)
        except MissingToolError as error:
            print(f"{name}: kept as it was, because {error}", file=sys.stderr)
    results = {name: results[name] for name in NAMES if name in results}
    for name, result in results.items():
        if "error" in result:
            print(f"{name} does not compile: {result['error']}", file=sys.stderr)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    return 0


def install() -> None:
    """Fetch what is missing. Debian's packages are unpacked and not installed."""
    downloads.main()
    TOOLS.mkdir(exist_ok=True)
    for name, packages in PYPI_PACKAGES.items():
        if not (TOOLS / name).exists():
            base = getattr(sys, "_base_executable", sys.executable)  # this environment may have no pip
            pip = [base, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "--target", str(TOOLS / f"{name}.part"), *packages], check=True)
            (TOOLS / f"{name}.part").rename(TOOLS / name)
    apt_get, dpkg_deb = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not DEBIAN.parent.exists() and apt_get and dpkg_deb:
        partial = TOOLS / "debian.part"
        with tempfile.TemporaryDirectory() as folder:
            simulated = [apt_get, "install", "--simulate", "--no-install-recommends", *DEBIAN_PACKAGES]
            output = subprocess.run(simulated, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
            crates = re.findall("^Inst (librust-.*?) ", output, re.MULTILINE)
            subprocess.run([apt_get, "download", "--quiet", *DEBIAN_PACKAGES, *crates], cwd=folder, check=True)
            for package in Path(folder).glob("*.deb"):
                subprocess.run([dpkg_deb, "--extract", str(package), str(partial)], check=True)
        partial.rename(DEBIAN.parent)


def with_tables(page: str, results: dict[str, Any]) -> str:
    """Return the page with the tables of these results."""
    tables = {
        "measured": table([results[name] for name in GENERATORS], ("names of -1 and 521", "our options")),
        "variants": table([results[name] for name in VARIANTS], ()),
        "columns": columns([results[name] for name in COLUMNS]),
    }
    for section, lines in tables.items():
        page = replace_section(PAGE.name, page, section, "\n".join(lines))
    return page


def table(results: list[dict[str, Any]], facts: tuple[str, ...]) -> Iterator[str]:
    titles = ("", "measured", "-1 in bytes", "521 in bytes", "220 in JSON", "-1 in JSON", "521 in JSON", *facts)
    yield f"| {' | '.join(titles)} |"
    yield "|---" * len(titles) + "|"
    for result in results:
        start = f"| {result['language']} | {result['name']} {result['version']} |"
        if "answers" not in result:
            yield f"{start} does not compile |" + " |" * (len(titles) - 3)
            continue
        answers = result["answers"]
        cells = [in_bytes(answers, -1), in_bytes(answers, 521), *(in_json(answers, code) for code in (220, -1, 521))]
        other = in_bytes(answers, 299), in_json(answers, 299)
        if other != (cells[1].replace("521", "299"), cells[4].replace("521", "299")):
            raise SystemExit(f"{result['name']}: the table cannot say that 299 is treated otherwise than 521: {other}")
        cells += [names(answers), options(answers)][: len(facts)]
        yield f"{start} {' | '.join(cells)} |"


def columns(results: list[dict[str, Any]]) -> Iterator[str]:
    yield "| measured | column | -1 is read as | 521 is read as | `code == -1` in a query |"
    yield "|---|---|---|---|---|"
    for result in results:
        for name, answers in result["answers"].items():
            cells = [f"`{answers[code]}`".replace("`error: ", "refused: `") for code in ("-1", "521")]
            yield f"| {result['name']} {result['version']} | {name} | {' | '.join(cells)} | {answers['== -1']} |"


def in_bytes(answers: Answers, code: int) -> str:
    answer = answers[str(code)]
    if answer["wire"] != wire_of(code):
        return read_as(answer["wire"])
    is_right = answer["number"] in (str(code), SmtpStatusCode(code).proto_name)
    return "kept" if is_right else f"kept, but read as `{answer['number']}`"


def in_json(answers: Answers, code: int) -> str:
    """Return what becomes of a code when it is written as ProtoJSON, and when its number or its name is read."""
    answer, name = answers[str(code)], SmtpStatusCode(code).proto_name
    if answer["to_json"] == "-":
        return "no JSON"
    faults: list[str] = []
    if answer["to_json"].startswith("error: "):
        faults.append("not written: an error")
    else:
        written = json.loads(answer["to_json"])["code"]
        if written not in (code, name):
            faults.append(f"written as `{written}`")
        elif written == code and SmtpStatusCode(code).is_known:
            faults.append("written as a number")
    for question, what in (("from_json of the number", "the number"), ("from_json of the name", "the name")):
        if answer.get(question, wire_of(code)) != wire_of(code):
            faults.append(f"{what} is {read_as(answer[question])}")
    return "; ".join(faults) or "kept"


def read_as(wire: str) -> str:
    """Return what bytes, which are not those expected, mean."""
    if wire.startswith("error: "):
        return "refused"
    code = SmtpReply.FromString(bytes.fromhex(wire)).code
    return f"read as `{code}`"


def names(answers: Answers) -> str:
    """Return how the language names -1 and 521."""
    found = [answers[code]["name"] for code in ("-1", "521")]
    if found == ["-", "-"]:
        return "no names"
    return ", ".join("an error" if name.startswith("error: ") else f"`{name}`" if name else "none" for name in found)


def options(answers: Answers) -> str:
    """Return what the language can read of our options."""
    found = [(answers[str(code)]["summary"], answers[str(code)]["sources"]) for code in LISTED]
    codes = [SmtpStatusCode(code) for code in LISTED]
    if found == [(code.summary, ", ".join(code.sources)) for code in codes]:
        return "read"
    if [summary for summary, _ in found] == [code.summary for code in codes]:
        return "flattened: of a list, the last entry"
    return "not there"


if __name__ == "__main__":
    sys.exit(main())
