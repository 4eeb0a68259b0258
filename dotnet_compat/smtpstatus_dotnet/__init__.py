"""Checks the shared SMTP status enum against .NET's, and says how they differ.

`check` is the whole of it, and `smtpstatus check` on the command line is the same. `diff` compares any two enums. They
are imported when they are asked for: pytest imports a module of this package in every run.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet.checking import check, shared_enum
    from smtpstatus_dotnet.diffing import diff

    __version__: str

__all__ = ["check", "diff", "shared_enum"]


def __getattr__(name: str) -> object:
    if name == "__version__":
        import smtpstatus

        return smtpstatus.__version__
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "diff":
        from smtpstatus_dotnet.diffing import diff

        return diff
    from smtpstatus_dotnet import checking

    return getattr(checking, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
