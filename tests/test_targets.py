"""Targets of any kind: single assemblies, targets that are not there, and several targets in one check."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from checks import the_error
from index_server import make_wheel, serve
from vocabulary import MEMBERS

from smtpstatus_dotnet import check


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("agrees", []),
        ("missing", ["missing"]),
        ("extra", ["extra"]),
        ("number", ["number"]),
        ("name", ["name"]),
        ("underlying", ["underlying"]),
        ("alias", ["extra"]),
    ],
)
def test_assemblies_that_are_built_to_differ(assemblies: Path, file: str, kinds: list[str]) -> None:
    report = check(str(assemblies / f"{file}.dll"))
    (result,) = report.results
    assert [difference.kind for difference in result.differences] == kinds
    assert report.exit_code == (1 if kinds else 0)
    assert result.origin.version == f"{file.capitalize()} 1.2.3.0"


def test_the_installed_wheel(aspose: Path) -> None:
    report = check()
    assert report.exit_code == 0
    (result,) = report.results
    assert result.definition
    assert dict(result.definition.members) == MEMBERS
    assert result.origin.location == str(aspose)


def test_another_type(assemblies: Path) -> None:
    report = check(str(assemblies / "elsewhere.dll"), type_name="Other.Mail.SmtpStatusCode")
    assert report.exit_code == 0
    assert "it has Other.Mail.SmtpStatusCode of the same short name" in the_error(assemblies / "elsewhere.dll")


@pytest.mark.parametrize("name", ["absent.dll", "absent", "absent.zip", "absent.md", "C:\\absent\\x.dll", ""])
def test_a_target_that_is_not_there(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    message = the_error(name)
    assert "is not there" in message or "No such file" in message
    assert name in message


def test_a_misspelled_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "Mail.dll").touch()
    assert the_error("lib/Mial.dll") == "lib/Mial.dll is not there; did you mean lib/Mail.dll?"
    assert the_error("lib/other.proto") == "lib/other.proto is not there"
    assert the_error("lbi/Mail.dll") == "lbi/Mail.dll is not there, nor is its folder"
    assert the_error("lbi/") == "lbi/ is not there; did you mean lib?"
    assert the_error("lib/Mail").startswith("lib/Mail is not there: expected X.dll, X.exe; a folder; X.nupkg")


def test_a_file_that_is_not_an_assembly(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no assembly", encoding="utf-8")
    assert "notes.txt is not an intact .NET assembly: expected 'MZ' at its start" in the_error(path)


def test_a_good_target_is_not_hidden_by_a_bad_one(assemblies: Path) -> None:
    report = check("absent.dll", str(assemblies / "agrees.dll"), str(assemblies / "extra.dll"))
    assert [result.exit_code for result in report.results] == [2, 0, 1]
    assert report.exit_code == 2


def test_several_targets_in_the_order_given(assemblies: Path) -> None:
    with serve() as index:
        index.projects["mail"] = [
            make_wheel("mail-1.0-py3-none-any.whl", {"a/Aspose.Email.dll": (assemblies / "number.dll").read_bytes()})
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PIP_CONFIG_FILE", os.devnull)
            patch.setenv("UV_NO_CONFIG", "1")
            patch.setenv("PIP_INDEX_URL", index.url)
            targets = ("pkg:pypi/mail", "absent.dll", "pkg:pypi/mail@1.0", str(assemblies / "agrees.dll"))
            report = check(*targets)
    assert [result.target for result in report.results] == list(targets)
    assert [result.exit_code for result in report.results] == [1, 2, 1, 0]
    assert report.results[0].origin.location == "mail-1.0-py3-none-any.whl!a/Aspose.Email.dll"
