using System.Globalization;
using System.Runtime.CompilerServices;
#if NET
using System.Text.Json;
#endif
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>The meaning of a code, and conversions between <see cref="SmtpStatusCode"/> and other enums.</summary>
/// <remarks>
/// The enum is open: servers send codes that it does not list. They are kept as numbers, and the first digit says
/// what to do about them (RFC 5321 4.2.1).
/// </remarks>
public static class SmtpStatusCodes
{
    private const string ProtoPrefix = "SMTP_STATUS_CODE_";

    private static readonly CodeFacts Listed = new(SmtpStatusCodeReflection.Descriptor.EnumTypes[0]);
    private static readonly CodeFacts Unlisted = new(UnlistedStatusCodeReflection.Descriptor.EnumTypes[0]);
    private static readonly CodeFacts Classes = new(SmtpReplyClassReflection.Descriptor.EnumTypes[0]);

    private static readonly Dictionary<string, SmtpStatusCode> ByName = (
        from value in SmtpStatusCodeReflection.Descriptor.EnumTypes[0].Values
        let code = (SmtpStatusCode)value.Number
        from name in new[] { value.Name, value.Name.Substring(ProtoPrefix.Length), code.ToString() }
        select (name, code)).ToDictionary(entry => entry.name, entry => entry.code);

    /// <summary>Whether the command was completed: 2yz.</summary>
    public static bool IsSuccess(this SmtpStatusCode code) => (int)code is >= 200 and < 300;

    /// <summary>Whether the server waits for the rest of the command: 3yz.</summary>
    public static bool IsIntermediate(this SmtpStatusCode code) => (int)code is >= 300 and < 400;

    /// <summary>Whether the same command may succeed later: 4yz.</summary>
    public static bool IsTransient(this SmtpStatusCode code) => (int)code is >= 400 and < 500;

    /// <summary>Whether the same command will fail again: 5yz.</summary>
    public static bool IsPermanent(this SmtpStatusCode code) => (int)code is >= 500 and < 600;

    /// <summary>Whether this is one of the listed codes, and not a number made up by a server.</summary>
    public static bool IsKnown(this SmtpStatusCode code) => Listed.IsKnown((int)code);

    /// <summary>Returns one line about the code: in Chinese if the culture is Chinese, else in English.</summary>
    /// <param name="code">The code, listed or not.</param>
    /// <param name="culture">By default, <see cref="CultureInfo.CurrentUICulture"/>.</param>
    public static string Summary(this SmtpStatusCode code, CultureInfo? culture = null) =>
        CodeFacts.In(culture, FactsOf(code).Summary, FactsOf(code).SummaryZh);

    /// <summary>Returns one line about the code: in Chinese if the language is Chinese, else in English.</summary>
    /// <param name="code">The code, listed or not.</param>
    /// <param name="language">
    /// A language tag (BCP 47) such as <c>zh</c>. It needs no <see cref="CultureInfo"/>, which a program in invariant
    /// globalization mode cannot make.
    /// </param>
    public static string Summary(this SmtpStatusCode code, string language) =>
        CodeFacts.In(language, FactsOf(code).Summary, FactsOf(code).SummaryZh);

    /// <summary>Returns where the code is defined, such as <c>RFC 5321 4.2.3</c>; <c>client</c> for 0 and -1.</summary>
    public static IReadOnlyList<string> Sources(this SmtpStatusCode code) => [.. FactsOf(code).Sources];

    /// <summary>Returns what the code means if neither stage nor enhanced status code is known.</summary>
    public static DeliveryCondition Condition(this SmtpStatusCode code) => DeliveryConditions.Decide(code);

    /// <summary>Returns the code with which a service answers for the code's <see cref="Condition"/>.</summary>
    public static RpcCode RpcCode(this SmtpStatusCode code) =>
        DeliveryConditions.Answer(code.Condition(), (int)code / 100).RpcCode;

    /// <summary>Returns the name in protobuf's JSON: <c>SMTP_STATUS_CODE_MAILBOX_BUSY</c>, or the digits.</summary>
    public static string ProtoName(this SmtpStatusCode code) =>
        Listed.ProtoName((int)code);

