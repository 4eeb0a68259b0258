"""Whole wheels in the user's cache, for servers without ranged requests. The cache has a limit."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from zipfile import BadZipFile

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.leftovers import temporary_file
from smtpstatus_dotnet.package_indexes.progress import shown
from smtpstatus_dotnet.package_indexes.transport import CHUNK, DamagedError, host, refuse

with needs_extra("index", "reading a package index"):
    import platformdirs

TYPE_CHECKING = False
if TYPE_CHECKING:
    import requests

    from smtpstatus_dotnet.package_indexes.pages import Wheel


def fetch_whole(session: requests.Session, wheel: Wheel) -> str:
    """Return the path of a wheel in the user's cache, under its hash; fetch it if it is not there yet."""
    folder = os.path.join(platformdirs.user_cache_dir("smtpstatus", appauthor=False), "wheels")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{wheel.sha256}.whl")
    with suppress(OSError), open(path, "rb") as cached:
        if hashlib.file_digest(cached, "sha256").hexdigest() == wheel.sha256:
            os.utime(path)
            return path
    with session.get(wheel.url, stream=True, timeout=limits.SILENCE_SECONDS, auth=wheel.auth) as response:
        refuse(response)
        path = _store(response, wheel, folder)
    with suppress(OSError):  # another process may read or delete a wheel
        _trim(folder, path)
    return path


def _store(response: requests.Response, wheel: Wheel, folder: str) -> str:
    total = int(response.headers.get("Content-Length", 0))
    digest, received = hashlib.sha256(), 0
    with temporary_file(folder) as partial:  # `finally` is not enough: a signal may end the process
        with open(partial, "xb") as file:
            for chunk in shown(response.iter_content(CHUNK), total, wheel.file_name):
                received += len(chunk)
                if received > limits.ARCHIVE_BYTES:
                    raise BadZipFile(f"it has more than {limits.ARCHIVE_BYTES} bytes")
                digest.update(chunk)
                file.write(chunk)
        expect_digest(wheel, digest.hexdigest())
        path = os.path.join(folder, f"{digest.hexdigest()}.whl")
        os.replace(partial, path)
    return path


def _trim(folder: str, new: str) -> None:
    """Delete the least recently used wheels until the rest is within the limit. The new one always stays."""
    total = os.stat(new).st_size
    wheels = [(entry.stat(), entry.path) for entry in os.scandir(folder) if entry.name.endswith(".whl")]
    for stat, path in sorted(wheels, key=lambda wheel: -wheel[0].st_mtime_ns):
        if path != new:
            total += stat.st_size
            if total > limits.CACHE_BYTES:
                os.unlink(path)


def expect_digest(wheel: Wheel, found: str) -> None:
    """Raise DamagedError if a wheel has another SHA-256 than its index gives."""
    if wheel.sha256 and found != wheel.sha256:
        raise DamagedError(
            f"{wheel.file_name} from {host(wheel.url)} has the sha256 {found}, but its index says {wheel.sha256}: "
            "it was changed on its way or on the server, and is not read"
        )
