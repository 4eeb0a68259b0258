"""What `scripts/fuzz.py` and `test_fuzz.py` run with bytes of any kind: one function for each parser of foreign data.

A target raises if an error escapes that is not documented, or if a result is not what it must be. Targets whose name
begins with `built_` take the bytes as a recipe: a builder makes a sound file of it that mutations of bytes would never
hit on, large or with thousands of parts. `SEEDS` has inputs to begin with.
"""

from __future__ import annotations

import email
import email.policy
import io
import json
import smtplib
import struct
import tempfile
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorSet
from google.rpc.status_pb2 import Status
from image import Enum, Image

from smtpstatus import limits
from smtpstatus.dsn import read_report
from smtpstatus.meaning import verdict_of
from smtpstatus.replies import ReplyError, delivery_statuses, find_reply, format_reply, parse_reply, reply_of
from smtpstatus.rpc import from_rpc_error, from_status, to_status
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus_dotnet import metadata, profiles
from smtpstatus_dotnet.package_indexes import nuget_feed, nuspec, pages
from smtpstatus_dotnet.package_indexes.archives import open_archive
from smtpstatus_dotnet.package_indexes.settings import Index
from smtpstatus_dotnet.package_indexes.transport import DamagedError, Session, TransferError
from smtpstatus_dotnet.parity import EnumDefinition
from smtpstatus_dotnet.targets.table import find

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
ASSEMBLIES = ROOT / "tests" / "assemblies"
_FOLDER = Path(tempfile.mkdtemp(prefix="smtpstatus-fuzz-"))


