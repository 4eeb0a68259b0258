"""Parsers of commands: help as wide as the terminal, and suggestions for what was probably meant."""

from __future__ import annotations

import argparse
import sys

from smtpstatus_dotnet.output import fail, print_text, terminal_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import NoReturn


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """A formatter as wide as the terminal: to ask for the width, argparse would import shutil at every start."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=terminal_columns() - 2)


class Parser(argparse.ArgumentParser):
    """A parser that makes its epilog only to print help: most checks print none."""

    make_epilog: Callable[[], str] | None = None

    def format_help(self) -> str:
        self.epilog = self.make_epilog() if self.make_epilog else None
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the arguments, which may hold anything: argparse would print them as they are."""
        if sys.stderr:  # argparse would take standard output instead of a closed one
            self.print_usage(sys.stderr)
        sys.exit(fail(message))


class Version(argparse.Action):
    """The option --version."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # takes longer than a check

        parser.exit(print_text(f"smtpstatus {version('smtpstatus')}\n"))


def unknown_command(command: str, commands: Collection[str]) -> str:
    """Return an error message with the command that was probably meant."""
    import re

    if re.fullmatch(r"[0-9]{3}|[245](\.[0-9]+){2}", command):
        instead = f"smtpstatus show {command}"
    elif re.search(r"[./:\\]", command):
        instead = f"smtpstatus check {command}"
    else:
        instead = _closest(command, commands)
    hint = f"did you mean {instead}? " if instead else ""
    return f"there is no command {command[:100]}: {hint}expected one of {', '.join(commands)}"


def unknown_arguments(parser: argparse.ArgumentParser, unknown: list[str]) -> str:
    """Return an error message with the option that was probably meant."""
    import re

    option = unknown[0].partition("=")[0]
    instead = _closest(option, re.findall(r"--[\w-]+", parser.format_usage())) if option.startswith("-") else ""
    return f"unrecognized arguments: {' '.join(unknown)}" + (f"; did you mean {instead}?" if instead else "")


def _closest(word: str, words: Iterable[str]) -> str:
    from difflib import get_close_matches  # an error may take longer than a check

    return next(iter(get_close_matches(word[:100], list(words), n=1)), "")
