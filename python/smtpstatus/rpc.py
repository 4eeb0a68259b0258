"""A failed delivery as the error of a gRPC call, and back: `DeliveryStatus` and `google.rpc.Status`.

Needs the extra: `pip install 'smtpstatus[grpc]'`. C# makes the same messages, field by field.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError

from smtpstatus import limits
from smtpstatus._open_enhanced_status_code import LONGEST
from smtpstatus.extras import needs_extra
from smtpstatus.meaning import rpc_code, verdict_of
from smtpstatus.protobuf_names import value_prefix
from smtpstatus.status_code import SmtpStatusCode
from smtpstatus.v1 import DeliveryStatus, SmtpReply

with needs_extra("grpc", "smtpstatus.rpc"):
    from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
    from google.rpc.status_pb2 import Status
    from grpc_status import rpc_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import timedelta
    from typing import Any, NoReturn, overload

    import grpc

    from smtpstatus.delivery_condition import DeliveryCondition

DOMAIN = "smtpstatus.v1"
"""The `domain` of our ErrorInfo."""

_DECODE_ERRORS = (DecodeError, UnicodeDecodeError)  # the pure-Python protobuf raises the latter
_DETAILS_KEY = "grpc-status-details-bin"


def to_status(delivery_status: DeliveryStatus, *, retry_delay: timedelta | None = None) -> Status:
    """Return the error with which a service answers when it could not deliver.

    code: that of `smtpstatus.meaning.rpc_code`.

    message: the reply in one line, or `local_error`, or the summary of the reply code or of the condition: the first of
    them that is not empty, at most 160 characters.

    details: an ErrorInfo, whose reason is the code's name (`SMTP_STATUS_CODE_MAILBOX_BUSY`, `SMTP_STATUS_CODE_521`,
    `SMTP_STATUS_CODE_MINUS_5`), whose domain is `smtpstatus.v1`, and whose metadata are `condition`, `code`,
    `enhanced_code` if there is one, and `retry`, for callers that do not have our messages; the DeliveryStatus itself;
    and a RetryInfo if a delay is given and `should_retry` says yes. A DeliveryStatus of more than 3,000 bytes is
    shortened: each text is cut to 255 bytes, and the last lines of the reply are left out.

    Raises ValueError if nothing failed: the mail was accepted, or is only delayed.
    """
    reply, code = delivery_status.reply, delivery_status.reply.code
    condition, is_retried, answer = verdict_of(delivery_status)
    if not answer:
        raise ValueError(f"{condition.proto_name} is not a failure: answer it with a message of your own, not an error")
    if reply.lines:
        text = f"{code} {' '.join(reply.lines)}"
    else:
        summary = SmtpStatusCode(code).summary if 200 <= code < 600 else condition.summary
        text = delivery_status.local_error or summary
    enhanced_code = _enhanced_code(reply.enhanced_code or delivery_status.status)
    info = _error_info(code, enhanced_code, condition, is_retried=is_retried)
    status = Status(code=answer, message=text[: limits.STATUS_MESSAGE_CHARACTERS].strip(" \t\n"), details=[info])
    status.details.add().Pack(_shortened(delivery_status))
    if retry_delay is not None and is_retried:
        retry = RetryInfo()
        retry.retry_delay.FromTimedelta(retry_delay)
        status.details.add().Pack(retry)
    return status


@lru_cache(maxsize=1024)
def _error_info(code: int, enhanced_code: str, condition: DeliveryCondition, *, is_retried: bool) -> AnyMessage:
    """Return the ErrorInfo, which callers without our messages read."""
    metadata = {"condition": condition.proto_name, "code": str(code), "retry": "true" if is_retried else "false"}
    if enhanced_code:
        metadata["enhanced_code"] = enhanced_code
    name = f"{value_prefix('SmtpStatusCode')}{SmtpStatusCode(code).name}".replace("-", "MINUS_")
    detail = AnyMessage()
    info = ErrorInfo(reason=name, domain=DOMAIN, metadata=metadata)
    detail.Pack(info, deterministic=True)  # a map has no order of its own
    return detail


def from_status(status: Status) -> DeliveryStatus | None:
    """Return the first intact DeliveryStatus among the first 64 details, or None.

    Nothing is guessed from an error of another kind. A DeliveryStatus of a success is ignored, because it is not an
    error.
    """
    delivery_status = DeliveryStatus()
    for detail in islice(status.details, limits.DETAIL_COUNT):
        try:
            if detail.Unpack(delivery_status) and rpc_code(delivery_status):
                return delivery_status
        except _DECODE_ERRORS:
            pass
    return None


if TYPE_CHECKING:

    @overload
    def abort(
        context: grpc.ServicerContext, delivery_status: DeliveryStatus, *, retry_delay: timedelta | None = None
    ) -> NoReturn: ...
    @overload
    def abort(
        context: grpc.aio.ServicerContext[Any, Any],
        delivery_status: DeliveryStatus,
        *,
        retry_delay: timedelta | None = None,
    ) -> Coroutine[Any, Any, NoReturn]: ...


def abort(context: Any, delivery_status: DeliveryStatus, *, retry_delay: timedelta | None = None) -> Any:
    """End a server's call with the error of `to_status`; under asyncio, `await` this.

    It replaces trailing metadata that were set before. Raises the exception of gRPC's own `context.abort`, and
    ValueError for a success.
    """
    status = to_status(delivery_status, retry_delay=retry_delay)
    # The types of grpc_status leave the argument open.
    return context.abort_with_status(rpc_status.to_status(status))  # pyright: ignore[reportUnknownMemberType]


def from_rpc_error(error: grpc.RpcError) -> DeliveryStatus | None:
    """Return the DeliveryStatus that a server ended the call with; the error may be an AioRpcError.

    Return None for an error of another kind, see `from_status`, and if the details have another code than the call.
    """
    # Unlike grpc_status, this does not compare the messages: a server may write its own.
    call: Any = error
    if not hasattr(call, "trailing_metadata"):  # not an error of a call
        return None
    details = next((value for key, value in call.trailing_metadata() or () if key == _DETAILS_KEY), b"")
    if not isinstance(details, bytes) or len(details) > limits.DETAILS_BYTES:
        return None
    try:
        status = Status.FromString(details)
    except _DECODE_ERRORS:
        return None
    code = call.code()
    return from_status(status) if code is not None and status.code == code.value[0] else None


def _shortened(whole: DeliveryStatus) -> DeliveryStatus:
    if whole.ByteSize() <= limits.STATUS_BYTES:
        return whole
    short = DeliveryStatus(
        final_recipient=_start(whole.final_recipient),
        original_recipient=_start(whole.original_recipient),
        stage=whole.stage,
        reply=SmtpReply(code=whole.reply.code, enhanced_code=_still_no_code(whole.reply.enhanced_code)),
        remote_mta=_start(whole.remote_mta),
        attempt_time=whole.attempt_time if whole.HasField("attempt_time") else None,
        local_error=_start(whole.local_error),
        condition=whole.condition,
        action=whole.action,
        status=_still_no_code(whole.status),
    )
    for line in whole.reply.lines:
        short.reply.lines.append(_start(line))
        if short.ByteSize() > limits.STATUS_BYTES:
            del short.reply.lines[-1]
            break
    return short


def _start(text: str) -> str:
    """Return the characters of a text that fit into 255 bytes."""
    return text.encode()[: limits.STATUS_TEXT_BYTES].decode(errors="ignore")


def _still_no_code(text: str) -> str:
    """Shorten a text that is too long for an enhanced status code such that it stays so: the decision is the same."""
    return text[: LONGEST + 1]


def _enhanced_code(text: str) -> str:
    """Return an enhanced status code; empty for a text that is too long for one."""
    return text if len(text) <= LONGEST else ""
