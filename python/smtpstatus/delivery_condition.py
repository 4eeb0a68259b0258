# Generated from proto/smtpstatus/v1/delivery_condition.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_delivery_condition import OpenDeliveryCondition
from smtpstatus._open_enum import OpenEnum


class DeliveryCondition(OpenDeliveryCondition):
    """What was wrong with a delivery, and therefore who has to act.

    If there was a reply, its code, its enhanced status code and its stage decide the
    condition: the options of the two codes name the conditions that they can mean. If
    there was no reply, the client says which condition it was. Whether to try again and
    which google.rpc.Code to answer with follow from the condition, so they cannot
    contradict each other.

    The exceptions of one failure can report several conditions: the outer exception that
    the connection broke, an inner exception that TLS failed. The condition that is listed
    first here counts, because it says most.

    The enum is open. Treat a number that is not listed as `NOT_KNOWN`.
    """

    NOT_DEFINED = (
        0,
        "There is no SMTP reply code, and nothing else was recorded",
        "没有 SMTP 应答代码，也没有其他记录",
        0,
        2,
        0,
        4,
        "Nothing is known that could be tried again.",
        (),
        0,
    )
    """Nothing has been recorded, or the code is not an SMTP reply code."""

    ACCEPTED = (
        1,
        "The server has taken over the mail",
        "服务器已接收该邮件",
        6,
        0,
        0,
        4,
        "Trying again would send it twice.",
        (),
        0,
    )
    """The server has taken over the mail for this recipient (RFC 5321 6.1). That is not
    yet a delivery to the mailbox.
    """

    IN_PROGRESS = (
        2,
        "A step went well; the mail has not been accepted yet",
        "该步骤成功，邮件尚未被接收",
        6,
        0,
        0,
        4,
        "The exchange is still going on.",
        (),
        0,
    )
    """A step that went well: a 2yz before the end of the message, or a 3yz. Nothing has
    been accepted yet.
    """

    DELAYED = (
        3,
        "Another server has the mail and goes on trying",
        "其他服务器已持有该邮件，并会继续尝试",
        6,
        0,
        0,
        4,
        "The server that has the mail tries again itself (RFC 3464 2.3.3).",
        (),
        0,
    )
    """A server that has the mail reports that it could not deliver it yet (RFC 3464 2.3.3).
    It goes on trying, so this is not a failure: counting it as a bounce loses good
    addresses.
    """

    RECIPIENT_UNKNOWN = (
        4,
        "The recipient's mailbox or domain does not exist",
        "收件人的邮箱或域不存在",
        1,
        5,
        14,
        1,
        "The address stays unknown until somebody creates it.",
        ((0, (1, 2, 3, 4), 0, 0, False), (8, (5,), 0, 0, False)),
        0,
    )
    """The mailbox, or its domain, is not there, has moved, or takes no mail at all. This is
    the only condition that is answered with NOT_FOUND. If it is permanent, never write
    to the address again; no other condition is a reason for that.
    """

    RECIPIENT_REFUSED = (
        5,
        "The recipient's mailbox takes no mail, or not this one",
        "收件人邮箱不接收邮件，或不接收此邮件",
        1,
        9,
        14,
        1,
        "The recipient, or an administrator, has to open the mailbox first.",
        ((0, (1, 2, 3, 4), 0, 0, False), (8, (5,), 0, 0, False)),
        0,
    )
    """The mailbox is there, but takes no mail, or no mail from this sender: it is disabled,
    it is a closed list, or its owner filters. A bare 550 whose stage is not known means
    this, too.
    """

    MAILBOX_FULL = (
        6,
        "The recipient's mailbox is full",
        "收件人的邮箱已满",
        1,
        8,
        8,
        1,
        "The recipient has to make room first.",
        ((0, (1, 2, 3, 4, 5), 0, 0, False),),
        0,
    )
    """The mailbox is over its quota. It takes mail again once its owner deletes something,
    so this is not a reason to drop the address.
    """

    ADDRESS_INVALID = (
        7,
        "The recipient's address is malformed or not allowed",
        "收件人地址格式错误或不被允许",
        1,
        3,
        14,
        1,
        "Whoever wrote the address has to correct it.",
        ((0, (1, 2, 3, 4), 0, 0, False), (8, (5,), 0, 0, False)),
        0,
    )
    """The recipient's address itself is wrong: its syntax is invalid, or it names several
    mailboxes.
    """

    SENDER_REFUSED = (
        8,
        "The sender's address is not accepted",
        "发件人地址不被接受",
        2,
        3,
        14,
        1,
        "The sender has to use another address, or fix the domain.",
        (),
        0,
    )
    """The sender's address is not usable here: it is malformed, its domain is not in the
    DNS or takes no mail, or the server does not know it. If the server refuses the
    sending side rather than the address, the condition is
    `POLICY_REFUSED`.
    """

    MESSAGE_TOO_LARGE = (
        9,
        "The message is too large",
        "邮件过大",
        3,
        3,
        14,
        1,
        "The message stays too large: make it smaller.",
        (),
        0,
    )
    """The message is larger than the server or the mailbox takes."""

    MESSAGE_REFUSED = (
        10,
        "The message's form or content is not accepted",
        "邮件的格式或内容不被接受",
        3,
        3,
        14,
        1,
        "The message has to be changed first.",
        (),
        0,
    )
    """The form or the content of the message is refused: its encoding, its header, a
    feature that it needs.
    """

    POLICY_REFUSED = (
        11,
        "The server's policy refuses the sending side",
        "服务器策略拒绝发送方",
        2,
        7,
        14,
        1,
        "Whoever runs the sending side has to act first.",
        (),
        0,
    )
    """The server's policy is against the sending side: reputation, spam, SPF, DKIM, DMARC,
    reverse DNS, relaying. It says nothing about the recipient, not even that the
    mailbox exists.
    """

    AUTHENTICATION_REFUSED = (
        12,
        "The client's login or its lack of TLS is not accepted",
        "客户端的登录或未加密的连接不被接受",
        4,
        9,
        14,
        1,
        "Whoever runs the client has to change its login or its TLS.",
        (),
        0,
    )
    """The server wants another login, or TLS. The credentials are those of the service that
    sends, not those of its caller, so the answer is never UNAUTHENTICATED.
    """

    PASSWORD_TRANSITION = (
        13,
        "The client has to log in once with its password first",
        "客户端须先用密码登录一次",
        4,
        9,
        0,
        4,
        "It fails until the client has logged in once with a plain password (RFC 4954 6).",
        (),
        0,
    )
    """The account has to log in once by another mechanism before this one works for it.
    This is the only 4yz for which waiting does not help.
    """

    RATE_LIMITED = (
        14,
        "Too much mail, or too many connections, from this client",
        "来自该客户端的邮件或连接过多",
        4,
        8,
        8,
        2,
        "The server wants less mail from this client.",
        (),
        0,
    )
    """The client sends too much or too fast, or has too many connections at once."""

    TOO_MANY_RECIPIENTS = (
        15,
        "Too many recipients in one transaction",
        "一次事务中的收件人过多",
        4,
        8,
        8,
        3,
        "The other recipients go into another transaction, whatever the first digit is (RFC 5321 4.5.3.1.10).",
        (),
        0,
    )
    """There are more recipients than the server takes in one transaction. The accepted
    recipients stay in it; the others go into another transaction. A 552 to RCPT means
    that too (RFC 5321 4.5.3.1.10).
    """

    SERVICE_UNAVAILABLE = (
        16,
        "The service is not available",
        "服务器无法处理",
        5,
        9,
        14,
        2,
        "The server's administrator has to act first.",
        (),
        0,
    )
    """The server cannot serve the client: it is going down, its disk is full, or it is
    misconfigured.
    """

    TLS_REFUSED = (
        17,
        "TLS failed: the handshake, or the server's certificate",
        "TLS 失败：握手失败或证书不受信任",
        5,
        9,
        14,
        2,
        "The server or its certificate has to be fixed; mail is kept until then (RFC 8461 5).",
        (),
        26,
    )
    """The TLS handshake failed, or the client does not trust the certificate."""

    NAME_LOOKUP_FAILED = (
        18,
        "A host name could not be looked up",
        "无法解析主机名",
        5,
        9,
        14,
        2,
        "The name or the DNS has to be fixed; without a reply, the DNS may answer later (RFC 5321 5.1).",
        (),
        0,
    )
    """A name was not found in the DNS, or the DNS did not answer."""

    TIMED_OUT = (
        19,
        "The server did not answer in time",
        "服务器未及时应答",
        5,
        9,
        14,
        2,
        "Whoever runs the server has to act; without a reply, the server may be faster later (RFC 5321 4.5.3.2).",
        (),
        26,
    )
    """The server did not answer in time. If a queue gave up, the condition is
    `EXPIRED`.
    """

    CANCELLED = (
        20,
        "The sending program stopped before the end",
        "发送程序在完成之前停止",
        6,
        0,
        14,
        3,
        "A worker that shuts down must not lose mail.",
        (),
        26,
    )
    """The program stopped the client, for example because it shuts down."""

    UNREACHABLE = (
        21,
        "The server cannot be reached, or the connection broke",
        "无法连接服务器，或连接中断",
        5,
        9,
        14,
        2,
        "Whoever runs the network or the server has to act; without a reply, the mail may pass (RFC 5321 4.5.4.1).",
        (),
        26,
    )
    """There was no connection or no route, or the connection broke."""

    PROTOCOL_ERROR = (
        22,
        "Client and server did not understand each other",
        "客户端与服务器未能正确通信",
        4,
        13,
        14,
        2,
        "The same command gets the same answer until a program is changed; a garbled reply may not occur again.",
        (),
        26,
    )
    """Client and server did not understand each other: a command was out of order or not
    known, or a reply made no sense. Only their programmers can correct it.
    """

    FEATURE_NOT_OFFERED = (
        23,
        "The server lacks a feature that this mail needs",
        "服务器不提供该邮件所需的功能",
        5,
        9,
        0,
        4,
        "The same mail needs the same feature again; it goes back to the sender (RFC 6531 3.2).",
        (),
        0,
    )
    """The message, or the user's settings, need a feature that the server does not offer:
    SMTPUTF8, STARTTLS, AUTH. The client sent nothing.
    """

    ARGUMENT_REFUSED = (
        24,
        "The client refused the arguments that it was given",
        "客户端拒绝了所给的参数",
        4,
        3,
        0,
        4,
        "The same argument is refused again.",
        (),
        0,
    )
    """The program gave the client something that it cannot send: a malformed address, or no
    recipients at all. The client sent nothing.
    """

    EXPIRED = (
        25,
        "The mail was not delivered before its time ran out",
        "邮件未能在期限内投递",
        5,
        4,
        14,
        1,
        "The queue that had the mail has given up.",
        (),
        0,
    )
    """A queue gave up after trying for a long time. A new message may pass."""

    MAYBE_ACCEPTED = (
        26,
        "The message was sent, but its reply was lost: it may have been accepted",
        "邮件已发出但未收到应答：可能已被接收",
        5,
        0,
        14,
        3,
        "Mail that comes twice is better than mail that is lost (RFC 5321 4.5.4.1).",
        (),
        0,
    )
    """The message was sent, but its reply never came. The server may have taken it over:
    trying again may send it twice, not trying again may lose it (RFC 1047).
    """

    NOT_SENT = (
        27,
        "Not sent: the client gave up for another reason",
        "未发送：客户端因其他原因放弃",
        6,
        0,
        14,
        3,
        "Nothing is wrong with this recipient.",
        (),
        0,
    )
    """The client gave up because of another recipient, before this one had the mail."""

    NOT_KNOWN = (
        28,
        "It is not known what went wrong",
        "不清楚出了什么问题",
        0,
        0,
        14,
        3,
        "Mail must not be lost because the reason is not known.",
        (),
        26,
    )
    """The delivery or something else failed, and nothing says how that ended for the
    recipient. Look for an inner exception first, and limit the retries.
    """

    REFUSED = (
        29,
        "Refused for a reason that the reply's codes do not give",
        "被拒绝，应答代码未说明原因",
        0,
        9,
        14,
        1,
        "A 5yz asks for a change before the next try (RFC 5321 4.2.1).",
        (),
        0,
    )
    """The server refused, and neither the code nor the enhanced status code says why."""


class DeliveryParty(OpenEnum):
    """The party that a condition counts against, and that has to act first."""

    NOT_DEFINED = 0
    """The condition does not say."""

    RECIPIENT = 1
    """The recipient: the address, its mailbox, the owner or the owner's administrator."""

    SENDER = 2
    """The sender: its address, or whoever runs the host that sends."""

    MESSAGE = 3
    """The message: its size, form or content."""

    CLIENT = 4
    """The client: its login, its speed, or the program itself."""

    SERVER = 5
    """The server, or the network before it."""

    NOBODY = 6
    """Nobody: nothing is wrong, at least not with this delivery."""


class RetryRule(OpenEnum):
    """When the same mail may pass later if nothing is changed."""

    NOT_DEFINED = 0
    """No rule. No condition has this value."""

    AFTER_4YZ = 1
    """After a 4yz (RFC 5321 4.2.1). The status of a report stands in for the reply."""

    AFTER_4YZ_OR_NO_REPLY = 2
    """After a 4yz, and if there was no reply."""

    ALWAYS = 3
    """After any reply, and if there was no reply."""

    NEVER = 4
    """Not before somebody changes something."""
