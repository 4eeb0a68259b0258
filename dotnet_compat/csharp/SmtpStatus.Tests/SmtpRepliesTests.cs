using Google.Protobuf;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

public class SmtpRepliesTests
{
    private const int Million = 1_000_000;

    private static SmtpReply Read(int code, string text) => SmtpReplies.Of((SmtpStatusCode)code, text);

    [Theory]
    [InlineData(450, "4.2.0 later", "4.2.0")]
    [InlineData(450, "5.1.1 no", "")]
    [InlineData(499, "5.1.1 no", "")]
    [InlineData(500, "5.1.1 no", "5.1.1")]
    [InlineData(550, "5.1.1\n7 lines", "5.1.1")]
    [InlineData(550, "\u001b5.1.1", "")]
    [InlineData(550, "4.1.1 no", "")]
    [InlineData(550, "2.1.1 no", "")]
    [InlineData(250, "2.1.5 fine", "2.1.5")]
    [InlineData(354, "3.0.0 go on", "")]
    [InlineData(550, "#5.1.1: no", "5.1.1")]
    [InlineData(550, "##5.1.1 no", "")]
    [InlineData(550, " \t5.1.1", "5.1.1")]
    [InlineData(550, "\r\n\r\n5.1.1", "5.1.1")]
    [InlineData(550, "\u001c\u001f5.1.1", "5.1.1")]
    [InlineData(550, "\u200b5.1.1", "")]
    [InlineData(550, "5.999.999", "5.999.999")]
    [InlineData(550, "5.1.1000", "")]
    [InlineData(550, "5.1000.1", "")]
    [InlineData(550, "5.1.1.", "5.1.1")]
    [InlineData(550, "5.1.1.7 is an address", "")]
    [InlineData(550, "5.1.1.x", "")]
    [InlineData(550, "5.1.1x", "")]
    [InlineData(550, "5.1.1Z", "")]
    [InlineData(550, "5.1.1\u90ae", "5.1.1")]
    [InlineData(550, "5.1.\u0661", "")]
    [InlineData(550, "no 5.1.1", "")]
    public void The_enhanced_code_begins_the_text_and_has_the_class_of_the_code(int code, string text, string expected) =>
        Assert.Equal(expected, Read(code, text).EnhancedCode);

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    [InlineData(999, true)]
    [InlineData(1000, false)]
    [InlineData(-1, false)]
    [InlineData(int.MinValue, false)]
    public void Text_belongs_to_codes_of_three_digits(int code, bool hasText) =>
        Assert.Equal(hasText ? ["no"] : [], Read(code, "no").Lines);

    [Fact]
    public void Line_breaks_end_lines() =>
        Assert.Equal(["a", "b c", "", "d "], Read(550, "a\r\nb\rc\n\nd\r").Lines);

    public static TheoryData<string, string> Surrogates => new()
    {
        { "\ud83d", "\ufffd" },
        { "\udce7", "\ufffd" },
        { "a\ud83d\ud83d\udce7\udce7b", "a\ufffd\U0001f4e7\ufffdb" },
    };

    [Theory]
    [MemberData(nameof(Surrogates), DisableDiscoveryEnumeration = true)]  // xunit could not write the texts down
    public void An_unpaired_surrogate_is_replaced(string text, string expected)
    {
        SmtpReply found = Read(550, text);
        Assert.Equal([expected], found.Lines);
        Assert.Equal(found, SmtpReply.Parser.ParseFrom(found.ToByteArray()));
        var error = new InvalidOperationException("x");
        Assert.Equal(expected, Assert.Single(DeliveryStatuses.From(error, [text])).FinalRecipient);
    }

    [Fact]
    public void Blanks_around_a_message_or_an_address_are_left_out()
    {
        var error = new InvalidOperationException("\u001f \u3000closed\t\u001c");
        DeliveryStatus found = Assert.Single(DeliveryStatuses.From(error, ["\u001f B <b@example.com> \u001c"]));
        Assert.Equal(("b@example.com", "closed"), (found.FinalRecipient, found.LocalError));
    }

