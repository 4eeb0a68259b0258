using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>Compares two enums: any two, or the shared one with another, as <c>smtpstatus check</c> does.</summary>
public static class EnumParity
{
    /// <summary>Returns how an enum differs from <see cref="SmtpStatusCode"/>: a test in one line.</summary>
    /// <example>
    /// <code>Assert.Empty(EnumParity.Compare&lt;System.Net.Mail.SmtpStatusCode&gt;().Differences);</code>
    /// </example>
    /// <typeparam name="TEnum">The other enum.</typeparam>
    /// <param name="profile">The accepted differences; by default, those in <see cref="EnumProfile.Known"/>.</param>
    public static EnumParityReport Compare<TEnum>(EnumProfile? profile = null) where TEnum : struct, Enum =>
        Compare(typeof(TEnum), profile);

    /// <summary>Returns how an enum differs from <see cref="SmtpStatusCode"/>.</summary>
    /// <param name="other">The other enum.</param>
    /// <param name="profile">The accepted differences; by default, those in <see cref="EnumProfile.Known"/>.</param>
    /// <exception cref="ArgumentException">The type is not an enum.</exception>
    public static EnumParityReport Compare(Type other, EnumProfile? profile = null)
    {
        ThrowIfNoEnum(other);
        if (profile == null && EnumProfile.Known.TryGetValue(other.FullName!, out EnumProfile? known)) profile = known;
        return Compare(typeof(SmtpStatusCode), other, profile);
    }

    /// <summary>Returns how the right enum differs from the left one.</summary>
    /// <example>
    /// <code>
    /// EnumParityReport report = EnumParity.Compare&lt;Team.V1.Day, DayOfWeek&gt;();
    /// Assert.True(report.Agrees, report.ToString());
    /// </code>
    /// </example>
    /// <typeparam name="TLeft">The enum that the report calls the first one.</typeparam>
    /// <typeparam name="TRight">The enum that the report calls the other one.</typeparam>
    /// <param name="profile">The accepted differences; by default, none.</param>
    public static EnumParityReport Compare<TLeft, TRight>(EnumProfile? profile = null)
        where TLeft : struct, Enum
        where TRight : struct, Enum =>
        Compare(typeof(TLeft), typeof(TRight), profile);

    /// <summary>Returns how the right enum differs from the left one.</summary>
    /// <remarks>
    /// Members are matched by name. The others are paired by number, in declared order, and the rest is missing or extra.
    /// </remarks>
    /// <param name="left">The enum that the report calls the first one.</param>
    /// <param name="right">The enum that the report calls the other one.</param>
    /// <param name="profile">The accepted differences; by default, none.</param>
    /// <exception cref="ArgumentException">
    /// One of the types is not an enum, or a reason in the profile is empty: whoever accepts says why.
    /// </exception>
    public static EnumParityReport Compare(Type left, Type right, EnumProfile? profile = null)
    {
        ThrowIfNoEnum(left);
        ThrowIfNoEnum(right);
        profile?.ThrowIfReasonIsEmpty(nameof(profile));
        List<EnumDifference> found = Differences(left, right);
        IEnumerable<EnumDifference> declared = profile?.Differences.Keys ?? [];
        EnumDifference[] unexpected =
            [.. found.Where(difference => profile?.Differences.ContainsKey(difference) != true)];
        EnumDifference[] stale =
            [.. declared.Except(found).Select(difference => difference with { Kind = EnumDifferenceKind.Stale })];
        return new EnumParityReport(left, right, [.. unexpected, .. stale], [.. declared.Intersect(found)], profile);
    }

    /// <summary>Returns names and numbers in declared order.</summary>
    internal static List<KeyValuePair<string, decimal>> Members(Type type) =>
        [.. type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .OrderBy(field => field.MetadataToken)
            .Select(field => new KeyValuePair<string, decimal>(
                field.Name,
                field.GetRawConstantValue() is char character
                    ? character
                    : Convert.ToDecimal(field.GetRawConstantValue(), CultureInfo.InvariantCulture)))];

    private static void ThrowIfNoEnum(Type type, [CallerArgumentExpression(nameof(type))] string? parameterName = null)
    {
        ArgumentNullException.ThrowIfNull(type, parameterName);
        if (!type.IsEnum) throw new ArgumentException($"expected an enum, found {type.FullName}", parameterName);
    }

