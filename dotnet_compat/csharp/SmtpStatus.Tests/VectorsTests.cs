using System.Text.Json;
using Google.Rpc;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

/// <summary>Compares what a status means with the vectors that every language runs: tests/vectors/README.md.</summary>
public class VectorsTests
{
    private const string ConditionPrefix = "DELIVERY_CONDITION_";

    [Theory]
    [InlineData("replies.json", 5000)]
    [InlineData("failures.json", 600)]
    public void Every_row_has_its_answer(string name, int minimum)
    {
        using JsonDocument rows = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name)));
        int count = 0;
        var wrong = new List<string>();
        foreach (JsonElement row in rows.RootElement.EnumerateArray())
        {
            string expected = string.Join(
                " ", Text(row, "condition"), Text(row, "rpc"), row.GetProperty("retry").GetBoolean(), Text(row, "against"));
            foreach (DeliveryStatus status in Statuses(row))
            {
                count++;
                DeliveryCondition condition = DeliveryConditions.Of(status);
                string found = string.Join(
                    " ",
                    condition.ProtoName().Replace(ConditionPrefix, ""),
                    UpperSnake((Code)status.RpcCode()),
                    status.ShouldRetry(),
                    UpperSnake(condition.CountsAgainst()));
                if (found != expected) wrong.Add($"{status}: {found}, expected {expected}: {Text(row, "why")}");
            }
        }
        Assert.Empty(wrong);
        Assert.True(count > minimum, $"only {count} rows");
    }

    private static IEnumerable<DeliveryStatus> Statuses(JsonElement row) =>
        from code in row.TryGetProperty("codes", out JsonElement codes) ? Items(codes) : [row.GetProperty("code")]
        from enhancedCode in row.TryGetProperty("enhanced", out JsonElement details)
            ? Items(details).Select(detail => detail.GetString()!) : [""]
        from stage in Items(row.GetProperty("stages"))
        select new DeliveryStatus
        {
            Stage = Parse<SmtpStage>(stage.GetString()!),
            Reply = code.GetInt32() == 0 ? null
                : new SmtpReply { Code = (SmtpStatusCode)code.GetInt32(), EnhancedCode = enhancedCode },
            LocalError = row.TryGetProperty("local_error", out JsonElement failed) && failed.GetBoolean() ? "failed" : "",
            Condition = Parse<DeliveryCondition>(Text(row, "stored")),
            Action = Parse<DeliveryAction>(Text(row, "action")),
            Status = Text(row, "status"),
        };

    private static JsonElement[] Items(JsonElement array) => [.. array.EnumerateArray()];

    private static string Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";

    private static TEnum Parse<TEnum>(string name) where TEnum : struct, Enum =>
        name.Length == 0 ? default : Enum.Parse<TEnum>(name.Replace("_", ""), ignoreCase: true);

    private static string UpperSnake<TEnum>(TEnum value) where TEnum : struct, Enum =>
        value.ToString() == "Ok" ? "OK"
        : string.Concat(value.ToString().Select((letter, index) =>
            char.IsUpper(letter) && index > 0 ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));
}
