"""Opens entries of zip archives so that no archive can fill the memory."""

from __future__ import annotations

from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile

from smtpstatus_dotnet import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO
    from zipfile import ZipFile, ZipInfo


def allowed_size(packed_size: int) -> int:
    """Return to how many bytes something of that size may unpack."""
    return limits.ARCHIVE_GRACE_BYTES + limits.ARCHIVE_RATIO * packed_size


def open_entry(archive: ZipFile, entry: ZipInfo, limit: int) -> IO[bytes]:
    """Open an entry for reading. Read at most `entry.file_size` bytes of it: without a size, zipfile reads on.

    Raises BadZipFile if the entry claims more than `limit` bytes or is compressed by another method than deflate:
    other methods can claim gigabytes before the first byte.
    """
    size = max(entry.file_size, entry.compress_size)
    if size > limit:
        raise BadZipFile(f"it is said to have {size} bytes; at most {limit} are read")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile(f"it is not compressed by deflate, but by method {entry.compress_type}")
    return archive.open(entry)
