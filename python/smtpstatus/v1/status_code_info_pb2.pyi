from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor
STATUS_CODE_INFO_FIELD_NUMBER: int
status_code_info: _descriptor.FieldDescriptor

class SmtpStatusCodeInfo(_message.Message):
    __slots__ = ("summary", "summary_zh", "sources", "rpc_code")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_ZH_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    RPC_CODE_FIELD_NUMBER: _ClassVar[int]
    summary: str
    summary_zh: str
    sources: _containers.RepeatedScalarFieldContainer[str]
    rpc_code: int
    def __init__(self, summary: _Optional[str] = ..., summary_zh: _Optional[str] = ..., sources: _Optional[_Iterable[str]] = ..., rpc_code: _Optional[int] = ...) -> None: ...
