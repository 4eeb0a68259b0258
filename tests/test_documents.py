"""The pages: their programs run, their console blocks show what the commands print, and they make a site."""

from __future__ import annotations

import ast
import re
import shlex
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, CommandLine
from markdown_blocks import Block, blocks, pages
from page_checks import look
from process import run
from smtp_server import serve

from smtpstatus_dotnet import configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

ELSEWHERE = ("docs/at-scale.md",)
"""Pages whose programs test_at_scale runs."""
SESSIONS = ("docs/grpc.md", "docs/profiles.md")
"""Pages whose blocks are run one after another, in one folder."""
BLOCKS = [block for page in pages() if page not in (*ELSEWHERE, *SESSIONS) for block in blocks(page)]
PROGRAMS = [block for block in BLOCKS if block.language == "python"]
RUNS = [
    (command, output)
    for block in [*BLOCKS, *blocks("docs/profiles.md")]
    if block.language == "console"
    for command, output in block.commands
    if output and " mail_codes" not in command and command not in ("./scripts/check", "smtpstatus check")
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda block: f"{block.page}-{block.text.splitlines()[0]}")
def test_a_program_runs(
    program: Block, root: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    text = program.text
    if "installed_aspose" in text or "check()" in text:
        request.getfixturevalue("aspose")
    with serve({"RCPT": "550 5.1.1 User unknown"}) as server:
        if "load_runtime" in text:
            request.getfixturevalue("any_runtime")
        text = text.replace('"smtp.example.com", 25', f'"{server.host}", {server.port}')
        result = run(sys.executable, "-c", text, folder=root, environment=environment)
    assert (result.returncode, result.stderr) == (0, "")
    page = (ROOT / program.page).read_text(encoding="utf-8")
    assert result.stdout == program.output or f"prints `{result.stdout.strip()}`" in page
    assert bool(server.commands) == ("SmtpClient" in text)


@pytest.mark.parametrize(("command", "output"), RUNS, ids=[command for command, _ in RUNS])
def test_a_command_prints_what_is_shown(
    command: str, output: str, smtpstatus: CommandLine, root: Path, request: pytest.FixtureRequest
) -> None:
    smtpstatus.folder = root
    arguments = shlex.split(command)[1:]
    if command == "smtpstatus check Aspose.Email.dll --via clr":
        request.getfixturevalue("any_runtime")
        smtpstatus.folder = request.getfixturevalue("aspose").parent
        printed = smtpstatus(*arguments).stdout
        assert re.sub(r"\.NET [\w. ]+$", ".NET 10.0.12", printed, flags=re.MULTILINE) == output
    elif "System.Net.Mail.dll" in command:
        (path,) = request.getfixturevalue("sdk").glob("shared/Microsoft.NETCore.App/*/System.Net.Mail.dll")
        smtpstatus.folder = path.parent
        assert smtpstatus(*arguments).stdout == output
    elif command.startswith("./scripts/check "):
        assert smtpstatus("check", *arguments).stdout == output
    else:
        assert smtpstatus(*arguments).stdout == output


CALL = """
import smtplib
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

def refuse(_):
    raise smtplib.SMTPSenderRefused(450, b"4.7.1 Greylisted", "me@example.com")

method = grpc.unary_unary_rpc_method_handler(lambda request, context: send(request, context, refuse))
with ThreadPoolExecutor() as threads:
    server = grpc.server(threads)
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("mail.Sender", {"Send": method})])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        print(is_for_later(SimpleNamespace(Send=channel.unary_unary("/mail.Sender/Send")), b""))
    server.stop(0).wait()
"""
"""Calls the functions of docs/grpc.md in a real server."""


def save(page: str, folder: Path) -> None:
    for block in blocks(page):
        if block.file:
            (folder / block.file).write_text(block.text, encoding="utf-8")


def test_the_page_on_grpc(tmp_path: Path, smtpstatus: CommandLine, environment: dict[str, str]) -> None:
    save("docs/grpc.md", tmp_path)
    ((command, _),) = [run for block in blocks("docs/grpc.md") if block.language == "console" for run in block.commands]
    include = smtpstatus("include").stdout.strip()
    arguments = shlex.split(command.replace("$(smtpstatus include)", include))
    result = run(Path(sys.executable).parent / arguments[0], *arguments[1:], folder=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    programs = [block.text for block in blocks("docs/grpc.md") if block.language == "python"]
    programs[-1] += CALL
    for program, printed in zip(programs, ("", "", "True\n"), strict=True):
        result = run(sys.executable, "-c", program, folder=tmp_path, environment=environment)
        assert (result.returncode, result.stdout, result.stderr) == (0, printed, "")


def test_the_page_on_profiles(tmp_path: Path, smtpstatus: CommandLine) -> None:
    save("docs/profiles.md", tmp_path)
    smtpstatus.folder = tmp_path
    (profile,) = [block.text for block in blocks("docs/profiles.md") if block.language == "toml"]
    writes, checks = [
        shlex.split(command)[1:]
        for block in blocks("docs/profiles.md")
        for command, _ in block.commands
        if "mail_codes" in command
    ]
    assert smtpstatus(*writes).returncode == 1
    written = (tmp_path / "parity.toml").read_text(encoding="utf-8")
    assert re.sub('reason = ".*"', 'reason = ""', profile) == written
    assert smtpstatus(*checks).returncode == 2  # an empty reason
    (tmp_path / "parity.toml").write_text(profile, encoding="utf-8")
    assert smtpstatus(*checks).returncode == 0


def test_the_settings_in_the_page_on_ci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings,) = [block.text for block in blocks("docs/ci.md") if block.language == "toml"]
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = configuration.find()
    assert found
    assert found.targets == ("pkg:pypi/aspose-email-for-python-via-net", "lib/MailKit.dll")
    assert found.locate(found.profile) == "parity.toml"


def texts_of_the_source() -> list[str]:
    """Return every text in the Python packages, with … for what is put in."""
    texts = []
    for folder in ("python", "dotnet_compat"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
                    texts.append("".join(parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.append(node.value)
    return texts


def test_troubleshooting_has_the_messages_that_there_are() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?)\|", page.partition("## From .NET")[0], re.MULTILINE)
    texts = texts_of_the_source()
    ours = [message for row in rows if not re.search("'s(\\)| mess)", row) for message in re.findall("`(.*?)`", row)]
    assert len(ours) > 20
    for message in ours:
        pattern = re.compile(".*".join(map(re.escape, message.split("…"))))
        assert any(pattern.search(text) for text in texts), message


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made strictly: a link or an anchor that leads nowhere is an error."""
    folder = tmp_path_factory.mktemp("site")
    strictly = ("--fail-on-warning", "--keep-going", "--nitpicky", "--quiet", "-d", folder / "doctrees")
    result = run(sys.executable, "-m", "sphinx", *strictly, "-c", ROOT / "docs", ROOT, folder / "site")
    assert result.returncode == 0, result.stdout + result.stderr
    return folder / "site"


def test_the_site_has_every_page(site: Path) -> None:
    menu = (site / "index.html").read_text(encoding="utf-8")
    assert menu == (site / "README.html").read_text(encoding="utf-8")
    for page in (*pages(), "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        name = f"{page.removesuffix('.md')}.html"
        assert (site / name).is_file(), f"{page} is not in README.md's table of pages"
        assert f'href="{name}"' in menu or page == "README.md"


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("page", ["README.zh-CN.html", "docs/troubleshooting.html", "index.html"])
def test_the_site_as_people_see_it(page: str, site_url: str, browser: tuple[str, Path]) -> None:
    """Its theme is not ours, so only what is serious fails."""
    found = look(browser, f"{site_url}{page}")
    found.pop("printed")
    assert len(found) == 4
    for name, seen in found.items():
        assert not [fault for fault in seen["faults"] if fault[1] not in ("minor", "moderate")], name
        assert not [url for url in seen["requests"] if not url.startswith((site_url, "data:"))], name
        assert seen["overflow"] == 0, name


def test_the_site_asks_for_nothing_elsewhere(site: Path) -> None:
    loaded = re.compile(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//|<link[^>]+href="(?:https?:)?//')
    for page in site.rglob("*.html"):
        assert not loaded.search(page.read_text(encoding="utf-8")), page
