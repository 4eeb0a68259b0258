# Generated from proto/smtpstatus/v1/smtp_stage.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import OpenEnum


class SmtpStage(OpenEnum):
    """What a reply answered: the command, or the part of the exchange, that it came after.
    One code means different things at different stages, so a receiver that decides whether
    to try again looks at both (RFC 5321 4.3.2 lists the codes of each command).
    """

    NOT_DEFINED = 0
    """Not known. Senders do not guess: many clients do not say which command failed."""

    CONNECT = 1
    """The greeting after the connection was opened, or the failure to open it."""

    EHLO = 2
    """EHLO or HELO, before or after TLS."""

    START_TLS = 3
    """STARTTLS, and the TLS handshake that follows."""

    AUTH = 4
    """AUTH, with all its challenges and responses."""

    MAIL = 5
    """MAIL FROM. A refusal is about the sender, or about the size of the message."""

    RCPT = 6
    """RCPT TO. A refusal is about one recipient; others may have been accepted."""

    DATA = 7
    """The DATA command itself, before any of the message was sent."""

    CONTENT = 8
    """The message: the reply to the dot that ends it. A 2yz here, and nowhere else,
    means that the server has taken over the mail (RFC 5321 4.2.5).
    """
