using SmtpStatus.EchoServer;
using SmtpStatus.V1;
using AsposeCode = Aspose.Email.Clients.Smtp.SmtpStatusCode;

namespace SmtpStatus.Tests;

/// <summary>Aspose.Email makes a character of each byte of a reply.</summary>
public class AsposeTextTests
{
    [Fact]
    public void The_bytes_of_its_characters_are_read_as_utf_8()
    {
        using var server = new ScriptedServer(("RCPT", ["550 5.1.1 \u90ae\u7bb1 \U0001f4e7"]));
        Exception error = Assert.ThrowsAny<Exception>(() => Mail.Send("Aspose.Email", server.Port, ["x@example.com"]));
        DeliveryStatus found = Assert.Single(DeliveryStatuses.From(error));
        Assert.Equal(["5.1.1 \u90ae\u7bb1 \U0001f4e7"], found.Reply.Lines);
    }

    [Theory]
    [InlineData("caf\u00e9", "caf\ufffd")]
    [InlineData("\u00c3\u00bf\u00ff", "\u00ff\ufffd")]
    [InlineData("\u00c3\u00bf\u0100", "\u00c3\u00bf\u0100")]  // these characters are not bytes
    public void Characters_that_are_not_the_bytes_of_utf_8(string text, string expected)
    {
        var error = new OfAspose(AsposeCode.MailboxUnavailable, $"No. The server response was: {text}");
        Assert.Equal([expected], Assert.Single(DeliveryStatuses.From(error)).Reply.Lines);
    }

    private sealed class OfAspose(AsposeCode code, string message) : Aspose.Email.SmtpException(message)
    {
        public new AsposeCode StatusCode { get; } = code;
    }
}
