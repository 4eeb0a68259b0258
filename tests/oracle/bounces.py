"""Let a real mail server bounce mails: `python tests/oracle/bounces.py postfix|exim|opensmtpd|sendmail FOLDER`.

It runs the server of Debian's package, lets it relay mails to a server that refuses them, and writes to the folder the
reports that come back and the log. It needs root, Debian, and overlayfs. The package is installed in a layer above the
files of this machine, in a network of its own that has only a loopback: nothing stays, and nothing leaves the machine.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

PACKAGES = {"postfix": "postfix", "exim": "exim4-daemon-light", "opensmtpd": "opensmtpd", "sendmail": "sendmail-bin"}
HOSTS = {
    "example.com": "192.0.2.1 mx.example.com",
    "busy.example.com": "192.0.2.2 mx.busy.example.com",
    "closed.example.com": "192.0.2.3 mx.closed.example.com",
    "wary.example.com": "192.0.2.4 mx.wary.example.com",
    "shy.example.com": "192.0.2.5 mx.shy.example.com",
    "example.net": "192.0.2.6 mx.example.net",
}
"""The server of each domain. Reports go to the last."""
OWN = "mx.example.org"
GREETINGS = {"192.0.2.2": "421 4.3.2 Too many connections", "192.0.2.3": "554-No service here\n554 Go away"}
REPLIES = {
    "unknown": "550 5.1.1 <unknown@example.com>: Recipient address rejected: User unknown",
    "full": "552 5.2.2 Mailbox full (quota: 1 GB)",
    "bare": "550 No such user here",
    "lines": "550-No such user\n550-Please ask your administrator\n550 Bye",
    "grey": "451 4.7.1 Greylisted, please try again in 300 seconds",
    "quoted": '550 5.1.1 "quoted" (at example.com) is unknown, see https://example.com/?a={1}; <b@example.com> is not',
    "müller": "550 5.1.1 Empfänger unbekannt",
    "later": "450 Requested mail action not taken: mailbox unavailable",
}
"""The reply to RCPT by local part; others are accepted."""
CONTENT = {
    "policy": "550-5.7.26 Unauthenticated mail from example.net is not accepted due to\n"
    "550-5.7.26 its policy.\n550 5.7.26 See https://example.com/550 for more",
    "spam": "554 Rejected as spam",
    "space": "452 4.3.1 Out of space",
}
"""The reply at the end of the data by local part of the last recipient."""
MAILS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("unknown@example.com",), ""),
    (("unknown@example.com", "full@example.com", "ok@example.com", "bare@example.com"), ""),
    (("lines@example.com",), ""),
    (("quoted@example.com",), ""),
    (("müller@example.com",), ""),
    (("policy@example.com",), ""),
    (("spam@example.com",), ""),
    (("space@example.com",), ""),
    (("a@wary.example.com",), ""),
    (("a@shy.example.com",), ""),
    (("a@closed.example.com",), ""),
    (("a@busy.example.com",), ""),
    (("grey@example.com",), ""),
    (("later@example.com",), ""),
    (("ok@example.com",), "NOTIFY=SUCCESS ORCPT=rfc822;o+2Bk@example.com"),
    (("unknown@example.com",), "NOTIFY=FAILURE ORCPT=rfc822;o+2Bk@example.com"),
    (("root@mx.example.org",), "NOTIFY=SUCCESS"),
    (("nobody-here@mx.example.org",), ""),
)
"""The recipients of each mail, and the parameters of RCPT (RFC 3461)."""
WARNED, RETURNED, TIME = 4, 12, 30
"""Seconds until a mail is told to be delayed, until it is given up, and until the server is stopped."""

ADDRESSES = [host.split()[0] for host in HOSTS.values()]
ROUTES = [(domain, host.split()[1]) for domain, host in HOSTS.items()]
EXIM = f"""
primary_hostname = {OWN}
local_interfaces = 127.0.0.1
log_file_path = syslog
keep_environment =
tls_advertise_hosts =
acl_smtp_rcpt = accept
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
delay_warning = {WARNED}s
begin routers
next_hop:
  driver = manualroute
  transport = smtp
  self = send
  route_list = {"; ".join(f"{domain} {host} byname" for domain, host in ROUTES)}
