"""A gRPC service that sends mail: `python server.py [--listen HOST:PORT] [--smtp HOST:PORT]`."""

from __future__ import annotations

import argparse
import contextlib
import re
import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import grpc
from grpc_reflection.v1alpha import reflection
from mail_gateway_pb2 import DESCRIPTOR, SendMailRequest, SendMailResponse
from mail_gateway_pb2_grpc import MailGatewayServicer, add_MailGatewayServicer_to_server

from smtpstatus.replies import delivery_statuses
from smtpstatus.rpc import abort

RETRY_DELAY = timedelta(minutes=15)


class MailGateway(MailGatewayServicer):
    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    def SendMail(self, request: SendMailRequest, context: grpc.ServicerContext) -> SendMailResponse:  # noqa: N802 - gRPC's
        if not request.recipients:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "expected at least one recipient")
        try:
            outcome = self.send(request)
        except smtplib.SMTPRecipientsRefused as error:
            outcome = error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            abort(context, delivery_statuses(error)[0], retry_delay=RETRY_DELAY)
        return SendMailResponse(statuses=delivery_statuses(outcome, recipients=request.recipients))

    def send(self, request: SendMailRequest) -> smtplib.SMTPRecipientsRefused | dict[str, tuple[int, bytes]]:
        """Return the refused recipients, if the server accepted the mail for others."""
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", request.content)  # smtplib sends bytes as they are
        # `with smtplib.SMTP(…)` would also raise for an unexpected reply to QUIT, after the mail was accepted.
        with contextlib.closing(smtplib.SMTP(self.host, self.port, timeout=30)) as client:
            refused = client.sendmail(request.sender, list(request.recipients), content)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()
        return refused


def main() -> None:
    parser = argparse.ArgumentParser(description="A gRPC service that sends mail.")
    parser.add_argument("--listen", default="localhost:50051", metavar="HOST:PORT", help="the address to serve on")
    parser.add_argument("--smtp", default="localhost:25", metavar="HOST:PORT", help="the address of the mail server")
    options = parser.parse_args()
    host, _, port = options.smtp.rpartition(":")
    host = host.strip("[]")  # of an IPv6 address

    server = grpc.server(ThreadPoolExecutor())
    # protoc's stubs have no types
    add_MailGatewayServicer_to_server(MailGateway(host, int(port)), server)  # type: ignore[no-untyped-call]
    # So that `smtpstatus check grpc://…` can compare this server's enum with the shared one.
    reflection.enable_server_reflection([DESCRIPTOR.services_by_name["MailGateway"].full_name], server)
    bound = server.add_insecure_port(options.listen)
    server.start()
    print(f"serving on port {bound}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
