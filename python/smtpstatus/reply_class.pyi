# Generated from proto/smtpstatus/v1/smtp_reply_class.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import CodeFacts

class SmtpReplyClass(CodeFacts):
    NOT_DEFINED = 0
    POSITIVE_COMPLETION = 2
    POSITIVE_INTERMEDIATE = 3
    TRANSIENT_NEGATIVE_COMPLETION = 4
    PERMANENT_NEGATIVE_COMPLETION = 5
