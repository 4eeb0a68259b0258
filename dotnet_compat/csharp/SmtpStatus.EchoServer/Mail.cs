using System.Net;
using MimeKit;
using NetMail = System.Net.Mail;
using AsposeClient = Aspose.Email.Clients;
using AsposeSmtp = Aspose.Email.Clients.Smtp;

namespace SmtpStatus.EchoServer;

/// <summary>Sends a mail to a server on loopback by one of .NET's SMTP clients, called as its users call it.</summary>
public static class Mail
{
    private const string Sender = "a@example.com";
    private static readonly NetworkCredential Credential = new("user", "password");

    /// <summary>How the client sends.</summary>
    /// <param name="Authenticates">Whether it logs in.</param>
    /// <param name="StartsTls">Whether it asks for STARTTLS.</param>
    /// <param name="IsLenient">Whether MailKit goes on after refused recipients, as a subclass of it may.</param>
    /// <param name="Timeout">In milliseconds.</param>
    public sealed record Options(
        bool Authenticates = false, bool StartsTls = false, bool IsLenient = false, int Timeout = 10_000);

    /// <summary>Sends the mail, and throws what the client throws.</summary>
    public static void Send(string client, int port, IEnumerable<string> recipients, Options? options = null)
    {
        options ??= new Options();
        switch (client)
        {
            case "Aspose.Email":
                ByAspose(port, recipients, options);
                break;
            case "System.Net.Mail":
                BySystemNetMail(port, recipients, options);
                break;
            case "MailKit":
                ByMailKit(port, recipients, options);
                break;
            default:
                throw new ArgumentException(
                    $"expected Aspose.Email, System.Net.Mail or MailKit, found {client}", nameof(client));
        }
    }

    private static void ByAspose(int port, IEnumerable<string> recipients, Options options)
    {
        using var client = new AsposeSmtp.SmtpClient("127.0.0.1", port)
        {
            SecurityOptions =
                options.StartsTls ? AsposeClient.SecurityOptions.SSLExplicit : AsposeClient.SecurityOptions.None,
            Timeout = options.Timeout,
        };
        if (options.Authenticates) (client.Username, client.Password) = (Credential.UserName, Credential.Password);
        using var message = new Aspose.Email.MailMessage { From = Sender, Subject = "s", Body = "b" };
        foreach (string recipient in recipients) message.To.Add(recipient);
        client.Send(message);
    }

    private static void BySystemNetMail(int port, IEnumerable<string> recipients, Options options)
    {
        using var client = new NetMail.SmtpClient("127.0.0.1", port)
        {
            Timeout = options.Timeout,
            EnableSsl = options.StartsTls,
        };
        if (options.Authenticates) client.Credentials = Credential;
        using var message = new NetMail.MailMessage { From = new(Sender), Subject = "s", Body = "b" };
        foreach (string recipient in recipients) message.To.Add(recipient);
        client.Send(message);
    }

    private static void ByMailKit(int port, IEnumerable<string> recipients, Options options)
    {
        using MailKit.Net.Smtp.SmtpClient client =
            options.IsLenient ? new LenientClient() : new MailKit.Net.Smtp.SmtpClient();
        client.Timeout = options.Timeout;
        var security = options.StartsTls
            ? MailKit.Security.SecureSocketOptions.StartTls : MailKit.Security.SecureSocketOptions.None;
        client.Connect("127.0.0.1", port, security);
        if (options.Authenticates) client.Authenticate(Credential);
        using var message = new MimeMessage { Subject = "s", Body = new TextPart("plain") { Text = "b" } };
        message.From.Add(MailboxAddress.Parse(Sender));
        message.To.AddRange(recipients.Select(MailboxAddress.Parse));
        client.Send(message);
        client.Disconnect(true);
    }

    /// <summary>Goes on after refused recipients, as MailKit's documentation says that a subclass may.</summary>
    private sealed class LenientClient : MailKit.Net.Smtp.SmtpClient
    {
        protected override void OnRecipientNotAccepted(
            MimeMessage message, MailboxAddress mailbox, MailKit.Net.Smtp.SmtpResponse response)
        {
        }
    }
}
