using SmtpStatus.EchoServer;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

public class DeliveryStatusesTests
{
    private static DeliveryStatus Refused(
        string recipient, SmtpStage stage, int code, string enhancedCode, params string[] lines) => new()
    {
        FinalRecipient = recipient,
        Stage = stage,
        Reply = new SmtpReply { Code = (SmtpStatusCode)code, EnhancedCode = enhancedCode, Lines = { lines } },
    };

    private static IReadOnlyList<DeliveryStatus> Send(string client, ScriptedServer server, params string[] recipients)
    {
        Exception? error = Record.Exception(() => Mail.Send(client, server.Port, recipients));
        return error == null ? [] : DeliveryStatuses.From(error, recipients);
    }

    [Theory]
    [InlineData("System.Net.Mail", SmtpStage.NotDefined)]
    [InlineData("Aspose.Email", SmtpStage.NotDefined)]
    [InlineData("MailKit", SmtpStage.Mail)]
    public void A_refused_sender_concerns_every_recipient(string client, SmtpStage stage)
    {
        using var server = new ScriptedServer(("MAIL", ["571 5.7.1 Not from you"]));
        Assert.Equal(
            [
                Refused("x@example.com", stage, 571, "5.7.1", "5.7.1 Not from you"),
                Refused("y@example.com", stage, 571, "5.7.1", "5.7.1 Not from you"),
            ],
            Send(client, server, "x@example.com", "y@example.com"));
    }

    [Theory]
    [InlineData("System.Net.Mail")]
    [InlineData("Aspose.Email")]
    public void Each_refused_recipient_has_its_own_reply(string client)
    {
        using var server = new ScriptedServer(("RCPT", ["550 5.1.1 Unknown", "452 4.2.2 Full"]));
        Assert.Equal(
            [
                Refused("x@example.com", SmtpStage.Rcpt, 550, "5.1.1", "5.1.1 Unknown"),
                Refused("y@example.com", SmtpStage.Rcpt, 452, "4.2.2", "4.2.2 Full"),
            ],
            Send(client, server, "x@example.com", "y@example.com"));
    }

    [Theory]
    [InlineData("System.Net.Mail", DeliveryCondition.Accepted)]
    [InlineData("MailKit", DeliveryCondition.NotSent)]
    public void The_client_decides_what_became_of_the_others(string client, DeliveryCondition others)
    {
        using var server = new ScriptedServer(("RCPT", ["250 OK", "550 5.1.1 Unknown", "250 OK"]));
        Assert.Equal(
            [
                new DeliveryStatus { FinalRecipient = "x@example.com", Condition = others },
                Refused("y@example.com", SmtpStage.Rcpt, 550, "5.1.1", "5.1.1 Unknown"),
                new DeliveryStatus { FinalRecipient = "z@example.com", Condition = others },
            ],
            Send(client, server, "x@example.com", "y@example.com", "z@example.com"));
    }

    [Fact]
    public void MailKits_own_text_is_not_a_reply()
    {
        using var server = new ScriptedServer(("RCPT", ["450 4.2.0 Greylisted"]));
        Exception error = Assert.ThrowsAny<Exception>(() =>
            Mail.Send("MailKit", server.Port, ["x@example.com"], new Mail.Options(IsLenient: true)));
        DeliveryStatus status = Assert.Single(DeliveryStatuses.From(error, ["x@example.com"]));
        Assert.Equal((SmtpStatusCode.GeneralFailure, SmtpStage.Rcpt), (status.Reply.Code, status.Stage));
        Assert.Equal("No recipients were accepted.", status.LocalError);
        Assert.True(status.ShouldRetry());
    }

    [Fact]
    public void Every_one_of_many_recipients_is_kept()
    {
        string[] names = [.. Enumerable.Range(0, 12_000).Select(number => $"r{number}@example.com")];
        var error = new System.Net.Mail.SmtpFailedRecipientsException(
            "many",
            [.. names.Select(name => new System.Net.Mail.SmtpFailedRecipientException(
                System.Net.Mail.SmtpStatusCode.MailboxUnavailable, name))]);
        IReadOnlyList<DeliveryStatus> found = DeliveryStatuses.From(error);
        Assert.Equal(names, found.Select(status => status.FinalRecipient));
        Assert.All(found, status => Assert.Equal(SmtpStatusCode.MailboxUnavailable, status.Reply.Code));
    }

