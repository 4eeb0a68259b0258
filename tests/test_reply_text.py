"""`smtpstatus.reply_text`, compared with smtplib and aiosmtplib: the same bytes give the same reply."""

from __future__ import annotations

import io
import smtplib
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import aiosmtplib
import pytest
from aiosmtplib.protocol import SMTPProtocol
from hypothesis import given, settings
from hypothesis import strategies as st

from smtpstatus.replies import ReplyError, delivery_statuses, format_reply, parse_replies, parse_reply, reply_of
from smtpstatus.v1 import SmtpReply

if TYPE_CHECKING:
    from collections.abc import Iterator


# Replies as servers were seen to write them; the enhanced code was read by eye.
SEEN = [
    (b"550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown\r\n", "5.1.1"),
    (b"550-5.1.1 The email account that you tried to reach does not exist.\r\n550 5.1.1 Try again\r\n", "5.1.1"),
    (b"550-5.1.1 Only the first line has it\r\n550 here is more\r\n", "5.1.1"),
    (b"421-4.7.28 Our system has detected an unusual rate\r\n421 4.7.28 https://example.com - gsmtp\r\n", "4.7.28"),
    (b"450 4.2.0 <a@example.com>: Recipient address rejected: Greylisted\n", "4.2.0"),
    (b"452 4.5.3 Error: too many recipients\r\n", "4.5.3"),
    (b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled\r\n", "5.7.139"),
    (b"554 5.7.1: Client host rejected: Access denied\r\n", "5.7.1"),
    (b"550 5.7.1. Relaying denied\r\n", "5.7.1"),
    (b"550 5.4.310 DNS domain does not exist [Message=InfoDomainNonexistent]\r\n", "5.4.310"),
    (b"250 2.0.0 Ok: queued as 4F3B21C0A7\r\n", "2.0.0"),
    (b"552 5.2.2\r\n", "5.2.2"),
    (b"550  5.2.1 two blanks\r\n", "5.2.1"),
    (b"571 5.7.1 no code of any RFC\r\n", "5.7.1"),
    (b"553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)\r\n", ""),
    (b"550 #5.1.0 Address rejected.\r\n", "5.1.0"),  # Cisco's
    (b"554 5.1.1.7 is on a list\r\n", ""),
    (b"550 5.1.1x is no code\r\n", ""),
    (b"550 5.1234.1 is no code\r\n", ""),
    (b"451 5.7.1 another class than the reply's is text\r\n", ""),
    (b"354 3.0.0 there is no class 3\r\n", ""),
    (b"250-mail.example.com\r\n250-SIZE 35882577\r\n250 SMTPUTF8\r\n", ""),
    (b"220 example.com ESMTP \xe9t\xe9\r\n", ""),
    (b"550", ""),
    (b"550\r\n", ""),
    (b"550 \n", ""),
    (b"250-\r\n250-a\r\n250\r\n", ""),
    (b"550 twice\r\r\n", ""),
    (b"550 " + b"x" * 8000 + b"\r\n", ""),
]


BLANKS = " \t"


def read_by_smtplib(data: bytes) -> tuple[int, str] | None:
    """Return the code and the lines as smtplib reads them; None if it waits for more."""
    client = smtplib.SMTP()
    client.file = io.BytesIO(data)
    try:
        code, text = client.getreply()
    except smtplib.SMTPServerDisconnected:
        return None
    except smtplib.SMTPResponseException:
        return -1, ""
    return (code if not client.file.read() else -1), text.decode("utf-8", "replace")


class _Protocol(SMTPProtocol):
    """aiosmtplib's reader alone, without a loop or a connection."""

    def __init__(self, data: bytes) -> None:
        self._buffer = bytearray(data)

    def read(self) -> tuple[int, str] | None:
        try:
            response = self._read_response_from_buffer()
        except aiosmtplib.SMTPResponseException:
            return -1, ""
        if response is None:
            return None
        return (response.code if not self._buffer else -1), _well_formed(response.message)


def _well_formed(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def stripped(reply: SmtpReply) -> tuple[int, str]:
    """Return the reply as the two clients read it: they strip blanks."""
    return reply.code, "\n".join(line.strip(BLANKS) for line in reply.lines)


def assert_read_alike(data: bytes, reply: SmtpReply) -> None:
    code, text = stripped(reply)
    assert read_by_smtplib(data) == (code, text)
    assert _Protocol(data).read() == (code, text.lstrip("\n"))  # aiosmtplib leaves out empty lines before the text


@pytest.mark.parametrize(("data", "enhanced_code"), SEEN, ids=[repr(data[:40]) for data, _ in SEEN])
def test_replies_of_real_servers(data: bytes, enhanced_code: str) -> None:
    reply = parse_reply(data)
    assert reply.enhanced_code == enhanced_code
    assert_read_alike(data.rstrip(b"\n") + b"\n", reply)


def test_the_message_is_the_reply_as_read() -> None:
    assert parse_reply(b"550-5.1.1 No such\r\n550- user \xff here\r\n550 5.1.1 Sorry\r\n") == SmtpReply(
        code=550, enhanced_code="5.1.1", lines=["5.1.1 No such", " user \ufffd here", "5.1.1 Sorry"]
    )
    assert parse_reply("521 example.com takes no mail") == SmtpReply(code=521, lines=["example.com takes no mail"])
    assert parse_reply("550") == SmtpReply(code=550, lines=[""])
    assert parse_reply("250 a\r\n250 b\r\n") == parse_reply("250-a\r\n250 b\r\n")
    assert parse_reply("250-a\n554 b\n") == SmtpReply(code=554, lines=["a", "b"])  # the last code, as in both clients
    assert parse_reply("250 a\rb\r\n") == SmtpReply(code=250, lines=["a b"])
    assert parse_reply("550 \u5bc6\u7801\u2028\x85\x0b\x0c") == SmtpReply(
        code=550, lines=["\u5bc6\u7801\u2028\x85\x0b\x0c"]
    )


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (b"", "expected a line of an SMTP reply such as 550 5.1.1 User unknown, found ''"),
        ("User unknown", "found 'User unknown'"),
        ("55", "found '55'"),
        ("5500 User unknown", "found '5500 User unknown'"),
        ("550_User unknown", "found '550_User unknown'"),
        (" 550 User unknown", "found ' 550 User unknown'"),
        ("\u0665\u0665\u0660 no ASCII", "expected a line"),
        ("-55 x", "expected a line"),
        ("099 x", "expected a line"),
        ("250-a\r\nb\r\n250 c", "found 'b"),
        ("250-a\r\n\r\n250 c", "found '"),
        ("HTTP/1.1 400 Bad Request\r\n", "found 'HTTP/1.1 400 Bad Request"),
        ("250-a\r\n", "the SMTP reply is cut off: expected a last line '250 ...', found '250-a'"),
        ("250 a\r\n354 b\r\n", "found a second after its end: '354 b'"),
        ("x" * 10_000, "found '" + "x" * 50 + "…'"),
    ],
)
def test_a_malformed_reply(reply: bytes | str, message: str) -> None:
    with pytest.raises(ReplyError) as caught:
        parse_reply(reply)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 200


