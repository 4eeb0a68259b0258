"""The command `smtpstatus`."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from smtpstatus_dotnet.command_parser import HelpFormatter, Parser, Version, unknown_arguments, unknown_command
from smtpstatus_dotnet.output import (
    append_to_file,
    fail,
    prepare_streams,
    print_text,
    print_texts,
    say,
    terminal_columns,
    wants_color,
    write_file,
)
from smtpstatus_dotnet.reports import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import Any

    AddArguments = Callable[["Parser"], None]
    Run = Callable[[argparse.Namespace], int]

    from smtpstatus_dotnet.parity import Difference, EnumDefinition, ParityReport


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    prepare_streams()
    command = arguments[0] if arguments else ""
    parser = _parser(command)
    if command and not command.startswith("-") and command not in _COMMANDS:
        parser.error(unknown_command(command, _COMMANDS))
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        options.parser.error(unknown_arguments(options.parser, unknown))
    try:
        return int(options.run(options))
    except Exception:  # noqa: BLE001  # a fault of ours is not a verdict, so the status is not 1
        import traceback

        return fail(f"this is a fault of smtpstatus; please report it\n{traceback.format_exc().rstrip()}")


def _parser(command: str = "") -> Parser:
    """Return the parser of one command, or of all commands: to make them all takes longer than most checks."""
    parser = Parser(
        prog="smtpstatus",
        description="One SMTP status vocabulary for Python and .NET, and proof that both speak it.",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in [command] if command in _COMMANDS else _COMMANDS:
        add_arguments, run, purpose, details = _COMMANDS[name]
        description = f"{purpose[0].upper()}{purpose[1:]}.\n{details}"
        subparser = parsers.add_parser(name, help=purpose, description=description, formatter_class=HelpFormatter)
        add_arguments(subparser)
        subparser.set_defaults(run=run, parser=subparser)
    return parser


# check


def _check_arguments(parser: Parser) -> None:
    parser.make_epilog = lambda: _targets_help(
        "Without a TARGET, those of [tool.smtpstatus] in pyproject.toml; without them, {installed}."
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--type", metavar="NAME", help="the enum's full name: Namespace.Outer+Inner")
    _report_arguments(parser, "NAME|FILE", "accept the differences that this profile declares")


def _report_arguments(parser: Parser, profile: str, profile_help: str) -> None:
    parser.add_argument(
        "--via", choices=("metadata", "clr"), default="metadata",
        help="read assemblies without .NET, or ask a .NET runtime: pip install 'smtpstatus[dotnet]'",
    )  # fmt: skip
    parser.add_argument("--runtime", metavar="auto|coreclr|mono|FOLDER", help="the runtime to ask, with --via clr")
    parser.add_argument("--profile", metavar=profile, help=profile_help)
    parser.add_argument("--write-profile", metavar="FILE", help="write a profile that accepts the present differences")
    format_help = f"of the report: {', '.join(FORMATS)}"
    parser.add_argument("--format", choices=tuple(FORMATS), default="text", metavar="FORMAT", help=format_help)
    output_help = "write the report to FILE; if not all agree, the text report goes to standard error as well"
    parser.add_argument("--output", metavar="FILE", help=output_help)
    parser.add_argument("-q", "--quiet", action="store_true", help="print only what does not agree, in text reports")


def _targets_help(without: str = "") -> str:
    """Return the table of target kinds as text. `without` says what happens without a target."""
    import textwrap

    from smtpstatus_dotnet.targets.table import INSTALLED_SUMMARY, KINDS

    columns = terminal_columns()
    lines = ["A TARGET is one of"]
    for kind in KINDS:
        command = f"pip install 'smtpstatus[{kind.extra}]'".replace(" ", "\xa0")  # stays on one line
        text = f"{kind.summary}: {command}" if kind.extra else kind.summary
        wrapped = textwrap.wrap(text, columns - 24, break_on_hyphens=False)
        summary = [line.replace("\xa0", " ") for line in wrapped]
        forms = f"  {kind.forms}"
        lines += [f"{forms:<24}{summary.pop(0)}"] if len(forms) < 23 else [forms]
        lines += (f"{'':24}{line}" for line in summary)
    lines += textwrap.wrap(without.format(installed=INSTALLED_SUMMARY), columns)
    status = "Exit status: 0 all agree, 1 some differ, 2 some could not be checked."
    return "\n".join([*lines, "", *textwrap.wrap(status, columns)])


def _check(options: argparse.Namespace) -> int:
    from smtpstatus_dotnet import configuration
    from smtpstatus_dotnet.checking import check
    from smtpstatus_dotnet.parity import CheckError

    try:
        configured = configuration.find()
    except CheckError as error:
        return fail(str(error))
    if configured:
        options.targets = options.targets or list(map(configured.locate, configured.targets))
        if not options.write_profile:  # it may be the file that is to be written
            options.profile = options.profile or configured.locate(configured.profile) or None
    if message := _refusal(options, options.targets):
        return fail(message)
    return _print(check(*options.targets, type_name=options.type, **_reading(options)), options)


def _refusal(options: argparse.Namespace, targets: Sequence[str]) -> str:
    """Return why the options do not go together, or an empty text."""
    if options.runtime is not None and options.via != "clr":
        return "--runtime needs --via clr: metadata is read without a runtime"
    if options.output or options.write_profile:
        from smtpstatus_dotnet.overwriting import refusal

        return refusal(options.output, options.write_profile, targets, options.profile)
    return ""


def _reading(options: argparse.Namespace) -> dict[str, Any]:
    runtime = "auto" if options.runtime is None else options.runtime
    return {"profile": options.profile, "via": options.via, "runtime": runtime}


def _print(report: ParityReport, options: argparse.Namespace) -> int:
    from smtpstatus_dotnet.reports import text

    render = import_module(f"smtpstatus_dotnet.reports.{options.format}").render
    if options.output:
        status = write_file(options.output, render(report))
        if report.exit_code:  # a log that says nothing is of no use to whoever reads it
            say(text.render(report, is_quiet=options.quiet))
    elif options.format == "text":
        status = print_text(text.render(report, is_colored=wants_color(), is_quiet=options.quiet))
    else:
        status = print_text(render(report), is_data=FORMATS[options.format])
    if options.format == "github" and os.environ.get("GITHUB_STEP_SUMMARY"):
        from smtpstatus_dotnet.reports import markdown

        status = status or append_to_file(os.environ["GITHUB_STEP_SUMMARY"], markdown.render(report))
    if options.write_profile:
        status = status or _write_profile(options.write_profile, report)
    return status or report.exit_code


def _write_profile(path: str, report: ParityReport) -> int:
    from smtpstatus_dotnet import profiles

    differences_by_enum: dict[str, tuple[Difference, ...]] = {}
    for result in report.results:
        definition = result.definition or result.first
        if not definition or result.error or (report.is_all and not result.found):
            continue
        if differences_by_enum.setdefault(definition.full_name, result.found) != result.found:
            return fail(f"the builds of {definition.full_name} differ in different ways: name one build as the TARGET")
    if not differences_by_enum:
        return fail("no enum was read, so there is no profile to write")
    try:
        text = profiles.write(path, differences_by_enum)
    except profiles.ProfileError as error:
        return fail(str(error))
    status = write_file(path, text)
    if not status:
        say(f"smtpstatus: wrote {path}; fill in each reason that is empty, then check with --profile {path}\n")
    return status


# diff


def _diff_arguments(parser: Parser) -> None:
    parser.make_epilog = _targets_help
    parser.add_argument("first", metavar="FIRST", help="a TARGET")
    parser.add_argument("second", metavar="SECOND", help="another TARGET")
    type_help = "the enum's full name: Namespace.Outer+Inner; twice if the second side has another name for it"
    parser.add_argument("--type", metavar="NAME", action="append", default=[], help=type_help)
    all_help = "compare all enums of two assemblies, packages or descriptor sets, by their full names"
    parser.add_argument("--all", action="store_true", help=all_help)
    _report_arguments(parser, "FILE", "accept the differences that this file of profiles declares")


def _diff(options: argparse.Namespace) -> int:
    from smtpstatus_dotnet.diffing import diff

    if len(options.type) > 2:
        return fail(f"expected --type once or twice, found it {len(options.type)} times")
    if options.all and (options.type or options.via == "clr"):
        return fail("--all compares all enums, by their metadata: leave out --type and --via clr")
    if message := _refusal(options, [options.first, options.second]):
        return fail(message)
    report = diff(options.first, options.second, type_names=options.type, is_all=options.all, **_reading(options))
    return _print(report, options)


# list


def _list_arguments(parser: Parser) -> None:
    parser.add_argument("target", nargs="?", metavar="TARGET", help="see smtpstatus check --help")
    parser.add_argument("--type", metavar="NAME", help="the enum's full name: Namespace.Outer+Inner")
    parser.add_argument(
        "--table", choices=_TABLES, metavar="TABLE", help=f"a table for databases instead: {', '.join(_TABLES)}"
    )
    parser.add_argument("--format", choices=("text", "json", "csv", "markdown"), default="text")


_TABLES = ("codes", "enhanced-codes", "conditions", "rules")


def _list(options: argparse.Namespace) -> int:
    from smtpstatus_dotnet import member_table

    if options.table:
        if options.target or options.type:
            return fail("--table is about the shared enum: name no TARGET and no --type")
        from smtpstatus import tables

        rows = getattr(tables, options.table.replace("-", "_"))()
    elif options.target or options.type:
        from smtpstatus_dotnet.targets.reading import Unread
        from smtpstatus_dotnet.targets.table import find

        definitions: list[EnumDefinition] = []
        for found in find(options.target, options.type):
            if isinstance(found, Unread):
                return fail(str(found.error))
            definitions.append(found)
        names = sorted({definition.full_name for definition in definitions})
        if len(names) > 1:
            return fail(f"{options.target} has {' and '.join(names)}: choose one with --type")
        if any(definition != definitions[0] for definition in definitions):
            return fail(f"{options.target} has builds that differ: name one of them, or see smtpstatus check")
        rows = member_table.rows_of(definitions[0])
    else:
        rows = member_table.shared_rows()
    return print_text(member_table.render(rows, options.format), is_data=options.format in ("json", "csv"))


# show


def _show_arguments(parser: Parser) -> None:
    examples = "550, -1, MailboxBusy, MAILBOX_BUSY, 5.1.1, a reply: 550 5.1.1 User unknown, or a log's line with one"
    parser.add_argument("status", nargs="*", metavar="CODE|NAME|ENHANCED CODE|REPLY", help=examples)
    json_help = "json prints a line; without a status, it reads standard input, and prints a line for each"
    parser.add_argument("--format", choices=("text", "json"), default="text", help=json_help)
    parser.add_argument("--encoding", default="utf-8", help="of replies: gb18030, big5, ..., or detect")
    open_help = "open the status reference in the browser, searched for the status or any words if there are some"
    parser.add_argument("--open", action="store_true", help=open_help)


def _show(options: argparse.Namespace) -> int:
    is_json = options.format == "json"
    if options.open:
        if is_json:
            return fail("--open shows a page: leave out --format json")
        from smtpstatus_dotnet import status_page

        return status_page.show(" ".join(options.status))
    from smtpstatus.extras import MissingExtraError
    from smtpstatus_dotnet import status_card, status_facts

    try:
        if is_json and not options.status:
            return print_texts(status_facts.of_lines(sys.stdin, options.encoding), is_data=True)
        if not options.status:
            return fail("expected a status such as 550; only --format json reads standard input, a status a line")
        statuses = status_facts.statuses_of(options.status, options.encoding)
        cards = map(status_facts.line, statuses) if is_json else ["\n".join(map(status_card.render, statuses))]
        return print_texts(cards, is_data=is_json)
    except (LookupError, MissingExtraError, ValueError) as error:
        return fail(str(error))


# include, completion


def _no_arguments(_: Parser) -> None:
    pass


def _include(_options: argparse.Namespace) -> int:
    from smtpstatus_dotnet.targets.proto_file import our_folders

    for folder in our_folders():
        if os.path.isfile(os.path.join(folder, "smtpstatus", "v1", "smtp_status_code.proto")):
            return print_text(f"{folder}\n")
    return fail(f"smtpstatus/v1/*.proto is in neither {' nor '.join(our_folders())}: is the installation complete?")


def _completion_arguments(parser: Parser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish", "tcsh", "powershell"))


def _completion(options: argparse.Namespace) -> int:
    from smtpstatus.extras import MissingExtraError, needs_extra

    try:
        with needs_extra("completion", "completion"):
            import shtab
    except MissingExtraError as error:
        return fail(str(error))
    return print_text(f"{shtab.complete(_parser(), options.shell)}\n")


# The function that adds the command's arguments, the one that runs it, its purpose in a line, and details.
_COMMANDS: dict[str, tuple[AddArguments, Run, str, str]] = {
    "check": (_check_arguments, _check, "compare the shared enum with the one in each TARGET", ""),
    "diff": (_diff_arguments, _diff, "compare any two enums, or all enums of two assemblies", ""),
    "list": (_list_arguments, _list, "print the members of the shared enum, or of a TARGET's", ""),
    "show": (
        _show_arguments,
        _show,
        "explain a status: a code, its name in any spelling, an enhanced status code, or a whole reply",
        "",
    ),
    "include": (
        _no_arguments,
        _include,
        "print the folder in which protoc finds smtpstatus/v1/*.proto",
        'protoc -I. -I"$(smtpstatus include)" mail.proto',
    ),
    "completion": (
        _completion_arguments,
        _completion,
        "print a shell's completion script for this command",
        "Source it from the shell's settings. Needs pip install 'smtpstatus[completion]'.",
    ),
}


if __name__ == "__main__":
    sys.exit(main())
