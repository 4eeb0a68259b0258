"""The statuses that tests expect of a refused recipient."""

from __future__ import annotations

from smtpstatus.v1 import DeliveryStatus, SmtpReply
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_RCPT

NO = SmtpReply(code=550, enhanced_code="5.1.1", lines=["5.1.1 no"])


def status(recipient: str, reply: SmtpReply, stage: int = SMTP_STAGE_RCPT) -> DeliveryStatus:
    return DeliveryStatus(final_recipient=recipient, stage=stage, reply=reply)
