using System.Collections;
using System.Reflection;
using SmtpStatus.V1;
using NetMail = System.Net.Mail;

namespace SmtpStatus.Tests;

/// <summary>Exceptions inside exceptions: each is read once, and no graph of them is too large.</summary>
public class ExceptionWalkTests
{
    private const int ExceptionCount = 10_000;
    private const int ExceptionDepth = 16;

    private static NetMail.SmtpException Busy() => new(NetMail.SmtpStatusCode.MailboxBusy);

    private static DeliveryStatus Read(Exception error) => Assert.Single(DeliveryStatuses.From(error));

    private static Exception Nest(Exception inner, int levels, Func<int, Exception, Exception>? wrap = null)
    {
        for (int level = 0; level < levels; level++)
            inner = wrap?.Invoke(level, inner) ?? new InvalidOperationException($"level {level}", inner);
        return inner;
    }

    [Fact]
    public void Each_exception_is_read_once()
    {
        Exception twice = Nest(new IOException("closed"), 14, (_, inner) => new Group(inner, inner));
        Assert.Equal(SmtpStatusCode.MailboxBusy, Read(new Group(twice, Busy())).Reply.Code);
    }

    [Fact]
    public void Equal_exceptions_are_two()
    {
        var error = new Group(new AllEqual("first"), new AllEqual("second"));
        Assert.Equal("group first second", Read(error).LocalError);
    }

    [Theory]
    [InlineData(ExceptionDepth, SmtpStatusCode.MailboxBusy)]
    [InlineData(ExceptionDepth + 1, SmtpStatusCode.GeneralFailure)]
    [InlineData(100_000, SmtpStatusCode.GeneralFailure)]
    public void Sixteen_levels_are_read(int depth, SmtpStatusCode expected) =>
        Assert.Equal(expected, Read(Nest(Busy(), depth)).Reply.Code);

    [Theory]
    [InlineData(ExceptionCount, SmtpStatusCode.MailboxBusy)]
    [InlineData(ExceptionCount + 1, SmtpStatusCode.GeneralFailure)]
    [InlineData(1_000_000, SmtpStatusCode.GeneralFailure)]
    public void Ten_thousand_exceptions_are_read(int count, SmtpStatusCode expected)
    {
        var inner = new Exception[count - 1];  // the group counts, too
        for (int index = 0; index < inner.Length; index++) inner[index] = new IOException("closed");
        inner[^1] = Busy();
        Assert.Equal(expected, Read(new Group(inner)).Reply.Code);
        Assert.Equal(expected, Read(new AggregateException(inner)).Reply.Code);
        Assert.Equal(expected, Read(new Enumerated(inner)).Reply.Code);
    }

    [Theory]
    [InlineData(0, "outer (closed) closed")]
    [InlineData(1, "level (closed) closed")]
    [InlineData(100_000, "AggregateException")]
    public void The_message_of_a_deep_aggregate_is_not_built(int levels, string expected)
    {
        Exception inner = Nest(new IOException("closed"), levels, (_, inner) => new AggregateException("level", inner));
        Assert.Equal(expected, Read(new AggregateException("outer", inner)).LocalError);
    }

    [Theory]
    [InlineData(ExceptionCount - 1, "outer (closed)")]
    [InlineData(ExceptionCount, "closed")]
    public void The_message_of_a_wide_aggregate_is_not_built(int count, string start)
    {
        var error = new AggregateException("outer", Enumerable.Repeat(new IOException("closed"), count));
        Assert.StartsWith(start, Read(error).LocalError);
    }

    [Fact]
    public void The_message_of_an_aggregate_that_doubles_is_not_built()
    {
        Exception error = Nest(new IOException("closed"), 60, (_, inner) => new AggregateException(inner, inner));
        Assert.Equal("AggregateException", Read(error).LocalError);
    }

    [Fact]
    public void Rings_end()
    {
        FieldInfo inner = typeof(Exception).GetField("_innerException", BindingFlags.NonPublic | BindingFlags.Instance)!;
        Exception first = new IOException("first"), second = new InvalidOperationException("second", first);
        inner.SetValue(first, second);
        Assert.Equal("first second", Read(first).LocalError);
        inner.SetValue(first, first);
        Assert.Equal("first", Read(first).LocalError);

        var aggregate = new AggregateException(first);
        FieldInfo members =
            typeof(AggregateException).GetField("_innerExceptions", BindingFlags.NonPublic | BindingFlags.Instance)!;
        ((Exception[])members.GetValue(aggregate)!)[0] = aggregate;
        Assert.Equal("first", Read(aggregate).LocalError);
    }

