namespace SmtpStatus;

/// <summary>
/// How much of an exception or of a gRPC error is read and kept. A test compares the numbers with those of Python's
/// <c>limits.py</c>, which says more about each.
/// </summary>
internal static class Limits
{
    /// <summary>The exceptions that are read in one walk although they name no new recipient.</summary>
    internal const int ExceptionCount = 10_000;

    /// <summary>Exceptions nested in exceptions.</summary>
    internal const int ExceptionDepth = 16;

    /// <summary>The part of a client's message that is kept.</summary>
    internal const int ClientTextCharacters = 1000;

    /// <summary>The replies in all statuses of one failure: each gets an equal share.</summary>
    internal const int ServerTextsCharacters = 4_194_304;

    /// <summary>The part of a reply that each status keeps, even of very many.</summary>
    internal const int ServerTextCharacters = 512;

    /// <summary>The part of a text in which a reply is looked for.</summary>
    internal const int SearchedCharacters = 65_536;

    /// <summary>The Diagnostic-Code of a recipient in a delivery report.</summary>
    internal const int DiagnosticCodeCharacters = 4096;

    /// <summary>The recipients in one delivery report.</summary>
    internal const int ReportRecipients = 10_000;

    /// <summary>A domain that is compared in punycode.</summary>
    internal const int DomainCharacters = 255;

    /// <summary>The details of a gRPC error among which a DeliveryStatus is looked for.</summary>
    internal const int DetailCount = 64;

    /// <summary>The details of a gRPC error that are decoded.</summary>
    internal const int DetailsBytes = 65_536;

    // gRPC limits the trailers of a call to 8 KiB. Above that, it turns errors at random into RESOURCE_EXHAUSTED.
    // Other stacks count the details in base64 and the message in percent-encoding.

    /// <summary>A DeliveryStatus among the details of a gRPC error; a larger one is shortened.</summary>
    internal const int StatusBytes = 3000;

    /// <summary>Each text in a DeliveryStatus that is shortened.</summary>
    internal const int StatusTextBytes = 255;

    /// <summary>The message of a gRPC error.</summary>
    internal const int StatusMessageCharacters = 160;
}
