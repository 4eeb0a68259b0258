"""The sources of NuGet packages in the user's NuGet.Config, in the order of `dotnet`.

All that is said here of `dotnet` was measured with the client of the .NET SDK 10.0.401.

No source is built in. Not read are fallbackPackageFolders, credential providers, client certificates,
disableTLSCertificateValidation, and what MSBuild is told (RestoreSources, RestoreConfigFile).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.package_indexes.addresses import AddressError, expect_clear, split_credentials
from smtpstatus_dotnet.package_indexes.nuget_config_files import (
    ConfigFile,
    config_files,
    defaults_files,
    expanded,
    merged,
    user_file,
)
from smtpstatus_dotnet.package_indexes.settings import Index, Settings
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from smtpstatus_dotnet.package_indexes.addresses import Credentials

_NEWEST_PROTOCOL = 3
_PATTERN_CHARACTERS = 100
"""The limit of `dotnet` for a pattern of packageSourceMapping: a package's name is not longer."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A source by its settings. Its value may hold credentials, so only its key and its file are shown."""

    key: str
    file: ConfigFile
    item: Element
    is_enabled: bool

    @property
    def value(self) -> str:
        """The URL, or the path of a folder. That is relative to the file, and may begin or end with blanks."""
        value = self.file.value(self.item)
        if "://" in value or not value:
            return value.strip()
        return os.path.abspath(os.path.join(os.path.dirname(self.file.path), value))

    @property
    def protocol(self) -> int:
        """The version of the protocol; without a number it is 2."""
        try:
            return int(self.option("protocolversion"))
        except ValueError:
            return 2

    def option(self, name: str) -> str:
        """Return an attribute that may be there, in any case of its name."""
        return expanded({name.lower(): value for name, value in self.item.attrib.items()}.get(name, ""))

    def wrong(self, reason: str) -> SettingsError:
        return SettingsError(f'the package source "{self.key}" in {self.file.path} cannot be asked: {reason}')


def user_settings(name: str) -> Settings:
    """Return the sources that `dotnet` asks for the NuGet package `name`, in its order, with their credentials.

    Raises SettingsError, also if there is no source, or one that would be asked and cannot be.
    """
    files, defaults = config_files(), defaults_files()
    sources = _with_defaults(_sources(files), _sources(defaults))
    enabled = [source for source in sources if source.is_enabled]
    if not enabled:
        reason = "all package sources of NuGet are disabled" if sources else "no package source of NuGet is set"
        raise SettingsError(
            f"{reason}: `dotnet nuget add source URL` adds one to {user_file()},\n"
            "`dotnet nuget list source` shows those that are set, and `dotnet nuget enable source NAME` enables one"
        )
    asked = _mapped(name, enabled, files)
    if len(asked) > limits.INDEX_COUNT:
        raise SettingsError(
            f"the settings of NuGet name {len(asked)} sources for {name}: expected {limits.INDEX_COUNT} at most"
        )
    indexes = tuple(_index(source, defaults if source.file in defaults else files) for source in asked)
    # An index with plain http is here only if its settings allow that.
    trusted = (f"{host}:{port}" for scheme, host, port in (index.origin for index in indexes) if scheme == "http")
    return Settings(indexes, frozenset(trusted))


def _key(file: ConfigFile, item: Element) -> str:
    return file.attribute(item, "key")


def _sources(files: list[ConfigFile]) -> list[_Source]:
    """Return all sources. Of those whose keys differ only in case, the one with the newest protocol counts."""
    disabled = {_key(*found) for found in merged(files, "disabledPackageSources", _key, "add")}
    sources: dict[str, _Source] = {}
    for file, item in merged(files, "packageSources", _key, "add"):
        key = _key(file, item)
        source = _Source(key, file, item, key not in disabled)
        known = sources.setdefault(key.lower(), source)
        if known.protocol < source.protocol <= _NEWEST_PROTOCOL:
            sources[key.lower()] = source
    return list(sources.values())


def _with_defaults(sources: list[_Source], defaults: list[_Source]) -> list[_Source]:
    """Put the sources of NuGetDefaults.config before those of the machine, except what is there already."""
    known = {text.lower() for source in sources for text in (source.key, source.value)}
    added = [source for source in defaults if not {source.key.lower(), source.value.lower()} & known]
    place = next((place for place, source in enumerate(sources) if source.file.is_of_machine), len(sources))
    return [*sources[:place], *added, *sources[place:]]


