"""`SmtpStatusCode`: members, facts, open values, look-ups, and what importing it costs."""

from __future__ import annotations

import copy
import json
import pickle
import re
import sys
from contextlib import suppress
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process import run
from vocabulary import MEMBERS

from smtpstatus import DeliveryCondition, EnhancedStatusCode, SmtpStatusCode
from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus.unlisted_status_code import UnlistedStatusCode

INT32 = st.integers(-(2**31), 2**31 - 1)

# The first digit decides (RFC 5321 4.2.1); 0 and -1 are not replies.
PREDICATES = {
    "is_success": range(200, 300),
    "is_intermediate": range(300, 400),
    "is_transient": range(400, 500),
    "is_permanent": range(500, 600),
}


def test_members_are_the_32_in_order() -> None:
    assert [(code.dotnet_name, code.value) for code in SmtpStatusCode] == list(MEMBERS.items())


def test_names_are_spelled_three_ways() -> None:
    code = SmtpStatusCode(450)
    assert (code.name, code.dotnet_name, code.proto_name) == (
        "MAILBOX_BUSY",
        "MailboxBusy",
        "SMTP_STATUS_CODE_MAILBOX_BUSY",
    )
    assert SmtpStatusCode.BASE64_RESPONSE.dotnet_name == "Base64Response"


@pytest.mark.parametrize("code", SmtpStatusCode, ids=lambda code: code.name)
def test_facts_are_there(code: SmtpStatusCode) -> None:
    assert re.fullmatch(r"[A-Z][ -~]{10,80}[^.]", code.summary)
    assert re.search(r"[\u4e00-\u9fff]", code.summary_zh)
    assert not code.summary_zh.endswith("。")
    assert "\n" not in code.summary + code.summary_zh
    assert code.sources
    for source in code.sources:
        assert re.fullmatch(r"RFC \d{4}( \d+(\.\d+)*)?|client", source)
    assert ("client" in code.sources) == (code <= 0)
    assert code.__doc__


def test_each_summary_is_unique() -> None:
    assert len({code.summary for code in SmtpStatusCode}) == len(SmtpStatusCode)
    assert len({code.summary_zh for code in SmtpStatusCode}) == len(SmtpStatusCode)


