using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>
/// One exception of an SMTP client: Aspose.Email, System.Net.Mail or MailKit. None of them is referenced here: their
/// exceptions are recognized by their properties, which are looked up once for each type.
/// </summary>
internal sealed class ClientException
{
    // Separates the client's message from the server's reply in messages of System.Net.Mail, Aspose.Email and MailKit.
    private static readonly Regex Marker = new("The server response(?: was)?: |(?<=unexpectedly disconnected): ");

    // How the lines of a stack trace name the clients' own code.
    private static readonly string[] CodeOfClients =
        [" Aspose.Email.Clients.Smtp.", " System.Net.Mail.SmtpClient", " MailKit.Net.Smtp."];

    private static readonly ConditionalWeakTable<Type, Shape> Shapes = new();

    private readonly Exception exception;
    private readonly Shape shape;

    private ClientException(Exception exception, bool isOfAuthentication, DeliveryStatus? carried)
    {
        this.exception = exception;
        CarriedStatus = carried;
        shape = Shapes.GetValue(exception.GetType(), type => new Shape(type));
        object? code = shape.StatusCode?.Of(exception);
        // MailKit throws ServiceNotAuthenticatedException for a 530; its IMAP client throws it with another text.
        Code = code != null ? (SmtpStatusCode)Convert.ToInt32(code, CultureInfo.InvariantCulture)
            : shape.IsOfMissingAuthentication && StackTrace.Contains("MailKit.Net.Smtp.")
            ? SmtpStatusCode.AuthenticationRequired
            : SmtpStatusCode.GeneralFailure;
        (ClientText, ServerText) = SplitMessage();
        (Stage, string? recipient, ConditionOfOthers) = StageAndRecipient();
        string mailbox = SmtpReplies.MailboxOf((carried == null ? recipient : carried.FinalRecipient) ?? "");
        Recipient = mailbox.Length > 0 ? mailbox : null;
        if (IsInventedByMailKit())
        {
            (ClientText, ServerText) = (ServerText ?? "", null);
            (Code, Stage) = (SmtpStatusCode.GeneralFailure, SmtpStage.Rcpt);
        }
        IsOfAuthentication = isOfAuthentication || shape.IsOfAuthentication;
        if (IsOfAuthentication && Stage == SmtpStage.NotDefined) Stage = SmtpStage.Auth;
        Condition = ExceptionConditions.Of(exception, ClientText, () => StackTrace);
    }

    /// <summary>The reply code; -1 if the exception has none.</summary>
    internal SmtpStatusCode Code { get; }

    /// <summary>Whether there is a reply: a code of three digits, or a status that the exception carries.</summary>
    internal bool HasReply => CarriedStatus != null || (int)Code is >= 100 and <= 999;

    /// <summary>The whole status, if the exception carries it, as the error of a gRPC call may.</summary>
    internal DeliveryStatus? CarriedStatus { get; }

    /// <summary>What went wrong, if there was no reply.</summary>
    internal DeliveryCondition Condition { get; }

    /// <summary>What became of the recipients that no exception names, if this exception names one.</summary>
    internal DeliveryCondition ConditionOfOthers { get; }

    /// <summary>The reply without its code, as far as the client reveals it; null if it reveals nothing.</summary>
    internal string? ServerText { get; }

    /// <summary>The message of the exception, without the server's reply.</summary>
    internal string ClientText { get; }

    /// <summary>What the reply answered, if the type of the exception says it.</summary>
    internal SmtpStage Stage { get; }

    /// <summary>The refused recipient, if the exception names one.</summary>
    internal string? Recipient { get; }

    /// <summary>Whether an SMTP client let it out, or it carries a status. The clients let out any type.</summary>
    internal bool IsOfSmtpClient =>
        CarriedStatus != null || shape.StatusCode != null || CodeOfClients.Any(StackTrace.Contains);

    private bool IsOfAuthentication { get; }

    private string StackTrace => shape.StackTrace?.Of(exception) as string ?? "";

