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
        var order = new List<string>();
        order.AddRange(recipients?.Select(Address) ?? []);
        foreach (ClientException client in found)
        {
            string recipient = Address(client.Recipient ?? "");
            if (recipient.Length == 0) continue;
            if (!named.TryGetValue(recipient, out ClientException? known) || !known.HasReply) named[recipient] = client;
            order.Add(recipient);
        }
        if (order.Count == 0) order.Add("");
        // What the server said to nobody in particular concerns all whom it did not name.
        ClientException? general = found.Find(client => client.HasReply && string.IsNullOrEmpty(client.Recipient));
        ClientException? decisive = general ?? found.Find(client => client.HasReply);
        DeliveryCondition? others = found.Find(client => !string.IsNullOrEmpty(client.Recipient))?.Others;
        DeliveryStatus common = decisive == null ? WithoutReply(exception, found) : WithReply(decisive);
        return [.. order.Distinct().Select(recipient =>
        {
            named.TryGetValue(recipient, out ClientException? own);
            if (own == null && general == null && others is { } known)
                return new DeliveryStatus { FinalRecipient = recipient, Condition = known };
            DeliveryStatus status = own?.HasReply == true ? WithReply(own) : common.Clone();
            status.FinalRecipient = recipient;
            if (status.Stage == SmtpStage.NotDefined) status.Stage = stage;
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
    };

    private static DeliveryStatus WithoutReply(Exception exception, List<ClientException> found)
    {
        // Many exceptions inside may say much.
        IEnumerable<string> all = found.Select(client => client.OwnWords).Where(text => text.Length > 0).Distinct();
        string words = string.Join(" ", all);
        words = words.Substring(0, Math.Min(words.Length, MaximumWords));
        return new DeliveryStatus
        {
            Stage = found.Select(client => client.Stage).FirstOrDefault(stage => stage != SmtpStage.NotDefined),
            Reply = new SmtpReply { Code = SmtpStatusCode.GeneralFailure },
            LocalError = SmtpReplies.WellFormed(words.Length > 0 ? words : exception.GetType().Name),
            Condition = found.Min(client => client.Condition),
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
