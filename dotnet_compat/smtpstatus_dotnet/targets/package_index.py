"""`pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll]`: an assembly in a release on the user's package indexes.

VERSION may be a range: then each release in it is read. The package `package_indexes` knows the indexes and reads the
archives. Importing this raises MissingExtraError without the extra `index`.
"""

from __future__ import annotations

from functools import partial

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.archives import open_archive
from smtpstatus_dotnet.package_indexes.releases import Listing
from smtpstatus_dotnet.package_indexes.transport import open_session
from smtpstatus_dotnet.parity import (
    CheckError,
    EnumNotFoundError,
    EnumReadError,
    NotApplicableError,
    Origin,
    Release,
)
from smtpstatus_dotnet.side_by_side import at_once
from smtpstatus_dotnet.targets.assemblies import framework, read_collection
from smtpstatus_dotnet.targets.likely_assemblies import groups, likely_names
from smtpstatus_dotnet.targets.package_url import parse
from smtpstatus_dotnet.targets.reading import Unread, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from smtpstatus_dotnet.package_indexes.releases import ReleaseFile, ReleaseVersion
    from smtpstatus_dotnet.package_indexes.settings import Settings
    from smtpstatus_dotnet.package_indexes.transport import Session
    from smtpstatus_dotnet.targets.package_url import Package
    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterator[Found]:
    """Yield the requested enums of the first assembly that has any. Later assemblies are not fetched.

    Of a range, yield those of each release, the oldest first; a release that cannot be read is an Unread. Raises
    CheckError if the target is not such a URL, if no index, release or file fits it, if something cannot be read or is
    not intact, or if there is no such enum.
    """
    package = parse(target)
    settings = package.type.user_settings(package.name)
    with open_session(settings.trusted_hosts, request.stop) as session:
        listing = _listing(session, settings, package)
        if not package.includes:
            yield from _read_file(session, _choose(package, listing.files), package, request)
            return
    yield from _read_range(settings, listing, package, package.includes, request)


def _listing(session: Session, settings: Settings, package: Package) -> Listing:
    """Return what all indexes have of a package, as pip does; there is at least one file.

    An index that cannot be read could have a newer release. So it is passed over only if another index has the
    requested version.
    """
    files: list[ReleaseFile] = []
    others: dict[ReleaseVersion, str] = {}
    problems: list[CheckError] = []
    is_known = False
    for index in settings.indexes:
        try:
            listed = package.type.listing(session, index, package.name, package.version is not None)
        except CheckError as error:
            problems.append(error)
            continue
        if listed:
            is_known = True
            files += listed.files
            others.update(listed.other_files)
    if problems and not any(file.version == package.version for file in files):
        raise problems[0]
    if not files and not (package.includes and others):
        message = f"no {package.type.index} knows {package.name}"
        if is_known:
            message = f"no {package.type.index} has a {package.type.file} of {package.name}, only other files"
        places = ", ".join(dict.fromkeys(each.place for each in settings.indexes))
        raise EnumReadError(f"{message}: asked {places}\nCheck the spelling, or {package.type.hint}.")
    versions = {file.version for file in files}
    return Listing(files, {version: name for version, name in others.items() if version not in versions})


def _choose(package: Package, files: list[ReleaseFile]) -> ReleaseFile:
    """Return the file of the requested version, or else of the newest release.

    Of the wheels of a release it is the last by name. In the vendor's releases that is the wheel for Windows: each
    release has it, and it is among the smallest. HTML pages give no sizes.
    """
    version = package.version or _newest(package, files)
    release = [file for file in files if file.version == version and (package.version or not file.is_yanked)]
    if not release:
        raise EnumReadError(
            f"{package.name} has no release {package.version} with a {package.type.file}; "
            f"the newest are {_versions(files)}"
        )
    return _best(release)


def _best(files: list[ReleaseFile]) -> ReleaseFile:
    return max([file for file in files if not file.is_yanked] or files, key=lambda file: file.file_name)


def _newest(package: Package, files: list[ReleaseFile]) -> ReleaseVersion:
    """Return the newest version that is not yanked, and not a pre-release if there is any other."""
    offered = {file.version for file in files if not file.is_yanked}
    if not offered:
        raise EnumReadError(
            f"all releases of {package.name} are {package.type.withdrawn}; name one of them: {_versions(files)}"
        )
    return max(offered, key=lambda version: (not version.is_prerelease, version))


def _versions(files: list[ReleaseFile]) -> str:
    return ", ".join(map(str, sorted({file.version for file in files}, reverse=True)[:5]))


def _read_range(
    settings: Settings,
    listing: Listing,
    package: Package,
    includes: Callable[[ReleaseVersion], bool],
    request: Request,
) -> Iterator[Found]:
    files: dict[ReleaseVersion, list[ReleaseFile]] = {}
    for file in listing.files:
        files.setdefault(file.version, []).append(file)
    versions = sorted(filter(includes, {*files, *listing.other_files}))
    if not versions:
        raise EnumReadError(
            f"{package.name} has no release in {package.versions}; the newest are {_versions(listing.files)}"
        )
    if len(versions) > limits.RELEASE_COUNT:
        raise EnumReadError(
            f"{package.name} has {len(versions)} releases in {package.versions}; at most {limits.RELEASE_COUNT} are "
            "read at a time: name a narrower range"
        )

    def read_release(version: ReleaseVersion, stop: Event) -> list[Found]:
        if version not in files:
            only = f", only {listing.other_files[version]}" if listing.other_files[version] else ""
            message = f"{package.name} {version} has no {package.type.file}{only}: there is no assembly to read"
            return [Unread(Origin(f"{package.name} {version}", release=Release(str(version))), EnumReadError(message))]
        file = _best(files[version])
        origin = Origin(file.file_name, release=_release(file))
        if file.is_yanked:
            message = f"{package.name} {version} is {package.type.withdrawn}; name @{version} to check it nevertheless"
            return [Unread(origin, NotApplicableError(f"not applicable: {message}"))]
        try:
            with open_session(settings.trusted_hosts, stop) as session:
                return list(_read_file(session, file, package, request))
        except OSError as error:
            return [Unread(origin, unreadable(file.file_name, error))]
        except CheckError as error:
            error.__traceback__ = error.__context__ = error.__cause__ = None  # they would keep the bytes
            return [Unread(origin, error)]

    for found in at_once(read_release, versions, f"releases of {package.name}", request.stop):
        yield from found


def _release(file: ReleaseFile) -> Release:
    return Release(str(file.version), file.date, file.is_yanked)


def _read_file(session: Session, file: ReleaseFile, package: Package, request: Request) -> Iterator[Found]:
    with open_archive(session, file) as archive:
        if request.is_all:
            names = [f"{package.name}.dll"]
        else:
            names = [name for full_name in request.full_names for name in likely_names(full_name)]
        candidates = groups(archive, package.path, names)
        read_assembly = package.type.assembly_reader(archive)
        absent: list[str] = []
        for group in candidates:
            assemblies = (
                (
                    Origin(f"{file.file_name}!{entry}", framework=framework(entry), release=_release(file)),
                    partial(read_assembly, entry),
                )
                for entry in group
            )
            try:
                yield from read_collection(f"{file.file_name}!{group[0]}", assemblies, request)
            except EnumNotFoundError as error:
                absent.append(str(error))  # the error itself would keep the bytes
            else:
                return
        raise EnumNotFoundError("\n".join(absent))
