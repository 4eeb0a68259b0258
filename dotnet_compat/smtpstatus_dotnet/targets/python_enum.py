"""Enums of Python: `python:module:Class`, which imports the module.

Class is an Enum of ints, protobuf's EnumTypeWrapper, a mapping of names to ints, or a class or object with ints as
attributes.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.foreign_code import run_foreign
from smtpstatus_dotnet.targets.reading import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtpstatus_dotnet.targets.reading import Found, Request

    Items = list[tuple[str, int]]


def read(target: str, request: Request) -> Iterable[Found]:
    """Return the enum that a target names. Its members are compared under the names that C# would give them.

    The module is found as `python -m` finds it: from the current folder, too. Raises TargetError if the request names
    an enum, too; EnumReadError if the module cannot be imported or the object is not an enum of ints, and
    EnumNotFoundError if the module has no such name.
    """
    _, module_name, qualified_name = (*target.split(":", 2), "", "")[:3]
    if not module_name or not qualified_name:
        raise TargetError(f"expected python:module:Class, found {target}")
    if request.full_names:
        raise TargetError(
            f"{target} itself names the enum: expected no --type, found {' or '.join(request.full_names)}"
        )
    module = run_foreign(lambda: _import(module_name), f"importing {module_name} failed")
    # Its own errors are returned, not raised: foreign code may raise these classes, too.
    found = run_foreign(lambda: _look(module, module_name, qualified_name), f"{target} cannot be read as an enum")
    if isinstance(found, EnumReadError):
        raise found
    members: dict[str, int] = {}
    enum_name, items = found
    for name, number in items:
        # The rule drops the enum's own name, as C# does: SMTP_STATUS_CODE_OK and OK are the same.
        dotnet_name = csharp_value_name(enum_name, name)
        if dotnet_name in members:
            raise EnumReadError(f"{qualified_name} has two members that are {dotnet_name} in C#")
        if not -(1 << 63) <= number < 1 << 64:
            raise EnumReadError(f"{target} has a member {name} that no .NET enum can hold: expected at most 64 bits")
        members[dotnet_name] = number
    if not members:
        raise EnumReadError(
            f"{target} has no names that stand for ints: expected an enum, a mapping or a class of ints"
        )
    return [EnumDefinition(f"{module_name}.{qualified_name}", None, members, Origin(target, via="import"))]


def _import(module_name: str) -> object:
    with suppress(OSError):  # the current folder may be deleted
        sys.path.insert(0, os.getcwd())
    return importlib.import_module(module_name)


def _look(module: object, module_name: str, qualified_name: str) -> tuple[str, Items] | EnumReadError:
    """Return the name of an enum and its members, aliases included, in declared order; or the error of the target."""
    value: Any = module
    for name in qualified_name.split("."):
        try:
            value = getattr(value, name)
        except AttributeError:
            return EnumNotFoundError(f"the module {module_name} has no {qualified_name}")
    has_others = False
    pairs: Any
    if hasattr(value, "__members__"):  # an Enum
        pairs = ((name, member.value) for name, member in value.__members__.items())
    elif hasattr(value, "items"):  # a mapping, an EnumTypeWrapper
        pairs = value.items()
    else:
        pairs = getattr(value, "__dict__", {}).items()
        has_others = True  # methods, and whatever else a class or an object has
    listed: list[tuple[Any, Any]] = list(islice(pairs, limits.MEMBER_COUNT + 1))  # it may yield without end
    if len(listed) > limits.MEMBER_COUNT:
        return EnumReadError(f"{module_name}:{qualified_name} has more than {limits.MEMBER_COUNT} names")
    items: Items = []
    for name, number in listed:
        is_member = isinstance(name, str) and isinstance(number, int) and not isinstance(number, bool)
        if is_member and not (has_others and str.startswith(name, "_")):
            items.append((str.__str__(name), int.__int__(number)))  # not what a subclass says that it is
        elif not has_others:
            found = f"{name!r}, which stands for {number!r}"[:200]
            return EnumReadError(f"{qualified_name} has other things than names that stand for ints: found {found}")
    # An EnumTypeWrapper has the enum's descriptor; the name of its class is another.
    enum_name = getattr(getattr(value, "DESCRIPTOR", None), "name", "")
    return (str.__str__(enum_name) if enum_name else qualified_name.rpartition(".")[2]), items
