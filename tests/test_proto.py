"""The shared source: buf accepts it, and protoc's code and the Python enums have its names and facts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.protobuf import descriptor_pb2
from process import run
from vocabulary import MEMBERS

import smtpstatus
from smtpstatus import DeliveryCondition, EnhancedStatusCode, RpcCode, SmtpStatusCode, v1
from smtpstatus._open_enum import CodeFacts
from smtpstatus.delivery_action import DeliveryAction
from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus.reply_class import SmtpReplyClass
from smtpstatus.unlisted_status_code import UnlistedStatusCode
from smtpstatus.v1 import delivery_condition_pb2, smtp_status_code_pb2, status_code_info_pb2

SOURCE = "smtpstatus/v1/smtp_status_code.proto"


def tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def buf(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(tool("buf"), *arguments, folder=folder)


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the checkout that a test may break."""
    shutil.copytree(root / "proto", tmp_path / "proto")
    shutil.copy(root / "buf.yaml", tmp_path)
    return tmp_path


def edit(copy: Path, before: str, after: str) -> None:
    path = copy / "proto" / SOURCE
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [("lint",), ("format", "--diff", "--exit-code"), ("breaking", "--against", "proto/baseline.binpb")],
    ids=lambda arguments: arguments[0],
)
def test_buf_finds_nothing(root: Path, arguments: tuple[str, ...]) -> None:
    result = buf(root, *arguments)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_buf_lint_finds_a_wrong_name(copy: Path) -> None:
    edit(copy, "SMTP_STATUS_CODE_MAILBOX_BUSY = 450", "MAILBOX_BUSY = 450")
    result = buf(copy, "lint")
    assert result.returncode == 100
    assert "should be prefixed" in result.stdout


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("_MAILBOX_BUSY = 450", "_MAILBOX_BUSY = 459", 'enum value "450"'),
        ("_MAILBOX_BUSY = 450", "_MAILBOX_OCCUPIED = 450", "SMTP_STATUS_CODE_MAILBOX_OCCUPIED"),
        (" = -1 [", " = -2 [", 'enum value "-1"'),
        ('csharp_namespace = "SmtpStatus.V1"', 'csharp_namespace = "Smtp"', "csharp_namespace"),
        ("java_multiple_files = true", "java_multiple_files = false", "java_multiple_files"),
    ],
)
def test_buf_breaking_finds_a_change(copy: Path, before: str, after: str, message: str) -> None:
    edit(copy, before, after)
    result = buf(copy, "breaking", "--against", "proto/baseline.binpb")
    assert result.returncode == 100, result.stderr
    assert re.search(message, result.stdout)


def test_rpc_code_is_that_of_google() -> None:
    code_pb2 = pytest.importorskip("google.rpc.code_pb2", reason="the extra is missing: pip install 'smtpstatus[grpc]'")
    assert {code.name: code.value for code in RpcCode} == dict(code_pb2.Code.items())


def test_names_are_exported_where_people_look_for_them() -> None:
    for name in smtpstatus.__all__:
        assert name in dir(smtpstatus)
        assert getattr(smtpstatus, name).__name__ == name
    messages_and_enums = {
        name
        for module in (path.stem for path in Path(v1.__file__).parent.glob("*_pb2.py"))
        for descriptor in [import_module(f"smtpstatus.v1.{module}").DESCRIPTOR]
        for name in (*descriptor.message_types_by_name, *descriptor.enum_types_by_name)
    }
    assert messages_and_enums == {name for name in dir(v1) if name[0].isupper()}
    for name in messages_and_enums:
        assert getattr(v1, name).DESCRIPTOR.full_name == f"smtpstatus.v1.{name}"
    for package in (smtpstatus, v1):
        with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Absent'"):
            package.Absent  # noqa: B018


def test_the_message_enum_is_the_python_enum() -> None:
    values = smtp_status_code_pb2.DESCRIPTOR.enum_types_by_name["SmtpStatusCode"].values
    assert [(value.name, value.number) for value in values] == [(code.proto_name, code) for code in SmtpStatusCode]


ENUMS: dict[str, tuple[type[CodeFacts], str]] = {
    "SmtpStatusCode": (SmtpStatusCode, "smtp_status_code"),
    "EnhancedStatusCode": (EnhancedStatusCode, "enhanced_status_code"),
    "UnlistedStatusCode": (UnlistedStatusCode, "unlisted_status_code"),
    "SmtpReplyClass": (SmtpReplyClass, "smtp_reply_class"),
    "DeliveryAction": (DeliveryAction, "delivery"),
}


