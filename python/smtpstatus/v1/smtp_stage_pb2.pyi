from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

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
