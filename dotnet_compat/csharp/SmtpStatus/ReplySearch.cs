using System.Text.RegularExpressions;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>
/// Finds the reply in a text around it, by the rules of Python's <c>reply_search.py</c>, which says more about them.
/// <c>tests/vectors/diagnostics.json</c> tests both.
/// </summary>
internal static class ReplySearch
{
    private const RegexOptions Long =
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Multiline | RegexOptions.CultureInvariant;

    // \b, \w and \s are those of Unicode in .NET. Here they are ASCII, as in Python.
    private const string Edge = "(?<![A-Za-z0-9_])";
    private const string NoWord = "(?![A-Za-z0-9_])";
    private const string NoCode = "(?![2-5][0-9]{2}[ -])";
    private const string EnhancedCodeEnd = @"\.[0-9]{1,3}\.[0-9]{1,3}(?!\.?[A-Za-z0-9_])";
    private const string NotInNumber = "(?<![A-Za-z0-9_./@+-])";

    private static readonly Regex Reply = new(
        $$"""
        (?: ^[ \t]*(?:[Ss][Mm]|[Ll][Mm])[Tt][Pp];[ \t]*                                             # a Diagnostic-Code
          | {{Edge}}(?:host|server)[ ][^ \t\n\r\f\v]{1,300}[ ]said:[ \n]                           # Postfix
          | {{Edge}}Remote[ ]host[ ]said:[ \n]                                                      # qmail
          | {{Edge}}refused[ ]to[ ]talk[ ]to[ ]me:[ ]                                               # Postfix
          | {{Edge}}status=(?:sent|deferred|bounced|deliverable|undeliverable)[ ]\(                 # Postfix
          | {{Edge}}reject:[ ][A-Z-]+[ ]from[ ][^\n]{1,300}?:[ ]                                    # Postfix, as a server
          | {{Edge}}SMTP[ ]error[ ]from[ ]remote[ ]mail(?:[ ]server|er)[ ]after[ ][^\n]{1,600}?:[ ] # Exim
          | [ ]C="(?=2)                                                                             # Exim
          | {{Edge}}dsn=[245][.0-9]+,[ ]reply=                                                      # Sendmail
          | {{Edge}}ruleset=[^\n]{1,600}?,[ ]reject=                                                # Sendmail, as a server
          | {{Edge}}stat=Deferred:[ ]                                                               # Sendmail
          | {{Edge}}result="[A-Z][A-Za-z]+"[ ]stat="                                                # OpenSMTPD
          | {{Edge}}mta[ ]error[ ]reason=[A-Z]+[ ]rejected:[ ]                                      # OpenSMTPD
          | {{Edge}}command="[^\n]{1,600}?"[ ]result="                                              # OpenSMTPD, as a server
          | ^<?[^ \t\n\r\f\v<>@]+@[^ \t\n\r\f\v<>@]+>?:[ ](?=[45])                                  # OpenSMTPD, in its reports
          | [{]LED=                                                                                 # Exchange
          | :[0-9]{1,5},[<>],"?                                                                     # Exchange
          | [ ]gave[ ]this[ ]error:[ \n]                                                            # Exchange, in its reports
        )(?<code>[2-5][0-9]{2})(?=[ -]|$)
        | {{NotInNumber}}(?<code>(?<class>[245])[0-9]{2})(?=[ \t\n-][ \t\n]*['"]?\#?\k<class>{{EnhancedCodeEnd}})
        | {{NotInNumber}}(?<code>[2-5][0-9]{2})(?=-['"][A-Za-z0-9_])
        """,
        Long);

