"""Delivery reports (RFC 3464): what became of each recipient, as a mail system tells it after it took the mail."""

from __future__ import annotations

import re
from contextlib import suppress
from email.utils import parsedate_to_datetime
from itertools import islice

from smtpstatus import limits
from smtpstatus.delivery_action import DeliveryAction
from smtpstatus.mail_parts import parts
from smtpstatus.reply_search import find_reply, unfolded
from smtpstatus.reply_text import decode, mailbox_of
from smtpstatus.v1 import DeliveryStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message
    from typing import Any

    Fields = dict[str, str]
    """Fields of a report by their names in lower case. The values are in one line."""

_REPORT_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RECIPIENT = {"final-recipient", "original-recipient"}
_NAMES_A_RECIPIENT = {*_RECIPIENT, "action", "status"}
_NOT_DELIVERED = (DeliveryAction.NOT_DEFINED, DeliveryAction.FAILED, DeliveryAction.DELAYED)
_ACTIONS = {action.name.lower(): action for action in DeliveryAction if action}
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9])")
_IN_ADDRESS = r"""[^\s<>()\[\],;:"']"""
# It begins where a word does, so that a long word is read once. A full stop ends a sentence.
_ADDRESS = re.compile(rf"(?<!{_IN_ADDRESS}){_IN_ADDRESS}+@{_IN_ADDRESS}*(?!\.){_IN_ADDRESS}", re.ASCII)
_EMBEDDED = re.compile(r"\\x\{([0-9A-F]{2,6})\}")
# Where a text for people goes on with something else: at a line that is not indented, or has an address alone. Sendmail
# writes what the server said, after `<<<`, below its own command.
_NEXT_PIECE = re.compile(
    r"\n(?=[ \t]*<?[^\s<>@]{1,320}@[^\s<>@]{1,255}>?[ \t]*$)|\n(?![ \t]|<<<[ ])", re.MULTILINE | re.ASCII
)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")


def read_report(mail: bytes | Message[Any, Any]) -> list[DeliveryStatus]:
    """Return what became of each recipient that a delivery report names, in its order; nothing for any other mail.

    `mail` is a whole mail, as bytes or as a message of the `email` package. Each status has what the report says of the
    recipient (RFC 3464 2.3): `final_recipient` and `original_recipient`, decoded (RFC 3461 4, RFC 6533 3), `action`,
    `status`, `remote_mta`, `attempt_time`, and the `reply` and `stage` of its Diagnostic-Code (see `find_reply`). What
    is missing of these two is taken from the part of the report that is for people, where it tells of this recipient.
    If there is no reply, `local_error` is the text of the Diagnostic-Code.

    A report inside another mail, a returned one for example, is not read.
    """
    text = ""
    for part in parts(mail):
        if part.content_type in _REPORT_TYPES:
            return statuses_of(_groups_in(part.text()), text)
        if part.content_type == "text/plain":
            text = text or part.text()
    return []


