"""Assemblies from wheels of package indexes, over real connections to an index of our own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import HAS_NETWORK

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_checks import AGREES, CONTENT, DLL, ELSEWHERE, EXTRA, NOISE, TYPE, Outcome, error_of, read, releases, unread
from index_server import CountingProxy, Index, html_page, json_page, make_wheel, serve

from smtpstatus_dotnet import check, limits
from smtpstatus_dotnet.parity import CheckError, EnumNotFoundError

pytest_plugins = ["index_fixtures"]
pytestmark = pytest.mark.usefixtures("home")


def test_a_folder_is_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel("demo-1.0+local-py3-none-any.whl", CONTENT)
    (tmp_path / "an index" / "demo").mkdir(parents=True)
    (tmp_path / "an index" / wheel.name).write_bytes(wheel.data)
    page = tmp_path / "an index" / "demo" / "index.html"
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "an index").as_uri())
    for content, name in ((html_page([wheel], "../"), "index.html"), (json_page([wheel], "../"), "index.json")):
        page.unlink(missing_ok=True)
        page = page.with_name(name)
        page.write_bytes(content)
        assert read("pkg:pypi/demo@1.0%2Blocal") == [Outcome(f"demo-1.0+local-py3-none-any.whl!{DLL}", 32)]
    assert "no index knows other: asked file://" in error_of("pkg:pypi/other")
    (tmp_path / "an index" / wheel.name).write_bytes(wheel.data + b"!")
    assert "but its index says" in error_of("pkg:pypi/demo")
    (tmp_path / "an index" / wheel.name).unlink()
    assert "cannot read demo-1.0+local-py3-none-any.whl" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize(
    ("target", "version"),
    [
        ("pkg:pypi/demo", "26.10"),
        ("pkg:pypi/demo@26.9", "26.9"),
        ("pkg:pypi/demo@26.9.0", "26.9"),  # PEP 440: equal
        ("pkg:pypi/demo@27.0b1", "27.0b1"),
        ("PKG:PyPI/DEMO", "26.10"),
        ("pkg://pypi/demo/", "26.10"),
        ("pkg:pypi/d%65mo@26%2E9", "26.9"),
    ],
)
def test_release(index: Index, target: str, version: str) -> None:
    index.projects["demo"] = releases("26.9", "26.10", "27.0b1", "3")
    assert read(target)[0].place.startswith(f"demo-{version}-")


def test_pre_releases_if_there_is_nothing_else(index: Index) -> None:
    index.projects["demo"] = releases("1.0a1", "1.0.dev3")
    assert read("pkg:pypi/demo")[0].place.startswith("demo-1.0a1-")


def test_the_last_platform_in_the_order_of_names(index: Index) -> None:
    platforms = ["win_amd64", "macosx_11_0_arm64", "manylinux1_x86_64", "win32"]
    index.projects["demo"] = [make_wheel(f"demo-1-py3-none-{platform}.whl", {DLL: AGREES}) for platform in platforms]
    assert read("pkg:pypi/demo") == [Outcome(f"demo-1-py3-none-win_amd64.whl!{DLL}", 32)]


def test_the_longest_name_first(index: Index) -> None:
    content = {
        "a/Aspose.Email.dll": EXTRA,
        "a/aspose.email.clients.dll": AGREES,
        "b/Aspose.Email.Clients.dll": EXTRA,
        "Aspose.Email.Clients.Smtp.dll": ELSEWHERE,
    }
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    wheel = "demo-1-py3-none-any.whl"
    # The assembly of the longest name does not have the type. Two assemblies have the next name: both are read.
    expected = [f"{wheel}!a/aspose.email.clients.dll", f"{wheel}!b/Aspose.Email.Clients.dll"]
    assert [result.place for result in read("pkg:pypi/demo")] == expected


def test_a_path_names_another_assembly(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: EXTRA, "a/b c.DLL": AGREES})]
    assert read("pkg:pypi/demo#a/b%20c.DLL") == [Outcome("demo-1-py3-none-any.whl!a/b c.DLL", 32)]
    assert read("pkg:pypi/demo@1#/./a//b%20c.DLL") == [Outcome("demo-1-py3-none-any.whl!a/b c.DLL", 32)]
    assert error_of("pkg:pypi/demo#Aspose.Email.dll").startswith(
        f"demo-1-py3-none-any.whl has no Aspose.Email.dll, but {DLL}"
    )


def test_the_first_type_that_is_there(demo: Index) -> None:
    names = ("Nowhere.Type", "Aspose.Email.Clients.Smtp.Other+SmtpStatusCode", TYPE, "System.Net.Mail.SmtpStatusCode")
    assert read("pkg:pypi/demo", *names) == [Outcome(f"demo-1.0-py3-none-win_amd64.whl!{DLL}", 32)]
    # The runtime that the wheel carries was not read.
    assert demo.sent < 100_000


@pytest.mark.usefixtures("demo")
def test_all_indexes_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as second:
        second.projects["demo"] = releases("2")
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"{second.url}/")
        assert read("pkg:pypi/demo")[0].place.startswith("demo-2-")
        # An index that cannot be read could have the newest release; if a version is named, that does not matter.
        second.statuses["/simple/"] = 500
        assert "cannot read " + second.url in error_of("pkg:pypi/demo")
        assert read("pkg:pypi/demo@1")[0].place.startswith("demo-1.0-")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("pkg:pypi", "'' is not the name of a package"),
        ("pkg:pypi/", "'' is not the name of a package"),
        ("pkg:pypi/a/b", "'a/b' is not the name of a package"),
        ("pkg:pypi/..%2Fb", "'../b' is not the name of a package"),
        ("pkg:pypi/demo@", "'' is not a version"),
        ("pkg:pypi/demo@latest", "'latest' is not a version"),
        ("pkg:pypi/demo?repository_url=x", "qualifiers (?repository_url=x) are not supported"),
        ("pkg:pypi/demo#a/b.txt", "a/b.txt is not the path of an assembly (.dll, .exe, .winmd, .netmodule)"),
    ],
)
def test_an_invalid_package_url(target: str, reason: str) -> None:
    message = error_of(target)
    assert message.startswith(f"expected pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll], found {target}")
    assert reason in message


def test_an_unknown_package_type() -> None:
    forms = "pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll] or pkg:nuget/NAME[@VERSION][#PATH/IN/PACKAGE.dll]"
    assert error_of("pkg:npm/demo") == f"expected {forms}, found pkg:npm/demo"


def test_unknown_name(demo: Index) -> None:
    assert f"no index knows demmo: asked {demo.url}/\nCheck the spelling" in error_of("pkg:pypi/demmo")


def test_unknown_version(index: Index) -> None:
    index.projects["demo"] = releases("1", "2", "10")
    assert error_of("pkg:pypi/demo@3") == "demo has no release 3 with a wheel; the newest are 10, 2, 1"


def test_a_wheel_without_an_assembly(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"a.py": b""})]
    assert error_of("pkg:pypi/demo").startswith(
        "demo-1-py3-none-any.whl has no assembly (.dll, .exe, .winmd, .netmodule)"
    )


def test_no_assembly_of_a_likely_name(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"a/b.dll": AGREES})]
    message = error_of("pkg:pypi/demo")
    assert "none is called Aspose.Email.Clients.Smtp.dll or Aspose.Email.Clients.dll or Aspose.Email.dll" in message
    assert "#a/b.dll for example" in message
    message = error_of("pkg:pypi/demo", "Outer+Inner")
    assert "has 1 assemblies, and a type without a namespace may be in any: name one of them, #a/b.dll" in message


def test_no_such_enum(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: ELSEWHERE})]
    with pytest.raises(EnumNotFoundError) as caught:
        read("pkg:pypi/demo")
    assert f"demo-1-py3-none-any.whl!{DLL}" in str(caught.value)
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {"x.dll": AGREES})]
    assert f"has no enum Other.SmtpStatusCode; it has {TYPE} of the same short name" in error_of(
        "pkg:pypi/demo#x.dll", "Other.SmtpStatusCode"
    )


def test_a_damaged_assembly(index: Index) -> None:
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", {DLL: AGREES[:-900]})]
    assert unread("pkg:pypi/demo").origin.location == f"demo-1-py3-none-any.whl!{DLL}"


def test_too_many_of_one_name(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {f"{number}/Aspose.Email.dll": bytes(1000) for number in range(20)}
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", 10_000)
    assert "the 20 copies of 0/Aspose.Email.dll in demo-1-py3-none-any.whl are too large" in error_of("pkg:pypi/demo")


@pytest.mark.parametrize(
    ("module", "package"),
    [
        *((f"package_indexes.{name}", "requests") for name in ("cache", "pages", "ranges", "transport", "wheel")),
        ("targets.package_index", "packaging"),
        ("package_indexes.settings", "platformdirs"),
        ("package_indexes.ranges", "remotezip"),
    ],
)
def test_without_the_extra(module: str, package: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"try:\n    import smtpstatus_dotnet.{module}\n"
        "except ImportError as error:\n    print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    if (module, package) != ("package_indexes.settings", "requests"):
        assert "needs the extra: pip install 'smtpstatus[index]' (" in result.stdout


def test_a_target_without_the_extra() -> None:
    code = (
        "import sys; sys.modules['remotezip'] = None; from smtpstatus_dotnet import check;"
        "(result,) = check('pkg:pypi/demo').results; print(repr(result.error))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "EnumReadError(\"reading a package index needs the extra: pip install 'smtpstatus[index]' (" in result.stdout


def test_importing_targets_loads_nothing_heavy() -> None:
    code = (
        "import sys, smtpstatus_dotnet.targets.table;"
        "print([m for m in ('requests', 'zipfile', 'json') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.fixture
def real_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))


@pytest.mark.parametrize("version", ["", "@23.2.1"])
@pytest.mark.usefixtures("real_settings")
def test_the_vendors_releases(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """This asks the user's own index and counts every byte on the wire, those of TLS included."""
    if not HAS_NETWORK:
        pytest.skip("it needs the network: set SMTPSTATUS_TESTS=network")
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        pytest.skip("a proxy is set already, so the proxy that counts bytes cannot be used")
    proxy = CountingProxy()
    proxy.start()
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    try:
        results = read(f"pkg:pypi/aspose-email-for-python-via-net{version}")
    except CheckError as error:
        pytest.skip(f"no index with the vendor's wheels can be reached: {error}")
    finally:
        proxy.stop()
    assert [result.members for result in results] == [32]
    assert results[0].place.endswith(f"!{DLL}")
    print(f"{proxy.count:,} bytes")
    assert 3_000_000 < proxy.count < 10_000_000


