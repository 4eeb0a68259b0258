using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SmtpStatus.V1;
using Status = Google.Rpc.Status;

namespace SmtpStatus;

/// <summary>
/// Converts a failed delivery to the error of a gRPC call, and back. Python's <c>smtpstatus.rpc</c> makes the same
/// error, field by field.
/// </summary>
public static class RpcStatuses
{
    /// <summary>The <c>domain</c> of our ErrorInfo.</summary>
    public const string Domain = "smtpstatus.v1";

    private const string DetailsKey = "grpc-status-details-bin";

    private const int LongestEnhancedCode = 9;  // 5.999.999

    /// <summary>Returns the error with which a service answers when it could not deliver.</summary>
    /// <remarks>
    /// <para>code: that of <see cref="DeliveryConditions.RpcCode"/>.</para>
    /// <para>message: the reply in one line, or <c>local_error</c>, or the summary of the reply code (of the condition
    /// if there is no reply): the first of them that is not empty, cut to 160 characters.</para>
    /// <para>details: an ErrorInfo, the DeliveryStatus itself and, if a delay is given and
    /// <see cref="DeliveryConditions.ShouldRetry"/> says yes, a RetryInfo. The reason of the ErrorInfo is the code's
    /// name (<c>SMTP_STATUS_CODE_MAILBOX_BUSY</c>, <c>SMTP_STATUS_CODE_521</c>, <c>SMTP_STATUS_CODE_MINUS_5</c>), and
    /// its domain is <see cref="Domain"/>. Its metadata, for callers that do not have our messages, are
    /// <c>condition</c>, <c>code</c>, <c>enhanced_code</c> if there is one, and <c>retry</c>. A DeliveryStatus of more
    /// than 3,000 bytes is shortened: no text has more than 255 bytes, and the last lines of the reply are left
    /// out.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">Nothing failed: the mail was accepted, or is only delayed.</exception>
    public static Status ToStatus(this DeliveryStatus deliveryStatus, TimeSpan? retryDelay = null)
    {
        ArgumentNullException.ThrowIfNull(deliveryStatus);
        DeliveryCondition condition = DeliveryConditions.Of(deliveryStatus);
        RpcCode rpcCode = deliveryStatus.RpcCode();
        bool shouldRetry = deliveryStatus.ShouldRetry();
        if (rpcCode == RpcCode.Ok)
        {
            throw new ArgumentException(
                $"{condition.ProtoName()} is not a failure: answer it with a message of your own, not an error",
                nameof(deliveryStatus));
        }
        SmtpReply reply = deliveryStatus.Reply ?? new SmtpReply();
        string digits = ((int)reply.Code).ToString(CultureInfo.InvariantCulture);
        string text = reply.Lines.Count > 0 ? $"{digits} {string.Join(" ", reply.Lines)}"
            : deliveryStatus.LocalError.Length > 0 ? deliveryStatus.LocalError
            : (int)reply.Code is >= 200 and < 600 ? reply.Code.Summary(CultureInfo.InvariantCulture)
            : condition.Summary(CultureInfo.InvariantCulture);
        var info = new ErrorInfo
        {
            Reason = reply.Code.IsKnown() ? reply.Code.ProtoName()
                : $"SMTP_STATUS_CODE_{digits.Replace("-", "MINUS_")}",
            Domain = Domain,
        };
        string enhancedCode =
            EnhancedCode(reply.EnhancedCode.Length > 0 ? reply.EnhancedCode : deliveryStatus.Status);
        // In the order of their names, as in Python, so that the same error has the same bytes.
        info.Metadata.Add("code", digits);
        info.Metadata.Add("condition", condition.ProtoName());
        if (enhancedCode.Length > 0) info.Metadata.Add("enhanced_code", enhancedCode);
        info.Metadata.Add("retry", shouldRetry ? "true" : "false");
        var status = new Status
        {
            Code = (int)rpcCode,
            Message = SmtpReplies.Start(text, Limits.StatusMessageCharacters).Trim(' ', '\t', '\n'),
            Details = { Any.Pack(info), Any.Pack(Shortened(deliveryStatus)) },
        };
        if (retryDelay is { } delay && shouldRetry)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return status;
    }

