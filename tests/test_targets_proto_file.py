"""Enums of .proto files, which a real protoc compiles."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from smtpstatus_dotnet import check, diff, limits
from smtpstatus_dotnet.parity import Difference
from smtpstatus_dotnet.targets import proto_file

SHARED = "smtpstatus/v1/smtp_status_code.proto"
COLOR = """syntax = "proto3";
package acme.v1;
import "google/protobuf/any.proto";
{more}
message Car {{
  google.protobuf.Any any = 1;
  enum Color {{ COLOR_NONE = 0; COLOR_RED = 1; }}
}}
"""


@pytest.fixture(autouse=True)
def protoc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The protoc of the tests' own environment, and no other."""
    folder = os.path.dirname(sys.executable)
    if not os.path.isfile(os.path.join(folder, "protoc")):
        pytest.skip("no protoc beside this Python: pip install 'smtpstatus[proto]'")
    monkeypatch.setenv("PATH", os.path.dirname(os.devnull))


def error_of(path: Path) -> str:
    report = check(str(path), type_name="acme.v1.Car.Color")
    assert report.exit_code == 2
    return str(report.results[0].error)


def test_the_shared_enum(root: Path) -> None:
    (result,) = check(str(root / "proto" / SHARED)).results
    assert result.exit_code == 0
    assert result.origin.via == "source"


def test_one_that_imports_ours_and_its_neighbours(tmp_path: Path) -> None:
    """Its imports begin in a folder above it, and ours are in none of them."""
    folder = tmp_path / "proto" / "acme" / "v1"
    folder.mkdir(parents=True)
    (folder / "base.proto").write_text('syntax = "proto3"; package acme.v1; message Base {}')
    path = folder / "car.proto"
    path.write_text(COLOR.format(more=f'import "acme/v1/base.proto"; import "{SHARED}";'))
    report = diff(str(path), "python:http:HTTPStatus", type_names=["acme.v1.Car.Color"])
    assert report.exit_code == 1
    assert report.results[0].first
    assert report.results[0].first.members == {"None": 0, "Red": 1}


def test_against_an_enum_of_a_public_package() -> None:
    """Compared by hand with the source of aiosmtplib 5: 30 members, of which four have a name of ours."""
    pytest.importorskip("aiosmtplib")
    ours = str(Path(__file__).resolve().parent.parent / "proto" / SHARED)
    (result,) = diff(ours, "python:aiosmtplib.typing:SMTPStatus").results
    by_kind: dict[str, set[tuple[int | None, int | None]]] = {}
    for each in result.differences:
        by_kind.setdefault(each.kind, set()).add((each.number, each.other_number))
    assert by_kind["missing"] == {(0, None), (432, None), (450, None), (534, None), (538, None)}
    assert by_kind["extra"] == {(None, 501), (None, 521), (None, 550)}
    assert by_kind["number"] == {(501, 555), (550, 450)}
    assert result.first
    same = set(result.first.members.values()) - {number for found in by_kind.values() for number, _ in found}
    assert same == {214, 452, 502, 554}
    assert Difference("name", "ServiceNotAvailable", 421, "DomainUnavailable", 421) in result.differences


def test_all_enums(tmp_path: Path) -> None:
    first, second = tmp_path / "1.proto", tmp_path / "2.proto"
    first.write_text(COLOR.format(more="enum E { E_A = 0; }"))
    second.write_text(COLOR.format(more="enum E { E_B = 0; }"))
    report = diff(str(first), str(second), is_all=True)
    assert [each.differences for each in report.results] == [(Difference("name", "A", 0, "B", 0),), ()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "acme.v1.Car.Color"),
        ("enum", "does not compile; protoc says:"),
        (COLOR.format(more='import "nowhere.proto";'), "nowhere.proto: File not found."),
        ("\0" * 100, "does not compile; protoc says:"),
        ("message M {" * 1000, "does not compile; protoc says:"),
    ],
    ids=range(5),
)
def test_what_does_not_compile(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "--x.proto"
    path.write_text(text)
    assert expected in error_of(path)


def test_the_largest_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.proto"
    path.write_text(COLOR.format(more=""))
    monkeypatch.setattr(limits, "PROTO_BYTES", path.stat().st_size)
    report = check(str(path), type_name="acme.v1.Car.Color")
    assert report.results[0].error is None
    monkeypatch.setattr(limits, "PROTO_BYTES", path.stat().st_size - 1)
    assert "is not a .proto file: expected at most" in error_of(path)


@pytest.mark.parametrize("depth", [3, 4])
def test_the_farthest_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int) -> None:
    monkeypatch.setattr(limits, "PROTO_FOLDER_COUNT", 4)
    (tmp_path / "base.proto").write_text('syntax = "proto3";')
    folder = tmp_path.joinpath(*map(str, range(depth)))
    folder.mkdir(parents=True)
    (folder / "x.proto").write_text(COLOR.format(more='import "base.proto";'))
    report = check(str(folder / "x.proto"), type_name="acme.v1.Car.Color")
    assert (report.results[0].error is None) is (depth == 3)


def test_no_protoc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.proto"
    path.write_text(COLOR.format(more=""))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert error_of(path) == f"{path} needs protoc: put it on PATH, or pip install 'smtpstatus[proto]'"


@pytest.mark.parametrize("prints", ["true", "while printf %065536d 0 >&2; do true; done"])
def test_a_protoc_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prints: str) -> None:
    """Silent or not, it is killed; only the beginning of what it prints is read."""
    path = tmp_path / "x.proto"
    path.write_text(COLOR.format(more=""))
    program = tmp_path / "protoc"
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\n{prints}\nexec /bin/sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(limits, "PROTOC_SECONDS", 2)
    message = error_of(path)
    assert len(message) < 1000
    assert ("nothing within 2 seconds" in message) is (prints == "true")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_folder_that_protoc_cannot_take(tmp_path: Path) -> None:
    folder = tmp_path / f"a{os.pathsep}b"
    folder.mkdir()
    (folder / "x.proto").write_text(COLOR.format(more=""))
    assert "which protoc cannot take: move" in error_of(folder / "x.proto")


def test_the_folders_of_ours() -> None:
    assert any(os.path.isfile(os.path.join(folder, SHARED)) for folder in proto_file.our_folders())
