"""One SMTP status vocabulary for Python and .NET services.

`SmtpStatusCode` is an IntEnum; importing it loads neither protobuf nor any .NET part. The other enums of
the shared source load when they are asked for. The protobuf enums and the messages are in `smtpstatus.v1`.
"""

from smtpstatus.status_code import SmtpStatusCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus.delivery_condition import DeliveryCondition, DeliveryParty
    from smtpstatus.enhanced_status_code import EnhancedStatusCode

__all__ = ["DeliveryCondition", "DeliveryParty", "EnhancedStatusCode", "SmtpStatusCode"]

_MODULES = {
    "DeliveryCondition": "delivery_condition",
    "DeliveryParty": "delivery_condition",
    "EnhancedStatusCode": "enhanced_status_code",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
