# Generated from proto/smtpstatus/v1/smtp_reply_class.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import CodeFacts


class SmtpReplyClass(CodeFacts):
    """The first digit of a reply code. It says what to do about a code that is not listed
    (RFC 5321 4.2.1).
    """

    NOT_DEFINED = (
        0,
        "Not an SMTP reply code",
        "不是 SMTP 应答代码",
        (),
        (),
    )
    """Not an SMTP reply code."""

    POSITIVE_COMPLETION = (
        2,
        "Unlisted code: the command was completed",
        "未列出的代码：命令已完成",
        ("RFC 5321 4.2.1",),
        ((1, (0, 8), 0, 0, False), (2, (), 0, 0, False)),
    )
    """The command was completed. The server has the mail only if this answers the message."""

    POSITIVE_INTERMEDIATE = (
        3,
        "Unlisted code: the server waits for more input",
        "未列出的代码：服务器等待后续输入",
        ("RFC 5321 4.2.1",),
        ((2, (), 0, 0, False),),
    )
    """The server waits for the rest of the command."""

    TRANSIENT_NEGATIVE_COMPLETION = (
        4,
        "Unlisted code: transient failure, try again later",
        "未列出的代码：暂时失败，请稍后重试",
        ("RFC 5321 4.2.1",),
        ((16, (), 0, 0, False),),
    )
    """Refused for now; the same command may succeed later."""

    PERMANENT_NEGATIVE_COMPLETION = (
        5,
        "Unlisted code: permanent failure, do not repeat as is",
        "未列出的代码：永久失败，请勿原样重试",
        ("RFC 5321 4.2.1",),
        ((11, (1, 2, 5), 0, 0, False), (12, (3, 4), 0, 0, False), (29, (), 0, 0, False)),
    )
    """Refused for good; the same command will fail again."""
