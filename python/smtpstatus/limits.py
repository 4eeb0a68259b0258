"""How much of a reply, an exception or a gRPC error is read and kept, whatever it holds.

The unit is the end of a name. `scripts/document.py` makes the table in SECURITY.md of this module.
"""

from __future__ import annotations

EXCEPTION_COUNT = 10_000
"""The exceptions without a recipient that are read in one walk: exceptions may be nested without end."""

EXCEPTION_DEPTH = 16
"""Exceptions nested in exceptions."""

CLIENT_TEXT_CHARACTERS = 1000
"""The part of a client's message that is kept."""

# gRPC limits the trailers of a call to 8 KiB. Above that, it turns errors at random into RESOURCE_EXHAUSTED.
# Other stacks count the details in base64 and the message in percent-encoding.

STATUS_BYTES = 3000
"""A DeliveryStatus among the details of a gRPC error; a larger one is shortened."""

STATUS_TEXT_BYTES = 255
"""Each text in a DeliveryStatus that is shortened."""

STATUS_MESSAGE_CHARACTERS = 160
"""The message of a gRPC error."""
