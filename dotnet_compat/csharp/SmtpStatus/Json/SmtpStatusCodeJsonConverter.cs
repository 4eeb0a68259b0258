#if NET  // System.Text.Json would be a dependency on .NET Standard
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>
/// Writes a code as protobuf's JSON does, and reads what protobuf, .NET and Python write: see
/// <see cref="SmtpStatusCodes.FromJson"/>.
/// </summary>
/// <remarks>
/// <c>"SMTP_STATUS_CODE_MAILBOX_BUSY"</c>, and the number of a code that is not listed. As the key of a dictionary, that
/// number is a text, because JSON has no other keys.
/// </remarks>
public sealed class SmtpStatusCodeJsonConverter : JsonConverter<SmtpStatusCode>
{
    /// <inheritdoc/>
    public override SmtpStatusCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SmtpStatusCodes.FromJson(JsonElement.ParseValue(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SmtpStatusCode value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.IsKnown()) writer.WriteStringValue(value.ProtoName());
        else writer.WriteNumberValue((int)value);
    }

    /// <inheritdoc/>
    public override SmtpStatusCode ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string name = reader.GetString()!;
        bool isNumber = int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            && name == number.ToString(CultureInfo.InvariantCulture);
        if (isNumber) return (SmtpStatusCode)number;
        if (SmtpStatusCodes.TryFromName(name, out SmtpStatusCode code)) return code;
        throw new JsonException(
            $"a key of JSON holds an SmtpStatusCode as a name or an integer within int32, found {SmtpReplies.Excerpt(name)}");
    }

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, SmtpStatusCode value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ProtoName());
    }
}
#endif
