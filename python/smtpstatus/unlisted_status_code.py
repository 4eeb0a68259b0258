# Generated from proto/smtpstatus/v1/unlisted_status_code.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import CodeFacts


class UnlistedStatusCode(CodeFacts):
    """Reply codes that an RFC defines, but that .NET's enum, and therefore `SmtpStatusCode`,
    does not list. In messages they are plain numbers of `SmtpStatusCode`; this enum only
    describes them. Reply codes have no registry, so some may be missing here.
    """

    NOT_DEFINED = (
        0,
        "Not a code that an RFC defines",
        "不是 RFC 定义的代码",
        (),
        (),
    )
    """Not one of these codes."""

    PENDING_MESSAGES_STARTED = (
        253,
        "The server starts to send the mail that it keeps for the client",
        "服务器开始发送为客户端保存的邮件",
        ("RFC 1985 5.3",),
        ((2, (0,), 0, 0, False),),
    )
    """Answers ETRN."""

    PASSWORD_TRANSITION_NEEDED = (
        422,
        "A password transition is needed before this mechanism works",
        "需先完成密码迁移，才能使用此验证机制",
        ("RFC 5248 2.4",),
        ((13, (3, 4), 0, 1, False),),
    )
    """Registered beside 432 for X.7.12. It is about a password only at AUTH."""

    NO_MAIL = (
        453,
        "The server keeps no mail for the client",
        "服务器没有为客户端保存邮件",
        ("RFC 2645 5.2.2",),
        ((16, (), 0, 0, False),),
    )
    """Answers ATRN."""

    PARAMETERS_NOT_ACCOMMODATED = (
        455,
        "The server cannot accommodate the parameters at the moment",
        "服务器目前无法满足所给参数",
        ("RFC 5321 4.2.3",),
        ((16, (), 0, 0, False),),
    )
    """The server knows the parameter of MAIL or RCPT, but cannot meet it for now. 555 is
    the permanent form.
    """

    MESSAGES_NOT_QUEUED = (
        458,
        "The server cannot send the mail that it keeps for the client now",
        "服务器目前无法发送为客户端保存的邮件",
        ("RFC 1985 5.3",),
        ((16, (), 0, 0, False),),
    )
    """Answers ETRN."""

    NODE_NOT_ALLOWED = (
        459,
        "The client may not ask for this mail",
        "客户端不得请求这些邮件",
        ("RFC 1985 5.3",),
        ((11, (), 0, 0, False),),
    )
    """Answers ETRN."""

    NO_MAIL_SERVICE = (
        521,
        "The host takes no mail at all",
        "该主机不接收任何邮件",
        ("RFC 7504 3",),
        ((16, (), 0, 0, False),),
    )
    """The greeting of a host that takes no mail. It says nothing about any one mailbox."""

    ENCRYPTION_NEEDED = (
        523,
        "TLS is needed first",
        "需要先启用 TLS",
        ("RFC 5248 2.4",),
        ((12, (), 0, 1, False),),
    )
    """Registered for X.7.10."""

    ENCRYPTION_REQUIRED_FOR_MECHANISM = (
        524,
        "The authentication mechanism needs TLS first",
        "该验证机制需要先启用 TLS",
        ("RFC 5248 2.4",),
        ((12, (), 0, 1, False),),
    )
    """Registered for X.7.11."""

    ACCOUNT_DISABLED = (
        525,
        "The account is disabled",
        "账户已停用",
        ("RFC 5248 2.4",),
        ((12, (4,), 0, 0, False), (5, (), 0, 0, False)),
    )
    """Registered for X.7.13. At AUTH it is about the client's account, at RCPT about the
    recipient's.
    """

    PARAMETERS_NOT_RECOGNIZED = (
        555,
        "The parameters of MAIL or RCPT are not recognized or implemented",
        "MAIL 或 RCPT 的参数无法识别或未实现",
        ("RFC 5321 4.2.3",),
        ((22, (), 0, 0, False),),
    )
    """The server does not know a parameter of MAIL or RCPT."""

    DOMAIN_TAKES_NO_MAIL = (
        556,
        "The recipient's domain takes no mail",
        "收件人域不接收邮件",
        ("RFC 7504 4", "RFC 7505 4.2"),
        ((4, (), 0, 0, False),),
    )
    """The domain declares in the DNS that it takes no mail (a null MX)."""
