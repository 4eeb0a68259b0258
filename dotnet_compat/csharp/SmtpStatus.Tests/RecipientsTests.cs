using SmtpStatus.V1;
using NetMail = System.Net.Mail;

namespace SmtpStatus.Tests;

/// <summary>Which of the exceptions tells what became of which recipient.</summary>
public class RecipientsTests
{
    private static NetMail.SmtpFailedRecipientException Refusal(string recipient, int code) =>
        new((NetMail.SmtpStatusCode)code, recipient);

    private static NetMail.SmtpException Reply(int code) => new((NetMail.SmtpStatusCode)code);

    private static string[] Read(Exception error, params string[] recipients) =>
    [
        .. from status in DeliveryStatuses.From(error, recipients)
        let outcome = status.Reply == null ? $"{status.Condition}" : $"{(int)status.Reply.Code}"
        select $"{status.FinalRecipient} {outcome}",
    ];

    [Fact]
    public void Nothing_to_read_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentNullException>("exception", () => DeliveryStatuses.From(null!));

    [Fact]
    public void The_first_reply_to_a_recipient_counts()
    {
        Assert.Equal(["a@b.c 550"], Read(new AggregateException(Refusal("a@b.c", 550), Refusal("a@b.c", 450))));
        Assert.Equal(["a@b.c 450"], Read(new AggregateException(Refusal("a@b.c", -1), Refusal("a@b.c", 450))));
        Assert.Equal(["a@b.c 550"], Read(new AggregateException(Refusal("a@b.c", 550), Refusal("a@b.c", -1))));
    }

    [Fact]
    public void Nobody_counts_as_accepted_if_a_stranger_was_refused()
    {
        Assert.Equal(["a@b.c Accepted", "x@b.c 550"], Read(Refusal("x@b.c", 550), "a@b.c", "x@b.c"));
        Assert.Equal(["a@b.c NotKnown", "x@b.c 550"], Read(Refusal("x@b.c", 550), "a@b.c"));
        Assert.Equal(["x@b.c 550"], Read(Refusal("x@b.c", 550)));
    }

    [Fact]
    public void A_reply_to_nobody_by_name_is_a_reply_to_all_others()
    {
        var error = new AggregateException(Refusal("x@b.c", 550), Reply(451));
        Assert.Equal(["a@b.c 451", "x@b.c 550"], Read(error, "a@b.c", "x@b.c"));
        error = new AggregateException(Refusal("x@b.c", -1), Reply(451));
        Assert.Equal(["a@b.c 451", "x@b.c 451"], Read(error, "a@b.c", "x@b.c"));
    }

    [Fact]
    public void A_refusal_without_a_reply_says_what_its_own_exception_says()
    {
        var error = new AggregateException("outer", new IOException("closed"), new NamedOnly("x@b.c"));
        DeliveryStatus found = Assert.Single(DeliveryStatuses.From(error, stage: SmtpStage.Data));
        Assert.Equal(("x@b.c", SmtpStage.Rcpt, "named"), (found.FinalRecipient, found.Stage, found.LocalError));
        Assert.Equal(DeliveryCondition.NotKnown, found.Condition);
    }

    [Theory]
    [InlineData(250, true, DeliveryCondition.NotDefined)]
    [InlineData(399, true, DeliveryCondition.NotDefined)]
    [InlineData(400, false, DeliveryCondition.NotDefined)]
    [InlineData(499, false, DeliveryCondition.NotDefined)]
    [InlineData(500, false, DeliveryCondition.NotDefined)]
    [InlineData(599, false, DeliveryCondition.NotDefined)]
    [InlineData(600, true, DeliveryCondition.ProtocolError)]
    [InlineData(999, true, DeliveryCondition.ProtocolError)]
    [InlineData(100, true, DeliveryCondition.ProtocolError)]
    [InlineData(199, true, DeliveryCondition.ProtocolError)]
    [InlineData(200, true, DeliveryCondition.NotDefined)]
    public void A_reply_that_is_no_refusal_is_a_failure_all_the_same(int code, bool isError, DeliveryCondition expected)
    {
        DeliveryStatus found = Assert.Single(DeliveryStatuses.From(Reply(code)));
        string error = isError ? "the client took this reply for a failure" : "";
        Assert.Equal((code, error, expected), ((int)found.Reply.Code, found.LocalError, found.Condition));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(1000)]
    [InlineData(0)]
    public void Numbers_of_other_lengths_are_not_replies(int code) =>
        Assert.Equal([" -1"], Read(Reply(code)));