    private static readonly Regex Bare = Short(@"^[ \t\n\r\f\v]*(?<code>[2-5][0-5][0-9])(?=[ \n-]|\z)");
    private static readonly Regex OtherLine = Short(@"\n" + NoCode);
    private static readonly Regex Transcript = new("^<<< (?<code>[45][0-9]{2})(?=[ -]|$)", RegexOptions.Multiline | RegexOptions.CultureInvariant);
    private static readonly Regex Inner = Short(
        @"(?:->[ \n]|<)(?=(?<class>[45])[0-9]{2}[ \n-]\k<class>" + EnhancedCodeEnd + ")");
    private static readonly Regex BareInner = Short(
        @"\A...[ -]#?[245]\.[0-9]{1,3}\.[0-9]{1,3} .*?->[ ](?=[45][0-9]{2}[ -])");
    private static readonly Regex Refusal = Short(@"[ \n](?=(?<class>[45])[0-9]{2}[ -][ ]*\k<class>" + EnhancedCodeEnd + ")");
    private static readonly Regex End = Short(@" \(in reply to |, stat=|; (?:from|to|proto|helo)=|\n(?!(?:<<< )?[2-5][0-9]{2}[ -])");
    private static readonly Regex EndOfLed = Short(@"\}[;\]]");
    private static readonly Regex Quoted = Short("""\A(...-)(['"])([\s\S]*)\2[\s\S]*""");
    private static readonly Regex Fold = Short(@"\r?\n[ \t]+");
    private static readonly Regex WrittenLineBreak = Short(@"(?:\\r)?\\n(?=[2-5][0-9]{2}[ -])");

    private static readonly Regex StageBefore = new(
        $$"""
          [ ]after[ ](?:pipelined[ ])?(?<stage>initial[ ]connection|[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT|DATA|end[ ]of[ ]data
                                      |sending[ ]data[ ]block){{NoWord}}
        | {{Edge}}refused[ ]to[ ](?<stage>talk)[ ]to[ ]me:
        | {{Edge}}reject:[ ](?<stage>CONNECT|[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT|DATA|END-OF-MESSAGE)[ ]from[ ]
        | {{Edge}}ruleset=check_(?<stage>relay|mail|rcpt){{NoWord}}
        | {{Edge}}while[ ](?<stage>talking)[ ]to[ ][^\n]{1,300}\n<<<[ ]
        | ^>>>[ ](?<stage>[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT){{NoWord}}
        | {{Edge}}reason=(?<stage>BANNER|[EHL]+LO|STARTTLS|AUTH)[ ]rejected:
        | {{Edge}}command="(?i:(?<stage>[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT)){{NoWord}}
        """,
        Long);

    private static readonly Regex StageAfter = Short(
        @"\(in reply to (?<stage>end of DATA|[EHL]+LO|STARTTLS|AUTH|MAIL|RCPT|DATA)" + NoWord + @"[^()\n]{0,40} command\)");

    private static readonly Dictionary<string, SmtpStage> StageOfName = new()
    {
        ["CONNECT"] = SmtpStage.Connect,
        ["BANNER"] = SmtpStage.Connect,
        ["INITIAL CONNECTION"] = SmtpStage.Connect,
        ["RELAY"] = SmtpStage.Connect,
        ["TALK"] = SmtpStage.Connect,
        ["TALKING"] = SmtpStage.Connect,
        ["EHLO"] = SmtpStage.Ehlo,
        ["HELO"] = SmtpStage.Ehlo,
        ["LHLO"] = SmtpStage.Ehlo,
        ["STARTTLS"] = SmtpStage.StartTls,
        ["AUTH"] = SmtpStage.Auth,
        ["MAIL"] = SmtpStage.Mail,
        ["RCPT"] = SmtpStage.Rcpt,
        ["DATA"] = SmtpStage.Data,
        ["END OF DATA"] = SmtpStage.Content,
        ["END-OF-MESSAGE"] = SmtpStage.Content,
        ["SENDING DATA BLOCK"] = SmtpStage.Content,
    };

