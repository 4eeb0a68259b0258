"""The integrity of what is read from a wheel: its RECORD has a hash of each file."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from itertools import islice
from zipfile import BadZipFile

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.transport import DamagedError, explained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from smtpstatus_dotnet.package_indexes.archives import Archive


def assembly_reader(archive: Archive) -> Callable[[str], bytes]:
    """Return what reads a file of a wheel and compares it with the wheel's RECORD.

    Installers refuse a file that is not in RECORD or differs from it, and so does this:
    https://packaging.python.org/en/latest/specifications/binary-distribution-format.
    """
    record, wheel = _record(archive), archive.file.file_name

    def read(path: str) -> bytes:
        algorithm, _, expected = record.get(path, "").partition("=")
        if algorithm not in ("sha256", "sha384", "sha512"):
            raise DamagedError(f"RECORD of {wheel} has no hash of {path}: the wheel is not intact")

        def expect(data: bytes) -> None:
            found = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).decode().rstrip("=")
            if found != expected:
                raise DamagedError(
                    f"{path} of {wheel} has the {algorithm} {found}, but RECORD in the wheel says {expected!r}: "
                    "it was changed after it was built, or on its way"
                )

        return archive.read_kept(path, limits.ENTRY_BYTES, record[path], expect)

    return read


def _record(archive: Archive) -> dict[str, str]:
    """Return the hashes of a wheel's files by path, as its RECORD has them: `sha256=...`."""
    names = [name for name in archive.names if re.fullmatch(r"[^/]+\.dist-info/RECORD", name)]
    if len(names) > 1:
        raise DamagedError(f"{archive.file.file_name} has {len(names)} RECORDs: expected one; tell its publisher")
    if not names:
        return {}
    data = archive.read(names[0], limits.RECORD_BYTES)
    with explained(f"RECORD of {archive.file.file_name}"):
        rows = list(islice(csv.reader(io.StringIO(data.decode())), limits.RECORD_ROW_COUNT + 1))
        if len(rows) > limits.RECORD_ROW_COUNT:
            raise BadZipFile(f"it has more than {limits.RECORD_ROW_COUNT} rows")
        return {row[0]: row[1] for row in rows if len(row) > 1}
