using System.Globalization;
using System.Text.RegularExpressions;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>The meaning of an enhanced status code (RFC 3463): its subject and detail, whatever its class.</summary>
/// <remarks>
/// X.1.1 is 1001. The enum is open: an unlisted detail has the facts of its subject, X.y.0, and an unlisted subject has
/// those of X.0.0.
/// </remarks>
public static class EnhancedStatusCodes
{
    // RFC 3463 2, and the X that RFCs write for any class.
    private static readonly Regex Text = new(@"^[245Xx]\.([0-9]{1,3})\.([0-9]{1,3})\z", RegexOptions.CultureInvariant);

    private static readonly CodeFacts Listed = new(EnhancedStatusCodeReflection.Descriptor.EnumTypes[0]);

    /// <summary>Returns the value, the same for <c>5.1.1</c>, <c>4.1.1</c> and the <c>X.1.1</c> of RFCs.</summary>
    /// <exception cref="FormatException">The text is not an enhanced status code.</exception>
    public static EnhancedStatusCode Parse(string text) => TryParse(text, out EnhancedStatusCode code) ? code
        : throw new FormatException(
            $"expected an enhanced status code such as 5.1.1, found '{SmtpReplies.Start(text ?? "", 50)}'");

    /// <summary>Returns whether the text is an enhanced status code, and its value.</summary>
    public static bool TryParse(string text, out EnhancedStatusCode code)
    {
        Match match = Text.Match(text ?? "");
        code = match.Success
            ? (EnhancedStatusCode)(1000 * Number(match.Groups[1]) + Number(match.Groups[2])) : default;
        return match.Success;

        static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether this is an entry of IANA's registry, and not a number made up by a server.</summary>
    public static bool IsKnown(this EnhancedStatusCode code) => Listed.IsKnown((int)code);

    /// <summary>Returns one line about the code: in Chinese if the culture is Chinese, else in English.</summary>
    /// <param name="code">The code, listed or not.</param>
    /// <param name="culture">By default, <see cref="CultureInfo.CurrentUICulture"/>.</param>
    public static string Summary(this EnhancedStatusCode code, CultureInfo? culture = null) =>
        CodeFacts.In(culture, FactsOf(code).Summary, FactsOf(code).SummaryZh);

    /// <summary>Returns one line about the code: in Chinese if the language is Chinese, else in English.</summary>
    /// <param name="code">The code, listed or not.</param>
    /// <param name="language">
    /// A language tag (BCP 47) such as <c>zh</c>. It needs no <see cref="CultureInfo"/>, which a program in invariant
    /// globalization mode cannot make.
    /// </param>
    public static string Summary(this EnhancedStatusCode code, string language) =>
        CodeFacts.In(language, FactsOf(code).Summary, FactsOf(code).SummaryZh);

    /// <summary>Returns where the code is defined, such as <c>RFC 3463 3.2</c>.</summary>
    public static IReadOnlyList<string> Sources(this EnhancedStatusCode code) => [.. FactsOf(code).Sources];

    /// <summary>Returns the name in protobuf's JSON: <c>ENHANCED_STATUS_CODE_BAD_MAILBOX</c>, or the digits.</summary>
    public static string ProtoName(this EnhancedStatusCode code) => Listed.ProtoName((int)code);

    internal static SmtpStatusCodeInfo FactsOf(EnhancedStatusCode code) =>
        Listed.Find((int)code)
        ?? ((int)code > 0 ? Listed.Find((int)code / 1000 * 1000) : null)
        ?? Listed.Find(0)!;
}
