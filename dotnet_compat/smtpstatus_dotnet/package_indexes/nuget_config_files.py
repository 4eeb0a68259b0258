"""The files of NuGet's settings, NuGet.Config: where `dotnet` looks for them, and what is in their sections.

All that is said here of `dotnet` was measured with the client of the .NET SDK 10.0.401.

- Read are the nearest file of each folder from the current one up to the root, the user's and the machine's. `dotnet`
  writes a file with a source of its vendor where the user has none. This does not, and adds no source.
- A file with a document type is refused, as by `dotnet`, so that nothing in it can grow. Depth costs nothing: only
  three levels are looked at. Unlike `dotnet`, this reads UTF-8 alone.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from itertools import chain

from smtpstatus_dotnet.files import parse_xml
from smtpstatus_dotnet.package_indexes.settings_files import SettingsError, current_folders, texts, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

_NAMES = ("nuget.config", "NuGet.config", "NuGet.Config")
"""In each folder the first of these counts."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One NuGet.Config."""

    path: str
    root: Element
    is_of_machine: bool = False

    def section(self, name: str) -> list[Element] | None:
        """Return the items of a section. Raises SettingsError if `dotnet` would not know which section is meant."""
        sections = [section for section in _distinct(self.root) if section.tag == name]
        if len(sections) > 1:
            raise self.unreadable(f"expected one <{name}>, found {len(sections)}")
        if not sections:
            return None
        items = _distinct(sections[0])
        if name == "packageSourceMapping" and len(items) < len(sections[0]):
            raise self.unreadable(f"expected each key once in <{name}>")
        return items

    def attribute(self, item: Element, name: str) -> str:
        """Return an attribute that an item must have. Raises SettingsError, which does not show the item's values."""
        if name not in item.attrib or (name == "key" and not item.attrib[name].strip()):
            raise self.unreadable(f'expected {name}="..." in each <{item.tag}>')
        return item.attrib[name]

    def value(self, item: Element) -> str:
        """Return the value of an item, with %VARIABLES% replaced."""
        return expanded(self.attribute(item, "value"))

    def unreadable(self, reason: object) -> SettingsError:
        return unreadable(self.path, "NuGet", reason)


def config_files() -> list[ConfigFile]:
    """Read the files that are there, the nearest to the current folder first. Raises SettingsError."""
    machine = list(_machine_files())
    paths = chain(filter(None, map(_nearest, current_folders())), _user_files(), machine)
    return [ConfigFile(path, _parse(path, text), path in machine) for path, text in texts(paths, "NuGet")]


def defaults_files() -> list[ConfigFile]:
    """Read the file whose sources no other file can take away, if it is there. Raises SettingsError."""
    path = os.path.join(_machine_folder(), "NuGetDefaults.config")
    return [ConfigFile(path, _parse(path, text)) for path, text in texts([path], "NuGet")]


def user_file() -> str:
    """Return the path of the file that `dotnet nuget add source` writes, whether or not it is there."""
    if sys.platform == "win32":
        folder = os.environ.get("APPDATA", "")
    else:
        folder = os.path.join(os.environ.get("DOTNET_CLI_HOME", os.path.expanduser("~")), ".nuget")
    return os.path.join(folder, "NuGet", "NuGet.Config")


def merged(
    files: list[ConfigFile], section: str, key_of: Callable[[ConfigFile, Element], str], tag: str = ""
) -> list[tuple[ConfigFile, Element]]:
    """Return the items, or those of one tag, that a section has by all files together, the nearest file's first.

    An item replaces that of the same key in files that are farther away, and <clear/> removes all before it. If the
    farthest file has a key twice, both stay, as with `dotnet`.
    """
    items: dict[object, tuple[int, Element]] = {}
    is_farthest = True
    for position, file in reversed([*enumerate(files)]):
        found = file.section(section)
        for item in found or ():
            if item.tag.lower() == "clear":
                items.clear()
            elif item.tag.lower() == tag or not tag:
                key: object = key_of(file, item)
                if key in items and is_farthest:
                    key = (key, len(items))
                items.pop(key, None)
                items[key] = (position, item)
        is_farthest = is_farthest and found is None
    return [(files[position], item) for position, item in sorted(items.values(), key=lambda found: found[0])]


def expanded(text: str) -> str:
    """Replace %VARIABLES% that are set, as .NET's Environment.ExpandEnvironmentVariables does on all platforms."""
    result, *parts = text.split("%")
    is_open = True  # the `%` before this part may begin a name
    for number, part in enumerate(parts, 1):
        value = os.environ.get(part) if is_open and number < len(parts) else None
        result += value if value is not None else f"%{part}" if is_open else part
        is_open = value is None
    return result


def _nearest(folder: str) -> str | None:
    return next((path for name in _NAMES if _is_file(path := os.path.join(folder, name))), None)


def _user_files() -> Iterator[str]:
    """Yield the user's own file, and those that tools may have put beside it."""
    yield user_file()
    folder = os.path.join(os.path.dirname(user_file()), "config")
    yield from sorted(path for path in _listed(folder) if os.path.basename(path) != "NuGet.Config")


def _machine_files() -> list[str]:
    """Return the machine's files: *.Config, then *.config, and each in the order of the file system, as `dotnet`."""
    return sorted(_listed(os.path.join(_machine_folder(), "Config")), key=lambda path: path.endswith(".config"))


def _machine_folder() -> str:
    if sys.platform == "win32":
        folder = os.environ.get("PROGRAMFILES(X86)") or os.environ.get("PROGRAMFILES", "")
    elif sys.platform == "darwin":
        folder = "/Library/Application Support"
    else:
        folder = os.environ.get("NUGET_COMMON_APPLICATION_DATA") or "/etc/opt"
    return os.path.join(folder, "NuGet")


def _listed(folder: str) -> list[str]:
    """Return the files of settings in a folder. Raises SettingsError if it is there and cannot be listed."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise unreadable(folder, "NuGet", error.strerror) from None
    endings = (".config", ".Config")
    return [
        path
        for name in names
        if os.path.normcase(name).endswith(endings) and _is_file(path := os.path.join(folder, name))
    ]


def _is_file(path: str) -> bool:
    """Tell whether there is something else than a folder. If that cannot be told, opening it says why."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _parse(path: str, text: str) -> Element:
    """Return the root of a file. Raises SettingsError, which shows nothing of the text: it can hold a password."""
    try:
        root = parse_xml(text.encode())  # bytes, so that the encoding is the declared one
    except ValueError as error:
        raise unreadable(path, "NuGet", error) from None
    if root.tag.lower() != "configuration":
        raise unreadable(path, "NuGet", "expected the root <configuration>")
    return root


def _distinct(parent: Element) -> list[Element]:
    """Return the children, without those that repeat another's name and values: `dotnet` passes over them."""
    found: dict[str, Element] = {}
    for child in parent:
        found.setdefault("".join((child.tag, *child.attrib.values())).lower(), child)
    return list(found.values())
