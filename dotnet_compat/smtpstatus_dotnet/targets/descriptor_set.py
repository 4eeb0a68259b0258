"""Enums of protobuf descriptors: a FileDescriptorSet, or an image of buf, which has the same fields and more."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import DecodeError

from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.reading import read_limited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

    from smtpstatus_dotnet.targets.reading import Found, Request


def read(target: str, request: Request) -> Iterable[Found]:
    """Return the enum of a descriptor set; the names in the request are protobuf's.

    Raises EnumReadError if the file is not a descriptor set, EnumNotFoundError if it has no such enum, and OSError.
    """
    data = read_limited(target, limits.DESCRIPTOR_SET_BYTES, "a descriptor set")
    try:
        files = FileDescriptorSet.FromString(data).file
    except (DecodeError, UnicodeDecodeError) as error:  # the pure-Python protobuf raises the latter
        raise EnumReadError(
            f"{target} is not a descriptor set: expected the output of protoc --descriptor_set_out or of buf build"
        ) from error
    return [find_enum(files, request.full_names[0], Origin(target, via="descriptor set"))]


def find_enum(files: Iterable[FileDescriptorProto], full_name: str, origin: Origin) -> EnumDefinition:
    """Return the enum of that name, or raise EnumNotFoundError, which lists the enums with the same short name.

    Descriptors are not put into a pool: there, a changed copy of our own file would be a conflict.
    """
    short_name = full_name.rpartition(".")[2]
    others: list[str] = []
    for file in files:
        for found, enum in _enums(file.package, file.enum_type, file.message_type):
            if found == full_name:
                return _definition(full_name, enum, origin)
            if enum.name == short_name:
                others.append(found)
    hint = f"it has {', '.join(others[:8])} of the same short name: name it with --type" if others else ""
    raise EnumNotFoundError(f"{origin.location} has no enum {full_name}", hint)


def _enums(
    scope: str, enums: Iterable[EnumDescriptorProto], messages: Iterable[DescriptorProto]
) -> Iterator[tuple[str, EnumDescriptorProto]]:
    """Yield the enums of a file or a message with their full names, and then those of its nested messages."""
    for enum in enums:
        yield f"{scope}.{enum.name}".lstrip("."), enum
    for message in messages:
        yield from _enums(f"{scope}.{message.name}", message.enum_type, message.nested_type)


def _definition(full_name: str, enum: EnumDescriptorProto, origin: Origin) -> EnumDefinition:
    members: dict[str, int] = {}
    for value in enum.value:
        try:
            name = csharp_value_name(enum.name, value.name)
        except TypeError as error:  # a string of proto2 may hold any bytes; if they are not UTF-8, it is a bytes object
            raise EnumReadError(
                f"{full_name} in {origin.location} has a name that is not UTF-8: {value.name!r}"
            ) from error
        if name in members:
            raise EnumReadError(f"{full_name} in {origin.location} has two values that are {name} in C#")
        members[name] = value.number
    return EnumDefinition(full_name, None, members, origin)
