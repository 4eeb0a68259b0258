# Generated from proto/smtpstatus/v1/smtp_status_code.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_status_code import OpenStatusCode


class SmtpStatusCode(OpenStatusCode):
    """The outcome of an SMTP command: the server's reply code (RFC 5321 4.2), or one of two
    values for exchanges without a reply.

    The names are those of .NET's `Aspose.Email.Clients.Smtp.SmtpStatusCode` in protobuf's
    spelling, misspellings included: protoc's C# output has exactly Aspose's names, and a
    test checks that. The enum is open. Servers send codes that are not listed here (455,
    521, 555, 571, ...); they travel as plain numbers. `UnlistedStatusCode` describes some
    of them, and `SmtpReplyClass` the rest (RFC 5321 4.2.1).

    What a code means also depends on the stage and on the enhanced status code: the
    `means` of a value are its part of that decision. `DeliveryCondition` says what follows
    from it.
    """

    NOT_DEFINED = (
        0,
        "No status has been recorded",
        "尚未记录任何状态",
        ("client",),
        (),
    )
    """Nothing has been recorded: the default of a message whose sender set no code. Do
    not send it to mean a failure; that is `GENERAL_FAILURE`.
    """

    GENERAL_FAILURE = (
        -1,
        "The client failed without a usable reply from the server",
        "客户端失败，未得到服务器的有效应答",
        ("client",),
        ((28, (), 0, 0, False),),
    )
    """The client gave up without a reply: no connection, TLS failed, the line went dead,
    or the reply made no sense. .NET clients also use it for a refusal whose code they
    keep elsewhere, so look for an inner error before believing it.
    """

    SYSTEM_STATUS = (
        211,
        "System status or system help follows",
        "系统状态或系统帮助信息",
        ("RFC 5321 4.2.3",),
        ((2, (0,), 0, 0, False),),
    )
    """Answers HELP or a private status command; not part of a mail transaction."""

    HELP_MESSAGE = (
        214,
        "Help text for a human reader follows",
        "供人阅读的帮助信息",
        ("RFC 5321 4.2.3",),
        ((2, (0,), 0, 0, False),),
    )
    """Answers HELP with text for a person; programs should ignore the text."""

    SERVICE_READY = (
        220,
        "The server is ready",
        "服务已就绪",
        ("RFC 5321 4.2.3", "RFC 3207 4"),
        ((2, (0,), 0, 0, False),),
    )
    """The greeting of a server that takes mail, and the go-ahead after STARTTLS. A
    greeting with 554 instead means that no mail is accepted here.
    """

    SERVICE_CLOSING_TRANSMISSION_CHANNEL = (
        221,
        "The server is closing the connection as asked",
        "服务器按请求关闭连接",
        ("RFC 5321 4.2.3",),
        ((2, (0,), 0, 0, False),),
    )
    """Answers QUIT. A server that has to hang up in mid-session says
    `SERVICE_NOT_AVAILABLE` instead.
    """

    AUTHENTICATION_SUCCEEDED = (
        235,
        "Authentication succeeded",
        "身份验证成功",
        ("RFC 4954 6",),
        ((2, (0,), 0, 0, False),),
    )
    """Ends an AUTH exchange that went well."""

    OK = (
        250,
        "The command was completed",
        "命令已成功执行",
        ("RFC 5321 4.2.3",),
        (),
    )
    """The usual success. After the end of DATA it means that the server has taken
    responsibility for the message (RFC 5321 6.1), not that it has been delivered.
    """

    USER_NOT_LOCAL_WILL_FORWARD = (
        251,
        "The recipient is not local; the server will forward the message",
        "收件人不在本地，服务器将转发邮件",
        ("RFC 5321 3.4",),
        (),
    )
    """Success: the mailbox is elsewhere and the server will forward to it. The text may
    name the new address.
    """

    CANNOT_VERIFY_USER_WILL_ATTEMPT_DELIVERY = (
        252,
        "The recipient cannot be verified, but delivery will be attempted",
        "无法核实收件人，但会尝试投递",
        ("RFC 5321 3.5.3",),
        ((2, (0,), 0, 0, False),),
    )
    """Answers VRFY when the server will not say whether the mailbox exists. It says neither
    yes nor no: only a real RCPT does.
    """

    BASE64_RESPONSE = (
        334,
        "Authentication challenge; the server waits for the response",
        "身份验证质询，服务器等待响应",
        ("RFC 4954 4",),
        (),
    )
    """A step inside AUTH: the text is a SASL challenge in base64, and the client's next
    line must answer it.
    """

    START_MAIL_INPUT = (
        354,
        "Send the message, ending with a line that holds a single dot",
        "开始发送邮件内容，以单独一行的句点结束",
        ("RFC 5321 4.2.3",),
        (),
    )
    """A step inside DATA: the message follows, up to a line that holds a single dot."""

    SERVICE_NOT_AVAILABLE = (
        421,
        "The service is not available; the server closes the connection",
        "服务不可用，服务器正在关闭连接",
        ("RFC 5321 3.8", "RFC 5321 4.2.3"),
        ((16, (), 0, 0, False),),
    )
    """The server is going down or has had enough of this connection, and closes it. It may
    answer any command. Retry later on a new connection.
    """

    PASSWORD_TRANSITION_NEEDED = (
        432,
        "A password transition is needed before this mechanism works",
        "需先完成密码迁移，才能使用此验证机制",
        ("RFC 4954 6",),
        ((13, (3, 4), 0, 1, False),),
    )
    """At AUTH, the account has to log in once by another mechanism (a plain password over
    TLS) before this one works for it. No retry helps until then, although it is a 4yz.
    At other stages, servers send it for too many connections.
    """

    MAILBOX_BUSY = (
        450,
        "The mailbox is unavailable for now: busy, or deferred by policy",
        "邮箱暂时不可用：正忙或被策略延后",
        ("RFC 5321 4.2.3",),
        ((16, (), 0, 0, False),),
    )
    """The mailbox is locked, or policy wants the client to come back (greylisting).
    `MAILBOX_UNAVAILABLE` is the permanent form.
    """

    LOCAL_ERROR_IN_PROCESSING = (
        451,
        "The command was aborted by a local error on the server",
        "服务器本地处理出错，命令已中止",
        ("RFC 5321 4.2.3",),
        ((16, (), 0, 0, False),),
    )
    """Something went wrong on the server's side; the command itself may be fine."""

    INSUFFICIENT_STORAGE = (
        452,
        "Too little storage, or too many recipients, for now",
        "存储空间暂时不足，或收件人过多",
        ("RFC 5321 4.2.3", "RFC 5321 4.5.3.1.10", "RFC 1870 6.1"),
        ((15, (6,), 0, 0, True), (16, (), 0, 0, False)),
    )
    """The disk is full, or RCPT has named as many recipients as the server takes in one
    transaction. The others may follow in another transaction.
    """

    CLIENT_NOT_PERMITTED = (
        454,
        "TLS or authentication is temporarily not available",
        "TLS 或身份验证暂时不可用",
        ("RFC 3207 4", "RFC 4954 6"),
        ((16, (3, 4), 0, 1, False), (16, (), 0, 0, False)),
    )
    """TLS or authentication does not work at the moment. In spite of the name it says
    nothing about permission; a client that is not permitted gets 530, 535 or 550.
    """

    COMMAND_UNRECOGNIZED = (
        500,
        "The command was not recognized, or the line was too long",
        "命令无法识别，或命令行过长",
        ("RFC 5321 4.2.3",),
        ((22, (), 0, 0, False),),
    )
    """The server does not know the command, or the line was too long. If it knows the
    command but does not offer it, the code is
    `COMMAND_NOT_IMPLEMENTED`.
    """

    SYNTAX_ERROR = (
        501,
        "Syntax error in the parameters or arguments",
        "参数语法错误",
        ("RFC 5321 4.2.3", "RFC 4954 4"),
        ((7, (5, 6), 0, 0, False), (22, (), 0, 0, False)),
    )
    """The command is known, but its arguments are malformed. Also the answer to an AUTH
    that the client cancelled with `*`.
    """

    COMMAND_NOT_IMPLEMENTED = (
        502,
        "The command is not implemented",
        "命令未实现",
        ("RFC 5321 4.2.4",),
        ((22, (), 0, 0, False),),
    )
    """The server knows the command, but does not offer it."""

    COMMAND_NOT_PERMITTED = (
        503,
        "Bad sequence of commands",
        "命令顺序错误",
        ("RFC 5321 4.2.3", "RFC 4954 4"),
        ((22, (), 0, 0, False),),
    )
    """The command came out of order (RCPT before MAIL), or may not be given now (AUTH
    during a transaction or a second time).
    """

    UNRECOGNIZED_AUTHENTICATION_TYPE = (
        504,
        "A command parameter or authentication mechanism is not implemented",
        "命令参数或身份验证机制未实现",
        ("RFC 5321 4.2.3", "RFC 4954 4"),
        ((22, (), 0, 0, False),),
    )
    """A parameter of the command is not implemented; for AUTH, the mechanism that it names."""

    AUTHENTICATION_REQUIRED = (
        530,
        "TLS or authentication is required first",
        "需要先启用 TLS 或进行身份验证",
        ("RFC 3207 4", "RFC 4954 6"),
        ((12, (), 0, 1, False),),
    )
    """The server wants TLS or AUTH first. The client sent no credentials;
    `CREDENTIALS_INVALID` is for wrong credentials.
    """

    AUTHENTICATION_MECHANISM_IS_TO_WEAK = (
        534,
        "The authentication mechanism is too weak",
        "身份验证机制强度不足",
        ("RFC 4954 6",),
        ((12, (), 0, 1, False),),
    )
    """The chosen mechanism is too weak for the server's policy; another mechanism may do.
    The spelling is Aspose's.
    """

    CREDENTIALS_INVALID = (
        535,
        "The credentials were rejected",
        "凭据无效",
        ("RFC 4954 6",),
        ((12, (), 0, 1, False),),
    )
    """The credentials were refused. Trying the same ones again can lock the account."""

    ENCRYPTION_REQUIRED_REQUESTED_MECHANISM = (
        538,
        "The requested authentication mechanism requires encryption",
        "所请求的身份验证机制需要加密连接",
        ("RFC 4954 6",),
        ((12, (), 0, 1, False),),
    )
    """The mechanism would send the password in the clear: start TLS and try again."""

    MAILBOX_UNAVAILABLE = (
        550,
        "The mailbox is unavailable: not found, or refused by policy",
        "邮箱不可用：不存在或被策略拒绝",
        ("RFC 5321 4.2.3",),
        ((4, (6,), 0, 0, False), (11, (1, 2, 5, 7, 8), 0, 0, False), (5, (), 0, 0, False)),
    )
    """The mailbox does not exist or must not be used. Most policy refusals (spam,
    blocklists) come as 550 as well. The enhanced code distinguishes them: X.1.Z is about
    the address, X.7.Z about policy. Without an enhanced code, only the answer to RCPT is
    about a mailbox.
    """

    USER_NOT_LOCAL_TRY_ALTERNATE_PATH = (
        551,
        "The recipient is not local; try the address given in the text",
        "收件人不在本地，请尝试应答中给出的地址",
        ("RFC 5321 3.4",),
        ((11, (1, 2, 5), 0, 0, False), (4, (), 0, 0, False)),
    )
    """The mailbox is elsewhere and the server will not forward; the text may name the
    address to use.
    """

    EXCEEDED_STORAGE_ALLOCATION = (
        552,
        "The mailbox's storage or the message size limit is exceeded",
        "超出邮箱存储配额或邮件大小限制",
        ("RFC 5321 4.2.3", "RFC 5321 4.5.3.1.10", "RFC 1870 6.1"),
        ((15, (6,), 0, 0, True), (9, (5, 7, 8), 0, 0, False), (6, (), 0, 0, False)),
    )
    """The mailbox is over quota, or the message is larger than the server takes. As the
    answer to RCPT it can also mean too many recipients: then treat it like
    `INSUFFICIENT_STORAGE` (RFC 5321 4.5.3.1.10).
    """

    MAILBOX_NAME_NOT_ALLOWED = (
        553,
        "The mailbox name is not allowed",
        "邮箱名称不被允许",
        ("RFC 5321 4.2.3",),
        ((11, (1, 2, 7, 8), 0, 0, False), (7, (), 0, 0, False)),
    )
    """The mailbox name breaks the server's rules, most often in its syntax."""

    TRANSACTION_FAILED = (
        554,
        "The transaction failed, or no SMTP service is offered here",
        "事务失败，或此处不提供 SMTP 服务",
        ("RFC 5321 3.1", "RFC 5321 4.2.3"),
        ((11, (1, 2, 5, 6, 7, 8), 0, 0, False),),
    )
    """The transaction failed for a reason that no other code names. As the greeting, it
    means that there is no SMTP service here.
    """
