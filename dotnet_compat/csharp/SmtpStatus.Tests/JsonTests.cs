using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

/// <summary>System.Text.Json with our codes and messages.</summary>
public class JsonTests
{
    private const string MailboxBusy = "\"SMTP_STATUS_CODE_MAILBOX_BUSY\"";

    private static readonly JsonSerializerOptions Options = new() { Converters = { new SmtpStatusCodeJsonConverter() } };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public sealed record Sent(DeliveryStatus Status, SmtpReply[] Replies, SmtpReply? None = null);

    public sealed class OfOneCode
    {
        [JsonConverter(typeof(SmtpStatusCodeJsonConverter))]
        public SmtpStatusCode Code { get; set; }
    }

    private static DeliveryStatus Status(int code) => new()
    {
        FinalRecipient = "b@example.com",
        Stage = SmtpStage.Rcpt,
        AttemptTime = new() { Seconds = 1_764_213_114 },
        Reply = new SmtpReply { Code = (SmtpStatusCode)code, EnhancedCode = "5.1.1", Lines = { "5.1.1 a", "", "邮箱 \U0001f4e7 \"<&" } },
    };

    [Theory]
    [InlineData(450)]
    [InlineData(521)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MinValue)]
    public void A_message_loses_nothing(int code)
    {
        DeliveryStatus status = Status(code);
        var sent = new Sent(status, [status.Reply, new SmtpReply()]);
        foreach (JsonSerializerOptions options in new[] { JsonSerializerOptions.Default, JsonSerializerOptions.Web, Indented, Options })
        {
            Assert.Equal(status, JsonSerializer.Deserialize<DeliveryStatus>(JsonSerializer.Serialize(status, options), options));
            Sent found = JsonSerializer.Deserialize<Sent>(JsonSerializer.Serialize(sent, options), options)!;
            Assert.Equal((sent.Status, null), (found.Status, found.None));
            Assert.Equal(sent.Replies, found.Replies);
        }
        // Protobuf of any language reads it, and the other way round.
        Assert.Equal(status, JsonParser.Default.Parse<DeliveryStatus>(JsonSerializer.Serialize(status)));
        Assert.Equal(status, JsonSerializer.Deserialize<DeliveryStatus>(JsonFormatter.Default.Format(status)));
    }

    [Fact]
    public void A_message_is_written_as_the_writer_has_it()
    {
        var reply = new SmtpReply { Code = SmtpStatusCode.MailboxBusy, Lines = { "邮", "b" } };
        Assert.Equal($$"""{"code":{{MailboxBusy}},"lines":["\u90AE","b"]}""", JsonSerializer.Serialize(reply));
        Assert.Equal(7, JsonSerializer.Serialize(reply, Indented).Split('\n').Length);
    }

    [Fact]
    public void Every_message_of_ours_has_a_converter()
    {
        Type[] messages = [.. typeof(SmtpReply).Assembly.GetTypes().Where(type => typeof(IMessage).IsAssignableFrom(type))];
        Assert.Equal(5, messages.Length);
        Assert.All(messages, type =>
        {
            Type converter = typeof(MessageJsonConverter<>).MakeGenericType(type);
            var found = Assert.IsType<JsonConverterAttribute>(Assert.Single(
                type.GetCustomAttributes(typeof(JsonConverterAttribute), inherit: false)));
            Assert.Equal(converter, found.ConverterType);
        });
        var info = new SmtpStatusCodeInfo { Summary = "a", Sources = { "RFC 5321 4.2.3" } };
        Assert.Equal(info, JsonSerializer.Deserialize<SmtpStatusCodeInfo>(JsonSerializer.Serialize(info)));
    }

    [Fact]
    public void A_message_of_others_may_have_one()
    {
        var options = new JsonSerializerOptions { Converters = { new MessageJsonConverter<Google.Rpc.BadRequest>() } };
        var message = new Google.Rpc.BadRequest { FieldViolations = { new Google.Rpc.BadRequest.Types.FieldViolation { Field = "a" } } };
        string json = JsonSerializer.Serialize(message, options);
        Assert.Equal("""{"fieldViolations":[{"field":"a"}]}""", json);
        Assert.Equal(message, JsonSerializer.Deserialize<Google.Rpc.BadRequest>(json, options));
    }

    [Theory]
    [InlineData("""{"Code":450,"EnhancedCode":"4.2.0","Lines":["a"]}""", "Unknown field: Code")]  // by no converter
    [InlineData("""{"code":"MailboxBusy"}""", "MailboxBusy")]
    [InlineData("""{"code":450.5}""", "450.5")]
    [InlineData("""{"code":2147483648}""", "2147483648")]
    [InlineData("""{"lines":"a"}""", "not an array")]
    [InlineData("""{"lines":[null]}""", "null")]
    [InlineData("""{"lines":["\ud83d"]}""", "surrogate")]
    [InlineData("[]", "Expected an object")]
    [InlineData("true", "Expected an object")]
    public void Other_json_is_no_message(string json, string expected)
    {
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SmtpReply>(json));
        Assert.StartsWith("JSON holds no SmtpReply: ", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void The_message_about_long_json_is_short()
    {
        string name = new('x', 1_000_000);
        Assert.Equal(
            "JSON holds no SmtpReply: ".Length + 1000,
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SmtpReply>($$"""{"{{name}}":1}""")).Message.Length);
        string[] values = [$"\"{name}\"", $"[\"{name}\"]", $$"""{"{{name}}":1}""", new string('1', 1_000_000)];
        Assert.All(values, json =>
            Assert.InRange(Assert.Throws<JsonException>(() => Read(json)).Message.Length, 50, 200));
        Assert.InRange(Assert.Throws<JsonException>(() => ReadKey(name)).Message.Length, 50, 200);
    }

    [Theory]
    [InlineData(450, MailboxBusy)]
    [InlineData(-1, "\"SMTP_STATUS_CODE_GENERAL_FAILURE\"")]
    [InlineData(0, "\"SMTP_STATUS_CODE_NOT_DEFINED\"")]
    [InlineData(521, "521")]
    [InlineData(-5, "-5")]
    [InlineData(int.MinValue, "-2147483648")]
    public void A_code_is_written_as_protobuf_writes_it(int number, string expected)
    {
        var code = (SmtpStatusCode)number;
        Assert.Equal(expected, JsonSerializer.Serialize(code, Options));
        Assert.Equal($"{{\"Code\":{expected}}}", JsonSerializer.Serialize(new OfOneCode { Code = code }));
        Assert.Equal(code, JsonSerializer.Deserialize<OfOneCode>($"{{\"Code\":{expected}}}")!.Code);
        Assert.Equal(code, JsonSerializer.Deserialize<SmtpStatusCode?>(expected, Options));
        // As a key, it is always a text.
        var counts = new Dictionary<SmtpStatusCode, int> { [code] = 2 };
        string json = JsonSerializer.Serialize(counts, Options);
        Assert.Equal($"{{\"{expected.Trim('"')}\":2}}", json);
        Assert.Equal(counts, JsonSerializer.Deserialize<Dictionary<SmtpStatusCode, int>>(json, Options));
    }

    [Fact]
    public void What_is_left_out_or_null_is_no_code()
    {
        Assert.Null(JsonSerializer.Deserialize<SmtpStatusCode?>("null", Options));
        Assert.Throws<JsonException>(() => Read("null"));
        Assert.Contains("nothing", Assert.Throws<JsonException>(() => SmtpStatusCodes.FromJson(default)).Message);
        Assert.Throws<JsonException>(() => Read("\"\\ud83d\""));
        Assert.Throws<JsonException>(() => SmtpStatusCodes.FromJson(JsonElement.Parse("\"\\ud83d\"")));
    }

    [Theory]
    [InlineData("MailboxBusy", 450)]
    [InlineData("MAILBOX_BUSY", 450)]
    [InlineData("450", 450)]
    [InlineData("-2147483648", int.MinValue)]
    [InlineData("2147483648", null)]
    [InlineData("0450", null)]
    [InlineData("+450", null)]
    [InlineData("-0", null)]
    [InlineData(" 450", null)]
    [InlineData("450.0", null)]
    [InlineData("\u0664\u0665\u0660", null)]
    [InlineData("", null)]
    [InlineData("\\ud83d", null)]
    public void A_key_is_a_name_or_a_number(string name, int? expected)
    {
        if (expected == null) Assert.Throws<JsonException>(() => ReadKey(name));
        else Assert.Equal((SmtpStatusCode)expected, ReadKey(name));
    }

    private static SmtpStatusCode Read(string json) => JsonSerializer.Deserialize<SmtpStatusCode>(json, Options);

    private static SmtpStatusCode ReadKey(string name) =>
        JsonSerializer.Deserialize<Dictionary<SmtpStatusCode, int>>($"{{\"{name}\":2}}", Options)!.Keys.Single();
}
