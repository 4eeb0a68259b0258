using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpStatus.Tests;

/// <summary>An SMTP server on loopback that replies to some commands by a script, and accepts all others.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private static readonly Dictionary<string, string> DefaultReplies = new()
    {
        ["GREETING"] = "220 localhost",
        ["EHLO"] = "250-localhost\r\n250 AUTH PLAIN LOGIN",
        ["DATA"] = "354 Go on",
        ["CONTENT"] = "250 2.0.0 Queued",
        ["QUIT"] = "221 Bye",
    };

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopped = new();
    private readonly Dictionary<string, Queue<string>> script;
    private readonly Task accepting;

    /// <param name="script">The replies to each command, in their order; the last one repeats.</param>
    internal ScriptedServer(params (string Command, string[] Replies)[] script)
    {
        this.script = script.ToDictionary(entry => entry.Command, entry => new Queue<string>(entry.Replies));
        listener.Start();
        accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Dispose()
    {
        stopped.Cancel();
        accepting.Wait();
        listener.Dispose();
        stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true) sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopped.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ConverseAsync(client.GetStream());
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task ConverseAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream);
        async Task<string> Reply(string command)
        {
            string reply = Next(command);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{reply}\r\n"), stopped.Token);
            return reply;
        }
        await Reply("GREETING");
        bool isContent = false;
        while (await reader.ReadLineAsync(stopped.Token) is { } line)
        {
            if (isContent && line != ".") continue;
            string reply = await Reply(isContent ? "CONTENT" : line.Split(' ')[0].ToUpperInvariant());
            isContent = !isContent && reply.StartsWith("354", StringComparison.Ordinal);
        }
    }

    private string Next(string command)
    {
        lock (script)
        {
            if (!script.TryGetValue(command, out Queue<string>? replies))
                return DefaultReplies.GetValueOrDefault(command, "250 2.0.0 OK");
            return replies.Count > 1 ? replies.Dequeue() : replies.Peek();
        }
    }
}
