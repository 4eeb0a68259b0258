using System.Globalization;

namespace SmtpStatus;

/// <summary>How an enum, the other one, differs from the first one.</summary>
public enum EnumDifferenceKind
{
    /// <summary>A member of the first enum that the other one lacks, or an enum of the first side alone.</summary>
    Missing,

    /// <summary>A member that the first enum lacks, or an enum that the first side lacks.</summary>
    Extra,

    /// <summary>One name, two numbers.</summary>
    Number,

    /// <summary>One number, two names.</summary>
    Name,

    /// <summary>Two underlying types; the names are those of the types.</summary>
    Underlying,

    /// <summary>A profile declares a difference that is not there.</summary>
    Stale,
}

/// <summary>One difference between two enums; fields that its kind does not use are null.</summary>
/// <remarks>
/// A missing or extra difference without a number is a whole enum that one side lacks, with its full name in place of
/// a member's. A profile may declare it; <c>smtpstatus diff --all</c> finds it, a comparison of two enums does not.
/// </remarks>
/// <param name="Kind">How they differ.</param>
/// <param name="Name">The member of the first enum.</param>
/// <param name="Number">Its number.</param>
/// <param name="OtherName">The member of the other enum.</param>
/// <param name="OtherNumber">Its number; a decimal holds the numbers of every underlying type.</param>
public sealed record EnumDifference(
    EnumDifferenceKind Kind,
    string? Name = null,
    decimal? Number = null,
    string? OtherName = null,
    decimal? OtherNumber = null)
{
    /// <summary>
    /// Returns one line that says how the two differ, in the words of <c>smtpstatus check</c>: it takes the first enum
    /// for the shared one. <see cref="EnumParityReport.ToString"/> knows the first enum.
    /// </summary>
    public override string ToString() => Sentence(isShared: true);

    /// <summary>Returns one line that says how the two differ.</summary>
    /// <param name="isShared">Whether the first enum is the shared one.</param>
    internal string Sentence(bool isShared)
    {
        (string first, string there, string other, string here) = isShared
            ? ("the shared enum", "there", "the other", "here")
            : ("the first enum", "in the second", "the second", "in the first enum");
        return Kind switch
        {
            EnumDifferenceKind.Missing when Number == null => $"only the first side has the enum {Name}",
            EnumDifferenceKind.Extra when OtherNumber == null => $"only the second side has the enum {OtherName}",
            EnumDifferenceKind.Missing => $"{Member(Name, Number)} is in {first} only",
            EnumDifferenceKind.Extra => $"{Member(OtherName, OtherNumber)} is not in {first}",
            EnumDifferenceKind.Number => $"{Name} is {Digits(Number)} in {first} and {Digits(OtherNumber)} {there}",
            EnumDifferenceKind.Name => $"{Digits(Number)} is {Name} in {first} and {OtherName} {there}",
            EnumDifferenceKind.Underlying => $"{first} is a {Name}, {other} a {OtherName}",
            EnumDifferenceKind.Stale =>
                $"the profile declares {Member(Name, Number)} {here} and {Member(OtherName, OtherNumber)} {there}, " +
                "which is no longer true",
            _ => throw new InvalidOperationException($"unknown kind of difference: {Kind}"),
        };
    }

    private static string Member(string? name, decimal? number) =>
        name == null ? "nothing" : number == null ? name : $"{name} = {Digits(number)}";

    private static string? Digits(decimal? number) => number?.ToString(CultureInfo.InvariantCulture);
}
