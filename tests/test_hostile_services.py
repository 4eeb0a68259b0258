"""Inputs of others that would take a careless service's memory or hours: replies, exceptions, gRPC errors, names."""

from __future__ import annotations

import smtplib
import sys
from typing import Any

import grpc
import pytest
from delivery import NO, status
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.status_pb2 import Status
from process import run
from refusing_service import WHOLE, packed
from test_rpc_hostile import Call

from smtpstatus import SmtpStatusCode, limits
from smtpstatus.client_exceptions import walk
from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus.replies import delivery_statuses
from smtpstatus.rpc import from_rpc_error, from_status, to_status
from smtpstatus.v1 import SmtpReply

# Each program has one megabyte of input in `data`, and says what is done with it.
PROGRAMS = {
    "one line": "data = '550 ' + 'x' * MB; parse_reply(data)",
    "nothing but line breaks": "data = '\\n' * MB; reply_of(550, data)",
    "carriage returns": "data = '550 ' + '\\r' * MB; parse_reply(data)",
    "digits": "data = '2' * MB; refused(parse_reply, data)",
    "dashes": "data = '250-' * (MB // 4); refused(parse_reply, data)",
    "many lines": "data = '250-\\n' * 300_000 + '250'; parse_reply(data)",
    "codes": "data = '250\\n' * (MB // 4) + '250'; format_reply(parse_reply(data))",
    "no UTF-8": "data = b'250 ' + b'\\xff' * MB; parse_reply(data)",
    "surrogates": "data = '\\ud800' * MB; reply_of(550, data)",
    "written line breaks": "data = SmtpReply(code=550, lines=['\\r' * MB]); format_reply(data)",
    "a reply to many": (
        "data = smtplib.SMTPDataError(550, b'x' * (MB // 2)); delivery_statuses(data, recipients=names(25_000))"
    ),
    "one reply of each": "data = dict.fromkeys(names(25_000), (550, b'x' * (MB // 2))); delivery_statuses(data)",
    "one encoded reply of each": (
        "data = dict.fromkeys(names(25_000), (550, b'\\xc4\\xe3' * (MB // 4))); delivery_statuses(data, encoding='gbk')"
    ),
    "detection": "data = b'550 ' + b'\\xc4\\xe3' * (MB // 2); parse_reply(data, encoding='detect')",
    "several replies": "data = b'250 2.0.0 a\\n' * (MB // 12); parse_replies(data)",
    "a text": "data = 'host x said: 550 ' * (MB // 17); find_reply(data)",
    "a report": (
        "data = b'Content-Type: message/delivery-status\\n\\n' + b'Action: failed\\n\\n' * (MB // 16)\n"
        "read_report(data)"
    ),
    "many recipients": "data = dict.fromkeys(names(50_000), (550, b'5.1.1 no')); delivery_statuses(data)",
    "one mapping in many exceptions": (
        "data = smtplib.SMTPRecipientsRefused(dict.fromkeys(names(25_000), (550, b'no')));"
        "delivery_statuses(ExceptionGroup('', [type(data)(data.recipients) for _ in range(10_000)]))"
    ),
    "a deep group": (
        "data = ExceptionGroup('', [ValueError()])\n"
        "for _ in range(100_000): data = ExceptionGroup('', [data])\n"
        "delivery_statuses(data)"
    ),
    "a wide group": "data = ExceptionGroup('', [ValueError('x' * 1000)] * 100_000); delivery_statuses(data)",
    "a domain": "data = {'a@' + '\\xe9' * MB: (550, b'no')}; delivery_statuses(data)",
    "labels": "data = {'a@' + '\\xe9.' * (MB // 3): (550, b'no')}; delivery_statuses(data)",
    "empty details": "data = Status.FromString(b'\\x1a\\x00' * (MB // 2)); from_status(data)",
    "a name": "data = 'A' * MB; refused(SmtpStatusCode.from_name, data)",
    "a protobuf name": "data = 'SMTP_STATUS_CODE' * (MB // 16); csharp_value_name('SmtpStatusCode', data)",
    "an underscored name": "data = 'SMTP' + '_' * MB + 'A'; csharp_value_name('SmtpStatusCode', data)",
}
BEGINNING = """\
import gc, resource, smtplib
from google.rpc.status_pb2 import Status
from smtpstatus import SmtpStatusCode
from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus.dsn import read_report
from smtpstatus.replies import delivery_statuses, find_reply, format_reply, parse_replies, parse_reply, reply_of
from smtpstatus.rpc import from_status
from smtpstatus.v1 import SmtpReply
MB = 1_000_000
def names(count):
    return [f"r{number}@example.com" for number in range(count)]
def refused(function, data):
    try:
        function(data)
    except ValueError:
        return
    raise AssertionError
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
before = peak()
"""


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_megabyte_takes_no_more_than_100_mebibytes(program: str, environment: dict[str, str]) -> None:
    result = run(sys.executable, "-c", f"{BEGINNING}{program}\nprint(peak() - before)", environment=environment)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) <= 100