@pytest.mark.parametrize(("targets", "at_once"), [(1, 1), (20, 8)])
def test_how_many_are_read_at_once(demo: Index, targets: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONCURRENT_TARGET_COUNT", 8)
    demo.delay = 0.2
    report = check(*(f"pkg:pypi/demo@{number}" for number in range(targets)))
    assert len(report.results) == targets
    assert demo.most_at_once == at_once


def test_the_limit_of_targets_at_once() -> None:
    assert limits.CONCURRENT_TARGET_COUNT == 8


def test_one_target_needs_no_thread(demo: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    start = threading.Thread.start

    def started(thread: threading.Thread) -> None:
        names.append(thread.name)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", started)
    for count in (1, 2):
        names.clear()
        check(*(f"pkg:pypi/demo@{number}" for number in range(count)))
        # An executor starts no thread for a target when an earlier one is already done: two targets take one or two.
        assert any(name.startswith("ThreadPool") for name in names) is (count > 1)
    assert demo.asked


@pytest.mark.parametrize("is_within", [True, False])
def test_the_number_of_copies(index: Index, monkeypatch: pytest.MonkeyPatch, is_within: bool) -> None:
    content = {**{f"{number}/Aspose.Email.dll": AGREES for number in range(3)}, "z": NOISE}
    index.projects["demo"] = [make_wheel("demo-1-py3-none-any.whl", content)]
    monkeypatch.setattr(limits, "COPY_COUNT", 3 if is_within else 2)
    if is_within:
        assert len(read("pkg:pypi/demo")) == 3
        assert (
            len(index.asked) == 1 + 1 + 1
        )  # the page, the end of the wheel with RECORD, and the copies, which are equal
    else:
        assert "has 3 copies of 0/Aspose.Email.dll; at most 2 are read" in error_of("pkg:pypi/demo")
