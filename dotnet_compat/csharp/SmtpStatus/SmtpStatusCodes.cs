using System.Globalization;
using System.Runtime.CompilerServices;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>What a code says of itself, and conversions between <see cref="SmtpStatusCode"/> and other enums.</summary>
/// <remarks>
/// The enum is open: servers send codes that it does not list. They are kept as numbers, and the first digit tells
/// what to do about them (RFC 5321 4.2.1).
/// </remarks>
public static class SmtpStatusCodes
{
    private static readonly CodeFacts Listed = new(SmtpStatusCodeReflection.Descriptor.EnumTypes[0]);
    private static readonly CodeFacts Unlisted = new(UnlistedStatusCodeReflection.Descriptor.EnumTypes[0]);
    private static readonly CodeFacts Classes = new(SmtpReplyClassReflection.Descriptor.EnumTypes[0]);

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

    /// <summary>Returns one line about the code: in Chinese where the culture is Chinese, else in English.</summary>
    /// <param name="code">The code, listed or not.</param>
    /// <param name="culture">By default, <see cref="CultureInfo.CurrentUICulture"/>.</param>
    public static string Summary(this SmtpStatusCode code, CultureInfo? culture = null) =>
        CodeFacts.In(culture, FactsOf(code).Summary, FactsOf(code).SummaryZh);

    /// <summary>Returns where the code is defined, as <c>RFC 5321 4.2.3</c>; <c>client</c> for 0 and -1.</summary>
    public static IReadOnlyList<string> Sources(this SmtpStatusCode code) => [.. FactsOf(code).Sources];

    /// <summary>
    /// Returns what the code means where nothing else is known: no stage, no enhanced status code.
    /// </summary>
    public static DeliveryCondition Condition(this SmtpStatusCode code) => DeliveryConditions.Decide(code);

    /// <summary>Returns the number of the <c>google.rpc.Code</c> that its condition answers with.</summary>
    public static int RpcCode(this SmtpStatusCode code) =>
        DeliveryConditions.Answer(code.Condition(), (int)code / 100).RpcCode;

    /// <summary>Returns the name in protobuf's JSON: <c>SMTP_STATUS_CODE_MAILBOX_BUSY</c>, or the digits.</summary>
    public static string ProtoName(this SmtpStatusCode code) =>
        Listed.ProtoName((int)code);

    /// <summary>Returns the code with the number of a value of another enum, whatever its name there.</summary>
    /// <typeparam name="TEnum">An enum of ints, as <c>System.Net.Mail.SmtpStatusCode</c>.</typeparam>
    /// <param name="value">A value, defined or not.</param>
    /// <exception cref="ArgumentException">The enum is not one of ints.</exception>
    public static SmtpStatusCode From<TEnum>(TEnum value) where TEnum : struct, Enum
    {
        if (!Of<TEnum>.IsInt) throw NotOfInts<TEnum>();
        return Unsafe.As<TEnum, SmtpStatusCode>(ref value);
    }

    /// <summary>Returns the value of another enum with the number of this code, defined there or not.</summary>
    /// <typeparam name="TEnum">An enum of ints, as <c>System.Net.Mail.SmtpStatusCode</c>.</typeparam>
    /// <param name="code">The code, listed or not.</param>
    /// <exception cref="ArgumentException">The enum is not one of ints.</exception>
    public static TEnum To<TEnum>(this SmtpStatusCode code) where TEnum : struct, Enum
    {
        if (!Of<TEnum>.IsInt) throw NotOfInts<TEnum>();
        return Unsafe.As<SmtpStatusCode, TEnum>(ref code);
    }

    /// <summary>Returns the conditions that a code can mean; those of its class are asked last.</summary>
    internal static IEnumerable<ConditionRule> RulesOf(SmtpStatusCode code) => FactsByNumber(code)?.Means ?? [];

    internal static IEnumerable<ConditionRule> RulesOfClass(int replyClass) => Classes.Find(replyClass)?.Means ?? [];

    private static SmtpStatusCodeInfo FactsOf(SmtpStatusCode code) =>
        FactsByNumber(code) ?? Classes.Find((int)code / 100) ?? Classes.Find(0)!;

    private static SmtpStatusCodeInfo? FactsByNumber(SmtpStatusCode code) =>
        Listed.Find((int)code) ?? Unlisted.Find((int)code);

    private static class Of<TEnum>
    {
        internal static readonly bool IsInt = Enum.GetUnderlyingType(typeof(TEnum)) == typeof(int);
    }

    private static ArgumentException NotOfInts<TEnum>() => new(
        $"expected an enum of System.Int32, as protobuf's are; {typeof(TEnum).FullName} is one of " +
        $"{Enum.GetUnderlyingType(typeof(TEnum))}. Convert its numbers with a range check.");
}
