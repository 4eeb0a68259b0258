"""Enums of a .proto file, which protoc compiles: the one on PATH, or that of the extra `proto`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from threading import Timer
from time import monotonic

import smtpstatus
from smtpstatus.extras import MissingExtraError
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.leftovers import cleaned, temporary_file, temporary_folder
from smtpstatus_dotnet.parity import EnumReadError
from smtpstatus_dotnet.targets.descriptor_set import read_enums
from smtpstatus_dotnet.targets.reading import read_limited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtpstatus_dotnet.targets.reading import Found, Request

# What protoc says if the folder is not the one that the file's imports begin at.
_OTHER_FOLDER = ("File not found", "is already defined", "multiple times")

_ERROR_BYTES = 1 << 16


def read(target: str, request: Request) -> Iterable[Found]:
    """Return the enum of a .proto file, or all; the names in the request are protobuf's.

    Imports are looked for in the folders above the file, the nearest that has them all, and then in ours too. Raises
    EnumReadError if the file does not compile, MissingExtraError if there is no protoc, and the errors of a descriptor
    set.
    """
    protoc = shutil.which("protoc") or shutil.which("protoc", path=os.path.dirname(sys.executable))
    if not protoc:
        raise MissingExtraError(f"{target} needs protoc: put it on PATH, or pip install 'smtpstatus[proto]'")
    read_limited(target, limits.PROTO_BYTES, "a .proto file")
    errors, end = "", monotonic() + limits.PROTOC_SECONDS
    with temporary_file(temporary_folder()) as compiled:
        for folders in _import_folders(target):
            includes = [f"--proto_path={folder}" for folder in folders]
            if any(os.pathsep in folder for folder in folders):
                raise EnumReadError(
                    f"{folders[0]} has a {os.pathsep} in its name, which protoc cannot take: move {target}"
                )
            found = _run([protoc, *includes, f"--descriptor_set_out={compiled}", os.path.abspath(target)], end)
            errors = errors or found  # those of the nearest folder are told
            if not found:
                data = read_limited(compiled, limits.DESCRIPTOR_SET_BYTES, "a descriptor set")
                return read_enums(data, target, request, via="source")
            if monotonic() > end or not any(text in found for text in _OTHER_FOLDER):
                break
    lines = errors.strip().splitlines()[:8]
    raise EnumReadError("\n".join([f"{target} does not compile; protoc says:", *(line[:300] for line in lines)]))


def our_folders() -> tuple[str, str]:
    """Return where smtpstatus/v1/*.proto may be: a wheel has it beside the modules, a checkout in proto/."""
    package = os.path.dirname(os.path.abspath(smtpstatus.__file__))
    return os.path.dirname(package), os.path.join(os.path.dirname(os.path.dirname(package)), "proto")


def _import_folders(target: str) -> Iterator[list[str]]:
    """Yield where imports may begin: each folder above the file, alone and then with ours."""
    folders: list[str] = []
    folder = os.path.dirname(os.path.abspath(target))
    while folder not in folders and len(folders) < limits.PROTO_FOLDER_COUNT:
        folders.append(folder)
        folder = os.path.dirname(folder)
    yield from ([folder] for folder in folders)
    yield from ([folder, *filter(os.path.isdir, our_folders())] for folder in folders)


def _run(command: list[str], end: float) -> str:
    """Return the beginning of what protoc prints as errors, or an empty text if it succeeds until the given moment."""
    process = subprocess.Popen(  # noqa: S603 - the program is protoc, and the file comes after its options
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    watchdog = Timer(max(0, end - monotonic()), process.kill)
    with process, cleaned(process.kill):
        watchdog.start()
        errors = process.stderr.read(_ERROR_BYTES) if process.stderr else b""
        if len(errors) == _ERROR_BYTES:
            process.kill()  # nobody reads the rest
        process.wait()
        watchdog.cancel()
    if monotonic() > end:
        return f"nothing within {limits.PROTOC_SECONDS} seconds"
    return "" if process.returncode == 0 else errors.decode(errors="replace") or f"exit status {process.returncode}"