@pytest.mark.parametrize("name", ENUMS)
def test_the_facts_are_the_option(name: str) -> None:
    option: Any = status_code_info_pb2.status_code_info
    assert option.number == 74219583  # part of the wire format, so it never changes
    enum, file = ENUMS[name]
    values = import_module(f"smtpstatus.v1.{file}_pb2").DESCRIPTOR.enum_types_by_name[name].values
    for value, code in zip(values, enum, strict=True):
        info = value.GetOptions().Extensions[option]
        facts = (info.summary, info.summary_zh, tuple(info.sources), rules(info.means))
        assert (value.name, facts) == (code.proto_name, (code.summary, code.summary_zh, code.sources, code.means))


def test_the_facts_of_conditions_are_the_option() -> None:
    option: Any = delivery_condition_pb2.delivery_condition_info
    assert option.number == 74219584  # never changes, either
    values = delivery_condition_pb2.DESCRIPTOR.enum_types_by_name["DeliveryCondition"].values
    for value, condition in zip(values, DeliveryCondition, strict=True):
        info = value.GetOptions().Extensions[option]
        assert condition.about == (
            info.summary, info.summary_zh, info.counts_against, info.rpc_code, info.retry_rpc_code, info.retry,
            info.reason, rules(info.instead), info.when_reply_lost,
        )  # fmt: skip


def rules(messages: Any) -> tuple[tuple[object, ...], ...]:
    return tuple((rule.condition, tuple(rule.stages), rule.reply_class, rule.rank, rule.is_bare) for rule in messages)


def test_protoc_gives_the_vendors_names(root: Path, tmp_path: Path) -> None:
    assert run(tool("protoc"), f"-I{root / 'proto'}", f"--csharp_out={tmp_path}", SOURCE).returncode == 0
    text = (tmp_path / "SmtpStatusCode.cs").read_text(encoding="utf-8")
    assert "namespace SmtpStatus.V1 {" in text
    found = re.findall(r'OriginalName\("(\w+)"\)\] (\w+) = (-?\d+),', text)
    assert {name: int(number) for _, name, number in found} == MEMBERS
    assert {name: proto_name for proto_name, name, _ in found} == {c.dotnet_name: c.proto_name for c in SmtpStatusCode}


def test_the_naming_rule_is_protocs(tmp_path: Path) -> None:
    """The names are some that nobody would choose, each in an enum of its own so that they cannot clash."""
    random = Random(0)
    enums = ["SmtpStatusCode", "smtp_status_code", "Color", "HTTP2Code", "A"]
    prefixes = ["SMTP_STATUS_CODE_", "Smtp_StatusCode", "SMTP__status_code", "COLOR_", "color", "HTTP2_CODE_", "A_", ""]
    cases = [
        (
            random.choice(enums),
            random.choice(prefixes) + "".join(random.choices("abzABZ019___", k=random.randint(0, 9))),
        )
        for _ in range(5000)
    ]
    cases = [(enum, name) for enum, name in cases if re.match("[A-Za-z_]", name) and name.strip("_") and enum != name]
    assert len(cases) > 4000
    messages = [f"message M{n} {{ enum {enum} {{ {name} = 0; }} }}" for n, (enum, name) in enumerate(cases)]
    (tmp_path / "t.proto").write_text('syntax = "proto2";\n' + "\n".join(messages), encoding="utf-8")
    assert run(tool("protoc"), f"-I{tmp_path}", f"--csharp_out={tmp_path}", "t.proto").returncode == 0
    found = re.findall(r'OriginalName\("\w+"\)\] (\w+) = 0,', (tmp_path / "T.cs").read_text(encoding="utf-8"))
    wrong = {
        case: (csharp_value_name(*case), name)
        for case, name in zip(cases, found, strict=True)
        if csharp_value_name(*case) != name
    }
    assert wrong == {}


def test_every_file_may_be_compiled_by_java(root: Path) -> None:
    for path in (root / "proto").rglob("*.proto"):
        module = import_module(f"smtpstatus.v1.{path.stem}_pb2")
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        assert file.options.java_multiple_files
        assert file.options.csharp_namespace == "SmtpStatus.V1"
        assert file.syntax == "proto3"
