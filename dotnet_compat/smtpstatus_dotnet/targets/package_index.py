"""`pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll]`: an assembly in a wheel of the user's package indexes.

The target is a package URL (https://github.com/package-url/purl-spec) without qualifiers, with a version of PEP 440.
The package `package_indexes` knows the indexes and reads the wheels. Importing this raises MissingExtraError without
the extra `index`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from urllib.parse import unquote

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.metadata import NativeImageError
from smtpstatus_dotnet.package_indexes.pages import listed_wheels
from smtpstatus_dotnet.package_indexes.settings import user_settings
from smtpstatus_dotnet.package_indexes.transport import open_session
from smtpstatus_dotnet.package_indexes.wheel import open_wheel, read_assembly, read_record
from smtpstatus_dotnet.parity import CheckError, EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.reading import ASSEMBLY_SUFFIXES, TargetError, Unread

with needs_extra("index", "reading a package index"):
    from packaging.utils import InvalidName, canonicalize_name
    from packaging.version import InvalidVersion, Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

    from smtpstatus_dotnet.package_indexes.pages import Wheel
    from smtpstatus_dotnet.package_indexes.settings import Index
    from smtpstatus_dotnet.package_indexes.transport import Session
    from smtpstatus_dotnet.targets.reading import Found, Request


@dataclass(frozen=True, slots=True)
class _Package:
    """The parts of a target. Empty ones leave the choice to us."""

    name: str
    version: Version | None
    path: str


def read(target: str, request: Request) -> Iterator[Found]:
    """Yield the requested enums of the first assembly that has any. Later assemblies are not fetched.

    If the target names no assembly, each assembly whose name is a dotted prefix of an enum's namespace is tried, the
    longest name first. Raises CheckError if the target is not such a URL, if no index, release
    or wheel fits it, if something cannot be read or is not intact, or if there is no such enum.
    """
    package = _parse(target)
    settings = user_settings()
    with open_session(settings.trusted_hosts, request.stop) as session:
        wheel = _choose(package, _wheels(session, settings.indexes, package))
        with open_wheel(session, wheel) as archive:
            yield from _in_wheel(archive, wheel, package.path, request)


def _parse(target: str) -> _Package:
    # The library for package URLs takes 30 ms to import, and accepts parts that are refused here.
    expected = f"expected pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll], found {target}"
    rest, _, subpath = target.partition("#")
    rest, _, qualifiers = rest.partition("?")
    scheme, _, rest = rest.partition(":")
    kind, _, rest = rest.strip("/").partition("/")
    name, at, version = rest.partition("@")
    if (scheme.lower(), kind.lower()) != ("pkg", "pypi"):
        raise TargetError(f"{expected}: pypi is the only package type that can be read")
    if qualifiers:
        raise TargetError(f"{expected}: qualifiers (?{qualifiers}) are not supported; indexes are those of pip and uv")
    # The specification drops empty parts and dots, too.
    path = "/".join(part for part in map(unquote, subpath.split("/")) if part not in ("", ".", ".."))
    if path and not path.lower().endswith(ASSEMBLY_SUFFIXES):
        raise TargetError(f"{expected}: {path} is not the path of an assembly ({', '.join(ASSEMBLY_SUFFIXES)})")
    try:
        return _Package(
            canonicalize_name(unquote(name), validate=True), Version(unquote(version)) if at else None, path
        )
    except InvalidName as error:
        raise TargetError(f"{expected}: {unquote(name)!r} is not the name of a package") from error
    except InvalidVersion as error:
        raise TargetError(f"{expected}: {unquote(version)!r} is not a version (PEP 440)") from error


def _wheels(session: Session, indexes: tuple[Index, ...], package: _Package) -> list[Wheel]:
    """Return the wheels of a package in all indexes, as pip does; there is at least one.

    An index that cannot be read could have a newer release. So it is passed over only if another index has the
    requested version.
    """
    wheels: list[Wheel] = []
    problems: list[CheckError] = []
    is_known = False
    for index in indexes:
        try:
            listed = listed_wheels(session, index, package.name)
        except CheckError as error:
            problems.append(error)
        else:
            is_known = is_known or listed is not None
            wheels += listed or ()
    if problems and not any(wheel.version == package.version for wheel in wheels):
        raise problems[0]
    if not wheels:
        lacking = f"has a wheel of {package.name}, only other files" if is_known else f"knows {package.name}"
        raise EnumReadError(
            f"no index {lacking}: asked {', '.join(dict.fromkeys(index.place for index in indexes))}\n"
            "Check the spelling, or name the index in the settings of pip or uv (PIP_INDEX_URL, UV_INDEX)."
        )
    return wheels


def _choose(package: _Package, wheels: list[Wheel]) -> Wheel:
    """Return the wheel of the requested version, or else of the newest release.

    Of the wheels of a release it is the last by name. In the vendor's releases that is the wheel for Windows: each
    release has it, and it is among the smallest. HTML pages give no sizes.
    """
    version = package.version or _newest(package, wheels)
    release = [wheel for wheel in wheels if wheel.version == version and (package.version or not wheel.is_yanked)]
    if not release:
        raise EnumReadError(
            f"{package.name} has no release {package.version} with a wheel; the newest are {_versions(wheels)}"
        )
    return max(release, key=lambda wheel: wheel.file_name)


def _newest(package: _Package, wheels: list[Wheel]) -> Version:
    """Return the newest version that is not yanked, and not a pre-release if there is any other."""
    offered = {wheel.version for wheel in wheels if not wheel.is_yanked}
    if not offered:
        raise EnumReadError(f"all releases of {package.name} are yanked; name one of them: {_versions(wheels)}")
    return max(offered, key=lambda version: (not version.is_prerelease, version))


def _versions(wheels: list[Wheel]) -> str:
    return ", ".join(map(str, sorted({wheel.version for wheel in wheels}, reverse=True)[:5]))


def _in_wheel(archive: ZipFile, wheel: Wheel, path: str, request: Request) -> Iterator[Found]:
    absent: list[str] = []
    candidates = _candidates(archive, wheel, path, request.full_names)
    record = read_record(archive, wheel)
    for group in candidates:
        if len(group) > limits.COPY_COUNT:
            raise EnumReadError(
                f"{wheel.file_name} has {len(group)} copies of {group[0]}; at most {limits.COPY_COUNT} are read: "
                f"name one of them, #{group[0]} for example"
            )
        if sum(archive.getinfo(entry).file_size for entry in group) > limits.ARCHIVE_BYTES:
            raise EnumReadError(f"the {len(group)} copies of {group[0]} in {wheel.file_name} are too large to be read")
        found: list[Found] = []
        for entry in group:
            origin = Origin(f"{wheel.file_name}!{entry}")
            try:
                data = read_assembly(archive, wheel, record, entry)
                found += request.read_assembly(data, request.full_names, origin=origin)
            except (EnumNotFoundError, NativeImageError) as error:
                absent.append(str(error))  # the error itself would keep the bytes
            except EnumReadError as error:
                error.__traceback__ = error.__context__ = None  # they would keep the bytes
                found.append(Unread(origin, error))
        if found:
            yield from found
            return
    raise EnumNotFoundError("\n".join(absent))


def _candidates(archive: ZipFile, wheel: Wheel, path: str, full_names: tuple[str, ...]) -> list[list[str]]:
    """Return the entries that may have the enums, in groups of one name, the most likely name first."""
    # An entry whose name is not printable does not count, so that no terminal has to print the name.
    assemblies = [
        name for name in archive.namelist() if name.lower().endswith(ASSEMBLY_SUFFIXES) and name.isprintable()
    ]
    if not assemblies:
        raise EnumReadError(
            f"{wheel.file_name} has no assembly ({', '.join(ASSEMBLY_SUFFIXES)}): is it a package for .NET?"
        )
    if path:
        if path not in assemblies:
            close = difflib.get_close_matches(path, assemblies[:1000], 5, 0.3)
            raise EnumReadError(f"{wheel.file_name} has no {path}, but {', '.join(close or assemblies[:5])}")
        return [[path]]
    return _by_likely_name(assemblies, wheel, full_names)


def _by_likely_name(assemblies: list[str], wheel: Wheel, full_names: tuple[str, ...]) -> list[list[str]]:
    names = list(dict.fromkeys(name for full_name in full_names for name in _likely_names(full_name)))
    groups = [[entry for entry in assemblies if entry.rpartition("/")[2].lower() == name.lower()] for name in names]
    if not any(groups):
        raise EnumReadError(
            f"{wheel.file_name} has {len(assemblies)} assemblies, and none is called {' or '.join(names)}: "
            f"name one of them, #{assemblies[0]} for example"
        )
    return list(filter(None, groups))


def _likely_names(full_name: str) -> Iterator[str]:
    """Yield the usual names of the assembly of a type: A.B.C.dll, A.B.dll and A.dll for A.B.C.Type."""
    namespace = full_name.partition("+")[0].rpartition(".")[0]
    while namespace:
        yield f"{namespace}.dll"
        namespace = namespace.rpartition(".")[0]
