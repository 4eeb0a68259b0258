"""A pytest item for each target of the option `smtpstatus_targets`: the same check as `smtpstatus check`.

In pyproject.toml, with `smtpstatus_profile` for a profile of your own:

    [tool.pytest.ini_options]
    smtpstatus_targets = ["pkg:pypi/aspose-email-for-python-via-net", "lib/MailKit.dll"]

Every pytest run of an environment imports this module, so it imports nothing but pytest.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import Any

    from smtpstatus_dotnet.parity import ParityReport


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("smtpstatus_targets", "the TARGETs to check the shared SMTP status enum against", "linelist")
    parser.addini("smtpstatus_profile", "a profile that accepts differences: a full .NET name or a file", default="")


@pytest.hookimpl(tryfirst=True)  # before -k and -m choose among the items
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the items, unless the command line names single tests."""
    targets: list[str] = config.getini("smtpstatus_targets")
    if targets and not any("::" in argument for argument in config.args):
        items.extend(_items(session, targets))


def _items(session: pytest.Session, targets: list[str]) -> Iterator[pytest.Item]:
    from smtpstatus_dotnet.output import printable

    for target in targets:
        name = f"smtpstatus[{printable(target)}]"
        # With an id of its own, pytest 9 recognizes the item in --last-failed.
        item: ParityItem = ParityItem.from_parent(session, name=name, nodeid=f"::{name}")  # pyright: ignore[reportUnknownMemberType]  # pytest leaves it untyped
        item.target = _from_configuration(session.config, target)
        yield item


def _from_configuration(config: pytest.Config, name: str) -> str:
    """Return a target or profile; a path in a configuration file is relative to that file."""
    path = (config.inipath.parent if config.inipath else config.rootpath) / name
    return str(path) if name and path.exists() else name


class DifferenceError(Exception):
    """The two sides differ, or one could not be read: the report says how."""

    def __init__(self, report: ParityReport) -> None:
        super().__init__(report)
        self.report = report


class ParityItem(pytest.Item):
    """One target. It passes if `smtpstatus check` would exit with 0."""

    target: str

    def runtest(self) -> None:
        from smtpstatus_dotnet import check

        profile = _from_configuration(self.config, self.config.getini("smtpstatus_profile"))
        report = check(self.target, profile=profile or None)
        if report.exit_code:
            raise DifferenceError(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the text report if the check failed, and pytest's own text for any other error."""
        if not isinstance(excinfo.value, DifferenceError):
            return super().repr_failure(excinfo, style)
        from smtpstatus_dotnet.reports import text

        return text.render(excinfo.value.report)

    def reportinfo(self) -> tuple[os.PathLike[str], None, str]:
        return self.config.rootpath, None, self.name
