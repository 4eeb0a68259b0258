"""Enums of protobuf descriptors: a FileDescriptorSet, or a buf image, which is one with more in it."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import DecodeError

from smtpstatus._open_enum import csharp_value_name
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets import SHARED_TYPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

SIZE_LIMIT = 64 << 20  # bytes; an image of all of googleapis has some 30 MiB


def read_enum(path: str, full_name: str | None) -> EnumDefinition:
    """Return one enum of a descriptor set; `full_name` is protobuf's, by default that of the shared enum.

    Raises EnumReadError where the file is no descriptor set, EnumNotFoundError where it has no such enum, and
    OSError.
    """
    with open(path, "rb") as file:
        data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise EnumReadError(f"{path} is no descriptor set: expected at most {SIZE_LIMIT >> 20} MiB")
    try:
        files = FileDescriptorSet.FromString(data).file
    except (DecodeError, UnicodeDecodeError) as error:  # the pure-Python protobuf lets the latter out
        raise EnumReadError(
            f"{path} is no descriptor set, as protoc --descriptor_set_out or buf build write it"
        ) from error
    return find_enum(files, full_name or SHARED_TYPE, Origin(path, via="descriptor set"))


def find_enum(files: Iterable[FileDescriptorProto], full_name: str, origin: Origin) -> EnumDefinition:
    """Return the enum of that name; raise EnumNotFoundError, which names those of the same short name.

    Descriptors are read as they are and put into no pool: a changed copy of our own file is no clash.
    """
    short_name = full_name.rpartition(".")[2]
    others: list[str] = []
    for file in files:
        for found, enum in _enums(file.package, file.enum_type, file.message_type):
            if found == full_name:
                return _definition(full_name, enum, origin)
            if enum.name == short_name:
                others.append(found)
    hint = f"of the same short name it has {', '.join(others[:8])}: name one by --type" if others else ""
    raise EnumNotFoundError(f"{origin.location} has no enum {full_name}", hint)


def _enums(
    scope: str, enums: Iterable[EnumDescriptorProto], messages: Iterable[DescriptorProto]
) -> Iterator[tuple[str, EnumDescriptorProto]]:
    """Yield the enums of a file or a message with their full names, those of nested messages too."""
    for enum in enums:
        yield f"{scope}.{enum.name}".lstrip("."), enum
    for message in messages:
        yield from _enums(f"{scope}.{message.name}", message.enum_type, message.nested_type)


def _definition(full_name: str, enum: EnumDescriptorProto, origin: Origin) -> EnumDefinition:
    members: dict[str, int] = {}
    for value in enum.value:
        try:
            name = csharp_value_name(enum.name, value.name)
        except TypeError as error:  # strings of proto2 may hold anything: what is not UTF-8 comes as bytes
            raise EnumReadError(
                f"{full_name} in {origin.location} has a name that is not UTF-8: {value.name!r}"
            ) from error
        if name in members:
            raise EnumReadError(f"{full_name} in {origin.location} has two values that are {name} in C#")
        members[name] = value.number
    return EnumDefinition(full_name, None, members, origin)
