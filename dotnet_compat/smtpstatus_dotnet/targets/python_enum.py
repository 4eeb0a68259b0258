"""Enums of Python: `python:module:Class`, which imports the module.

Class is an Enum of ints, protobuf's EnumTypeWrapper, a mapping of names to ints, or a class or object with ints as
attributes.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, cast

from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.reading import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import Enum

    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterable[Found]:  # noqa: ARG001  # the target itself names the enum
    """Return the enum that a target names. Its members are compared under the names that C# would give them.

    The module is found as `python -m` finds it: from the current folder, too. Raises EnumReadError if it cannot be
    imported or the object is not an enum of ints, and EnumNotFoundError if the module has no such name.
    """
    _, module_name, qualified_name = (*target.split(":", 2), "", "")[:3]
    if not module_name or not qualified_name:
        raise TargetError(f"expected python:module:Class, found {target}")
    module = _import(module_name)
    try:
        members = _members(_find(module, module_name, qualified_name), qualified_name)
    except EnumReadError:
        raise
    except Exception as error:  # foreign code may raise anything when it is looked at
        raise EnumReadError(f"{target} cannot be read as an enum: {type(error).__name__}: {error}") from error
    if not members:
        raise EnumReadError(
            f"{target} has no names that stand for ints: expected an enum, a mapping or a class of ints"
        )
    return [EnumDefinition(f"{module_name}.{qualified_name}", None, members, Origin(target, via="import"))]


def _import(module_name: str) -> object:
    current_folder = os.getcwd()
    sys.path.insert(0, current_folder)
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # the module may raise anything when it is imported
        raise EnumReadError(f"importing {module_name} failed: {type(error).__name__}: {error}") from error
    finally:
        if current_folder in sys.path:  # the module may have changed it
            sys.path.remove(current_folder)


def _find(module: Any, module_name: str, qualified_name: str) -> Any:
    value = module
    for name in qualified_name.split("."):
        try:
            value = getattr(value, name)
        except AttributeError as error:
            raise EnumNotFoundError(f"the module {module_name} has no {qualified_name}") from error
    return value


def _enum_name(value: object, qualified_name: str) -> str:
    # An EnumTypeWrapper has the enum's descriptor; the name of its class is another.
    name = getattr(getattr(value, "DESCRIPTOR", None), "name", "")
    return str(name) if name else qualified_name.rpartition(".")[2]


def _members(value: Any, qualified_name: str) -> dict[str, int]:
    """Return numbers by .NET-style names, aliases included, in declared order."""
    items: Mapping[str, Any]
    if hasattr(value, "__members__"):  # an Enum
        items = {name: member.value for name, member in cast("Mapping[str, Enum]", value.__members__).items()}
    elif hasattr(value, "items"):  # a mapping, an EnumTypeWrapper
        items = dict(cast("Iterable[tuple[str, Any]]", value.items()))
    else:
        items = cast("Mapping[str, Any]", getattr(value, "__dict__", {}))
    enum_name = _enum_name(value, qualified_name)
    members: dict[str, int] = {}
    for name, number in items.items():
        if _is_member(name, number):
            # The rule drops the enum's own name, as C# does: SMTP_STATUS_CODE_OK and OK are the same.
            dotnet_name = csharp_value_name(enum_name, name)
            if dotnet_name in members:
                raise EnumReadError(f"{qualified_name} has two members that are {dotnet_name} in C#")
            members[dotnet_name] = int(number)
    return members


def _is_member(name: object, value: object) -> bool:
    return isinstance(name, str) and not name.startswith("_") and isinstance(value, int) and not isinstance(value, bool)
