"""Package URLs without qualifiers: `pkg:TYPE/NAME[@VERSION][#PATH]` (https://github.com/package-url/purl-spec)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from smtpstatus_dotnet.package_indexes.nuget import NUGET
from smtpstatus_dotnet.package_indexes.pypi import PYPI
from smtpstatus_dotnet.targets.reading import ASSEMBLY_SUFFIXES, TargetError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from smtpstatus_dotnet.package_indexes.package_type import PackageType
    from smtpstatus_dotnet.package_indexes.releases import ReleaseVersion

_TYPES: dict[str, PackageType] = {"pypi": PYPI, "nuget": NUGET}


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a target. Empty ones leave the choice to us."""

    type: PackageType
    name: str
    versions: str
    """The version or the range as it was written."""
    version: ReleaseVersion | None
    includes: Callable[[ReleaseVersion], bool] | None
    """Tells the versions in the range; None if the target names none."""
    path: str


def parse(target: str) -> Package:
    """Take a target apart. Raises TargetError."""
    # The library for package URLs takes 30 ms to import, and accepts parts that are refused here.
    rest, _, subpath = target.partition("#")
    rest, _, qualifiers = rest.partition("?")
    scheme, _, rest = rest.partition(":")
    type_name, _, rest = rest.strip("/").partition("/")
    name, at, versions = map(unquote, rest.partition("@"))
    package_type = _TYPES.get(type_name.lower())
    if scheme.lower() != "pkg" or not package_type:
        forms = " or ".join(package_type.form for package_type in _TYPES.values())
        raise TargetError(f"expected {forms}, found {target}")
    expected = f"expected {package_type.form}, found {target}"
    if qualifiers:
        raise TargetError(f"{expected}: qualifiers (?{qualifiers}) are not supported; {package_type.hint}")
    # The specification drops empty parts and dots, too.
    path = "/".join(part for part in map(unquote, subpath.split("/")) if part not in ("", ".", ".."))
    if path and not path.lower().endswith(ASSEMBLY_SUFFIXES):
        raise TargetError(f"{expected}: {path} is not the path of an assembly ({', '.join(ASSEMBLY_SUFFIXES)})")
    try:
        canonical_name = package_type.canonical_name(name)
    except ValueError as error:
        raise TargetError(f"{expected}: {name!r} is not the name of a package") from error
    try:
        includes = package_type.parse_range(versions)
        version = package_type.parse_version(versions) if at and not includes else None
    except ValueError as error:
        raise TargetError(f"{expected}: {versions!r} is not {package_type.versions}") from error
    return Package(package_type, canonical_name, versions, version, includes, path)
