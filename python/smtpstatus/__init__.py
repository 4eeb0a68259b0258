"""One SMTP status vocabulary for Python and .NET services.

`SmtpStatusCode` is an IntEnum; importing it loads neither protobuf nor any .NET part. The protobuf
enum and its messages are in `smtpstatus.v1`.
"""

from smtpstatus.status_code import SmtpStatusCode

__all__ = ["SmtpStatusCode"]
