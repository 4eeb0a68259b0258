"""What a gRPC error keeps of a DeliveryStatus, on the edge of each limit: the same in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from test_echo_server import error_of, of_size, refuse

from smtpstatus.rpc import from_rpc_error, from_status, to_status
from smtpstatus.v1 import DeliveryStatus, SmtpReply

if TYPE_CHECKING:
    import grpc


def start(text: str, size: int) -> str:
    """Return the longest start of at most so many bytes."""
    return max((text[:end] for end in range(size + 1) if len(text[:end].encode()) <= size), key=len)


@pytest.mark.parametrize("text", ["x" * 255, "x" * 256, "\u00e9" * 128, "\u90ae" * 85, "a" + "\U0001f4e7" * 64])
def test_each_text_is_cut_to_255_bytes_by_both(echo_server: grpc.Channel, text: str) -> None:
    status = of_size(3001)
    status.final_recipient = status.original_recipient = status.remote_mta = status.local_error = text
    status.reply.lines[:] = [text, "x" * 3000]
    expected = DeliveryStatus(
        final_recipient=start(text, 255),
        original_recipient=start(text, 255),
        remote_mta=start(text, 255),
        local_error=start(text, 255),
        reply=SmtpReply(code=550, lines=[start(text, 255), "x" * 255]),
    )
    found = error_of(echo_server, "Refuse", refuse(status))
    assert (from_status(to_status(status)), from_rpc_error(found)) == (expected, expected)


@pytest.mark.parametrize("excess", [0, 1])
def test_lines_are_kept_up_to_3000_bytes_by_both(echo_server: grpc.Channel, excess: int) -> None:
    full = DeliveryStatus(reply=SmtpReply(code=550, lines=["x" * 255] * 11))
    full.reply.lines.append("y" * (3000 - full.ByteSize() - 3))  # a tag and a length
    assert full.ByteSize() == 3000
    status = DeliveryStatus()
    status.CopyFrom(full)
    status.reply.lines[-1] += "y" * excess
    status.reply.lines.append("left out")
    if excess:
        del full.reply.lines[-1]
    found = error_of(echo_server, "Refuse", refuse(status))
    assert (from_status(to_status(status)), from_rpc_error(found)) == (full, full)


@pytest.mark.parametrize("text", ["\U0001f4e7" * 156, "\U0001f4e7" * 156 + "x"])
def test_the_message_has_160_characters_in_both(echo_server: grpc.Channel, text: str) -> None:
    status = DeliveryStatus(reply=SmtpReply(code=550, lines=[text]))
    found: Any = error_of(echo_server, "Refuse", refuse(status))
    expected = "550 " + "\U0001f4e7" * 156
    assert (to_status(status).message, found.details()) == (expected, expected)
