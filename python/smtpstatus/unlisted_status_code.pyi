# Generated from proto/smtpstatus/v1/unlisted_status_code.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import CodeFacts

class UnlistedStatusCode(CodeFacts):
    NOT_DEFINED = 0
    PENDING_MESSAGES_STARTED = 253
    PASSWORD_TRANSITION_NEEDED = 422
    NO_MAIL = 453
    PARAMETERS_NOT_ACCOMMODATED = 455
    MESSAGES_NOT_QUEUED = 458
    NODE_NOT_ALLOWED = 459
    NO_MAIL_SERVICE = 521
    ENCRYPTION_NEEDED = 523
    ENCRYPTION_REQUIRED_FOR_MECHANISM = 524
    ACCOUNT_DISABLED = 525
    PARAMETERS_NOT_RECOGNIZED = 555
    DOMAIN_TAKES_NO_MAIL = 556
