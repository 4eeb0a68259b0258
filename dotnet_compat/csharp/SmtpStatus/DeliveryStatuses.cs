using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>What became of each recipient, from the exceptions of .NET's SMTP clients.</summary>
public static class DeliveryStatuses
{
    private const int MaximumWords = 1000;

    /// <summary>
    /// Returns what became of each recipient, from an exception of Aspose.Email, System.Net.Mail, MailKit, or any.
    /// </summary>
    /// <param name="exception">The exception, with what it has inside: the outermost often says -1 only.</param>
    /// <param name="recipients">To whom the mail was to go, for an exception that names nobody.</param>
    /// <param name="stage">What was answered, for an exception whose type does not tell.</param>
    /// <returns>
    /// One for each recipient that was refused. Where the exception names none, one for each of
    /// <paramref name="recipients"/>; and where none are given, a single one with an empty recipient. A failure
    /// without a reply is code -1, with the client's words in <c>local_error</c>.
    /// </returns>
    public static IReadOnlyList<DeliveryStatus> From(
        Exception exception, IEnumerable<string>? recipients = null, SmtpStage stage = SmtpStage.NotDefined)
    {
        ArgumentNullException.ThrowIfNull(exception);
        List<ClientException> found = ClientException.Walk(exception);
        // The first reply counts; but one that the server gave to a recipient counts for that one.
        ClientException? decisive = found.Find(client => client.HasReply);
        var refused = new Dictionary<string, ClientException?>();
        foreach (ClientException client in found)
        {
            string recipient = Address(client.Recipient ?? "");
            if (recipient.Length > 0 && (!refused.TryGetValue(recipient, out ClientException? known) || known == null))
                refused[recipient] = client.HasReply ? client : null;
        }
        string[] all = [.. refused.Count > 0 ? refused.Keys : recipients?.Select(Address) ?? []];
        if (all.Length == 0) all = [""];
        return [.. all.Select(recipient =>
        {
            refused.TryGetValue(recipient, out ClientException? client);
            client ??= decisive;
            DeliveryStatus status = client == null ? WithoutReply(exception, found) : WithReply(client);
            status.FinalRecipient = recipient;
            if (status.Stage == SmtpStage.NotDefined) status.Stage = stage;
            return status;
        })];
    }

    /// <summary>Whether the same mail may reach this recipient later, without anything being changed.</summary>
    /// <remarks>
    /// Yes for 4yz (RFC 5321 4.2.1), for a failure without a reply (-1), and for 552 to RCPT TO, which many servers
    /// send for 452 (RFC 5321 4.5.3.1.10). No for all else: another 5yz, a success, a number of no class.
    /// </remarks>
    public static bool ShouldRetry(this DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        SmtpStatusCode code = status.Reply?.Code ?? SmtpStatusCode.NotDefined;
        if (code == SmtpStatusCode.ExceededStorageAllocation) return status.Stage == SmtpStage.Rcpt;
        return code.IsTransient() || code == SmtpStatusCode.GeneralFailure;
    }

    private static DeliveryStatus WithReply(ClientException client) => new()
    {
        Stage = client.Stage,
        Reply = client.ServerText == null
            ? new SmtpReply { Code = client.Code } : SmtpReplies.Of(client.Code, client.ServerText),
        // Without words of the client the message would be that of a success.
        LocalError = client.Code.IsTransient() || client.Code.IsPermanent()
            ? "" : "the client took this reply for a failure",
    };

    private static DeliveryStatus WithoutReply(Exception exception, List<ClientException> found)
    {
        // Many exceptions inside may say much.
        IEnumerable<string> all = found.Select(client => client.OwnWords).Where(text => text.Length > 0).Distinct();
        string words = string.Join(" ", all);
        words = words.Substring(0, Math.Min(words.Length, MaximumWords));
        return new DeliveryStatus
        {
            Stage = found.Select(client => client.Stage).FirstOrDefault(told => told != SmtpStage.NotDefined),
            Reply = new SmtpReply { Code = SmtpStatusCode.GeneralFailure },
            LocalError = SmtpReplies.WellFormed(words.Length > 0 ? words : exception.GetType().Name),
        };
    }

    // The clients have ` <bob@example.com>`; what was to go to `Bob <bob@example.com>` went to the address.
    private static string Address(string recipient)
    {
        string address = SmtpReplies.WellFormed(recipient).Trim();
        if (!address.EndsWith('>')) return address;
        int start = address.LastIndexOf('<') + 1;
        return address.Substring(start, address.Length - 1 - start);
    }
}
