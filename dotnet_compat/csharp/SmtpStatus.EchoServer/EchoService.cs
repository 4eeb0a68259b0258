using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using SmtpStatus.Interop;
using SmtpStatus.V1;

namespace SmtpStatus.EchoServer;

internal sealed class EchoService : Echo.EchoBase
{
    public override Task<DeliveryStatus> Repeat(DeliveryStatus request, ServerCallContext context) =>
        Task.FromResult(request);

    public override Task<DeliveryStatus> Refuse(RefuseRequest request, ServerCallContext context) =>
        throw request.Status.ToRpcException(request.RetryDelay?.ToTimeSpan());

    public override async Task<DeliveryStatus> Relay(RelayRequest request, ServerCallContext context)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://{request.Address}");
        var other = new Echo.EchoClient(channel);
        if (!request.IsRefused) return await other.RepeatAsync(request.Request.Status);
        try
        {
            return await other.RefuseAsync(request.Request);
        }
        catch (RpcException error) when (RpcStatuses.FromRpcException(error) is { } status)
        {
            return status;
        }
    }

    public override Task<DescribeResponse> Describe(DescribeRequest request, ServerCallContext context)
    {
        SmtpReply reply = request.Status.Reply ?? new SmtpReply();
        SmtpStatusCode code = reply.Code;
        DeliveryCondition condition = DeliveryConditions.Of(request.Status);
        EnhancedStatusCode enhancedCode =
            EnhancedStatusCodes.TryParse(reply.EnhancedCode, out EnhancedStatusCode parsed) ? parsed : default;
        var chinese = new CultureInfo("zh-CN");
        return Task.FromResult(new DescribeResponse
        {
            Info = new SmtpStatusCodeInfo
            {
                Summary = code.Summary(CultureInfo.InvariantCulture),
                SummaryZh = code.Summary(chinese),
                Sources = { code.Sources() },
            },
            ProtoName = code.ProtoName(),
            IsSuccess = code.IsSuccess(),
            IsIntermediate = code.IsIntermediate(),
            IsTransient = code.IsTransient(),
            IsPermanent = code.IsPermanent(),
            IsKnown = code.IsKnown(),
            ShouldRetry = request.Status.ShouldRetry(),
            RpcCode = (int)request.Status.RpcCode(),
            RpcCodeOfCode = (int)code.RpcCode(),
            Condition = condition,
            ConditionInfo = new DeliveryConditionInfo
            {
                Summary = condition.Summary(CultureInfo.InvariantCulture),
                SummaryZh = condition.Summary(chinese),
                Reason = condition.Reason(),
                CountsAgainst = condition.CountsAgainst(),
            },
            ConditionName = condition.ProtoName(),
            EnhancedInfo = new SmtpStatusCodeInfo
            {
                Summary = enhancedCode.Summary(CultureInfo.InvariantCulture),
                SummaryZh = enhancedCode.Summary(chinese),
                Sources = { enhancedCode.Sources() },
            },
            EnhancedName = enhancedCode.ProtoName(),
        });
    }

    public override Task<SmtpReply> Read(ReadRequest request, ServerCallContext context) =>
        Task.FromResult(SmtpReplies.Of((SmtpStatusCode)request.Code, request.Text));

    public override Task<CompareResponse> Compare(CompareRequest request, ServerCallContext context)
    {
        var profiles = request.Profiles.Length > 0 ? EnumProfile.Read(request.Profiles) : EnumProfile.Known;
        var response = new CompareResponse
        {
            ProfilesJson = JsonSerializer.Serialize(profiles.ToDictionary(
                profile => profile.Key,
                profile => new object[] { profile.Value.Reason, profile.Value.Differences.Select(Row) })),
        };
        if (request.Assembly.Length > 0)
        {
            // A load context loads only one assembly of each name, so each assembly has a context of its own.
            Assembly assembly = new AssemblyLoadContext(request.Assembly).LoadFromAssemblyPath(request.Assembly);
            Type type = assembly.GetType(request.TypeName, throwOnError: true)!;
            response.Report = EnumParity.Compare(type, profiles.GetValueOrDefault(request.TypeName)).ToString();
        }
        return Task.FromResult(response);

        static object?[] Row(KeyValuePair<EnumDifference, string> entry) =>
        [
            entry.Key.Kind.ToString().ToLowerInvariant(), entry.Key.Name, entry.Key.Number,
            entry.Key.OtherName, entry.Key.OtherNumber, entry.Value,
        ];
    }

    public override Task<SendResponse> Send(SendRequest request, ServerCallContext context)
    {
        var response = new SendResponse();
        try
        {
            int timeout = request.Timeout > 0 ? request.Timeout : new Mail.Options().Timeout;
            var options = new Mail.Options(request.Authenticates, request.StartsTls, request.IsLenient, timeout);
            Mail.Send(request.Client, request.Port, request.Recipients, options);
        }
        catch (Exception error) when (error is not RpcException)
        {
            response.Statuses.Add(RpcStatuses.DeliveryStatusesFrom(error, request.Recipients));
        }
        return Task.FromResult(response);
    }
}
