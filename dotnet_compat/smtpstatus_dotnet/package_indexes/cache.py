"""The user's cache: whole files of releases, for servers without ranged requests, and entries that were read by ranges.

It has a limit. A partial download is deleted when the download ends, however it ends. Those of killed processes are
deleted later.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from zipfile import BadZipFile

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.leftovers import temporary_file
from smtpstatus_dotnet.package_indexes.clock import RefusedError
from smtpstatus_dotnet.package_indexes.transport import CHUNK, DamagedError, host, refuse
from smtpstatus_dotnet.progress import shown

with needs_extra("index", "reading a package index"):
    import platformdirs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from io import BufferedReader

    import requests

    from smtpstatus_dotnet.package_indexes.releases import ReleaseFile
    from smtpstatus_dotnet.package_indexes.transport import Session


def open_whole(session: Session, release_file: ReleaseFile) -> BufferedReader:
    """Open a file in the user's cache, under its hash; fetch it if it is not there yet, or if its index gives no hash.

    The open file is the one whose hash was compared: another file may take its name meanwhile.
    """
    folder = _folder()
    if release_file.sha256:
        with suppress(DamagedError, OSError):  # anything but a sound file is replaced
            return _open_kept(release_file, os.path.join(folder, _name(release_file, release_file.sha256)))
    with _cache_errors(folder):
        os.makedirs(folder, exist_ok=True)
    with session.fetch(release_file.url, release_file.auth, limits.ARCHIVE_BYTES) as response:
        refuse(response)
        path = _store(response, release_file, folder)
    with _cache_errors(folder):
        file = _open_kept(release_file, path)
    _trim(folder, path)
    return file


def _open_kept(release_file: ReleaseFile, path: str) -> BufferedReader:
    file = open_regular(path, follows_links=False)
    try:
        expect_digest(release_file, file)
        os.utime(path)
    except BaseException:
        file.close()
        raise
    return file


def _folder() -> str:
    return os.path.join(platformdirs.user_cache_dir("smtpstatus", appauthor=False), "packages")


def _name(release_file: ReleaseFile, sha256: str) -> str:
    return sha256 + os.path.splitext(release_file.file_name)[1].lower()


@contextmanager
def _cache_errors(folder: str) -> Generator[None]:
    """Tell the errors of the folder from those of the network."""
    try:
        yield
    except OSError as error:
        raise RefusedError(
            f"it cannot be kept in the cache: {error.strerror} ({error.filename or folder}); "
            "free that folder, or name another one: XDG_CACHE_HOME"
        ) from None


def _store(response: requests.Response, release_file: ReleaseFile, folder: str) -> str:
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
    digest, received = hashlib.sha256(), 0
    with temporary_file(folder) as partial:  # `finally` is not enough: a signal may end the process
        with _cache_errors(folder):
            file = open(partial, "xb")  # noqa: SIM115 - the next line closes it
        with file:
            for chunk in shown(response.iter_content(CHUNK), total, release_file.file_name):
                received += len(chunk)
                if received > limits.ARCHIVE_BYTES:
                    raise BadZipFile(f"it has more than {limits.ARCHIVE_BYTES} bytes")
                digest.update(chunk)
                with _cache_errors(folder):
                    file.write(chunk)
            with _cache_errors(folder):
                file.flush()
        _expect(release_file, digest.hexdigest())
        path = os.path.join(folder, _name(release_file, digest.hexdigest()))
        with _cache_errors(folder):
            os.replace(partial, path)
    return path


_locks: dict[str, threading.Lock] = {}


@contextmanager
def one_at_a_time(key: str) -> Generator[None]:
    """Let one thread at a time fetch an entry. The others wait, and then find it in the cache."""
    with _locks.setdefault(key, threading.Lock()):
        yield


def kept_entry(key: str, size: int) -> bytes:
    """Return an entry that was kept, at most one byte more than `size`, or an empty text. The caller checks it."""
    path = os.path.join(_folder(), f"{key}{_ENTRY}")
    with suppress(OSError, zlib.error), open_regular(path, follows_links=False) as file:
        data = zlib.decompressobj().decompress(file.read(), size + 1)
        os.utime(path)
        return data
    return b""


def keep_entry(key: str, data: bytes) -> None:
    """Keep an entry for the next check. If it cannot be kept, it is fetched again then."""
    folder = _folder()
    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        with temporary_file(folder) as partial:
            with open(partial, "xb") as file:
                file.write(zlib.compress(data, 1))
            path = os.path.join(folder, f"{key}{_ENTRY}")
            os.replace(partial, path)
        _trim(folder, path)


_PARTIAL = ".partial"
_ENTRY = ".entry"
_KEPT = (".whl", ".nupkg", _ENTRY)


def _trim(folder: str, new: str) -> None:
    """Delete the least recently used files until the rest is within the limit. The new one always stays.

    Links, folders and other files are left alone, and another process may delete any file meanwhile.
    """
    total = 0
    kept: list[tuple[int, int, str]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                stat = entry.stat(follow_symlinks=False)
                if not entry.is_file(follow_symlinks=False):
                    continue
                if entry.name.endswith(_PARTIAL) and time.time() - stat.st_mtime > limits.PARTIAL_SECONDS:
                    os.unlink(entry.path)
                elif entry.path == new:
                    total += stat.st_size
                elif entry.name.endswith(_KEPT):
                    kept.append((stat.st_mtime_ns, stat.st_size, entry.path))
    for _, size, path in sorted(kept, reverse=True):
        total += size
        if total > limits.CACHE_BYTES:
            with suppress(OSError):
                os.unlink(path)


def expect_digest(release_file: ReleaseFile, file: BufferedReader) -> None:
    """Raise DamagedError if a file has another SHA-256 than its index gives, if it gives one."""
    if release_file.sha256:
        _expect(release_file, hashlib.file_digest(file, "sha256").hexdigest())


def _expect(release_file: ReleaseFile, found: str) -> None:
    expected = release_file.sha256
    if expected and found != expected:
        raise DamagedError(
            f"{release_file.file_name} from {host(release_file.url)} has the sha256 {found}, "
            f"but its index says {expected}: it was changed on its way or on the server, and is not read"
        )
