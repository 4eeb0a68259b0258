from smtpstatus.v1 import smtp_stage_pb2 as _smtp_stage_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeliveryCondition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_CONDITION_NOT_DEFINED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_ACCEPTED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_IN_PROGRESS: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_DELAYED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_RECIPIENT_UNKNOWN: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_RECIPIENT_REFUSED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_MAILBOX_FULL: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_ADDRESS_INVALID: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_SENDER_REFUSED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_MESSAGE_TOO_LARGE: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_MESSAGE_REFUSED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_POLICY_REFUSED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_AUTHENTICATION_REFUSED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_PASSWORD_TRANSITION: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_RATE_LIMITED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_TOO_MANY_RECIPIENTS: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_SERVICE_UNAVAILABLE: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_TLS_REFUSED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_NAME_LOOKUP_FAILED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_TIMED_OUT: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_CANCELLED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_UNREACHABLE: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_PROTOCOL_ERROR: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_FEATURE_NOT_OFFERED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_ARGUMENT_REFUSED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_EXPIRED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_MAYBE_ACCEPTED: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_NOT_SENT: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_NOT_KNOWN: _ClassVar[DeliveryCondition]
    DELIVERY_CONDITION_REFUSED: _ClassVar[DeliveryCondition]

class DeliveryParty(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_PARTY_NOT_DEFINED: _ClassVar[DeliveryParty]
    DELIVERY_PARTY_RECIPIENT: _ClassVar[DeliveryParty]
    DELIVERY_PARTY_SENDER: _ClassVar[DeliveryParty]
    DELIVERY_PARTY_MESSAGE: _ClassVar[DeliveryParty]
    DELIVERY_PARTY_CLIENT: _ClassVar[DeliveryParty]
    DELIVERY_PARTY_SERVER: _ClassVar[DeliveryParty]
    DELIVERY_PARTY_NOBODY: _ClassVar[DeliveryParty]

class RetryRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETRY_RULE_NOT_DEFINED: _ClassVar[RetryRule]
    RETRY_RULE_AFTER_4YZ: _ClassVar[RetryRule]
    RETRY_RULE_AFTER_4YZ_OR_NO_REPLY: _ClassVar[RetryRule]
    RETRY_RULE_ALWAYS: _ClassVar[RetryRule]
    RETRY_RULE_NEVER: _ClassVar[RetryRule]

class ConditionRank(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONDITION_RANK_NOT_DEFINED: _ClassVar[ConditionRank]
    CONDITION_RANK_DECISIVE: _ClassVar[ConditionRank]
    CONDITION_RANK_WEAK: _ClassVar[ConditionRank]
DELIVERY_CONDITION_NOT_DEFINED: DeliveryCondition
DELIVERY_CONDITION_ACCEPTED: DeliveryCondition
DELIVERY_CONDITION_IN_PROGRESS: DeliveryCondition
DELIVERY_CONDITION_DELAYED: DeliveryCondition
DELIVERY_CONDITION_RECIPIENT_UNKNOWN: DeliveryCondition
DELIVERY_CONDITION_RECIPIENT_REFUSED: DeliveryCondition
DELIVERY_CONDITION_MAILBOX_FULL: DeliveryCondition
DELIVERY_CONDITION_ADDRESS_INVALID: DeliveryCondition
DELIVERY_CONDITION_SENDER_REFUSED: DeliveryCondition
DELIVERY_CONDITION_MESSAGE_TOO_LARGE: DeliveryCondition
DELIVERY_CONDITION_MESSAGE_REFUSED: DeliveryCondition
DELIVERY_CONDITION_POLICY_REFUSED: DeliveryCondition
DELIVERY_CONDITION_AUTHENTICATION_REFUSED: DeliveryCondition
DELIVERY_CONDITION_PASSWORD_TRANSITION: DeliveryCondition
DELIVERY_CONDITION_RATE_LIMITED: DeliveryCondition
DELIVERY_CONDITION_TOO_MANY_RECIPIENTS: DeliveryCondition
DELIVERY_CONDITION_SERVICE_UNAVAILABLE: DeliveryCondition
DELIVERY_CONDITION_TLS_REFUSED: DeliveryCondition
DELIVERY_CONDITION_NAME_LOOKUP_FAILED: DeliveryCondition
DELIVERY_CONDITION_TIMED_OUT: DeliveryCondition
DELIVERY_CONDITION_CANCELLED: DeliveryCondition
DELIVERY_CONDITION_UNREACHABLE: DeliveryCondition
DELIVERY_CONDITION_PROTOCOL_ERROR: DeliveryCondition
DELIVERY_CONDITION_FEATURE_NOT_OFFERED: DeliveryCondition
DELIVERY_CONDITION_ARGUMENT_REFUSED: DeliveryCondition
DELIVERY_CONDITION_EXPIRED: DeliveryCondition
DELIVERY_CONDITION_MAYBE_ACCEPTED: DeliveryCondition
DELIVERY_CONDITION_NOT_SENT: DeliveryCondition
DELIVERY_CONDITION_NOT_KNOWN: DeliveryCondition
DELIVERY_CONDITION_REFUSED: DeliveryCondition
DELIVERY_PARTY_NOT_DEFINED: DeliveryParty
DELIVERY_PARTY_RECIPIENT: DeliveryParty
DELIVERY_PARTY_SENDER: DeliveryParty
DELIVERY_PARTY_MESSAGE: DeliveryParty
DELIVERY_PARTY_CLIENT: DeliveryParty
DELIVERY_PARTY_SERVER: DeliveryParty
DELIVERY_PARTY_NOBODY: DeliveryParty
RETRY_RULE_NOT_DEFINED: RetryRule
RETRY_RULE_AFTER_4YZ: RetryRule
RETRY_RULE_AFTER_4YZ_OR_NO_REPLY: RetryRule
RETRY_RULE_ALWAYS: RetryRule
RETRY_RULE_NEVER: RetryRule
CONDITION_RANK_NOT_DEFINED: ConditionRank
CONDITION_RANK_DECISIVE: ConditionRank
CONDITION_RANK_WEAK: ConditionRank
DELIVERY_CONDITION_INFO_FIELD_NUMBER: int
delivery_condition_info: _descriptor.FieldDescriptor

class DeliveryConditionInfo(_message.Message):
    __slots__ = ("summary", "summary_zh", "counts_against", "rpc_code", "retry_rpc_code", "retry", "reason", "instead", "when_reply_lost")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_ZH_FIELD_NUMBER: _ClassVar[int]
    COUNTS_AGAINST_FIELD_NUMBER: _ClassVar[int]
    RPC_CODE_FIELD_NUMBER: _ClassVar[int]
    RETRY_RPC_CODE_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INSTEAD_FIELD_NUMBER: _ClassVar[int]
    WHEN_REPLY_LOST_FIELD_NUMBER: _ClassVar[int]
    summary: str
    summary_zh: str
    counts_against: int
    rpc_code: int
    retry_rpc_code: int
    retry: int
    reason: str
    instead: _containers.RepeatedCompositeFieldContainer[ConditionRule]
    when_reply_lost: int
    def __init__(self, summary: _Optional[str] = ..., summary_zh: _Optional[str] = ..., counts_against: _Optional[_Union[int, str]] = ..., rpc_code: _Optional[_Union[int, str]] = ..., retry_rpc_code: _Optional[_Union[int, str]] = ..., retry: _Optional[_Union[int, str]] = ..., reason: _Optional[str] = ..., instead: _Optional[_Iterable[_Union[ConditionRule, _Mapping[str, object]]]] = ..., when_reply_lost: _Optional[_Union[int, str]] = ...) -> None: ...

class ConditionRule(_message.Message):
    __slots__ = ("condition", "stages", "reply_class", "rank", "is_bare")
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    REPLY_CLASS_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    IS_BARE_FIELD_NUMBER: _ClassVar[int]
    condition: int
    stages: _containers.RepeatedScalarFieldContainer[_smtp_stage_pb2.SmtpStage]
    reply_class: int
    rank: int
    is_bare: bool
    def __init__(self, condition: _Optional[_Union[int, str]] = ..., stages: _Optional[_Iterable[_Union[int, str]]] = ..., reply_class: _Optional[int] = ..., rank: _Optional[_Union[int, str]] = ..., is_bare: bool = ...) -> None: ...
