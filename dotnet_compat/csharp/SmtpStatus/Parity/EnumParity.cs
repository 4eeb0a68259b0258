using System.Globalization;
using System.Reflection;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>Compares the shared enum with another one, as <c>smtpstatus check</c> does.</summary>
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
        ArgumentNullException.ThrowIfNull(other);
        if (!other.IsEnum) throw new ArgumentException($"expected an enum, found {other.FullName}", nameof(other));
        if (profile == null && EnumProfile.Known.TryGetValue(other.FullName!, out EnumProfile? known)) profile = known;
        List<EnumDifference> found = Differences(typeof(SmtpStatusCode), other);
        IEnumerable<EnumDifference> declared = profile?.Differences.Keys ?? [];
        EnumDifference[] unexpected =
            [.. found.Where(difference => profile?.Differences.ContainsKey(difference) != true)];
        EnumDifference[] stale =
            [.. declared.Except(found).Select(difference => difference with { Kind = EnumDifferenceKind.Stale })];
        return new EnumParityReport(other, [.. unexpected, .. stale], [.. declared.Intersect(found)], profile);
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

    private static List<EnumDifference> Differences(Type shared, Type other)
    {
        var differences = new List<EnumDifference>();
        string here = Enum.GetUnderlyingType(shared).FullName!, there = Enum.GetUnderlyingType(other).FullName!;
        if (here != there) differences.Add(new(EnumDifferenceKind.Underlying, here, null, there));

        // Members match by name; the rest are paired by number, in declared order.
        List<KeyValuePair<string, decimal>> members = Members(shared), otherMembers = Members(other);
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

/// <summary>The result of comparing an enum with the shared one.</summary>
public sealed class EnumParityReport
{
    internal EnumParityReport(
        Type other,
        IReadOnlyList<EnumDifference> differences,
        IReadOnlyList<EnumDifference> accepted,
        EnumProfile? profile)
    {
        Other = other;
        Differences = differences;
        Accepted = accepted;
        Profile = profile;
    }

    /// <summary>The enum that was compared.</summary>
    public Type Other { get; }

    /// <summary>How it differs; empty if it agrees.</summary>
    public IReadOnlyList<EnumDifference> Differences { get; }

    /// <summary>The enum's differences that the profile accepts.</summary>
    public IReadOnlyList<EnumDifference> Accepted { get; }

    /// <summary>The profile with the accepted differences; null if there is none.</summary>
    public EnumProfile? Profile { get; }

    /// <summary>Whether there is no difference except those of the profile.</summary>
    public bool Agrees => Differences.Count == 0;

    /// <summary>Returns the report for a person, in the form of <c>smtpstatus check</c>.</summary>
    public override string ToString()
    {
        static bool IsLacking(EnumDifference difference) =>
            difference.Kind is EnumDifferenceKind.Missing or EnumDifferenceKind.Number or EnumDifferenceKind.Name;

        int total = EnumParity.Members(typeof(SmtpStatusCode)).Count;
        int lacking = Differences.Concat(Accepted).Count(IsLacking);
        string profileName = Profile?.FullName == Other.FullName ? "its profile" : $"the profile {Profile?.FullName}";
        string accepted = Profile == null ? "" : $"; accepted by {profileName}: {Accepted.Count}";
        AssemblyName assembly = Other.Assembly.GetName();
        IEnumerable<string> lines =
        [
            $"{(Agrees ? "agrees " : "differs")}  {Other.FullName}: " +
                $"{total - lacking} of {total} members agree in name and number{accepted}",
            $"         {assembly.Name} {assembly.Version}, read by reflection",
            .. Differences.GroupBy(difference => difference.Kind).SelectMany(group => group)
                .Select(difference => $"  {difference.Kind.ToString().ToLowerInvariant(),-10} {difference}"),
        ];
        return string.Join("\n", lines) + "\n";
    }
}
