using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SmtpStatus.V1;
using NetMail = System.Net.Mail;
using Status = Google.Rpc.Status;

namespace SmtpStatus.Tests;

/// <summary>
/// Generated inputs for everything that reads the data of others. Each input has a seed; a failure names it. Some
/// hundreds are tried, or as many as fit into the seconds of the variable SMTPSTATUS_FUZZ_SECONDS.
/// </summary>
public class FuzzTests(ITestOutputHelper output)
{
    private const int Count = 300;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static readonly FieldInfo InnerException =
        typeof(Exception).GetField("_innerException", BindingFlags.NonPublic | BindingFlags.Instance)!;

    // Parts of replies, addresses and profiles, and characters at the edges of what is read.
    private static readonly string[] Parts =
    [
        "5.1.1", "4.7.28", "2.0.0", "X.1.1", "5.999.999", "5.1.1000", "#", ":", ".", "5", "x", " ", "\t", "\r", "\n",
        "\r\n",        "\u001c", "\u0085", "\u00a0", "\u00e9", "\u00ff", "\u0100", "\u90ae", "\u0661", "\U0001f4e7", "\ud83d", "\udce7", "\0",
        "<", ">", "@", "a@example.com", "B <b@example.com>", "u@m\u00fcnchen.example", "250-", "550 ",
        "The server response was: ", "unexpectedly disconnected: ", "No recipients were accepted.",
        "smtp; ", "host x said: ", " (in reply to RCPT TO command)", "550-5.1.1 ", "-> 421 ", "failed", "rfc822; ",
        "27 Nov 2026 03:31:54 +0000", "\\x{41}", "+2B", "utf-8; ",
        "[\"A\"]\n", "[[\"A\".differences]]\n", "reason = \"r\"\n", "kind = \"missing\"\n", "name = \"N\"\n", "number = 450\n",
        "number = -99999999999999999999999999999\n", "\\U0001f4e7", "\\Uffffffff", "\\\\", "\\\"", "\"",
    ];

    [Fact]
    public void Replies() => Run(random =>
    {
        string text = Text(random);
        SmtpReply found = SmtpReplies.Of((SmtpStatusCode)random.Next(90, 1010), text);
        Assert.Equal(found, SmtpReply.Parser.ParseFrom(found.ToByteArray()));
        AssertWellFormed(found);
        if ((int)found.Code is < 100 or > 999) return;
        // What a server sends for it is read as the same reply.
        Assert.Equal(found, SmtpReplies.Of(found.Code, string.Join("\r\n", found.Lines)));
        Assert.Equal(found, SmtpReplies.Parse(SmtpReplies.Format(found)));
        // Anything may be asked for, and what is a reply is the same reply again.
        if (SmtpReplies.TryParse(random.Next(2) == 0 ? text : $"550-{text}\n550", out SmtpReply read))
            Assert.Equal(read, SmtpReplies.Parse(SmtpReplies.Format(read)));
        Assert.True(found.EnhancedCode.Length == 0 || EnhancedStatusCodes.TryParse(found.EnhancedCode, out _));
    });

