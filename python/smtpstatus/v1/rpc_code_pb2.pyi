from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class RpcCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RPC_CODE_OK: _ClassVar[RpcCode]
    RPC_CODE_CANCELLED: _ClassVar[RpcCode]
    RPC_CODE_UNKNOWN: _ClassVar[RpcCode]
    RPC_CODE_INVALID_ARGUMENT: _ClassVar[RpcCode]
    RPC_CODE_DEADLINE_EXCEEDED: _ClassVar[RpcCode]
    RPC_CODE_NOT_FOUND: _ClassVar[RpcCode]
    RPC_CODE_ALREADY_EXISTS: _ClassVar[RpcCode]
    RPC_CODE_PERMISSION_DENIED: _ClassVar[RpcCode]
    RPC_CODE_RESOURCE_EXHAUSTED: _ClassVar[RpcCode]
    RPC_CODE_FAILED_PRECONDITION: _ClassVar[RpcCode]
    RPC_CODE_ABORTED: _ClassVar[RpcCode]
    RPC_CODE_OUT_OF_RANGE: _ClassVar[RpcCode]
    RPC_CODE_UNIMPLEMENTED: _ClassVar[RpcCode]
    RPC_CODE_INTERNAL: _ClassVar[RpcCode]
    RPC_CODE_UNAVAILABLE: _ClassVar[RpcCode]
    RPC_CODE_DATA_LOSS: _ClassVar[RpcCode]
    RPC_CODE_UNAUTHENTICATED: _ClassVar[RpcCode]
RPC_CODE_OK: RpcCode
RPC_CODE_CANCELLED: RpcCode
RPC_CODE_UNKNOWN: RpcCode
RPC_CODE_INVALID_ARGUMENT: RpcCode
RPC_CODE_DEADLINE_EXCEEDED: RpcCode
RPC_CODE_NOT_FOUND: RpcCode
RPC_CODE_ALREADY_EXISTS: RpcCode
RPC_CODE_PERMISSION_DENIED: RpcCode
RPC_CODE_RESOURCE_EXHAUSTED: RpcCode
RPC_CODE_FAILED_PRECONDITION: RpcCode
RPC_CODE_ABORTED: RpcCode
RPC_CODE_OUT_OF_RANGE: RpcCode
RPC_CODE_UNIMPLEMENTED: RpcCode
RPC_CODE_INTERNAL: RpcCode
RPC_CODE_UNAVAILABLE: RpcCode
RPC_CODE_DATA_LOSS: RpcCode
RPC_CODE_UNAUTHENTICATED: RpcCode
