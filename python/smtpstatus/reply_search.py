"""Finds the reply in a text around it: a Diagnostic-Code (RFC 3464 2.3.6), a line of a log, a report for people.

A number is a reply only where this is certain: at the beginning of a text that has nothing else, after the fixed words
of a mail program, before an enhanced status code of its own class, or before a hyphen and a quoted text. No rule looks
at what the reply says. C# has the same rules, and `tests/vectors/diagnostics.json` tests both.
"""

from __future__ import annotations

import re

from smtpstatus import limits
from smtpstatus.reply_text import decode, reply_of
from smtpstatus.smtp_stage import SmtpStage
from smtpstatus.v1 import DeliveryStatus

_ENHANCED_CODE_END = r"\.[0-9]{1,3}\.[0-9]{1,3}(?!\.?\w)"
"""What follows the class of an enhanced status code."""

# The two long expressions are compiled when they are first used: that takes longer than the import of this module.
_LONG = re.VERBOSE | re.MULTILINE | re.ASCII
_REPLY = (
    r"""
    (?: ^[ \t]*(?i:smtp|lmtp);[ \t]*                                                      # a Diagnostic-Code
      | \b(?:host|server)[ ][^\s]{1,300}[ ]said:[ \n]                                     # Postfix
      | \bRemote[ ]host[ ]said:[ \n]                                                     # qmail
      | \brefused[ ]to[ ]talk[ ]to[ ]me:[ ]                                               # Postfix
      | \bstatus=(?:sent|deferred|bounced|deliverable|undeliverable)[ ]\(                 # Postfix
      | \breject:[ ][A-Z-]+[ ]from[ ][^\n]{1,300}?:[ ]                                    # Postfix, as a server
      | \bSMTP[ ]error[ ]from[ ]remote[ ]mail(?:[ ]server|er)[ ]after[ ][^\n]{1,600}?:[ ] # Exim
      | [ ]C="(?=2)                                                                       # Exim
      | \bdsn=[245][.0-9]+,[ ]reply=                                                      # Sendmail
      | \bruleset=[^\n]{1,600}?,[ ]reject=                                                # Sendmail, as a server
      | \bstat=Deferred:[ ]                                                               # Sendmail
      | \bresult="[A-Z][A-Za-z]+"[ ]stat="                                                # OpenSMTPD
      | \bmta[ ]error[ ]reason=[A-Z]+[ ]rejected:[ ]                                      # OpenSMTPD
      | \bcommand="[^\n]{1,600}?"[ ]result="                                              # OpenSMTPD, as a server
      | ^<?[^\s<>@]+@[^\s<>@]+>?:[ ](?=[45])                                              # OpenSMTPD, in its reports
      | [{]LED=                                                                           # Exchange
      | :[0-9]{1,5},[<>],"?                                                               # Exchange
      | [ ]gave[ ]this[ ]error:[ \n]                                                      # Exchange, in its reports
    )([2-5][0-9]{2})(?=[ -]|$)
  | (?<![\w./@+-])([2-5][0-9]{2})(?=-['"]\w)
  """
    rf"""
  | (?<![\w./@+-])(([245])[0-9]{{2}})(?=[ \t\n-][ \t\n]*['"]?\#?\4{_ENHANCED_CODE_END})
    """
)
# The text is this reply alone. No second digit is above 5 (RFC 5321 4.2).
_BARE = re.compile(r"\s*([2-5][0-5][0-9])(?=[ \n-]|$)", re.ASCII)
_OTHER_LINE = re.compile(r"\n(?![2-5][0-9]{2}[ -])")
# Sendmail's reports have what the server said, after what Sendmail makes of it.
_TRANSCRIPT = re.compile(r"^<<<[ ]([45][0-9]{2})(?=[ -]|$)", re.MULTILINE)
# A system may put the reply that it got into one of its own: `554 4.4.7 Message expired <421 4.4.2 Timed out>`. One of
# both has an enhanced code: `552 Too big <500 KB allowed>` has no other reply in it.
_INNER = re.compile(rf"(?:->[ \n]|<)(?=([45])[0-9]{{2}}[ \n-]\1{_ENHANCED_CODE_END})", re.ASCII)
_BARE_INNER = re.compile(r"...[ -]#?[245]\.[0-9]{1,3}\.[0-9]{1,3} .*?->[ ](?=[45][0-9]{2}[ -])")
# A greeting that a refusal ends: `220-mx.example.com 421 4.7.0 Try again later`.
_REFUSAL = re.compile(rf"[ \n](?=([45])[0-9]{{2}}[ -][ ]*\1{_ENHANCED_CODE_END})", re.ASCII)
_END = re.compile(r"[ ]\(in[ ]reply[ ]to[ ]|,[ ]stat=|;[ ](?:from|to|proto|helo)=|\n(?!(?:<<<[ ])?[2-5][0-9]{2}[ -])")
_END_OF_LED = re.compile(r"\}[;\]]")
# Some quote the reply after the hyphen: `550-'5.2.2 Mailbox full' (delivery attempts: 0)`.
_QUOTED = re.compile(r"""\A(...-)(['"])(.*)\2.*""", re.DOTALL)
_CLOSING = {'"': '"', "'": "'", "(": ")", "<": ">", ",": ","}
_FOLD = re.compile(r"\r?\n[ \t]+")
_WRITTEN_LINE_BREAK = re.compile(r"(?:\\r)?\\n(?=[2-5][0-9]{2}[ -])")  # Exim writes a backslash and an n