    /// <summary>Returns the reply and its stage, or null if no reply is there for certain.</summary>
    internal static DeliveryStatus? Find(string source)
    {
        string text = SmtpReplies.WellFormed(SmtpReplies.Start(source, Limits.SearchedCharacters));
        text = WrittenLineBreak.Replace(SmtpReplies.TrimEnd(Unfolded(text)), "\n");
        int start = FindStart(text);
        if (start < 0) return null;
        string reply = ReplyAt(text, start);
        Match inner = Inner.Match(reply);
        if (!inner.Success) inner = BareInner.Match(reply);
        if (!inner.Success && reply[0] == '2' && HasSeparator(reply, 3)) inner = Refusal.Match(reply);
        if (inner.Success) reply = ReplyAt(reply, inner.Index + inner.Length);
        return new DeliveryStatus
        {
            Stage = Stage(text, start),
            Reply = SmtpReplies.Of(CodeOf(reply), string.Join("\n", Lines(reply))),
        };
    }

    /// <summary>Returns the text with each line that begins with a blank joined to the line before it.</summary>
    internal static string Unfolded(string text) => Fold.Replace(text, " ");

    private static Regex Short(string pattern) => new(pattern, RegexOptions.CultureInvariant);

    private static bool HasSeparator(string reply, int index) => index < reply.Length && reply[index] == '-';

    private static int FindStart(string text)
    {
        Match bare = Bare.Match(text);
        if (bare.Success && !OtherLine.IsMatch(text, bare.Length)) return bare.Groups["code"].Index;
        Match found = Transcript.Match(text);
        if (!found.Success) found = Reply.Match(text);
        return found.Success ? found.Groups["code"].Index : -1;
    }

    private static string ReplyAt(string text, int start)
    {
        bool isLed = text.Substring(0, start).EndsWith("LED=", StringComparison.Ordinal);
        Match end = (isLed ? EndOfLed : End).Match(text, start);
        string reply = text.Substring(start, (end.Success ? end.Index : text.Length) - start).Replace("\n<<< ", "\n");
        int closing = start == 0 ? -1 : text[start - 1] switch
        {
            '"' => reply.LastIndexOf('"'),
            '\'' => reply.LastIndexOf('\''),
            '(' => reply.LastIndexOf(')'),
            '<' => reply.LastIndexOf('>'),
            ',' => reply.LastIndexOf(','),
            _ => -1,
        };
        if (closing >= 0) reply = reply.Substring(0, closing);
        reply = SmtpReplies.Trim(reply);
        if (reply.EndsWith(')') && reply.Count(character => character == ')') > reply.Count(character => character == '('))
            reply = reply.Substring(0, reply.Length - 1);
        return Quoted.Replace(reply, "$1$3");
    }

    private static IEnumerable<string> Lines(string reply)
    {
        string code = reply.Substring(0, 3);
        string enhancedCode = SmtpReplies.Of(CodeOf(reply), TextAt(reply, 0)).EnhancedCode;
        int start = 0;
        foreach (Match match in Regex.Matches(reply, $@"[ \n](?={code}[ -][ ]*{Regex.Escape(enhancedCode)}|{code}\z)"))
        {
            if (!HasSeparator(reply, start + 3)) break;  // this is the last line
            yield return SmtpReplies.TrimEnd(reply.Substring(start + 4, match.Index - start - 4));
            start = match.Index + 1;
        }
        yield return TextAt(reply, start).Split('\n')[0];
    }

    private static SmtpStatusCode CodeOf(string reply) =>
        (SmtpStatusCode)((reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0'));

    private static string TextAt(string reply, int start) =>
        start + 4 < reply.Length ? reply.Substring(start + 4) : "";

    private static SmtpStage Stage(string text, int start)
    {
        Match found = StageAfter.Match(text, start);
        if (!found.Success)
            found = StageBefore.Matches(text.Substring(0, start)).Cast<Match>().LastOrDefault() ?? Match.Empty;
        return found.Success ? StageOfName[found.Groups["stage"].Value.ToUpperInvariant()] : SmtpStage.NotDefined;
    }
}