    /// <summary>Returns the code of that name, in any of its three spellings.</summary>
    /// <param name="name">
    /// <c>MailboxBusy</c> (.NET's JSON), <c>SMTP_STATUS_CODE_MAILBOX_BUSY</c> (protobuf's JSON) and <c>MAILBOX_BUSY</c>
    /// (Python) are the same code.
    /// </param>
    /// <exception cref="FormatException">The text is anything else, even a number.</exception>
    public static SmtpStatusCode FromName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return TryFromName(name, out SmtpStatusCode code) ? code : throw new FormatException(
            "expected the name of an SmtpStatusCode such as MailboxBusy or SMTP_STATUS_CODE_MAILBOX_BUSY, " +
            $"found {SmtpReplies.Excerpt(name)}");
    }

    /// <summary>Returns whether a text is the name of a code (see <see cref="FromName"/>), and that code.</summary>
    public static bool TryFromName(string? name, out SmtpStatusCode code) => ByName.TryGetValue(name ?? "", out code);

#if NET
    /// <summary>Returns the code that a JSON value stands for.</summary>
    /// <param name="value">
    /// A name, see <see cref="FromName"/>, or an integer within int32. Protobuf and .NET write one of these.
    /// </param>
    /// <exception cref="JsonException">
    /// The value is anything else, even 250.5, true and "299", which protobuf's own parser accepts.
    /// </exception>
    public static SmtpStatusCode FromJson(JsonElement value)
    {
        try
        {
            if (value.ValueKind == JsonValueKind.String) return FromName(value.GetString()!);
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)) return (SmtpStatusCode)number;
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)  // the latter: no valid Unicode
        {
            throw new JsonException(error.Message, error);
        }
        string found = value.ValueKind == JsonValueKind.Undefined ? "nothing" : SmtpReplies.Excerpt(value.GetRawText());
        throw new JsonException($"JSON holds an SmtpStatusCode as a name or an integer within int32, found {found}");
    }
#endif

    /// <summary>Converts a value of another enum by its number, whatever its name there.</summary>
    /// <typeparam name="TEnum">An enum of ints, such as <c>System.Net.Mail.SmtpStatusCode</c>.</typeparam>
    /// <param name="value">A value, defined or not.</param>
    /// <exception cref="ArgumentException">The enum is not an enum of ints.</exception>
    public static SmtpStatusCode From<TEnum>(TEnum value) where TEnum : struct, Enum
    {
        if (!EnumType<TEnum>.IsInt) throw NotOfInts<TEnum>();
        return Unsafe.As<TEnum, SmtpStatusCode>(ref value);
    }

    /// <summary>Converts the code to another enum by its number, defined there or not.</summary>
    /// <typeparam name="TEnum">An enum of ints, such as <c>System.Net.Mail.SmtpStatusCode</c>.</typeparam>
    /// <param name="code">The code, listed or not.</param>
    /// <exception cref="ArgumentException">The enum is not an enum of ints.</exception>
    public static TEnum To<TEnum>(this SmtpStatusCode code) where TEnum : struct, Enum
    {
        if (!EnumType<TEnum>.IsInt) throw NotOfInts<TEnum>();
        return Unsafe.As<SmtpStatusCode, TEnum>(ref code);
    }

    /// <summary>Returns the rules for what a code means. Those of its class are tried last.</summary>
    internal static IEnumerable<ConditionRule> RulesOf(SmtpStatusCode code) => FactsByNumber(code)?.Means ?? [];

    internal static IEnumerable<ConditionRule> RulesOfClass(int replyClass) => Classes.Find(replyClass)?.Means ?? [];

    private static SmtpStatusCodeInfo FactsOf(SmtpStatusCode code) =>
        FactsByNumber(code) ?? Classes.Find((int)code / 100) ?? Classes.Find(0)!;

    private static SmtpStatusCodeInfo? FactsByNumber(SmtpStatusCode code) =>
        Listed.Find((int)code) ?? Unlisted.Find((int)code);

    private static class EnumType<TEnum>
    {
        internal static readonly bool IsInt = Enum.GetUnderlyingType(typeof(TEnum)) == typeof(int);
    }

    private static ArgumentException NotOfInts<TEnum>() => new(
        $"expected an enum of System.Int32, as in protobuf; {typeof(TEnum).FullName} is an enum of " +
        $"{Enum.GetUnderlyingType(typeof(TEnum))}. Convert its numbers with a range check.");
}
