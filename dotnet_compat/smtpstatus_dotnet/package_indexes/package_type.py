"""What differs between the types of packages, such as those of Python and of NuGet."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from smtpstatus_dotnet.package_indexes.archives import Archive
    from smtpstatus_dotnet.package_indexes.releases import Listing, ReleaseVersion
    from smtpstatus_dotnet.package_indexes.settings import Index, Settings
    from smtpstatus_dotnet.package_indexes.transport import Session


@dataclass(frozen=True, slots=True)
class PackageType:
    """One type of package URLs, and how its indexes are read."""

    form: str
    """How people write such a target."""
    versions: str
    """How people write a version or a range."""
    file: str
    """What a file with assemblies is called: a wheel, for example."""
    index: str
    """What an index is called."""
    withdrawn: str
    """What a release is called that its publisher has withdrawn."""
    hint: str
    """How to name an index."""
    canonical_name: Callable[[str], str]
    """Returns the name of a package as indexes have it. Raises ValueError if no package can have it."""
    parse_version: Callable[[str], ReleaseVersion]
    """Returns a version. Raises ValueError."""
    parse_range: Callable[[str], Callable[[ReleaseVersion], bool] | None]
    """Returns what tells the versions in a range, or None if the text is no range. Raises ValueError."""
    user_settings: Callable[[str], Settings]
    """Returns the indexes to ask for a package. Raises SettingsError."""
    listing: Callable[[Session, Index, str, bool], Listing | None]
    """Returns what an index has of a package, or None if it does not know it. Raises CheckError.

    The last argument says whether the caller has named one version: then nothing but its file is needed."""
    assembly_reader: Callable[[Archive], Callable[[str], bytes]]
    """Returns what reads an assembly of a file by its path, and checks its integrity. Raises CheckError."""
