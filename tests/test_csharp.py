"""The C# half as its users get it: built and tested from a clone, packed, and installed in an empty project."""

from __future__ import annotations

import json
import os
import re
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from conftest import ROOT
from csharp import Csharp, call, copy, message
from markdown_blocks import blocks
from process import run

from smtpstatus import limits
from smtpstatus_dotnet import check
from smtpstatus_dotnet.parity import Difference
from smtpstatus_dotnet.profiles import read, write
from smtpstatus_dotnet.reports import text

pytestmark = pytest.mark.any_python

if TYPE_CHECKING:
    import grpc

README = (ROOT / "dotnet_compat/csharp/README.md").read_text(encoding="utf-8")
BLOCKS = blocks("dotnet_compat/csharp/README.md")
CONSOLE_PROJECT = """\
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>
</Project>
"""
ENUM = "Aspose.Email.Clients.Smtp.SmtpStatusCode"


def block(language: str) -> str:
    """Return the README's first block in a language."""
    return next(found.text for found in BLOCKS if found.language == language)


def as_class(program: str, name: str) -> str:
    """Return a program of the README as a class, for a project that has another program."""
    usings = re.findall(r"^using .*;.*\n", program, re.MULTILINE)
    body = "".join(line for line in program.splitlines(keepends=True) if line not in usings)
    return f"{''.join(usings)}static class {name} {{ public static void Print() {{\n{body}}} }}\n"


@pytest.mark.parametrize("verb", ["test", "build", "pack"])
def test_a_clone_is_built_tested_and_packed(verb: str, csharp_build: tuple[Csharp, dict[str, str]]) -> None:
    printed = csharp_build[1][verb]
    assert printed.endswith("exit 0\n"), printed
    assert not re.search(r": warning|[1-9]\d* Warning", printed), printed
    if verb == "test":
        assert re.search(r"total: [1-9]\d\d\n +failed: 0\n +succeeded: \d+\n +skipped: 0", printed), printed


@pytest.fixture(scope="session")
def packages(csharp: Csharp) -> dict[str, Path]:
    """The packages that `dotnet pack` made, by name."""
    return {path.name.split(".0.1")[0]: path for path in csharp.folder.glob("*/bin/Release/*.nupkg")}


def test_the_packages_have_the_version_of_the_project(packages: dict[str, Path]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {path.name for path in packages.values()} == {
        f"SmtpStatus.{version}.nupkg",
        f"SmtpStatus.Grpc.{version}.nupkg",
    }


def test_the_content_of_the_packages(packages: dict[str, Path]) -> None:
    def content(name: str) -> set[str]:
        with zipfile.ZipFile(packages[name]) as archive:
            return {entry for entry in archive.namelist() if not entry.startswith(("_rels/", "package/", "[Content"))}

    libraries = {
        f"lib/{framework}/SmtpStatus.{kind}" for framework in ("netstandard2.0", "net10.0") for kind in ("dll", "xml")
    }
    protos = {f"protos/{path.relative_to(ROOT / 'proto').as_posix()}" for path in (ROOT / "proto").glob("**/*.proto")}
    documents = {"LICENSE", "README.md"}
    assert content("SmtpStatus") == {
        *(libraries | protos | documents),
        "SmtpStatus.nuspec",
        "buildTransitive/SmtpStatus.targets",
    }
    assert content("SmtpStatus.Grpc") == {
        *documents,
        "SmtpStatus.Grpc.nuspec",
        "lib/net10.0/SmtpStatus.Grpc.dll",
        "lib/net10.0/SmtpStatus.Grpc.xml",
    }
    with zipfile.ZipFile(packages["SmtpStatus"]) as archive:
        for path in protos:
            assert archive.read(path) == (ROOT / "proto" / path.removeprefix("protos/")).read_bytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SmtpStatus", {"Google.Protobuf", "System.Runtime.CompilerServices.Unsafe"}),
        ("SmtpStatus.Grpc", {"SmtpStatus", "Grpc.StatusProto"}),
    ],
)
def test_the_dependencies_of_the_packages(name: str, expected: set[str], packages: dict[str, Path]) -> None:
    with zipfile.ZipFile(packages[name]) as archive:
        specification = ET.fromstring(archive.read(f"{name}.nuspec"))
    tags = {element.tag.rpartition("}")[2]: element for element in specification.iter()}
    needed = {element.get("id") for element in specification.iter() if element.tag.endswith("}dependency")}
    assert needed == expected
    assert (tags["license"].text, tags["readme"].text) == ("MIT", "README.md")


