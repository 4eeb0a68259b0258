using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SmtpStatus;

/// <summary>
/// Turns an exception of an SMTP client that a method of a gRPC service lets out into the error of the call that
/// <see cref="RpcStatuses.ToRpcException"/> makes: <c>services.AddGrpc(o =&gt; o.Interceptors.Add&lt;SmtpExceptionInterceptor&gt;())</c>.
/// </summary>
/// <remarks>
/// <para>The clients are Aspose.Email, System.Net.Mail and MailKit. The exception may be inside others, and of any type if
/// the client let it out: MailKit throws a SocketException if it cannot connect. Everything else passes as it is: an
/// RpcException, an exception of other code, and any exception of a call that was cancelled or is past its deadline.</para>
/// <para>The error of a call tells of one recipient: the first that the exception names. For a mail to several, catch the
/// exception and call <see cref="DeliveryStatuses.From"/>.</para>
/// </remarks>
/// <param name="retryDelay">After which time to try again, for what may be retried.</param>
public sealed class SmtpExceptionInterceptor(TimeSpan? retryDelay = null) : Interceptor
{
    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        return AnswerAsync(() => continuation(request, context), context);
    }

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        return AnswerAsync(() => continuation(requestStream, context), context);
    }

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        return AnswerAsync(() => continuation(request, responseStream, context), context);
    }

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        return AnswerAsync(() => continuation(requestStream, responseStream, context), context);
    }

    private async Task<TResponse> AnswerAsync<TResponse>(Func<Task<TResponse>> method, ServerCallContext context)
    {
        try
        {
            return await method().ConfigureAwait(false);
        }
        catch (Exception exception) when (ErrorFor(exception, context) is { } error)
        {
            throw error;
        }
    }

    private async Task AnswerAsync(Func<Task> method, ServerCallContext context) => await AnswerAsync<object?>(
        async () =>
        {
            await method().ConfigureAwait(false);
            return null;
        },
        context).ConfigureAwait(false);

    /// <summary>Returns the error that takes the place of the exception, or null if the exception passes.</summary>
    private RpcException? ErrorFor(Exception exception, ServerCallContext context)
    {
        if (exception is RpcException || context.CancellationToken.IsCancellationRequested) return null;
        if (RpcStatuses.RefusalIn(exception) is not { } status) return null;
        RpcException error = status.ToRpcException(retryDelay);
        // The exception stays in this process, for its log.
        return new RpcException(new(error.StatusCode, error.Status.Detail, exception), error.Trailers, error.Status.Detail);
    }
}
