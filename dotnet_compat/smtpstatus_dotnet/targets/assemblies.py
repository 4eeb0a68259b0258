"""Assemblies as files, in folders, in packages, and in the vendor's installed wheel."""

from __future__ import annotations

import os
import sys
from itertools import pairwise

from smtpstatus_dotnet.metadata import EnumNotFoundError, NativeImageError, read_enums
from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.targets import unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zipfile import ZipFile, ZipInfo

    from smtpstatus_dotnet.targets import Found, ReadEnums

ASSEMBLIES = (".dll", ".exe")
ARCHIVES = (".nupkg", ".whl", ".zip")

# Against bombs. The largest assemblies in use have some 100 MiB; an entry is held in memory.
ENTRY_LIMIT = 256 << 20
ARCHIVE_LIMIT = 2 << 30


def installed_aspose() -> str:
    """Return the path of Aspose.Email.dll in the installed wheel aspose-email-for-python-via-net."""
    # Asking importlib.metadata takes longer than all the rest of a check.
    for folder in sys.path:
        path = os.path.join(folder, "aspose", "assemblies", "email", "Aspose.Email.dll")
        if os.path.isfile(path):
            return path
    raise EnumReadError(
        "no TARGET was given, and the vendor's wheel is not installed for this Python.\n"
        "Check the vendor's current release,\n"
        "  smtpstatus check pkg:pypi/aspose-email-for-python-via-net    (pip install 'smtpstatus[index]')\n"
        "or your own copy,\n"
        "  smtpstatus check path/to/Aspose.Email.dll    (or a folder, a .nupkg, a .whl; see smtpstatus check --help)\n"
        "or install the vendor's wheel: pip install 'smtpstatus[aspose]'"
    )


def in_file(path: str, full_names: tuple[str, ...], read: ReadEnums = read_enums) -> Iterator[Found]:
    for definition in read(path, full_names, origin=_origin(path)):
        yield definition.origin, definition


def in_folder(folder: str, full_names: tuple[str, ...], read: ReadEnums = read_enums) -> Iterator[Found]:
    """Yield the enums of all assemblies below a folder, in the order of their paths."""
    problems: list[OSError] = []  # folders that cannot be listed, and may have what differs
    paths = sorted(
        os.path.join(parent, name)
        for parent, _, names in os.walk(folder, onerror=problems.append)
        for name in names
        if name.lower().endswith(ASSEMBLIES)
    )
    sources = [(_origin(path), _regular(path)) for path in paths]
    unread = [(_origin(str(error.filename)), unreadable(str(error.filename), error)) for error in problems]
    yield from _in_collection(folder, [*sources, *unread], full_names, read)


def _regular(path: str) -> str | EnumReadError:
    """Return the path, unless to open it would be to wait for somebody who writes."""
    if os.path.exists(path) and not os.path.isfile(path):
        return EnumReadError(f"{path} is not a file: expected an assembly")
    return path


def in_archive(path: str, full_names: tuple[str, ...], read: ReadEnums = read_enums) -> Iterator[Found]:
    """Yield the enums of all assemblies of a package, in the order of its directory."""
    from zipfile import BadZipFile, ZipFile

    try:
        archive = ZipFile(path)
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise EnumReadError(f"{path} is not an intact zip archive: {error}") from error
    with archive:
        yield from _in_collection(path, _entries(path, archive), full_names, read)


def _entries(path: str, archive: ZipFile) -> Iterator[tuple[Origin, bytes | EnumReadError]]:
    import zlib
    from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile

    budget = ARCHIVE_LIMIT
    for entry in archive.infolist():
        if not entry.filename.lower().endswith(ASSEMBLIES):
            continue
        origin = _origin(f"{path}!{entry.filename}", _framework(entry))
        budget -= entry.file_size
        if entry.file_size > ENTRY_LIMIT or budget < 0:
            yield (
                origin,
                EnumReadError(
                    f"{origin.location} was not unpacked: an entry may have {ENTRY_LIMIT >> 20} MiB, "
                    f"the assemblies of one archive {ARCHIVE_LIMIT >> 20} MiB together"
                ),
            )
            continue
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others can ask for gigabytes to begin with
            yield origin, EnumReadError(f"{origin.location} cannot be unpacked: it is not compressed by deflate")
            continue
        try:
            # Without a size, zipfile would unpack before it compares with the directory.
            with archive.open(entry) as file:
                yield origin, file.read(entry.file_size)
        except (BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, zlib.error) as error:
            yield origin, EnumReadError(f"{origin.location} cannot be unpacked: {error}")


def _origin(location: str, framework: str = "") -> Origin:
    return Origin(location, framework=framework)


def _framework(entry: ZipInfo) -> str:
    """Return the target framework in NuGet's folder convention: `lib/net6.0/X.dll`."""
    folders = entry.filename.split("/")[:-1]
    return next((after for folder, after in pairwise(folders) if folder in ("lib", "ref")), "")


def _in_collection(
    target: str,
    assemblies: Iterable[tuple[Origin, str | bytes | EnumReadError]],
    full_names: tuple[str, ...],
    read: ReadEnums,
) -> Iterator[Found]:
    """Pass over native images and assemblies without the enum; a damaged one is an error."""
    assembly_count = result_count = 0
    hints: list[str] = []
    for origin, source in assemblies:
        assembly_count += 1
        try:
            if isinstance(source, EnumReadError):
                raise source
            for definition in read(source, full_names, origin=origin):
                result_count += 1
                yield definition.origin, definition
        except EnumNotFoundError as error:
            if error.hint:
                hints.append(f"{origin.location}: {error.hint}")
        except NativeImageError:
            continue
        except OSError as error:
            result_count += 1
            yield origin, unreadable(origin.location, error)
        except EnumReadError as error:
            result_count += 1
            yield origin, error
    if not result_count:
        message = f"none of the {assembly_count} assemblies in {target} has {' or '.join(full_names)}"
        raise EnumNotFoundError(message, "\n".join(hints[:8]))
