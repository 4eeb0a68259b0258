#if NET  // as in SmtpStatusCodeJsonConverter
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;

namespace SmtpStatus
{
    /// <summary>Lets System.Text.Json write and read a message of protobuf as protobuf's own JSON.</summary>
    /// <remarks>
    /// System.Text.Json alone would lose repeated fields, such as the lines of a reply, because they have no setter. The
    /// messages of <c>SmtpStatus.V1</c> have this converter already. A field that the message does not have is an error, as
    /// in protobuf.
    /// </remarks>
    /// <typeparam name="TMessage">The message: one of <c>SmtpStatus.V1</c>, or yours.</typeparam>
    public sealed class MessageJsonConverter<TMessage> : JsonConverter<TMessage> where TMessage : IMessage<TMessage>, new()
    {
        /// <inheritdoc/>
        public override TMessage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return JsonParser.Default.Parse<TMessage>(JsonElement.ParseValue(ref reader).GetRawText());
            }
            catch (IOException error)  // the base type of protobuf's errors about JSON
            {
                string problem = SmtpReplies.Start(error.Message, Limits.ClientTextCharacters);
                throw new JsonException($"JSON holds no {typeof(TMessage).Name}: {problem}", error);
            }
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, TMessage value, JsonSerializerOptions options)
        {
            ArgumentNullException.ThrowIfNull(writer);
            using JsonDocument document = JsonDocument.Parse(JsonFormatter.Default.Format(value));
            document.WriteTo(writer);  // in the writer's own indentation and escapes
        }
    }
}

namespace SmtpStatus.V1
{
    [JsonConverter(typeof(MessageJsonConverter<SmtpReply>))]
    public partial class SmtpReply;

    [JsonConverter(typeof(MessageJsonConverter<DeliveryStatus>))]
    public partial class DeliveryStatus;

    [JsonConverter(typeof(MessageJsonConverter<SmtpStatusCodeInfo>))]
    public partial class SmtpStatusCodeInfo;

    [JsonConverter(typeof(MessageJsonConverter<DeliveryConditionInfo>))]
    public partial class DeliveryConditionInfo;

    [JsonConverter(typeof(MessageJsonConverter<ConditionRule>))]
    public partial class ConditionRule;
}
#endif
