using System.Net.Sockets;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>What went wrong, according to an exception without a reply.</summary>
internal static class ExceptionConditions
{
    // By the name of the exception's type or of its nearest base type, because the clients are not referenced here.
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

    // Two clients throw one type of exception for everything. The start of its message tells these conditions apart.
    private static readonly Dictionary<string, DeliveryCondition> ByText = new()
    {
        ["The operation has timed out."] = DeliveryCondition.TimedOut,
        ["Server does not support secure connections."] = DeliveryCondition.FeatureNotOffered,
        ["The client or server is only configured for E-mail addresses with ASCII local-parts"] =
            DeliveryCondition.FeatureNotOffered,
        ["Security option "] = DeliveryCondition.FeatureNotOffered,
        ["Authentication failed."] = DeliveryCondition.AuthenticationRefused,
    };

    internal static DeliveryCondition Of(Exception exception, string clientText, Func<string> stackTrace)
    {
        if (exception is SocketException socket) return Of(socket.SocketErrorCode);
        Type type = exception.GetType();
        // The subclasses of IOException are about files.
        if (type == typeof(IOException)) return DeliveryCondition.Unreachable;
        for (Type? parent = type; parent != null; parent = parent.BaseType)
        {
            if (ByType.TryGetValue(parent.FullName ?? "", out DeliveryCondition byType)) return byType;
            if (parent.FullName is "System.Net.Mail.SmtpException" or "Aspose.Email.SmtpException")
            {
                return ByText.FirstOrDefault(entry => clientText.StartsWith(entry.Key, StringComparison.Ordinal)).Value
                    is var byText and not DeliveryCondition.NotDefined ? byText : DeliveryCondition.NotKnown;
            }
        }
        // A FormatException about an address is the program's mistake; but a reply without a text causes one, too.
        bool isAboutAddress = exception is FormatException && stackTrace().Contains("MailAddress");
        return isAboutAddress ? DeliveryCondition.ArgumentRefused : DeliveryCondition.NotKnown;
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
