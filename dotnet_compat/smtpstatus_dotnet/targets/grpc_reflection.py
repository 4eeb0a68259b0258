"""A running server: `grpc://host:port` and `grpcs://host:port`, asked by gRPC server reflection, v1 and then v1alpha.

https://grpc.io/docs/guides/reflection. With `grpcs`, the certificates to trust are those of gRPC's own variable
GRPC_DEFAULT_SSL_ROOTS_FILE_PATH, or gRPC's default. Importing this raises MissingExtraError without the extra `grpc`.
"""

from __future__ import annotations

from time import monotonic
from urllib.parse import urlsplit

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.descriptor_set import find_enum
from smtpstatus_dotnet.targets.reading import TargetError

with needs_extra("grpc", "a target grpc://…"):
    import grpc
    from grpc_reflection.v1alpha import reflection_pb2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterable[Found]:
    """Return the enum that a server knows; the names in the request are protobuf's.

    Raises EnumReadError if the target is not an address, no server answers, or it has no reflection, and
    EnumNotFoundError if it has no such enum.
    """
    address = _address(target)
    full_name = request.full_names[0]
    options = [("grpc.max_receive_message_length", limits.REFLECTION_BYTES)]
    if target.startswith("grpcs:"):
        channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(), options)
    else:
        channel = grpc.insecure_channel(address, options)
    deadline = monotonic() + limits.REFLECTION_SECONDS
    with channel:  # its end cancels the calls, which a server may answer without end
        question = reflection_pb2.ServerReflectionRequest(file_containing_symbol=full_name)
        answer = _ask(channel, target, question, deadline)
        if answer.HasField("error_response"):
            services = _ask(channel, target, reflection_pb2.ServerReflectionRequest(list_services=""), deadline)
            names = [service.name for service in services.list_services_response.service[:8]]
            hint = f"its services are {', '.join(names) or 'none'}"
            raise EnumNotFoundError(f"{target} has no enum {full_name}", hint)
    files = answer.file_descriptor_response.file_descriptor_proto
    try:
        return [find_enum(((file, 0, len(file)) for file in files), full_name, Origin(target, via="gRPC reflection"))]
    except ValueError as error:
        raise EnumReadError(f"{target} did not answer with file descriptors") from error


def _address(target: str) -> str:
    try:
        parts = urlsplit(target)
        if parts.hostname and parts.port and not (parts.path.strip("/") or parts.query or parts.fragment):
            return parts.netloc
    except ValueError:
        pass
    raise TargetError(f"expected grpc://host:port or grpcs://host:port, found {target}")


def _ask(
    channel: grpc.Channel, target: str, request: reflection_pb2.ServerReflectionRequest, deadline: float
) -> reflection_pb2.ServerReflectionResponse:
    """Return the server's first answer to one request. Both versions have the same messages."""
    for version in ("v1", "v1alpha"):
        call = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        try:
            return next(call(iter([request]), timeout=max(0, deadline - monotonic())))
        except StopIteration:
            raise EnumReadError(f"{target} ended the call without an answer") from None
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
                raise EnumReadError(_explain(target, error)) from error
    raise EnumReadError(
        f"{target} has no server reflection, neither v1 nor v1alpha: switch it on there, or check what it was built "
        "from, a .binpb or an assembly"
    )


def _explain(target: str, error: grpc.RpcError) -> str:
    match error.code():
        case grpc.StatusCode.UNAVAILABLE:
            trust = "check the certificates (GRPC_DEFAULT_SSL_ROOTS_FILE_PATH)"
            hint = "try grpcs://" if target.startswith("grpc:") else trust
            return f"no gRPC server answers at {target}; check the address, or {hint}: {error.details()}"
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return f"{target} gave no answer within {limits.REFLECTION_SECONDS} seconds"
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return (
                f"{target} answered with more than {limits.REFLECTION_BYTES >> 20} MiB, or is busy: {error.details()}"
            )
        case code:
            return f"{target} refused server reflection: {code.name}: {error.details()}"
