using System.Net;
using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using SmtpStatus.EchoServer;
using SmtpStatus.V1;
using NetMail = System.Net.Mail;

namespace Other.MailKit.Net.Smtp
{
    internal static class Client
    {
        internal static Task ConnectAsync() => throw new TimeoutException("not of the MailKit that we know");
    }
}

namespace SmtpStatus.Tests
{
    /// <summary>The interceptor in a real gRPC server, with real mail clients and a real server that refuses.</summary>
    public class SmtpExceptionInterceptorTests
    {
        private const string Recipient = "x@example.com";

        public static TheoryData<string, string> MethodsAndClients => new MatrixTheoryData<string, string>(
            ["Send", "SendAll", "SendAndTell", "SendAllAndTell"], ["Aspose.Email", "System.Net.Mail", "MailKit"]);

        [Theory]
        [MemberData(nameof(MethodsAndClients))]
        public async Task A_refused_mail_is_the_error_of_the_call(string method, string client)
        {
            using var refusing = new ScriptedServer(("RCPT", ["550-5.1.1 No such\r\n550 5.1.1 user"]));
            void Send() => Mail.Send(client, refusing.Port, [Recipient]);
            DeliveryStatus expected = Assert.Single(DeliveryStatuses.From(Assert.ThrowsAny<Exception>(Send)));
            await using SendingServer server = await SendingServer.StartAsync(_ => Task.Run(Send));
            RpcException error = await FailAsync(server, method);
            Assert.Equal((StatusCode.NotFound, expected), (error.StatusCode, RpcStatuses.FromRpcException(error)));
            Assert.Equal(expected.ToRpcException().Status.Detail, error.Status.Detail);
            Assert.Equal((SmtpStatusCode.MailboxUnavailable, "5.1.1"), (expected.Reply.Code, expected.Reply.EnhancedCode));
        }

        [Theory]
        [InlineData("Send")]
        [InlineData("SendAll")]
        [InlineData("SendAndTell")]
        [InlineData("SendAllAndTell")]
        public async Task Methods_that_do_not_fail_and_exceptions_of_other_code_pass(string method)
        {
            bool isFailing = false;
            var thrown = new InvalidOperationException("of other code");
            await using SendingServer server = await SendingServer.StartAsync(_ => isFailing ? throw thrown : Task.CompletedTask);
            await server.CallAsync(method);
            isFailing = true;
            RpcException error = await FailAsync(server, method);
            Assert.Same(thrown, await server.LetOut);
            Assert.Equal(StatusCode.Unknown, error.StatusCode);
            Assert.Null(RpcStatuses.FromRpcException(error));
        }

        [Theory]
        [InlineData("452 4.2.2 Full", 90)]
        [InlineData("550 5.1.1 Unknown", null)]
        public async Task A_delay_is_sent_if_retrying_helps(string reply, int? seconds)
        {
            using var refusing = new ScriptedServer(("RCPT", [reply]));
            await using SendingServer server = await SendingServer.StartAsync(
                _ => Task.Run(() => Mail.Send("MailKit", refusing.Port, [Recipient])), TimeSpan.FromSeconds(90));
            RetryInfo? retry = (await FailAsync(server)).GetRpcStatus()!.GetDetail<RetryInfo>();
            Assert.Equal(seconds, retry?.RetryDelay.Seconds);
        }

        [Theory]
        [InlineData("Aspose.Email")]
        [InlineData("System.Net.Mail")]
        [InlineData("MailKit")]  // throws a SocketException
        public async Task A_server_that_cannot_be_reached_is_unavailable(string client)
        {
            await using SendingServer server = await SendingServer.StartAsync(
                _ => Task.Run(() => Mail.Send(client, ClosedPort(), [Recipient])));
            RpcException error = await FailAsync(server);
            Assert.Equal(StatusCode.Unavailable, error.StatusCode);
            Assert.Equal(DeliveryCondition.Unreachable, DeliveryConditions.Of(RpcStatuses.FromRpcException(error)!));
        }

