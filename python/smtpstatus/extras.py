"""Optional parts: packages that come with an extra of `smtpstatus`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class MissingExtraError(ImportError):
    """A package of an extra is not installed. The message names the extra."""


class needs_extra:  # noqa: N801  # it is used like a function, as contextlib.suppress is
    """Turn an ImportError of the `with` block into a MissingExtraError that says what to install.

    `what` is the part that needs the extra, at the beginning of a sentence: `smtpstatus.rpc`.
    """

    def __init__(self, extra: str, what: str) -> None:
        self._extra, self._what = extra, what

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: TracebackType | None) -> None:
        if isinstance(error, ImportError) and not isinstance(error, MissingExtraError):
            command = f"pip install 'smtpstatus[{self._extra}]'"
            raise MissingExtraError(f"{self._what} needs the extra: {command} ({error})") from error
