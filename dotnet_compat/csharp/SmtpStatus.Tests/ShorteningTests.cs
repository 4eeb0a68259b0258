using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

/// <summary>What a gRPC error keeps of a DeliveryStatus, on the edge of each limit.</summary>
public class ShorteningTests
{
    private const string Mail = "\U0001f4e7";  // 4 bytes

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static DeliveryStatus Refusal(params string[] lines) =>
        new() { Reply = new SmtpReply { Code = SmtpStatusCode.MailboxUnavailable, Lines = { lines } } };

    /// <summary>Returns a failure of so many bytes.</summary>
    private static DeliveryStatus OfSize(int bytes)
    {
        DeliveryStatus status = Refusal();
        status.LocalError = new string('x', bytes);
        status.LocalError = new string('x', (2 * bytes) - status.CalculateSize());
        Assert.Equal(bytes, status.CalculateSize());
        return status;
    }

    private static DeliveryStatus Sent(DeliveryStatus status) => RpcStatuses.FromStatus(status.ToStatus())!;

    [Fact]
    public void Three_thousand_bytes_are_kept_whole()
    {
        Assert.Equal(OfSize(3000), Sent(OfSize(3000)));
        DeliveryStatus expected = OfSize(3001);
        expected.LocalError = new string('x', 255);
        Assert.Equal(expected, Sent(OfSize(3001)));
    }

    public static TheoryData<string, string> Texts => new()
    {
        { new string('x', 255), new string('x', 255) },
        { new string('x', 256), new string('x', 255) },
        { "a" + Repeat("\u00e9", 127), "a" + Repeat("\u00e9", 127) },
        { Repeat("\u00e9", 128), Repeat("\u00e9", 127) },
        { Repeat("\u90ae", 85), Repeat("\u90ae", 85) },
        { "a" + Repeat("\u90ae", 85), "a" + Repeat("\u90ae", 84) },
        { "abc" + Repeat(Mail, 63), "abc" + Repeat(Mail, 63) },
        { "abcd" + Repeat(Mail, 63), "abcd" + Repeat(Mail, 62) },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_is_cut_to_255_bytes_between_characters(string text, string expected)
    {
        DeliveryStatus status = Refusal(text, new string('x', 4000));
        (status.FinalRecipient, status.OriginalRecipient, status.RemoteMta, status.LocalError) = (text, text, text, text);
        DeliveryStatus found = Sent(status);
        Assert.Equal([expected, new string('x', 255)], found.Reply.Lines);
        Assert.Equal(
            (expected, expected, expected, expected),
            (found.FinalRecipient, found.OriginalRecipient, found.RemoteMta, found.LocalError));
    }

    [Theory]
    [InlineData("5.999.999", "5.999.999")]
    [InlineData("5.999.9999", "5.999.9999")]
    [InlineData("5.1.1 and more", "5.1.1 and ")]
    public void A_text_that_is_too_long_for_an_enhanced_code_stays_so(string text, string expected)
    {
        DeliveryStatus status = OfSize(3001);
        (status.Reply.EnhancedCode, status.Status) = (text, text);
        DeliveryStatus found = Sent(status);
        Assert.Equal((expected, expected), (found.Reply.EnhancedCode, found.Status));
        DeliveryStatus small = Refusal();
        small.Status = text;
        Assert.Equal(text, Sent(small).Status);
        Assert.Equal(
            text.Length <= 9 ? text : null,  // the details for others have only what is a code
            small.ToStatus().GetDetail<ErrorInfo>().Metadata.GetValueOrDefault("enhanced_code"));
    }

    [Fact]
    public void All_other_fields_are_kept()
    {
        DeliveryStatus status = OfSize(3001);
        status.Stage = SmtpStage.Rcpt;
        status.AttemptTime = new Timestamp { Seconds = 1, Nanos = 2 };
        status.Condition = DeliveryCondition.RecipientUnknown;
        status.Action = DeliveryAction.Failed;
        DeliveryStatus expected = status.Clone();
        expected.LocalError = new string('x', 255);
        Assert.Equal(expected, Sent(status));
    }

    [Fact]
    public void Without_a_reply_there_is_none_to_shorten()
    {
        DeliveryStatus status = OfSize(3001);
        status.Reply = null;
        status.LocalError += "xxxxxxxxxx";
        DeliveryStatus expected = new() { Reply = new SmtpReply(), LocalError = new string('x', 255) };
        Assert.Equal(expected, Sent(status));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_last_lines_are_left_out(int excess)
    {
        string line = new('x', 255);
        DeliveryStatus full = Refusal([.. Enumerable.Repeat(line, 11)]);
        full.Reply.Lines.Add(new string('y', 3000 - full.CalculateSize() - 3));  // a tag and a length
        Assert.Equal(3000, full.CalculateSize());
        Assert.InRange(full.Reply.Lines[^1].Length, 128, 254);

        DeliveryStatus status = full.Clone();
        status.Reply.Lines[^1] += new string('y', excess);
        status.Reply.Lines.Add("left out");
        if (excess > 0) full.Reply.Lines.RemoveAt(11);
        Assert.Equal(full, Sent(status));
    }

    [Fact]
    public void No_line_comes_after_one_that_is_left_out()
    {
        DeliveryStatus status = Refusal([.. Enumerable.Repeat(new string('x', 255), 12), "short"]);
        Assert.Equal(11, Sent(status).Reply.Lines.Count);
    }

    [Fact]
    public void The_message_has_160_characters()
    {
        Assert.Equal("550 " + Repeat(Mail, 156), Refusal(Repeat(Mail, 156)).ToStatus().Message);
        Assert.Equal("550 " + Repeat(Mail, 156), Refusal(Repeat(Mail, 156) + "x").ToStatus().Message);
        Assert.Equal("550 a", Refusal("a" + new string(' ', 200) + "b").ToStatus().Message);
    }

    [Fact]
    public void The_message_is_the_reply_or_the_error_or_a_summary()
    {
        DeliveryStatus status = Refusal("5.1.1 one", "two");
        status.LocalError = "e";
        Assert.Equal("550 5.1.1 one two", status.ToStatus().Message);
        status.Reply.Lines.Clear();
        Assert.Equal("e", status.ToStatus().Message);
        Assert.Equal(SmtpStatusCode.MailboxUnavailable.Summary(), Refusal().ToStatus().Message);
        DeliveryStatus lost = new() { Condition = DeliveryCondition.TimedOut };
        Assert.Equal(DeliveryCondition.TimedOut.Summary(), lost.ToStatus().Message);
        foreach ((int code, bool isReply) in new[] { (199, false), (200, true), (599, true), (600, false) })
        {
            status.Action = DeliveryAction.Failed;
            status.Reply.Code = (SmtpStatusCode)code;
            (status.LocalError, status.Condition) = ("", DeliveryCondition.ProtocolError);
            string expected = isReply ? status.Reply.Code.Summary() : DeliveryCondition.ProtocolError.Summary();
            Assert.Equal(expected, status.ToStatus().Message);
        }
    }
}
