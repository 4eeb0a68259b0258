"""What the tests of the package index read, and how they read it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_server import File, make_wheel

from smtpstatus_dotnet.metadata import read_enums
from smtpstatus_dotnet.parity import CheckError, EnumDefinition
from smtpstatus_dotnet.targets import package_index
from smtpstatus_dotnet.targets.reading import Found, Request, Unread

if TYPE_CHECKING:
    pass


TYPE = "Aspose.Email.Clients.Smtp.SmtpStatusCode"
ASSEMBLIES = Path(__file__).resolve().parent / "assemblies"
AGREES = (ASSEMBLIES / "agrees.dll").read_bytes()
EXTRA = (ASSEMBLIES / "extra.dll").read_bytes()
ELSEWHERE = (ASSEMBLIES / "not_an_enum.dll").read_bytes()
NOISE = random.Random(1).randbytes(3_000_000)
DLL = "aspose/assemblies/email/Aspose.Email.dll"
# A wheel like the vendor's: the assembly is a small part of it.
CONTENT = {"aspose/a.bin": NOISE, DLL: AGREES, "aspose/netcore/System.Net.Mail.dll": ELSEWHERE, "aspose/z.bin": NOISE}


class Outcome(NamedTuple):
    place: str
    members: int


def find(target: str, *names: str) -> list[Found]:
    return list(package_index.read(target, Request(names or (TYPE,), read_enums)))


def read(target: str, *names: str) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for found in find(target, *names):
        assert isinstance(found, EnumDefinition), found
        outcomes.append(Outcome(found.origin.location, len(found.members)))
    return outcomes


def error_of(target: str, *names: str) -> str:
    with pytest.raises(CheckError) as caught:
        find(target, *names)
    return str(caught.value)


def unread(target: str) -> Unread:
    """Return the only result, which must be one that could not be read."""
    (found,) = find(target)
    assert isinstance(found, Unread)
    return found


def cached(home: Path) -> list[Path]:
    return sorted((home / ".cache").rglob("*.whl"))


def releases(*versions: str) -> list[File]:
    return [make_wheel(f"demo-{version}-py3-none-any.whl", {DLL: AGREES}) for version in versions]