    [Fact]
    public void Each_recipient_comes_once_in_the_callers_order_and_spelling()
    {
        string[] recipients = ["U <u@M\u00fcnchen.example>", "b@Example.COM", "U@m\u00fcnchen.example", "b@example.com", ""];
        Assert.Equal(
            ["u@M\u00fcnchen.example 450", "b@example.com 450", "U@m\u00fcnchen.example 450", " 450"],
            Read(Reply(450), recipients));
        Assert.Equal(["u@M\u00fcnchen.example 550"], Read(Refusal("<u@xn--mnchen-3ya.example>", 550), recipients[..1]));
        Assert.Equal(["x@\u00fc..\u00fc 450"], Read(Reply(450), "x@\u00fc..\u00fc"));  // not a host name
        Assert.Equal([" 450"], Read(Reply(450)));
    }

    [Fact]
    public void What_says_most_is_the_condition()
    {
        var error = new IOException("closed", new System.Security.Authentication.AuthenticationException("tls"));
        Assert.Equal(DeliveryCondition.TlsRefused, Assert.Single(DeliveryStatuses.From(error)).Condition);
        DeliveryStatus found = Assert.Single(DeliveryStatuses.From(error, stage: SmtpStage.StartTls));
        Assert.Equal((SmtpStage.StartTls, "closed tls"), (found.Stage, found.LocalError));
    }

    [Theory]
    [InlineData(1, 4_194_304)]
    [InlineData(2, 2_097_152)]
    [InlineData(8192, 512)]
    [InlineData(8193, 512)]
    public void All_replies_share_four_million_characters(int count, int expected)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(number => $"r{number}@example.com")];
        foreach (int length in new[] { expected, expected + 1 })
        {
            string text = $"No. The server response was: {new string('x', length)}";
            var error = new NetMail.SmtpException(NetMail.SmtpStatusCode.MailboxBusy, text);
            IReadOnlyList<DeliveryStatus> found = DeliveryStatuses.From(error, names);
            Assert.Equal(count, found.Count);
            Assert.All(found, status => Assert.Equal(expected, Assert.Single(status.Reply.Lines).Length));
        }
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void Ten_thousand_exceptions_that_name_nobody_new_are_read(int futile, bool isRead)
    {
        // The aggregate and the last one name nobody; the first refusal names somebody new.
        IEnumerable<Exception> refusals = Enumerable.Range(0, futile - 1).Select(_ => Refusal("a@b.c", 550));
        var error = new AggregateException([.. refusals, new NetMail.SmtpException(NetMail.SmtpStatusCode.MailboxBusy)]);
        string other = Read(error, "x@b.c")[0];
        Assert.Equal(isRead ? "x@b.c 450" : "x@b.c NotKnown", other);
    }

    [Fact]
    public void A_domain_of_a_million_characters_is_no_host_name()
    {
        string recipient = $"u@{new string('\u00fc', 1_000_000)}";
        Assert.Equal([$"{recipient} 450"], Read(Reply(450), recipient));
    }

    /// <summary>It names a recipient, and has no code of a reply.</summary>
    private sealed class NamedOnly(string recipient) : Exception("named")
    {
        public NetMail.SmtpStatusCode StatusCode { get; } = NetMail.SmtpStatusCode.GeneralFailure;

        public string FailedRecipient { get; } = recipient;
    }
}
