"""The archive of a release, and what is in it.

If the server supports ranged requests, only the entries that are read are fetched, and kept in the cache. Otherwise the
whole file goes into the cache.

- A whole file has the SHA-256 that its index gives, if the index gives one.
- An entry has the CRC of the archive's directory, also when it comes out of the cache. If it is read by ranges, it is
  only as trustworthy as the connection: only a whole file can be compared with the index.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.package_indexes.addresses import file_path
from smtpstatus_dotnet.package_indexes.cache import expect_digest, keep_entry, kept_entry, one_at_a_time, open_whole
from smtpstatus_dotnet.package_indexes.ranges import NoRangesError, open_remote
from smtpstatus_dotnet.package_indexes.transport import CHUNK, DamagedError, explained, host
from smtpstatus_dotnet.progress import shown
from smtpstatus_dotnet.unpacking import allowed_size, open_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from zipfile import ZipInfo

    from smtpstatus_dotnet.package_indexes.releases import ReleaseFile
    from smtpstatus_dotnet.package_indexes.transport import Session


class Archive:
    """The archive of a release."""

    def __init__(self, release_file: ReleaseFile, archive: ZipFile, *, is_remote: bool) -> None:
        self.file = release_file
        self._archive = archive
        self._is_remote = is_remote

    @property
    def names(self) -> list[str]:
        """The paths of all entries."""
        return self._archive.namelist()

    def size(self, path: str) -> int:
        """Return how many bytes an entry is said to have."""
        return self._archive.getinfo(path).file_size

    def read(self, path: str, limit: int) -> bytes:
        """Return an entry of at most `limit` bytes. Raises TransferError or DamagedError."""
        with explained(f"{path} of {self.file.file_name}"):
            return self._unpack(self._archive.getinfo(path), limit)

    def read_kept(
        self, path: str, limit: int, digest: str = "", expect: Callable[[bytes], None] | None = None
    ) -> bytes:
        """Do the same, and keep in the cache what was read by ranges.

        `digest` is that of the content, if the archive has one: releases that have the same file then share it.
        `expect` compares the content with it, and raises DamagedError.
        """
        expect = expect or _expect_nothing
        if not self._is_remote:
            expect(data := self.read(path, limit))
            return data
        with explained(f"{path} of {self.file.file_name}"):
            entry = self._archive.getinfo(path)
            key = hashlib.sha256((digest or self._place(entry)).encode()).hexdigest()
            with one_at_a_time(key):
                data = kept_entry(key, min(entry.file_size, limit))
                if len(data) == entry.file_size and zlib.crc32(data) == entry.CRC:
                    with suppress(DamagedError):
                        expect(data)
                        return data
                expect(data := self._unpack(entry, limit))
                keep_entry(key, data)
            return data

    def _unpack(self, entry: ZipInfo, limit: int) -> bytes:
        with open_entry(self._archive, entry, min(limit, allowed_size(entry.compress_size))) as file:
            return b"".join(shown(iter(partial(file.read, CHUNK), b""), entry.file_size, self.file.file_name))

    def _place(self, entry: ZipInfo) -> str:
        """Return what tells an entry from all others, also from those of another file of the same name."""
        file, url = self.file, urlsplit(self.file.url)
        parts = (url.scheme, url.netloc, url.path, file.sha256, entry.filename, entry.CRC, entry.file_size)
        return "\n".join(map(str, (*parts, entry.compress_size)))


def _expect_nothing(_: bytes) -> None:
    """Accept any content: there is no hash of it."""


@contextmanager
def open_archive(session: Session, release_file: ReleaseFile) -> Generator[Archive]:
    """Open the archive of a release.

    Raises EnumReadError if it cannot be read, is not what its index says, or is not an archive.
    """
    with ExitStack() as stack:
        with explained(f"{release_file.file_name} from {host(release_file.url)}"):
            archive = _open(session, release_file, stack)
        yield archive


def _open(session: Session, release_file: ReleaseFile, stack: ExitStack) -> Archive:
    if urlsplit(release_file.url).scheme == "file":
        file = stack.enter_context(open_regular(file_path(release_file.url)))
        expect_digest(release_file, file)
    else:
        with suppress(NoRangesError):
            remote = stack.enter_context(open_remote(session, release_file.url, release_file.auth))
            return Archive(release_file, remote, is_remote=True)
        file = stack.enter_context(open_whole(session, release_file))
    archive = stack.enter_context(ZipFile(stack.enter_context(_LimitedFile(file))))
    return Archive(release_file, archive, is_remote=False)


class _LimitedFile(io.BufferedReader):
    """A file from which zipfile cannot read a directory that would fill the memory."""

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__(io.FileIO(file.fileno(), closefd=False))

    def read(self, size: int | None = -1, /) -> bytes:
        if size and size > limits.DIRECTORY_BYTES:
            raise BadZipFile(f"its directory has {size} bytes; at most {limits.DIRECTORY_BYTES} are read")
        return super().read(size)
