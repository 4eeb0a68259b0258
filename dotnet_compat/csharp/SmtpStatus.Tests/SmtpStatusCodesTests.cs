using System.Globalization;
using SmtpStatus.V1;
using AsposeCode = Aspose.Email.Clients.Smtp.SmtpStatusCode;
using MailKitCode = MailKit.Net.Smtp.SmtpStatusCode;
using NetMailCode = System.Net.Mail.SmtpStatusCode;

namespace SmtpStatus.Tests;

public class SmtpStatusCodesTests
{
    private enum OfBytes : byte;

    public static TheoryData<SmtpStatusCode> Codes =>
    [
        .. Enum.GetValues<SmtpStatusCode>(),
        .. new[] { 521, 571, 199, 600, -2, int.MinValue, int.MaxValue }.Cast<SmtpStatusCode>(),
    ];

    [Fact]
    public void Names_and_numbers_are_the_vendors()
    {
        static Dictionary<string, int> Members<TEnum>() where TEnum : struct, Enum =>
            Enum.GetNames<TEnum>().ToDictionary(name => name, name => (int)(object)Enum.Parse<TEnum>(name));

        Assert.Equal(32, Enum.GetValues<AsposeCode>().Length);
        Assert.Equal(Members<AsposeCode>(), Members<SmtpStatusCode>());
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Numbers_survive_every_enum(SmtpStatusCode code)
    {
        Assert.Equal((int)code, (int)code.To<AsposeCode>());
        Assert.Equal(code, SmtpStatusCodes.From(code.To<AsposeCode>()));
        Assert.Equal(code, SmtpStatusCodes.From(code.To<NetMailCode>()));
        Assert.Equal(code, SmtpStatusCodes.From(code.To<MailKitCode>()));
    }

    [Fact]
    public void Conversions_allocate_nothing()
    {
        static int Sum()
        {
            int sum = 0;
            for (int number = 0; number < 600; number++)
                sum += (int)SmtpStatusCodes.From(((SmtpStatusCode)number).To<AsposeCode>());
            return sum;
        }
        Sum();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sum();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Only_enums_of_ints_convert()
    {
        var error = Assert.Throws<ArgumentException>(() => SmtpStatusCodes.From(default(OfBytes)));
        Assert.Contains("System.Byte", error.Message);
        Assert.Throws<ArgumentException>(() => SmtpStatusCode.Ok.To<OfBytes>());
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Predicates_go_by_the_first_digit(SmtpStatusCode code)
    {
        bool[] found = [code.IsSuccess(), code.IsIntermediate(), code.IsTransient(), code.IsPermanent()];
        string digits = ((int)code).ToString(CultureInfo.InvariantCulture);
        Assert.Equal(from first in "2345" select digits.Length == 3 && digits[0] == first, found);
        Assert.Equal(Enum.IsDefined(code), code.IsKnown());
    }

    [Theory]
    [InlineData("zh", "邮箱")]
    [InlineData("zh-CN", "邮箱")]
    [InlineData("zh-Hant-TW", "邮箱")]
    [InlineData("en-GB", "The mailbox")]
    [InlineData("", "The mailbox")]
    [InlineData("de", "The mailbox")]
    public void A_summary_follows_the_culture(string culture, string start)
    {
        Assert.StartsWith(start, SmtpStatusCode.MailboxBusy.Summary(new CultureInfo(culture)));
        CultureInfo before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = new CultureInfo(culture);
            Assert.StartsWith(start, SmtpStatusCode.MailboxBusy.Summary());
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Theory]
    [InlineData("zh", true)]
    [InlineData("zh-CN", true)]
    [InlineData("ZH-hant-tw", true)]
    [InlineData("zha", false)]
    [InlineData("z", false)]
    [InlineData("en-zh-CN", false)]
    [InlineData("en", false)]
    [InlineData("", false)]
    public void A_summary_follows_the_language(string language, bool isChinese)
    {
        var culture = new CultureInfo(isChinese ? "zh" : "en");
        DeliveryCondition condition = DeliveryCondition.MailboxFull;
        Assert.Equal(SmtpStatusCode.MailboxBusy.Summary(culture), SmtpStatusCode.MailboxBusy.Summary(language));
        Assert.Equal(EnhancedStatusCode.BadMailbox.Summary(culture), EnhancedStatusCode.BadMailbox.Summary(language));
        Assert.Equal(condition.Summary(culture), condition.Summary(language));
        string[] summaries = [condition.Summary("zh"), EnhancedStatusCode.BadMailbox.Summary("zh")];
        Assert.All(summaries, summary => Assert.True(summary[0] > '\x7f', summary));
        Assert.Throws<ArgumentNullException>(() => condition.Summary((string)null!));
    }

    [Fact]
    public void Facts_come_from_the_descriptor()
    {
        Assert.Equal(["RFC 5321 4.2.3"], SmtpStatusCode.MailboxBusy.Sources());
        Assert.Equal(RpcCode.Unavailable, SmtpStatusCode.MailboxBusy.RpcCode());
        Assert.Equal("SMTP_STATUS_CODE_MAILBOX_BUSY", SmtpStatusCode.MailboxBusy.ProtoName());
        Assert.Equal("521", ((SmtpStatusCode)521).ProtoName());
    }

    [Fact]
    public void Every_code_has_three_names()
    {
        foreach (SmtpStatusCode code in Enum.GetValues<SmtpStatusCode>())
        {
            string[] names = [code.ToString(), code.ProtoName(), code.ProtoName().Replace("SMTP_STATUS_CODE_", "")];
            Assert.Equal([code, code, code], names.Select(SmtpStatusCodes.FromName));
        }
        Assert.False(SmtpStatusCodes.TryFromName(null, out SmtpStatusCode none));
        Assert.Equal(SmtpStatusCode.NotDefined, none);
        Assert.Throws<ArgumentNullException>(() => SmtpStatusCodes.FromName(null!));
        string message = Assert.Throws<FormatException>(() => SmtpStatusCodes.FromName(new string('x', 1_000_000))).Message;
        Assert.EndsWith($", found '{new string('x', 50)}\u2026'", message);
    }

    [Theory]
    [InlineData(1001, 1001)]
    [InlineData(1999, 1000)]
    [InlineData(7999, 7000)]
    [InlineData(9001, 0)]
    [InlineData(999, 0)]
    [InlineData(-1001, 0)]
    public void An_unlisted_enhanced_code_has_the_facts_of_its_subject(int code, int expected)
    {
        var invariant = CultureInfo.InvariantCulture;
        Assert.Equal(((EnhancedStatusCode)expected).Summary(invariant), ((EnhancedStatusCode)code).Summary(invariant));
        Assert.Equal(((EnhancedStatusCode)expected).Sources(), ((EnhancedStatusCode)code).Sources());
        Assert.NotEmpty(((EnhancedStatusCode)code).Sources());
        Assert.Equal(code == expected, ((EnhancedStatusCode)code).IsKnown());
    }
}