# RFC 5321 4.2: textstring = 1*(%d09 / SP / VCHAR), and what SMTPUTF8 (RFC 6531) and worse servers add to it.
TEXTS = st.one_of(
    st.text(st.sampled_from("\t " + "".join(map(chr, range(33, 127)))), max_size=60).map(str.encode),
    st.text(max_size=20).map(lambda text: text.replace("\n", "").replace("\r", "").encode("utf-8", "replace")),
    st.binary(max_size=20).map(lambda text: text.replace(b"\n", b"").replace(b"\r", b"")),
    st.from_regex(rb"\A[245]\.[0-9]{1,3}\.[0-9]{1,3} [a-z]+\Z"),
)


@st.composite
def replies(draw: st.DrawFn) -> bytes:
    """Replies by the grammar, except that the last two digits may be any, as in real replies."""
    code = b"%d" % draw(st.integers(200, 599))
    lines = draw(st.lists(TEXTS, min_size=1, max_size=4))
    end = draw(st.sampled_from([b"\r\n", b"\n"]))
    last = code if not lines[-1] and draw(st.booleans()) else code + b" " + lines[-1]
    return b"".join([*(code + b"-" + line + end for line in lines[:-1]), last + end])


@settings(max_examples=2000, deadline=None)
@given(replies())
def test_replies_by_grammar(data: bytes) -> None:
    reply = parse_reply(data)
    assert_read_alike(data, reply)
    assert parse_reply(format_reply(reply)) == reply
    assert parse_reply(data.rstrip(b"\r\n") or data) == reply
    # smtplib gives bytes, and aiosmtplib text with surrogates: both are the same reply.
    pair = smtplib.SMTP()
    pair.file = io.BytesIO(data)
    code, text = pair.getreply()
    assert reply_of(code, text) == reply_of(code, text.decode("utf-8", "surrogateescape"))
    assert stripped(reply_of(code, text)) == stripped(reply)
    assert reply_of(code, text).enhanced_code == reply.enhanced_code == reply_of(code, text.lstrip(b"\n")).enhanced_code


