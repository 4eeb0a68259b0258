import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeliveryAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_ACTION_NOT_DEFINED: _ClassVar[DeliveryAction]
    DELIVERY_ACTION_FAILED: _ClassVar[DeliveryAction]
    DELIVERY_ACTION_DELAYED: _ClassVar[DeliveryAction]
    DELIVERY_ACTION_DELIVERED: _ClassVar[DeliveryAction]
    DELIVERY_ACTION_RELAYED: _ClassVar[DeliveryAction]
    DELIVERY_ACTION_EXPANDED: _ClassVar[DeliveryAction]
DELIVERY_ACTION_NOT_DEFINED: DeliveryAction
DELIVERY_ACTION_FAILED: DeliveryAction
DELIVERY_ACTION_DELAYED: DeliveryAction
DELIVERY_ACTION_DELIVERED: DeliveryAction
DELIVERY_ACTION_RELAYED: DeliveryAction
DELIVERY_ACTION_EXPANDED: DeliveryAction

class SmtpReply(_message.Message):
    __slots__ = ("code", "enhanced_code", "lines")
    CODE_FIELD_NUMBER: _ClassVar[int]
    ENHANCED_CODE_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    code: int
    enhanced_code: str
    lines: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, code: _Optional[_Union[int, str]] = ..., enhanced_code: _Optional[str] = ..., lines: _Optional[_Iterable[str]] = ...) -> None: ...

class DeliveryStatus(_message.Message):
    __slots__ = ("final_recipient", "stage", "reply", "remote_mta", "attempt_time", "local_error", "condition", "action", "status", "original_recipient")
    FINAL_RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    REMOTE_MTA_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_TIME_FIELD_NUMBER: _ClassVar[int]
    LOCAL_ERROR_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    final_recipient: str
    stage: int
    reply: SmtpReply
    remote_mta: str
    attempt_time: _timestamp_pb2.Timestamp
    local_error: str
    condition: int
    action: int
    status: str
    original_recipient: str
    def __init__(self, final_recipient: _Optional[str] = ..., stage: _Optional[_Union[int, str]] = ..., reply: _Optional[_Union[SmtpReply, _Mapping[str, object]]] = ..., remote_mta: _Optional[str] = ..., attempt_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., local_error: _Optional[str] = ..., condition: _Optional[_Union[int, str]] = ..., action: _Optional[_Union[int, str]] = ..., status: _Optional[str] = ..., original_recipient: _Optional[str] = ...) -> None: ...
