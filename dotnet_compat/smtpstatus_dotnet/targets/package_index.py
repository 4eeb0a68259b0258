"""`pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll]`: an assembly in a wheel of the user's package indexes.

The target is a package URL (https://github.com/package-url/purl-spec) without qualifiers, its version one of
PEP 440. What the indexes are is in index_settings, what they list in index_pages, and how a wheel is read in
index_wheels.

Importing this raises EnumReadError where the extra `index` is not installed.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from urllib.parse import unquote

from smtpstatus_dotnet.metadata import EnumNotFoundError, NativeImageError, read_enums
from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.targets.assemblies import ARCHIVE_LIMIT, ASSEMBLIES

try:
    from packaging.utils import InvalidName, canonicalize_name
    from packaging.version import InvalidVersion, Version

    from smtpstatus_dotnet.targets.index_pages import listed_wheels
    from smtpstatus_dotnet.targets.index_settings import configured_indexes
    from smtpstatus_dotnet.targets.index_wheels import open_session, open_wheel, read_assembly
except ImportError as error:
    raise EnumReadError(f"a target pkg:… needs the extra: pip install 'smtpstatus[index]' ({error})") from error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

    import requests

    from smtpstatus_dotnet.targets import Found, ReadEnums
    from smtpstatus_dotnet.targets.index_wheels import Wheel


@dataclass(frozen=True, slots=True)
class _Package:
    """What a target asks for; empty where it leaves the choice to us."""

    name: str
    version: Version | None
    path: str


def in_package(target: str, full_names: tuple[str, ...], read: ReadEnums = read_enums) -> Iterator[Found]:
    """Yield those of the enums that the first assembly has which has one, and no other assembly is read.

    An assembly is the one that the target names, else each whose name is a dotted prefix of an enum's
    namespace, the longest first. Raises EnumReadError where the target is not such a URL, where no index,
    release or wheel fits it, where something cannot be read or is not intact, or where there is no such enum.
    """
    package = _parse(target)
    with open_session() as session:
        wheel = _choose(package, _wheels(session, package))
        with open_wheel(session, wheel) as archive:
            yield from _in_wheel(archive, wheel, package.path, full_names, read)


def _parse(target: str) -> _Package:
    # The library for it takes 30 ms to import, and would allow for what is not allowed here.
    expected = f"expected pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll], found {target}"
    rest, _, subpath = target.partition("#")
    rest, _, qualifiers = rest.partition("?")
    scheme, _, rest = rest.partition(":")
    kind, _, rest = rest.strip("/").partition("/")
    name, at, version = rest.partition("@")
    if (scheme.lower(), kind.lower()) != ("pkg", "pypi"):
        raise EnumReadError(f"{expected}: of the package types, pypi is the one that can be read")
    if qualifiers:
        raise EnumReadError(
            f"{expected}: qualifiers (?{qualifiers}) are not known here; indexes are those of pip and uv"
        )
    # The specification drops such parts, too.
    path = "/".join(part for part in map(unquote, subpath.split("/")) if part not in ("", ".", ".."))
    if path and not path.lower().endswith(ASSEMBLIES):
        raise EnumReadError(f"{expected}: {path} is not the path of an assembly ({', '.join(ASSEMBLIES)})")
    try:
        return _Package(
            canonicalize_name(unquote(name), validate=True), Version(unquote(version)) if at else None, path
        )
    except InvalidName as error:
        raise EnumReadError(f"{expected}: {unquote(name)!r} is not the name of a package") from error
    except InvalidVersion as error:
        raise EnumReadError(f"{expected}: {unquote(version)!r} is not a version (PEP 440)") from error


def _wheels(session: requests.Session, package: _Package) -> list[Wheel]:
    """Return the wheels of a package in all indexes, as pip does; they are never empty.

    An index that cannot be read could have a newer release. So it is passed over only where another has the
    version that is asked for.
    """
    wheels: list[Wheel] = []
    problems: list[EnumReadError] = []
    indexes = configured_indexes()
    knows = False
    for index in indexes:
        try:
            found = listed_wheels(session, index, package.name)
        except EnumReadError as error:
            problems.append(error)
        else:
            knows = knows or found is not None
            wheels += found or ()
    if problems and not any(wheel.version == package.version for wheel in wheels):
        raise problems[0]
    if not wheels:
        lacking = f"has a wheel of {package.name}, only other files" if knows else f"knows {package.name}"
        raise EnumReadError(
            f"no index {lacking}: asked {', '.join(index.url for index in indexes)}\n"
            "See to the spelling, or name the index in the settings of pip or uv (PIP_INDEX_URL, UV_INDEX)."
        )
    return wheels


def _choose(package: _Package, wheels: list[Wheel]) -> Wheel:
    """Return the wheel of the version that is asked for, else of the newest that is neither yanked nor a pre-release.

    Of the platforms of a release it is the last in the order of their names: in the vendor's that is the one
    for Windows, which each release has, and it is among the smallest. HTML does not tell sizes.
    """
    if package.version is None:
        offered = [wheel for wheel in wheels if not wheel.is_yanked]
        if not offered:
            raise EnumReadError(f"all releases of {package.name} are yanked; name one, {_some(wheels)}")
        final = [wheel for wheel in offered if not wheel.version.is_prerelease]
        newest = max(wheel.version for wheel in final or offered)
        release = [wheel for wheel in offered if wheel.version == newest]
    else:
        release = [wheel for wheel in wheels if wheel.version == package.version]
        if not release:
            raise EnumReadError(
                f"{package.name} has no release {package.version} with a wheel; the newest are {_some(wheels)}"
            )
    return max(release, key=lambda wheel: wheel.file_name)


def _some(wheels: list[Wheel]) -> str:
    return ", ".join(map(str, sorted({wheel.version for wheel in wheels}, reverse=True)[:5]))


def _in_wheel(
    archive: ZipFile, wheel: Wheel, path: str, full_names: tuple[str, ...], read: ReadEnums
) -> Iterator[Found]:
    # A name that no terminal should print is nobody's assembly.
    assemblies = [name for name in archive.namelist() if name.lower().endswith(ASSEMBLIES) and name.isprintable()]
    if not assemblies:
        raise EnumReadError(f"{wheel.file_name} has no assembly ({', '.join(ASSEMBLIES)}): is it a package for .NET?")
    if path:
        if path not in assemblies:
            like = difflib.get_close_matches(path, assemblies, 5, 0.3)
            raise EnumReadError(f"{wheel.file_name} has no {path}, but {', '.join(like or assemblies[:5])}")
        groups = [[path]]
    else:
        names = list(dict.fromkeys(name for full_name in full_names for name in _likely_names(full_name)))
        groups = [[entry for entry in assemblies if entry.rpartition("/")[2].lower() == name.lower()] for name in names]
        if not any(groups):
            raise EnumReadError(
                f"{wheel.file_name} has {len(assemblies)} assemblies, and none is called {' or '.join(names)}: "
                f"name one of them, #{assemblies[0]} for example"
            )
    absent: list[EnumReadError] = []
    for group in groups:
        if sum(archive.getinfo(entry).file_size for entry in group) > ARCHIVE_LIMIT:
            raise EnumReadError(f"{group[0]} of {wheel.file_name} is there {len(group)} times, too many to be read")
        found: list[Found] = []
        for entry in group:
            origin = Origin(f"{wheel.file_name}!{entry}")
            try:
                data = read_assembly(archive, wheel, entry)
                found += ((definition.origin, definition) for definition in read(data, full_names, origin=origin))
            except (EnumNotFoundError, NativeImageError) as error:
                absent.append(error)
            except EnumReadError as error:
                found.append((origin, error))
        if found:
            yield from found
            return
    raise EnumNotFoundError("\n".join(map(str, absent)))


def _likely_names(full_name: str) -> Iterator[str]:
    """Yield the names of the assemblies that by custom have a type: A.B.C.dll, A.B.dll, A.dll for A.B.C.Type."""
    namespace = full_name.partition("+")[0].rpartition(".")[0]
    while namespace:
        yield f"{namespace}.dll"
        namespace = namespace.rpartition(".")[0]
