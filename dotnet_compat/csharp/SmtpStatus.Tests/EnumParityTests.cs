using AsposeCode = Aspose.Email.Clients.Smtp.SmtpStatusCode;
using MailKitCode = MailKit.Net.Smtp.SmtpStatusCode;
using NetMailCode = System.Net.Mail.SmtpStatusCode;

namespace SmtpStatus.Tests;

public class EnumParityTests
{
    private enum Two { MailboxBusy = 459, Okay = 250 }

    private enum Wide : ulong { Ok = 250, Most = ulong.MaxValue }

    /// <summary>Returns a profile of N.E with these entries; "; " ends a field.</summary>
    internal static EnumProfile Profile(params string[] entries)
    {
        IEnumerable<string> tables =
            ["[\"N.E\"]", .. entries.Select(entry => $"[[\"N.E\".differences]]\n{entry.Replace("; ", "\n")}")];
        using var reader = new StringReader(string.Concat(tables.Select(table => $"{table}\nreason = \"so\"\n")));
        return EnumProfile.Read(reader)["N.E"];
    }

    [Fact]
    public void Aspose_agrees() => Assert.Empty(EnumParity.Compare<AsposeCode>().Differences);

    [Fact]
    public void System_Net_Mail_agrees_except_for_its_profile()
    {
        EnumParityReport report = EnumParity.Compare<NetMailCode>();
        Assert.True(report.Agrees, report.ToString());
        Assert.Equal(10, report.Accepted.Count);
    }

    [Fact]
    public void MailKit_agrees_except_for_its_profile()
    {
        EnumParityReport report = EnumParity.Compare<MailKitCode>();
        Assert.True(report.Agrees, report.ToString());
        Assert.Equal(12, report.Accepted.Count);
    }

    [Fact]
    public void Every_kind_of_difference_is_found()
    {
        EnumParityReport report = EnumParity.Compare<Two>();
        Assert.False(report.Agrees);
        Assert.Equal(
            ["250 is Ok in the shared enum and Okay there", "MailboxBusy is 450 in the shared enum and 459 there"],
            from difference in report.Differences
            where difference.Kind != EnumDifferenceKind.Missing
            select difference.ToString());
        Assert.Equal(30, report.Differences.Count(difference => difference.Kind == EnumDifferenceKind.Missing));
        const string Summary = "0 of 32 members agree in name and number";
        Assert.StartsWith($"differs  SmtpStatus.Tests.EnumParityTests+Two: {Summary}\n", report.ToString());

        IReadOnlyList<EnumDifference> wide = EnumParity.Compare<Wide>().Differences;
        Assert.Equal("the shared enum is a System.Int32, the other a System.UInt64", wide[0].ToString());
        Assert.Equal("Most = 18446744073709551615 is not in the shared enum", wide[^1].ToString());
    }

    [Fact]
    public void A_declared_difference_that_is_absent_is_stale()
    {
        EnumProfile profile = EnumProfile.Known["MailKit.Net.Smtp.SmtpStatusCode"];
        EnumParityReport report = EnumParity.Compare<AsposeCode>(profile);
        Assert.Equal(profile.Differences.Count, report.Differences.Count);
        Assert.All(report.Differences, difference => Assert.Equal(EnumDifferenceKind.Stale, difference.Kind));
        const string Line = "the profile declares NotDefined = 0 here and nothing there, which is no longer true";
        Assert.Contains($"  stale      {Line}\n", report.ToString());
    }

