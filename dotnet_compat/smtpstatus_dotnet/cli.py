"""The command `smtpstatus`."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    _Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int], str, str]

    from smtpstatus_dotnet.parity import ParityReport

_TARGETS = """\
A TARGET is one of
  X.dll, X.exe          a .NET assembly; no .NET runtime is needed
  a folder              every assembly below it
  X.nupkg, .whl, .zip   every assembly in the package
  X.md                  a page of the vendor's reference, with its table of members
  X.binpb               a descriptor set of protobuf, or an image of buf
  pkg:pypi/NAME[@VERSION][#PATH/IN/WHEEL.dll]
                        a release on the package index that pip or uv is configured for;
                        only the assembly is fetched: pip install 'smtpstatus[index]'
  grpc://HOST:PORT, grpcs://HOST:PORT
                        a running server with gRPC reflection: pip install 'smtpstatus[grpc]'
  python:MODULE:CLASS   an enum or class of ints in Python; this imports the module
Without a TARGET, the Aspose.Email assembly of the installed Python wheel.

Exit status: 0 all agree, 1 some differ, 2 some could not be checked."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser(words[0] if words else "").parse_args(words)
    # The vocabulary is also Chinese, and a terminal may have no characters for it.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(options.run(options))
    except Exception:  # noqa: BLE001  # a fault of ours is no verdict: not 1
        import traceback

        traceback.print_exc()
        return 2


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Of one width: argparse asks for that of the terminal at every start, and imports shutil for it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # takes longer than a check

        parser.exit(_print(f"smtpstatus {version('smtpstatus')}\n"))


def _parser(command: str = "") -> argparse.ArgumentParser:
    """Return the parser of one command, or of all: most checks are over before all are made."""
    parser = argparse.ArgumentParser(
        prog="smtpstatus",
        description="One SMTP status vocabulary for Python and .NET, and proof that both speak it.",
        formatter_class=_HelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in [command] if command in _COMMANDS else _COMMANDS:
        add_arguments, run, purpose, more = _COMMANDS[name]
        description = f"{purpose[0].upper()}{purpose[1:]}.\n{more}"
        own = commands.add_parser(name, help=purpose, description=description, formatter_class=_HelpFormatter)
        add_arguments(own)
        own.set_defaults(run=run)
    return parser


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _TARGETS
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--type", metavar="NAME", help="the enum's full name: Namespace.Outer+Inner")
    parser.add_argument(
        "--via", choices=("metadata", "clr"), default="metadata",
        help="read assemblies without .NET, or ask a .NET runtime: pip install 'smtpstatus[dotnet]'",
    )  # fmt: skip
    parser.add_argument("--runtime", metavar="auto|coreclr|mono|FOLDER", help="which one to ask, with --via clr")
    parser.add_argument("--profile", metavar="NAME|FILE", help="accept the differences that this profile declares")
    parser.add_argument("--write-profile", metavar="FILE", help="write a profile that accepts what differs now")
    parser.add_argument("--format", choices=("text", "json", "junit", "github"), default="text")
    parser.add_argument("--output", metavar="FILE", help="write the report there instead of to standard output")


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", metavar="TARGET", help="see smtpstatus check --help")
    parser.add_argument("--type", metavar="NAME", help="the enum's full name: Namespace.Outer+Inner")
    parser.add_argument("--format", choices=("text", "json", "csv", "markdown"), default="text")


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    examples = "550, -1, MailboxBusy, MAILBOX_BUSY, 5.1.1, or a reply: 550 5.1.1 User unknown"
    parser.add_argument("status", nargs="+", metavar="CODE|NAME|ENHANCED CODE|REPLY", help=examples)


def _include_arguments(_: argparse.ArgumentParser) -> None:
    pass


def _completion_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"))


def _check(options: argparse.Namespace) -> int:
    from importlib import import_module

    from smtpstatus_dotnet import check

    if options.runtime is not None and options.via != "clr":
        return _fail("--runtime goes with --via clr: without it no runtime is asked")
    how = {"via": options.via, "runtime": "auto" if options.runtime is None else options.runtime}
    report = check(*options.targets, type_name=options.type, profile=options.profile, **how)
    render = import_module(f"smtpstatus_dotnet.reports.{options.format}").render
    if options.output:
        failed = _write(options.output, render(report))
    else:
        colors = {"is_colored": True} if options.format == "text" and _wants_color() else {}
        failed = _print(render(report, **colors), is_data=options.format in ("json", "junit"))
    if options.write_profile:
        failed = failed or _write_profile(options.write_profile, report)
    return failed or report.exit_code


def _wants_color() -> bool:
    return (
        bool(sys.stdout) and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def _write_profile(path: str, report: ParityReport) -> int:
    from smtpstatus_dotnet import profiles
    from smtpstatus_dotnet.parity import Difference, EnumReadError, compare

    found: dict[str, tuple[Difference, ...]] = {}
    for definition in filter(None, (result.definition for result in report.results)):
        differences = compare(report.shared, definition)
        if found.setdefault(definition.full_name, differences) != differences:
            return _fail(f"not all builds of {definition.full_name} differ alike: write a profile of one TARGET")
    if not found:
        return _fail("no enum was read, so there is no profile to write")
    try:
        text = profiles.write(path, found)
    except EnumReadError as error:
        return _fail(str(error))
    return _write(path, text)


def _print(text: str, *, is_data: bool = False) -> int:
    """Print a text, data in UTF-8; return 0, or 2 where that fails. A reader that has read enough is no failure."""
    if not sys.stdout:
        return _fail("cannot print: standard output is closed")
    stream = sys.stdout
    try:
        if is_data and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        stream.write(text)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # for what is left when Python ends
        if not isinstance(error, BrokenPipeError):
            return _fail(f"cannot print: {error.strerror}")
    return 0


def _write(path: str, text: str) -> int:
    """Replace a file by a whole new one, or leave it as it is; what is no file, as a pipe, is written to."""
    is_special = os.path.exists(path) and not os.path.isfile(path)
    path = path if is_special else os.path.realpath(path)  # not a link, but the file that it names
    try:
        if is_special:
            _put(path, "w", text)
        else:
            _replace(path, text)
    except OSError as error:
        return _fail(f"cannot write {path}: {error.strerror}")
    return 0


def _replace(path: str, text: str) -> None:
    partial = f"{path}.{os.getpid()}.partial"
    try:
        _put(partial, "x", text)
        if os.path.exists(path):
            os.chmod(partial, os.stat(path).st_mode & 0o777)
        os.replace(partial, path)
    except OSError:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


def _put(path: str, mode: str, text: str) -> None:
    # What UTF-8 cannot hold are bytes in names of files, which also JSON can escape so.
    with open(path, mode, encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)


def _list(options: argparse.Namespace) -> int:
    from smtpstatus_dotnet.reports import vocabulary

    if options.target or options.type:
        from smtpstatus_dotnet.parity import EnumDefinition
        from smtpstatus_dotnet.targets import find

        definitions: list[EnumDefinition] = []
        for _, found in find(options.target, options.type):
            if not isinstance(found, EnumDefinition):
                return _fail(str(found))
            definitions.append(found)
        if any(definition != definitions[0] for definition in definitions):
            return _fail(f"{options.target} has builds that differ: name one of them, or see smtpstatus check")
        rows = vocabulary.rows_of(definitions[0])
    else:
        rows = vocabulary.shared_rows()
    return _print(vocabulary.render(rows, options.format), is_data=options.format in ("json", "csv"))


def _show(options: argparse.Namespace) -> int:
    from smtpstatus import SmtpStatusCode
    from smtpstatus_dotnet.reports import vocabulary

    text = " ".join(options.status).strip()
    try:
        if re.fullmatch("-?[0-9]+", text):
            card = vocabulary.render_code(SmtpStatusCode(int(text)))
        elif re.fullmatch(r"[245Xx](\.[0-9]+){2}", text):
            card = vocabulary.render_enhanced_code(text)
        elif re.fullmatch(r"\w*", text):
            card = vocabulary.render_name(text)
        else:
            from smtpstatus.replies import parse_reply

            # One line of several, as people copy it: `550-5.1.1 The account ...`.
            reply = parse_reply(re.sub(r"^([0-9]{3})-(.*)\Z", r"\1 \2", text, flags=re.MULTILINE))
            card = vocabulary.render_code(SmtpStatusCode(reply.code), reply)
    except ValueError as error:
        return _fail(str(error))
    return _print(card)


def _include(_options: argparse.Namespace) -> int:
    import smtpstatus

    package = os.path.dirname(os.path.abspath(smtpstatus.__file__))
    # A wheel has the .proto files beside the modules; a checkout has them in proto/.
    folders = (os.path.dirname(package), os.path.join(os.path.dirname(os.path.dirname(package)), "proto"))
    for folder in folders:
        if os.path.isfile(os.path.join(folder, "smtpstatus", "v1", "smtp_status_code.proto")):
            return _print(f"{folder}\n")
    return _fail(f"smtpstatus/v1/*.proto is in neither {' nor '.join(folders)}: is the installation complete?")


def _completion(options: argparse.Namespace) -> int:
    try:
        import shtab
    except ImportError:
        return _fail("completion needs shtab: pip install 'smtpstatus[completion]'")
    return _print(f"{shtab.complete(_parser(), options.shell)}\n")


def _fail(message: str) -> int:
    with suppress(OSError):  # whoever would read it is gone
        print(f"smtpstatus: {message}", file=sys.stderr, flush=True)
    return 2


# What adds its arguments, what runs it, and what describes it: in a line, and in more.
_COMMANDS: dict[str, _Command] = {
    "check": (_check_arguments, _check, "compare the shared enum with the one in each TARGET", ""),
    "list": (_list_arguments, _list, "print the members of the shared enum, or of a TARGET's", ""),
    "show": (
        _show_arguments,
        _show,
        "explain a status: a code, its name in any spelling, an enhanced status code, or a whole reply",
        "",
    ),
    "include": (
        _include_arguments,
        _include,
        "print the folder in which protoc finds smtpstatus/v1/*.proto",
        'protoc -I. -I"$(smtpstatus include)" mail.proto',
    ),
    "completion": (
        _completion_arguments,
        _completion,
        "print what makes a shell complete this command",
        "Source it from the shell's settings. Needs pip install 'smtpstatus[completion]'.",
    ),
}


if __name__ == "__main__":
    sys.exit(main())
