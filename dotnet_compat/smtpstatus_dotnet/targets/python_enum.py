"""Enums of Python: `python:module:Class`, which imports the module.

Class is an Enum of ints, protobuf's EnumTypeWrapper, or anything else whose names stand for ints: a mapping, or
a class or object with such attributes.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, cast

from smtpstatus._open_enum import csharp_value_name
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import Enum


def read_enum(target: str) -> EnumDefinition:
    """Return the enum that a target names; its members are compared under the names that C# would give them.

    The module is found as `python -m` finds it: from the current folder, too. Raises EnumReadError where it cannot
    be imported or what is found is no enum of ints, EnumNotFoundError where the module has no such name.
    """
    _, module_name, qualified_name = (*target.split(":", 2), "", "")[:3]
    if not module_name or not qualified_name:
        raise EnumReadError(f"expected python:module:Class, found {target}")
    found: Any = _import(module_name)
    for name in qualified_name.split("."):
        try:
            found = getattr(found, name)
        except AttributeError as error:
            raise EnumNotFoundError(f"the module {module_name} has no {qualified_name}") from error
    try:
        pairs = _members(found)
    except Exception as error:  # whatever a stranger's object does when it is looked at
        raise EnumReadError(f"{target} cannot be read as an enum: {type(error).__name__}: {error}") from error
    members: dict[str, int] = {}
    for name, number in pairs:
        # The rule drops the enum's own name, as C# does: SMTP_STATUS_CODE_OK and OK are one.
        dotnet_name = csharp_value_name(_name_of(found, qualified_name), name)
        if dotnet_name in members:
            raise EnumReadError(f"{target} has two members that are {dotnet_name} in C#")
        members[dotnet_name] = int(number)
    if not members:
        raise EnumReadError(
            f"{target} has no names that stand for ints: expected an enum, a mapping or a class of ints"
        )
    return EnumDefinition(f"{module_name}.{qualified_name}", None, members, Origin(target, via="import"))


def _import(module_name: str) -> object:
    here = os.getcwd()
    sys.path.insert(0, here)
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # whatever the module does when it is imported
        raise EnumReadError(f"importing {module_name} failed: {type(error).__name__}: {error}") from error
    finally:
        if here in sys.path:  # the module may have changed it
            sys.path.remove(here)


def _name_of(found: object, qualified_name: str) -> str:
    if name := getattr(getattr(found, "DESCRIPTOR", None), "name", ""):  # an EnumTypeWrapper's, whose class has another
        return str(name)
    return qualified_name.rpartition(".")[2]


def _members(found: Any) -> list[tuple[str, int]]:
    """Return names and numbers, aliases included, in declared order."""
    items: Mapping[str, Any]
    if hasattr(found, "__members__"):  # an Enum
        items = {name: member.value for name, member in cast("Mapping[str, Enum]", found.__members__).items()}
    elif hasattr(found, "items"):  # a mapping, an EnumTypeWrapper
        items = dict(cast("Iterable[tuple[str, Any]]", found.items()))
    else:
        items = cast("Mapping[str, Any]", getattr(found, "__dict__", {}))
    return [(name, value) for name, value in items.items() if _is_member(name, value)]


def _is_member(name: object, value: object) -> bool:
    return isinstance(name, str) and not name.startswith("_") and isinstance(value, int) and not isinstance(value, bool)
