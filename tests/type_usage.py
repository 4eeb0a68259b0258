"""Code that a typed program may contain; read by mypy --strict and pyright --strict, never run.

Each ignore comment must be needed: both checkers report unused ones.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any, Never, assert_never, assert_type

import aiosmtplib
import grpc

from smtpstatus import DeliveryCondition, DeliveryParty, EnhancedStatusCode, RetryRule, RpcCode, SmtpStatusCode
from smtpstatus.meaning import condition_of, decide, rpc_code, verdict_of
from smtpstatus.replies import ReplyError, delivery_statuses, format_reply, parse_reply, reply_of, should_retry
from smtpstatus.rpc import abort, from_rpc_error, from_status, to_status
from smtpstatus.v1 import DeliveryStatus, SmtpReply, SmtpStatusCodeInfo
from smtpstatus.v1.delivery_pb2 import DELIVERY_ACTION_DELAYED
from smtpstatus.v1.smtp_stage_pb2 import SMTP_STAGE_RCPT, SmtpStage
from smtpstatus.v1.smtp_status_code_pb2 import SMTP_STATUS_CODE_OK
from smtpstatus_dotnet import check, clr
from smtpstatus_dotnet.metadata import iter_enums, read_enum
from smtpstatus_dotnet.parity import CheckError, Comparison, EnumDefinition

code = SmtpStatusCode(450)
assert_type(code, SmtpStatusCode)
assert_type(SmtpStatusCode.from_name("MailboxBusy"), SmtpStatusCode)
assert_type(SmtpStatusCode.from_json({}), SmtpStatusCode)
assert_type(code.summary, str)
assert_type(code.summary_zh, str)
assert_type(code.sources, tuple[str, ...])
assert_type(code.rpc_code, RpcCode)
assert_type(code.condition, DeliveryCondition)
assert_type(code.condition.retry, RetryRule)
assert_type(code.condition.answer(4), tuple[bool, RpcCode])
assert_type(code.dotnet_name, str)
assert_type(code.proto_name, str)
assert_type(code.is_transient, bool)
name: str = code.name
number: int = code
listed: list[SmtpStatusCode] = list(SmtpStatusCode)

SmtpStatusCode("450")  # type: ignore[arg-type]  # pyright accepts any argument for an enum with a __new__
SmtpStatusCode.from_name(450)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
code.sumary  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # noqa: B018
SmtpStatusCode.OKAY  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # noqa: B018


def advice(code: SmtpStatusCode) -> str:
    match code:
        case SmtpStatusCode.OK:
            return "done"
        case SmtpStatusCode.MAILBOX_BUSY | SmtpStatusCode.SERVICE_NOT_AVAILABLE:
            return "later"
        case _:  # also for the numbers that have no name
            return "never"


def not_exhaustive(code: SmtpStatusCode) -> None:
    if code is SmtpStatusCode.OK:
        return
    assert_never(code)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def delivery_code() -> int:
    return SmtpReply().code


report = check("Aspose.Email.dll", type_name="Some.Enum")
assert_type(report.exit_code, int)
assert_type(report.results, tuple[Comparison, ...])
assert_type(report.results[0].error, CheckError | None)
assert_type(read_enum("Aspose.Email.dll", "Some.Enum"), EnumDefinition)
for definition in iter_enums(b"MZ"):
    assert_type(definition, EnumDefinition)
    assert_type(definition.underlying, str | None)

check("Aspose.Email.dll", via="clr", runtime="mono")
assert_type(clr.load_runtime("auto"), str)
assert_type(clr.read_enum("Aspose.Email.dll", "Some.Enum"), EnumDefinition)
assert_type(clr.read_enum(b"MZ", "Some.Enum"), EnumDefinition)
assert_type(clr.from_dotnet(object()), SmtpStatusCode)
assert_type(clr.to_dotnet(SmtpStatusCode.OK, object()), Any)
assert_type(clr.delivery_statuses(OSError(), recipients=["b@example.com"], stage=SMTP_STAGE_RCPT), list[DeliveryStatus])

info = SmtpStatusCodeInfo(summary="One line", sources=["RFC 5321 4.2.3"])
assert_type(info.summary, str)
proto_number: int = SMTP_STATUS_CODE_OK

reply = SmtpReply(code=SmtpStatusCode.OK, lines=["2.0.0 queued"])
SmtpReply(code=521)
SmtpReply(code="SMTP_STATUS_CODE_OK")
SmtpReply(code=None)
SmtpReply(code=2.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
assert_type(reply.code, int)
reply.code = SmtpStatusCode.MAILBOX_BUSY
reply.code = 521
assert_type(list(reply.lines), list[str])
assert_type(SmtpStatusCode(reply.code), SmtpStatusCode)
assert_type(delivery_code() == SmtpStatusCode.OK, bool)
assert_type(code == 450 or code in {SmtpStatusCode.OK, 521}, bool)
delivery = DeliveryStatus(stage=SMTP_STAGE_RCPT, reply=reply, attempt_time=datetime.now(UTC))
assert_type(delivery.stage, int)
assert_type(SmtpStage.Name(delivery.stage), str)
stage: SmtpStage = SMTP_STAGE_RCPT

assert_type(parse_reply(b"250 OK\r\n"), SmtpReply)
assert_type(parse_reply("250 OK"), SmtpReply)
assert_type(reply_of(250, b"OK"), SmtpReply)
assert_type(format_reply(reply), bytes)
assert_type(should_retry(delivery), bool)
assert_type(EnhancedStatusCode.parse("5.1.1"), EnhancedStatusCode)
assert_type(EnhancedStatusCode(1001).summary_zh, str)
assert_type(decide(550, "5.1.1", SMTP_STAGE_RCPT), DeliveryCondition)
assert_type(condition_of(delivery), DeliveryCondition)
assert_type(condition_of(delivery).counts_against, DeliveryParty)
assert_type(condition_of(delivery).reason, str)
assert_type(rpc_code(delivery), RpcCode)
assert_type(verdict_of(delivery).retry, bool)
drops_the_address: bool = condition_of(delivery) is DeliveryCondition.RECIPIENT_UNKNOWN and not should_retry(delivery)
DeliveryStatus(condition=DeliveryCondition.NOT_SENT, action=DELIVERY_ACTION_DELAYED, status="4.4.1")
error: ValueError = ReplyError("no reply")
parse_reply(250)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def smtplib_sends(client: smtplib.SMTP) -> list[DeliveryStatus]:
    try:
        refused = client.sendmail("a@example.com", ["b@example.com"], "Hello")
    except smtplib.SMTPException as error:
        return delivery_statuses(error, recipients=["b@example.com"], stage=SMTP_STAGE_RCPT)
    return delivery_statuses(refused)


async def aiosmtplib_sends(client: aiosmtplib.SMTP) -> list[DeliveryStatus]:
    refused, _ = await client.sendmail("a@example.com", ["b@example.com"], "Hello")
    return delivery_statuses(refused)


def served(context: grpc.ServicerContext) -> DeliveryStatus:
    abort(context, delivery, retry_delay=timedelta(minutes=5))


async def served_asyncio(context: grpc.aio.ServicerContext[Any, Any]) -> DeliveryStatus:
    assert_type(await abort(context, delivery), Never)


assert_type(from_status(to_status(delivery)), DeliveryStatus | None)
assert_type(from_rpc_error(grpc.RpcError()), DeliveryStatus | None)
