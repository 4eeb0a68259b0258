using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Imap;
using SmtpStatus.EchoServer;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

public class AuthenticationTests
{
    private static DeliveryStatus Fail(string client, ScriptedServer server, bool authenticates)
    {
        var options = new Mail.Options(Authenticates: authenticates);
        Exception error = Assert.ThrowsAny<Exception>(() => Mail.Send(client, server.Port, ["x@example.com"], options));
        return Assert.Single(DeliveryStatuses.From(error, stage: SmtpStage.Data));
    }

    [Fact]
    public void MailKit_tells_that_a_login_was_refused()
    {
        using var server = new ScriptedServer(("AUTH", ["535 5.7.8 Bad credentials"]));
        DeliveryStatus found = Fail("MailKit", server, authenticates: true);
        Assert.Equal((SmtpStage.Auth, (SmtpStatusCode)535), (found.Stage, found.Reply.Code));
        Assert.Equal("5.7.8", found.Reply.EnhancedCode);
    }

    [Fact]
    public void MailKit_tells_it_without_a_reply_too()
    {
        using var server = new ScriptedServer(("AUTH", ["534 5.7.9 Too weak"]));
        DeliveryStatus found = Fail("MailKit", server, authenticates: true);
        Assert.Equal(
            new DeliveryStatus
            {
                Stage = SmtpStage.Auth,
                Reply = new SmtpReply { Code = SmtpStatusCode.GeneralFailure },
                LocalError = "Authentication failed.",
                Condition = DeliveryCondition.AuthenticationRefused,
            },
            found);
    }

    [Fact]
    public void Aspose_has_no_more_than_a_sentence_for_it()
    {
        using var server = new ScriptedServer(("AUTH", ["535 5.7.8 Bad credentials"]));
        DeliveryStatus found = Fail("Aspose.Email", server, authenticates: true);
        Assert.Equal((SmtpStage.Data, SmtpStatusCode.GeneralFailure), (found.Stage, found.Reply.Code));
        Assert.Equal(DeliveryCondition.AuthenticationRefused, found.Condition);
    }

    [Fact]
    public void A_530_of_smtp_is_a_reply()
    {
        using var server = new ScriptedServer(("MAIL", ["530 5.7.0 Log in first"]));
        DeliveryStatus found = Fail("MailKit", server, authenticates: false);
        var reply = new SmtpReply
        {
            Code = SmtpStatusCode.AuthenticationRequired,
            EnhancedCode = "5.7.0",
            Lines = { "5.7.0 Log in first" },
        };
        Assert.Equal(new DeliveryStatus { Stage = SmtpStage.Data, Reply = reply }, found);
    }

    [Fact]
    public async Task The_same_exception_of_imap_is_not_a_reply()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new ImapClient { Timeout = 10_000 };
        Task connecting = client.ConnectAsync("127.0.0.1", port, MailKit.Security.SecureSocketOptions.None, stop);
        using TcpClient server = await listener.AcceptTcpClientAsync(stop);
        await server.GetStream().WriteAsync("* OK [CAPABILITY IMAP4rev1] ready\r\n"u8.ToArray(), stop);
        await connecting;
        Exception error = await Assert.ThrowsAsync<ServiceNotAuthenticatedException>(
            () => client.GetFolderAsync("INBOX", stop));
        DeliveryStatus found = Assert.Single(DeliveryStatuses.From(error));
        Assert.Equal(
            (SmtpStatusCode.GeneralFailure, DeliveryCondition.AuthenticationRefused),
            (found.Reply.Code, found.Condition));
        Assert.Equal("The ImapClient is not authenticated.", found.LocalError);
    }
}
