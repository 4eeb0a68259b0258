using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SmtpStatus.V1;

namespace SmtpStatus.Tests;

public class RpcStatusesTests
{
    private static DeliveryStatus Of(int code, string enhancedCode = "", string localError = "") => new()
    {
        Reply = new SmtpReply { Code = (SmtpStatusCode)code, EnhancedCode = enhancedCode },
        LocalError = localError,
    };

    [Theory]
    [InlineData(450, "", Code.Unavailable, "SMTP_STATUS_CODE_MAILBOX_BUSY")]
    [InlineData(521, "", Code.FailedPrecondition, "SMTP_STATUS_CODE_521")]
    [InlineData(-5, "", Code.Unknown, "SMTP_STATUS_CODE_MINUS_5")]
    [InlineData(550, "5.1.1", Code.NotFound, "SMTP_STATUS_CODE_MAILBOX_UNAVAILABLE")]
    [InlineData(550, "5.7.1", Code.PermissionDenied, "SMTP_STATUS_CODE_MAILBOX_UNAVAILABLE")]
    [InlineData(554, "5.7.1", Code.PermissionDenied, "SMTP_STATUS_CODE_TRANSACTION_FAILED")]
    [InlineData(354, "", Code.Internal, "SMTP_STATUS_CODE_START_MAIL_INPUT", "taken for a failure")]
    public void A_failure_is_an_error_and_back(
        int code, string enhancedCode, Code expected, string reason, string localError = "")
    {
        DeliveryStatus status = Of(code, enhancedCode, localError);
        RpcException error = status.ToRpcException();
        Assert.Equal((int)expected, (int)error.StatusCode);
        ErrorInfo info = error.GetRpcStatus()!.GetDetail<ErrorInfo>();
        Assert.Equal((reason, RpcStatuses.Domain), (info.Reason, info.Domain));
        Assert.Equal(status, RpcStatuses.FromRpcException(error));
    }

    [Fact]
    public void Callers_without_our_messages_read_the_metadata()
    {
        ErrorInfo info = Of(450, "4.2.2").ToStatus().GetDetail<ErrorInfo>();
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["condition"] = "DELIVERY_CONDITION_MAILBOX_FULL",
                ["code"] = "450",
                ["enhanced_code"] = "4.2.2",
                ["retry"] = "true",
            },
            info.Metadata);
        Assert.Equal("x", Of(550, "x").ToStatus().GetDetail<ErrorInfo>().Metadata["enhanced_code"]);
        Assert.Equal("false", Of(550).ToStatus().GetDetail<ErrorInfo>().Metadata["retry"]);
        Assert.DoesNotContain("enhanced_code", Of(550).ToStatus().GetDetail<ErrorInfo>().Metadata.Keys);
    }

    [Fact]
    public void The_error_of_a_call_is_the_status_that_it_carries()
    {
        DeliveryStatus carried = Of(550, "5.1.1");
        carried.Stage = SmtpStage.Rcpt;
        var error = new AggregateException(new InvalidOperationException("wrapped", carried.ToRpcException()));
        DeliveryStatus found = Assert.Single(RpcStatuses.DeliveryStatusesFrom(error, ["x@example.com"]));
        carried.FinalRecipient = "x@example.com";
        Assert.Equal(carried, found);
        DeliveryStatus other = Assert.Single(
            RpcStatuses.DeliveryStatusesFrom(new RpcException(new(StatusCode.NotFound, "no such method"))));
        Assert.Equal(DeliveryCondition.NotKnown, DeliveryConditions.Of(other));
    }

    [Fact]
    public void A_success_is_not_an_error()
    {
        Assert.Throws<ArgumentNullException>("deliveryStatus", () => RpcStatuses.ToStatus(null!));
        ArgumentException error = Assert.Throws<ArgumentException>("deliveryStatus", () => Of(250).ToStatus());
        Assert.StartsWith("DELIVERY_CONDITION_ACCEPTED is not a failure", error.Message);
        Assert.Throws<ArgumentException>(() => Of(354).ToStatus());
        DeliveryStatus delayed = Of(451);
        delayed.Action = DeliveryAction.Delayed;
        Assert.Throws<ArgumentException>(() => delayed.ToStatus());
        Assert.Equal((int)Code.Internal, Of(250, localError: "taken for a failure").ToStatus().Code);
        Assert.Null(RpcStatuses.FromStatus(new() { Details = { Any.Pack(Of(250)) } }));
    }

    [Fact]
    public void A_delay_is_sent_if_retrying_helps()
    {
        Google.Rpc.Status status = Of(450).ToStatus(TimeSpan.FromSeconds(90.5));
        Assert.Equal(TimeSpan.FromSeconds(90.5), status.GetDetail<RetryInfo>().RetryDelay.ToTimeSpan());
        Assert.Null(Of(550).ToStatus(TimeSpan.FromSeconds(90)).GetDetail<RetryInfo>());
    }

    [Fact]
    public void An_error_of_another_kind_is_null()
    {
        Assert.Null(RpcStatuses.FromRpcException(new RpcException(new(StatusCode.NotFound, ""))));
        Any broken = Any.Pack(new DeliveryStatus());
        broken.Value = Google.Protobuf.ByteString.CopyFrom(0xff);
        Assert.Null(RpcStatuses.FromStatus(new() { Details = { Any.Pack(new Empty()), broken } }));
        Metadata trailers = new() { { "grpc-status-details-bin", [0xff] } };
        Assert.Null(RpcStatuses.FromRpcException(new RpcException(new(StatusCode.NotFound, ""), trailers)));
        Metadata other = Of(450).ToRpcException().Trailers;
        Assert.Null(RpcStatuses.FromRpcException(new RpcException(new(StatusCode.NotFound, ""), other)));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Sixty_four_details_are_looked_at(int before, bool isFound)
    {
        var status = new Google.Rpc.Status { Code = 14 };
        status.Details.Add(Enumerable.Repeat(Any.Pack(new Empty()), before));
        status.Details.Add(Any.Pack(Of(450)));
        Assert.Equal(isFound, RpcStatuses.FromStatus(status) != null);
    }

    [Theory]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    public void Details_of_64_KiB_are_decoded(int size, bool isFound)
    {
        Google.Rpc.Status status = Of(450).ToStatus();
        status.Message = new string('x', size);
        status.Message = new string('x', (2 * size) - status.CalculateSize());
        byte[] bytes = Google.Protobuf.MessageExtensions.ToByteArray(status);
        Assert.Equal(size, bytes.Length);
        Metadata trailers = new() { { "grpc-status-details-bin", bytes } };
        var error = new RpcException(new(StatusCode.Unavailable, ""), trailers);
        Assert.Equal(isFound, RpcStatuses.FromRpcException(error) != null);
    }
}
