using System.Net.Sockets;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>What an exception without a reply says of what went wrong.</summary>
internal static class ExceptionConditions
{
    // By the exception's type or the nearest base of that name; the clients' own are not referenced here.
    private static readonly Dictionary<string, DeliveryCondition> ByType = new()
    {
        ["MailKit.Security.AuthenticationException"] = DeliveryCondition.AuthenticationRefused,
        ["MailKit.ServiceNotAuthenticatedException"] = DeliveryCondition.AuthenticationRefused,
        ["System.Security.Authentication.AuthenticationException"] = DeliveryCondition.TlsRefused,
        ["MailKit.Security.SslHandshakeException"] = DeliveryCondition.TlsRefused,
        ["System.TimeoutException"] = DeliveryCondition.TimedOut,
        ["Aspose.Email.TimeoutException"] = DeliveryCondition.TimedOut,
        ["System.OperationCanceledException"] = DeliveryCondition.Cancelled,
        ["Aspose.Email.Exceptions.OperationCanceledException"] = DeliveryCondition.Cancelled,
        ["System.ObjectDisposedException"] = DeliveryCondition.Cancelled,
        // The client disposes its connection when the server closes it.
        ["Aspose.Email.Exceptions.ObjectDisposedException"] = DeliveryCondition.Unreachable,
        ["System.Net.Sockets.SocketException"] = DeliveryCondition.Unreachable,
        ["MailKit.ProtocolException"] = DeliveryCondition.Unreachable,
        ["MailKit.ServiceNotConnectedException"] = DeliveryCondition.Unreachable,
        ["System.NotSupportedException"] = DeliveryCondition.FeatureNotOffered,
        ["System.ArgumentException"] = DeliveryCondition.ArgumentRefused,
        ["System.InvalidOperationException"] = DeliveryCondition.ArgumentRefused,
        ["MimeKit.ParseException"] = DeliveryCondition.ArgumentRefused,
        ["Aspose.Email.AsposeInvalidOperationException"] = DeliveryCondition.ArgumentRefused,
        ["Aspose.Email.AsposeArgumentException"] = DeliveryCondition.ArgumentRefused,
    };

    // Two clients have one type of exception for everything. Their own words tell these, by how they begin.
    private static readonly Dictionary<string, DeliveryCondition> ByWords = new()
    {
        ["The operation has timed out."] = DeliveryCondition.TimedOut,
        ["Server does not support secure connections."] = DeliveryCondition.FeatureNotOffered,
        ["The client or server is only configured for E-mail addresses with ASCII local-parts"] =
            DeliveryCondition.FeatureNotOffered,
        ["Security option "] = DeliveryCondition.FeatureNotOffered,
        ["Authentication failed."] = DeliveryCondition.AuthenticationRefused,
    };

    internal static DeliveryCondition Of(Exception exception, string words)
    {
        if (exception is SocketException socket) return Of(socket.SocketErrorCode);
        Type type = exception.GetType();
        // Other IOExceptions are about files.
        if (type == typeof(IOException)) return DeliveryCondition.Unreachable;
        for (Type? parent = type; parent != null; parent = parent.BaseType)
        {
            if (ByType.TryGetValue(parent.FullName ?? "", out DeliveryCondition found)) return found;
            if (parent.FullName is "System.Net.Mail.SmtpException" or "Aspose.Email.SmtpException")
            {
                return ByWords.FirstOrDefault(entry => words.StartsWith(entry.Key, StringComparison.Ordinal)).Value
                    is var told and not DeliveryCondition.NotDefined ? told : DeliveryCondition.NotKnown;
            }
        }
        // That of an address is the program's mistake; a reply without a text causes one, too.
        bool isOfAddress = exception is FormatException && exception.StackTrace?.Contains("MailAddress") == true;
        return isOfAddress ? DeliveryCondition.ArgumentRefused : DeliveryCondition.NotKnown;
    }

    private static DeliveryCondition Of(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery =>
            DeliveryCondition.NameLookupFailed,
        SocketError.TimedOut => DeliveryCondition.TimedOut,
        SocketError.OperationAborted => DeliveryCondition.Cancelled,
        _ => DeliveryCondition.Unreachable,
    };
}