    [Theory]
    [InlineData("reason = \"no table\"", "line 1")]
    [InlineData("[\"A\"]", "a reason and nothing else")]
    [InlineData("[\"A\"]\nreason = 3", "a string")]
    [InlineData("[\"A\"]\nreason = \"a\" b\"", "whose only escapes")]
    [InlineData("[\"A\"]\nreason = \"\\U00110000\"", "a Unicode character")]
    [InlineData("[\"A\"]\nreason = \"\"\n[\"A\"]\nreason = \"\"", "each enum once")]
    [InlineData("[\"A\"]\nreason = \"\"\nreason = \"\"", "each once")]
    [InlineData("[\"A\"]\nreason = \"\"\n[[\"B\".differences]]", "the profile above, A")]
    [InlineData("[[\"B\".differences]]", "a profile before its differences")]
    [InlineData("[\"A\"]\nreason = \"\"\n[[\"A\".differences]]\nkind = \"missing\"", "kind name number reason")]
    [InlineData("[\"A\"]\nreason = \"\"\n[[\"A\".differences]]\nkind = \"odd\"", "a kind of missing")]
    [InlineData("[\"A\"]\nreason = \"\"\n[[\"A\".differences]]\nnumber = 99999999999999999999999999999", "the number")]
    [InlineData("[A]", "found [A]")]
    public void A_malformed_profile_is_refused(string text, string expected)
    {
        using var reader = new StringReader(text);
        Assert.Contains(expected, Assert.Throws<FormatException>(() => EnumProfile.Read(reader)).Message);
    }

    [Fact]
    public void A_profile_may_declare_a_whole_enum()
    {
        EnumProfile profile = Profile("kind = \"missing\"; name = \"N.E\"", "kind = \"extra\"; other_name = \"N.F\"");
        Assert.Equal(
            [new(EnumDifferenceKind.Missing, "N.E"), new(EnumDifferenceKind.Extra, OtherName: "N.F")],
            profile.Differences.Keys);
        Assert.Equal(
            ["only the first side has the enum N.E", "only the second side has the enum N.F"],
            profile.Differences.Keys.Select(difference => difference.ToString()));
    }

    [Theory]
    [InlineData("kind = \"missing\"; other_name = \"N.E\"")]
    [InlineData("kind = \"missing\"; name = \"N.E\"; other_name = \"N.E\"")]
    [InlineData("kind = \"missing\"; number = 1")]
    [InlineData("kind = \"missing\"")]
    [InlineData("kind = \"extra\"; name = \"N.E\"")]
    [InlineData("kind = \"extra\"; name = \"N.E\"; other_name = \"N.E\"")]
    [InlineData("kind = \"extra\"; other_number = 1")]
    [InlineData("kind = \"number\"; name = \"N.E\"")]
    [InlineData("kind = \"number\"; name = \"N.E\"; other_name = \"N.E\"")]
    [InlineData("kind = \"name\"; name = \"N.E\"; other_name = \"N.F\"")]
    [InlineData("kind = \"underlying\"; name = \"System.Int32\"")]
    [InlineData("kind = \"stale\"; name = \"N.E\"")]
    public void A_whole_enum_is_missing_or_extra_and_nothing_else(string entry) =>
        Assert.Contains("line 3: expected ", Assert.Throws<FormatException>(() => Profile(entry)).Message);

    [Theory]
    [InlineData("", "so", 1)]
    [InlineData("so", " ", 1)]
    [InlineData("", "", 2)]
    [InlineData("so", "so", 0)]
    public void Whoever_accepts_says_why(string reason, string reasonOfEntry, int empty)
    {
        string profile = $"[\"N.E\"]\nreason = \"{reason}\"\n[[\"N.E\".differences]]\n";
        string entry = $"kind = \"extra\"\nother_name = \"A\"\nother_number = 1\nreason = \"{reasonOfEntry}\"\n";
        using var reader = new StringReader(profile + entry);
        EnumProfile read = EnumProfile.Read(reader)["N.E"];
        if (empty == 0)
        {
            Assert.Single(EnumParity.Compare<AsposeCode>(read).Differences);
            return;
        }
        var error = Assert.Throws<ArgumentException>(() => EnumParity.Compare<AsposeCode>(read));
        Assert.StartsWith("N.E: expected a reason for the profile and for each difference in it, found " + empty, error.Message);
    }

    [Fact]
    public void A_file_of_profiles_is_read_with_its_escapes()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "# ours\n\n[\"N.\\\"E\\\"\"]\nreason = \"\\\\ \\U0001f4e7\"\n");
            (string name, EnumProfile profile) = Assert.Single(EnumProfile.Read(path));
            Assert.Equal(("N.\"E\"", "\\ \U0001f4e7"), (name, profile.Reason));
            File.WriteAllBytes(path, [0x5b, 0xff]);
            Assert.Contains(path, Assert.Throws<FormatException>(() => EnumProfile.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
