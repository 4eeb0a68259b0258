using System.Globalization;
using Google.Protobuf.Reflection;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>The facts about the values of an enum of the shared source, by number.</summary>
internal sealed class CodeFacts
{
    private static readonly SmtpStatusCodeInfo Empty = new();

    private readonly Dictionary<int, (string ProtoName, SmtpStatusCodeInfo Info)> listed;

    internal CodeFacts(EnumDescriptor descriptor) => listed = descriptor.Values.ToDictionary(
        value => value.Number,
        value => (value.Name, value.GetOptions()?.GetExtension(StatusCodeInfoExtensions.StatusCodeInfo) ?? Empty));

    internal bool IsKnown(int number) => listed.ContainsKey(number);

    /// <summary>Returns the facts about a value; null if it is not listed.</summary>
    internal SmtpStatusCodeInfo? Find(int number) => listed.TryGetValue(number, out var found) ? found.Info : null;

    internal string ProtoName(int number) =>
        listed.TryGetValue(number, out var found) ? found.ProtoName : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the Chinese text if the culture is Chinese, else the English one.</summary>
    internal static string In(CultureInfo? culture, string english, string chinese) =>
        In((culture ?? CultureInfo.CurrentUICulture).Name, english, chinese);

    /// <summary>Returns the Chinese text if the language is Chinese, else the English one.</summary>
    internal static string In(string language, string english, string chinese)
    {
        ArgumentNullException.ThrowIfNull(language);
        bool isChinese = language.Equals("zh", StringComparison.OrdinalIgnoreCase)
            || language.StartsWith("zh-", StringComparison.OrdinalIgnoreCase);
        return isChinese ? chinese : english;
    }
}