def test_the_text_of_an_exception_is_cut_before_it_is_copied(environment: dict[str, str]) -> None:
    program = """
class Long(smtplib.SMTPException):
    def __str__(self):
        return "\\xe9" * 100 * MB
data = smtplib.SMTPRecipientsRefused({})
data.__class__ = type("Refused", (Long, smtplib.SMTPRecipientsRefused), {})
for error in (Long(), data):
    (found,) = delivery_statuses(error)
    assert found.local_error == "\\xe9" * 1000
print(peak() - before)
"""
    result = run(sys.executable, "-c", BEGINNING + program, environment=environment)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) <= 110  # the text itself has 100 MB


@pytest.mark.parametrize("count", [1, 2, 3, 1000])
def test_all_replies_together_are_bounded(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SERVER_TEXTS_CHARACTERS", 60)
    monkeypatch.setattr(limits, "SERVER_TEXT_CHARACTERS", 20)
    share = max(20, 60 // count)
    names = [f"r{number}" for number in range(count)]
    for length in (share, share + 1):
        text = b"5.1.1 " + b"x" * (length - 6)
        expected = SmtpReply(code=550, enhanced_code="5.1.1", lines=[text[:share].decode()])
        to_all = delivery_statuses(smtplib.SMTPSenderRefused(550, text, "a"), recipients=names)
        assert [found.reply for found in to_all] == [expected] * count
        assert delivery_statuses(dict.fromkeys(names, (550, text))) == [status(name, expected) for name in names]


def test_exceptions_that_name_nobody_new_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = smtplib.SMTPRecipientsRefused(dict.fromkeys("abc", (550, b"no")))
    copies = [smtplib.SMTPRecipientsRefused(refused.recipients) for _ in range(3)]
    group = ExceptionGroup("", [*copies, smtplib.SMTPDataError(421, b"bye")])
    for limit, is_seen in ((8, True), (7, False)):  # the group is one, and each of two repetitions is three
        monkeypatch.setattr(limits, "EXCEPTION_COUNT", limit)
        assert any(failure.code == 421 for failure in walk(group)) == is_seen
    # Whoever is named for the first time is never left out.
    named = [smtplib.SMTPRecipientsRefused({str(number): (550, b"no")}) for number in range(100)]
    assert len(delivery_statuses(ExceptionGroup("", named))) == 100


class Endless:
    """Its items never end."""

    def __iter__(self) -> Any:
        while True:
            yield "a", (550, b"5.1.1 no")

    def items(self) -> Any:
        return iter(self)


class EndlessRefused(smtplib.SMTPRecipientsRefused):
    def __init__(self) -> None:
        Exception.__init__(self, "refused")
        self.recipients: Any = Endless()


class EndlessArgs(Exception):  # noqa: N818 - named as a client would
    __module__ = "aiosmtplib.errors"
    args: Any = property(lambda _: iter(lambda: 550, None))


EndlessArgs.__name__ = "SMTPDataError"


def test_what_never_ends_is_bounded() -> None:
    assert delivery_statuses(EndlessRefused()) == [status("a", NO)]
    (found,) = delivery_statuses(EndlessArgs())
    assert found.reply == SmtpReply(code=550, lines=["550"])
    mapping: Any = {"a": iter(lambda: 550, None)}
    assert delivery_statuses(mapping)[0].reply == SmtpReply(code=550, lines=["550"])


class NoTextError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("odd", [10**5000, NoTextError()], ids=["huge number", "no text"])
def test_a_part_that_has_no_text(odd: Any) -> None:
    entries: Any = {"a": (550, odd), odd: (550, b"5.1.1 no"), "b": (odd, b"x"), "c": (550, b"5.1.1 no")}
    for failure in (entries, smtplib.SMTPRecipientsRefused(entries)):
        first, second, third, last = delivery_statuses(failure)
        assert first == status("a", SmtpReply(code=550, lines=[type(odd).__name__]))
        assert second == status(type(odd).__name__, NO)
        assert third.local_error == "expected an SMTP reply, found 'x'"
        assert last == status("c", NO)
    with pytest.raises(TypeError, match="the mapping that sendmail returns, found int"):
        delivery_statuses(10**5000)  # type: ignore[arg-type]


def test_a_domain_is_compared_in_punycode_up_to_its_limit() -> None:
    for length, count in ((255, 1), (256, 2)):
        domain = ".".join(["\xe9" * 40] * 6 + ["\xe9" * (length - 246)])
        refused = {f"a@{domain}": (550, b"no")}
        assert len(domain) == length
        found = delivery_statuses(refused, recipients=[f"a@{domain.encode('idna').decode()}"])
        assert len(found) == count


def test_a_similar_name_is_looked_for_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NAME_CHARACTERS", len("MAILBOX_BUZZY"))
    with pytest.raises(ValueError, match=r"did you mean 'MAILBOX_BUSY'"):
        SmtpStatusCode.from_name("MAILBOX_BUZZY")
    with pytest.raises(ValueError, match=r"is not the name of a value of SmtpStatusCode$"):
        SmtpStatusCode.from_name("MAILBOX_BUZZYY")


@pytest.mark.parametrize(("count", "is_found"), [(63, True), (64, False)])
def test_the_details_that_are_looked_at(count: int, *, is_found: bool) -> None:
    for detail in (AnyMessage(), AnyMessage(type_url="example.com/any.Type", value=b"\xff" * 100)):
        found = Status(code=to_status(WHOLE).code, details=[*[detail] * count, *packed(WHOLE)])
        assert (from_status(found) == WHOLE) == is_found
        assert (from_rpc_error(Call(found.SerializeToString())) == WHOLE) == is_found


def test_the_bytes_that_are_decoded() -> None:
    found = to_status(WHOLE)
    for size in (65_536, 65_537):
        found.message = ""
        found.message = "x" * (size - found.ByteSize() - 4)
        data = found.SerializeToString()
        assert len(data) == size
        assert (from_rpc_error(Call(data)) == WHOLE) == (size == 65_536)


@pytest.mark.parametrize("details", ["text", 5, [b"list"]])
def test_details_that_are_not_bytes(details: Any) -> None:
    assert from_rpc_error(Call(details)) is None


def test_a_call_without_a_code() -> None:
    class Codeless(Call):
        def code(self) -> Any:
            return None

    assert from_rpc_error(Codeless(to_status(WHOLE).SerializeToString())) is None
    assert from_rpc_error(grpc.RpcError()) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SMTP_STATUS_CODE_OK", "Ok"),
        ("SMTP_STATUS_CODE__OK", "Ok"),
        ("SmtpStatusCodeOK", "Ok"),
        ("SMTP_STATUS_CODEOK", "Ok"),
        ("_SMTP_STATUS_CODE_2_OK", "_2Ok"),
        ("SMTP_STATUS_CODE", "SmtpStatusCode"),
        ("SMTP_STATUS_CODE__", "SmtpStatusCode"),
        ("SMTP_STATUS_COD", "SmtpStatusCod"),
        ("SMTP_STATUS_CONE_OK", "SmtpStatusConeOk"),
    ],
)
def test_where_a_name_begins(name: str, expected: str) -> None:
    """Expected as protoc's C# generator writes them; `test_proto` asks it for others."""
    assert csharp_value_name("SmtpStatusCode", name) == expected
