"""Checks the shared SMTP status enum against .NET's, and says how they differ.

`check` is the whole of it, and `smtpstatus check` on the command line is the same. It is imported when it is asked for:
pytest imports a module of this package in every run.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.checking import check, shared_enum

__all__ = ["check", "shared_enum"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from smtpstatus_dotnet import checking

    return getattr(checking, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
