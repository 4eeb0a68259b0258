"""betterproto2, the successor of betterproto."""

from answers import answer
from messages.smtpstatus.v1 import SmtpReply


def reply(wire: str) -> SmtpReply:
    return SmtpReply.parse(bytes.fromhex(wire))


answer(
    {
        "number": lambda wire: int(reply(wire).code),
        "name": lambda wire: reply(wire).code.name,
        "wire": lambda wire: bytes(reply(wire)).hex(),
        "to_json": lambda wire: reply(wire).to_json(),
        "from_json": lambda text: bytes(SmtpReply.from_json(text)).hex(),
    }
)
