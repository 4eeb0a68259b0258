"""Protobuf descriptor sets."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from checks import the_error
from process import run
from vocabulary import MEMBERS

from smtpstatus import SmtpStatusCode
from smtpstatus_dotnet import check


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
