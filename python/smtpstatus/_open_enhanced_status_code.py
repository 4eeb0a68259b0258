"""The base of `EnhancedStatusCode`: subject and detail of RFC 3463 as one number."""

from __future__ import annotations

import re

from smtpstatus._open_enum import CodeFacts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

LONGEST = len("5.999.999")
"""The maximum length of an enhanced status code (RFC 3463 2)."""
# RFC 3463 2. RFCs write X for any class.
_TEXT = re.compile(r"[245Xx]\.([0-9]{1,3})\.([0-9]{1,3})")


class OpenEnhancedStatusCode(CodeFacts):
    """The subject and detail of an enhanced status code, without its class: X.1.1 is 1001.

    A detail that is not listed has the facts of its subject, X.y.0. A subject that is not listed has those of X.0.0.
    """

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Return the value of `5.1.1` or `4.1.1`, or of `X.1.1`, which RFCs write for any class.

        Raises ValueError for anything that is not an enhanced status code (RFC 3463 2).
        """
        match = _TEXT.fullmatch(text)
        if not match:
            raise ValueError(f"expected an enhanced status code such as 5.1.1, found {text!r:.50}")
        return cls(1000 * int(match[1]) + int(match[2]))

    @property
    def subject(self) -> int:
        """The second number: 1 in X.1.10."""
        return self._value_ // 1000

    @property
    def detail(self) -> int:
        """The third number: 10 in X.1.10."""
        return self._value_ % 1000

    def _fill(self) -> None:
        subject = self.subject * 1000
        self._copy(type(self)(subject if self._value_ > subject and subject in type(self)._value2member_map_ else 0))
