"""Send a message by the gateway: `python client.py [--gateway HOST:PORT] SENDER RECIPIENT... < MESSAGE`.

The exit status is like sendmail's: 0 accepted for all recipients, 75 refused for now, 69 refused.
"""

from __future__ import annotations

import argparse
import sys

import grpc
from mail_gateway_pb2 import SendMailRequest
from mail_gateway_pb2_grpc import MailGatewayStub

from smtpstatus import RpcCode
from smtpstatus.meaning import condition_of, rpc_code, should_retry
from smtpstatus.rpc import from_rpc_error
from smtpstatus.v1 import DeliveryStatus


def send(channel: grpc.Channel, request: SendMailRequest) -> list[DeliveryStatus]:
    """Return the failures: a status for each refused recipient, or a single status for the whole message."""
    gateway = MailGatewayStub(channel)  # type: ignore[no-untyped-call]  # protoc's stubs have no types
    try:
        return [status for status in gateway.SendMail(request, timeout=60).statuses if rpc_code(status) != RpcCode.OK]
    except grpc.RpcError as error:
        failed = from_rpc_error(error)
        if failed is None:  # not an SMTP failure
            raise
        return [failed]


def main() -> int:
    parser = argparse.ArgumentParser(description="Send a message by the mail gateway.")
    parser.add_argument("--gateway", default="localhost:50051", metavar="HOST:PORT")
    parser.add_argument("sender")
    parser.add_argument("recipients", nargs="+", metavar="recipient")
    options = parser.parse_args()
    content = sys.stdin.buffer.read()
    with grpc.insecure_channel(options.gateway) as channel:
        failed = send(channel, SendMailRequest(sender=options.sender, recipients=options.recipients, content=content))
    for status in failed:
        condition = condition_of(status)
        advice = "try again later" if should_retry(status) else "do not try again"
        reply = " ".join([str(status.reply.code), *status.reply.lines]) if status.reply.lines else ""
        text = reply or status.local_error or condition.summary
        print(f"{status.final_recipient or 'all recipients'}: {condition.name}: {text}; {advice}")
    if not failed:
        return 0
    return 75 if all(map(should_retry, failed)) else 69


if __name__ == "__main__":
    sys.exit(main())
