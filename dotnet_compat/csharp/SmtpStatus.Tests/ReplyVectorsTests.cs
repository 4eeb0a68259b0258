using System.Text;
using System.Text.Json;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

/// <summary>Holds replies and codes as text to the vectors that Python is held to: tests/vectors/README.md.</summary>
public class ReplyVectorsTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new SmtpStatusCodeJsonConverter() } };

    public static TheoryData<string, string> Texts => Rows("reply_texts.json");

    public static TheoryData<string, string> Replies => Rows("formatted_replies.json");

    public static TheoryData<string, string> Codes => Rows("status_codes.json");

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_is_read_as_a_reply(string why, string json)
    {
        JsonElement row = JsonElement.Parse(json);
        string text = row.GetProperty("text").GetString()!;
        bool isReply = SmtpReplies.TryParse(text, out SmtpReply found);
        if (row.TryGetProperty("error", out JsonElement error))
        {
            Assert.False(isReply, why);
            Assert.Equal(new SmtpReply(), found);
            Assert.Contains(error.GetString()!, Assert.Throws<FormatException>(() => SmtpReplies.Parse(text)).Message);
            return;
        }
        Assert.True(isReply, why);
        SmtpReply expected = Reply(row);
        expected.EnhancedCode = row.GetProperty("enhanced_code").GetString();
        Assert.Equal(expected, found);
        Assert.Equal(expected, SmtpReplies.Parse(text));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_is_formatted(string why, string json)
    {
        JsonElement row = JsonElement.Parse(json);
        SmtpReply reply = Reply(row);
        if (row.GetProperty("formatted").GetString() is not { } expected)
        {
            var error = Assert.Throws<ArgumentException>(() => SmtpReplies.Format(reply));
            Assert.Contains($"three digits, found {(int)reply.Code}", error.Message);
            return;
        }
        Assert.Equal((expected, why), (SmtpReplies.Format(reply), why));
        Assert.Equal(expected, SmtpReplies.Format(SmtpReplies.Parse(expected)));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_in_json(string why, string json)
    {
        JsonElement row = JsonElement.Parse(json), value = row.GetProperty("json");
        int? expected = row.GetProperty("code").Deserialize<int?>();
        foreach (Func<SmtpStatusCode> read in new[]
            { () => SmtpStatusCodes.FromJson(value), () => value.Deserialize<SmtpStatusCode>(Options) })
        {
            if (expected == null) Assert.Contains("SmtpStatusCode", Assert.Throws<JsonException>(() => read()).Message);
            else Assert.Equal((expected, why), ((int)read(), why));
        }
        if (value.ValueKind != JsonValueKind.String) return;
        Assert.Equal(expected != null, SmtpStatusCodes.TryFromName(value.GetString(), out SmtpStatusCode named));
        Assert.Equal(expected ?? 0, (int)named);
        if (expected == null) Assert.Throws<FormatException>(() => SmtpStatusCodes.FromName(value.GetString()!));
        else Assert.Equal(named, SmtpStatusCodes.FromName(value.GetString()!));
    }

    private static SmtpReply Reply(JsonElement row) => new()
    {
        Code = (SmtpStatusCode)row.GetProperty("code").GetInt32(),
        Lines = { row.GetProperty("lines").EnumerateArray().Select(line => line.GetString()) },
    };

    private static TheoryData<string, string> Rows(string name)
    {
        var rows = new TheoryData<string, string>();
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name), Encoding.UTF8);
        foreach (JsonElement row in JsonElement.Parse(text).EnumerateArray())
            rows.Add(row.GetProperty("why").GetString()!, row.GetRawText());
        Assert.True(rows.Count > 15, $"only {rows.Count} rows");
        return rows;
    }
}
