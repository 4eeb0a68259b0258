# Generated from proto/smtpstatus/v1/*.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

"""The messages and enums of the shared source, as protobuf has them. Each is imported when it is asked for."""

_MODULES = {
    "ConditionRank": "delivery_condition_pb2",
    "ConditionRule": "delivery_condition_pb2",
    "DeliveryAction": "delivery_pb2",
    "DeliveryCondition": "delivery_condition_pb2",
    "DeliveryConditionInfo": "delivery_condition_pb2",
    "DeliveryParty": "delivery_condition_pb2",
    "DeliveryStatus": "delivery_pb2",
    "EnhancedStatusCode": "enhanced_status_code_pb2",
    "RetryRule": "delivery_condition_pb2",
    "RpcCode": "rpc_code_pb2",
    "SmtpReply": "delivery_pb2",
    "SmtpReplyClass": "smtp_reply_class_pb2",
    "SmtpStage": "smtp_stage_pb2",
    "SmtpStatusCode": "smtp_status_code_pb2",
    "SmtpStatusCodeInfo": "status_code_info_pb2",
    "UnlistedStatusCode": "unlisted_status_code_pb2",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
