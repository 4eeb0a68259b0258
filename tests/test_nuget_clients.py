"""Real packages, from a server that the `dotnet` client takes packages from, too."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("remotezip", reason="the extra is not installed: pip install 'smtpstatus[index]'")

from index_server import Index
from nuget_packages import Package, make_package, publish, write_config
from process import run

from smtpstatus_dotnet import check
from smtpstatus_dotnet.metadata import read_enum

pytest_plugins = ["index_fixtures"]

INSECURE = 'allowInsecureConnections="true" protocolVersion="3"'
MAILKIT = "MailKit.Net.Smtp.SmtpStatusCode"
PROJECT = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="MailKit" Version="[{version}]" /></ItemGroup>
  <ItemGroup><PackageReference Include="Aspose.Email" Version="26.*" /></ItemGroup>
</Project>
"""


def packages_of(folder: Path) -> list[Package]:
    """Return the packages in a folder whose files are called NAME.VERSION.nupkg; a version begins with a digit."""
    packages: list[Package] = []
    for path in folder.glob("*.nupkg"):
        parts = path.stem.split(".")
        start = next(place for place, part in enumerate(parts) if part[0].isdigit() and place)
        packages.append(Package(".".join(parts[:start]), ".".join(parts[start:]), path.read_bytes()))
    return packages


def test_the_client_and_the_check_take_the_same_packages(
    index: Index, home: Path, aspose: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotnet = shutil.which("dotnet")
    feed = Path(dotnet).resolve().parent / "nuget" if dotnet else Path()
    mailkit = [package for package in packages_of(feed) if package.name == "mailkit"] if dotnet else []
    if not mailkit:
        pytest.skip("no .NET SDK with a package of MailKit in the folder `nuget` beside its `dotnet`: put one on PATH")
    vendor = make_package("Aspose.Email", "26.9.0", {"lib/net6.0/Aspose.Email.dll": aspose.read_bytes()})
    monkeypatch.delenv("RestoreSources", raising=False)  # it would take the place of NuGet.Config
    write_config(Path(), publish(index, *packages_of(feed), vendor), INSECURE)
    Path("project.csproj").write_text(PROJECT.format(version=mailkit[0].version))
    folder = home / "packages"
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    restored = run(dotnet or "", "restore", "--packages", folder, environment=environment)
    assert restored.returncode == 0, restored.stdout
    assert f"/v3/flat/mailkit/{mailkit[0].version}/mailkit.{mailkit[0].version}.nupkg" in index.asked

    over_http = check("pkg:nuget/MailKit", "pkg:nuget/Aspose.Email@26.9")
    local = home / "feed"
    local.mkdir()
    (local / mailkit[0].file_name).write_bytes(mailkit[0].data)
    (local / vendor.file_name).write_bytes(vendor.data)
    write_config(Path(), str(local))
    for report in (over_http, check("pkg:nuget/MailKit", "pkg:nuget/Aspose.Email@26.9")):
        assert report.exit_code == 0
        *of_mailkit, of_vendor = report.results
        assert (of_vendor.origin.framework, of_vendor.exit_code) == ("net6.0", 0)
        # The client has put the same files there, which are read without any of the rooms for packages.
        unpacked = sorted((folder / "mailkit" / mailkit[0].version / "lib").glob("*/MailKit.dll"))
        assert [result.definition for result in of_mailkit] == [read_enum(path, MAILKIT) for path in unpacked]
        assert [result.origin.framework for result in of_mailkit] == [path.parent.name for path in unpacked]