begin transports
smtp:
  driver = smtp
begin retry
* * F,{RETURNED}s,2s
"""
OPENSMTPD = f"""
listen on 127.0.0.1
bounce warn-interval {WARNED}s
queue ttl {RETURNED}s
action "local" mbox
match from any for local action "local"
"""
OPENSMTPD += "".join(
    f'action "{domain}" relay host "smtp://{host}"\nmatch from any for domain "{domain}" action "{domain}"\n'
    for domain, host in ROUTES
)
SENDMAIL = f"""
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
define(`confDOMAIN_NAME', `{OWN}')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_QUEUEWARN', `{WARNED}s')dnl
define(`confTO_QUEUERETURN', `{RETURNED}s')dnl
define(`confTO_HOSTSTATUS', `1s')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`mailertable', `hash /etc/mail/mailertable')dnl
DAEMON_OPTIONS(`Addr=127.0.0.1, Name=MTA')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
"""
POSTFIX = {
    "myhostname": OWN,
    "mydestination": OWN,
    "inet_interfaces": "127.0.0.1",
    "smtp_host_lookup": "native",
    "transport_maps": "inline:{" + ", ".join(f"{{{domain} = smtp:[{host}]}}" for domain, host in ROUTES) + "}",
    "delay_warning_time": f"{WARNED}s",
    "maximal_queue_lifetime": f"{RETURNED}s",
    "queue_run_delay": "2s",
    "minimal_backoff_time": "1s",
    "maximal_backoff_time": "2s",
}
FILES = {
    "/etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {OWN}\n" + "\n".join(HOSTS.values()) + "\n",
    "/etc/resolv.conf": "nameserver 127.0.0.1\n",
    "/etc/exim4/exim4.conf": EXIM,
    "/etc/mailname": f"{OWN}\n",
    "/etc/smtpd.conf": OPENSMTPD,
    "/etc/mail/bounces.mc": SENDMAIL,
    "/etc/mail/mailertable": "".join(f"{domain} esmtp:[{host}]\n" for domain, host in ROUTES),
}
COMMANDS = {
    "postfix": ("postconf -F '*/*/chroot=n'", "postfix start"),
    "exim": ("exim4 -bd -q2s; true",),  # it stays in the foreground if this script itself is its parent
    "opensmtpd": ("smtpd",),
    "sendmail": (
        "m4 /etc/mail/bounces.mc > /etc/mail/sendmail.cf",
        "cd /etc/mail && chown root . mailertable /var/spool/mqueue && makemap hash mailertable < mailertable",
        "sendmail -bd -q2s",
    ),
}

NUMBERS = count()
"""Those of the reports."""


class NextHop(socketserver.StreamRequestHandler):
    """Refuses as the constants above say. It writes the mails that it takes at mx.example.net to the folder."""

    def handle(self) -> None:
        address = self.connection.getsockname()[0]
        if address in GREETINGS:
            self.say(GREETINGS[address])
            return
        self.say("220 mx ESMTP")
        recipient = ""
        for line in self.rfile:
            verb = line[:4].upper()
            local_part = line.partition(b"<")[2].partition(b"@")[0].decode()
            if verb == b"QUIT":
                self.say("221 2.0.0 Bye")
                return
            if verb in {b"EHLO", b"HELO"} and address == "192.0.2.5":
                self.say("550 5.7.1 Your name is not welcome")
            elif verb == b"EHLO":
                self.say("250-mx.example.com\n250-8BITMIME\n250-SMTPUTF8\n250 ENHANCEDSTATUSCODES")
            elif verb == b"MAIL" and address == "192.0.2.4":
                self.say("553 sorry, your mailbox name is not allowed")
            elif verb == b"RCPT":
                self.say(REPLIES.get(local_part, "250 2.1.5 Ok"))
                recipient = recipient if local_part in REPLIES else local_part
            elif verb == b"DATA" and not recipient:
                self.say("554 5.5.1 No valid recipients")
            elif verb == b"DATA":
                self.say("354 Go ahead")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.say(CONTENT.get(recipient, "250 2.0.0 Ok: queued as 4F3B21C0A7"))
                if address == "192.0.2.6":
                    report = b"".join(one[one.startswith(b"..") :] for one in lines)
                    Path("/out", f"{next(NUMBERS):02}.eml").write_bytes(report)
                recipient = ""
            else:
                self.say("250 2.0.0 Ok")

    def say(self, reply: str) -> None:
        self.wfile.write(reply.replace("\n", "\r\n").encode() + b"\r\n")


ENTER = f"""
ip link set lo up
for address in {" ".join(ADDRESSES)}; do ip address add $address/32 dev lo; done
hostname {OWN}
mount -t tmpfs tmpfs "$1"
cd "$1"
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" root
cd root
mount -t proc proc proc
mount -t tmpfs tmpfs dev
for name in null zero random urandom; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir out
mount --bind "$2" out
"""
"""Makes the root folder of the server in the folder $1, and has the folder $2 in it as /out."""


def write_log(log: socket.socket) -> None:
    """Write what programs send to syslog, without the priority."""
    with Path("/out/log").open("w", encoding="utf-8") as file:
        while True:
            file.write(log.recv(65536).decode(errors="replace").partition(">")[2].rstrip("\n\0") + "\n")
            file.flush()


def bounce(server: str, layer: Path, out: Path) -> None:
    """Run the server, and send it the mails."""
    subprocess.run(["sh", "-ec", ENTER, "sh", str(layer), str(out)], check=True)
    os.chroot(layer / "root")
    os.chdir("/")
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind("/dev/log")
    Path("/dev/log").chmod(0o666)
    threading.Thread(target=write_log, args=(log,), daemon=True).start()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    # A service does not start when its package is installed.
    Path("/usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    Path("/usr/sbin/policy-rc.d").chmod(0o755)
    install = ["dpkg", "--install", "--force-confold", *map(str, Path("/out/packages").glob("*.deb"))]
    subprocess.run(install, env=environment, check=False, stdout=subprocess.DEVNULL)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    if server == "postfix":
        subprocess.run(["postconf", "-e", *map("=".join, POSTFIX.items())], env=environment, check=True)
    for command in COMMANDS[server]:
        subprocess.run(["sh", "-c", command], env=environment, check=True)
    for address in ADDRESSES:
        hop = socketserver.ThreadingTCPServer((address, 25), NextHop)
        threading.Thread(target=hop.serve_forever, daemon=True).start()
    time.sleep(2)
    for number, (recipients, parameters) in enumerate(MAILS):
        with smtplib.SMTP("127.0.0.1", 25, OWN) as client, suppress(smtplib.SMTPException):
            mail = f"From: sender@example.net\r\nSubject: Mail {number}\r\n\r\nHello\r\n"
            client.ehlo()
            utf8 = [] if "".join(recipients).isascii() else ["SMTPUTF8"]
            options = parameters.split() if client.has_extn("dsn") else []
            client.sendmail("sender@example.net", recipients, mail, utf8, options)
    time.sleep(TIME)


def main(server: str, folder: str, layer: str = "") -> None:
    """Run this script again in namespaces of its own, which end with it."""
    out = Path(folder).resolve()
    if layer:
        bounce(server, Path(layer), out)
        return
    packages = out / "packages"
    packages.mkdir(parents=True)
    options = ["--yes", "--download-only", "--no-install-recommends", f"--option=Dir::Cache::archives={packages}"]
    subprocess.run(["apt-get", "install", *options, PACKAGES[server]], check=True)
    with tempfile.TemporaryDirectory() as name:
        unshare = ["unshare", "--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--kill-child"]
        subprocess.run([*unshare, sys.executable, __file__, server, str(out), name], check=True)
    shutil.rmtree(packages)


if __name__ == "__main__":
    main(*sys.argv[1:])