        public static TheoryData<string> Wrappers => ["Inner", "Aggregate", "Deep"];

        [Theory]
        [MemberData(nameof(Wrappers))]
        public async Task It_is_found_inside_others_and_kept_for_the_log(string wrapper)
        {
            var refused = new NetMail.SmtpFailedRecipientException(
                NetMail.SmtpStatusCode.MailboxUnavailable, Recipient, "5.1.1 Unknown");  // nothing threw it: no stack trace
            Exception thrown = wrapper switch
            {
                "Inner" => new InvalidOperationException("by a service", refused),
                "Aggregate" => new AggregateException(new FormatException(), refused),
                _ => Enumerable.Range(0, 16).Aggregate((Exception)refused, (inner, _) => new InvalidOperationException("", inner)),
            };
            await using SendingServer server = await SendingServer.StartAsync(_ => throw thrown);
            RpcException error = await FailAsync(server);
            DeliveryStatus found = RpcStatuses.FromRpcException(error)!;
            Assert.Equal((550, Recipient), ((int)found.Reply.Code, found.FinalRecipient));
            var letOut = Assert.IsType<RpcException>(await server.LetOut);
            Assert.Same(thrown, letOut.Status.DebugException);
            Assert.Same(thrown, letOut.InnerException);
        }

        [Fact]
        public async Task The_first_refused_recipient_is_told()
        {
            using var refusing = new ScriptedServer(("RCPT", ["250 OK", "452 4.2.2 Full", "550 5.1.1 Unknown"]));
            await using SendingServer server = await SendingServer.StartAsync(
                _ => Task.Run(() => Mail.Send("System.Net.Mail", refusing.Port, ["a@example.com", "b@example.com", "c@example.com"])));
            DeliveryStatus found = RpcStatuses.FromRpcException(await FailAsync(server))!;
            Assert.Equal(("b@example.com", SmtpStatusCode.InsufficientStorage), (found.FinalRecipient, found.Reply.Code));
        }

        [Fact]
        public async Task An_error_of_grpc_passes_and_is_found_inside_others()
        {
            var carried = new DeliveryStatus { Reply = new SmtpReply { Code = (SmtpStatusCode)521 } };
            Exception thrown = new RpcException(new(StatusCode.NotFound, "no such order"), new Metadata { { "key", "value" } });
            await using SendingServer server = await SendingServer.StartAsync(_ => throw thrown);
            RpcException error = await FailAsync(server);
            Assert.Same(thrown, await server.LetOut);
            Assert.Equal((StatusCode.NotFound, "no such order"), (error.StatusCode, error.Status.Detail));
            Assert.Equal("value", error.Trailers.GetValue("key"));
            Assert.Null(RpcStatuses.FromRpcException(error));
            thrown = carried.ToRpcException();
            await FailAsync(server);
            Assert.Same(thrown, await server.LetOut);
            // One that was caught by the service is still the status of another service.
            thrown = new InvalidOperationException("by a service", carried.ToRpcException());
            Assert.Equal(carried, RpcStatuses.FromRpcException(await FailAsync(server)));
            Assert.IsType<RpcException>(await server.LetOut);
            thrown = new InvalidOperationException("by a service", new RpcException(new(StatusCode.NotFound, "")));
            await FailAsync(server);
            Assert.Same(thrown, await server.LetOut);
        }

        [Fact]
        public async Task An_exception_of_other_network_code_passes()
        {
            int port = ClosedPort();
            Func<Task>[] others =
            [
                async () => { using var client = new TcpClient(); await client.ConnectAsync(IPAddress.Loopback, port); },
                async () => { using var client = new HttpClient(); await client.GetAsync(new Uri($"http://127.0.0.1:{port}")); },
                async () => { using var client = new MailKit.Net.Imap.ImapClient(); await client.ConnectAsync("127.0.0.1", port); },
                () => { using var client = new Aspose.Email.Clients.Imap.ImapClient("127.0.0.1", port, "u", "p"); client.SelectFolder("x"); return Task.CompletedTask; },
                Other.MailKit.Net.Smtp.Client.ConnectAsync,
                () => throw new OperationCanceledException(),
            ];
            foreach (Func<Task> other in others)
            {
                await using SendingServer server = await SendingServer.StartAsync(_ => other());
                RpcException error = await FailAsync(server);
                Assert.Equal((StatusCode.Unknown, null), (error.StatusCode, RpcStatuses.FromRpcException(error)));
                Assert.IsNotType<RpcException>(await server.LetOut);
            }
        }