def damaged(count: int) -> Iterator[bytes]:
    """Yield replies that were cut, changed and joined wrongly, the same ones each time."""
    random = Random(count)
    whole = [data for data, _ in SEEN if len(data) < 200]
    for _ in range(count):
        data = bytearray(b"".join(random.choices(whole, k=random.choice([1, 1, 2]))))
        for _ in range(random.randrange(4)):
            position = random.randrange(len(data))
            data[position : position + random.randrange(3)] = random.choice(
                [b"", b"\r", b"\n", b"-", b"\0", b"5", b"\xff"]
            )
            data = data or bytearray(b"2")
        yield bytes(data[: random.randrange(len(data) + 1)])


def test_damaged_replies_give_our_error_or_what_smtplib_reads() -> None:
    agreed = refused = 0
    for data in damaged(20_000):
        try:
            reply = parse_reply(data)
        except ReplyError:
            refused += 1
            continue
        whole = data.rstrip(b"\r\n") + b"\n"
        code, text = read_by_smtplib(whole) or (-1, "")
        if code != -1:  # otherwise smtplib sees two replies with one code
            agreed += 1
            assert stripped(reply)[0] == code
            assert "".join(stripped(reply)[1].split()) == "".join(text.split())
        assert parse_reply(format_reply(reply)) == reply
    assert agreed > 2000
    assert refused > 2000


@given(st.text() | st.binary() | st.text(st.characters(categories=["Cs", "Nd"])))
def test_nothing_but_our_error_escapes(reply: bytes | str) -> None:
    for text in (reply, "550 " + reply if isinstance(reply, str) else b"550-" + reply):
        with suppress(ReplyError):
            parse_reply(text)
    assert reply_of(550, reply).code == 550


def test_a_huge_reply_takes_no_more_than_its_size() -> None:
    """Each of these would take a careless regular expression minutes."""
    for text in ("\r" * 1_000_000 + "x", " " * 1_000_000, "5." * 500_000, "\n550-" * 200_000 + "\n550 "):
        assert parse_reply("550-" + text.removesuffix("\n550 ") + "\n550 end").code == 550


@given(st.integers(100, 999), st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))))
def test_format_keeps_every_line(code: int, lines: list[str]) -> None:
    assert list(parse_reply(format_reply(SmtpReply(code=code, lines=lines))).lines) == (lines or [""])


def test_format() -> None:
    assert format_reply(SmtpReply(code=550, lines=["5.1.1 a", "b"])) == b"550-5.1.1 a\r\n550 b\r\n"
    assert format_reply(SmtpReply(code=250)) == b"250 \r\n"
    # A line end in the text must not begin another reply.
    assert format_reply(SmtpReply(code=550, lines=["a\r\n250 b\rc"])) == b"550-a\r\n550-250 b\r\n550 c\r\n"
    for code in (-1, 0, 99, 1000):
        with pytest.raises(ReplyError, match=f"expected a reply code of three digits, found {code}"):
            format_reply(SmtpReply(code=code))


def test_reply_of() -> None:
    whole = SmtpReply(code=550, enhanced_code="5.1.1", lines=["5.1.1 a", "b"])
    assert reply_of(550, b"5.1.1 a\nb") == reply_of(550, "5.1.1 a\r\nb") == whole
    assert reply_of(550, "") == SmtpReply(code=550, lines=[""])
    assert reply_of(550, "caf\udce9").lines == ["caf\ufffd"]
    assert reply_of(550, "\ud800").lines == ["\ufffd" * 3]
    for code in (-1, 0, 99, 1000):
        assert reply_of(code, "whatever") == SmtpReply(code=code)


