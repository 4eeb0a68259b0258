using static SmtpStatus.Tests.EnumParityTests;
using SharedCode = SmtpStatus.V1.SmtpStatusCode;

namespace SmtpStatus.Tests;

/// <summary>Compares enums that have nothing to do with SMTP.</summary>
public class EnumPairTests
{
    [Flags]
    private enum Rights : byte { None = 0, Read = 1, Write = 2, All = 3 }

    private enum Empty;

    private static class Team
    {
        internal enum Rights { None = 0, Read = 1, Edit = 2, All = 4 }
    }

    private static Type Built(int version, params IEnumerable<KeyValuePair<string, decimal>> members) =>
        BuiltEnum.Define($"Library, Version={version}.0.0.0", "Library.Level", typeof(int), members);

    // The lines of differences, without their kinds.
    private static IEnumerable<string> Sentences<TLeft, TRight>()
        where TLeft : struct, Enum
        where TRight : struct, Enum =>
        from line in EnumParity.Compare<TLeft, TRight>().ToString().TrimEnd('\n').Split('\n').Skip(3)
        select line[13..];

    [Fact]
    public void A_generated_enum_has_another_first_day_than_dotnet() => Assert.Equal(
        ["Unspecified = 0 is in the first enum only", "Sunday is 7 in the first enum and 0 in the second"],
        Sentences<Google.Type.DayOfWeek, DayOfWeek>());

    [Fact]
    public void A_generated_enum_has_another_name_than_a_library() => Assert.Equal(
        ["0 is Ok in the first enum and OK in the second"], Sentences<Google.Rpc.Code, Grpc.Core.StatusCode>());

    [Fact]
    public void Every_kind_of_difference_says_what_the_first_enum_is()
    {
        EnumParityReport report = EnumParity.Compare<Rights, Team.Rights>();
        Assert.Equal((typeof(Rights), typeof(Team.Rights)), (report.First, report.Other));
        Assert.Null(report.Profile);
        string version = $"SmtpStatus.Tests {typeof(Rights).Assembly.GetName().Version}";
        Assert.Equal(
            $"""
            differs  SmtpStatus.Tests.EnumPairTests+Team+Rights: 2 of 4 members agree in name and number, the type of the numbers differs
                     {version}, read by reflection
                     the first enum: SmtpStatus.Tests.EnumPairTests+Rights, {version}
              underlying the first enum is a System.Byte, the second a System.Int32
              name       2 is Write in the first enum and Edit in the second
              number     All is 3 in the first enum and 4 in the second

            """,
            report.ToString());
    }

    [Fact]
    public void Two_versions_of_one_enum_are_told_apart()
    {
        Type older = Built(1, new("Low", 0), new("High", 1)), newer = Built(2, new("Low", 0), new("Highest", 9));
        Assert.Equal(
            """
            differs  Library.Level: 1 of 2 members agree in name and number, 1 more on one side only
                     Library 2.0.0.0, read by reflection
                     the first enum: Library.Level, Library 1.0.0.0
              missing    High = 1 is in the first enum only
              extra      Highest = 9 is not in the first enum

            """,
            EnumParity.Compare(older, newer).ToString());
    }

    [Fact]
    public void An_enum_agrees_with_itself()
    {
        EnumParityReport report = EnumParity.Compare<DayOfWeek, DayOfWeek>();
        Assert.Empty(report.Differences);
        Assert.StartsWith("agrees   System.DayOfWeek: 7 of 7 members agree in name and number\n", report.ToString());
    }

    [Fact]
    public void The_summary_counts_the_members_of_the_first_enum()
    {
        Assert.Contains(": 0 of 0 members agree in", EnumParity.Compare<Empty, DayOfWeek>().ToString());
        Assert.Contains(": 0 of 7 members agree in", EnumParity.Compare<DayOfWeek, Empty>().ToString());
        Assert.True(EnumParity.Compare<Empty, Empty>().Agrees);
    }

