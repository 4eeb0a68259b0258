"""A pytest item for each target of `[tool.smtpstatus]` in pyproject.toml: the same check as `smtpstatus check`.

    [tool.smtpstatus]
    targets = ["pkg:pypi/aspose-email-for-python-via-net", "lib/MailKit.dll"]
    profile = "parity.toml"

The options `smtpstatus_targets` and `smtpstatus_profile` of pytest say the same, for projects with a pytest.ini. The
file that names the targets is collected like a test file: `pytest pyproject.toml` runs them, and so does a run that
names no files. Every pytest run of an environment imports this module, so it imports nothing but pytest.
"""

from __future__ import annotations

import os

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from smtpstatus_dotnet.configuration import Configuration
    from smtpstatus_dotnet.parity import ParityReport

_CONFIGURATION = pytest.StashKey["Configuration | None"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("smtpstatus_targets", "the TARGETs to check the shared SMTP status enum against", "linelist")
    parser.addini("smtpstatus_profile", "a profile that accepts differences: a full .NET name or a file", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Let a run that names no files collect the file with the targets."""
    config.addinivalue_line("markers", "smtpstatus: a target of smtpstatus, compared with the shared enum")
    configuration = config.stash[_CONFIGURATION] = _read(config)
    if configuration and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args.append(configuration.path)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    configuration = parent.config.stash[_CONFIGURATION]
    if not configuration or str(file_path) != configuration.path:
        return None
    collector: TargetsFile = TargetsFile.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]  # pytest leaves it untyped
    return collector


def _read(config: pytest.Config) -> Configuration | None:
    """Return the configuration: of pytest's own options, or of the pyproject.toml at the root."""
    targets, profile = config.getini("smtpstatus_targets"), config.getini("smtpstatus_profile")
    path = str(config.rootpath / "pyproject.toml")
    if not targets and not os.path.exists(path):
        return None
    if targets and config.inipath:
        from smtpstatus_dotnet.configuration import Configuration

        return Configuration(str(config.inipath), tuple(targets), profile)
    from smtpstatus_dotnet.configuration import ConfigurationError, read

    try:
        configuration = read(path)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error
    return configuration if configuration and configuration.targets else None


class DifferenceError(Exception):
    """The two sides differ, or one could not be read: the report says how."""

    def __init__(self, report: ParityReport) -> None:
        super().__init__(report)
        self.report = report


class TargetsFile(pytest.File):
    """The file that names the targets."""

    def collect(self) -> Iterator[pytest.Item]:
        from smtpstatus_dotnet.output import printable

        configuration = self.config.stash[_CONFIGURATION]
        for target in configuration.targets if configuration else ():
            name = f"smtpstatus[{printable(target)}]"
            # With an id that it parses itself, pytest 9 recognizes the item in --last-failed.
            item: ParityItem = ParityItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}")  # pyright: ignore[reportUnknownMemberType]  # as above
            item.target = target
            item.add_marker("smtpstatus")
            yield item


class ParityItem(pytest.Item):
    """One target. It passes if `smtpstatus check` would exit with 0."""

    target: str

    def runtest(self) -> None:
        from smtpstatus_dotnet import check

        configuration = self.config.stash[_CONFIGURATION]
        assert configuration  # noqa: S101 - else there would be no item
        profile = configuration.locate(configuration.profile)
        report = check(configuration.locate(self.target), profile=profile or None)
        if report.exit_code:
            raise DifferenceError(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the text report if the check failed, and pytest's own text for any other error."""
        if not isinstance(excinfo.value, DifferenceError):
            return super().repr_failure(excinfo, style)
        from smtpstatus_dotnet.reports import text

        return text.render(excinfo.value.report)

    def reportinfo(self) -> tuple[os.PathLike[str], None, str]:
        return self.path, None, self.name