    private static List<EnumDifference> Differences(Type left, Type right)
    {
        var differences = new List<EnumDifference>();
        string here = Enum.GetUnderlyingType(left).FullName!, there = Enum.GetUnderlyingType(right).FullName!;
        if (here != there) differences.Add(new(EnumDifferenceKind.Underlying, here, null, there));

        List<KeyValuePair<string, decimal>> members = Members(left), otherMembers = Members(right);
        var otherNumbers = otherMembers.ToDictionary(member => member.Key, member => member.Value);
        HashSet<string> names = [.. members.Select(member => member.Key)];
        otherMembers.RemoveAll(member => names.Contains(member.Key));
        foreach (KeyValuePair<string, decimal> member in members)
        {
            if (otherNumbers.TryGetValue(member.Key, out decimal otherNumber))
            {
                if (otherNumber != member.Value)
                    differences.Add(new(EnumDifferenceKind.Number, member.Key, member.Value, member.Key, otherNumber));
            }
            else if (otherMembers.FindIndex(candidate => candidate.Value == member.Value) is var index and >= 0)
            {
                string otherName = otherMembers[index].Key;
                differences.Add(new(EnumDifferenceKind.Name, member.Key, member.Value, otherName, member.Value));
                otherMembers.RemoveAt(index);
            }
            else
            {
                differences.Add(new(EnumDifferenceKind.Missing, member.Key, member.Value));
            }
        }
        differences.AddRange(otherMembers.Select(member =>
            new EnumDifference(EnumDifferenceKind.Extra, null, null, member.Key, member.Value)));
        return differences;
    }
}

/// <summary>The result of comparing two enums.</summary>
public sealed class EnumParityReport
{
    internal EnumParityReport(
        Type first,
        Type other,
        IReadOnlyList<EnumDifference> differences,
        IReadOnlyList<EnumDifference> accepted,
        EnumProfile? profile)
    {
        First = first;
        Other = other;
        Differences = differences;
        Accepted = accepted;
        Profile = profile;
    }

    /// <summary>The enum on the left, from which the other one differs: the shared enum, if only one was given.</summary>
    public Type First { get; }

    /// <summary>The enum on the right, which was compared with the first one.</summary>
    public Type Other { get; }

    /// <summary>How the other enum differs from the first one; empty if it agrees.</summary>
    public IReadOnlyList<EnumDifference> Differences { get; }

    /// <summary>The differences that the profile accepts.</summary>
    public IReadOnlyList<EnumDifference> Accepted { get; }

    /// <summary>The profile with the accepted differences; null if there is none.</summary>
    public EnumProfile? Profile { get; }

    /// <summary>Whether there is no difference except those of the profile.</summary>
    public bool Agrees => Differences.Count == 0;

    /// <summary>Returns the report for a person, in the form of <c>smtpstatus check</c>.</summary>
    public override string ToString()
    {
        static string AssemblyOf(Type type) => $"{type.Assembly.GetName().Name} {type.Assembly.GetName().Version}";

        static bool IsLacking(EnumDifference difference) =>
            difference.Kind is EnumDifferenceKind.Missing or EnumDifferenceKind.Number or EnumDifferenceKind.Name;

        bool isShared = First == typeof(SmtpStatusCode);
        int total = EnumParity.Members(First).Count;
        int lacking = Differences.Concat(Accepted).Count(IsLacking);
        string profileName = Profile?.FullName == Other.FullName ? "its profile" : $"the profile {Profile?.FullName}";
        string accepted = Profile == null ? "" : $"; accepted by {profileName}: {Accepted.Count}";
        IEnumerable<string> lines =
        [
            $"{(Agrees ? "agrees " : "differs")}  {Other.FullName}: " +
                $"{total - lacking} of {total} members agree in name and number{More()}{accepted}",
            $"         {AssemblyOf(Other)}, read by reflection",
            .. isShared ? [] : new[] { $"         the first enum: {First.FullName}, {AssemblyOf(First)}" },
            .. Differences.GroupBy(difference => difference.Kind).SelectMany(group => group)
                .Select(difference => $"  {difference.Kind.ToString().ToLowerInvariant(),-10} {difference.Sentence(isShared)}"),
        ];
        return string.Join("\n", lines) + "\n";
    }

    /// <summary>Returns what else differs: without it, <c>32 of 32 agree</c> would be no reason to differ.</summary>
    private string More()
    {
        int Count(EnumDifferenceKind kind) => Differences.Count(difference => difference.Kind == kind);

        int extra = Count(EnumDifferenceKind.Extra), stale = Count(EnumDifferenceKind.Stale);
        string text = extra > 0 ? $", {extra} more on one side only" : "";
        text += Count(EnumDifferenceKind.Underlying) > 0 ? ", the type of the numbers differs" : "";
        return text + (stale > 0 ? $", stale entries in its profile: {stale}" : "");
    }
}
