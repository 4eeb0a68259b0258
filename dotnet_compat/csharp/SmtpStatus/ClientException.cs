using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>
/// One exception of an SMTP client: Aspose.Email's, System.Net.Mail's and MailKit's, none of which is referenced here.
/// They are told by their properties, which are looked up once for each type.
/// </summary>
internal sealed class ClientException
{
    private const int MaximumDepth = 16;
    private const int MaximumCount = 10_000;

    // What System.Net.Mail, Aspose.Email and MailKit put between their own words and the server's.
    private static readonly Regex Marker = new("The server response(?: was)?: |(?<=unexpectedly disconnected): ");

    private static readonly ConditionalWeakTable<Type, Shape> Shapes = new();

    private readonly Exception exception;
    private readonly Shape shape;

    private ClientException(Exception exception, bool isOfAuthentication, DeliveryStatus? told)
    {
        this.exception = exception;
        Told = told;
        shape = Shapes.GetValue(exception.GetType(), type => new Shape(type));
        object? code = shape.StatusCode?.Of(exception);
        Code = code != null ? (SmtpStatusCode)Convert.ToInt32(code, CultureInfo.InvariantCulture)
            : shape.IsOfMissingAuthentication
                && (shape.StackTrace?.Of(exception) as string)?.Contains("MailKit.Net.Smtp.") == true
            ? SmtpStatusCode.AuthenticationRequired  // what MailKit makes of that reply; IMAP's has other words
            : SmtpStatusCode.GeneralFailure;
        (OwnWords, ServerText) = Words();
        (Stage, string? recipient, Others) = StageAndRecipient();
        string mailbox = SmtpReplies.MailboxOf((told == null ? recipient : told.FinalRecipient) ?? "");
        Recipient = mailbox.Length > 0 ? mailbox : null;
        if (IsInventedByMailKit())
        {
            (OwnWords, ServerText) = (ServerText ?? "", null);
            (Code, Stage) = (SmtpStatusCode.GeneralFailure, SmtpStage.Rcpt);
        }
        IsOfAuthentication = isOfAuthentication || shape.IsOfAuthentication;
        if (IsOfAuthentication && Stage == SmtpStage.NotDefined) Stage = SmtpStage.Auth;
        Condition = ExceptionConditions.Of(exception, OwnWords);
    }

    /// <summary>What the server said; -1 where the exception does not tell.</summary>
    internal SmtpStatusCode Code { get; }

    /// <summary>Whether <see cref="Code"/> is the server's.</summary>
    internal bool HasReply => Told != null || (int)Code is >= 100 and <= 999;

    /// <summary>The whole status, where the error of a gRPC call carries it.</summary>
    internal DeliveryStatus? Told { get; }

    /// <summary>What went wrong where there was no reply.</summary>
    internal DeliveryCondition Condition { get; }

    /// <summary>What became of those whom nobody names, where this names one.</summary>
    internal DeliveryCondition Others { get; }

    /// <summary>The reply without its code, as much of it as the client lets out; null for nothing.</summary>
    internal string? ServerText { get; }

    /// <summary>The message of the exception, without what the server said.</summary>
    internal string OwnWords { get; }

    /// <summary>What was answered, where the type of the exception tells.</summary>
    internal SmtpStage Stage { get; }

    /// <summary>Whom the server refused, where the exception is about one recipient.</summary>
    internal string? Recipient { get; }

    private bool IsOfAuthentication { get; }

    /// <summary>Returns the exception and all inside it, outermost first; each once.</summary>
    /// <param name="exception">The outermost one.</param>
    /// <param name="told">Reads the status that an exception of another library carries.</param>
    internal static List<ClientException> Walk(Exception exception, Func<Exception, DeliveryStatus?>? told)
    {
        var found = new List<ClientException>();
        var visited = new HashSet<Exception>(ByReference.Comparer);
        int nameless = 0;
        void Visit(Exception node, int depth, bool isOfAuthentication)
        {
            if (nameless >= MaximumCount || !visited.Add(node)) return;
            var client = new ClientException(node, isOfAuthentication, told?.Invoke(node));
            found.Add(client);
            if (client.Recipient == null) nameless++;
            if (depth == MaximumDepth) return;
            foreach (Exception inner in client.Inside()) Visit(inner, depth + 1, client.IsOfAuthentication);
        }
        Visit(exception, 0, isOfAuthentication: false);
        return found;
    }

    private List<Exception> Inside()
    {
        List<Exception> inside = Items(shape.InnerExceptions?.Of(exception));
        object? details = shape.OperationDetails?.Of(exception);
        if (details != null && Property.Find(details.GetType(), "Failed")?.Of(details) is { } failed)
            inside.AddRange(Items(Property.Find(failed.GetType(), "Values")?.Of(failed)));
        if (exception.InnerException != null) inside.Add(exception.InnerException);
        return inside;
    }

    private static List<Exception> Items(object? values)
    {
        var items = new List<Exception>();
        try
        {
            // A collection has an end; what is only enumerable need not have one.
            int most = values is ICollection ? int.MaxValue : MaximumCount;
            items.AddRange((values as IEnumerable)?.Cast<object>().Take(most).OfType<Exception>() ?? []);
        }
        catch (Exception)  // whatever a collection of a stranger's throws: what else there is still counts
        {
        }
        return items;
    }

