"""Credentials for package indexes go where they belong, and nothing shows them."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import error_of, read, releases
from index_server import Index, json_page, serve

from smtpstatus_dotnet import check
from smtpstatus_dotnet.package_indexes.settings import user_settings
from smtpstatus_dotnet.reports import FORMATS

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
    assert "it answered 401; put the credentials into the settings or netrc" in message
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


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Index]:
    """An index over TLS."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serve(authority.issue_cert("127.0.0.1")) as index:
        index.projects["demo"] = releases("1")
        monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("//", "//me:secret@"))
        yield index


@pytest.mark.parametrize("is_redirect", [True, False])
def test_credentials_do_not_follow_from_https_to_http(
    secure: Index, demo: Index, is_redirect: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host is the same, and with a redirect the path, too."""
    monkeypatch.setenv("PIP_INDEX_URL", secure.url.replace("//", "//me:secret@"))
    demo.projects = secure.projects
    files = demo.url.replace("/simple", "/files/")
    if is_redirect:
        (wheel,) = secure.projects["demo"]
        secure.moved = {f"/files/{wheel.name}": f"{files}{wheel.name}"}
    else:
        secure.pages["/simple/demo/"] = json_page(secure.projects["demo"], files)
    assert read("pkg:pypi/demo")
    assert secure.authorizations
    assert all(secure.authorizations)
    assert demo.authorizations
    assert not any(demo.authorizations)


def test_credentials_follow_to_the_same_origin(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.user = "me:secret"
    demo.moved = {"/moved/demo/": "/simple/demo/"}
    monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("//", "//me:secret@").replace("simple", "moved"))
    assert read("pkg:pypi/demo")


@pytest.mark.parametrize(
    ("trusted", "is_sent"),
    [
        ({}, False),
        ({"PIP_TRUSTED_HOST": "other.invalid INDEX.invalid"}, True),
        ({"PIP_TRUSTED_HOST": "index.invalid:80"}, True),
        ({"PIP_TRUSTED_HOST": "index.invalid:81"}, False),
        ({"UV_INSECURE_HOST": "http://index.invalid"}, True),
        ({"UV_INSECURE_HOST": "example.invalid"}, False),
    ],
)
@pytest.mark.parametrize("is_netrc", [True, False])
def test_credentials_over_plain_http(
    demo: Index, home: Path, monkeypatch: pytest.MonkeyPatch, trusted: dict[str, str], is_sent: bool, is_netrc: bool
) -> None:
    """A proxy is the way to a host that is not this machine: the index answers in its place."""
    monkeypatch.setenv("HTTP_PROXY", demo.url.removesuffix("/simple"))
    monkeypatch.setenv("http_proxy", demo.url.removesuffix("/simple"))
    monkeypatch.setenv("PIP_INDEX_URL", f"http://{'' if is_netrc else 'me:secret@'}index.invalid/simple")
    if is_netrc:
        (home / ".netrc").write_text("machine index.invalid login me password secret\n")
    for name, value in trusted.items():
        monkeypatch.setenv(name, value)
    if is_sent:
        assert read("pkg:pypi/demo")
        assert all(demo.authorizations)
    else:
        message = error_of("pkg:pypi/demo")
        assert "the credentials for index.invalid would go over plain http" in message
        assert "trusted-host" in message
        assert not demo.asked


SPECIALS = [*"/@#?%:\\[]\x1b\t\n é\u202e", "%40", "%2F", "//", "12/", ":12/", "12#"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([*SPECIALS, "Xq7Zw", "Xq7Zw"]), min_size=1, max_size=5).map("".join),
    st.sampled_from(["refused", "401", "redirect", "wheel", "bad port", "cut", "no index", "proxy"]),
    st.sampled_from(["{0}:{1}@", "Xq7Zw{1}@", "me:{1}Xq7Zw@"]),
)
def test_nothing_shows_a_secret(
    demo: Index,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    password: str,
    fault: str,
    form: str,
) -> None:
    secret = form.format("me", password)
    caplog.set_level(logging.DEBUG)
    demo.moved, demo.pages, demo.statuses, demo.cut_after = {}, {}, {}, None
    url = demo.url.replace("//", f"//{secret}")
    name = demo.projects["demo"][0].name
    bad = f"http://{secret}127.0.0.1:99999/{name}"
    variables = {"PIP_INDEX_URL": url}
    if fault == "refused":
        variables["PIP_INDEX_URL"] = f"http://{secret}127.0.0.1:1/Xq7Zw/"
    elif fault == "401":
        demo.statuses["/simple/"] = 401
    elif fault == "redirect":
        location = bad.encode("ascii", "ignore").decode().translate(dict.fromkeys(map(ord, "\r\n")))
        demo.moved["/simple/demo/"] = location
        variables["PIP_INDEX_URL"] = demo.url
    elif fault in ("wheel", "bad port"):
        link = bad if fault == "bad port" else f"http://{secret}127.0.0.1:1/{name}?token=Xq7Zw"
        listed = {"filename": name, "url": link, "hashes": {}}
        demo.pages["/simple/demo/"] = json.dumps({"meta": {"api-version": "1.0"}, "files": [listed]}).encode()
        variables["PIP_INDEX_URL"] = demo.url
    elif fault == "cut":
        demo.cut_after, demo.cut = 5, "/simple/"
    elif fault == "no index":
        variables["PIP_INDEX_URL"] = secret
    else:
        proxy = f"http://{secret}127.0.0.1:1"
        variables = {"PIP_INDEX_URL": "http://index.invalid/simple", "HTTP_PROXY": proxy, "http_proxy": proxy}
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in variables.items():
            patch.setenv(variable, value)
        report = check("pkg:pypi/demo")
        texts = [import_module(f"smtpstatus_dotnet.reports.{name}").render(report) for name in FORMATS]
    for result in report.results:
        texts += [repr(result), *(traceback.format_exception(result.error) if result.error else ())]
    texts += [*capfd.readouterr(), *map(repr, caplog.records), caplog.text]
    caplog.clear()
    assert "Xq7Zw" not in "\n".join(texts)


def test_credentials_over_plain_http_without_a_proxy(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """0.0.0.0 reaches the index and is not a loopback address, so it stands for another host."""
    monkeypatch.setenv("NO_PROXY", "0.0.0.0")
    monkeypatch.setenv("PIP_INDEX_URL", demo.url.replace("//127.0.0.1", "//me:secret@0.0.0.0"))
    assert "the credentials for 0.0.0.0 would go over plain http" in error_of("pkg:pypi/demo")
    assert not demo.asked
    monkeypatch.setenv("PIP_TRUSTED_HOST", "0.0.0.0")
    assert read("pkg:pypi/demo")
    assert all(demo.authorizations)