_STAGE_OF_NAME = {
    "CONNECT": SmtpStage.CONNECT,
    "BANNER": SmtpStage.CONNECT,
    "INITIAL CONNECTION": SmtpStage.CONNECT,
    "RELAY": SmtpStage.CONNECT,
    "TALK": SmtpStage.CONNECT,
    "TALKING": SmtpStage.CONNECT,
    "EHLO": SmtpStage.EHLO,
    "HELO": SmtpStage.EHLO,
    "LHLO": SmtpStage.EHLO,
    "STARTTLS": SmtpStage.START_TLS,
    "AUTH": SmtpStage.AUTH,
    "MAIL": SmtpStage.MAIL,
    "RCPT": SmtpStage.RCPT,
    "DATA": SmtpStage.DATA,
    "END OF DATA": SmtpStage.CONTENT,
    "END-OF-MESSAGE": SmtpStage.CONTENT,
    "SENDING DATA BLOCK": SmtpStage.CONTENT,
}
_STAGE_BEFORE = r"""
    [ ]after[ ](?:pipelined[ ])?(initial[ ]connection|[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT|DATA|end[ ]of[ ]data
                                 |sending[ ]data[ ]block)\b                        # Exim
  | \brefused[ ]to[ ](talk)[ ]to[ ]me:                     # Postfix; after EHLO, too, where a refusal means the same
  | \breject:[ ](CONNECT|[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT|DATA|END-OF-MESSAGE)[ ]from[ ]   # Postfix, as a server
  | \bruleset=check_(relay|mail|rcpt)\b                                            # Sendmail
  | \bwhile[ ](talking)[ ]to[ ][^\n]{1,300}\n<<<[ ]         # Sendmail, before it sent a command
  | ^>>>[ ]([EHL]+LO|STARTTLS|AUTH|MAIL|RCPT)\b            # Sendmail; it writes DATA for the end of the message, too
  | \breason=(BANNER|[EHL]+LO|STARTTLS|AUTH)[ ]rejected:                           # OpenSMTPD
  | \bcommand="((?i:[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT))\b       # OpenSMTPD; it logs DATA for the end of the message, too
    """
_STAGE_AFTER = re.compile(
    r"\(in reply to (end of DATA|[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT|DATA)\b[^()\n]{0,40} command\)", re.ASCII
)


def find_reply(text: bytes | str) -> DeliveryStatus | None:
    """Return the reply that a text tells of, with the stage if that is told; None if none is there for certain.

    `text` is a Diagnostic-Code of any type or a line of a log: of Postfix, Exim, Sendmail, OpenSMTPD or Exchange. Of
    the result, only `reply` and `stage` are set. The first reply counts. In a report of Sendmail, that is the first
    that it quotes. If a system put the reply that it got into one of its own, the inner reply counts. Lines of a reply
    that were joined into one are separated again. Of a reply that was cut off, `lines` has what is there. Only the
    first 65,536 characters or bytes of a text are read.
    """
    text = _WRITTEN_LINE_BREAK.sub("\n", unfolded(decode(text[: limits.SEARCHED_CHARACTERS])).rstrip())
    start = _start(text)
    if start is None:
        return None
    reply = _reply_at(text, start)
    inner = _INNER.search(reply) or _BARE_INNER.match(reply)
    if not inner and reply[0] == "2" and reply[3:4] == "-":
        inner = _REFUSAL.search(reply)
    if inner:
        reply = _reply_at(reply, inner.end())
    return DeliveryStatus(stage=_stage(text, start), reply=reply_of(int(reply[:3]), "\n".join(_lines(reply))))


def unfolded(text: str) -> str:
    """Return the text with each line that begins with a blank joined to the line before it (RFC 5322 2.2.3)."""
    return _FOLD.sub(" ", text)


def _start(text: str) -> int | None:
    bare = _BARE.match(text)
    if bare and not _OTHER_LINE.search(text, bare.end()):
        return bare.start(1)
    found = _TRANSCRIPT.search(text) or re.search(_REPLY, text, _LONG)
    return found.start(found.lastindex or 0) if found else None


def _reply_at(text: str, start: int) -> str:
    """Return the reply that begins there, without what follows it."""
    end = (_END_OF_LED if text.endswith("LED=", 0, start) else _END).search(text, start)
    reply = text[start : end.start() if end else len(text)].replace("\n<<< ", "\n")
    closing = reply.rfind(_CLOSING.get(text[start - 1 : start], "\0"))
    reply = (reply if closing < 0 else reply[:closing]).strip()
    if reply.endswith(")") and reply.count(")") > reply.count("("):
        reply = reply[:-1]
    return _QUOTED.sub(r"\1\3", reply)


def _lines(reply: str) -> list[str]:
    """Return the text of each line. If the first has an enhanced code, only a line that repeats it is another line."""
    code, first_text = reply[:3], reply[4:]
    if reply[3:4] != "-":  # it is the only one
        return [first_text.partition("\n")[0]]
    enhanced_code = reply_of(int(code), first_text).enhanced_code
    separator = re.compile(rf"[ \n](?={code}[ -][ ]*{re.escape(enhanced_code)}|{code}$)")
    lines: list[str] = []
    start = 0
    for match in separator.finditer(reply):
        if reply[start + 3 : start + 4] != "-":
            break  # this is the last line
        lines.append(reply[start + 4 : match.start()].rstrip())
        start = match.end()
    return [*lines, reply[start + 4 :].partition("\n")[0]]


def _stage(text: str, start: int) -> SmtpStage:
    found = _STAGE_AFTER.search(text, start)
    for before in () if found else re.finditer(_STAGE_BEFORE, text[:start], _LONG):
        found = before  # the last one counts
    return _STAGE_OF_NAME[found[found.lastindex or 0].upper()] if found else SmtpStage.NOT_DEFINED
