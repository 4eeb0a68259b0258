"""Whole wheels in the user's cache, for servers without ranged requests. The cache has a limit.

A partial download is deleted when the download ends, however it ends. Those of killed processes are deleted later.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import contextmanager, suppress
from zipfile import BadZipFile

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import open_regular
from smtpstatus_dotnet.leftovers import temporary_file
from smtpstatus_dotnet.package_indexes.clock import RefusedError
from smtpstatus_dotnet.package_indexes.progress import shown
from smtpstatus_dotnet.package_indexes.transport import CHUNK, DamagedError, host, refuse

with needs_extra("index", "reading a package index"):
    import platformdirs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from io import BufferedReader

    import requests

    from smtpstatus_dotnet.package_indexes.pages import Wheel
    from smtpstatus_dotnet.package_indexes.transport import Session


def open_whole(session: Session, wheel: Wheel) -> BufferedReader:
    """Open a wheel in the user's cache, under its hash; fetch it if it is not there yet.

    The open file is the one whose hash was compared: another file may take its name meanwhile.
    """
    folder = os.path.join(platformdirs.user_cache_dir("smtpstatus", appauthor=False), "wheels")
    path = os.path.join(folder, f"{wheel.sha256}.whl")
    with suppress(OSError):  # anything but a sound wheel is replaced
        file = open_regular(path, follows_links=False)
        try:
            expect_digest(wheel, file)
            os.utime(path)
        except (DamagedError, OSError):
            file.close()
        else:
            return file
    with _cache_errors(folder):
        os.makedirs(folder, exist_ok=True)
    with session.fetch(wheel.url, wheel.auth, limits.ARCHIVE_BYTES) as response:
        refuse(response)
        path = _store(response, wheel, folder)
    with _cache_errors(folder):
        file = open_regular(path, follows_links=False)
    _trim(folder, path)
    return file


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


def _store(response: requests.Response, wheel: Wheel, folder: str) -> str:
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
    digest, received = hashlib.sha256(), 0
    with temporary_file(folder) as partial:  # `finally` is not enough: a signal may end the process
        with _cache_errors(folder):
            file = open(partial, "xb")  # noqa: SIM115 - the next line closes it
        with file:
            for chunk in shown(response.iter_content(CHUNK), total, wheel.file_name):
                received += len(chunk)
                if received > limits.ARCHIVE_BYTES:
                    raise BadZipFile(f"it has more than {limits.ARCHIVE_BYTES} bytes")
                digest.update(chunk)
                with _cache_errors(folder):
                    file.write(chunk)
            with _cache_errors(folder):
                file.flush()
        _expect(wheel, digest.hexdigest())
        path = os.path.join(folder, f"{digest.hexdigest()}.whl")
        with _cache_errors(folder):
            os.replace(partial, path)
    return path


_PARTIAL = ".partial"


def _trim(folder: str, new: str) -> None:
    """Delete the least recently used wheels until the rest is within the limit. The new one always stays.

    Links, folders and other files are left alone, and another process may delete any file meanwhile.
    """
    total = 0
    wheels: list[tuple[int, int, str]] = []
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
                elif entry.name.endswith(".whl"):
                    wheels.append((stat.st_mtime_ns, stat.st_size, entry.path))
    for _, size, path in sorted(wheels, reverse=True):
        total += size
        if total > limits.CACHE_BYTES:
            with suppress(OSError):
                os.unlink(path)


def expect_digest(wheel: Wheel, file: BufferedReader) -> None:
    """Raise DamagedError if a wheel has another SHA-256 than its index gives."""
    _expect(wheel, hashlib.file_digest(file, "sha256").hexdigest())


def _expect(wheel: Wheel, found: str) -> None:
    if wheel.sha256 and found != wheel.sha256:
        raise DamagedError(
            f"{wheel.file_name} from {host(wheel.url)} has the sha256 {found}, but its index says {wheel.sha256}: "
            "it was changed on its way or on the server, and is not read"
        )
