# Generated from proto/smtpstatus/v1/delivery_condition.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_delivery_condition import OpenDeliveryCondition
from smtpstatus._open_enum import OpenEnum

class DeliveryCondition(OpenDeliveryCondition):
    NOT_DEFINED = 0
    ACCEPTED = 1
    IN_PROGRESS = 2
    DELAYED = 3
    RECIPIENT_UNKNOWN = 4
    RECIPIENT_REFUSED = 5
    MAILBOX_FULL = 6
    ADDRESS_INVALID = 7
    SENDER_REFUSED = 8
    MESSAGE_TOO_LARGE = 9
    MESSAGE_REFUSED = 10
    POLICY_REFUSED = 11
    AUTHENTICATION_REFUSED = 12
    PASSWORD_TRANSITION = 13
    RATE_LIMITED = 14
    TOO_MANY_RECIPIENTS = 15
    SERVICE_UNAVAILABLE = 16
    TLS_REFUSED = 17
    NAME_LOOKUP_FAILED = 18
    TIMED_OUT = 19
    CANCELLED = 20
    UNREACHABLE = 21
    PROTOCOL_ERROR = 22
    FEATURE_NOT_OFFERED = 23
    ARGUMENT_REFUSED = 24
    EXPIRED = 25
    MAYBE_ACCEPTED = 26
    NOT_SENT = 27
    NOT_KNOWN = 28
    REFUSED = 29

class DeliveryParty(OpenEnum):
    NOT_DEFINED = 0
    RECIPIENT = 1
    SENDER = 2
    MESSAGE = 3
    CLIENT = 4
    SERVER = 5
    NOBODY = 6

class RetryRule(OpenEnum):
    NOT_DEFINED = 0
    AFTER_4YZ = 1
    AFTER_4YZ_OR_NO_REPLY = 2
    ALWAYS = 3
    NEVER = 4
