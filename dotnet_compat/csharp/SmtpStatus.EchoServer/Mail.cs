using System.Net;
using MimeKit;
using NetMail = System.Net.Mail;
using AsposeClient = Aspose.Email.Clients;
using AsposeSmtp = Aspose.Email.Clients.Smtp;

namespace SmtpStatus.EchoServer;

/// <summary>One mail to a server on loopback, by each of .NET's SMTP clients as their users call them.</summary>
public static class Mail
{
    private const string Sender = "a@example.com";
    private const int Timeout = 10_000;
    private static readonly NetworkCredential Credential = new("user", "password");

    /// <summary>Sends, and throws what the client throws.</summary>
    public static void Send(string client, int port, IEnumerable<string> recipients, bool authenticates = false)
    {
        switch (client)
        {
            case "Aspose.Email":
                ByAspose(port, recipients, authenticates);
                break;
            case "System.Net.Mail":
                BySystemNetMail(port, recipients, authenticates);
                break;
            case "MailKit":
                ByMailKit(port, recipients, authenticates);
                break;
            default:
                throw new ArgumentException($"no such client: {client}", nameof(client));
        }
    }

    private static void ByAspose(int port, IEnumerable<string> recipients, bool authenticates)
    {
        using var client = new AsposeSmtp.SmtpClient("127.0.0.1", port)
        {
            SecurityOptions = AsposeClient.SecurityOptions.None,
            Timeout = Timeout,
        };
        if (authenticates) (client.Username, client.Password) = (Credential.UserName, Credential.Password);
        using var message = new Aspose.Email.MailMessage { From = Sender, Subject = "s", Body = "b" };
        foreach (string recipient in recipients) message.To.Add(recipient);
        client.Send(message);
    }

    private static void BySystemNetMail(int port, IEnumerable<string> recipients, bool authenticates)
    {
        using var client = new NetMail.SmtpClient("127.0.0.1", port) { Timeout = Timeout };
        if (authenticates) client.Credentials = Credential;
        using var message = new NetMail.MailMessage { From = new(Sender), Subject = "s", Body = "b" };
        foreach (string recipient in recipients) message.To.Add(recipient);
        client.Send(message);
    }

    private static void ByMailKit(int port, IEnumerable<string> recipients, bool authenticates)
    {
        using var client = new MailKit.Net.Smtp.SmtpClient { Timeout = Timeout };
        client.Connect("127.0.0.1", port, MailKit.Security.SecureSocketOptions.None);
        if (authenticates) client.Authenticate(Credential);
        using var message = new MimeMessage { Subject = "s", Body = new TextPart("plain") { Text = "b" } };
        message.From.Add(MailboxAddress.Parse(Sender));
        message.To.AddRange(recipients.Select(MailboxAddress.Parse));
        client.Send(message);
        client.Disconnect(true);
    }
}
