"""Each kind of TARGET, and the errors for targets that are not what they should be."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from image import Image
from index_server import make_wheel, serve
from process import run
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet import check, limits
from smtpstatus_dotnet.parity import CheckError, Comparison, EnumReadError

NATIVE = Image([]).build().replace((0x2000).to_bytes(4, "little") + (72).to_bytes(4, "little"), bytes(8), 1)


def outcomes(target: Path, **options: str) -> dict[str, str]:
    """Check one target; return the number of differences or the error of each place."""

    def outcome(result: Comparison) -> str:
        return type(result.error).__name__ if result.error else f"{len(result.differences)} differences"

    return {
        os.path.relpath(result.origin.location, target.parent): outcome(result)
        for result in check(str(target), **options).results
    }  # fmt: skip


def the_error(target: str | Path, **options: str) -> str:
    report = check(str(target), **options)
    assert report.exit_code == 2
    (result,) = report.results
    assert isinstance(result.error, CheckError)
    assert result.definition is None
    return str(result.error)


def pack(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


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


def test_a_file_that_is_not_an_assembly(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no assembly", encoding="utf-8")
    assert "notes.txt is not an intact .NET assembly: expected 'MZ' at its start" in the_error(path)


def test_a_folder(tmp_path: Path, assemblies: Path) -> None:
    """Other files, native code and assemblies without the enum are skipped. Damaged assemblies are not."""
    folder = tmp_path / "folder"
    (folder / "b" / "deep").mkdir(parents=True)
    shutil.copy(assemblies / "agrees.dll", folder / "b" / "deep" / "Z.DLL")
    shutil.copy(assemblies / "number.dll", folder / "a.exe")
    shutil.copy(assemblies / "shapes.dll", folder / "shapes.dll")
    (folder / "native.dll").write_bytes(NATIVE)
    (folder / "damaged.dll").write_bytes((assemblies / "agrees.dll").read_bytes()[:800])
    (folder / "notes.txt").write_text("no assembly", encoding="utf-8")
    assert list(outcomes(folder).items()) == [
        ("folder/a.exe", "1 differences"),
        ("folder/b/deep/Z.DLL", "0 differences"),
        ("folder/damaged.dll", "MetadataError"),
    ]
    assert check(str(folder)).exit_code == 2


def test_a_folder_without_the_enum(tmp_path: Path, assemblies: Path) -> None:
    assert f"none of the 0 assemblies in {tmp_path} has {FULL_NAME}" in the_error(tmp_path)
    shutil.copy(assemblies / "shapes.dll", tmp_path)
    shutil.copy(assemblies / "elsewhere.dll", tmp_path)
    message = the_error(tmp_path)
    assert "none of the 2 assemblies" in message
    assert "Other.Mail.SmtpStatusCode" in message  # the enum of the same short name


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    """A folder in which this process has the rights of an ordinary user: root may read everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)


def test_a_folder_that_may_not_be_read(folder_of_nobody: Path, assemblies: Path) -> None:
    """Its content is not known, so the folder does not agree. Assemblies that can be read are still reported."""
    agrees = (assemblies / "agrees.dll").read_bytes()
    (folder_of_nobody / "a.dll").write_bytes(agrees)
    (folder_of_nobody / "b.dll").write_bytes(agrees)
    (folder_of_nobody / "b.dll").chmod(0)
    (folder_of_nobody / "locked").mkdir(mode=0)
    readable, file, folder = check(str(folder_of_nobody)).results
    assert [result.exit_code for result in (readable, file, folder)] == [0, 2, 2]
    assert str(file.error) == f"cannot read {folder_of_nobody}/b.dll: Permission denied"
    assert str(folder.error) == f"cannot read {folder_of_nobody}/locked: Permission denied"
    (folder_of_nobody / "locked").rmdir()


def test_a_folder_with_entries_that_are_not_files(tmp_path: Path, assemblies: Path) -> None:
    (tmp_path / "a.dll").symlink_to(tmp_path / "absent")
    os.mkfifo(tmp_path / "b.dll")
    shutil.copy(assemblies / "agrees.dll", tmp_path / "c.dll")
    assert [(result.exit_code, str(result.error)) for result in check(str(tmp_path)).results] == [
        (2, f"cannot read {tmp_path}/a.dll: No such file or directory"),
        (2, f"{tmp_path}/b.dll is not a file: expected an assembly"),
        (0, "None"),
    ]