def test_the_same_bytes_wherever_it_is_built(csharp: Csharp, tmp_path: Path) -> None:
    elsewhere = Csharp(copy(ROOT, tmp_path), csharp.sdk, csharp.aspose)
    built = elsewhere.dotnet("build", "--configuration", "Release", "SmtpStatus")
    assert built.returncode == 0, built.stdout
    for framework in ("net10.0", "netstandard2.0"):
        library = f"SmtpStatus/bin/Release/{framework}/SmtpStatus.dll"
        assert (elsewhere.folder / library).read_bytes() == (csharp.folder / library).read_bytes()


@pytest.mark.parametrize(("framework", "has_grpc"), [("net10.0", False), ("netstandard2.0", False), ("net10.0", True)])
def test_the_readme_in_an_empty_project(
    framework: str, has_grpc: bool, csharp: Csharp, packages: dict[str, Path], tmp_path: Path
) -> None:
    folder, feed, output = (tmp_path / name for name in ("app", "feed", "out"))
    folder.mkdir()
    feed.mkdir()
    code = "(SmtpStatus.V1.SmtpStatusCode)521"  # System.Net.Mail has an SmtpStatusCode, too
    definition, printed = block("xml"), f"new Mail.Sent {{ Code = {code} }}.Code"
    if has_grpc:
        reference = '<PackageReference Include="SmtpStatus'
        definition = definition.replace(reference, f'{reference}.Grpc" Version="0.1.0" />{reference}')
        printed = f"(int)new DeliveryStatus {{ Reply = new() {{ Code = {code} }} }}.ToStatus().Code"
        (feed / packages["SmtpStatus.Grpc"].name).write_bytes(packages["SmtpStatus.Grpc"].read_bytes())
    (folder / "App.csproj").write_text(definition, encoding="utf-8")
    (folder / "mail.proto").write_text(block("proto"), encoding="utf-8")
    (first, codes) = [found for found in BLOCKS if found.language == "csharp" and found.output]
    last = f"Codes.Print();\nConsole.WriteLine({printed});\n"
    (folder / "Program.cs").write_text(f"{first.text}{last}", encoding="utf-8")
    (folder / "Codes.cs").write_text(as_class(codes.text, "Codes"), encoding="utf-8")
    with (
        zipfile.ZipFile(packages["SmtpStatus"]) as whole,
        zipfile.ZipFile(feed / packages["SmtpStatus"].name, "w") as archive,
    ):
        for name in whole.namelist():
            if not name.startswith("lib/") or framework in name:  # so that NuGet takes the library for this framework
                archive.writestr(name, whole.read(name))
    cache = csharp.dotnet("nuget", "locals", "global-packages", "--list").stdout.split(": ", 1)[1].strip()
    built = csharp.dotnet(
        "build",
        "--output",
        output,
        folder=folder,
        RestoreAdditionalProjectSources=str(feed),
        NUGET_PACKAGES=str(tmp_path / "cache"),  # the user's cache would keep our package
        RestoreFallbackFolders=cache,  # the user's cache has the other packages
    )
    assert built.returncode == 0, built.stdout
    assert " 0 Warning(s)" in built.stdout
    ran = csharp.dotnet(output / "App.dll")
    assert (ran.stdout, ran.stderr) == (f"{first.output}{codes.output}{9 if has_grpc else 521}\n", "")
    of_grpc = {"SmtpStatus.Grpc", "Grpc.StatusProto", "Grpc.Core.Api", "Google.Api.CommonProtos"} if has_grpc else set()
    assert {path.stem for path in output.glob("*.dll")} == {"App", "Google.Protobuf", "SmtpStatus"} | of_grpc


def test_the_door_of_the_readme(csharp: Csharp, tmp_path: Path) -> None:
    """The README's commands in a clone, with the feed of the SDK instead of the public one."""
    home, clone = tmp_path / "home", tmp_path / "clone"
    copy(ROOT, clone)
    settings = home / ".nuget" / "NuGet" / "NuGet.Config"
    settings.parent.mkdir(parents=True)
    cache = csharp.dotnet("nuget", "locals", "global-packages", "--list").stdout.split(": ", 1)[1].strip()
    sources = "".join(f'<add key="{path}" value="{path}" />' for path in [csharp.sdk / "nuget"] if path.is_dir())
    settings.write_text(f"<configuration><packageSources>{sources}</packageSources></configuration>", encoding="utf-8")
    path = f"{csharp.sdk}{os.pathsep}{os.environ['PATH']}"
    own = {"HOME": str(home), "PATH": path, "RestoreSources": "", "RestoreFallbackFolders": cache}
    found = blocks("README.md", "I write .NET")
    (console,) = [block for block in found if block.language == "console"]
    (program,) = [block for block in found if block.language == "csharp"]
    for command, _ in console.commands:
        if "dotnet new" in command and not (csharp.sdk / "templates").is_dir():
            # This SDK is trimmed, so make what it would make.
            (clone / "app").mkdir()
            (clone / "app" / "app.csproj").write_text(CONSOLE_PROJECT, encoding="utf-8")
            continue
        result = run("bash", "-c", command, folder=clone, environment=csharp.environment | own)
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    (clone / "app" / "Program.cs").write_text(program.text, encoding="utf-8")
    result = run("dotnet", "run", "--project", "app", folder=clone, environment=csharp.environment | own)
    assert result.stdout == program.output, result.stdout + result.stderr