    /// <summary>Returns the exception and every exception inside it: the outermost first, each once.</summary>
    /// <param name="exception">The outermost exception.</param>
    /// <param name="readStatus">Reads the status that an exception of another library carries.</param>
    internal static List<ClientException> Walk(Exception exception, Func<Exception, DeliveryStatus?>? readStatus)
    {
        var exceptions = new List<ClientException>();
        var visited = new HashSet<Exception>(ByReference.Comparer);
        var named = new HashSet<string>();
        int futile = 0;
        void Visit(Exception node, int depth, bool isOfAuthentication)
        {
            if (futile >= Limits.ExceptionCount || !visited.Add(node)) return;
            var client = new ClientException(node, isOfAuthentication, readStatus?.Invoke(node));
            exceptions.Add(client);
            if (client.Recipient == null || !named.Add(client.Recipient)) futile++;
            if (depth == Limits.ExceptionDepth) return;
            foreach (Exception inner in client.Inside()) Visit(inner, depth + 1, client.IsOfAuthentication);
        }
        Visit(exception, 0, isOfAuthentication: false);
        return exceptions;
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
            // A collection has an end; a value that is only enumerable may be endless.
            int limit = values is ICollection collection ? collection.Count : Limits.ExceptionCount;
            items.AddRange((values as IEnumerable)?.Cast<object>().Take(limit).OfType<Exception>() ?? []);
        }
        catch (Exception)  // foreign code may throw anything; every other exception still counts
        {
        }
        return items;
    }

    // A subclass of MailKit's client may go on after refused recipients. If all were refused, the client itself throws
    // an exception that looks like a server's reply, and the server's real replies are lost.
    private bool IsInventedByMailKit() =>
        shape.IsOfMailKit && Code == SmtpStatusCode.TransactionFailed && ServerText == "No recipients were accepted.";

    private (string ClientText, string? ServerText) SplitMessage()
    {
        string text;
        try
        {
            text = exception is AggregateException aggregate && !IsMessageShort(aggregate)
                ? "" : exception.Message ?? "";
        }
        catch (Exception)  // as in Items
        {
            return ("", null);
        }
        if (shape.IsOfMailKit || (shape.IsOfMissingAuthentication && HasReply))
            return ("", text.Trim('\r', '\n'));  // the message is the server's text alone
        if (Marker.Match(text) is not { Success: true } marker) return (SmtpReplies.Trim(text), null);
        string serverText = text.Substring(marker.Index + marker.Length).Trim('\r', '\n');
        if (shape.IsOfAspose && serverText.All(character => character <= 0xff))  // it decodes each byte as a character
            serverText = Encoding.UTF8.GetString([.. serverText.Select(character => (byte)character)]);
        return (SmtpReplies.Trim(text.Substring(0, marker.Index)), serverText);
    }

    // The message of an AggregateException repeats those of all exceptions inside it, by recursion: that of a deep nest
    // would end the process by a stack overflow, and that of a wide one would fill the memory.
    private static bool IsMessageShort(AggregateException exception) =>
        exception.InnerExceptions.Count < Limits.ExceptionCount
        && !exception.InnerExceptions.Any(inner => inner is AggregateException);

    private (SmtpStage, string?, DeliveryCondition) StageAndRecipient()
    {
        // Only a refused RCPT TO causes this exception. System.Net.Mail sends to the other recipients before it throws;
        // Aspose.Email does not always send to them.
        if (shape.FailedRecipient is { } failed)
        {
            DeliveryCondition others = shape.IsOfAspose ? DeliveryCondition.NotKnown : DeliveryCondition.Accepted;
            return (SmtpStage.Rcpt, failed.Of(exception) as string, others);
        }
        return (shape.ErrorCode?.Of(exception) as Enum)?.ToString() switch
        {
            // MailKit gives up the whole message.
            "RecipientNotAccepted" => (SmtpStage.Rcpt, Address(shape.Mailbox?.Of(exception)), DeliveryCondition.NotSent),
            "SenderNotAccepted" => (SmtpStage.Mail, null, DeliveryCondition.NotKnown),
            "MessageNotAccepted" => (SmtpStage.Content, null, DeliveryCondition.NotKnown),
            _ => (SmtpStage.NotDefined, null, DeliveryCondition.NotKnown),
        };
    }

    private static string? Address(object? mailbox) =>
        mailbox == null ? null : Property.Find(mailbox.GetType(), "Address")?.Of(mailbox) as string;

    /// <summary>The properties of an exception type that matter here; null for those that it lacks.</summary>
    private sealed class Shape
    {
        internal Shape(Type type)
        {
            InnerExceptions = Property.Find(type, "InnerExceptions");
            OperationDetails = Property.Find(type, "OperationDetails");
            StackTrace = Property.Find(type, "StackTrace");
            // HttpRequestException and RpcException also have a StatusCode, of other types.
            Property? code = Property.Find(type, "StatusCode");
            bool isSmtpStatusCode = code is { Type: { IsEnum: true, Name: "SmtpStatusCode" } };
            if (isSmtpStatusCode && code!.Type.GetEnumUnderlyingType() == typeof(int)) StatusCode = code;
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
                const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
                PropertyInfo? found = Array.Find(declaring.GetProperties(Declared), property => property.Name == name);
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
            catch (Exception)  // a getter of foreign code may throw anything, or not be callable by reflection
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