@pytest.mark.parametrize("ending", [".nupkg", ".whl", ".zip", ".ZIP"])
def test_a_package(tmp_path: Path, assemblies: Path, ending: str) -> None:
    path = pack(
        tmp_path / f"mail{ending}",
        {
            "readme.txt": b"no assembly",
            "lib/net6.0/Mail.dll": (assemblies / "agrees.dll").read_bytes(),
            "lib/netstandard2.0/Mail.dll": (assemblies / "missing.dll").read_bytes(),
            "runtimes/win/native/native.dll": NATIVE,
            "tools/shapes.dll": (assemblies / "shapes.dll").read_bytes(),
        },
    )
    report = check(str(path))
    assert report.exit_code == 1
    assert [(result.origin.location, result.origin.framework) for result in report.results] == [
        (f"{path}!lib/net6.0/Mail.dll", "net6.0"),
        (f"{path}!lib/netstandard2.0/Mail.dll", "netstandard2.0"),
    ]
    assert [len(result.differences) for result in report.results] == [0, 1]


def test_a_package_without_the_enum(tmp_path: Path, assemblies: Path) -> None:
    assert "none of the 0 assemblies" in the_error(pack(tmp_path / "empty.zip", {}))
    shapes = (assemblies / "shapes.dll").read_bytes()
    assert "none of the 1 assemblies" in the_error(pack(tmp_path / "shapes.zip", {"lib/net6.0/S.dll": shapes}))


