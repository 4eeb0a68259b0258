"""The package type `nuget`: packages of the sources in NuGet.Config, with versions and intervals of NuGet."""

from __future__ import annotations

import re

from smtpstatus_dotnet.package_indexes.nuget_config import user_settings
from smtpstatus_dotnet.package_indexes.nuget_feed import listing
from smtpstatus_dotnet.package_indexes.nuget_version import parse_range, parse_version
from smtpstatus_dotnet.package_indexes.nuspec import assembly_reader
from smtpstatus_dotnet.package_indexes.package_type import PackageType


def _canonical_name(text: str) -> str:
    """Return the name, which has at most 100 characters. Upper and lower case do not count."""
    if len(text) > 100 or not re.fullmatch(r"\w+(?:[.-]\w+)*", text, re.ASCII):
        raise ValueError(text)
    return text


NUGET = PackageType(
    form="pkg:nuget/NAME[@VERSION][#PATH/IN/PACKAGE.dll]",
    versions="a version or an interval of versions of NuGet ([1.0,2.0) for example), or * for each release",
    file="package",
    index="source",
    withdrawn="unlisted",
    hint="name the source in NuGet.Config (`dotnet nuget add source`)",
    canonical_name=_canonical_name,
    parse_version=parse_version,
    parse_range=parse_range,
    user_settings=user_settings,
    listing=listing,
    assembly_reader=assembly_reader,
)
