"""What the command `show` is asked about, and the facts of it as JSON."""

from __future__ import annotations

import re

from smtpstatus import EnhancedStatusCode, SmtpStage, SmtpStatusCode, limits
from smtpstatus.meaning import verdict_of
from smtpstatus.replies import ReplyError, find_reply, parse_reply
from smtpstatus.reply_text import decode
from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus_dotnet.output import json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO, TypeVar

    Code = TypeVar("Code", SmtpStatusCode, EnhancedStatusCode)

_NAME_CHARACTERS = 100
"""A number or a name, so that no message repeats a huge one. The longest name has 67."""


def statuses_of(texts: Sequence[str], encoding: str = "utf-8") -> list[DeliveryStatus]:
    """Return what each text says; or what they say together, if they are one reply that the shell has split.

    Raises ValueError if they are neither, and LookupError if there is no such encoding.
    """
    whole = " ".join(texts)
    if re.match(r"[0-9]{3} [245]\.", whole) and " " not in texts[0]:
        return [status_of(whole, encoding)]
    try:
        return [status_of(text, encoding) for text in texts]
    except ValueError:
        if len(texts) == 1 or not re.match("[0-9]{3} ", whole):
            raise
        return [status_of(whole, encoding)]


def status_of(text: str, encoding: str = "utf-8") -> DeliveryStatus:
    """Return what a text says: a code, a name, an enhanced status code, a reply, or a text with a reply in it.

    Of an enhanced status code alone, `status` has the text: `5.1.1`, or `X.1.1` for any class. Raises ValueError if it
    is none of these, and LookupError if there is no such encoding.
    """
    text = text.strip()
    if not text:
        raise ValueError("expected a status such as 550, found an empty text")
    if len(text) > _NAME_CHARACTERS and re.fullmatch(r"-?\w*", text):
        raise ValueError(f"expected a code such as 550 or a name such as MailboxBusy, found {len(text)} characters")
    if re.fullmatch("-?[0-9]+", text):
        number = int(text)
        if number not in (-1, 0) and not 100 <= number <= 999:
            raise ValueError(f"expected a code of three digits, such as 550 (RFC 5321 4.2), or -1 or 0; found {text}")
        return DeliveryStatus(reply=SmtpReply(code=number))
    if re.fullmatch(r"[245Xx](\.[0-9]+){2}", text):
        EnhancedStatusCode.parse(text)
        return DeliveryStatus(status=text)
    if re.fullmatch(r"\w*", text):
        return _named(text)
    try:
        # People copy one line out of several: `550-5.1.1 The account ...`.
        whole = re.sub(r"^([0-9]{3})-(.*)\Z", r"\1 \2", text, flags=re.MULTILINE)
        return DeliveryStatus(reply=parse_reply(whole, encoding=encoding))
    except ReplyError:
        found = find_reply(decode(text, encoding))
        if found is None:
            raise
        return found


def _named(name: str) -> DeliveryStatus:
    """Return the code of a name. People write it in any case, while `from_name` is exact."""
    code = _of_any_case(SmtpStatusCode, name)
    if code is not None:
        return DeliveryStatus(reply=SmtpReply(code=code))
    enhanced_code = _of_any_case(EnhancedStatusCode, name)
    if enhanced_code is not None:
        return DeliveryStatus(status=f"X.{enhanced_code.subject}.{enhanced_code.detail}")
    try:
        return DeliveryStatus(reply=SmtpReply(code=SmtpStatusCode.from_name(name)))  # raises, and says what is close
    except ValueError as error:
        if "did you mean" in str(error):
            raise
        hint = f"smtpstatus list has the names, and smtpstatus show --open {name} searches the status reference"
        raise ValueError(f"{error}; {hint}") from error


def _of_any_case(enum: type[Code], name: str) -> Code | None:
    folded = name.casefold()
    for code in enum:
        if folded in (spelling.casefold() for spelling in (code.name, code.dotnet_name, code.proto_name)):
            return code
    return None


def of_lines(stream: TextIO | None, encoding: str) -> Iterator[str]:
    """Yield a line of JSON for each line of a stream of texts, as they come. Without a reply, its `code` is null.

    Raises ValueError if there is no stream, and LookupError if there is no such encoding.
    """
    if not stream:
        raise ValueError("cannot read standard input: it is closed")
    while text := stream.buffer.readline(limits.SEARCHED_CHARACTERS):
        yield line(find_reply(decode(text, encoding)))
        while text and not text.endswith(b"\n"):  # the rest of a line that is too long
            text = stream.buffer.readline(limits.SEARCHED_CHARACTERS)


def line(status: DeliveryStatus | None) -> str:
    """Return the facts of a status as a line of JSON."""
    if status is None:
        return json_text({"code": None}, indent=None)
    enhanced_code = re.sub("^[Xx]", "5", status.status)  # as in the card
    verdict = verdict_of(DeliveryStatus(stage=status.stage, reply=status.reply, status=enhanced_code))
    has_reply = status.HasField("reply")
    subject = SmtpStatusCode(status.reply.code) if has_reply else EnhancedStatusCode.parse(enhanced_code)
    facts = {
        "code": status.reply.code if has_reply else None,
        "enhanced_code": status.reply.enhanced_code or enhanced_code or None,
        "stage": SmtpStage(status.stage).name,
        "lines": [*status.reply.lines],
        "condition": verdict.condition.name,
        "counts_against": verdict.condition.counts_against.name,
        "retry": verdict.retry,
        "rpc_code": verdict.rpc_code.name,
        "summary": subject.summary,
    }
    return json_text(facts, indent=None)
