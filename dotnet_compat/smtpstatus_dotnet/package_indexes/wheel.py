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
import re
from contextlib import contextmanager, suppress
from functools import partial
from urllib.parse import urlsplit
from zipfile import ZipFile

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.cache import expect_digest, fetch_whole
from smtpstatus_dotnet.package_indexes.progress import shown
from smtpstatus_dotnet.package_indexes.ranges import NoRangesError, open_remote
from smtpstatus_dotnet.package_indexes.transport import CHUNK, DamagedError, explained, file_path, host
from smtpstatus_dotnet.unpacking import open_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    import requests

    from smtpstatus_dotnet.package_indexes.pages import Wheel


@contextmanager
def open_wheel(session: requests.Session, wheel: Wheel) -> Generator[ZipFile]:
    """Open a wheel. If the server supports ranged requests, only what is read afterwards is fetched.

    Raises EnumReadError if it cannot be read, is not what its index says, or is not an archive.
    """
    with explained(f"{wheel.file_name} from {host(wheel.url)}"):
        archive = _open(session, wheel)
    with archive:
        yield archive


def _open(session: requests.Session, wheel: Wheel) -> ZipFile:
    if urlsplit(wheel.url).scheme == "file":
        path = file_path(wheel.url)
        with open(path, "rb") as file:
            expect_digest(wheel, hashlib.file_digest(file, "sha256").hexdigest())
        return ZipFile(path)
    with suppress(NoRangesError):
        return open_remote(session, wheel.url, wheel.auth)
    return ZipFile(fetch_whole(session, wheel))


def read_assembly(archive: ZipFile, wheel: Wheel, path: str) -> bytes:
    """Return a file of a wheel after it was compared with the wheel's RECORD.

    Installers refuse a file that is not in RECORD or differs from it, and so does this:
    https://packaging.python.org/en/latest/specifications/binary-distribution-format.
    """
    records = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/RECORD", name)]
    with explained(f"RECORD of {wheel.file_name}"):
        rows = (
            csv.reader(_read(archive, records[0], 4 * limits.DIRECTORY_BYTES).decode().splitlines()) if records else ()
        )
        digests = {row[0]: row[1] for row in rows if len(row) > 1}
    with explained(f"{path} of {wheel.file_name}"):
        data = _read(archive, path, limits.ENTRY_BYTES)
    algorithm, _, expected = digests.get(path, "").partition("=")
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
