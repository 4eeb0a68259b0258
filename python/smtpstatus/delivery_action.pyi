# Generated from proto/smtpstatus/v1/delivery.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import CodeFacts

class DeliveryAction(CodeFacts):
    NOT_DEFINED = 0
    FAILED = 1
    DELAYED = 2
    DELIVERED = 3
    RELAYED = 4
    EXPANDED = 5
