using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>Delivery reports (RFC 3464): what became of each recipient, as a mail system tells it after it took the mail.</summary>
public static class DeliveryReports
{
    private static readonly string[] NamesARecipient = ["final-recipient", "original-recipient", "action", "status"];

    private static readonly Regex Status = new(@"\A[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9])", RegexOptions.CultureInvariant);
    private static readonly Regex Embedded = new(@"\\x\{([0-9A-F]{2,6})\}", RegexOptions.CultureInvariant);
    private const string InAddress = "[^ \\t\\n\\r\\f\\v<>()\\[\\],;:\"']";
    private static readonly Regex Address = new(
        $@"(?<!{InAddress}){InAddress}+@{InAddress}*(?!\.){InAddress}", RegexOptions.CultureInvariant);
    private static readonly Regex NextPiece = new(
        @"\n(?=[ \t]*<?[^ \t\n\r\f\v<>@]{1,320}@[^ \t\n\r\f\v<>@]{1,255}>?[ \t]*$)|\n(?![ \t]|<<<[ ])",
        RegexOptions.CultureInvariant | RegexOptions.Multiline);

    // RFC 5322 3.3 and 4.3. A zone of letters that are not listed there is UTC.
    private static readonly Regex Date = new(
        @"\A(?:[A-Za-z]{3},?[ ])?([0-9]{1,2})[ ]([A-Za-z]{3})[ ]([0-9]{4})[ ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
            + @"(?:[ ](?:([+-])([0-9]{2})([0-9]{2})|([A-Za-z]+)))?(?![0-9A-Za-z])",
        RegexOptions.CultureInvariant);