def test_the_readme_compares_two_enums_as_a_test_of_ours_does() -> None:
    test = ROOT / "dotnet_compat/csharp/SmtpStatus.Tests/ReadmeTests.cs"
    assert f"```csharp\n{test.read_text(encoding='utf-8')}```\n" in README


def compare(channel: grpc.Channel, **fields: str) -> Any:
    return call(channel, "Compare", message("CompareRequest", **fields))


def rows(path: Path) -> dict[str, Any]:
    """Return a file of profiles in the form in which the server returns what C# read."""
    return {
        name: [
            profile.reason,
            [
                [found.kind, found.name, found.number, found.other_name, found.other_number, reason]
                for found, reason in profile.differences.items()
            ],
        ]
        for name, profile in read(str(path)).items()
    }


def test_profiles_are_read_as_tomllib_reads_them(echo_server: grpc.Channel, tmp_path: Path) -> None:
    ours = ROOT / "dotnet_compat/smtpstatus_dotnet/profiles.toml"
    assert json.loads(compare(echo_server).profiles_json) == rows(ours)
    assert len(rows(ours)) == 2

    # The same holds for profiles that `--write-profile` writes for an assembly with hostile names.
    odd = 'A"\\\n\x00\x7f\u2028\u90ae\U0001f4e7] # = "'
    found = {
        odd: (
            Difference("extra", None, None, odd, 2**64 - 1),
            Difference("extra", None, None, "B", -(2**63)),
            Difference("underlying", "System.Int32", None, "System.UInt64"),
        ),
        "N.E": (),
        "N.F": (
            Difference("number", odd, 450, odd, 459),
            Difference("name", "A", 0, "B", 0),
            Difference("missing", "C", -1),
        ),
    }
    path = tmp_path / "odd.toml"
    path.write_text(write(str(path), found), encoding="utf-8")
    assert json.loads(compare(echo_server, profiles=str(path)).profiles_json) == rows(path)


@pytest.mark.parametrize("name", ["agrees", "alias", "extra", "missing", "name", "number", "underlying"])
def test_a_report_reads_like_pythons(name: str, echo_server: grpc.Channel, assemblies: Path) -> None:
    path = assemblies / f"{name}.dll"
    printed = compare(echo_server, assembly=str(path), type_name=ENUM).report.splitlines()
    (result,) = check(str(path)).results
    # Python adds advice, which needs its command, and has another line about where the enum was found.
    lines = [*text.lines(result)]
    assert printed[0] == lines[0]
    assert printed[2:] == [line for line in lines[1:] if re.match(r"  [a-z]", line)]
    assert bool(printed[2:]) == (result.exit_code == 1)


def test_no_feed_is_named(csharp: Csharp) -> None:
    """The user chooses the package sources."""
    files = [path.relative_to(csharp.folder) for path in csharp.folder.rglob("*")]
    projects = [path for path in files if path.suffix in {".csproj", ".props", ".targets"} and "obj" not in path.parts]
    assert len(projects) >= 8
    for path in projects:
        text = (csharp.folder / path).read_text(encoding="utf-8")
        assert not re.search("RestoreSources|RestoreAdditionalProjectSources|https?://", text), path
    assert not [path for path in files if path.name.lower() == "nuget.config" and "obj" not in path.parts]


def test_both_languages_have_the_same_limits() -> None:
    source = (ROOT / "dotnet_compat/csharp/SmtpStatus/Limits.cs").read_text(encoding="utf-8")
    found = re.findall(r"^    internal const int (\w+) = ([0-9_]+);", source, re.MULTILINE)
    assert len(found) == source.count("const")
    of_python = ("NAME_", "MAIL_")  # C# looks for no similar names, and takes no mail apart
    expected = {
        name: value for name, value in vars(limits).items() if name.isupper() and not name.startswith(of_python)
    }
    assert {re.sub(r"\B(?=[A-Z])", "_", name).upper(): int(number) for name, number in found} == expected
