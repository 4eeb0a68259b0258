using System.Text.RegularExpressions;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>SMTP replies as protobuf messages.</summary>
public static class SmtpReplies
{
    // RFC 3463 2. Cisco's servers put a # before it, others a colon or full stop after it. 5.1.1.7 is an IP address.
    private static readonly Regex EnhancedCode = new(
        @"^#?(([245])\.[0-9]{1,3}\.[0-9]{1,3})(?!\.?[0-9A-Za-z])", RegexOptions.CultureInvariant);

    // What Python takes for a blank: C# does not count U+001C to U+001F.
    private static readonly char[] Blanks =
    [
        .. Enumerable.Range(0, char.MaxValue).Select(number => (char)number)
            .Where(character => char.IsWhiteSpace(character) || character is >= '\u001c' and <= '\u001f'),
    ];

    /// <summary>Returns the message for a reply that a client gives in two parts: code and text.</summary>
    /// <param name="code">The code, listed or not. If it does not have three digits, the text is left out.</param>
    /// <param name="text">The lines without the code. Text that ends in a line break has an empty last line.</param>
    public static SmtpReply Of(SmtpStatusCode code, string text)
    {
        var reply = new SmtpReply { Code = code };
        if ((int)code is < 100 or > 999) return reply;
        reply.Lines.Add(WellFormed(text).Replace("\r\n", "\n").Replace('\r', ' ').Split('\n'));
        Match match = EnhancedCode.Match(string.Join(" ", reply.Lines).TrimStart(Blanks));
        if (match.Success && match.Groups[2].Value[0] - '0' == (int)code / 100)
            reply.EnhancedCode = match.Groups[1].Value;
        return reply;
    }

    /// <summary>
    /// Returns the reply that a text tells of, with the stage if that is told, or null if none is there for certain.
    /// </summary>
    /// <param name="text">
    /// A Diagnostic-Code of any type (RFC 3464 2.3.6), or a line of a log: of Postfix, Exim, Sendmail, OpenSMTPD or
    /// Exchange. Of a longer text, the first 65,536 characters are read.
    /// </param>
    /// <returns>
    /// Only <c>reply</c> and <c>stage</c> are set. The first reply counts; if a system put the reply that it got into one
    /// of its own, it is that reply. Lines of a reply that were joined into one are separated again.
    /// </returns>
    public static DeliveryStatus? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ReplySearch.Find(text);
    }

    /// <summary>Returns text that a message can hold: an unpaired surrogate becomes U+FFFD.</summary>
    internal static string WellFormed(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Returns a text without the blanks around it, which are those of Python.</summary>
    internal static string Trim(string text) => text.Trim(Blanks);

    /// <summary>Returns a text without the blanks at its end.</summary>
    internal static string TrimEnd(string text) => text.TrimEnd(Blanks);

    /// <summary>Returns a text in which each row of blanks is one blank.</summary>
    internal static string OneLine(string text) =>
        string.Join(" ", text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Returns the mailbox of a recipient, written alone or as <c> B &lt;b@example.com&gt;</c>.</summary>
    internal static string MailboxOf(string recipient)
    {
        string mailbox = Trim(WellFormed(recipient));
        if (!mailbox.EndsWith('>')) return mailbox;
        int start = mailbox.LastIndexOf('<') + 1;
        return mailbox.Substring(start, mailbox.Length - 1 - start);
    }

    /// <summary>Returns the first characters of a text, counted as Python does: by code points.</summary>
    internal static string Start(string text, int count)
    {
        int end = 0;
        for (; count > 0 && end < text.Length; count--) end += char.IsSurrogatePair(text, end) ? 2 : 1;
        return text.Substring(0, end);
    }
}
