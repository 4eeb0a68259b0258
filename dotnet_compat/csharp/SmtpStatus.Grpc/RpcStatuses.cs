using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SmtpStatus.V1;
using Status = Google.Rpc.Status;

namespace SmtpStatus;

/// <summary>
/// A failed delivery as the error of a gRPC call, and back. What is said here holds for Python's
/// <c>smtpstatus.rpc</c>, field by field.
/// </summary>
public static class RpcStatuses
{
    /// <summary>The <c>domain</c> of our ErrorInfo.</summary>
    public const string Domain = "smtpstatus.v1";

    private const string DetailsKey = "grpc-status-details-bin";

    // gRPC's own limit for the trailers of a call is 8 KiB, above which it turns errors at random into
    // RESOURCE_EXHAUSTED. Other stacks count them in base64, and the message in percent-encoding.
    private const int MostBytes = 3000;
    private const int MostCharacters = 255;
    private const int MostInMessage = 160;

    /// <summary>Returns the error with which a service answers when it could not deliver.</summary>
    /// <remarks>
    /// <para>code: that of <see cref="SmtpReplies.RpcCode"/>; INTERNAL for a 2yz or 3yz, which a client took for a
    /// failure.</para>
    /// <para>message: the reply in one line, or <c>local_error</c>, or the code's summary: the first of them that is
    /// not empty, and 160 characters of it.</para>
    /// <para>details: an ErrorInfo, whose reason is the code's name (<c>SMTP_STATUS_CODE_MAILBOX_BUSY</c>,
    /// <c>SMTP_STATUS_CODE_521</c>, <c>SMTP_STATUS_CODE_MINUS_5</c>) and whose domain is <see cref="Domain"/>; the
    /// DeliveryStatus itself; and, where a delay is given and <see cref="DeliveryStatuses.ShouldRetry"/> says yes, a
    /// RetryInfo. A DeliveryStatus of more than 3,000 bytes is shortened: no text has more than 255 characters, and
    /// the last lines of the reply are left out.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">It is a success: a 2yz without <c>local_error</c>.</exception>
    public static Status ToStatus(this DeliveryStatus deliveryStatus, TimeSpan? retryDelay = null)
    {
        ArgumentNullException.ThrowIfNull(deliveryStatus);
        if (IsSuccess(deliveryStatus))
        {
            throw new ArgumentException(
                $"{(int)deliveryStatus.Reply.Code} is a success, which a service answers with its own message and no error",
                nameof(deliveryStatus));
        }
        SmtpReply reply = deliveryStatus.Reply ?? new SmtpReply();
        string digits = ((int)reply.Code).ToString(CultureInfo.InvariantCulture);
        string text = reply.Lines.Count > 0 ? $"{digits} {string.Join(" ", reply.Lines)}"
            : deliveryStatus.LocalError.Length > 0 ? deliveryStatus.LocalError
            : reply.Code.Summary(CultureInfo.InvariantCulture);
        var info = new ErrorInfo
        {
            Reason = reply.Code.IsKnown() ? reply.Code.ProtoName()
                : $"SMTP_STATUS_CODE_{digits.Replace("-", "MINUS_")}",
            Domain = Domain,
        };
        var status = new Status
        {
            Code = reply.RpcCode() is var code and not 0 ? code : (int)Code.Internal,
            Message = Start(text, MostInMessage).Trim(' ', '\t', '\n'),
            Details = { Any.Pack(info), Any.Pack(Shortened(deliveryStatus)) },
        };
        if (retryDelay is { } delay && deliveryStatus.ShouldRetry())
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return status;
    }

    /// <summary>Returns the DeliveryStatus among the details, the first that is intact.</summary>
    /// <returns>
    /// Null where there is none: an error of another kind is never guessed at. Nor is one believed that says that the
    /// mail was delivered, for that is no error.
    /// </returns>
    public static DeliveryStatus? FromStatus(Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        foreach (Any detail in status.Details)
        {
            try
            {
                if (detail.TryUnpack(out DeliveryStatus found) && !IsSuccess(found)) return found;
            }
            catch (InvalidProtocolBufferException)
            {
            }
        }
        return null;
    }

    /// <summary>Returns the exception with which a server ends a call: the error of <see cref="ToStatus"/>.</summary>
    /// <exception cref="ArgumentException">It is a success.</exception>
    public static RpcException ToRpcException(this DeliveryStatus deliveryStatus, TimeSpan? retryDelay = null) =>
        deliveryStatus.ToStatus(retryDelay).ToRpcException();

    /// <summary>Returns the DeliveryStatus that a server ended the call with.</summary>
    /// <returns>
    /// Null for an error of another kind, as <see cref="FromStatus"/> says, and where the details name another code
    /// than the call ended with.
    /// </returns>
    public static DeliveryStatus? FromRpcException(RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        byte[]? bytes = exception.Trailers.GetValueBytes(DetailsKey);
        if (bytes == null) return null;
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

    private static bool IsSuccess(DeliveryStatus status) =>
        status.Reply != null && status.Reply.Code.IsSuccess() && status.LocalError.Length == 0;

    private static DeliveryStatus Shortened(DeliveryStatus whole)
    {
        if (whole.CalculateSize() <= MostBytes) return whole;
        SmtpReply full = whole.Reply ?? new SmtpReply();
        var reply = new SmtpReply { Code = full.Code, EnhancedCode = Start(full.EnhancedCode) };
        var brief = new DeliveryStatus
        {
            FinalRecipient = Start(whole.FinalRecipient),
            Stage = whole.Stage,
            Reply = reply,
            RemoteMta = Start(whole.RemoteMta),
            AttemptTime = whole.AttemptTime,
            LocalError = Start(whole.LocalError),
        };
        foreach (string line in full.Lines)
        {
            reply.Lines.Add(Start(line));
            if (brief.CalculateSize() <= MostBytes) continue;
            reply.Lines.RemoveAt(reply.Lines.Count - 1);
            break;
        }
        return brief;
    }

    /// <summary>Returns the first characters of a text, counted as Python does: by code points.</summary>
    private static string Start(string text, int most = MostCharacters)
    {
        int end = 0;
        for (; most > 0 && end < text.Length; most--) end += char.IsSurrogatePair(text, end) ? 2 : 1;
        return text.Substring(0, end);
    }
}
