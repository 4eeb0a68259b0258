using System.Net;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SmtpStatus.Tests;

/// <summary>A gRPC server on loopback with the interceptor. Its methods do what the test gives it.</summary>
internal sealed class SendingServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Recorder recorder;
    private readonly GrpcChannel channel;

    private SendingServer(WebApplication app, Recorder recorder, string address)
    {
        this.app = app;
        this.recorder = recorder;
        channel = GrpcChannel.ForAddress(address);
    }

    /// <summary>What the interceptor let out for the next call that failed.</summary>
    internal Task<Exception> LetOut => recorder.LetOut.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    internal static async Task<SendingServer> StartAsync(Func<ServerCallContext, Task> work, TimeSpan? retryDelay = null)
    {
        var recorder = new Recorder();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(recorder);
        builder.Services.AddSingleton(work);
        builder.Services.AddGrpc(options =>
        {
            options.Interceptors.Add<Recorder>();
            if (retryDelay == null) options.Interceptors.Add<SmtpExceptionInterceptor>();
            else options.Interceptors.Add<SmtpExceptionInterceptor>(retryDelay.Value);
        });
        WebApplication app = builder.Build();
        app.MapGrpcService<Service>();
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new SendingServer(app, recorder, addresses.Addresses.Single());
    }

    /// <summary>Calls a method until its end.</summary>
    internal async Task CallAsync(string method, CallOptions options = default)
    {
        var client = new Sending.SendingClient(channel);
        switch (method)
        {
            case "Send":
                await client.SendAsync(new Empty(), options);
                break;
            case "SendAll":
                using (AsyncClientStreamingCall<Empty, Empty> call = client.SendAll(options))
                {
                    await call.RequestStream.WriteAsync(new Empty());
                    await call.RequestStream.CompleteAsync();
                    await call;
                }
                break;
            case "SendAndTell":
                using (AsyncServerStreamingCall<Empty> call = client.SendAndTell(new Empty(), options))
                    Assert.Equal(1, await call.ResponseStream.ReadAllAsync().CountAsync());
                break;
            default:
                using (AsyncDuplexStreamingCall<Empty, Empty> call = client.SendAllAndTell(options))
                {
                    await call.RequestStream.WriteAsync(new Empty());
                    await call.RequestStream.CompleteAsync();
                    Assert.Equal(1, await call.ResponseStream.ReadAllAsync().CountAsync());
                }
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        await app.DisposeAsync();
    }

    private sealed class Service(Func<ServerCallContext, Task> work) : Sending.SendingBase
    {
        public override async Task<Empty> Send(Empty request, ServerCallContext context)
        {
            await work(context);
            return request;
        }

        public override async Task<Empty> SendAll(IAsyncStreamReader<Empty> requestStream, ServerCallContext context)
        {
            Assert.Equal(1, await requestStream.ReadAllAsync().CountAsync());
            await work(context);
            return new Empty();
        }

        public override async Task SendAndTell(
            Empty request, IServerStreamWriter<Empty> responseStream, ServerCallContext context)
        {
            await responseStream.WriteAsync(request);
            await work(context);
        }

        public override async Task SendAllAndTell(
            IAsyncStreamReader<Empty> requestStream, IServerStreamWriter<Empty> responseStream, ServerCallContext context)
        {
            await foreach (Empty request in requestStream.ReadAllAsync()) await responseStream.WriteAsync(request);
            await work(context);
        }
    }

    /// <summary>Stands around the interceptor, and sees what it lets out.</summary>
    private sealed class Recorder : Interceptor
    {
        internal Channel<Exception> LetOut { get; } = Channel.CreateUnbounded<Exception>();

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            Record(continuation(request, context));

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
            Record(continuation(requestStream, context));

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
            Record(Done(continuation(request, responseStream, context)));

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
            Record(Done(continuation(requestStream, responseStream, context)));

        private static async Task<bool> Done(Task call)
        {
            await call;
            return true;
        }

        private async Task<T> Record<T>(Task<T> call)
        {
            try
            {
                return await call;
            }
            catch (Exception error)
            {
                LetOut.Writer.TryWrite(error);
                throw;
            }
        }
    }
}