    public static TheoryData<Exception, DeliveryCondition> Causes => new()
    {
        { new TimeoutException(), DeliveryCondition.TimedOut },
        { new OperationCanceledException(), DeliveryCondition.Cancelled },
        { new TaskCanceledException("late", new TimeoutException()), DeliveryCondition.TimedOut },
        { new IOException("closed"), DeliveryCondition.Unreachable },
        { new FileNotFoundException("attachment"), DeliveryCondition.NotKnown },
        { new System.Net.Sockets.SocketException(11001), DeliveryCondition.NameLookupFailed },
        { new System.Net.Sockets.SocketException(10061), DeliveryCondition.Unreachable },
        { new System.Security.Authentication.AuthenticationException(), DeliveryCondition.TlsRefused },
        { new NotSupportedException(), DeliveryCondition.FeatureNotOffered },
        { new ArgumentException("x"), DeliveryCondition.ArgumentRefused },
        { new FormatException("a reply without a text"), DeliveryCondition.NotKnown },
        { new InvalidOperationException("wrapped", new IOException("closed")), DeliveryCondition.Unreachable },
        { new FileLoadException(), DeliveryCondition.NotKnown },
    };

    [Theory]
    [MemberData(nameof(Causes), DisableDiscoveryEnumeration = true)]
    public void A_failure_without_a_reply_says_what_went_wrong(Exception error, DeliveryCondition expected) =>
        Assert.Equal(expected, Assert.Single(DeliveryStatuses.From(error)).Condition);

    [Fact]
    public void A_malformed_address_is_not_tried_again()
    {
        Exception error = Record.Exception(() => new System.Net.Mail.MailAddress("bad address@"))!;
        Assert.Equal(DeliveryCondition.ArgumentRefused, Assert.Single(DeliveryStatuses.From(error)).Condition);
    }

    [Fact]
    public void All_lines_of_a_reply_are_kept_if_the_client_has_them()
    {
        using var server = new ScriptedServer(("CONTENT", ["554-5.6.0 One\r\n554 5.6.0 Two"]));
        Assert.Equal(
            [Refused("x@example.com", SmtpStage.Content, 554, "5.6.0", "5.6.0 One", "5.6.0 Two")],
            Send("MailKit", server, "x@example.com"));
    }

    [Theory]
    [InlineData("System.Net.Mail")]
    [InlineData("MailKit")]
    public void A_failed_connection_has_the_clients_message(string client)
    {
        int port;
        using (var server = new ScriptedServer()) port = server.Port;
        Exception error = Assert.ThrowsAny<Exception>(() => Mail.Send(client, port, ["x@example.com"]));
        DeliveryStatus status = Assert.Single(DeliveryStatuses.From(error, stage: SmtpStage.Connect));
        Assert.Equal(SmtpStatusCode.GeneralFailure, status.Reply.Code);
        Assert.Equal((SmtpStage.Connect, ""), (status.Stage, status.FinalRecipient));
        Assert.Contains("refused", status.LocalError);
        Assert.True(status.ShouldRetry());
    }

    [Fact]
    public void Any_exception_is_a_failure_without_a_reply()
    {
        var cycle = new Looping();
        cycle.Inner = cycle;
        foreach (Exception error in new Exception[]
        {
            new InvalidOperationException(),
            new OperationCanceledException(),
            new HttpRequestException("x", null, System.Net.HttpStatusCode.BadGateway),
            new AggregateException(Enumerable.Range(0, 1000).Select(number => new IOException($"{number}"))),
            new Endless(),
            new Wide(),
            cycle,
        })
        {
            DeliveryStatus status = Assert.Single(DeliveryStatuses.From(error));
            Assert.Equal(SmtpStatusCode.GeneralFailure, status.Reply.Code);
            Assert.NotEmpty(status.LocalError);
        }
    }

    [Fact]
    public void The_reply_is_found_below_aggregates()
    {
        var reply = new System.Net.Mail.SmtpException(System.Net.Mail.SmtpStatusCode.MailboxBusy);
        var second = new AggregateException(new InvalidOperationException("second", reply));
        var error = new AggregateException(new IOException("first"), second);
        Assert.Equal(SmtpStatusCode.MailboxBusy, Assert.Single(DeliveryStatuses.From(error)).Reply.Code);
    }

    private sealed class Endless : Exception
    {
        public override string Message => throw new NotSupportedException();

        public static string StatusCode => "no code";

        public IEnumerable<Exception> InnerExceptions
        {
            get
            {
                while (InnerException == null) yield return new InvalidOperationException(new string('x', 100));
            }
        }
    }

    private sealed class Wide : Exception
    {
        internal enum SmtpStatusCode : long { Most = long.MaxValue }

        public SmtpStatusCode StatusCode { get; } = SmtpStatusCode.Most;
    }

    private sealed class Looping : Exception
    {
        public Exception? Inner { get; set; }

        public IEnumerable<Exception?> InnerExceptions => [Inner, null];

        public System.Net.Mail.SmtpStatusCode StatusCode => throw new NotSupportedException();
    }
}
