"""Refuses to write a report or a profile over a file that the same check reads."""

from __future__ import annotations

import os
from contextlib import suppress

from smtpstatus_dotnet.parity import EnumReadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def refusal(output: str | None, write_profile: str | None, targets: Sequence[str], profile: str | None) -> str:
    """Return why a check with these options would destroy a file, or an empty text if it would not."""
    if output and write_profile and _is_same(output, write_profile):
        return f"--output and --write-profile are the same file, {output}: choose two files"
    if output and profile and os.path.exists(profile) and _is_same(output, profile):
        return f"--output {output} would overwrite the profile of --profile: choose another file"
    for option, path in (("--output", output), ("--write-profile", write_profile)):
        for read in _files_of(targets) if path else ():
            if path and (_is_same(path, read) or (os.path.isdir(read) and _is_read_in(read, path))):
                return f"{option} {path} would overwrite what is read of the target {read}: choose another file"
    return ""


def _files_of(targets: Sequence[str]) -> Iterator[str]:
    if targets:
        yield from targets
        return
    from smtpstatus_dotnet.targets.assemblies import installed_aspose

    with suppress(EnumReadError):
        yield installed_aspose()


def _is_same(path: str, other: str) -> bool:
    """Whether two paths are one file, whatever its names and links, or would be one if it existed."""
    with suppress(OSError, ValueError):
        return os.path.samefile(path, other)
    with suppress(OSError, ValueError):  # the current folder may have been deleted
        return os.path.realpath(path) == os.path.realpath(other)
    return False


def _is_read_in(folder: str, path: str) -> bool:
    """Whether a file is or would be an assembly or a package below a folder, by its place or by a link to it."""
    from smtpstatus_dotnet.targets.table import KINDS

    suffixes = tuple(suffix for kind in KINDS if kind.has_assemblies for suffix in kind.suffixes if suffix != "/")
    place = os.path.realpath(path)
    if place.lower().endswith(suffixes):
        while place != os.path.dirname(place):
            place = os.path.dirname(place)
            if _is_same(place, folder):
                return True
    return any(
        name.lower().endswith(suffixes) and _is_same(path, os.path.join(parent, name))
        for parent, _, names in os.walk(folder)
        for name in names
    )