def test_rpc_codes_follow_the_condition() -> None:
    for code in SmtpStatusCode:
        assert (code.is_transient, code.rpc_code) == code.condition.answer(code // 100) or not code.is_transient
        if code.is_success or code.is_intermediate:
            assert code.rpc_code == 0
        else:
            assert code.rpc_code in range(1, 17)
    assert SmtpStatusCode.GENERAL_FAILURE.rpc_code == 14
    assert SmtpStatusCode.NOT_DEFINED.rpc_code == 2


@pytest.mark.parametrize("number", [*MEMBERS.values(), 199, 200, 299, 300, 399, 400, 499, 500, 599, 600, -250])
def test_predicates(number: int) -> None:
    code = SmtpStatusCode(number)
    assert {name: getattr(code, name) for name in PREDICATES} == {
        name: number in numbers for name, numbers in PREDICATES.items()
    }
    assert code.is_known == (number in MEMBERS.values())


def test_is_an_int() -> None:
    assert issubclass(SmtpStatusCode, IntEnum)
    code: int = SmtpStatusCode.OK
    assert code == 250
    assert hash(SmtpStatusCode.OK) == hash(250)
    assert SmtpStatusCode(250) is SmtpStatusCode.OK
    assert SmtpStatusCode["OK"] is SmtpStatusCode.OK
    assert sorted([SmtpStatusCode.OK, SmtpStatusCode.GENERAL_FAILURE]) == [-1, 250]
    assert str(SmtpStatusCode.OK) == f"{SmtpStatusCode.OK}" == "250"
    assert repr(SmtpStatusCode.OK) == "<SmtpStatusCode.OK: 250>"


@given(INT32)
def test_any_int32_is_a_code(number: int) -> None:
    code = SmtpStatusCode(number)
    assert code == number
    assert hash(code) == hash(number)
    assert type(code) is SmtpStatusCode
    assert type(code.value) is int
    assert str(code) == str(number)
    for again in (pickle.loads(pickle.dumps(code)), copy.copy(code), copy.deepcopy(code)):
        assert (again, type(again), again.name) == (code, SmtpStatusCode, code.name)
    assert SmtpStatusCode.from_json(json.loads(json.dumps(code))) == code


def test_an_unlisted_code_has_the_facts_of_its_class() -> None:
    code = SmtpStatusCode(571)
    assert repr(code) == "<SmtpStatusCode.571: 571>"
    assert code.name == code.dotnet_name == code.proto_name == "571"
    unlisted = [199, 200, 299, 300, 399, 400, 499, 505, 599, 600, 99, -200]
    assert [SmtpStatusCode(number).rpc_code for number in unlisted] == [2, 0, 0, 0, 0, 14, 14, 9, 9, 2, 2, 2]
    assert code.summary != SmtpStatusCode(499).summary
    assert code.sources == ("RFC 5321 4.2.1",)
    assert SmtpStatusCode(99).sources == ()
    assert code not in list(SmtpStatusCode)
    assert len(SmtpStatusCode) == 32


@pytest.mark.parametrize("code", [code for code in UnlistedStatusCode if code], ids=lambda code: code.name)
def test_a_code_of_another_rfc_has_its_facts(code: UnlistedStatusCode) -> None:
    found = SmtpStatusCode(code.value)
    assert not found.is_known
    assert (found.summary, found.summary_zh, found.sources) == (code.summary, code.summary_zh, code.sources)
    assert re.fullmatch(r"RFC \d{4}( \d+(\.\d+)*)?", code.sources[0])
    assert re.search(r"[\u4e00-\u9fff]", code.summary_zh)
    assert found.condition is not DeliveryCondition.NOT_DEFINED


def test_a_pseudo_member_is_not_kept() -> None:
    assert SmtpStatusCode(521) is not SmtpStatusCode(521)


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 250.5, "250", b"250", None, float("nan"), (250,)])
def test_a_value_that_is_not_a_code(value: object) -> None:
    with pytest.raises(ValueError, match="whole number within int32"):
        SmtpStatusCode(value)  # type: ignore[arg-type]  # wrong on purpose


def test_a_bool_is_not_a_code() -> None:
    with pytest.raises(ValueError, match="not True"):
        SmtpStatusCode(True)


def test_an_equal_number_finds_the_member() -> None:
    assert SmtpStatusCode(250.0) is SmtpStatusCode.OK  # type: ignore[arg-type]  # as in every IntEnum


@pytest.mark.parametrize("code", SmtpStatusCode, ids=lambda code: code.name)
def test_from_name(code: SmtpStatusCode) -> None:
    for name in (code.name, code.dotnet_name, code.proto_name):
        assert SmtpStatusCode.from_name(name) is code
        assert SmtpStatusCode.from_json(name) is code


@pytest.mark.parametrize("name", ["", "250", "ok", "mailbox_busy", " OK", "OK\n", "SMTP_STATUS_CODE_", "NONE"])
def test_a_text_that_is_not_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a value of SmtpStatusCode"):
        SmtpStatusCode.from_name(name)


def test_a_near_miss_gets_a_hint() -> None:
    with pytest.raises(ValueError, match="did you mean 'MailboxBusy'"):
        SmtpStatusCode.from_name("MailBoxBusy")


@given(st.text())
def test_from_name_raises_nothing_else(name: str) -> None:
    with suppress(ValueError):
        assert SmtpStatusCode.from_name(name).is_known


# Values that protobuf's own JSON parser takes for an enum, or might take.
@pytest.mark.parametrize("value", [250.0, 250.5, True, False, "250", "299", None, [], {}, [250], 2**31])
def test_a_value_that_from_json_refuses(value: object) -> None:
    with pytest.raises(ValueError, match=r"SmtpStatusCode|whole number"):
        SmtpStatusCode.from_json(value)


