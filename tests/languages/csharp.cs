// Google's protobuf for C#.

using Google.Protobuf;
using SmtpStatus.V1;

for (var line = Console.ReadLine(); line is not null; line = Console.ReadLine())
{
    var parts = line.Split(' ', 2);
    string result;
    try
    {
        result = Answer(parts[0], parts[1]);
    }
    catch (Exception error)
    {
        result = $"error: {error.GetType().Name}: {error.Message}";
    }
    Console.WriteLine(result.Split('\n')[0]);
}

static string Answer(string question, string argument)
{
    var reply = question == "from_json"
        ? JsonParser.Default.Parse<SmtpReply>(argument)
        : SmtpReply.Parser.ParseFrom(Convert.FromHexString(argument));
    return question switch
    {
        "number" => $"{(int)reply.Code}",
        "name" => $"{reply.Code}",
        "wire" or "from_json" => Convert.ToHexString(reply.ToByteArray()).ToLowerInvariant(),
        "to_json" => JsonFormatter.Default.Format(reply),
        "summary" => Info(reply).Summary,
        "sources" => string.Join(", ", Info(reply).Sources),
        _ => "-",
    };
}

static SmtpStatusCodeInfo Info(SmtpReply reply)
{
    var values = SmtpReply.Descriptor.FindFieldByName("code").EnumType;
    return values.FindValueByNumber((int)reply.Code).GetOptions().GetExtension(StatusCodeInfoExtensions.StatusCodeInfo);
}