    // A subclass of MailKit's client may go on after refused recipients. Where all were refused, the client itself
    // raises what looks like a reply of the server, and what the server really said is gone.
    private bool IsInventedByMailKit() =>
        shape.IsOfMailKit && Code == SmtpStatusCode.TransactionFailed && ServerText == "No recipients were accepted.";

    private (string OwnWords, string? ServerText) Words()
    {
        string text;
        try
        {
            text = exception.Message ?? "";
        }
        catch (Exception)  // as in Items
        {
            return ("", null);
        }
        if (shape.IsOfMailKit || (shape.IsOfMissingAuthentication && HasReply))
            return ("", text.Trim('\r', '\n'));  // nothing but the server's
        if (Marker.Match(text) is not { Success: true } marker) return (text.Trim(), null);
        string said = text.Substring(marker.Index + marker.Length).Trim('\r', '\n');
        if (shape.IsOfAspose && said.All(character => character <= 0xff))  // it takes each byte for a character
            said = Encoding.UTF8.GetString([.. said.Select(character => (byte)character)]);
        return (text.Substring(0, marker.Index).Trim(), said);
    }

    private (SmtpStage, string?, DeliveryCondition) StageAndRecipient()
    {
        // Only RCPT TO makes such an exception. System.Net.Mail sends to the others before it throws; Aspose.Email does
        // not always.
        if (shape.FailedRecipient is { } failed)
        {
            DeliveryCondition others = shape.IsOfAspose ? DeliveryCondition.NotKnown : DeliveryCondition.Accepted;
            return (SmtpStage.Rcpt, failed.Of(exception) as string, others);
        }
        return shape.ErrorCode?.Of(exception)?.ToString() switch
        {
            // MailKit gives the whole message up.
            "RecipientNotAccepted" => (SmtpStage.Rcpt, Address(shape.Mailbox?.Of(exception)), DeliveryCondition.NotSent),
            "SenderNotAccepted" => (SmtpStage.Mail, null, DeliveryCondition.NotKnown),
            "MessageNotAccepted" => (SmtpStage.Content, null, DeliveryCondition.NotKnown),
            _ => (SmtpStage.NotDefined, null, DeliveryCondition.NotKnown),
        };
    }

    private static string? Address(object? mailbox) =>
        mailbox == null ? null : Property.Find(mailbox.GetType(), "Address")?.Of(mailbox) as string;

    /// <summary>Which of the properties that matter a type of exception has.</summary>
    private sealed class Shape
    {
        internal Shape(Type type)
        {
            InnerExceptions = Property.Find(type, "InnerExceptions");
            OperationDetails = Property.Find(type, "OperationDetails");
            StackTrace = Property.Find(type, "StackTrace");
            // Not any StatusCode: HttpRequestException and RpcException have other ones.
            Property? code = Property.Find(type, "StatusCode");
            bool isOurs = code is { Type: { IsEnum: true, Name: "SmtpStatusCode" } };
            if (isOurs && code!.Type.GetEnumUnderlyingType() == typeof(int)) StatusCode = code;
            FailedRecipient = StatusCode == null ? null : Property.Find(type, "FailedRecipient");
            IsOfMailKit = StatusCode?.Type.Namespace == "MailKit.Net.Smtp";
            ErrorCode = IsOfMailKit ? Property.Find(type, "ErrorCode") : null;
            Mailbox = IsOfMailKit ? Property.Find(type, "Mailbox") : null;
            for (Type? parent = type; parent != null; parent = parent.BaseType)
            {
                IsOfAuthentication |= parent.FullName == "MailKit.Security.AuthenticationException";
                IsOfMissingAuthentication |= parent.FullName == "MailKit.ServiceNotAuthenticatedException";
                IsOfAspose |= parent.FullName?.StartsWith("Aspose.", StringComparison.Ordinal) == true;
            }
        }

        internal Property? StatusCode { get; }
        internal Property? InnerExceptions { get; }
        internal Property? OperationDetails { get; }
        internal Property? StackTrace { get; }
        internal Property? FailedRecipient { get; }
        internal Property? ErrorCode { get; }
        internal Property? Mailbox { get; }
        internal bool IsOfMailKit { get; }
        internal bool IsOfAspose { get; }
        internal bool IsOfAuthentication { get; }
        internal bool IsOfMissingAuthentication { get; }
    }

    private sealed class Property
    {
        private readonly PropertyInfo property;

        private Property(PropertyInfo property) => this.property = property;

        internal Type Type => property.PropertyType;

        internal static Property? Find(Type type, string name)
        {
            for (Type? declaring = type; declaring != null; declaring = declaring.BaseType)
            {
                const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
                PropertyInfo? found = Array.Find(declaring.GetProperties(Own), property => property.Name == name);
                if (found is { CanRead: true } && found.GetIndexParameters().Length == 0) return new Property(found);
            }
            return null;
        }

        internal object? Of(object instance)
        {
            try
            {
                return property.GetValue(instance);
            }
            catch (Exception)  // a getter of a stranger's that throws, or cannot be called so, tells nothing
            {
                return null;
            }
        }
    }

    private sealed class ByReference : IEqualityComparer<Exception>
    {
        internal static readonly ByReference Comparer = new();

        public bool Equals(Exception? x, Exception? y) => ReferenceEquals(x, y);

        public int GetHashCode(Exception obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