def test_match() -> None:
    def advice(code: SmtpStatusCode) -> str:
        match code:
            case SmtpStatusCode.OK:
                return "done"
            case 421 | 450:
                return "later"
            case _:
                return "other"

    assert [advice(SmtpStatusCode(number)) for number in (250, 421, 521)] == ["done", "later", "other"]


def slow_csharp_value_name(enum_name: str, value_name: str) -> str:
    """Protoc's rule word by word: every prefix of the name is compared with the enum's name."""

    def fold(text: str) -> str:
        return text.replace("_", "").lower()

    ends = range(len(value_name.rstrip("_")))
    prefix = max((end for end in ends if fold(value_name[:end]) == fold(enum_name)), default=0)
    name, previous = "", "_"
    for character in value_name[prefix:]:
        if character != "_":
            name += character.lower() if previous.isupper() else character if previous.islower() else character.upper()
        previous = character
    return f"_{name}" if name[:1].isdigit() else name


@given(st.text("aAb_1İ", max_size=4), st.text("aAb_1İ", max_size=10))
def test_csharp_value_name_in_one_pass(enum_name: str, value_name: str) -> None:
    assert csharp_value_name(enum_name, value_name) == slow_csharp_value_name(enum_name, value_name)


def test_csharp_value_name_of_a_long_name() -> None:
    """In quadratic time, this would take an hour."""
    assert csharp_value_name("E", "A" * 5_000_000) == "A" + "a" * 4_999_999


def test_csharp_value_name_of_odd_names() -> None:
    """The names follow GetEnumValueName and UnderscoresToPascalCase; test_proto.py runs protoc itself."""
    assert csharp_value_name("SmtpStatusCode", "SMTP_STATUS_CODE_BASE64_RESPONSE") == "Base64Response"
    assert csharp_value_name("SmtpStatusCode", "SMTP_STATUS_CODE") == "SmtpStatusCode"
    assert csharp_value_name("SmtpStatusCode", "OTHER") == "Other"
    assert csharp_value_name("Color", "COLOR_7BIT") == "_7Bit"


# The other enums


def test_an_enhanced_code_is_subject_and_detail() -> None:
    code = EnhancedStatusCode.parse("5.1.1")
    assert code is EnhancedStatusCode.BAD_MAILBOX is EnhancedStatusCode(1001)
    assert code is EnhancedStatusCode.parse("4.1.1") is EnhancedStatusCode.parse("X.1.1")
    assert (code.subject, code.detail) == (1, 1)
    assert code.summary == "The recipient's mailbox does not exist"
    assert code.sources == ("RFC 3463 3.2",)
    assert (code.dotnet_name, code.proto_name) == ("BadMailbox", "ENHANCED_STATUS_CODE_BAD_MAILBOX")
    assert EnhancedStatusCode.from_name("BadMailbox") is EnhancedStatusCode.from_json(1001) is code
    assert EnhancedStatusCode.parse("5.0.0") is EnhancedStatusCode.NOT_DEFINED
    assert EnhancedStatusCode.parse("5.10.1") == 10001
    assert EnhancedStatusCode.parse("5.1.10") == 1010


@pytest.mark.parametrize(
    ("text", "same"),
    [("5.7.515", "X.7.0"), ("5.1.999", "X.1.0"), ("5.999.999", "X.0.0"), ("5.9.0", "X.0.0"), ("5.0.1", "X.0.0")],
)
def test_an_unknown_detail_has_the_facts_of_its_subject(text: str, same: str) -> None:
    code, subject = EnhancedStatusCode.parse(text), EnhancedStatusCode.parse(same)
    assert not code.is_known
    assert code.name == str(code.value)
    assert (code.summary, code.summary_zh, code.sources, code.means) == (
        subject.summary, subject.summary_zh, subject.sources, subject.means,
    )  # fmt: skip
    assert EnhancedStatusCode(-5).summary == EnhancedStatusCode(0).summary


