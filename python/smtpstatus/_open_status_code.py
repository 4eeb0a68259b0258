"""The base of `SmtpStatusCode`: the first digit, and what the code means by itself."""

from __future__ import annotations

from smtpstatus._open_enum import CodeFacts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus.delivery_condition import DeliveryCondition
    from smtpstatus.rpc_code import RpcCode


class OpenStatusCode(CodeFacts):
    """An SMTP reply code, or one of the client's own values, as an int with facts.

    A number that is not listed has the facts of `UnlistedStatusCode` if an RFC defines it, and otherwise those of its
    reply class (RFC 5321 4.2.1).
    """

    def _fill(self) -> None:
        from smtpstatus.unlisted_status_code import UnlistedStatusCode

        known = UnlistedStatusCode(self._value_)
        if known.is_known:
            self._copy(known)
        else:
            from smtpstatus.reply_class import SmtpReplyClass

            self._copy(SmtpReplyClass(self._value_ // 100))
            self.means = ()  # `meaning` tries the rules of the class last

    @property
    def is_success(self) -> bool:
        """2yz: the command was completed."""
        return 200 <= self < 300

    @property
    def is_intermediate(self) -> bool:
        """3yz: the server waits for the rest of the command."""
        return 300 <= self < 400

    @property
    def is_transient(self) -> bool:
        """4yz: the same command may succeed later."""
        return 400 <= self < 500

    @property
    def is_permanent(self) -> bool:
        """5yz: the same command will fail again."""
        return 500 <= self < 600

    @property
    def condition(self) -> DeliveryCondition:
        """What the code means if neither the stage nor an enhanced status code is known."""
        from smtpstatus.meaning import decide

        return decide(self._value_)

    @property
    def rpc_code(self) -> RpcCode:
        """The code with which a service answers for the `condition`."""
        return self.condition.answer(self._value_ // 100)[1]
