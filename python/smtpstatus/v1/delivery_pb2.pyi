import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SmtpStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SMTP_STAGE_NOT_DEFINED: _ClassVar[SmtpStage]
    SMTP_STAGE_CONNECT: _ClassVar[SmtpStage]
    SMTP_STAGE_EHLO: _ClassVar[SmtpStage]
    SMTP_STAGE_START_TLS: _ClassVar[SmtpStage]
    SMTP_STAGE_AUTH: _ClassVar[SmtpStage]
    SMTP_STAGE_MAIL: _ClassVar[SmtpStage]
    SMTP_STAGE_RCPT: _ClassVar[SmtpStage]
    SMTP_STAGE_DATA: _ClassVar[SmtpStage]
    SMTP_STAGE_CONTENT: _ClassVar[SmtpStage]
SMTP_STAGE_NOT_DEFINED: SmtpStage
SMTP_STAGE_CONNECT: SmtpStage
SMTP_STAGE_EHLO: SmtpStage
SMTP_STAGE_START_TLS: SmtpStage
SMTP_STAGE_AUTH: SmtpStage
SMTP_STAGE_MAIL: SmtpStage
SMTP_STAGE_RCPT: SmtpStage
SMTP_STAGE_DATA: SmtpStage
SMTP_STAGE_CONTENT: SmtpStage

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
    __slots__ = ("final_recipient", "stage", "reply", "remote_mta", "attempt_time", "local_error")
    FINAL_RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    REMOTE_MTA_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_TIME_FIELD_NUMBER: _ClassVar[int]
    LOCAL_ERROR_FIELD_NUMBER: _ClassVar[int]
    final_recipient: str
    stage: int
    reply: SmtpReply
    remote_mta: str
    attempt_time: _timestamp_pb2.Timestamp
    local_error: str
    def __init__(self, final_recipient: _Optional[str] = ..., stage: _Optional[_Union[int, str]] = ..., reply: _Optional[_Union[SmtpReply, _Mapping[str, object]]] = ..., remote_mta: _Optional[str] = ..., attempt_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, object]]] = ..., local_error: _Optional[str] = ...) -> None: ...