    [Fact]
    public void Reports() => Run(random =>
    {
        string[] names = ["Final-Recipient", "Original-Recipient", "Action", "Status", "Diagnostic-Code", "Last-Attempt-Date"];
        IEnumerable<KeyValuePair<string, string>> Fields() =>
            names.Where(_ => random.Next(3) > 0).Select(name => KeyValuePair.Create(name, Text(random)));
        KeyValuePair<string, string>[][] groups = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Fields().ToArray())];
        foreach (DeliveryStatus found in DeliveryReports.Read(groups, Text(random)))
        {
            Assert.Equal(found, DeliveryStatus.Parser.ParseFrom(found.ToByteArray()));
            if (found.Reply == null) continue;
            AssertWellFormed(found.Reply);
            Assert.InRange((int)found.Reply.Code, 200, 599);
        }
    });

    [Fact]
    public void Enhanced_codes() => Run(random =>
    {
        string text = Text(random);
        if (!EnhancedStatusCodes.TryParse(text, out EnhancedStatusCode code))
        {
            Assert.True(Assert.Throws<FormatException>(() => EnhancedStatusCodes.Parse(text)).Message.Length < 200);
            return;
        }
        Assert.InRange((int)code, 0, 999_999);
        Assert.Equal(code, EnhancedStatusCodes.Parse($"{text[0]}.{(int)code / 1000}.{(int)code % 1000}"));
    });

    [Fact]
    public void Profiles() => Run(random =>
    {
        using var reader = new StringReader(Text(random));
        try
        {
            foreach ((string name, EnumProfile profile) in EnumProfile.Read(reader)) Assert.Equal(name, profile.FullName);
        }
        catch (FormatException error)
        {
            Assert.StartsWith("line ", error.Message);
        }
    });

    [Fact]
    public void Statuses_as_errors_and_back() => Run(random =>
    {
        DeliveryStatus status = RandomStatus(random);
        if (status.RpcCode() == V1.RpcCode.Ok)
        {
            Assert.Throws<ArgumentException>(() => status.ToStatus());
            return;
        }
        Status sent = status.ToStatus(TimeSpan.FromTicks(random.NextInt64(long.MinValue, long.MaxValue)));
        Assert.Equal(sent, Status.Parser.ParseFrom(sent.ToByteArray()));
        Assert.InRange(new StringInfo(sent.Message).LengthInTextElements, 0, 160);
        DeliveryStatus? found = RpcStatuses.FromRpcException(sent.ToRpcException());
        Assert.NotNull(found);
        Assert.InRange(found.CalculateSize(), 0, 3000);
        if (status.CalculateSize() <= 3000) Assert.Equal(status, found);
        Assert.Equal(status.RpcCode(), found.RpcCode());
    });

    [Fact]
    public void Damaged_errors() => Run(random =>
    {
        DeliveryStatus status = RandomStatus(random);
        if (status.RpcCode() == V1.RpcCode.Ok) return;
        byte[] bytes = Damaged(random, status.ToStatus(TimeSpan.FromSeconds(1)).ToByteArray());
        var code = (StatusCode)random.Next(17);
        var trailers = new Metadata { { "grpc-status-details-bin", bytes } };
        DeliveryStatus? found = RpcStatuses.FromRpcException(new RpcException(new(code, ""), trailers));
        if (found == null) return;
        Assert.NotEqual(V1.RpcCode.Ok, found.RpcCode());
        Assert.Equal(found, DeliveryStatus.Parser.ParseFrom(found.ToByteArray()));
        AssertDescribed(found);
    });

    [Fact]
    public void Exceptions() => Run(random =>
    {
        Exception error = Graph(random);
        string[] recipients = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))];
        foreach (DeliveryStatus found in RpcStatuses.DeliveryStatusesFrom(error, recipients, (SmtpStage)random.Next(9)))
        {
            Assert.Equal(found, DeliveryStatus.Parser.ParseFrom(found.ToByteArray()));
            AssertDescribed(found);
        }
        // A status that a call carries may hold anything.
        foreach (DeliveryStatus found in DeliveryStatuses.From(error, recipients))
        {
            Assert.InRange(found.LocalError.Length, 0, 2000);
            Assert.True(found.Reply != null || found.Condition != DeliveryCondition.NotDefined);
        }
    });

    private void Run(Action<Random> check)
    {
        double seconds = double.Parse(
            Environment.GetEnvironmentVariable("SMTPSTATUS_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var elapsed = Stopwatch.StartNew();
        int seed = 0;
        for (; seconds > 0 ? elapsed.Elapsed.TotalSeconds < seconds : seed < Count; seed++)
        {
            try
            {
                check(new Random(seed));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}", error);
            }
        }
        output.WriteLine($"{seed} inputs");
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (int count = random.Next(12); count > 0; count--)
        {
            string part = random.Next(5) == 0 ? $"{(char)random.Next(0x10000)}" : Parts[random.Next(Parts.Length)];
            int times = random.Next(20) == 0 ? random.Next(2000) : 1;
            text.Insert(text.Length, part, times);
        }
        return text.ToString();
    }

    private static string Valid(Random random) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Text(random)));

    private static int Number(Random random) => random.Next(4) switch
    {
        0 => random.Next(int.MinValue, int.MaxValue),
        1 => (int)System.Enum.GetValues<SmtpStatusCode>()[random.Next(32)],
        _ => random.Next(-2, 700),
    };

    private static DeliveryStatus RandomStatus(Random random)
    {
        var status = new DeliveryStatus
        {
            FinalRecipient = Valid(random),
            Stage = (SmtpStage)random.Next(-1, 12),
            RemoteMta = Valid(random),
            OriginalRecipient = Valid(random),
            LocalError = random.Next(2) == 0 ? "" : Valid(random),
            Condition = (DeliveryCondition)random.Next(-1, 40),
            Action = random.Next(4) == 0 ? (DeliveryAction)random.Next(-1, 8) : DeliveryAction.NotDefined,
            Status = random.Next(2) == 0 ? "" : Valid(random),
        };
        if (random.Next(3) == 0) status.AttemptTime = new Timestamp { Seconds = random.NextInt64(), Nanos = random.Next() };
        if (random.Next(5) == 0) return status;
        status.Reply = new SmtpReply { Code = (SmtpStatusCode)Number(random), EnhancedCode = Valid(random) };
        for (int count = random.Next(4); count > 0; count--) status.Reply.Lines.Add(Valid(random));
        return status;
    }

    private static byte[] Damaged(Random random, byte[] bytes)
    {
        List<byte> damaged = [.. bytes];
        for (int count = random.Next(6); count > 0 && damaged.Count > 0; count--)
        {
            int index = random.Next(damaged.Count), length = random.Next(1, 20);
            length = Math.Min(length, damaged.Count - index);
            switch (random.Next(6))
            {
                case 0: damaged[index] ^= (byte)(1 << random.Next(8)); break;
                case 1: damaged[index] = (byte)random.Next(256); break;
                case 2: damaged.RemoveRange(index, length); break;
                case 3: damaged.InsertRange(index, damaged.GetRange(index, length)); break;
                case 4: damaged.InsertRange(index, Enumerable.Repeat((byte)0xff, length)); break;
                default: damaged.RemoveRange(index, damaged.Count - index); break;
            }
        }
        return [.. damaged];
    }

    /// <summary>Returns one of some exceptions that hold each other in any way, also in rings.</summary>
    private static Exception Graph(Random random)
    {
        var nodes = new List<Exception>();
        int count = random.Next(500) == 0 ? 20_000 : random.Next(1, 30);
        for (int index = 0; index < count; index++)
        {
            Exception any = nodes.Count > 0 ? nodes[random.Next(nodes.Count)] : new IOException("first");
            nodes.Add(random.Next(10) switch
            {
                0 => new NetMail.SmtpException((NetMail.SmtpStatusCode)Number(random), Text(random)),
                1 => new NetMail.SmtpFailedRecipientException((NetMail.SmtpStatusCode)Number(random), Text(random), Text(random)),
                2 => new AggregateException(Text(random), Enumerable.Repeat(any, random.Next(1, 4))),
                3 => new InvalidOperationException(Text(random), any),
                4 => new FormatException(Text(random)),
                5 => new RpcException(new(StatusCode.Unavailable, ""), Trailers(random)),
                6 => new Hostile(random.Next(), nodes),
                7 => new Aspose.Email.SmtpException(Text(random), any),
                8 => new MailKit.ServiceNotAuthenticatedException(Text(random)),
                _ => new MailKit.Security.AuthenticationException(Text(random), any),
            });
            if (random.Next(4) == 0) InnerException.SetValue(nodes[random.Next(nodes.Count)], nodes[^1]);
        }
        return nodes[^1];
    }

    private static Metadata Trailers(Random random)
    {
        var status = new Status { Code = 14, Details = { Any.Pack(RandomStatus(random)) } };
        return new Metadata { { "grpc-status-details-bin", Damaged(random, status.ToByteArray()) } };
    }

    private static void AssertWellFormed(SmtpReply reply) => Assert.All(reply.Lines, line => Strict.GetBytes(line));

    private static void AssertDescribed(DeliveryStatus status)
    {
        DeliveryCondition condition = DeliveryConditions.Of(status);
        Assert.NotEmpty(condition.ProtoName() + condition.Summary() + condition.Reason());
        Assert.Equal(status.ShouldRetry() || status.RpcCode() != V1.RpcCode.Ok, status.RpcCode() != V1.RpcCode.Ok);
        Assert.NotEmpty((status.Reply?.Code ?? default).Summary() + (status.Reply?.Code ?? default).ProtoName());
    }

    /// <summary>Its properties throw, are null, or name any exception of the graph, as the seed has it.</summary>
    private sealed class Hostile(int seed, List<Exception> nodes) : Exception
    {
        private readonly Random random = new(seed);

        public override string Message => Any(() => Text(random));

        public override string StackTrace => Any(() => "at MailKit.Net.Smtp.MailAddress");

        public IEnumerable<Exception> InnerExceptions => Any(() => nodes.Take(random.Next(1, 40)));

        public NetMail.SmtpStatusCode StatusCode => Any(() => (NetMail.SmtpStatusCode)Number(random));

        public string FailedRecipient => Any(() => Text(random));

        public object OperationDetails => Any(() => (object)this);

        public object Failed => Any(() => (object)new { Values = nodes });

        private T Any<T>(Func<T> value) => random.Next(3) switch
        {
            0 => throw new NotSupportedException(),
            1 => default!,
            _ => value(),
        };
    }
}
