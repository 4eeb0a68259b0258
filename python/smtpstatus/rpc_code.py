# Generated from proto/smtpstatus/v1/rpc_code.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus._open_enum import OpenEnum


class RpcCode(OpenEnum):
    """The code with which a service answers its own caller: google.rpc.Code, name by name and
    number by number. It is repeated here because google/rpc/code.proto is not on
    everyone's import path. The comments say which deliveries lead to each code.
    """

    OK = 0
    """Nothing failed.
    buf:lint:ignore ENUM_ZERO_VALUE_SUFFIX
    """

    CANCELLED = 1
    """No delivery leads to it: a cancelled delivery may be tried again."""

    UNKNOWN = 2
    """Nothing is known that could be acted on."""

    INVALID_ARGUMENT = 3
    """An address or the message is wrong, and has to be corrected first."""

    DEADLINE_EXCEEDED = 4
    """A server gave up after it had tried for long enough."""

    NOT_FOUND = 5
    """The recipient does not exist."""

    ALREADY_EXISTS = 6
    """No delivery leads to it."""

    PERMISSION_DENIED = 7
    """A policy of the server refuses the sender or the message."""

    RESOURCE_EXHAUSTED = 8
    """A quota or a rate is exceeded."""

    FAILED_PRECONDITION = 9
    """Something that is not in the request has to be changed first: a mailbox, an account,
    a server.
    """

    ABORTED = 10
    """No delivery leads to it."""

    OUT_OF_RANGE = 11
    """No delivery leads to it."""

    UNIMPLEMENTED = 12
    """No delivery leads to it: it would say that the service lacks the method."""

    INTERNAL = 13
    """Client and server did not understand each other."""

    UNAVAILABLE = 14
    """The same mail may pass later."""

    DATA_LOSS = 15
    """No delivery leads to it."""

    UNAUTHENTICATED = 16
    """No delivery leads to it: it would say that the caller of the service has no valid
    credentials.
    """
