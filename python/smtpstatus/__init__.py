"""One SMTP status vocabulary for Python and .NET services.

`SmtpStatusCode` is an IntEnum; importing it loads neither protobuf nor any .NET part. The other enums of the shared
source are imported when they are asked for. The messages, and the enums as protobuf has them, are in `smtpstatus.v1`.
"""

from smtpstatus.status_code import SmtpStatusCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus.delivery_action import DeliveryAction
    from smtpstatus.delivery_condition import DeliveryCondition, DeliveryParty, RetryRule
    from smtpstatus.enhanced_status_code import EnhancedStatusCode
    from smtpstatus.rpc_code import RpcCode
    from smtpstatus.smtp_stage import SmtpStage

    __version__: str

__all__ = [
    "DeliveryAction",
    "DeliveryCondition",
    "DeliveryParty",
    "EnhancedStatusCode",
    "RetryRule",
    "RpcCode",
    "SmtpStage",
    "SmtpStatusCode",
]

_MODULES = {
    "DeliveryAction": "delivery_action",
    "DeliveryCondition": "delivery_condition",
    "DeliveryParty": "delivery_condition",
    "EnhancedStatusCode": "enhanced_status_code",
    "RetryRule": "delivery_condition",
    "RpcCode": "rpc_code",
    "SmtpStage": "smtp_stage",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version  # takes longer than all the rest

        return version("smtpstatus")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