@pytest.mark.parametrize("text", ["", "5", "5.1", "5.1.1.1", "5.1.1234", "3.1.1", "5.1.1 ", "#5.1.1", "5.1.\u0661"])
def test_a_text_that_is_not_an_enhanced_code(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected an enhanced status code such as 5\.1\.1"):
        EnhancedStatusCode.parse(text)


# IANA's registry of 2024-12-06: each subject and its last detail.
REGISTRY = {0: 0, 1: 10, 2: 4, 3: 6, 4: 7, 5: 6, 6: 10, 7: 30}


def test_every_entry_of_the_registry_is_there() -> None:
    numbers = {1000 * subject + detail for subject, last in REGISTRY.items() for detail in range(last + 1)}
    assert {code.value for code in EnhancedStatusCode} == numbers
    for code in EnhancedStatusCode:
        assert re.fullmatch(r"[A-Z][ -~]{10,90}[^.]", code.summary)
        assert re.search(r"[\u4e00-\u9fff]", code.summary_zh)
        assert all(re.fullmatch(r"RFC \d{4}( \d+(\.\d+)*)?", source) for source in code.sources)


def test_the_facts_of_a_condition_fit_together() -> None:
    assert len({condition.summary for condition in DeliveryCondition}) == len(DeliveryCondition)
    for condition in DeliveryCondition:
        assert re.fullmatch(r"[A-Z][ -~]{10,90}[^.]", condition.summary)
        assert re.fullmatch(r"[A-Z][ -~]{10,120}\.", condition.reason)
        assert re.search(r"[\u4e00-\u9fff]", condition.summary_zh)
        assert condition.retry.name != "NOT_DEFINED"
        for reply_class in range(7):
            is_retried, code = condition.answer(reply_class)
            # UNAVAILABLE always comes with a retry, and a retry is UNAVAILABLE or RESOURCE_EXHAUSTED.
            assert code in {8, 14} if is_retried else code in range(14)
            # A service that relays never tells its caller that the caller's credentials or method are wrong.
            assert code not in {12, 16}
            assert (code == 5) <= (condition is DeliveryCondition.RECIPIENT_UNKNOWN)
    unknown = DeliveryCondition(99)
    assert (unknown.answer(0), unknown.summary) == ((True, 14), DeliveryCondition.NOT_KNOWN.summary)
    assert (DeliveryCondition.MAILBOX_FULL.counts_against.name, unknown.counts_against.name) == (
        "RECIPIENT", "NOT_DEFINED",
    )  # fmt: skip


def test_the_other_enums_load_when_asked_for() -> None:
    import smtpstatus

    for name in smtpstatus.__all__:
        assert issubclass(getattr(smtpstatus, name), IntEnum)
    with pytest.raises(AttributeError, match="no attribute 'SmtpStatusCodes'"):
        smtpstatus.SmtpStatusCodes  # noqa: B018  # raises


@pytest.mark.skipif(sys.platform == "emscripten", reason="no processes in WebAssembly")
def test_import_loads_nothing_heavy(environment: dict[str, str]) -> None:
    def loaded_by(module: str) -> set[str]:
        program = f"import sys; before = set(sys.modules); import {module}; print(*set(sys.modules) - before)"
        return set(run(sys.executable, "-c", program, environment=environment).stdout.split())

    loaded = loaded_by("smtpstatus")
    names = ("_open_enum", "_open_status_code", "protobuf_names", "status_code")
    ours = {"smtpstatus", *(f"smtpstatus.{name}" for name in names)}
    assert {name for name in loaded if name.startswith("smtpstatus")} == ours
    # These import other modules, which differ between versions of Python; nothing else may be loaded.
    assert loaded == ours | loaded_by("enum, functools, __future__")
