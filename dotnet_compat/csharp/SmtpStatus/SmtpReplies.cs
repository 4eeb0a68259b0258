using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>SMTP replies as protobuf messages.</summary>
public static class SmtpReplies
{
    private const int ExcerptCharacters = 50;  // of a text in a message about it

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
        if (!HasThreeDigits(code)) return reply;
        reply.Lines.Add(LinesOf(WellFormed(text)));
        Match match = EnhancedCode.Match(string.Join(" ", reply.Lines).TrimStart(Blanks));
        if (match.Success && match.Groups[2].Value[0] - '0' == (int)code / 100)
            reply.EnhancedCode = match.Groups[1].Value;
        return reply;
    }

    /// <summary>Returns the message of one whole reply of a server (RFC 5321 4.2).</summary>
    /// <param name="text">
    /// One or more lines that end in CRLF or LF; the last one may lack it. They are kept as they are, except that a CR
    /// inside a line becomes a blank. <c>250 </c> in a line that is not the last is read as <c>250-</c>. The code is that
    /// of the last line, listed or not.
    /// </param>
    /// <exception cref="FormatException">
    /// The text is not a reply: a line lacks the three digits, the last line announces another line, or a second reply
    /// follows the first.
    /// </exception>
    public static SmtpReply Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? problem = Read(text, out SmtpReply reply);
        return problem == null ? reply : throw new FormatException(problem);
    }

    /// <summary>Returns whether the text is one whole reply, and its message (see <see cref="Parse"/>).</summary>
    /// <param name="text">The text of a reply.</param>
    /// <param name="reply">The message; an empty one if the text is not a reply.</param>
    public static bool TryParse(string? text, out SmtpReply reply) => Read(text ?? "", out reply) == null;

    /// <summary>
    /// Returns the reply as a server sends it, in UTF-8; <see cref="Parse"/> reads the same reply out of it.
    /// </summary>
    /// <remarks>
    /// A line with a line break in it becomes two lines, each with the code, so that no text can pass for another reply.
    /// </remarks>
    /// <exception cref="ArgumentException">The code does not have three digits: -1 and 0 cannot be sent.</exception>
    public static string Format(SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        string code = ((int)reply.Code).ToString(CultureInfo.InvariantCulture);
        if (!HasThreeDigits(reply.Code))
            throw new ArgumentException($"expected a reply code of three digits, found {code}", nameof(reply));
        string[] lines = string.Join("\n", reply.Lines).Replace("\r\n", "\n").Replace('\r', '\n').Split('\n');
        var text = new StringBuilder();
        for (int index = 0; index < lines.Length; index++)
            text.Append(code).Append(index < lines.Length - 1 ? '-' : ' ').Append(lines[index]).Append("\r\n");
        return text.ToString();
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
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

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

    /// <summary>Returns the beginning of a text in quotation marks, for a message about it.</summary>
    internal static string Excerpt(string text)
    {
        string start = Start(text, ExcerptCharacters);
        return start.Length < text.Length ? $"'{start}\u2026'" : $"'{start}'";
    }

    private static bool HasThreeDigits(SmtpStatusCode code) => (int)code is >= 100 and <= 999;

    private static string[] LinesOf(string text) => text.Replace("\r\n", "\n").Replace('\r', ' ').Split('\n');

    /// <summary>Reads a reply; returns what is wrong with it, or null.</summary>
    private static string? Read(string text, out SmtpReply reply)
    {
        reply = new SmtpReply();
        string[] lines = LinesOf(WellFormed(text).TrimEnd('\r', '\n'));
        string code = "";
        bool isCut = true;  // whether another line has to follow
        foreach (string line in lines)
        {
            if (!IsLine(line))
                return $"expected a line of an SMTP reply such as 550 5.1.1 User unknown, found {Excerpt(line)}";
            if (!isCut && !line.StartsWith(code, StringComparison.Ordinal))
                return $"expected one SMTP reply, found a second after its end: {Excerpt(line)}";
            code = line.Substring(0, 3);
            isCut = line.Length > 3 && line[3] == '-';
        }
        if (isCut)
        {
            string last = Excerpt(lines[lines.Length - 1]);
            return $"the SMTP reply is cut off: expected a last line '{code} ...', found {last}";
        }
        IEnumerable<string> texts = lines.Select(line => line.Substring(Math.Min(4, line.Length)));
        reply = Of((SmtpStatusCode)int.Parse(code, CultureInfo.InvariantCulture), string.Join("\n", texts));
        return null;
    }

    // The blank and the text may be missing (RFC 5321 4.2).
    private static bool IsLine(string line) =>
        line.Length >= 3 && line[0] is >= '1' and <= '9' && line[1] is >= '0' and <= '9' && line[2] is >= '0' and <= '9'
        && (line.Length == 3 || line[3] is ' ' or '-');
}
