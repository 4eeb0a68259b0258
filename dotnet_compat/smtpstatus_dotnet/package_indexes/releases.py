"""What a package index lists of a package, whatever the type of the index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from smtpstatus_dotnet.package_indexes.addresses import Credentials

ReleaseVersion = Any
"""A version of one package type: it can be compared, printed and hashed, and has `is_prerelease`."""


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release that may have assemblies, as its index lists it."""

    file_name: str
    version: ReleaseVersion
    url: str = field(repr=False)
    """Without credentials. Its query may be a token."""
    sha256: str = ""
    """Empty if the index gives none."""
    is_yanked: bool = False
    """Whether the publisher has withdrawn it: yanked, or unlisted in the words of NuGet."""
    auth: Credentials | None = field(default=None, repr=False)
    """The credentials in the link, or else those of the index if the file has the same origin."""
    date: str = ""
    """The day on which it was published, `2026-10-01`; empty if the index does not say."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What an index lists of a package."""

    files: list[ReleaseFile]
    other_files: Mapping[ReleaseVersion, str] = field(default_factory=dict[ReleaseVersion, str])
    """The versions that have no file of this type: the name of a file that they have, or an empty text."""
