"""The package type `pypi`: wheels of the indexes that pip and uv are set to, with versions of PEP 440."""

from __future__ import annotations

from smtpstatus.extras import needs_extra
from smtpstatus_dotnet.package_indexes import settings
from smtpstatus_dotnet.package_indexes.package_type import PackageType
from smtpstatus_dotnet.package_indexes.pages import listing
from smtpstatus_dotnet.package_indexes.wheel import assembly_reader

with needs_extra("index", "reading a package index"):
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name
    from packaging.version import Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from smtpstatus_dotnet.package_indexes.settings import Settings


def _canonical_name(text: str) -> str:
    """Return the normalized name (PEP 503)."""
    return canonicalize_name(text, validate=True)


def _parse_range(text: str) -> Callable[[Version], bool] | None:
    """Return the releases that a specifier of PEP 440 names, pre-releases included; `*` is each release."""
    if text == "*":
        return lambda _: True
    if not text.startswith(("<", ">", "=", "!", "~")):
        return None
    specifiers = SpecifierSet(text)
    specifiers.contains("0", prereleases=True)  # a number of 5,000 digits is refused only when it is used
    return lambda version: specifiers.contains(version, prereleases=True)


def _user_settings(name: str) -> Settings:
    """Return the settings of pip and uv, which are the same for each package."""
    del name
    return settings.user_settings()


PYPI = PackageType(
    form="pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll]",
    versions="a version or a range of versions (PEP 440), or * for each release",
    file="wheel",
    index="index",
    withdrawn="yanked",
    hint="name the index in the settings of pip or uv (PIP_INDEX_URL, UV_INDEX)",
    canonical_name=_canonical_name,
    parse_version=Version,
    parse_range=_parse_range,
    user_settings=_user_settings,
    listing=listing,
    assembly_reader=assembly_reader,
)
