# Generated from proto/smtpstatus/v1/delivery.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import CodeFacts


class DeliveryAction(CodeFacts):
    """What the system that writes a delivery report did for a recipient (RFC 3464 2.3.3)."""

    NOT_DEFINED = 0
    """No action was reported."""

    FAILED = 1
    """The system has given up. The reply or the status says why."""

    DELAYED = (
        2,
        "Not delivered yet; the reporting system goes on trying",
        "尚未投递，报告方会继续尝试",
        ("RFC 3464 2.3.3",),
        ((3, (), 0, 0, False),),
    )
    """Not delivered yet; the system goes on trying. This is not a failure."""

    DELIVERED = (
        3,
        "Delivered",
        "已投递",
        ("RFC 3464 2.3.3",),
        ((1, (), 0, 0, False),),
    )
    """The message is in the recipient's mailbox, or where the recipient wants it."""

    RELAYED = (
        4,
        "Passed on to a system that reports nothing back",
        "已转给不再回报的系统",
        ("RFC 3464 2.3.3",),
        ((1, (), 0, 0, False),),
    )
    """The message went to a system that reports nothing back."""

    EXPANDED = (
        5,
        "Delivered and passed on to several addresses",
        "已投递并转发至多个地址",
        ("RFC 3464 2.3.3",),
        ((1, (), 0, 0, False),),
    )
    """The message went to several addresses instead, for example to those of a mailing
    list.
    """