    private static readonly string[] Months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private static readonly Dictionary<string, int> Hours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EST"] = -5, ["EDT"] = -4, ["CST"] = -6, ["CDT"] = -5, ["MST"] = -7, ["MDT"] = -6, ["PST"] = -8, ["PDT"] = -7,
        ["AST"] = -4, ["ADT"] = -3,
    };

    /// <summary>
    /// Returns what became of each recipient that a delivery report names, in its order. With MimeKit:
    /// <code>
    /// DeliveryReports.Read(
    ///     report.StatusGroups.Select(group => group.Select(field => KeyValuePair.Create(field.Field, field.Value))),
    ///     message.TextBody)
    /// </code>
    /// </summary>
    /// <param name="groups">
    /// The groups of fields in the part <c>message/delivery-status</c> or <c>message/global-delivery-status</c>, each
    /// with the names and values of its fields (RFC 3464 2.1).
    /// </param>
    /// <param name="text">The part of the report that is for people.</param>
    /// <returns>
    /// A status has what the report says of a recipient (RFC 3464 2.3), with decoded addresses (RFC 3461 4, RFC 6533 3), and
    /// the <c>reply</c> and <c>stage</c> of its Diagnostic-Code (see <see cref="SmtpReplies.Find"/>). What is missing of
    /// these two is taken from <paramref name="text"/>, where it tells of this recipient. If there is no reply,
    /// <c>local_error</c> is the text of the Diagnostic-Code.
    /// </returns>
    public static IReadOnlyList<DeliveryStatus> Read(
        IEnumerable<IEnumerable<KeyValuePair<string, string>>> groups, string? text = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        List<DeliveryStatus> statuses =
        [
            .. groups.SelectMany(ByName).Where(fields => NamesARecipient.Any(fields.ContainsKey))
                .Take(Limits.ReportRecipients).Select(StatusOf),
        ];
        string told = SmtpReplies.Start(text ?? "", Limits.SearchedCharacters);
        int kept = Math.Max(Limits.ServerTextCharacters, Limits.ServerTextsCharacters / Math.Max(statuses.Count, 1));
        Dictionary<string, List<string>> pieces = statuses.Count > 1 ? PiecesByAddress(told) : [];
        foreach (DeliveryStatus status in statuses)
        {
            if (status.Stage != SmtpStage.NotDefined || status.Action > DeliveryAction.Delayed) continue;
            if (statuses.Count == 1) AddWhatIsTold(status, told);
            else if (pieces.TryGetValue(status.FinalRecipient, out List<string>? about))
                AddWhatIsTold(status, SmtpReplies.Start(string.Join("\n", about), kept));
        }
        return statuses;
    }

    private static DeliveryStatus StatusOf(Dictionary<string, string> fields)
    {
        string diagnostic = SmtpReplies.Start(Field(fields, "diagnostic-code"), Limits.DiagnosticCodeCharacters);
        DeliveryStatus status = ReplySearch.Find(diagnostic) ?? new DeliveryStatus();
        status.FinalRecipient = AddressOf(Field(fields, "final-recipient"));
        status.OriginalRecipient = Original(fields, status.FinalRecipient);
        status.RemoteMta = ValueOf(Field(fields, "remote-mta")).Split(' ')[0].TrimEnd('.');
        string action = Regex.Split(Field(fields, "action"), "[^A-Za-z0-9_]")[0];
        status.Action = action.Any(char.IsDigit) || !System.Enum.TryParse(action, ignoreCase: true, out DeliveryAction known)
            ? DeliveryAction.NotDefined : known;
        status.Status = Status.Match(Field(fields, "status")).Value;
        status.AttemptTime = Time(Field(fields, "last-attempt-date"));
        if (status.Action is DeliveryAction.Failed or DeliveryAction.Delayed && status.Reply == null)
            status.LocalError = SmtpReplies.Start(ValueOf(diagnostic), Limits.ClientTextCharacters);
        return status;
    }

    private static void AddWhatIsTold(DeliveryStatus status, string text)
    {
        DeliveryStatus? told = ReplySearch.Find(text);
        if (told == null) return;
        if (status.Reply == null)
        {
            // Of another class than the status, it is about another recipient, or about an attempt that was not the last.
            if (status.Status != "" && status.Status[0] - '0' != (int)told.Reply.Code / 100) return;
            status.MergeFrom(told);
            status.LocalError = "";
        }
        else if (told.Reply.Code == status.Reply.Code && told.Reply.EnhancedCode == status.Reply.EnhancedCode)
        {
            status.Stage = told.Stage;
        }
    }

    // A piece is about the first address in it. A server may name others in its reply.
    private static Dictionary<string, List<string>> PiecesByAddress(string text)
    {
        var pieces = new Dictionary<string, List<string>>();
        foreach (string piece in NextPiece.Split(text.Replace("\r\n", "\n")))
        {
            Match address = Address.Match(ReplySearch.Unfolded(piece));
            if (!address.Success) continue;
            if (!pieces.TryGetValue(address.Value, out List<string>? about)) pieces[address.Value] = about = [];
            about.Add(piece);
        }
        return pieces;
    }

    // Yields the fields of each recipient. Some systems write no empty line before the next one.
    private static IEnumerable<Dictionary<string, string>> ByName(IEnumerable<KeyValuePair<string, string>> group)
    {
        var fields = new Dictionary<string, string>();
        foreach (KeyValuePair<string, string> field in group)
        {
            string name = SmtpReplies.Trim(field.Key).ToLowerInvariant();
            if (name is "final-recipient" or "original-recipient" && fields.ContainsKey(name))
            {
                yield return fields;
                fields = [];
            }
            fields[name] = SmtpReplies.OneLine(SmtpReplies.WellFormed(field.Value ?? ""));
        }
        yield return fields;
    }

    private static string Field(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? value) ? value : "";

    // What follows the type in a field such as `dns; mx.example.com` (RFC 3464 2.1.2).
    private static string ValueOf(string field)
    {
        int end = field.IndexOf(';');
        return end < 0 ? field : SmtpReplies.Trim(field.Substring(end + 1));
    }

    private static string AddressOf(string field)
    {
        string address = SmtpReplies.MailboxOf(ValueOf(field));
        return field.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase)
            ? Embedded.Replace(address, match => Character(match)) : address;
    }

    private static string Character(Match match)
    {
        int number = int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return number is < 0xD800 or (> 0xDFFF and < 0x110000) ? char.ConvertFromUtf32(number) : match.Value;
    }

    // Some systems leave the original recipient as it was in ORCPT (RFC 3461 4). Only what stands for + and = is decoded:
    // +20 is a blank there, and a+2024@example.com an address.
    private static string Original(Dictionary<string, string> fields, string finalRecipient)
    {
        string address = AddressOf(Field(fields, "original-recipient"));
        return address == finalRecipient ? address : address.Replace("+3D", "=").Replace("+2B", "+");
    }

    private static Timestamp? Time(string date)
    {
        Match match = Date.Match(date);
        if (!match.Success) return null;
        int Number(int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        int minutes = Number(8) * 60 + Number(9);
        if (match.Groups[7].Value == "-") minutes = -minutes;
        if (Hours.TryGetValue(match.Groups[10].Value, out int hours)) minutes = hours * 60;
        try
        {
            int month = System.Array.IndexOf(Months, match.Groups[2].Value.ToLowerInvariant()) + 1;
            var time = new DateTime(Number(3), month, Number(1), Number(4), Number(5), Number(6), DateTimeKind.Utc);
            return Timestamp.FromDateTime(time.AddMinutes(-minutes));
        }
        catch (ArgumentOutOfRangeException)  // 31 November, or before the year 1
        {
            return null;
        }
    }
}
