# Generated from proto/smtpstatus/v1/smtp_stage.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import OpenEnum

class SmtpStage(OpenEnum):
    NOT_DEFINED = 0
    CONNECT = 1
    EHLO = 2
    START_TLS = 3
    AUTH = 4
    MAIL = 5
    RCPT = 6
    DATA = 7
    CONTENT = 8
