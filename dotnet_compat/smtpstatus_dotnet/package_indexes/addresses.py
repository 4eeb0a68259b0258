"""URLs with credentials: taken apart, and shown without what is secret."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

Credentials = tuple[str, str]
"""A user and a password."""

SCHEMES = ("http", "https", "file")

_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_UNCLEAR = "it is not clear where its password ends: write %40 for @, %2F for /, %3F for ?, %23 for #"


class AddressError(ValueError):
    """A text is not a URL that can be read. The error does not hold the text, which may hold a secret."""


def split_credentials(url: str) -> tuple[str, Credentials | None]:
    """Return a URL without its credentials, and those.

    Raises AddressError, also if it is not clear where the credentials end.
    """
    try:
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        port = parts.port
    except ValueError:
        raise AddressError("it is not a URL") from None
    if parts.scheme not in SCHEMES or not url.isprintable():
        raise AddressError(f"expected a URL of {', '.join(SCHEMES)} without control characters")
    if parts.scheme != "file" and not (_HOST.fullmatch(host) and port != 0):
        raise AddressError("it has no valid host and port")
    if at and "@" in parts.path + parts.query + parts.fragment:
        raise AddressError(_UNCLEAR)
    name, _, password = user.partition(":")
    bare = urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
    return bare, (unquote(name), unquote(password)) if at else None


def expect_clear(url: str) -> None:
    """Raise AddressError if a person may have written a password or a token into a URL without encoding it.

    By RFC 3986 the host of `https://me:12/34@host/` is `me`, and the rest of the password is the path.
    """
    scheme, _, rest = url.rpartition("@")[0].partition("://")
    if scheme.lower() != "file" and re.search("[/?#]", rest):
        raise AddressError(_UNCLEAR)


def origin(url: str) -> tuple[str, str, int]:
    """Return the scheme, host and port of a URL: whom credentials are for (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def file_path(url: str) -> str:
    """Return the path of a file:// URL."""
    return url2pathname(urlsplit(url).path)


def shown(url: str) -> str:
    """Return a URL without credentials as messages show it. A path or a query of a server may be a token."""
    parts = urlsplit(url)
    if parts.scheme == "file" or parts.path in ("/", "/simple/"):
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return f"{parts.scheme}://{parts.netloc}/.../"
