using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SmtpStatus;

/// <summary>The differences that one enum has on purpose, and why.</summary>
/// <remarks>
/// <c>smtpstatus check --write-profile</c> writes a file of profiles, in TOML. This class reads that form only.
/// </remarks>
public sealed class EnumProfile
{
    private static readonly Regex Header = new("""^(?:\[(".*")\]|\[\[(".*")\.differences\]\])$""");
    private static readonly Regex Pair = new("""^(reason|kind|(?:other_)?(?:name|number)) = (".*"|-?[0-9]+)$""");
    private static readonly Regex Escape = new("""\\(?:(["\\])|U([0-9a-f]{8}))""");

    // The fields that an entry of each kind must have. The second form is a whole enum.
    private static readonly Dictionary<string, string[]> Forms = new()
    {
        ["missing"] = ["kind name number reason", "kind name reason"],
        ["extra"] = ["kind other_name other_number reason", "kind other_name reason"],
        ["number"] = ["kind name number other_name other_number reason"],
        ["name"] = ["kind name number other_name other_number reason"],
        ["underlying"] = ["kind name other_name reason"],
    };

    private static readonly Lazy<IReadOnlyDictionary<string, EnumProfile>> BuiltIn = new(() =>
    {
        using Stream stream = typeof(EnumProfile).Assembly.GetManifestResourceStream("profiles.toml")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Read(reader);
    });

    private readonly Dictionary<EnumDifference, string> differences = [];

    private EnumProfile(string fullName, string reason) => (FullName, Reason) = (fullName, reason);

    /// <summary>The built-in profiles of System.Net.Mail and MailKit, by the full name of their enum.</summary>
    public static IReadOnlyDictionary<string, EnumProfile> Known => BuiltIn.Value;

    /// <summary>The full name of the enum.</summary>
    public string FullName { get; }

    /// <summary>Why the enum differs at all.</summary>
    public string Reason { get; }

    /// <summary>The differences, each with its reason, in the order of the file.</summary>
    public IReadOnlyDictionary<EnumDifference, string> Differences => differences;

    /// <summary>Returns the profiles in a file, by the full name of their enum.</summary>
    /// <exception cref="FormatException">It is not in the form of <c>smtpstatus check --write-profile</c>.</exception>
    public static IReadOnlyDictionary<string, EnumProfile> Read(string path)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            return Read(reader);
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            throw new FormatException($"{path} is not a profile: {error.Message}", error);
        }
    }

    /// <summary>Returns the profiles in a text, by the full name of their enum.</summary>
    /// <exception cref="FormatException">It is not in the form of <c>smtpstatus check --write-profile</c>.</exception>
    public static IReadOnlyDictionary<string, EnumProfile> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var profiles = new Dictionary<string, EnumProfile>();
        EnumProfile? profile = null;
        foreach (Table table in Tables(reader))
        {
            if (table.IsDifference)
            {
                string expected = profile == null ? "a profile before its differences"
                    : $"differences of the profile above, {profile.FullName}";
                if (table.Name != profile?.FullName) throw table.Unexpected(expected);
                profile.Add(table);
            }
            else
            {
                if (profiles.ContainsKey(table.Name)) throw table.Unexpected("each enum once");
                if (!table.Has("reason")) throw table.Unexpected("a reason and nothing else");
                profile = new EnumProfile(table.Name, (string)table.Values["reason"]);
                profiles.Add(profile.FullName, profile);
            }
        }
        return profiles;
    }

    internal void ThrowIfReasonIsEmpty(string parameterName)
    {
        int empty = differences.Values.Append(Reason).Count(string.IsNullOrWhiteSpace);
        if (empty == 0) return;
        const string Expected = "expected a reason for the profile and for each difference in it";
        throw new ArgumentException(
            $"{FullName}: {Expected}, found {empty} that are empty; fill in each reason = \"\"", parameterName);
    }

    private void Add(Table table)
    {
        string kind = table.Value("kind") as string ?? "";
        if (!Forms.TryGetValue(kind, out string[]? forms) || !Enum.TryParse(kind, true, out EnumDifferenceKind parsed))
            throw table.Unexpected($"a kind of {string.Join(", ", Forms.Keys)}");
        if (!Array.Exists(forms, fields => table.Has(fields.Split(' '))))
            throw table.Unexpected(string.Join(", or ", forms));
        var difference = new EnumDifference(
            parsed,
            (string?)table.Value("name"),
            (decimal?)table.Value("number"),
            (string?)table.Value("other_name"),
            (decimal?)table.Value("other_number"));
        if (differences.ContainsKey(difference)) throw table.Unexpected("each difference once");
        differences.Add(difference, (string)table.Values["reason"]);
    }

    private static List<Table> Tables(TextReader reader)
    {
        var tables = new List<Table>();
        for (int number = 1; reader.ReadLine() is { } read; number++)
        {
            string line = read.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (Header.Match(line) is { Success: true } header)
            {
                string name = Text((header.Groups[1].Success ? header.Groups[1] : header.Groups[2]).Value, number);
                tables.Add(new Table(number, header.Groups[2].Success, name));
            }
            else if (Pair.Match(line) is { Success: true } pair && tables.Count > 0
                && tables[tables.Count - 1].Value(pair.Groups[1].Value) == null)
            {
                (string key, string value) = (pair.Groups[1].Value, pair.Groups[2].Value);
                bool isNumber = key.EndsWith("number", StringComparison.Ordinal);
                if (isNumber == (value[0] == '"')) throw Unexpected(number, isNumber ? "a number" : "a string", line);
                tables[tables.Count - 1].Values.Add(key, isNumber ? Number(value, number) : Text(value, number));
            }
            else
            {
                const string Expected = "[\"ENUM\"], [[\"ENUM\".differences]], or a field and its value, each once";
                throw Unexpected(number, Expected, line);
            }
        }
        return tables;
    }

    private static decimal Number(string value, int line) =>
        decimal.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal number)
            ? number : throw Unexpected(line, "the number of an enum member", value);

    // A basic string of TOML, with the escapes that smtpstatus writes.
    private static string Text(string quoted, int line)
    {
        string inner = quoted.Substring(1, quoted.Length - 2);
        if (Escape.Replace(inner, "").IndexOfAny(['"', '\\']) >= 0)
            throw Unexpected(line, """a string whose only escapes are \" \\ \U""", quoted);
        return Escape.Replace(inner, match =>
            match.Groups[1].Success ? match.Groups[1].Value
            : int.Parse(match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var point
                && point is >= 0 and <= 0x10ffff and not (>= 0xd800 and <= 0xdfff) ? char.ConvertFromUtf32(point)
            : throw Unexpected(line, "a Unicode character", match.Value));
    }

    private static FormatException Unexpected(int line, string expected, string found) =>
        new($"line {line}: expected {expected}; found {found}");

    private sealed record Table(int Line, bool IsDifference, string Name)
    {
        internal Dictionary<string, object> Values { get; } = [];

        internal object? Value(string key) => Values.TryGetValue(key, out object? value) ? value : null;

        internal bool Has(params string[] keys) =>
            Values.Count == keys.Length && Array.TrueForAll(keys, Values.ContainsKey);

        internal FormatException Unexpected(string expected)
        {
            string header = IsDifference ? $"[[\"{Name}\".differences]]" : $"[\"{Name}\"]";
            return EnumProfile.Unexpected(Line, expected, $"{header} with {string.Join(", ", Values.Keys)}");
        }
    }
}
