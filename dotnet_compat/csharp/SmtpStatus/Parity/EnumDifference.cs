using System.Globalization;

namespace SmtpStatus;

/// <summary>How an enum differs from the shared one.</summary>
public enum EnumDifferenceKind
{
    /// <summary>A shared member that the other enum lacks.</summary>
    Missing,

    /// <summary>A member that the shared enum lacks.</summary>
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

/// <summary>One difference between the shared enum and another; fields that its kind does not use are null.</summary>
/// <remarks>
/// A missing or extra difference without a number is a whole enum that one side lacks, with its full name in place of
/// a member's. Only profiles declare it: <c>smtpstatus diff --all</c> finds it, and no comparison of two enums does.
/// </remarks>
/// <param name="Kind">How they differ.</param>
/// <param name="Name">The member of the shared enum.</param>
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
    /// <summary>Returns one line that says how the two differ, in the words of <c>smtpstatus check</c>.</summary>
    public override string ToString() => Kind switch
    {
        EnumDifferenceKind.Missing when Number == null => $"the enum {Name} is in the first only",
        EnumDifferenceKind.Extra when OtherNumber == null => $"the enum {OtherName} is not in the first",
        EnumDifferenceKind.Missing => $"{Member(Name, Number)} is in the shared enum only",
        EnumDifferenceKind.Extra => $"{Member(OtherName, OtherNumber)} is not in the shared enum",
        EnumDifferenceKind.Number => $"{Name} is {Digits(Number)} in the shared enum and {Digits(OtherNumber)} there",
        EnumDifferenceKind.Name => $"{Digits(Number)} is {Name} in the shared enum and {OtherName} there",
        EnumDifferenceKind.Underlying => $"the shared enum is a {Name}, the other a {OtherName}",
        EnumDifferenceKind.Stale =>
            $"the profile declares {Member(Name, Number)} here and {Member(OtherName, OtherNumber)} there, " +
            "which is no longer true",
        _ => throw new InvalidOperationException($"unknown kind of difference: {Kind}"),
    };

    private static string Member(string? name, decimal? number) =>
        name == null ? "nothing" : number == null ? name : $"{name} = {Digits(number)}";

    private static string? Digits(decimal? number) => number?.ToString(CultureInfo.InvariantCulture);
}