class Recipe:
    """Reads choices out of bytes; when they are used up, each choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position = data, 0

    def number(self, limit: int) -> int:
        """Return a number from 0 to limit - 1."""
        size = (limit.bit_length() + 7) // 8
        return int.from_bytes(self.take(size), "big") % limit

    def size(self, limit: int) -> int:
        """Return a number from 0 to limit - 1 that is mostly small: what is large takes long."""
        return self.number(min(limit, (4, 4, 20, limit)[self.number(4)]))

    def take(self, size: int) -> bytes:
        part = self._data[self._position : self._position + size]
        self._position += size
        return part

    def chance(self) -> bool:
        return self.number(256) > 127

    def text(self) -> str:
        return self.take(self.number(32)).decode("utf-8", "replace")

    def patch(self, data: bytes) -> bytes:
        """Return the data with up to three bytes changed."""
        changed = bytearray(data)
        for _ in range(self.number(4)):
            changed[self.number(len(changed))] = self.number(256)
        return bytes(changed)


def assembly(data: bytes) -> None:
    """Every enum that is given out is read the same by its name, or is an error: another may have that name, too."""
    with suppress(metadata.MetadataError):
        for number, enum in enumerate(metadata.iter_enums(data)):
            if number < 8:  # each reads the whole assembly again
                with suppress(metadata.MetadataError):
                    assert metadata.read_enum(data, enum.full_name) == enum


def built_assembly(data: bytes) -> None:
    """An assembly with many types, members and unusual layouts is read as it was built; a patched one, or an error."""
    recipe = Recipe(data)
    element_type = 2 + recipe.number(10)
    one = {f"M{number}": number % 2 for number in range(recipe.size(400))}
    other = {"A" * (1 + recipe.size(1023)): 1}
    enums = [Enum(f"E{number}", (one, other)[number % 2], "N", element_type) for number in range(recipe.size(600))]
    image = Image(
        enums,
        pe32_plus=recipe.chance(),
        wide_heaps=recipe.chance(),
        field_pointers=recipe.chance(),
        unsorted=recipe.chance(),
        parameter_constants=recipe.chance(),
        more_type_refs=(0, 16_381, 16_382, 16_383)[recipe.number(4)],
        more_fields=recipe.size(70_000) if recipe.chance() else 0,
    )
    image.stream = "#-" if image.field_pointers or image.unsorted else "#~"
    if len(enums) * len(one) > 20_000 or (len(enums) > 60 and not image.wide_heaps):
        return  # too slow to build, or too large for its heaps
    try:
        built = image.build()
    except struct.error:  # its names need wide heaps
        return
    patched = recipe.patch(built)
    assembly(patched)
    if patched == built:
        found = {enum.full_name: dict(enum.members) for enum in metadata.iter_enums(built)}
        assert found == {f"N.{enum.name}": enum.members for enum in enums}


def _find(name: str, data: bytes) -> None:
    """Read a target with this content: each place is an enum or an error."""
    path = _FOLDER / name
    path.write_bytes(data)
    for found in find(str(path)):
        if isinstance(found, EnumDefinition):
            assert all(type(number) is int for number in found.members.values())
        else:
            assert str(found.error)


def archive(data: bytes) -> None:
    _find("X.zip", data)


def built_archive(data: bytes) -> None:
    """An archive with many entries, entries of one name, and sizes that lie."""
    recipe, packed = Recipe(data), io.BytesIO()
    contents = [path.read_bytes() for path in sorted(ASSEMBLIES.glob("*.dll"))[:4]]
    contents += [b"", bytes(1 << 16), b"PK\5\6" * 100, *([packed_again(contents[0])] if recipe.chance() else [])]
    with zipfile.ZipFile(packed, "w") as made:
        for number in range(recipe.size(60)):
            entry = zipfile.ZipInfo(f"lib/{recipe.text() if recipe.chance() else number}.dll".replace("\0", "0"))
            entry.compress_type = (0, 8, 12, 14)[recipe.number(4)]
            with warnings.catch_warnings():  # zipfile warns of a name that is there twice
                warnings.simplefilter("ignore")
                made.writestr(entry, contents[recipe.number(len(contents))])
    _find("Y.whl", recipe.patch(packed.getvalue()))


def packed_again(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("X.dll", data)
    return packed.getvalue()


def reference_page(data: bytes) -> None:
    _find("X.md", data)


def descriptor_set(data: bytes) -> None:
    _find("X.binpb", data)


def built_descriptor_set(data: bytes) -> None:
    """Messages in messages, and enums with many or long names."""
    recipe, files = Recipe(data), FileDescriptorSet()
    for _ in range(recipe.size(50)):
        file = files.file.add(package=recipe.text())
        enums: Any = file.enum_type
        message: Any = file
        for _ in range(recipe.size(90)):
            message = (message.message_type if message is file else message.nested_type).add(name=recipe.text())
            assert isinstance(message, DescriptorProto)
            enums = message.enum_type if recipe.chance() else enums
        enum: EnumDescriptorProto = enums.add(name="SmtpStatusCode" if recipe.chance() else recipe.text())
        for number in range(recipe.size(300)):
            enum.value.add(name=f"{recipe.text()}{number}" * (1 + recipe.size(200)), number=number)
    _find("Y.binpb", recipe.patch(files.SerializeToString()) if files.file else b"")


def profile(data: bytes) -> None:
    path = _FOLDER / "X.toml"
    path.write_bytes(data)
    with suppress(profiles.ProfileError):
        for name in profiles.read(str(path)):
            profiles.choose(str(path), name)
    with suppress(profiles.ProfileError):
        profiles.write(str(path), {})


def index_page(data: bytes) -> None:
    folder = _FOLDER / "simple" / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_bytes(data)
    index = Index(f"{_FOLDER.as_uri()}/simple/", ("user", "secret"))
    with Session(frozenset(), None) as session, suppress(TransferError):
        listing = pages.listing(session, index, "demo", False)
        for wheel in listing.files if listing else ():
            assert wheel.file_name.startswith(("demo", "Demo", "DEMO")) or wheel.file_name.lower().startswith("demo")
            assert (wheel.file_name + wheel.url).isprintable()


def nuget_source(data: bytes) -> None:
    """The three answers of a server, one after the other; there is none, because a socket is slow."""
    answers = iter([*data.decode(errors="replace").split("\n\n"), "", ""])
    source = Index("https://localhost/index.json", ("user", "secret"))
    with (
        mock.patch.object(nuget_feed, "fetch_text", lambda _session, url, *_: (url, next(answers, ""))),
        Session(frozenset(), None) as session,
        suppress(TransferError),
    ):
        listing = nuget_feed.listing(session, source, "demo", False)
        for file in listing.files if listing else ():
            assert (file.file_name + file.url).isprintable()
            assert file.url.startswith("https://")


def nuget_manifest(data: bytes) -> None:
    folder = _FOLDER / "feed"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "demo.1.0.0.nupkg", "w") as archive:
        archive.writestr("demo.nuspec", data)
    with Session(frozenset(), None) as session:
        listing = nuget_feed.listing(session, Index(f"{folder.as_uri()}/"), "demo", False)
        for file in listing.files if listing else ():
            with open_archive(session, file) as opened, suppress(DamagedError):
                nuspec.assembly_reader(opened)


def reply(data: bytes) -> None:
    for text in (data, data.decode("utf-8", "surrogateescape")):
        with suppress(ReplyError):
            message = parse_reply(text)
            assert parse_reply(format_reply(message)) == message
            assert parse_reply(format_reply(message).decode()) == message
        assert reply_of(550, text).code == 550


class _Call(grpc.RpcError):
    """The error of a call that ended with these details."""

    def __init__(self, data: bytes, code: int) -> None:
        self._data, self._code = data, code

    def trailing_metadata(self) -> Any:
        return (("grpc-status-details-bin", self._data),)

    def code(self) -> Any:
        return next((code for code in grpc.StatusCode if code.value[0] == self._code), None)


def found_reply(data: bytes) -> None:
    """A reply that is found is a whole one, can be sent, and is found again in what is sent."""
    found = find_reply(data)
    if found:
        assert 200 <= found.reply.code < 600
        assert found.reply.lines
        if not any("\r" in line for line in found.reply.lines):
            assert parse_reply(format_reply(found.reply)).code == found.reply.code
        DeliveryStatus.FromString(found.SerializeToString())


def report(data: bytes) -> None:
    """A mail is read the same as bytes, and as a message of `email` if that package can read it; nothing escapes."""
    statuses = read_report(data)
    assert len(statuses) <= limits.REPORT_RECIPIENTS
    for status in statuses:
        verdict_of(status)
        DeliveryStatus.FromString(status.SerializeToString())
    if data.count(b"boundary") < 50 and data.count(b"rfc822") < 50:  # more levels would be too much for `email` itself
        for policy in (email.policy.compat32, email.policy.default):
            read_report(email.message_from_bytes(data, policy=policy))


def rpc_status(data: bytes) -> None:
    """Whatever comes out of a gRPC error goes into another, and comes out the same."""
    found = from_rpc_error(_Call(data, data[0] % 17 if data else 0))
    details = [AnyMessage(type_url="type.googleapis.com/smtpstatus.v1.DeliveryStatus", value=data)]
    for status in (found, from_status(Status(code=5, details=details))):
        if status is not None and status.ByteSize() <= limits.STATUS_BYTES:
            assert from_status(to_status(status)) == status
        elif status is not None:
            assert to_status(status).ByteSize() < 2 * limits.STATUS_BYTES


class _OddError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def exceptions(data: bytes) -> None:
    """A failure is never an exception, and nobody is left out, whatever the exceptions hold and how they are linked."""
    recipe, graph = Recipe(data), [Exception("first")]
    for _ in range(recipe.size(400)):
        code: Any = (550, 421, -1, 250, recipe.number(2000), recipe.text(), None)[recipe.number(7)]
        text: Any = (recipe.take(9), recipe.text(), None, recipe.number(99), [b"x"], "\ud800")[recipe.number(6)]
        kind = recipe.number(7)
        foreign = type(("SMTPDataError", "SMTPRecipientRefused")[kind % 2], (Exception,), {"__module__": "aiosmtplib"})
        made: list[Exception] = [
            ValueError(text), smtplib.SMTPResponseException(code, text), _OddError(), foreign(code, text, text),
            smtplib.SMTPRecipientsRefused({recipe.text(): (code, text), recipe.number(9): code}),  # type: ignore[dict-item]
            smtplib.SMTPSenderRefused(code, text, recipe.text()), OSError(code, text),
        ]  # fmt: skip
        error = made[kind]
        if recipe.chance():
            error = ExceptionGroup("group", [graph[recipe.number(len(graph))] for _ in range(1 + recipe.number(9))])
        error.__cause__ = graph[recipe.number(len(graph))] if recipe.chance() else None
        error.__context__ = graph[recipe.number(len(graph))] if recipe.chance() else None
        graph[recipe.number(len(graph))].__context__ = error
        graph.append(error)
    recipients = ["a@example.com", recipe.text()]
    found = delivery_statuses(graph[-1], recipients=recipients, stage=recipe.number(10))
    assert len({status.final_recipient for status in found}) == len(found)
    assert found[0].final_recipient == "a@example.com"
    for status in found:
        assert len(status.local_error) <= limits.CLIENT_TEXT_CHARACTERS
        assert not status.HasField("reply") or status.reply.code == -1 or 100 <= status.reply.code <= 999
        assert DeliveryStatus.FromString(status.SerializeToString()) == status


def _contents(folder: str, pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((ROOT / folder).glob(pattern))]


def _whole_status() -> DeliveryStatus:
    return DeliveryStatus(final_recipient="a", stage=6, reply=SmtpReply(code=450, enhanced_code="4.2.0", lines=["a"]))


_RECIPES = [bytes(range(first, first + 200, 2 + first % 3)) * 4 for first in range(0, 56, 7)]
_DESCRIPTORS = _contents("proto", "*.binpb")
_ENUM = EnumDescriptorProto(name="SmtpStatusCode")
_ENUM.value.add(name="SMTP_STATUS_CODE_OK", number=250)
_SMALL_SET = FileDescriptorSet()
_SMALL_SET.file.add(package="smtpstatus.v1", name="a.proto").enum_type.append(_ENUM)
_WHEEL = "demo-1.0-py3-none-any.whl"

_ANSWERS: list[dict[str, Any]] = [
    {
        "resources": [
            {"@id": "https://localhost/f", "@type": "PackageBaseAddress/3.0.0"},
            {"@id": "https://localhost/r/", "@type": ["RegistrationsBaseUrl/3.6.0"]},
        ]
    },
    {"versions": ["1.0.0-a.1"]},
    {
        "items": [
            {
                "items": [
                    {"catalogEntry": {"version": "1.0.0-A.1", "listed": False, "published": "2026-01-01T00:00:00Z"}}
                ]
            }
        ]
    },
]

SEEDS: dict[Callable[[bytes], None], list[bytes]] = {
    assembly: [*_contents("tests/assemblies", "*.dll"), Image([Enum("E", {"A": 1})], stream="#-").build()],
    built_assembly: _RECIPES,
    archive: [packed_again(path) for path in _contents("tests/assemblies", "n*.dll")],
    built_archive: _RECIPES,
    reference_page: [
        *_contents("tests/pages", "*.md"),
        b"title: SmtpStatusCode\n\n| Name | Value |\n| --- | --- |\n| Ok | `250` | x |\n",
    ],
    descriptor_set: [_SMALL_SET.SerializeToString(), *_DESCRIPTORS],
    built_descriptor_set: _RECIPES,
    profile: [*_contents("dotnet_compat/smtpstatus_dotnet", "profiles.toml"), b'["N.E"]\nreason = "x"\n'],
    index_page: [
        f'<base href="/x/"><a href="{_WHEEL}#sha256={"0" * 64}" data-yanked="">x</a>'.encode(),
        f'{{"meta": {{"api-version": "1.0"}}, "files": [{{"url": "{_WHEEL}", "hashes": {{}}}}]}}'.encode(),
    ],
    nuget_source: ["\n\n".join(map(json.dumps, _ANSWERS)).encode()],
    nuget_manifest: [b"<package><metadata><id>Demo</id><version>1.0</version></metadata></package>"],
    reply: [b"550-5.1.1 a\r\n550 5.1.1 b\r\n", b"250-a\n250", b"550 #5.1.0 \xff", b"421 \r x"],
    found_reply: [
        json.loads(line)["text"].encode()
        for path in _contents("tests/vectors", "diagnostics.json")
        for line in path.decode().replace("},\n", "}\n").splitlines()[1:-1]
    ],
    report: _contents("tests/reports", "*.eml"),
    rpc_status: [to_status(_whole_status()).SerializeToString(), _whole_status().SerializeToString()],
    exceptions: _RECIPES,
}
TARGETS = {target.__name__: target for target in SEEDS}
"""The targets by name."""