        [Theory]
        [InlineData(true, StatusCode.Cancelled)]
        [InlineData(false, StatusCode.DeadlineExceeded)]
        public async Task A_call_that_is_over_has_no_error_of_ours(bool isCancelled, StatusCode expected)
        {
            using TcpListener silent = Silent();
            using var cancelled = new CancellationTokenSource();
            await using SendingServer server = await SendingServer.StartAsync(async context =>
            {
                if (isCancelled) await cancelled.CancelAsync();
                await ConnectAsync(silent, context.CancellationToken);
            });
            var options = new CallOptions(
                cancellationToken: cancelled.Token, deadline: isCancelled ? null : DateTime.UtcNow.AddSeconds(5));  // on a busy machine the call takes long to arrive
            Assert.Equal(expected, (await FailAsync(server, options: options)).StatusCode);
            Assert.IsAssignableFrom<OperationCanceledException>(await server.LetOut);
        }

        [Fact]
        public async Task A_mail_that_the_service_itself_cancels_may_be_retried()
        {
            using TcpListener silent = Silent();
            using var cancelled = new CancellationTokenSource();
            await using SendingServer server = await SendingServer.StartAsync(async _ =>
            {
                Task connecting = ConnectAsync(silent, cancelled.Token);
                await cancelled.CancelAsync();
                await connecting;
            });
            RpcException error = await FailAsync(server);
            Assert.Equal(StatusCode.Unavailable, error.StatusCode);
            Assert.Equal(DeliveryCondition.Cancelled, DeliveryConditions.Of(RpcStatuses.FromRpcException(error)!));
        }

        [Theory]
        [InlineData("Aspose.Email", DeliveryCondition.TimedOut)]
        [InlineData("System.Net.Mail", DeliveryCondition.Cancelled)]
        public async Task An_exception_without_a_code_is_known_by_where_it_came_from(
            string client, DeliveryCondition expected)
        {
            using TcpListener silent = Silent();
            int port = ((IPEndPoint)silent.LocalEndpoint).Port;
            await using SendingServer server = await SendingServer.StartAsync(async _ =>
            {
                if (client == "Aspose.Email")
                    await Task.Run(() => Mail.Send(client, port, [Recipient], new Mail.Options(Timeout: 300)));
                using var netMail = new NetMail.SmtpClient("127.0.0.1", port);
                using var message = new NetMail.MailMessage("a@example.com", Recipient);
                using var cancelled = new CancellationTokenSource();
                Task sending = netMail.SendMailAsync(message, cancelled.Token);
                await cancelled.CancelAsync();
                await sending;
            });
            RpcException error = await FailAsync(server);
            Assert.Equal(StatusCode.Unavailable, error.StatusCode);
            Assert.Equal(expected, DeliveryConditions.Of(RpcStatuses.FromRpcException(error)!));
        }

        private static async Task<RpcException> FailAsync(
            SendingServer server, string method = "Send", CallOptions options = default) =>
            await Assert.ThrowsAsync<RpcException>(() => server.CallAsync(method, options));

        // A server that takes connections and says nothing.
        private static TcpListener Silent()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return listener;
        }

        private static int ClosedPort()
        {
            using TcpListener listener = Silent();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        private static async Task ConnectAsync(TcpListener listener, CancellationToken token)
        {
            using var client = new MailKit.Net.Smtp.SmtpClient();
            await client.ConnectAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, false, token);
        }
    }
}