REPLIES_OF_ONE_SESSION = [
    (b"", []),
    (b"250 a\r\n250 b\r\n", [(250, ["a"]), (250, ["b"])]),
    (b"250-a\n250 b\n550-c\n550-d\n550 e", [(250, ["a", "b"]), (550, ["c", "d", "e"])]),
    (b"250\r\n354\r\n", [(250, [""]), (354, [""])]),
    (b"250 2.1.5 <a@b> ok\r\n452 4.2.2 <c@d> full\r\n", [(250, ["2.1.5 <a@b> ok"]), (452, ["4.2.2 <c@d> full"])]),
]


@pytest.mark.parametrize(("data", "expected"), REPLIES_OF_ONE_SESSION)
def test_several_replies_are_read_one_by_one(data: bytes, expected: list[tuple[int, list[str]]]) -> None:
    assert [(reply.code, [*reply.lines]) for reply in parse_replies(data)] == expected
    assert [(reply.code, [*reply.lines]) for reply in parse_replies(data.decode())] == expected


@pytest.mark.parametrize("data", [b"\r\n250 a", b"250 a\r\n\r\n250 b", b"250 a\nb", b"250-a\n250-b", b"250 a\n250-b\n"])
def test_several_replies_must_be_whole(data: bytes) -> None:
    with pytest.raises(ReplyError):
        parse_replies(data)


def test_one_reply_may_have_a_blank_where_a_hyphen_belongs() -> None:
    assert [*parse_reply(b"250 a\r\n250 b\r\n").lines] == ["a", "b"]


# Each as a server writes it; nothing else of a reply is in another encoding than ASCII.
ENCODED = [
    ("gbk", "用户不存在"),
    ("gb18030", "邮件被拒绝：垃圾邮件"),
    ("big5", "使用者不存在"),
    ("iso2022_jp", "ユーザーが見つかりません"),
    ("latin-1", "Boîte aux lettres indisponible, réessayez"),
    ("utf-8", "用户不存在"),
]


@pytest.mark.parametrize(("encoding", "text"), ENCODED)
@pytest.mark.parametrize("how", ["named", "detect"])
def test_a_reply_may_have_another_encoding(encoding: str, text: str, how: str) -> None:
    data = f"550-5.1.1 {text}\r\n550 5.1.1 <a@example.com>\r\n".encode(encoding)
    expected = SmtpReply(code=550, enhanced_code="5.1.1", lines=[f"5.1.1 {text}", "5.1.1 <a@example.com>"])
    used = encoding if how == "named" else how
    as_aiosmtplib = data.decode("utf-8", "surrogateescape")
    assert parse_reply(data, encoding=used) == parse_reply(as_aiosmtplib, encoding=used) == expected
    assert parse_replies(data, encoding=used) == [expected]
    assert reply_of(550, data[4:].replace(b"\r\n550 ", b"\n").rstrip(), encoding=used) == expected
    error = smtplib.SMTPRecipientsRefused({"a@example.com": (550, data[4:].replace(b"\r\n550 ", b"\n").rstrip())})
    (status,) = delivery_statuses(error, encoding=used)
    assert status.reply == expected
    (status,) = delivery_statuses(error.recipients, encoding=used)
    assert status.reply == expected


def test_nothing_is_detected_unless_that_is_asked_for() -> None:
    assert [*parse_reply("550 \xe9".encode("latin-1")).lines] == ["\ufffd"]
    assert [*parse_reply("550 用户", encoding="gbk").lines] == ["用户"], "a str is decoded already"


@pytest.mark.parametrize("data", [b"550 \xff\xfe\x00", b"550 \x1b[31mred\x1b[0m", b"550 \x81", b"550 "])
def test_detection_takes_any_bytes(data: bytes) -> None:
    assert parse_reply(data, encoding="detect").code == 550


def test_an_encoding_that_does_not_exist_is_an_error() -> None:
    for function in (parse_reply, parse_replies):
        with pytest.raises(LookupError, match="klingon"):
            function(b"550 x", encoding="klingon")
    for encoding in ("idna", "undefined", "\0", "hex"):
        with pytest.raises(LookupError):
            parse_reply(b"550 \xc4", encoding=encoding)
    with pytest.raises(LookupError, match="klingon"):
        delivery_statuses(smtplib.SMTPDataError(550, b"x"), encoding="klingon")
