"""Protobuf descriptor sets."""

from __future__ import annotations

import re
import sys
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest
from checks import the_error
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    EnumValueDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)
from process import run
from vocabulary import MEMBERS

from smtpstatus import SmtpStatusCode
from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus_dotnet import check, limits


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


def test_every_enum_is_as_protobuf_reads_it(root: Path) -> None:
    """Protobuf's own parser is the oracle for our reading of the wire."""
    path = root / "proto" / "baseline.binpb"
    for file in FileDescriptorSet.FromString(path.read_bytes()).file:
        for enum in file.enum_type:
            (result,) = check(str(path), type_name=f"{file.package}.{enum.name}").results
            assert result.definition
            expected = {csharp_value_name(enum.name, value.name): value.number for value in enum.value}
            assert list(result.definition.members.items()) == list(expected.items())


def descriptor_set(enum: EnumDescriptorProto, depth: int = 0) -> bytes:
    """Return a descriptor set with an enum in so many messages M."""
    message = DescriptorProto(name="M", enum_type=[enum])
    for _ in range(depth - 1):
        message = DescriptorProto(name="M", nested_type=[message])
    inner = {"message_type": [message]} if depth else {"enum_type": [enum]}
    file = FileDescriptorProto(name="a.proto", package="p", **inner)
    return FileDescriptorSet(file=[file]).SerializeToString()


def values(numbers: Iterable[int]) -> EnumDescriptorProto:
    names = {number: f"N{number}".replace("-", "M") for number in numbers}
    return EnumDescriptorProto(
        name="E", value=[EnumValueDescriptorProto(name=name, number=number) for number, name in names.items()]
    )


def test_numbers_on_the_wire(tmp_path: Path) -> None:
    numbers = [0, 1, 127, 128, 16383, 16384, 2**31 - 1, -1, -(2**31)]
    path = tmp_path / "x.binpb"
    path.write_bytes(descriptor_set(values(numbers)))
    (result,) = check(str(path), type_name="p.E").results
    assert result.definition
    assert list(result.definition.members.values()) == numbers


def test_the_deepest_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DESCRIPTOR_DEPTH", 5)
    path = tmp_path / "x.binpb"
    for depth, error in ((5, ""), (6, "is not a descriptor set")):
        path.write_bytes(descriptor_set(values([0]), depth))
        (result,) = check(str(path), type_name=f"p.{'M.' * depth}E").results
        assert bool(result.definition) is not bool(error)
        assert error in str(result.error)


def test_the_largest_enum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBER_COUNT", 3)
    path = tmp_path / "x.binpb"
    path.write_bytes(descriptor_set(values(range(3))))
    assert check(str(path), type_name="p.E").exit_code == 1
    path.write_bytes(descriptor_set(values(range(4))))
    assert "p.E in" in the_error(path, type_name="p.E")
    assert "has more than 3 values" in the_error(path, type_name="p.E")


def delimited(number: int, content: bytes) -> bytes:
    """Return a field with a string or a message."""
    length, digits = len(content), b""
    while length > 127:
        digits += bytes([length & 127 | 128])
        length >>= 7
    return bytes([number << 3 | 2]) + digits + bytes([length]) + content


EMPTY = 100_000
NAME = delimited(1, b"SmtpStatusCode")
SHAPES = {
    "files": delimited(1, b"") * EMPTY,
    "messages": delimited(1, NAME + delimited(4, b"") * EMPTY),
    "enums": delimited(1, delimited(5, NAME) + delimited(5, b"") * EMPTY),
    "fields": delimited(1, delimited(4, NAME + delimited(2, b"") * EMPTY)),
    "values": delimited(1, delimited(2, b"smtpstatus.v1") + delimited(5, NAME + delimited(2, b"") * EMPTY)),
    "ranges": delimited(1, delimited(2, b"smtpstatus.v1") + delimited(5, NAME + delimited(4, b"") * EMPTY)),
    "nested": delimited(1, delimited(4, NAME + delimited(3, delimited(3, b"") * EMPTY + NAME))),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_empty_messages_cost_no_memory(tmp_path: Path, shape: bytes) -> None:
    """A parser makes an object of each, from two bytes."""
    path = tmp_path / "x.binpb"
    path.write_bytes(shape)
    check(str(path))  # what the first check imports does not count
    tracemalloc.start()
    try:
        (result,) = check(str(path)).results
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.definition is None or not result.definition.members
    assert peak < 4 * len(shape)


@pytest.mark.parametrize("tag", [9 << 3 | 3, 9 << 3 | 4, 9 << 3 | 6, 9 << 3 | 7, 0 << 3 | 2])
def test_a_field_that_is_not_known(root: Path, tmp_path: Path, tag: int) -> None:
    """Groups, and the types and the number that there are not. Protobuf refuses the latter, too."""
    path = tmp_path / "x.binpb"
    path.write_bytes((root / "proto" / "baseline.binpb").read_bytes() + bytes([tag, 0]))
    assert "is not a descriptor set" in the_error(path)


@pytest.mark.parametrize("ending", [b"\x49" + bytes(8), b"\x4d" + bytes(4), b"\x48\x80\x01", b"\x4a\x01x"])
def test_a_field_that_is_passed_over(root: Path, tmp_path: Path, ending: bytes) -> None:
    path = tmp_path / "x.binpb"
    data = (root / "proto" / "baseline.binpb").read_bytes()
    path.write_bytes(data + ending)
    assert check(str(path)).exit_code == 0
    path.write_bytes(data + ending[:-1])
    assert "is not a descriptor set" in the_error(path)
