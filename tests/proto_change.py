"""Changes the shared source, for the tests that no other file has to be edited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def change_the_meaning(checkout: Path) -> None:
    """Let X.1.1 mean too many recipients."""
    path = checkout / "proto/smtpstatus/v1/enhanced_status_code.proto"
    before = path.read_text(encoding="utf-8")
    rule = r"(_BAD_MAILBOX = 1001 \[(?:.*\n)+?    means: \{condition: DELIVERY_CONDITION_)RECIPIENT_UNKNOWN"
    text, count = re.subn(rule, r"\1TOO_MANY_RECIPIENTS", before, count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8")
