using System.Text.Json;

namespace SmtpStatus.Tests;

/// <summary>Compares the differences of two enums with the vectors that Python runs, too: tests/vectors/README.md.</summary>
public class EnumVectorsTests
{
    private static readonly JsonElement[] Vectors =
        [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "enums.json")))
            .RootElement.EnumerateArray()];

    public static TheoryData<string> Whys => [.. Vectors.Select(row => row.GetProperty("why").GetString()!)];

    [Theory]
    [MemberData(nameof(Whys))]
    public void The_differences_of_two_enums(string why)
    {
        JsonElement row = Vectors.Single(row => row.GetProperty("why").ValueEquals(why));
        EnumProfile? profile = row.TryGetProperty("declared", out JsonElement declared)
            ? EnumParityTests.Profile([.. declared.EnumerateArray().Select(Entry)]) : null;
        EnumParityReport report = EnumParity.Compare(Define(row, "first"), Define(row, "other"), profile);
        Assert.Equal(row.GetProperty("differences").EnumerateArray().Select(Difference), report.Differences);
    }

    private static Type Define(JsonElement row, string side)
    {
        JsonElement definition = row.GetProperty(side);
        Type underlying = Type.GetType(definition.GetProperty("underlying").GetString()!, throwOnError: true)!;
        return BuiltEnum.Define(side, "N.E", underlying,
            from member in definition.GetProperty("members").EnumerateObject()
            select KeyValuePair.Create(member.Name, member.Value.GetDecimal()));
    }

    private static EnumDifference Difference(JsonElement fields) => new(
        Enum.Parse<EnumDifferenceKind>(fields[0].GetString()!, ignoreCase: true),
        fields[1].GetString(),
        Number(fields[2]),
        fields[3].GetString(),
        Number(fields[4]));

    private static decimal? Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetDecimal();

    // An entry of a profile; numbers and strings are in TOML as in JSON.
    private static string Entry(JsonElement fields)
    {
        string[] keys = ["kind", "name", "number", "other_name", "other_number"];
        return string.Join("; ",
            from field in keys.Zip(fields.EnumerateArray())
            where field.Second.ValueKind != JsonValueKind.Null
            select $"{field.First} = {field.Second.GetRawText()}");
    }
}