def _mapped(name: str, sources: list[_Source], files: list[ConfigFile]) -> list[_Source]:
    """Return the sources that packageSourceMapping has for a package: all, if there is no mapping."""
    mapping = merged(files, "packageSourceMapping", lambda file, item: _key(file, item).lower(), "packagesource")
    if not mapping:
        return sources
    keys: dict[str, set[str]] = {}
    globs: set[str] = set()
    for file, item in mapping:
        for pattern in _patterns(file, item):
            start, star, _ = pattern.lower().strip().partition("*")
            # As for `dotnet`, `a` and `a*` are the same to each other's sources.
            keys.setdefault(start, set()).add(_key(file, item).strip().lower())
            if star:
                globs.add(start)
    package = name.lower()
    longest = package if package in keys else max(filter(package.startswith, globs), key=len, default="")
    found = [source for source in sources if source.key.lower() in keys.get(longest, ())]
    if not found:
        raise SettingsError(
            f"packageSourceMapping in {mapping[0][0].path} leaves no enabled source for {name}: expected a\n"
            f'<package pattern="{name}" /> in one of its <packageSource>, whose key is that of a source'
        )
    return found


def _patterns(file: ConfigFile, item: Element) -> list[str]:
    patterns = [file.attribute(child, "pattern") for child in item if child.tag.lower() == "package"]
    if not patterns or not all(pattern.strip() and len(pattern) <= _PATTERN_CHARACTERS for pattern in patterns):
        raise file.unreadable(
            f'expected <package pattern="..."> of 1 to {_PATTERN_CHARACTERS} characters in each <packageSource>'
        )
    return patterns


def _index(source: _Source, files: list[ConfigFile]) -> Index:
    """Return the index to ask for a source. Raises SettingsError for one that `dotnet` or this cannot ask."""
    value = source.value
    try:
        if "://" not in value:
            if not value:
                raise AddressError("expected a URL or the path of a folder, found nothing")
            value = Path(value).as_uri()
        expect_clear(re.sub("(/_packaging/[^/@]+)@", r"\1", value))  # Azure has the view of a feed there
        url, found = split_credentials(value)
    except AddressError as error:
        raise source.wrong(str(error)) from None
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost"):
            raise source.wrong("its folder is on another machine: name it by a path of this machine")
        return Index(url if url.endswith("/") else f"{url}/", name=source.key)
    if not (value.lower().endswith(".json") or source.protocol == _NEWEST_PROTOCOL):
        raise source.wrong(
            "it has version 2 of NuGet's protocol, and only version 3 is read: name its service index,\n"
            'whose URL ends with .json, or set protocolVersion="3" if this URL is that of a service index'
        )
    if parts.scheme == "http" and source.option("allowinsecureconnections").strip().lower() != "true":
        raise source.wrong(
            'its URL is http://, and `dotnet` asks that only with allowInsecureConnections="true":\n'
            "use https://, or set that in the source if all on the way to it can be trusted"
        )
    return Index(url, _credentials(source, files) or found, source.key)


def _credentials(source: _Source, files: list[ConfigFile]) -> Credentials | None:
    """Return the credentials of a source: those of its environment variable, or those of packageSourceCredentials."""
    variable = f"NuGetPackageSourceCredentials_{source.key}"
    if text := os.environ.get(variable, "").strip():
        pattern = r"Username=(.*?);\s*Password=(.*?)(?:;ValidAuthenticationTypes=(.*?))?"
        match = re.fullmatch(pattern, text, re.IGNORECASE)
        if not match:
            raise source.wrong(f"expected Username=...;Password=... in the environment variable {variable}")
        user, password, kinds = match.groups(default="")
    else:
        items = merged(files, "packageSourceCredentials", lambda _, item: _decoded(item.tag))
        found = {_decoded(item.tag): (file, item) for file, item in items}.get(source.key)
        values = _values(*found) if found else {}
        user, password = values.get("username", ""), values.get("cleartextpassword", "")
        kinds = values.get("validauthenticationtypes", "")
        if values.get("password"):
            raise source.wrong(
                "its Password is encrypted, and only NuGet on Windows can read that: use ClearTextPassword,\n"
                f"or the environment variable {variable} (Username=...;Password=...)"
            )
        if values and not (user and password):
            raise source.wrong("expected a Username and a ClearTextPassword in its <packageSourceCredentials>")
    allowed = [kind.strip().lower() for kind in kinds.split(",") if kind.strip()]
    if allowed and "basic" not in allowed:
        raise source.wrong("its ValidAuthenticationTypes do not have basic, which is what this can do")
    return (user, password) if user or password else None


def _values(file: ConfigFile, credentials: Element) -> dict[str, str]:
    return {_key(file, item).lower(): file.value(item) for item in credentials if item.tag.lower() == "add"}


def _decoded(tag: str) -> str:
    """Return the name in an XML name, where _x0020_ stands for a blank (System.Xml.XmlConvert.DecodeName)."""
    hexadecimal = "[0-9A-Fa-f]"
    pattern = rf"_x((?:00(?:0{hexadecimal}|10))?{hexadecimal}{{4}})_"
    return re.sub(pattern, lambda match: chr(int(match[1], 16)), tag)
