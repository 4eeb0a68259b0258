"""One wheel of an index, and the integrity of what is read from it.

A wheel is read by ranged requests. If the server does not support them, the whole wheel goes into the cache.

- A whole wheel has the SHA-256 that its index gives, if the index gives one.
- An assembly has the CRC of the archive's directory and the hash in the wheel's RECORD. If the wheel is read by
  ranges, these two are only as trustworthy as the connection: only a whole wheel can be compared with the index.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import islice
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.package_indexes.addresses import file_path
from smtpstatus_dotnet.package_indexes.cache import expect_digest, open_whole
from smtpstatus_dotnet.package_indexes.progress import shown
from smtpstatus_dotnet.package_indexes.ranges import NoRangesError, open_remote
from smtpstatus_dotnet.package_indexes.transport import CHUNK, DamagedError, explained, host
from smtpstatus_dotnet.unpacking import open_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from smtpstatus_dotnet.package_indexes.pages import Wheel
    from smtpstatus_dotnet.package_indexes.transport import Session


@contextmanager
def open_wheel(session: Session, wheel: Wheel) -> Generator[ZipFile]:
    """Open a wheel. If the server supports ranged requests, only what is read afterwards is fetched.

    Raises EnumReadError if it cannot be read, is not what its index says, or is not an archive.
    """
    with ExitStack() as stack:
        with explained(f"{wheel.file_name} from {host(wheel.url)}"):
            archive = stack.enter_context(_open(session, wheel, stack))
        yield archive


def _open(session: Session, wheel: Wheel, stack: ExitStack) -> ZipFile:
    if urlsplit(wheel.url).scheme == "file":
        file = stack.enter_context(open_regular(file_path(wheel.url)))
        expect_digest(wheel, file)
    else:
        with suppress(NoRangesError):
            return open_remote(session, wheel.url, wheel.auth)
        file = stack.enter_context(open_whole(session, wheel))
    return ZipFile(stack.enter_context(_LimitedFile(file)))


class _LimitedFile(io.BufferedReader):
    """A file from which zipfile cannot read a directory that would fill the memory."""

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__(io.FileIO(file.fileno(), closefd=False))

    def read(self, size: int | None = -1, /) -> bytes:
        if size and size > limits.DIRECTORY_BYTES:
            raise BadZipFile(f"its directory has {size} bytes; at most {limits.DIRECTORY_BYTES} are read")
        return super().read(size)


def read_record(archive: ZipFile, wheel: Wheel) -> dict[str, str]:
    """Return the hashes of a wheel's files by path, as its RECORD has them: `sha256=...`."""
    name = next((name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/RECORD", name)), "")
    if not name:
        return {}
    with explained(f"RECORD of {wheel.file_name}"):
        text = _read(archive, name, limits.RECORD_BYTES).decode()
        rows = list(islice(csv.reader(io.StringIO(text)), limits.RECORD_ROW_COUNT + 1))
        if len(rows) > limits.RECORD_ROW_COUNT:
            raise BadZipFile(f"it has more than {limits.RECORD_ROW_COUNT} rows")
        return {row[0]: row[1] for row in rows if len(row) > 1}


def read_assembly(archive: ZipFile, wheel: Wheel, record: Mapping[str, str], path: str) -> bytes:
    """Return a file of a wheel after it was compared with the wheel's RECORD.

    Installers refuse a file that is not in RECORD or differs from it, and so does this:
    https://packaging.python.org/en/latest/specifications/binary-distribution-format.
    """
    with explained(f"{path} of {wheel.file_name}"):
        data = _read(archive, path, limits.ENTRY_BYTES)
    algorithm, _, expected = record.get(path, "").partition("=")
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise DamagedError(f"RECORD of {wheel.file_name} has no hash of {path}: the wheel is not intact")
    found = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).decode().rstrip("=")
    if found != expected:
        raise DamagedError(
            f"{path} of {wheel.file_name} has the {algorithm} {found}, but RECORD in the wheel says {expected!r}: "
            "it was changed after it was built, or on its way"
        )
    return data


def _read(archive: ZipFile, path: str, limit: int) -> bytes:
    entry = archive.getinfo(path)
    with open_entry(archive, entry, limit) as file:
        return b"".join(shown(iter(partial(file.read, CHUNK), b""), entry.file_size, path))
