"""How much of a reply, an exception or a gRPC error is read and kept, whatever it holds.

The unit is the end of a name. `scripts/document.py` makes the table in SECURITY.md of this module.
"""

from __future__ import annotations

EXCEPTION_COUNT = 10_000
"""The exceptions that are read in one walk although they name no new recipient: they may be nested without end."""

EXCEPTION_DEPTH = 16
"""Exceptions nested in exceptions."""

CLIENT_TEXT_CHARACTERS = 1000
"""The part of a client's message that is kept."""

SERVER_TEXTS_CHARACTERS = 4_194_304
"""The replies in all statuses of one failure, each of which has a copy of its reply: each gets an equal share."""

SERVER_TEXT_CHARACTERS = 512
"""The part of a reply that each status keeps, even of very many: the longest line of RFC 5321 4.5.3.1.5."""

SEARCHED_CHARACTERS = 65_536
"""The part of a text in which a reply is looked for."""

DIAGNOSTIC_CODE_CHARACTERS = 4096
"""The Diagnostic-Code of a recipient in a delivery report."""

MAIL_BYTES = 4_194_304
"""The part of a mail in which a delivery report is looked for. A report comes before the mail that it returns."""

MAIL_HEADER_CHARACTERS = 65_536
"""The header of a mail, or of a part of one."""

MAIL_PARTS = 100
"""The parts of a mail, and the mail itself, among which a delivery report is looked for."""

MAIL_DEPTH = 8
"""Parts in parts of a mail."""

REPORT_RECIPIENTS = 10_000
"""The recipients in one delivery report. Servers take some hundreds with one mail (RFC 5321 4.5.3.1.8)."""

DOMAIN_CHARACTERS = 255
"""A domain that is compared in punycode (RFC 5321 4.5.3.1.2). Converting a longer one would take minutes."""

NAME_CHARACTERS = 255
"""A name of an enum's value for which a similar name is looked for: that takes time with the square of the length."""

DETAIL_COUNT = 64
"""The details of a gRPC error among which a DeliveryStatus is looked for. Ours have at most three."""

DETAILS_BYTES = 65_536
"""The details of a gRPC error that are decoded. gRPC itself allows 16 KiB by default."""

# gRPC limits the trailers of a call to 8 KiB. Above that, it turns errors at random into RESOURCE_EXHAUSTED.
# Other stacks count the details in base64 and the message in percent-encoding.

STATUS_BYTES = 3000
"""A DeliveryStatus among the details of a gRPC error; a larger one is shortened."""

STATUS_TEXT_BYTES = 255
"""Each text in a DeliveryStatus that is shortened."""

STATUS_MESSAGE_CHARACTERS = 160
"""The message of a gRPC error."""