    [Fact]
    public void Long_texts_are_cut_by_characters()
    {
        string text = "x" + string.Concat(Enumerable.Repeat("\U0001f4e7", 999));
        Assert.Equal(text, Read(new IOException(text)).LocalError);
        Assert.Equal(text, Read(new IOException(text + "y")).LocalError);
        var pair = new Group(new IOException(new string('x', 498)), new IOException(new string('y', 496) + "zz"));
        Assert.Equal($"group {new string('x', 498)} {new string('y', 495)}", Read(pair).LocalError);
    }

    [Fact]
    public void An_unpaired_surrogate_is_replaced()
    {
        Assert.Equal("a\ufffdb", Read(new IOException("a\ud83db")).LocalError);
        string cut = new string('x', 999) + "\ud83d";
        Assert.Equal(new string('x', 999) + "\ufffd", Read(new IOException(cut)).LocalError);
    }

    [Fact]
    public void Properties_that_throw_are_as_if_they_were_not_there()
    {
        foreach (Exception error in new Exception[] { new Throwing(), new ThrowingFormat(), new Nulls() })
        {
            DeliveryStatus found = Read(new InvalidOperationException("outer", error));
            Assert.Equal((SmtpStatusCode.GeneralFailure, "outer"), (found.Reply.Code, found.LocalError));
            Assert.Equal(error.GetType().Name, Read(error).LocalError);
        }
    }

    [Fact]
    public void A_collection_is_as_long_as_it_says() =>
        Assert.Equal("EndlessCollection", Read(new EndlessCollection()).LocalError);

    private sealed class Group(params IEnumerable<Exception> inner) : Exception("group")
    {
        public IReadOnlyList<Exception> InnerExceptions { get; } = [.. inner];
    }

    private sealed class Enumerated(IEnumerable<Exception> inner) : Exception("enumerated")
    {
        public IEnumerable<Exception> InnerExceptions { get; } = inner.Select(error => error);
    }

    private sealed class AllEqual(string message) : Exception(message)
    {
        public override bool Equals(object? obj) => true;

        public override int GetHashCode() => 0;
    }

    private sealed class Throwing : Exception
    {
        public override string Message => throw new NotSupportedException();

        public override string StackTrace => throw new NotSupportedException();

        public override string Source => throw new NotSupportedException();

        public override IDictionary Data => throw new NotSupportedException();

        public NetMail.SmtpStatusCode StatusCode => throw new NotSupportedException(ToString());

        public object InnerExceptions => throw new NotSupportedException(ToString());

        public object OperationDetails => this;

        public object Failed => throw new NotSupportedException(ToString());

        public string FailedRecipient => throw new NotSupportedException(ToString());

        public new Exception InnerException => throw new NotSupportedException(ToString());

        public override string ToString() => throw new NotSupportedException();

        public override bool Equals(object? obj) => throw new NotSupportedException();

        public override int GetHashCode() => throw new NotSupportedException();
    }

    private sealed class ThrowingFormat : FormatException
    {
        public override string Message => throw new NotSupportedException();

        public override string StackTrace => throw new NotSupportedException();
    }

    private sealed class Nulls : Exception
    {
        public override string Message => null!;

        public override string? StackTrace => null;

        public IEnumerable<Exception?> InnerExceptions { get; } = [null, null];

        public object? OperationDetails { get; }

        public override string ToString() => null!;
    }

    private sealed class EndlessCollection : Exception
    {
        public override string Message => "";

        public Endless InnerExceptions { get; } = new();

        internal sealed class Endless : ICollection
        {
            public int Count => 3;

            public bool IsSynchronized => false;

            public object SyncRoot => this;

            public void CopyTo(Array array, int index) => throw new NotSupportedException();

            public IEnumerator GetEnumerator()
            {
                while (Count > 0) yield return new IOException("");
            }
        }
    }
}
