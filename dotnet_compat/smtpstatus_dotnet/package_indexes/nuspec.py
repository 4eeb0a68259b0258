"""The manifest of a NuGet package: which package and version it says it is."""

from __future__ import annotations

from dataclasses import dataclass

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.files import parse_xml
from smtpstatus_dotnet.package_indexes.nuget_version import parse_version
from smtpstatus_dotnet.package_indexes.transport import DamagedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from smtpstatus_dotnet.package_indexes.archives import Archive
    from smtpstatus_dotnet.package_indexes.nuget_version import NuGetVersion


@dataclass(frozen=True, slots=True)
class Identity:
    """The name and the version of a package."""

    name: str
    version: NuGetVersion


def read_identity(archive: Archive) -> Identity:
    """Return what a package says it is. Raises TransferError, or DamagedError if it does not say it."""
    paths = [name for name in archive.names if "/" not in name and name.lower().endswith(".nuspec")]
    if len(paths) != 1:
        raise DamagedError(f"{archive.file.file_name} is not a NuGet package: expected one .nuspec, found {len(paths)}")
    data = archive.read(paths[0], limits.MANIFEST_BYTES)
    try:
        metadata = parse_xml(data).find("metadata")
        name, version = (metadata.findtext(tag, "") if metadata is not None else "" for tag in ("id", "version"))
        return Identity(name.strip(), parse_version(version))
    except ValueError:
        raise DamagedError(
            f"{paths[0]} of {archive.file.file_name} is not a manifest: expected XML with an id and a version"
        ) from None


def _is_version(text: str, version: NuGetVersion) -> bool:
    try:
        return parse_version(text) == version
    except ValueError:
        return False


def assembly_reader(archive: Archive) -> Callable[[str], bytes]:
    """Return what reads a file of a package, once the package says that it is what was asked for."""
    file, identity = archive.file, read_identity(archive)
    version = file.file_name.lower().removesuffix(".nupkg").removeprefix(f"{identity.name.lower()}.")
    if identity.version != file.version or not _is_version(version, file.version):
        raise DamagedError(
            f"{file.file_name} is not read: its manifest says that it is {identity.name[:100]} "
            f"{str(identity.version)[:50]}; tell the owner of the source"
        )

    def read(path: str) -> bytes:
        return archive.read_kept(path, limits.ENTRY_BYTES)

    return read
