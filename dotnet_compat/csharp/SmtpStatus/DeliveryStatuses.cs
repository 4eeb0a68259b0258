using System.Globalization;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>What became of each recipient, read from the exceptions of .NET's SMTP clients.</summary>
public static class DeliveryStatuses
{
    /// <summary>
    /// Returns what became of each recipient, from any exception: of Aspose.Email, System.Net.Mail, MailKit or others.
    /// </summary>
    /// <param name="exception">The outermost exception. It often says only -1, so those inside it are read too.</param>
    /// <param name="recipients">The recipients of the mail.</param>
    /// <param name="stage">What the reply answered, for an exception whose type does not say it.</param>
    /// <param name="told">
    /// Reads the status that an exception of another library carries; SmtpStatus.Grpc does this for gRPC.
    /// </param>
    /// <returns>
    /// A status for each of <paramref name="recipients"/>, in their order, then a status for each other recipient that
    /// the exception names. If no recipient is known, a single status with an empty recipient. If the exception is only
    /// about some recipients, the others get no reply: their <c>condition</c> says what is known (accepted, not sent or
    /// not known). A failure without a reply has the code -1 and the client's message in <c>local_error</c>, and its
    /// <c>condition</c> says what went wrong.
    /// </returns>
    public static IReadOnlyList<DeliveryStatus> From(
        Exception exception,
        IEnumerable<string>? recipients = null,
        SmtpStage stage = SmtpStage.NotDefined,
        Func<Exception, DeliveryStatus?>? told = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        List<ClientException> exceptions = ClientException.Walk(exception, told);
        var named = new Dictionary<string, ClientException>();
        foreach (ClientException client in exceptions.Where(client => client.Recipient != null))
        {
            string key = Key(client.Recipient!);
            if (!named.TryGetValue(key, out ClientException? known) || !known.HasReply) named[key] = client;
        }
        // By key, so that two spellings of one mailbox count once; the caller's spelling is kept.
        var given = new Dictionary<string, string>();
        foreach (string recipient in (recipients ?? []).Select(SmtpReplies.MailboxOf).Distinct())
            given[Key(recipient)] = recipient;
        string[] keys = [.. given.Keys.Concat(named.Keys).Distinct()];
        if (keys.Length == 0) keys = [""];
        int kept = Math.Max(Limits.ServerTextCharacters, Limits.ServerTextsCharacters / keys.Length);
        // A reply that names no recipient concerns every recipient without a reply of its own.
        ClientException? general = exceptions.Find(client => client.HasReply && client.Recipient == null);
        DeliveryStatus common = general != null ? WithReply(general, kept) : WithoutReply(exception, exceptions);
        DeliveryCondition? conditionOfOthers = exceptions.Find(client => client.Recipient != null)?.ConditionOfOthers;
        // A refused recipient that was not given may be a given one under another name.
        if (conditionOfOthers == DeliveryCondition.Accepted
            && given.Count > 0 && named.Keys.Any(key => !given.ContainsKey(key)))
            conditionOfOthers = DeliveryCondition.NotKnown;
        return [.. keys.Select(key =>
        {
            named.TryGetValue(key, out ClientException? refusal);
            DeliveryStatus status;
            if (refusal == null && general == null && conditionOfOthers is { } condition)
            {
                status = new DeliveryStatus { Condition = condition };
            }
            else
            {
                status = refusal?.HasReply == true ? WithReply(refusal, kept)
                    : refusal != null && general == null ? WithoutReply(exception, [refusal])
                    : common.Clone();
                if (status.Stage == SmtpStage.NotDefined) status.Stage = stage;
            }
            status.FinalRecipient =
                given.TryGetValue(key, out string? recipient) ? recipient : refusal?.Recipient ?? "";
            return status;
        })];
    }

    private static DeliveryStatus WithReply(ClientException client, int kept) => client.CarriedStatus?.Clone() ?? new()
    {
        Stage = client.Stage,
        Reply = client.ServerText == null
            ? new SmtpReply { Code = client.Code }
            : SmtpReplies.Of(client.Code, SmtpReplies.Start(client.ServerText, kept)),
        // Without local_error, the status would be that of a success.
        LocalError = client.Code.IsTransient() || client.Code.IsPermanent()
            ? "" : "the client took this reply for a failure",
        Condition = (int)client.Code is >= 200 and < 600
            ? DeliveryCondition.NotDefined : DeliveryCondition.ProtocolError,  // three digits that are not a reply code
    };

    private static DeliveryStatus WithoutReply(Exception exception, List<ClientException> exceptions)
    {
        // Many inner exceptions could make a very long local_error.
        IEnumerable<string> texts = exceptions
            .Select(client => SmtpReplies.Start(client.ClientText, Limits.ClientTextCharacters))
            .Where(text => text.Length > 0).Distinct();
        string localError = SmtpReplies.Start(string.Join(" ", texts), Limits.ClientTextCharacters);
        return new DeliveryStatus
        {
            Stage = exceptions.Select(client => client.Stage).FirstOrDefault(stage => stage != SmtpStage.NotDefined),
            Reply = new SmtpReply { Code = SmtpStatusCode.GeneralFailure },
            LocalError = SmtpReplies.WellFormed(localError.Length > 0 ? localError : exception.GetType().Name),
            Condition = exceptions.Min(client => client.Condition),
        };
    }

    // System.Net.Mail writes domains in punycode.
    private static string Key(string recipient)
    {
        int domain = recipient.LastIndexOf('@') + 1;
        string name = recipient.Substring(domain).ToLowerInvariant();
        try
        {
            if (name.Any(character => character > '\x7f') && SmtpReplies.Start(name, Limits.DomainCharacters) == name)
                name = new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)  // not a host name: it stays as it is
        {
        }
        return $"{recipient.Remove(domain)}{name}";
    }
}
