from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class SmtpReplyClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SMTP_REPLY_CLASS_NOT_DEFINED: _ClassVar[SmtpReplyClass]
    SMTP_REPLY_CLASS_POSITIVE_COMPLETION: _ClassVar[SmtpReplyClass]
    SMTP_REPLY_CLASS_POSITIVE_INTERMEDIATE: _ClassVar[SmtpReplyClass]
    SMTP_REPLY_CLASS_TRANSIENT_NEGATIVE_COMPLETION: _ClassVar[SmtpReplyClass]
    SMTP_REPLY_CLASS_PERMANENT_NEGATIVE_COMPLETION: _ClassVar[SmtpReplyClass]
SMTP_REPLY_CLASS_NOT_DEFINED: SmtpReplyClass
SMTP_REPLY_CLASS_POSITIVE_COMPLETION: SmtpReplyClass
SMTP_REPLY_CLASS_POSITIVE_INTERMEDIATE: SmtpReplyClass
SMTP_REPLY_CLASS_TRANSIENT_NEGATIVE_COMPLETION: SmtpReplyClass
SMTP_REPLY_CLASS_PERMANENT_NEGATIVE_COMPLETION: SmtpReplyClass