def statuses_of(groups: Iterable[Iterable[tuple[str, str]]], text: str = "") -> list[DeliveryStatus]:
    """Return a status for each group of fields that is about a recipient (RFC 3464 2.1), in their order.

    A group has the names and the values of its fields. `text` is the part of the report that is for people.
    """
    recipients = (fields for fields in _by_name(groups) if fields.keys() & _NAMES_A_RECIPIENT)
    statuses = [_status(fields) for fields in islice(recipients, limits.REPORT_RECIPIENTS)]
    text = text[: limits.SEARCHED_CHARACTERS]
    kept = max(limits.SERVER_TEXT_CHARACTERS, limits.SERVER_TEXTS_CHARACTERS // max(len(statuses), 1))
    pieces = _pieces_by_address(text) if len(statuses) > 1 else {}
    for status in statuses:
        if status.action in _NOT_DELIVERED and not status.stage:
            about_it = "\n".join(pieces.get(status.final_recipient, ()))[:kept] if len(statuses) > 1 else text
            _add_what_is_told(status, about_it)
    return statuses


def _status(fields: Fields) -> DeliveryStatus:
    diagnostic = fields.get("diagnostic-code", "")[: limits.DIAGNOSTIC_CODE_CHARACTERS]
    status = find_reply(diagnostic) or DeliveryStatus()
    status.final_recipient = _address(fields.get("final-recipient", ""))
    status.original_recipient = _original(fields, status.final_recipient)
    status.remote_mta = _value(fields.get("remote-mta", "")).partition(" ")[0].rstrip(".")
    action = re.split(r"\W", fields.get("action", "").lower(), maxsplit=1)[0]
    status.action = _ACTIONS.get(action, DeliveryAction.NOT_DEFINED)
    if match := _STATUS.match(fields.get("status", "")):
        status.status = match[0]
    with suppress(ValueError, OverflowError):  # a date that is none
        status.attempt_time.FromDatetime(parsedate_to_datetime(fields.get("last-attempt-date", "")))
    if status.action in (DeliveryAction.FAILED, DeliveryAction.DELAYED) and not status.HasField("reply"):
        status.local_error = _value(diagnostic)[: limits.CLIENT_TEXT_CHARACTERS]
    return status


def _add_what_is_told(status: DeliveryStatus, text: str) -> None:
    """Add the reply, or the stage of the reply, from a text about the recipient.

    A reply of another class than the status is about another recipient, or about an attempt that was not the last.
    """
    told = find_reply(text)
    if told is None:
        return
    if not status.HasField("reply"):
        if status.status[:1] in ("", str(told.reply.code)[0]):
            status.MergeFrom(told)
            status.local_error = ""
    elif (told.reply.code, told.reply.enhanced_code) == (status.reply.code, status.reply.enhanced_code):
        status.stage = told.stage


def _pieces_by_address(text: str) -> dict[str, list[str]]:
    """Return the pieces about each address. A piece is about the first; a server may name others in its reply."""
    pieces: dict[str, list[str]] = {}
    for piece in _NEXT_PIECE.split(text):
        if address := _ADDRESS.search(unfolded(piece)):
            pieces.setdefault(address[0], []).append(piece)
    return pieces


def _groups_in(text: str) -> Iterator[list[tuple[str, str]]]:
    """Yield the groups of fields in a report; empty lines separate them (RFC 3464 2.1)."""
    for group in _EMPTY_LINE.split(text):
        fields = (line.partition(":") for line in unfolded(group).split("\n"))
        yield [(name, value) for name, colon, value in fields if colon]


def _by_name(groups: Iterable[Iterable[tuple[str, str]]]) -> Iterator[Fields]:
    """Yield the fields of each recipient. Some systems write no empty line before the next one."""
    for group in groups:
        fields: Fields = {}
        for field, value in group:
            name = field.strip().lower()
            if name in _RECIPIENT and name in fields:
                yield fields
                fields = {}
            fields[name] = " ".join(decode(value).split())
        yield fields


def _value(field: str) -> str:
    """Return what follows the type in a field such as `dns; mx.example.com` (RFC 3464 2.1.2)."""
    kind, separator, value = field.partition(";")
    return value.strip() if separator else kind


def _address(field: str) -> str:
    """Return an address, without its type and with the characters of RFC 6533 3 decoded."""
    address = mailbox_of(_value(field))
    return _EMBEDDED.sub(_embedded_character, address) if field.lower().startswith("utf-8") else address


def _embedded_character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else match[0]


def _original(fields: Fields, final_recipient: str) -> str:
    """Return the original recipient. Some systems leave it as it was in ORCPT (RFC 3461 4).

    Only what stands for `+` and `=` is decoded: `+20` is a blank there, and `a+2024@example.com` an address.
    """
    address = _address(fields.get("original-recipient", ""))
    return address if address == final_recipient else address.replace("+3D", "=").replace("+2B", "+")
