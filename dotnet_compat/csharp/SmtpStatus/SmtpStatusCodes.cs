using System.Collections.ObjectModel;
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
    private sealed record Facts(
        string ProtoName, string Summary, string SummaryZh, ReadOnlyCollection<string> Sources, int RpcCode);

    private static readonly Dictionary<SmtpStatusCode, Facts> Listed =
        SmtpStatusCodeReflection.Descriptor.EnumTypes[0].Values.ToDictionary(
            value => (SmtpStatusCode)value.Number,
            value =>
            {
                SmtpStatusCodeInfo info = value.GetOptions().GetExtension(StatusCodeInfoExtensions.StatusCodeInfo);
                return new Facts(value.Name, info.Summary, info.SummaryZh, new([.. info.Sources]), info.RpcCode);
            });

    // What the first digit says of a code that is not listed: 2yz, 3yz, 4yz, 5yz.
    private static readonly ReadOnlyCollection<string> Clause = new(["RFC 5321 4.2.1"]);
    private static readonly Facts[] OfClass =
    [
        new("", "Unlisted code: the command was completed", "未列出的代码：命令已完成", Clause, 0),
        new("", "Unlisted code: the server waits for more input", "未列出的代码：服务器等待后续输入", Clause, 0),
        new("", "Unlisted code: transient failure, try again later", "未列出的代码：暂时失败，请稍后重试", Clause, 14),
        new("", "Unlisted code: permanent failure, do not repeat as is", "未列出的代码：永久失败，请勿原样重试", Clause, 9),
    ];
    private static readonly Facts OfNoClass = new("", "Not an SMTP reply code", "不是 SMTP 应答代码", new([]), 2);

    /// <summary>Whether the command was completed: 2yz.</summary>
    public static bool IsSuccess(this SmtpStatusCode code) => (int)code is >= 200 and < 300;

    /// <summary>Whether the server waits for the rest of the command: 3yz.</summary>
    public static bool IsIntermediate(this SmtpStatusCode code) => (int)code is >= 300 and < 400;

    /// <summary>Whether the same command may succeed later: 4yz.</summary>
    public static bool IsTransient(this SmtpStatusCode code) => (int)code is >= 400 and < 500;

    /// <summary>Whether the same command will fail again: 5yz.</summary>
    public static bool IsPermanent(this SmtpStatusCode code) => (int)code is >= 500 and < 600;

    /// <summary>Whether this is one of the listed codes, and not a number made up by a server.</summary>
    public static bool IsKnown(this SmtpStatusCode code) => Listed.ContainsKey(code);

    /// <summary>Returns one line about the code: in Chinese where the culture is Chinese, else in English.</summary>
    /// <param name="code">The code, listed or not.</param>
    /// <param name="culture">By default, <see cref="CultureInfo.CurrentUICulture"/>.</param>
    public static string Summary(this SmtpStatusCode code, CultureInfo? culture = null)
    {
        Facts facts = FactsOf(code);
        string name = (culture ?? CultureInfo.CurrentUICulture).Name;  // also told where globalization is invariant
        return name == "zh" || name.StartsWith("zh-", StringComparison.Ordinal) ? facts.SummaryZh : facts.Summary;
    }

    /// <summary>Returns where the code is defined, as <c>RFC 5321 4.2.3</c>; <c>client</c> for 0 and -1.</summary>
    public static IReadOnlyList<string> Sources(this SmtpStatusCode code) => FactsOf(code).Sources;

    /// <summary>Returns the number of the <c>google.rpc.Code</c> with which a service answers.</summary>
    public static int RpcCode(this SmtpStatusCode code) => FactsOf(code).RpcCode;

    /// <summary>Returns the name in protobuf's JSON: <c>SMTP_STATUS_CODE_MAILBOX_BUSY</c>, or the digits.</summary>
    public static string ProtoName(this SmtpStatusCode code) =>
        Listed.TryGetValue(code, out Facts? facts) ? facts.ProtoName : Digits(code);

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

    internal static string Digits(SmtpStatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);

    private static Facts FactsOf(SmtpStatusCode code) =>
        Listed.TryGetValue(code, out Facts? facts) ? facts
        : (int)code is >= 200 and < 600 ? OfClass[(int)code / 100 - 2]
        : OfNoClass;

    private static class Of<TEnum>
    {
        internal static readonly bool IsInt = Enum.GetUnderlyingType(typeof(TEnum)) == typeof(int);
    }

    private static ArgumentException NotOfInts<TEnum>() => new(
        $"expected an enum of System.Int32, as protobuf's are; {typeof(TEnum).FullName} is one of " +
        $"{Enum.GetUnderlyingType(typeof(TEnum))}. Convert its numbers with a range check.");
}
