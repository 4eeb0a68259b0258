"""Credentials for package indexes go where they belong, and nothing shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import error_of, read
from index_server import Index, json_page, serve

from smtpstatus_dotnet.package_indexes.settings import user_settings

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


def test_credentials_of_the_url(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.user = "me:p@ss/word"
    monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("//", "//me:p%40ss%2Fword@"))
    assert read("pkg:pypi/demo")
    for target in ("pkg:pypi/other", "pkg:pypi/demo@9"):
        assert "word" not in error_of(target)
    assert "word" not in repr(user_settings().indexes)
    demo.user = "me:other"
    message = error_of("pkg:pypi/demo")
    assert "it answered 401; put the credentials into the index's URL or netrc" in message
    assert "word" not in message


def test_credentials_of_netrc(demo: Index, home: Path) -> None:
    demo.user = "me:secret"
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (home / ".netrc").chmod(0o600)
    assert read("pkg:pypi/demo")


def test_credentials_stay_with_their_host(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as other:
        other.projects = demo.projects
        demo.pages["/simple/demo/"] = json_page(demo.projects["demo"], other.url.replace("/simple", "/files/"))
        monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("//", "//me:secret@"))
        assert read("pkg:pypi/demo")
        assert all(demo.authorizations)
        assert not any(other.authorizations)
