# Generated from proto/smtpstatus/v1/enhanced_status_code.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enhanced_status_code import OpenEnhancedStatusCode


class EnhancedStatusCode(OpenEnhancedStatusCode):
    """The subject and detail of an enhanced status code (RFC 3463), without its class: X.1.1
    is 1001, X.7.30 is 7030. The values are those of IANA's registry (RFC 5248).

    The class is the first digit of the reply, so it is not part of the number. The enum is
    open: servers send details of their own (5.7.515), which travel as numbers (7515). Such
    a detail has the meaning of its subject, here 7000. A subject that is not listed has no
    meaning.
    """

    NOT_DEFINED = (
        0,
        "Nothing more is known",
        "没有更多信息",
        ("RFC 3463 3.1",),
        (),
    )
    """No enhanced status code, or X.0.0, which says nothing but the class."""

    OTHER_ADDRESS = (
        1000,
        "Something about an address",
        "地址问题",
        ("RFC 3463 3.2",),
        (),
    )
    """Something about an address. Many servers say no more, whatever the reason."""

    BAD_MAILBOX = (
        1001,
        "The recipient's mailbox does not exist",
        "收件人邮箱不存在",
        ("RFC 3463 3.2",),
        ((4, (), 0, 0, False),),
    )
    """The part before the @ names no mailbox here."""

    BAD_SYSTEM = (
        1002,
        "The recipient's domain does not exist or takes no mail",
        "收件人域不存在或不收邮件",
        ("RFC 3463 3.2",),
        ((4, (), 0, 0, False),),
    )
    """The part after the @ names no system that takes mail."""

    BAD_ADDRESS_SYNTAX = (
        1003,
        "The recipient's address is malformed",
        "收件人地址格式错误",
        ("RFC 3463 3.2",),
        ((7, (), 0, 0, False),),
    )
    """The recipient's address breaks the syntax."""

    AMBIGUOUS_ADDRESS = (
        1004,
        "The recipient's address is ambiguous",
        "收件人地址不唯一",
        ("RFC 3463 3.2",),
        ((7, (), 0, 0, False),),
    )
    """The recipient's address fits several mailboxes."""

    VALID_ADDRESS = (
        1005,
        "The recipient's address is valid",
        "收件人地址有效",
        ("RFC 3463 3.2",),
        (),
    )
    """The recipient's address is good; only a success says so."""

    MAILBOX_MOVED = (
        1006,
        "The recipient has moved, and left no address",
        "收件人已迁移，未留新地址",
        ("RFC 3463 3.2",),
        ((4, (), 0, 0, False),),
    )
    """The mailbox was here, and its new address is not known."""

    BAD_SENDER_SYNTAX = (
        1007,
        "The sender's address is malformed",
        "发件人地址格式错误",
        ("RFC 3463 3.2",),
        ((8, (), 0, 0, False),),
    )
    """The sender's address breaks the syntax."""

    BAD_SENDER_SYSTEM = (
        1008,
        "The sender's domain does not exist or takes no mail",
        "发件人域不存在或不收邮件",
        ("RFC 3463 3.2",),
        ((8, (), 0, 0, False),),
    )
    """The sender's domain is not in the DNS, or takes no mail."""

    RELAYED_TO_NON_COMPLIANT_MAILER = (
        1009,
        "Passed on to a system that gives no further notice",
        "已转给不再回报的系统",
        ("RFC 3886 3.3.4",),
        (),
    )
    """The mail went to a system that reports nothing back; only a success says so."""

    RECIPIENT_NULL_MX = (
        1010,
        "The recipient's domain says that it takes no mail",
        "收件人域声明不收邮件",
        ("RFC 7505 4.2",),
        ((4, (), 0, 0, False),),
    )
    """The recipient's domain declares in the DNS that it takes no mail."""

    OTHER_MAILBOX = (
        2000,
        "Something about the mailbox",
        "邮箱问题",
        ("RFC 3463 3.3",),
        ((5, (), 0, 2, False),),
    )
    """Something about the mailbox."""

    MAILBOX_DISABLED = (
        2001,
        "The mailbox is disabled",
        "邮箱已停用",
        ("RFC 3463 3.3",),
        ((5, (), 0, 0, False),),
    )
    """The mailbox is there, and takes no mail."""

    MAILBOX_FULL = (
        2002,
        "The mailbox is full",
        "邮箱已满",
        ("RFC 3463 3.3",),
        ((6, (), 0, 0, False),),
    )
    """The mailbox is over its quota."""

    MESSAGE_EXCEEDS_MAILBOX_LIMIT = (
        2003,
        "The message is too long for the recipient",
        "邮件超过收件人的长度限制",
        ("RFC 3463 3.3",),
        ((9, (), 0, 0, False),),
    )
    """The message is larger than this mailbox takes."""

    MAILING_LIST_EXPANSION = (
        2004,
        "A mailing list could not be expanded",
        "邮件列表无法展开",
        ("RFC 3463 3.3",),
        ((5, (), 0, 0, False),),
    )
    """The mailing list could not be expanded."""

    OTHER_MAIL_SYSTEM = (
        3000,
        "Something about the mail system",
        "邮件系统问题",
        ("RFC 3463 3.4",),
        ((16, (), 0, 2, False),),
    )
    """Something about the recipient's mail system."""

    MAIL_SYSTEM_FULL = (
        3001,
        "The mail system is full",
        "邮件系统存储已满",
        ("RFC 3463 3.4",),
        ((16, (), 0, 0, False),),
    )
    """The system's storage is full: not one mailbox, but all."""

    SYSTEM_NOT_ACCEPTING = (
        3002,
        "The system takes no mail now",
        "系统目前不收邮件",
        ("RFC 3463 3.4",),
        ((16, (), 0, 0, False),),
    )
    """The system takes no mail for now: it shuts down, or has too much to do."""

    SYSTEM_NOT_CAPABLE = (
        3003,
        "The system lacks a feature that the message needs",
        "系统缺少该邮件所需功能",
        ("RFC 3463 3.4",),
        ((10, (), 0, 0, False),),
    )
    """The message needs a feature that the system lacks."""

    MESSAGE_TOO_BIG = (
        3004,
        "The message is too big for the system",
        "邮件超过系统的大小限制",
        ("RFC 3463 3.4",),
        ((9, (), 0, 0, False),),
    )
    """The message is larger than the system takes."""

    SYSTEM_MISCONFIGURED = (
        3005,
        "The system is misconfigured",
        "系统配置有误",
        ("RFC 3463 3.4",),
        ((16, (), 0, 0, False),),
    )
    """The system is not set up to take this mail."""

    PRIORITY_CHANGED = (
        3006,
        "The priority that was asked for was changed",
        "所请求的优先级已更改",
        ("RFC 6710 9",),
        (),
    )
    """The mail was accepted with another priority; only a success says so."""

    OTHER_NETWORK = (
        4000,
        "Something about the network or the route",
        "网络或路由问题",
        ("RFC 3463 3.5",),
        ((21, (), 0, 0, False),),
    )
    """Something about the network or the route. That is enough to act on."""

    NO_ANSWER = (
        4001,
        "The next host does not answer",
        "下一台主机没有应答",
        ("RFC 3463 3.5",),
        ((21, (), 4, 0, False),),
    )
    """The next host does not answer. Only a 4yz can mean that; Exchange Online uses it with
    a 5yz for unknown recipients.
    """

    BAD_CONNECTION = (
        4002,
        "The connection broke",
        "连接中断",
        ("RFC 3463 3.5",),
        ((21, (), 0, 0, False),),
    )
    """The connection was made, and broke."""

    DIRECTORY_FAILURE = (
        4003,
        "A directory server failed, often DNS",
        "目录服务器失败，多为 DNS",
        ("RFC 3463 3.5",),
        ((18, (), 0, 0, False),),
    )
    """A directory, for example the DNS, did not answer. That proves nothing about the
    recipient.
    """

    UNABLE_TO_ROUTE = (
        4004,
        "No route to the recipient's domain",
        "没有通往收件人域的路由",
        ("RFC 3463 3.5",),
        ((4, (), 5, 0, False), (21, (), 0, 0, False)),
    )
    """There is no route to the recipient's domain. With a 5yz, that means that the domain
    takes no mail.
    """

    MAIL_SYSTEM_CONGESTION = (
        4005,
        "The mail system is congested",
        "邮件系统拥塞",
        ("RFC 3463 3.5",),
        ((14, (), 5, 0, False), (16, (), 0, 0, False)),
    )
    """The system has too much to do. With a 5yz, Gmail uses it for a sender's daily limit."""

    ROUTING_LOOP = (
        4006,
        "The message goes round in a loop",
        "邮件陷入路由循环",
        ("RFC 3463 3.5",),
        ((21, (), 0, 0, False),),
    )
    """The mail went in a circle."""

    DELIVERY_TIME_EXPIRED = (
        4007,
        "The message is too old to be delivered",
        "邮件已超过投递期限",
        ("RFC 3463 3.5",),
        ((25, (), 0, 0, False),),
    )
    """A queue gave up on the mail."""

    OTHER_PROTOCOL = (
        5000,
        "Something about the protocol",
        "协议问题",
        ("RFC 3463 3.6",),
        ((22, (), 0, 2, False),),
    )
    """Something about the protocol."""

    INVALID_COMMAND = (
        5001,
        "The command is out of order or unknown",
        "命令顺序错误或未知",
        ("RFC 3463 3.6",),
        ((22, (), 0, 0, False),),
    )
    """The command came out of order, or is not supported."""

    SYNTAX_ERROR = (
        5002,
        "The command's syntax is wrong",
        "命令语法错误",
        ("RFC 3463 3.6",),
        ((22, (), 0, 0, False),),
    )
    """The command could not be read."""

    TOO_MANY_RECIPIENTS = (
        5003,
        "Too many recipients in one transaction",
        "一次事务中的收件人过多",
        ("RFC 3463 3.6",),
        ((15, (), 0, 0, False),),
    )
    """There are more recipients than one transaction may have. The others go into another
    transaction.
    """

    INVALID_COMMAND_ARGUMENTS = (
        5004,
        "The command's arguments are wrong",
        "命令参数错误",
        ("RFC 3463 3.6",),
        ((22, (), 0, 0, False),),
    )
    """The command's arguments are wrong."""

    WRONG_PROTOCOL_VERSION = (
        5005,
        "The protocol's version is wrong",
        "协议版本不符",
        ("RFC 3463 3.6",),
        ((22, (), 0, 0, False),),
    )
    """The two sides speak different versions of the protocol."""

    AUTHENTICATION_EXCHANGE_LINE_TOO_LONG = (
        5006,
        "A line of the authentication exchange is too long",
        "身份验证交换中的行过长",
        ("RFC 4954 6",),
        ((22, (), 0, 0, False),),
    )
    """A line of the AUTH exchange is longer than the server reads."""

    OTHER_CONTENT = (
        6000,
        "Something about the content",
        "内容问题",
        ("RFC 3463 3.7",),
        ((10, (), 0, 0, False),),
    )
    """Something about the content. That is enough to act on."""

    MEDIA_NOT_SUPPORTED = (
        6001,
        "The content's type is not supported",
        "不支持该内容类型",
        ("RFC 3463 3.7",),
        ((10, (), 0, 0, False),),
    )
    """The content's type is not supported."""

    CONVERSION_PROHIBITED = (
        6002,
        "The content has to be converted, but may not be",
        "内容需要转换，但不允许转换",
        ("RFC 3463 3.7",),
        ((10, (), 0, 0, False),),
    )
    """The content has to be converted, which its sender forbade."""

    CONVERSION_NOT_SUPPORTED = (
        6003,
        "The content has to be converted, but cannot be",
        "内容需要转换，但无法转换",
        ("RFC 3463 3.7",),
        ((10, (), 0, 0, False),),
    )
    """The content has to be converted, which the system cannot do."""

    CONVERSION_WITH_LOSS = (
        6004,
        "The content was converted with a loss",
        "内容转换有损失",
        ("RFC 3463 3.7",),
        ((10, (), 0, 0, False),),
    )
    """The content can be converted only with a loss."""

    CONVERSION_FAILED = (
        6005,
        "The content's conversion failed",
        "内容转换失败",
        ("RFC 3463 3.7",),
        ((10, (), 0, 0, False),),
    )
    """The content's conversion failed."""

    CONTENT_NOT_AVAILABLE = (
        6006,
        "The content is not available",
        "内容不可用",
        ("RFC 4468 5",),
        ((10, (), 0, 0, False),),
    )
    """The content that BURL names could not be fetched."""

    NON_ASCII_ADDRESSES_NOT_PERMITTED = (
        6007,
        "Non-ASCII addresses are not permitted",
        "不允许非 ASCII 地址",
        ("RFC 6531 3.5",),
        ((7, (), 0, 0, False),),
    )
    """The recipient's side does not take non-ASCII addresses."""

    UTF8_REPLY_NEEDED = (
        6008,
        "A reply in UTF-8 is needed, but not permitted",
        "需要 UTF-8 应答，但不允许",
        ("RFC 6531 3.5",),
        ((10, (), 0, 0, False),),
    )
    """The reply needs UTF-8, which the client does not permit."""

    UTF8_HEADER_NOT_TRANSFERABLE = (
        6009,
        "The header in UTF-8 cannot be passed on",
        "无法转发 UTF-8 邮件头",
        ("RFC 6531 3.5",),
        ((10, (), 0, 0, False),),
    )
    """The header is in UTF-8, which the server of a recipient does not take."""

    UTF8_REPLY_NEEDED_DUPLICATE = (
        6010,
        "A reply in UTF-8 is needed, but not permitted (the registry's duplicate of X.6.8)",
        "需要 UTF-8 应答，但不允许（与 X.6.8 重复）",
        ("RFC 6531 4.3",),
        ((10, (), 0, 0, False),),
    )
    """Registered twice by mistake: use X.6.8."""

    OTHER_SECURITY = (
        7000,
        "Something about security or policy",
        "安全或策略问题",
        ("RFC 3463 3.8",),
        ((11, (), 0, 0, False),),
    )
    """Something about security or policy. That is enough to act on, and vendors number their
    own details below it.
    """

    DELIVERY_NOT_AUTHORIZED = (
        7001,
        "The sender or message is not permitted",
        "发件人或邮件不被允许",
        ("RFC 3463 3.8",),
        ((11, (), 0, 0, False),),
    )
    """The sender may not send this to the recipient. This is the usual code of a refusal by
    policy.
    """

    MAILING_LIST_NOT_AUTHORIZED = (
        7002,
        "The sender may not write to this list",
        "发件人不得向该列表发信",
        ("RFC 3463 3.8",),
        ((11, (), 0, 0, False),),
    )
    """The sender may not write to this mailing list."""

    SECURITY_CONVERSION_NOT_POSSIBLE = (
        7003,
        "The protection would have to be converted",
        "需要转换安全保护方式",
        ("RFC 3463 3.8",),
        ((10, (), 0, 0, False),),
    )
    """One protection would have to be turned into another, which is not possible."""

    SECURITY_FEATURES_NOT_SUPPORTED = (
        7004,
        "The security features are not supported",
        "不支持所需的安全功能",
        ("RFC 3463 3.8",),
        ((10, (), 0, 0, False),),
    )
    """The message asks for security features that are not supported."""

    CRYPTOGRAPHIC_FAILURE = (
        7005,
        "Decryption or verification failed",
        "解密或验证失败",
        ("RFC 3463 3.8",),
        ((10, (), 0, 0, False),),
    )
    """The message could not be decrypted or verified."""

    CRYPTOGRAPHIC_ALGORITHM_NOT_SUPPORTED = (
        7006,
        "The cryptographic algorithm is not supported",
        "不支持该密码算法",
        ("RFC 3463 3.8",),
        ((10, (), 0, 0, False),),
    )
    """The message's cryptographic algorithm is not supported."""

    MESSAGE_INTEGRITY_FAILURE = (
        7007,
        "The message was changed on its way",
        "邮件在途中被更改",
        ("RFC 3463 3.8",),
        ((10, (), 0, 0, False),),
    )
    """The message was changed on its way."""

    CREDENTIALS_INVALID = (
        7008,
        "The credentials are wrong",
        "凭据无效",
        ("RFC 4954 6",),
        ((12, (4,), 0, 0, False), (11, (), 0, 0, False)),
    )
    """At AUTH, the credentials are wrong. At other stages, servers use it for senders that
    are not permitted.
    """

    AUTHENTICATION_MECHANISM_TOO_WEAK = (
        7009,
        "The authentication mechanism is too weak",
        "身份验证机制强度不足",
        ("RFC 4954 6",),
        ((12, (4,), 0, 0, False), (11, (), 0, 0, False)),
    )
    """At AUTH, the mechanism is too weak. At other stages, Gmail and others use it for mail
    whose sender is not authenticated.
    """

    ENCRYPTION_NEEDED = (
        7010,
        "Encryption is needed",
        "需要加密",
        ("RFC 5248 2.4",),
        ((12, (), 0, 0, False),),
    )
    """The server wants TLS first."""

    ENCRYPTION_REQUIRED_FOR_MECHANISM = (
        7011,
        "This mechanism needs encryption",
        "该机制需要加密",
        ("RFC 4954 6",),
        ((12, (), 0, 0, False),),
    )
    """The authentication mechanism wants TLS first."""

    PASSWORD_TRANSITION_NEEDED = (
        7012,
        "Log in once with the password first",
        "需先用密码登录一次",
        ("RFC 4954 6",),
        ((13, (), 0, 0, False),),
    )
    """The account has to log in once with a plain password."""

    ACCOUNT_DISABLED = (
        7013,
        "The account is disabled",
        "账户已停用",
        ("RFC 5248 2.4",),
        ((12, (4,), 0, 0, False), (5, (), 0, 0, False)),
    )
    """At AUTH, the client's account is disabled; at RCPT, the recipient's."""

    TRUST_RELATIONSHIP_REQUIRED = (
        7014,
        "The two servers have no trust relationship",
        "两台服务器之间没有信任关系",
        ("RFC 5248 2.4",),
        ((12, (4,), 0, 0, False), (11, (), 0, 0, False)),
    )
    """The server takes mail only from partners that it knows."""

    PRIORITY_TOO_LOW = (
        7015,
        "The message's priority is too low for now",
        "邮件优先级目前过低",
        ("RFC 6710 9",),
        ((11, (), 0, 0, False),),
    )
    """The message's priority is too low for now."""

    MESSAGE_TOO_BIG_FOR_PRIORITY = (
        7016,
        "The message is too big for its priority",
        "邮件对其优先级而言过大",
        ("RFC 6710 9",),
        ((9, (), 0, 0, False),),
    )
    """The message is too large for its priority."""

    MAILBOX_OWNER_CHANGED = (
        7017,
        "The mailbox has another owner now",
        "邮箱已换主人",
        ("RFC 7293 9.3",),
        ((5, (), 0, 0, False),),
    )
    """Somebody else owns the mailbox now: the mail is for its former owner."""

    DOMAIN_OWNER_CHANGED = (
        7018,
        "The domain has another owner now",
        "域已换主人",
        ("RFC 7293 9.3",),
        ((5, (), 0, 0, False),),
    )
    """Somebody else owns the domain now: the mail is for its former owner."""

    OWNER_CANNOT_BE_CHECKED = (
        7019,
        "The owner of the mailbox cannot be checked",
        "无法核对邮箱主人",
        ("RFC 7293 9.3",),
        ((11, (), 0, 0, False),),
    )
    """The server cannot say whether the mailbox has changed hands."""

    NO_PASSING_DKIM_SIGNATURE = (
        7020,
        "No DKIM signature passed",
        "没有通过的 DKIM 签名",
        ("RFC 7372 3.1",),
        ((11, (), 0, 0, False),),
    )
    """No DKIM signature passes."""

    NO_ACCEPTABLE_DKIM_SIGNATURE = (
        7021,
        "No acceptable DKIM signature",
        "没有可接受的 DKIM 签名",
        ("RFC 7372 3.1",),
        ((11, (), 0, 0, False),),
    )
    """DKIM signatures pass, but none of them is acceptable."""

    NO_AUTHOR_DKIM_SIGNATURE = (
        7022,
        "No DKIM signature of the author's domain",
        "没有作者域的 DKIM 签名",
        ("RFC 7372 3.1",),
        ((11, (), 0, 0, False),),
    )
    """No DKIM signature that passes is the author's."""

    SPF_FAILED = (
        7023,
        "SPF says that this host may not send",
        "SPF 不允许该主机发信",
        ("RFC 7372 3.2",),
        ((11, (), 0, 0, False),),
    )
    """SPF does not permit this host to send for the domain."""

    SPF_ERROR = (
        7024,
        "SPF could not be evaluated",
        "SPF 无法评估",
        ("RFC 7372 3.2",),
        ((11, (), 0, 0, False),),
    )
    """SPF could not be evaluated."""

    REVERSE_DNS_FAILED = (
        7025,
        "The host's name in DNS does not match its address",
        "主机的 DNS 反向记录不符",
        ("RFC 7372 3.3",),
        ((11, (), 0, 0, False),),
    )
    """The name of the sending host in the DNS does not match its address."""

    AUTHENTICATION_CHECKS_FAILED = (
        7026,
        "Several authentication checks failed",
        "多项身份验证检查失败",
        ("RFC 7372 3.4",),
        ((11, (), 0, 0, False),),
    )
    """Several of SPF, DKIM and DMARC failed."""

    SENDER_NULL_MX = (
        7027,
        "The sender's domain says that it takes no mail",
        "发件人域声明不收邮件",
        ("RFC 7505 4.2",),
        ((8, (), 0, 0, False),),
    )
    """The sender's domain declares in the DNS that it takes no mail, so it takes no answer."""

    MAIL_FLOOD = (
        7028,
        "Too much mail from this source",
        "来自该处的邮件过多",
        ("RFC 5248",),
        ((14, (), 4, 0, False), (11, (), 0, 0, False)),
    )
    """There is too much mail of this kind. A 5yz calls it abuse. (In IANA's registry; no
    RFC defines it.)
    """

    ARC_FAILED = (
        7029,
        "The ARC chain is not valid",
        "ARC 链验证失败",
        ("RFC 8617 7.1",),
        ((11, (), 0, 0, False),),
    )
    """The chain of ARC seals is not valid."""

    REQUIRETLS_NEEDED = (
        7030,
        "REQUIRETLS is needed",
        "需要 REQUIRETLS",
        ("RFC 8689 4.2.1",),
        ((10, (), 0, 0, False),),
    )
    """The message must travel by TLS throughout, and the next server does not promise it."""
