"""The package indexes in the settings of pip and uv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import cast

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import error_of
from index_server import serve

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes import settings
from smtpstatus_dotnet.package_indexes.settings import public_index, user_settings
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


def urls() -> list[str]:
    return [index.url for index in user_settings().indexes]


def test_the_public_index_is_that_of_pip() -> None:
    """Pip's own help says which it asks by default. Nothing of pip is loaded into this process."""
    command = [sys.executable, "-m", "pip", "--isolated", "install", "--help"]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"COLUMNS": "80"}, check=False)
    if result.returncode:
        pytest.skip("pip is not installed")
    assert f"(default {public_index().rstrip('/')})" in " ".join(result.stdout.split())
    code = (
        "import logging, sys; from smtpstatus_dotnet.package_indexes.settings import public_index; public_index();"
        "print('pip' in sys.modules, logging.getLoggerClass() is logging.Logger)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == (
        "False True\n"
    )


@pytest.mark.parametrize("origin", ["absent", "", "/nonexistent/__init__.py", "odd/__init__.py"])
def test_a_pip_that_does_not_say_its_index(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No code of the current folder runs, where a package `pip` would have the constant."""
    for folder in ("", "odd"):
        path = Path(folder, "_internal", "models", "index.py")
        path.parent.mkdir(parents=True)
        path.write_text("class PyPI:\n    simple_url = 'http://evil.example/'\n" if not folder else "1 / 0")
    spec = None if origin == "absent" else ModuleSpec("pip", None, origin=origin or None)
    monkeypatch.setattr(settings, "find_spec", lambda _name: spec)
    assert "set PIP_INDEX_URL or UV_DEFAULT_INDEX" in error_of("pkg:pypi/demo")


def test_the_public_index_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert urls() == [public_index()]
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a.example/simple https://b.example/simple/")
    assert urls() == ["https://a.example/simple/", "https://b.example/simple/", public_index()]
    monkeypatch.setenv("UV_DEFAULT_INDEX", "corp=https://c.example/simple")
    assert urls() == ["https://a.example/simple/", "https://b.example/simple/", "https://c.example/simple/"]


@pytest.mark.parametrize("name", ["PIP_NO_INDEX", "UV_NO_INDEX"])
def test_no_index(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    assert "told to ask no index" in error_of("pkg:pypi/demo")
    monkeypatch.setenv("UV_INDEX" if name.startswith("PIP") else "PIP_INDEX_URL", "https://a.example/")
    assert urls() == ["https://a.example/"]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_files_of_pip(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_CONFIG_FILE")
    write(home / ".pip/pip.conf", "[global]\nindex-url = https://a.example/\nextra_index_url = https://b.example/\n")
    assert urls()[:2] == ["https://a.example/", "https://b.example/"]
    write(home / ".config/pip/pip.conf", "[install]\nextra-index-url =\n  https://c.example/\n  file:///d\n")
    assert urls() == ["https://a.example/", "https://c.example/", "file:///d/"]
    write(home / "own.conf", "[global]\nindex-url = https://e.example/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home / "own.conf"))  # replaces the user's file
    assert urls()[0] == "https://e.example/"
    assert "https://c.example/" not in urls()
    write(home / "own.conf", "index-url")
    assert "own.conf cannot be read for pip's indexes: MissingSectionHeaderError" in error_of("pkg:pypi/demo")


def test_files_of_uv(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path / "etc/uv/uv.toml", 'index-url = "https://m.example"\nextra-index-url = ["https://machine.example/"]'
    )
    write(
        home / ".config/uv/uv.toml",
        '[[index]]\nname = "my-corp"\nurl = "https://user.example/"\ndefault = true\n'
        '[[index]]\nname = "pinned"\nurl = "https://pinned.example/"\nexplicit = true\n',
    )
    project = '[tool.uv]\nextra-index-url = ["https://project.example/"]\n[[tool.uv.index]]\nurl = "wheels"\n'
    write(tmp_path / "project/pyproject.toml", project)
    wheels = (tmp_path / "project/wheels").as_uri() + "/"
    expected = ["https://user.example/", wheels, "https://project.example/", "https://machine.example/"]
    assert urls() == expected
    (tmp_path / "project/below").mkdir()
    monkeypatch.chdir(tmp_path / "project/below")
    assert urls() == expected
    monkeypatch.setenv("UV_INDEX_MY_CORP_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_MY_CORP_PASSWORD", "p@ss")
    assert user_settings().indexes[0].auth == ("me", "p@ss")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    assert urls() == [public_index()]
    write(home / "own.toml", 'index-url = "https://own.example/"')
    monkeypatch.setenv("UV_CONFIG_FILE", str(home / "own.toml"))
    assert urls() == ["https://own.example/"]
    for text in ("[", "index = 3", "index = [3]", "[[index]]\nurl = 3", "[[index]]", "extra-index-url = 3"):
        write(home / "own.toml", text)
        assert "uv" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("url", ["http://user:secret@[/", "http://user:secret@host:port/", "ftp://me:secret@host/"])
def test_an_index_that_is_not_a_url(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", url)
    message = error_of("pkg:pypi/demo")
    assert message.startswith("an index in the settings of pip or uv is ")
    assert "secret" not in message


SETTINGS = {
    "variables": {"PIP_INDEX_URL": "{0}/a", "PIP_EXTRA_INDEX_URL": "{0}/b {0}/c", "PIP_FIND_LINKS": ""},
    "user": {".config/pip/pip.conf": "[global]\nindex-url={0}/a\n[install]\nextra-index-url=\n  {0}/b\n  {0}/c\n"},
    "legacy": {".pip/pip.conf": "[global]\nindex-url={0}/a\n", ".config/pip/pip.conf": "[global]\nindex-url={0}/b\n"},
    "both": {"PIP_INDEX_URL": "{0}/v", ".config/pip/pip.conf": "[install]\nindex-url={0}/b\nextra_index_url={0}/x"},
    "uv variables": {"UV_INDEX": "n={0}/b {0}/c", "UV_DEFAULT_INDEX": "{0}/a"},
    "old uv variables": {"UV_INDEX_URL": "{0}/a", "UV_EXTRA_INDEX_URL": "{0}/b {0}/c"},
    "uv user": {".config/uv/uv.toml": '[[index]]\nurl="{0}/a"\ndefault=true\n[[index]]\nurl="{0}/b"'},
    "uv project": {
        "../project/uv.toml": '[[index]]\nurl="{0}/p"\ndefault=true',
        ".config/uv/uv.toml": '[[index]]\nurl="{0}/u"\ndefault=true\n[[index]]\nurl="{0}/x"',
    },
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_pip_and_uv_ask_the_same_indexes(settings: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools themselves show which indexes their settings mean."""
    is_uv = any("uv" in name.lower() for name in settings)
    uv = shutil.which("uv", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
    if is_uv:
        if not uv:
            pytest.skip("uv is not installed")
        command = [uv, "pip", "install", "--dry-run", "--python", sys.executable, "no-such-project"]
    else:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "no-such-project"]
        if subprocess.run([*command[:3], "--version"], capture_output=True, check=False).returncode:
            pytest.skip("pip is not installed")
        monkeypatch.delenv("PIP_CONFIG_FILE")
        monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    with serve() as index:
        base = index.url.removesuffix("/simple")
        for name, text in settings.items():
            if "/" in name:
                write(home / name, text.format(base))
            else:
                monkeypatch.setenv(name, text.format(base))
        ours = {url.removeprefix(base) for url in urls() if url.startswith(base)}
        tool = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        theirs = {path.removesuffix("no-such-project/") for path in index.asked}
        assert theirs == ours, tool.stdout + tool.stderr


FAULTS: dict[str, str | bytes] = {
    "fifo": "",
    "folder": "",
    "huge": b"#" * (limits.SETTINGS_BYTES + 1),
    "not UTF-8": b"\xff",
    "NUL": b"# \0\n",
    "deep": b"x = " + b"[" * 100_000,
    "digits": b"x = " + b"9" * 5000,
    "long key": b".".join([b"a"] * 100_000) + b" = 1",
    "long quoted key": b" . ".join([b'"a"'] * 50_000) + b" = 1",
    "syntax": b"[",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", [".config/pip/pip.conf", ".config/uv/uv.toml", "../project/pyproject.toml"])
def test_a_file_of_settings_that_cannot_be_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    monkeypatch.delenv("PIP_CONFIG_FILE")
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if fault == "fifo":
        os.mkfifo(path)
    elif fault == "folder":
        path.mkdir()
    else:
        path.write_bytes(cast("bytes", FAULTS[fault]))
    message = error_of("pkg:pypi/demo")
    assert message.startswith(f"{path.resolve()} cannot be read for ")


def test_the_size_of_a_file_of_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'index-url = "https://a.example/"\n'
    write(home / ".config/uv/uv.toml", text)
    monkeypatch.setattr(limits, "SETTINGS_BYTES", len(text))
    assert urls() == ["https://a.example/"]
    monkeypatch.setattr(limits, "SETTINGS_BYTES", len(text) - 1)
    assert f"expected at most {len(text) - 1} bytes" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize("count", [2, 3])
def test_the_number_of_indexes(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(limits, "INDEX_COUNT", 2)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://a.example/")
    monkeypatch.setenv("UV_INDEX", " ".join(["https://b.example/"] * (count - 1)))
    if count == 2:
        assert len(urls()) == 2
    else:
        assert "name 3 indexes: expected 2 at most" in error_of("pkg:pypi/demo")


def test_the_number_of_files_of_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may have some, too."""

    def is_allowed(count: int) -> bool:
        monkeypatch.setattr(limits, "SETTINGS_FILE_COUNT", count)
        try:
            return bool(urls())
        except SettingsError as error:
            assert f"pip has more than {count} files of settings" in str(error)  # noqa: PT017 - one of two outcomes
            return False

    monkeypatch.delenv("PIP_CONFIG_FILE")
    write(home / ".pip/pip.conf", "[global]\nindex-url = https://a.example/\n")
    count = next(filter(is_allowed, range(9)))
    write(home / ".config/pip/pip.conf", "")
    assert not is_allowed(count)
    assert is_allowed(count + 1)


def test_blanks_without_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser of Python alone takes minutes."""
    monkeypatch.delenv("PIP_CONFIG_FILE")
    write(home / ".config/pip/pip.conf", "[global]\nx" + " " * 200_000 + "y\nindex-url = https://a.example/\n")
    assert "ParsingError" in error_of("pkg:pypi/demo")


def test_a_deleted_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    monkeypatch.setenv("PIP_INDEX_URL", "https://a.example/")
    assert urls() == ["https://a.example/"]
