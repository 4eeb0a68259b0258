"""The three SMTP clients of .NET, driven by pythonnet in a process that has loaded a runtime."""

from __future__ import annotations

import zipfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smtp_server import Server

    Send = Callable[[Server, Sequence[str], bool], Exception | None]
    """Send one mail to these recipients, after a login if asked for; return the exception if one was raised."""

SENDER, TIMEOUT = "sender@example.com", 4000  # milliseconds


def version_of(assembly: Any) -> str:
    return f"{assembly.GetName().Name} {assembly.GetName().Version}"


def load_aspose(path: Path) -> tuple[str, Send]:
    """Return the assembly's name and version, and the function that sends."""
    assembly = import_module("clr").AddReference(str(path))
    email, clients = import_module("Aspose.Email"), import_module("Aspose.Email.Clients")
    smtp = import_module("Aspose.Email.Clients.Smtp")

    def send(server: Server, recipients: Sequence[str], logs_in: bool) -> Exception | None:
        client = smtp.SmtpClient(server.host, server.port)
        # The default, Auto, tries TLS; then CoreCLR 3.1 aborts if OpenSSL is newer than 1.1.
        client.SecurityOptions = getattr(clients.SecurityOptions, "None")
        client.Timeout = TIMEOUT
        if logs_in:
            client.Username, client.Password = "user", "password"
        return raised_by(lambda: client.Send(message_of(email, recipients)), client)

    return version_of(assembly), send


def load_system_net_mail() -> tuple[str, Send]:
    assembly = import_module("clr").AddReference("System.Net.Mail")
    import_module("clr").AddReference("System.Net.Primitives")
    net, mail = import_module("System.Net"), import_module("System.Net.Mail")

    def send(server: Server, recipients: Sequence[str], logs_in: bool) -> Exception | None:
        client = mail.SmtpClient(server.host, server.port)
        client.Timeout = TIMEOUT
        if logs_in:
            client.Credentials = net.NetworkCredential("user", "password")
        return raised_by(lambda: client.Send(message_of(mail, recipients)), client)

    return version_of(assembly), send


def message_of(namespace: Any, recipients: Sequence[str]) -> Any:
    """Return a MailMessage; in Aspose.Email its names are those of System.Net.Mail."""
    message = namespace.MailMessage()
    message.From = namespace.MailAddress(SENDER)
    for recipient in recipients:
        message.To.Add(recipient)
    message.Subject, message.Body = "a test", "Hello"
    return message


def load_mailkit(feed: Path, folder: Path) -> tuple[str, Send]:
    """Unpack MailKit and its dependencies from a feed of NuGet packages into a folder, and load it."""
    for name in ("mailkit", "mimekit", "bouncycastle.cryptography"):
        (package,) = feed.glob(f"{name}.[0-9]*.nupkg")
        with zipfile.ZipFile(package) as archive:
            # The build for net10.0 is preferred, then the one for net8.0 or net6.0.
            builds = [entry for entry in archive.namelist() if entry.startswith("lib/net") and entry.endswith(".dll")]
            newest = max(
                builds, key=lambda entry: (entry.startswith("lib/net10"), entry.split("/")[1] in ("net8.0", "net6.0"))
            )
            (folder / Path(newest).name).write_bytes(archive.read(newest))
    assembly, _ = (import_module("clr").AddReference(str(folder / f"{name}.dll")) for name in ("MailKit", "MimeKit"))
    smtp, security, mime = (
        import_module("MailKit.Net.Smtp"),
        import_module("MailKit.Security"),
        import_module("MimeKit"),
    )

    def send(server: Server, recipients: Sequence[str], logs_in: bool) -> Exception | None:
        client = smtp.SmtpClient()
        client.Timeout = TIMEOUT
        message = mime.MimeMessage()
        message.From.Add(mime.MailboxAddress("", SENDER))
        for recipient in recipients:
            message.To.Add(mime.MailboxAddress("", recipient))
        message.Subject, message.Body = "a test", mime.TextPart("plain")
        message.Body.Text = "Hello"

        def converse() -> None:
            client.Connect(server.host, server.port, getattr(security.SecureSocketOptions, "None"))
            if logs_in:
                client.Authenticate("user", "password")
            client.Send(message)

        return raised_by(converse, client)

    return version_of(assembly), send


def raised_by(action: Callable[[], object], client: Any) -> Exception | None:
    exception: Any = import_module("System").Exception
    try:
        action()
    except exception as error:
        raised: Exception = error
        return raised
    finally:
        client.Dispose()
    return None
