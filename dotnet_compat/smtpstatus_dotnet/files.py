"""Opens and reads files of this machine that others may have put there."""

from __future__ import annotations

import os
import re
import stat

from smtpstatus_dotnet import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from io import BufferedReader
    from typing import Any
    from xml.etree.ElementTree import Element

# The strings and comments of TOML. An end that is missing does not matter: then the file is not TOML.
_STRINGS = (
    r"""(?s)#[^\n]*+|"{3}(?:[^\\"]|\\.|"(?!""))*+(?:"{3}|\\?\Z)|'{3}(?:[^']|'(?!''))*+(?:'{3}|\Z)"""
    r"""|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?"""
)


def open_regular(path: str, *, follows_links: bool = True) -> BufferedReader:
    """Open a regular file for reading. Raises OSError.

    Anything else is refused: opening a pipe waits until somebody writes, and a device may have no end.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    flags |= 0 if follows_links else getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is not a regular file", path)
    return os.fdopen(descriptor, "rb")


def parse_toml(text: str) -> dict[str, Any]:
    """Return the content of a TOML file. Raises ValueError if it is not TOML, or nested too deeply.

    The time that tomllib takes for a key grows with the square of its parts.
    """
    import tomllib

    if re.search(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{limits.KEY_DEPTH}}}", re.sub(_STRINGS, "x", text)):
        raise ValueError(f"a key has more than {limits.KEY_DEPTH} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def is_a(expected: type, value: Any) -> bool:
    """Whether the value is of that type. Unlike isinstance, it leaves the value Any: TOML has no static types."""
    return isinstance(value, expected)


def parse_xml(data: bytes) -> Element:
    """Return the root of a document in XML, all names without their namespaces. Raises ValueError if it is not XML.

    A document type is refused, so that nothing in it can grow.
    """
    from xml.etree.ElementTree import ParseError, TreeBuilder, XMLParser

    class Target(TreeBuilder):
        def start(self, tag: str, attrs: dict[str, str], /) -> Element:
            return super().start(_local(tag), {_local(name): value for name, value in attrs.items()})

        def doctype(self, *_: object) -> None:
            raise _DocumentTypeError

    parser = XMLParser(target=Target())  # noqa: S314 - nothing grows without a document type
    try:
        parser.feed(data)
        root: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        raise ValueError(f"it is not XML at line {line}, column {column + 1}") from None
    except _DocumentTypeError:
        raise ValueError("it has a document type (<!DOCTYPE); remove that") from None
    except (LookupError, ValueError):
        raise ValueError("its encoding is not known; save it as UTF-8") from None
    return root


class _DocumentTypeError(Exception):
    pass


def _local(name: str) -> str:
    return name.rpartition("}")[2]
