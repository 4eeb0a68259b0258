namespace SmtpStatus;

/// <summary>
/// How much of an exception or of a gRPC error is read and kept. A test compares the numbers with those of Python's
/// <c>limits.py</c>.
/// </summary>
internal static class Limits
{
    /// <summary>The exceptions without a recipient that are read in one walk.</summary>
    internal const int ExceptionCount = 10_000;

    /// <summary>Exceptions nested in exceptions.</summary>
    internal const int ExceptionDepth = 16;

    /// <summary>The part of a client's message that is kept.</summary>
    internal const int ClientTextCharacters = 1000;

    // gRPC limits the trailers of a call to 8 KiB. Above that, it turns errors at random into RESOURCE_EXHAUSTED.
    // Other stacks count the details in base64 and the message in percent-encoding.

    /// <summary>A DeliveryStatus among the details of a gRPC error; a larger one is shortened.</summary>
    internal const int StatusBytes = 3000;

    /// <summary>Each text in a DeliveryStatus that is shortened.</summary>
    internal const int StatusTextBytes = 255;

    /// <summary>The message of a gRPC error.</summary>
    internal const int StatusMessageCharacters = 160;
}
