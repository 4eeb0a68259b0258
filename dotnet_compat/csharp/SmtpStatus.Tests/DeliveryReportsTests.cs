using System.Text.Json;
using Aspose.Email;
using Aspose.Email.Bounce;
using Google.Protobuf;
using MimeKit;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

/// <summary>The reports of <c>tests/reports</c>, as MimeKit takes them apart, and the texts of <c>tests/vectors</c>.</summary>
public class DeliveryReportsTests
{
    // scripts/measure_reports.py has other reports.
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("SMTPSTATUS_REPORTS") ?? Path.Combine(AppContext.BaseDirectory, "reports");

    public static TheoryData<string> Reports =>
        [.. Directory.GetFiles(Folder, "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_report_becomes_the_statuses_that_Python_makes_of_it(string name)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{name}.json")));
        Assert.Equal(
            expected.RootElement.EnumerateArray().Select(row => DeliveryStatus.Parser.ParseJson(row.GetRawText())),
            Read(MimeMessage.Load(Path.Combine(Folder, $"{name}.eml"), TestContext.Current.CancellationToken)));
    }

    /// <summary>Where <c>BounceResult</c> says something else of a report.</summary>
    private static readonly Dictionary<string, string> Otherwise = new()
    {
        ["exim-delivered"] = "it says that a delivered mail is delayed",
        ["exim-global"] = "it does not read an address in UTF-8",
        ["opensmtpd-lines"] = "it does not take it for a report",
        ["opensmtpd-relayed"] = "it does not take it for a report",
        ["opensmtpd-several"] = "it does not take it for a report",
        ["postfix-delayed"] = "it says that a delayed mail failed",
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void Aspose_says_the_same_as_far_as_it_goes(string name)
    {
        string path = Path.Combine(Folder, $"{name}.eml");
        IReadOnlyList<DeliveryStatus> statuses = Read(MimeMessage.Load(path, TestContext.Current.CancellationToken));
        BounceResult bounce = MailMessage.Load(path).CheckBounced();
        Assert.True(
            IsSame(statuses, bounce) != Otherwise.ContainsKey(name),
            $"{bounce.IsBounced} {bounce.Recipient} {bounce.Action} {bounce.Status}");
    }

    // It often leaves these out, above all where there are several recipients.
    private static bool IsSame(IReadOnlyList<DeliveryStatus> statuses, BounceResult bounce) =>
        bounce.IsBounced == statuses.Count > 0
        && (!bounce.IsBounced
            || ((string.IsNullOrEmpty(bounce.Recipient) || statuses.Any(status => status.FinalRecipient == bounce.Recipient))
                && ($"{bounce.Action}" == "None" || $"{bounce.Action}" == $"{statuses[0].Action}")
                && (string.IsNullOrEmpty(bounce.Status) || bounce.Status == statuses[0].Status)));

    [Fact]
    public void The_texts_of_the_vectors_have_their_replies()
    {
        using JsonDocument rows = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "diagnostics.json")));
        var wrong = new List<string>();
        foreach (JsonElement row in rows.RootElement.EnumerateArray())
        {
            DeliveryStatus? expected = row.GetProperty("code").GetInt32() == 0 ? null : new DeliveryStatus
            {
                Stage = Enum.Parse<SmtpStage>(row.GetProperty("stage").GetString()!.Replace("_", ""), ignoreCase: true),
                Reply = new SmtpReply
                {
                    Code = (SmtpStatusCode)row.GetProperty("code").GetInt32(),
                    EnhancedCode = row.GetProperty("enhanced_code").GetString()!,
                    Lines = { row.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!) },
                },
            };
            DeliveryStatus? found = SmtpReplies.Find(row.GetProperty("text").GetString()!);
            if (!Equals(found, expected)) wrong.Add($"{row}: {found}");
        }
        Assert.Empty(wrong);
        Assert.True(rows.RootElement.GetArrayLength() > 70);
    }

    [Theory]
    [InlineData("Fri, 27 Nov 2026 03:31:54 +0000", 1795750314)]
    [InlineData("Fri, 27 Nov 2026 04:31:54 +0100 (CET)", 1795750314)]
    [InlineData("27 Nov 2026 03:31:54 GMT", 1795750314)]
    [InlineData("Fri, 27 Nov 2026 03:31:54 -0000", 1795750314)]
    [InlineData("Thu, 26 Nov 2026 22:31:54 EST", 1795750314)]
    [InlineData("yesterday", 0)]
    [InlineData("31 Nov 2026 03:31:54 +0000", 0)]
    [InlineData("Fri, 27 Nov 99999 03:31:54 +0000", 0)]
    public void An_attempt_has_a_time_if_it_is_a_date(string date, long seconds)
    {
        DeliveryStatus status = Assert.Single(DeliveryReports.Read([Group(("Action", "failed"), ("Last-Attempt-Date", date))]));
        Assert.Equal(seconds, status.AttemptTime?.Seconds ?? 0);
    }

    [Fact]
    public void A_group_without_a_recipient_is_passed_over_and_many_are_bounded()
    {
        Assert.Empty(DeliveryReports.Read([Group(("Reporting-MTA", "dns; mx.example.org")), Group()]));
        KeyValuePair<string, string>[] group = Group(("Final-Recipient", "rfc822; a@example.com"));
        Assert.Equal(10_000, DeliveryReports.Read(Enumerable.Repeat(group, 10_000)).Count);
        Assert.Equal(10_000, DeliveryReports.Read(Enumerable.Repeat(group, 10_001)).Count);
    }

    [Fact]
    public void Null_is_an_error()
    {
        Assert.Throws<ArgumentNullException>("groups", () => DeliveryReports.Read(null!));
        Assert.Throws<ArgumentNullException>("text", () => SmtpReplies.Find(null!));
    }

    private static KeyValuePair<string, string>[] Group(params (string Name, string Value)[] fields) =>
        [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))];

    private static IReadOnlyList<DeliveryStatus> Read(MimeMessage message)
    {
        MessageDeliveryStatus? report = message.BodyParts.OfType<MessageDeliveryStatus>().FirstOrDefault();
        return report == null ? [] : DeliveryReports.Read(
            report.StatusGroups.Select(group => group.Select(field => KeyValuePair.Create(field.Field, field.Value))),
            message.BodyParts.OfType<TextPart>().FirstOrDefault(part => part.IsPlain)?.Text);
    }
}