    [Fact]
    public void A_text_of_a_million_characters_is_read()
    {
        string digits = new('5', Million), blanks = new(' ', Million), dots = new('.', Million);
        foreach (string text in new[] { new string('x', Million), digits, blanks, dots, $"5.1.{digits}", $"#{dots}" })
        {
            Assert.Equal([text], Read(550, text).Lines);
            Assert.Equal("", Read(550, text).EnhancedCode);
        }
        Assert.Equal("5.1.1", Read(550, $"{blanks}5.1.1").EnhancedCode);
        Assert.Equal(Million + 1, Read(550, new string('\n', Million)).Lines.Count);
        Assert.Equal([new string(' ', Million)], Read(550, new string('\r', Million)).Lines);
        string repeated = string.Concat(Enumerable.Repeat("250-\r\n", Million / 6));
        Assert.Equal((Million / 6) + 1, Read(550, repeated).Lines.Count);
        SmtpReply parsed = SmtpReplies.Parse($"{repeated}250 end");
        Assert.Equal((Million / 6) + 1, parsed.Lines.Count);
        Assert.Equal($"{repeated}250 end\r\n", SmtpReplies.Format(parsed));
        Assert.False(SmtpReplies.TryParse(repeated, out _));
    }

    [Fact]
    public void An_unpaired_surrogate_of_a_reply_is_replaced_or_told()
    {
        Assert.Equal(["\ufffd"], SmtpReplies.Parse("550 \ud83d").Lines);
        Assert.EndsWith("found '\ufffd'", Assert.Throws<FormatException>(() => SmtpReplies.Parse("\ud83d")).Message);
    }

    [Fact]
    public void No_text_is_no_reply()
    {
        Assert.False(SmtpReplies.TryParse(null, out SmtpReply reply));
        Assert.Equal(new SmtpReply(), reply);
        Assert.Throws<ArgumentNullException>(() => SmtpReplies.Parse(null!));
        Assert.Throws<ArgumentNullException>(() => SmtpReplies.Format(null!));
    }

    [Theory]
    [InlineData("5.1.1", 1001)]
    [InlineData("4.0.0", 0)]
    [InlineData("2.999.999", 999_999)]
    [InlineData("X.7.1", 7001)]
    [InlineData("x.7.01", 7001)]
    public void An_enhanced_code_is_subject_and_detail(string text, int expected)
    {
        Assert.Equal((EnhancedStatusCode)expected, EnhancedStatusCodes.Parse(text));
        Assert.True(EnhancedStatusCodes.TryParse(text, out EnhancedStatusCode code));
        Assert.Equal((EnhancedStatusCode)expected, code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("3.1.1")]
    [InlineData("5.1")]
    [InlineData("5.1.1 ")]
    [InlineData("5.1.1\n")]
    [InlineData(" 5.1.1")]
    [InlineData("5.1.1000")]
    [InlineData("5.1.\u0661")]
    public void Other_texts_are_not(string? text)
    {
        Assert.False(EnhancedStatusCodes.TryParse(text!, out EnhancedStatusCode code));
        Assert.Equal(default, code);
        Assert.Contains($"found '{text}'", Assert.Throws<FormatException>(() => EnhancedStatusCodes.Parse(text!)).Message);
    }

    [Fact]
    public void The_message_about_a_long_text_is_short()
    {
        string start = "expected an enhanced status code such as 5.1.1, found '";
        string Message(string text) => Assert.Throws<FormatException>(() => EnhancedStatusCodes.Parse(text)).Message;
        Assert.Equal($"{start}{new string('5', 50)}'", Message(new string('5', Million)));
        Assert.Equal($"{start}{new string('5', 50)}'", Message(new string('5', 50)));
    }
}
