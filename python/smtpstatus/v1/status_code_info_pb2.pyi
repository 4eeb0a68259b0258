from smtpstatus.v1 import delivery_condition_pb2 as _delivery_condition_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
STATUS_CODE_INFO_FIELD_NUMBER: int
status_code_info: _descriptor.FieldDescriptor

class SmtpStatusCodeInfo(_message.Message):
    __slots__ = ("summary", "summary_zh", "sources", "means")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_ZH_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    MEANS_FIELD_NUMBER: _ClassVar[int]
    summary: str
    summary_zh: str
    sources: _containers.RepeatedScalarFieldContainer[str]
    means: _containers.RepeatedCompositeFieldContainer[_delivery_condition_pb2.ConditionRule]
    def __init__(self, summary: _Optional[str] = ..., summary_zh: _Optional[str] = ..., sources: _Optional[_Iterable[str]] = ..., means: _Optional[_Iterable[_Union[_delivery_condition_pb2.ConditionRule, _Mapping[str, object]]]] = ...) -> None: ...
