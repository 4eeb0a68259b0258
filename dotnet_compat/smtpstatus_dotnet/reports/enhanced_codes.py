"""What an enhanced status code says, in English and Chinese: RFC 3463, and the later ones of its registry (RFC 5248).

The words are ours. The registry is at https://www.iana.org/assignments/smtp-enhanced-status-codes.
"""

from __future__ import annotations

_CLASSES = {"2": ("success", "成功"), "4": ("transient failure", "暂时失败"), "5": ("permanent failure", "永久失败")}

_DETAILS = {
    "0.0": ("nothing more is known", "没有更多信息"),
    "1.0": ("something about an address", "地址问题"),
    "1.1": ("the recipient's mailbox does not exist", "收件人邮箱不存在"),
    "1.2": ("the recipient's domain does not exist or takes no mail", "收件人域不存在或不收邮件"),
    "1.3": ("the recipient's address is malformed", "收件人地址格式错误"),
    "1.4": ("the recipient's address is ambiguous", "收件人地址不唯一"),
    "1.5": ("the recipient's address is valid", "收件人地址有效"),
    "1.6": ("the recipient has moved, and left no address", "收件人已迁移，未留新地址"),
    "1.7": ("the sender's address is malformed", "发件人地址格式错误"),
    "1.8": ("the sender's domain does not exist or takes no mail", "发件人域不存在或不收邮件"),
    "1.9": ("passed on to a system that gives no further notice", "已转给不再回报的系统"),
    "1.10": ("the recipient's domain says that it takes no mail", "收件人域声明不收邮件"),
    "2.0": ("something about the mailbox", "邮箱问题"),
    "2.1": ("the mailbox is disabled", "邮箱已停用"),
    "2.2": ("the mailbox is full", "邮箱已满"),
    "2.3": ("the message is too long for the recipient", "邮件超过收件人的长度限制"),
    "2.4": ("a mailing list could not be expanded", "邮件列表无法展开"),
    "3.0": ("something about the mail system", "邮件系统问题"),
    "3.1": ("the mail system is full", "邮件系统存储已满"),
    "3.2": ("the system takes no mail now", "系统目前不收邮件"),
    "3.3": ("the system lacks a feature that the message needs", "系统缺少该邮件所需功能"),
    "3.4": ("the message is too big for the system", "邮件超过系统的大小限制"),
    "3.5": ("the system is configured wrongly", "系统配置有误"),
    "3.6": ("the priority that was asked for was changed", "所请求的优先级已更改"),
    "4.0": ("something about the network or the route", "网络或路由问题"),
    "4.1": ("the next host does not answer", "下一台主机没有应答"),
    "4.2": ("the connection broke", "连接中断"),
    "4.3": ("a directory server failed, often DNS", "目录服务器失败，多为 DNS"),
    "4.4": ("no route to the recipient's domain", "没有通往收件人域的路由"),
    "4.5": ("the mail system is congested", "邮件系统拥塞"),
    "4.6": ("the message goes round in a loop", "邮件陷入路由循环"),
    "4.7": ("the message is too old to be delivered", "邮件已超过投递期限"),
    "5.0": ("something about the protocol", "协议问题"),
    "5.1": ("the command is out of order or unknown", "命令顺序错误或未知"),
    "5.2": ("the command's syntax is wrong", "命令语法错误"),
    "5.3": ("too many recipients in one transaction", "一次事务中的收件人过多"),
    "5.4": ("the command's arguments are wrong", "命令参数错误"),
    "5.5": ("the protocol's version is wrong", "协议版本不符"),
    "5.6": ("a line of the authentication exchange is too long", "身份验证交换中的行过长"),
    "6.0": ("something about the content", "内容问题"),
    "6.1": ("the content's type is not supported", "不支持该内容类型"),
    "6.2": ("the content has to be converted, and may not be", "内容需要转换，但不允许转换"),
    "6.3": ("the content has to be converted, and cannot be", "内容需要转换，但无法转换"),
    "6.4": ("the content was converted with a loss", "内容转换有损失"),
    "6.5": ("the content's conversion failed", "内容转换失败"),
    "6.6": ("the content is not available", "内容不可用"),
    "6.7": ("addresses beyond ASCII are not permitted", "不允许非 ASCII 地址"),
    "6.8": ("a reply in UTF-8 is needed, and not permitted", "需要 UTF-8 应答，但不允许"),
    "6.9": ("the header in UTF-8 cannot be passed on", "无法转发 UTF-8 邮件头"),
    "7.0": ("something about security or policy", "安全或策略问题"),
    "7.1": ("the sender or message is not permitted", "发件人或邮件不被允许"),
    "7.2": ("the sender may not write to this list", "发件人不得向该列表发信"),
    "7.3": ("the protection would have to be converted", "需要转换安全保护方式"),
    "7.4": ("the security features are not supported", "不支持所需的安全功能"),
    "7.5": ("decryption or verification failed", "解密或验证失败"),
    "7.6": ("the cryptographic algorithm is not supported", "不支持该密码算法"),
    "7.7": ("the message was changed on its way", "邮件在途中被更改"),
    "7.8": ("the credentials are wrong", "凭据无效"),
    "7.9": ("the authentication mechanism is too weak", "身份验证机制强度不足"),
    "7.10": ("encryption is needed", "需要加密"),
    "7.11": ("this mechanism needs encryption", "该机制需要加密"),
    "7.12": ("log in once with the password first", "需先用密码登录一次"),
    "7.13": ("the account is disabled", "账户已停用"),
    "7.14": ("the two servers have no trust relationship", "两台服务器之间没有信任关系"),
    "7.15": ("the message's priority is too low for now", "邮件优先级目前过低"),
    "7.16": ("the message is too big for its priority", "邮件对其优先级而言过大"),
    "7.17": ("the mailbox has another owner now", "邮箱已换主人"),
    "7.18": ("the domain has another owner now", "域已换主人"),
    "7.19": ("the owner of the mailbox cannot be checked", "无法核对邮箱主人"),
    "7.20": ("no DKIM signature passed", "没有通过的 DKIM 签名"),
    "7.21": ("no acceptable DKIM signature", "没有可接受的 DKIM 签名"),
    "7.22": ("no DKIM signature of the author's domain", "没有作者域的 DKIM 签名"),
    "7.23": ("SPF says that this host may not send", "SPF 不允许该主机发信"),
    "7.24": ("SPF could not be evaluated", "SPF 无法评估"),
    "7.25": ("the host's name in DNS does not fit its address", "主机的 DNS 反向记录不符"),
    "7.26": ("several authentication checks failed", "多项身份验证检查失败"),
    "7.27": ("the sender's domain says that it takes no mail", "发件人域声明不收邮件"),
    "7.28": ("too much mail from there", "来自该处的邮件过多"),
    "7.29": ("the ARC chain does not hold", "ARC 链验证失败"),
    "7.30": ("REQUIRETLS is needed", "需要 REQUIRETLS"),
}


def explain(enhanced_code: str) -> tuple[str, str]:
    """Return what `5.1.1` says, in English and in Chinese: class, then subject and detail, as far as they are known."""
    class_, _, rest = enhanced_code.partition(".")
    subject = f"{rest.partition('.')[0]}.0"
    detail = _DETAILS.get(rest) or _DETAILS.get(subject) or _DETAILS["0.0"]
    of_class = _CLASSES.get(class_, (class_, class_))
    return f"{of_class[0]}: {detail[0]}", f"{of_class[1]}：{detail[1]}"
