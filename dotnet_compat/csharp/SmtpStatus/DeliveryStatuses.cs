using System.Globalization;
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
    /// <param name="recipients">To whom the mail was to go.</param>
    /// <param name="stage">What was answered, for an exception whose type does not tell.</param>
    /// <param name="told">
    /// Reads the status that the exception of another library carries; SmtpStatus.Grpc has it for gRPC.
    /// </param>
    /// <returns>
    /// One for each of <paramref name="recipients"/>, in their order, then one for whoever else the exception names; where
    /// nobody is known, a single one with an empty recipient. Of whom the exception does not name, <c>condition</c> says
    /// what is known: accepted, not sent, or not known; no reply is invented. A failure without a reply is code -1, with
    /// the client's words in <c>local_error</c>, and <c>condition</c> says what went wrong.
    /// </returns>
    public static IReadOnlyList<DeliveryStatus> From(
        Exception exception,
        IEnumerable<string>? recipients = null,
        SmtpStage stage = SmtpStage.NotDefined,
        Func<Exception, DeliveryStatus?>? told = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        List<ClientException> found = ClientException.Walk(exception, told);
        var named = new Dictionary<string, ClientException>();
        foreach (ClientException client in found.Where(client => client.Recipient != null))
        {
            string key = Key(client.Recipient!);
            if (!named.TryGetValue(key, out ClientException? known) || !known.HasReply) named[key] = client;
        }
        // By key, so that two spellings of one mailbox are one; the caller's spelling is kept.
        var given = new Dictionary<string, string>();
        foreach (string recipient in (recipients ?? []).Select(SmtpReplies.MailboxOf).Distinct())
            given[Key(recipient)] = recipient;
        // What the server said to nobody in particular concerns all whom it did not name.
        ClientException? general = found.Find(client => client.HasReply && client.Recipient == null);
        DeliveryStatus common = general != null ? WithReply(general) : WithoutReply(exception, found);
        DeliveryCondition? others = found.Find(client => client.Recipient != null)?.Others;
        // A refused one may be one of those who are given, by another name.
        if (others == DeliveryCondition.Accepted && given.Count > 0 && named.Keys.Any(key => !given.ContainsKey(key)))
            others = DeliveryCondition.NotKnown;
        string[] keys = [.. given.Keys.Concat(named.Keys).Distinct()];
        if (keys.Length == 0) keys = [""];
        return [.. keys.Select(key =>
        {
            named.TryGetValue(key, out ClientException? own);
            DeliveryStatus status;
            if (own == null && general == null && others is { } known)
            {
                status = new DeliveryStatus { Condition = known };
            }
            else
            {
                status = own?.HasReply == true ? WithReply(own)
                    : own != null && general == null ? WithoutReply(exception, [own])
                    : common.Clone();
                if (status.Stage == SmtpStage.NotDefined) status.Stage = stage;
            }
            status.FinalRecipient = given.TryGetValue(key, out string? recipient) ? recipient : own?.Recipient ?? "";
            return status;
        })];
    }

    private static DeliveryStatus WithReply(ClientException client) => client.Told?.Clone() ?? new()
    {
        Stage = client.Stage,
        Reply = client.ServerText == null
            ? new SmtpReply { Code = client.Code } : SmtpReplies.Of(client.Code, client.ServerText),
        // Without words of the client the message would be that of a success.
        LocalError = client.Code.IsTransient() || client.Code.IsPermanent()
            ? "" : "the client took this reply for a failure",
        Condition = (int)client.Code is >= 200 and < 600
            ? DeliveryCondition.NotDefined : DeliveryCondition.ProtocolError,  // three digits, and no reply code
    };

    private static DeliveryStatus WithoutReply(Exception exception, List<ClientException> found)
    {
        // Many exceptions inside may say much.
        IEnumerable<string> all = found
            .Select(client => SmtpReplies.Start(client.OwnWords, MaximumWords)).Where(text => text.Length > 0).Distinct();
        string words = SmtpReplies.Start(string.Join(" ", all), MaximumWords);
        return new DeliveryStatus
        {
            Stage = found.Select(client => client.Stage).FirstOrDefault(stage => stage != SmtpStage.NotDefined),
            Reply = new SmtpReply { Code = SmtpStatusCode.GeneralFailure },
            LocalError = SmtpReplies.WellFormed(words.Length > 0 ? words : exception.GetType().Name),
            Condition = found.Min(client => client.Condition),
        };
    }

    // System.Net.Mail writes domains in punycode.
    private static string Key(string recipient)
    {
        int domain = recipient.LastIndexOf('@') + 1;
        string name = recipient.Substring(domain).ToLowerInvariant();
        try
        {
            if (name.Any(character => character > '\x7f')) name = new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)  // no name of a host: it stays as it is
        {
        }
        return $"{recipient.Remove(domain)}{name}";
    }
}