@pytest.mark.parametrize(
    ("name", "data"), [("text.zip", b"no archive"), ("empty.nupkg", b""), ("magic.whl", b"PK\x05\x06")]
)
def test_a_file_that_is_not_an_archive(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert f"{name} is not an intact zip archive" in the_error(tmp_path / name)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENTRY_BYTES", 1 << 20)
    message = the_error(pack(tmp_path / "bomb.zip", {"lib/net6.0/bomb.dll": bytes(2 << 20)}))
    assert (
        "bomb.zip!lib/net6.0/bomb.dll cannot be unpacked: it is said to have 2097152 bytes; at most 1048576 are read"
        in message
    )


def test_many_small_bombs_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", 3 << 20)
    path = pack(tmp_path / "bombs.zip", {f"{n}.dll": b"MZ" + bytes(1 << 20) for n in range(4)})
    errors = [str(result.error) for result in check(str(path)).results]
    assert ["have more than 3 MiB together" in error for error in errors] == [False, False, True, True]


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The archive's directory says one byte, but the entry unpacks to 64 MiB."""
    path = pack(tmp_path / "liar.zip", {"x.dll": bytes(64 << 20)})
    data = path.read_bytes()
    path.write_bytes(data.replace((64 << 20).to_bytes(4, "little"), (1).to_bytes(4, "little")))
    tracemalloc.start()
    try:
        assert "liar.zip!x.dll cannot be unpacked" in the_error(path)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_compression_that_no_package_format_uses(tmp_path: Path, compression: int) -> None:
    path = pack(tmp_path / "odd.zip", {"x.dll": b"MZ"}, compression)
    assert "odd.zip!x.dll cannot be unpacked: it is not compressed by deflate" in the_error(path)


def test_an_entry_that_cannot_be_unpacked_hides_nothing(
    tmp_path: Path, assemblies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ENTRY_BYTES", 1 << 20)
    path = pack(tmp_path / "mixed.zip", {"bomb.dll": bytes(2 << 20)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("odd.dll", b"MZ", zipfile.ZIP_BZIP2)
        archive.write(assemblies / "number.dll", "number.dll", zipfile.ZIP_DEFLATED)
    assert [result.exit_code for result in check(str(path)).results] == [2, 2, 1]


def test_a_damaged_archive_never_agrees(tmp_path: Path, assemblies: Path) -> None:
    for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        agrees = {"lib/net6.0/Mail.dll": (assemblies / "agrees.dll").read_bytes()}
        path = pack(tmp_path / "mail.zip", agrees, compression)
        data = bytearray(path.read_bytes())
        assert check(str(path)).exit_code == 0
        for offset in range(0, len(data), 3):
            data[offset] ^= 0xFF
            path.write_bytes(data)
            report = check(str(path))
            for result in report.results:
                # An entry that still unpacks is unchanged: the archive has a checksum.
                assert result.error or not result.differences
            data[offset] ^= 0xFF
        for length in range(0, len(data), 7):
            path.write_bytes(data[:length])
            assert check(str(path)).exit_code == 2


def test_an_encrypted_entry(tmp_path: Path, assemblies: Path) -> None:
    path = pack(tmp_path / "locked.zip", {"x.dll": (assemblies / "agrees.dll").read_bytes()})
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    assert "locked.zip!x.dll cannot be unpacked" in the_error(path)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reference_page(root: Path, language: str) -> None:
    report = check(str(root / "tests" / "pages" / f"{language}.md"))
    (result,) = report.results
    assert report.exit_code == 0
    assert result.definition
    assert result.definition.underlying is None
    assert list(result.definition.members.items()) == list(MEMBERS.items())
    assert result.definition.full_name == FULL_NAME


def test_a_page_that_differs(root: Path, tmp_path: Path) -> None:
    text = (root / "tests" / "pages" / "zh.md").read_text(encoding="utf-8")
    path = tmp_path / "page.md"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("`450`", "`459`").replace("\n", "\r\n").encode())
    (result,) = check(str(path)).results
    assert [(d.kind, d.name, d.other_number) for d in result.differences] == [("number", "MailboxBusy", 459)]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("title: SmtpStatusCode", "title: MailStatus", "is not the page of .*: found 'title: MailStatus' at its head"),
        ("title: SmtpStatusCode", "title: Other.SmtpStatusCode", "found 'title: Other.SmtpStatusCode' at its head"),
        ("title: SmtpStatusCode", "", "found no title"),
        ("| --- | --- | --- |", "", "has no table of members: expected rows like"),
        ("`450`", "450 or so", r"page\.md, line \d+: expected '\| Name \| `number` \| ... \|', found '\| MailboxBusy"),
        ("| MailboxBusy", "| ServiceNotAvailable", "expected another member, found"),
    ],
)
def test_a_page_that_is_not_understood(root: Path, tmp_path: Path, before: str, after: str, message: str) -> None:
    text = (root / "tests" / "pages" / "zh.md").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "page.md"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(EnumReadError, match=message):
        raise EnumReadError(the_error(path))


def test_a_page_with_a_longer_title(root: Path, tmp_path: Path) -> None:
    text = (root / "tests" / "pages" / "zh.md").read_text(encoding="utf-8")
    for title in (FULL_NAME, "Smtp.SmtpStatusCode", "MailKit.Net.Smtp.SmtpStatusCode"):
        (tmp_path / "page.md").write_text(text.replace("title: SmtpStatusCode", f"title: {title}"), encoding="utf-8")
        (result,) = check(str(tmp_path / "page.md")).results
        assert result.definition
        assert result.definition.full_name.endswith(title)


def test_files_that_are_not_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(b"title: SmtpStatusCode\n\xff\xfe")
    assert "expected UTF-8" in the_error(path)
    monkeypatch.setattr(limits, "REFERENCE_PAGE_BYTES", 10)
    assert "expected at most" in the_error(path)


def test_a_page_cannot_hang(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    for line in ("|" + " -" * 50_000, "|-" * 50_000 + "x", "| " + "`" * 50_000, "title:" + " " * 100_000 + "!"):
        path.write_text(f"title: SmtpStatusCode\n{line}\n" * 8, encoding="utf-8")
        the_error(path)


def test_a_good_target_is_not_hidden_by_a_bad_one(assemblies: Path) -> None:
    report = check("absent.dll", str(assemblies / "agrees.dll"), str(assemblies / "extra.dll"))
    assert [result.exit_code for result in report.results] == [2, 0, 1]
    assert report.exit_code == 2


def test_a_descriptor_set(root: Path, tmp_path: Path) -> None:
    protoc = Path(sys.executable).parent / "protoc"
    path = tmp_path / "set.binpb"
    arguments = (f"-I{root / 'proto'}", f"--descriptor_set_out={path}", "smtpstatus/v1/delivery.proto")
    assert run(protoc, *arguments, "--include_imports").returncode == 0
    for target in (path, root / "proto" / "baseline.binpb"):  # protoc's, and an image of buf
        (result,) = check(str(target)).results
        assert result.definition
        assert (result.exit_code, result.definition.underlying) == (0, None)
        assert list(result.definition.members.items()) == list(MEMBERS.items())
    (result,) = check(str(path), type_name="smtpstatus.v1.SmtpStage").results
    assert result.definition
    assert result.definition.members["NotDefined"] == 0
    assert result.exit_code == 1


def test_a_changed_copy_of_our_own_file_does_not_clash(root: Path, tmp_path: Path) -> None:
    """The default pool of this process holds the file of the same name."""
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    from smtpstatus.v1 import smtp_status_code_pb2

    assert smtp_status_code_pb2.DESCRIPTOR.name == "smtpstatus/v1/smtp_status_code.proto"
    files = FileDescriptorSet.FromString((root / "proto" / "baseline.binpb").read_bytes())
    (file,) = (file for file in files.file if file.name.endswith("smtp_status_code.proto"))
    file.enum_type[0].value[14].number = 459
    path = tmp_path / "changed.binpb"
    path.write_bytes(files.SerializeToString())
    (result,) = check(str(path)).results
    assert [(d.kind, d.name, d.other_number) for d in result.differences] == [("number", "MailboxBusy", 459)]


def test_an_enum_within_a_message(tmp_path: Path) -> None:
    values = "\n".join(f"{'SMTP_STATUS_CODE_' + code.name} = {code.value};" for code in SmtpStatusCode)
    (tmp_path / "a.proto").write_text(
        f'syntax = "proto3"; package a.b; message M {{ message N {{ enum SmtpStatusCode {{ {values} }} }} }}',
        encoding="utf-8",
    )
    protoc = Path(sys.executable).parent / "protoc"
    assert run(protoc, "-I.", "--descriptor_set_out=a.binpb", "a.proto", folder=tmp_path).returncode == 0
    assert "it has a.b.M.N.SmtpStatusCode of the same short name: name it" in the_error(tmp_path / "a.binpb")
    assert check(str(tmp_path / "a.binpb"), type_name="a.b.M.N.SmtpStatusCode").exit_code == 0


@pytest.mark.parametrize("data", [b"", b"no descriptor", b"\n\xff\xff\xff\xff\x0f", bytes(1000)])
def test_a_file_that_is_not_a_descriptor_set(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.binpb"
    path.write_bytes(data)
    assert re.search("is not a descriptor set|has no enum smtpstatus.v1.SmtpStatusCode", the_error(path))


def test_a_damaged_descriptor_set(root: Path, tmp_path: Path) -> None:
    data = bytearray((root / "proto" / "baseline.binpb").read_bytes())
    path = tmp_path / "x.binpb"
    for offset in range(0, len(data), 61):
        data[offset] ^= 0xFF
        path.write_bytes(data)
        check(str(path))
        data[offset] ^= 0xFF
        path.write_bytes(data[:offset])
        assert check(str(path)).exit_code in (0, 2)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Upper", set()),
        ("Lower", set()),
        ("AS_MAPPING", set()),
        ("Constants", {"missing"}),
        ("Aliases", {"missing", "extra"}),
        ("Outer.Inner", {"missing"}),
    ],
)
def test_enums_of_python(name: str, kinds: set[str]) -> None:
    (result,) = check(f"python:own_enums:{name}").results
    assert result.definition
    assert {difference.kind for difference in result.differences} == kinds


def test_enums_of_protobuf_and_of_another_library() -> None:
    assert check("python:smtpstatus.v1.smtp_status_code_pb2:SmtpStatusCode").exit_code == 0
    assert check("python:smtpstatus:SmtpStatusCode").exit_code == 0
    (result,) = check("python:aiosmtplib:SMTPStatus").results
    assert result.exit_code == 1
    found = {(d.kind, d.name, d.number, d.other_name, d.other_number) for d in result.differences}
    assert ("name", "Ok", 250, "Completed", 250) in found
    assert ("number", "MailboxUnavailable", 550, "MailboxUnavailable", 450) in found
    assert ("extra", None, None, "DomainDoesNotAcceptMail", 521) in found
    assert ("missing", "PasswordTransitionNeeded", 432, None, None) in found


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("python:", "expected python:module:Class"),
        ("python:own_enums", "expected python:module:Class, found python:own_enums"),
        ("python:own_enums:Absent", "the module own_enums has no Absent"),
        ("python:no.such.module:X", "importing no.such.module failed: ModuleNotFoundError"),
        *((f"python:{odd}", "has no names that stand for ints") for odd in ("math:pi", "sys:exit", "sys:path")),
        ("python:own_enums:BY_NUMBER", "has no names that stand for ints"),
        ("python:builtins:dict", "cannot be read as an enum: TypeError"),
        ("python:own_enums:HOSTILE", "cannot be read as an enum: ZeroDivisionError"),
        ("python:own_enums:Lazy", "cannot be read as an enum: ModuleNotFoundError: No module named 'absent'"),
        ("python:own_enums:Words", "has no names that stand for ints"),
        ("python:own_enums:Twice", "has two members that are Ok in C#"),
        ("python:raises:X", "importing raises failed: ZeroDivisionError"),
        ("python:exits:X", "importing exits failed: SystemExit"),
    ],
)
def test_not_an_enum_of_python(target: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raises.py").write_text("1 / 0", encoding="utf-8")
    (tmp_path / "exits.py").write_text("raise SystemExit(0)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert message in the_error(target)


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