    [Fact]
    public void The_shared_enum_keeps_its_name_on_the_left_only()
    {
        Assert.Contains(
            "  missing    Ok = 250 is in the shared enum only\n", EnumParity.Compare<SharedCode, Rights>().ToString());
        Assert.Contains(
            "  extra      Ok = 250 is not in the first enum\n", EnumParity.Compare<Rights, SharedCode>().ToString());
    }

    [Fact]
    public void Only_one_enum_alone_is_compared_under_its_known_profile()
    {
        EnumParityReport alone = EnumParity.Compare<System.Net.Mail.SmtpStatusCode>();
        EnumProfile known = EnumProfile.Known["System.Net.Mail.SmtpStatusCode"];
        Assert.Equal((typeof(SharedCode), known), (alone.First, alone.Profile));
        Assert.Equal(known, EnumParity.Compare(typeof(System.Net.Mail.SmtpStatusCode), null).Profile);

        EnumProfile given = Profile();
        Assert.Equal(given, EnumParity.Compare<System.Net.Mail.SmtpStatusCode>(given).Profile);

        EnumParityReport pair = EnumParity.Compare<SharedCode, System.Net.Mail.SmtpStatusCode>();
        Assert.Null(pair.Profile);
        Assert.Equal(known.Differences.Keys.ToHashSet(), pair.Differences.ToHashSet());
        Assert.Equal(
            alone.ToString(), EnumParity.Compare<SharedCode, System.Net.Mail.SmtpStatusCode>(known).ToString());
    }

    [Fact]
    public void A_profile_that_is_given_is_applied()
    {
        EnumProfile profile = Profile(
            "kind = \"number\"; name = \"Sunday\"; number = 7; other_name = \"Sunday\"; other_number = 0",
            "kind = \"missing\"; name = \"Unspecified\"; number = 0");
        EnumParityReport report = EnumParity.Compare<Google.Type.DayOfWeek, DayOfWeek>(profile);
        Assert.True(report.Agrees, report.ToString());
        Assert.Equal(profile.Differences.Keys, report.Accepted);
        Assert.StartsWith(
            "agrees   System.DayOfWeek: 6 of 8 members agree in name and number; accepted by the profile N.E: 2\n",
            report.ToString());
    }

    [Fact]
    public void An_entry_that_is_no_longer_true_is_stale()
    {
        EnumProfile profile = Profile(
            "kind = \"extra\"; other_name = \"Someday\"; other_number = 8",
            "kind = \"missing\"; name = \"System.DayOfWeek\"",
            "kind = \"extra\"; other_name = \"System.DayOfWeek\"");
        EnumParityReport report = EnumParity.Compare<DayOfWeek, DayOfWeek>(profile);
        const string Gone = "which is no longer true";
        Assert.EndsWith(
            $"""

              stale      the profile declares nothing in the first enum and Someday = 8 in the second, {Gone}
              stale      the profile declares System.DayOfWeek in the first enum and nothing in the second, {Gone}
              stale      the profile declares nothing in the first enum and System.DayOfWeek in the second, {Gone}

            """,
            report.ToString());
        Assert.StartsWith("differs  System.DayOfWeek: 7 of 7 members agree", report.ToString());
    }

    [Theory]
    [InlineData(typeof(string))]
    [InlineData(typeof(int))]
    [InlineData(typeof(Enum))]
    [InlineData(typeof(DayOfWeek?))]
    [InlineData(typeof(DayOfWeek[]))]
    [InlineData(null)]
    public void A_type_that_is_not_an_enum_is_refused_on_either_side(Type? type)
    {
        void IsRefused(string argument, Func<EnumParityReport> compare)
        {
            ArgumentException error = Assert.ThrowsAny<ArgumentException>(compare);
            Assert.Equal(argument, error.ParamName);
            if (type != null) Assert.StartsWith($"expected an enum, found {type.FullName} ", error.Message);
            Assert.Equal(type == null, error is ArgumentNullException);
        }

        IsRefused("left", () => EnumParity.Compare(type!, typeof(DayOfWeek)));
        IsRefused("right", () => EnumParity.Compare(typeof(DayOfWeek), type!));
        IsRefused("left", () => EnumParity.Compare(type!, type!));
        IsRefused("other", () => EnumParity.Compare(type!));
    }
}