    /// <summary>Returns the first intact DeliveryStatus among the first 64 details.</summary>
    /// <returns>
    /// Null if there is none: this never guesses at an error of another kind. A DeliveryStatus that says that nothing
    /// failed is passed over, because that is not an error.
    /// </returns>
    public static DeliveryStatus? FromStatus(Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        foreach (Any detail in status.Details.Take(Limits.DetailCount))
        {
            try
            {
                if (detail.TryUnpack(out DeliveryStatus found) && found.RpcCode() != RpcCode.Ok) return found;
            }
            catch (InvalidProtocolBufferException)
            {
            }
        }
        return null;
    }

    /// <summary>Returns the exception with which a server ends a call: the error of <see cref="ToStatus"/>.</summary>
    /// <exception cref="ArgumentException">Nothing failed.</exception>
    public static RpcException ToRpcException(this DeliveryStatus deliveryStatus, TimeSpan? retryDelay = null) =>
        deliveryStatus.ToStatus(retryDelay).ToRpcException();

    /// <summary>Returns the DeliveryStatus that a server ended the call with.</summary>
    /// <returns>
    /// Null for an error of another kind (see <see cref="FromStatus"/>), and if the details name another code than the
    /// call ended with.
    /// </returns>
    public static DeliveryStatus? FromRpcException(RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        byte[]? bytes = exception.Trailers.GetValueBytes(DetailsKey);
        if (bytes == null || bytes.Length > Limits.DetailsBytes) return null;
        try
        {
            Status status = Status.Parser.ParseFrom(bytes);
            return status.Code == (int)exception.StatusCode ? FromStatus(status) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns what became of each recipient, as <see cref="DeliveryStatuses.From"/> does, from an exception that may
    /// also hold the error of a gRPC call.
    /// </summary>
    public static IReadOnlyList<DeliveryStatus> DeliveryStatusesFrom(
        Exception exception, IEnumerable<string>? recipients = null, SmtpStage stage = SmtpStage.NotDefined) =>
        DeliveryStatuses.From(exception, recipients, stage, CarriedBy);

    /// <summary>
    /// Returns what became of the first recipient, or null if the exception has nothing to do with an SMTP client.
    /// </summary>
    internal static DeliveryStatus? RefusalIn(Exception exception) =>
        ClientException.Walk(exception, CarriedBy).Exists(client => client.IsOfSmtpClient)
            ? DeliveryStatuses.From(exception, told: CarriedBy)[0] : null;

    private static DeliveryStatus? CarriedBy(Exception exception) =>
        exception is RpcException error ? FromRpcException(error) : null;

    private static DeliveryStatus Shortened(DeliveryStatus whole)
    {
        if (whole.CalculateSize() <= Limits.StatusBytes) return whole;
        SmtpReply full = whole.Reply ?? new SmtpReply();
        var reply = new SmtpReply { Code = full.Code, EnhancedCode = StillNoCode(full.EnhancedCode) };
        var brief = new DeliveryStatus
        {
            FinalRecipient = Start(whole.FinalRecipient),
            OriginalRecipient = Start(whole.OriginalRecipient),
            Stage = whole.Stage,
            Reply = reply,
            RemoteMta = Start(whole.RemoteMta),
            AttemptTime = whole.AttemptTime,
            LocalError = Start(whole.LocalError),
            Condition = whole.Condition,
            Action = whole.Action,
            Status = StillNoCode(whole.Status),
        };
        foreach (string line in full.Lines)
        {
            reply.Lines.Add(Start(line));
            if (brief.CalculateSize() <= Limits.StatusBytes) continue;
            reply.Lines.RemoveAt(reply.Lines.Count - 1);
            break;
        }
        return brief;
    }

    /// <summary>Returns as many characters of a text as fit into 255 bytes.</summary>
    private static string Start(string text)
    {
        int end = 0, size = 0;
        while (end < text.Length)
        {
            int length = char.IsSurrogatePair(text, end) ? 2 : 1;
            size += Encoding.UTF8.GetByteCount(text.AsSpan(end, length));
            if (size > Limits.StatusTextBytes) break;
            end += length;
        }
        return text.Substring(0, end);
    }

    /// <summary>Shortens a text that is too long for an enhanced status code such that it stays so: the decision is the same.</summary>
    private static string StillNoCode(string text) => SmtpReplies.Start(text, LongestEnhancedCode + 1);

    /// <summary>Returns the text, or an empty one if it is too long for an enhanced status code.</summary>
    private static string EnhancedCode(string text) =>
        SmtpReplies.Start(text, LongestEnhancedCode) == text ? text : "";
}
