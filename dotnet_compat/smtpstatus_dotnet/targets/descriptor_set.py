"""Enums of protobuf descriptors: a FileDescriptorSet, or an image of buf, which has the same fields and more."""

from __future__ import annotations

from smtpstatus.protobuf_names import csharp_value_name
from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumDefinition, EnumNotFoundError, EnumReadError, Origin
from smtpstatus_dotnet.targets.reading import Unread, read_limited
from smtpstatus_dotnet.targets.wire_format import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtpstatus_dotnet.targets.reading import Found, Request

    Message = tuple[bytes, int, int]
    """Data, and the start and end of a message in it."""

# The numbers of the fields in descriptor.proto.
_SET_FILE = 1
_FILE_PACKAGE, _FILE_MESSAGE, _FILE_ENUM = 2, 4, 5
_NAME, _MESSAGE_MESSAGE, _MESSAGE_ENUM = 1, 3, 4
_ENUM_VALUE = 2
_VALUE_NAME, _VALUE_NUMBER = 1, 2


def read(target: str, request: Request) -> Iterable[Found]:
    """Return the enum of a descriptor set, or all; the names in the request are protobuf's.

    Raises EnumReadError if the file is not a descriptor set, EnumNotFoundError if it has no such enum, and OSError.
    """
    data = read_limited(target, limits.DESCRIPTOR_SET_BYTES, "a descriptor set")
    return read_enums(data, target, request, via="descriptor set")


def read_enums(data: bytes, target: str, request: Request, *, via: str) -> Iterable[Found]:
    """Return the enum of a descriptor set, or all, that was made of a target. Raises the errors of `read`."""
    files = (
        (data, place.start, place.stop)
        for number, place in fields(data, 0, len(data))
        if number == _SET_FILE and isinstance(place, slice)
    )
    origin = Origin(target, via=via)
    try:
        return _all_enums(files, origin) if request.is_all else [find_enum(files, request.full_names[0], origin)]
    except ValueError as error:
        raise EnumReadError(
            f"{target} is not a descriptor set: expected the output of protoc --descriptor_set_out or of buf build"
        ) from error


def find_enum(files: Iterable[Message], full_name: str, origin: Origin) -> EnumDefinition:
    """Return the enum of that name, or raise EnumNotFoundError, which lists the enums with the same short name.

    The files are read on the wire: protobuf's parser makes hundreds of bytes of an empty message, which has two. Raises
    ValueError if a file is not a FileDescriptorProto.
    """
    short_name = full_name.rpartition(".")[2].encode(errors="surrogateescape")
    wanted: Message | None = None
    others: list[str] = []
    for file in files:
        if file[0].find(short_name, *file[1:]) < 0:
            for _ in fields(*file):  # it must be a message, and there may be many
                pass
            continue
        for found, enum in _enums(file, short_name):
            if found == full_name:
                wanted = wanted or enum
            elif len(others) < 8:
                others.append(found)
    if wanted:
        return _definition(full_name, wanted, origin)
    hint = f"it has {', '.join(others)} of the same short name: name it with --type" if others else ""
    raise EnumNotFoundError(f"{origin.location} has no enum {full_name}", hint)


def _all_enums(files: Iterable[Message], origin: Origin) -> list[Found]:
    found: dict[str, Found] = {}
    for file in files:
        for full_name, enum in _enums(file):
            if len(found) == limits.ENUM_COUNT:
                raise EnumReadError(f"{origin.location} has more than {limits.ENUM_COUNT} enums")
            if full_name not in found:
                try:
                    found[full_name] = _definition(full_name, enum, origin)
                except EnumReadError as error:
                    found[full_name] = Unread(origin, error.with_traceback(None))
    return list(found.values())


def _enums(file: Message, short_name: bytes = b"") -> Iterator[tuple[str, Message]]:
    """Yield the enums of a file and of its messages, those of one short name or all: their full names and places."""
    scopes = [(file, "", _FILE_PACKAGE, _FILE_ENUM, _FILE_MESSAGE, 0)]
    while scopes:
        scope, outer_name, name_field, enum_field, message_field, depth = scopes.pop()
        if depth > limits.DESCRIPTOR_DEPTH:
            raise ValueError(f"expected messages nested up to {limits.DESCRIPTOR_DEPTH} deep")
        data = scope[0]
        scope_name = b""
        enums: list[Message] = []
        messages: list[Message] = []
        for number, place in fields(*scope):
            if not isinstance(place, slice):
                continue
            if number == name_field:
                scope_name = data[place]
            elif number in (enum_field, message_field) and data.find(short_name, place.start, place.stop) >= 0:
                (enums if number == enum_field else messages).append((data, place.start, place.stop))
        name = f"{outer_name}.{scope_name.decode(errors='surrogateescape')}".lstrip(".")
        for enum in enums:
            found = _name(enum)
            if short_name in (b"", found):
                yield f"{name}.{found.decode(errors='surrogateescape')}".lstrip("."), enum
        scopes += ((message, name, _NAME, _MESSAGE_ENUM, _MESSAGE_MESSAGE, depth + 1) for message in reversed(messages))


def _name(message: Message) -> bytes:
    """Return the name of an enum: if it is there several times, the last one counts."""
    names = [place for number, place in fields(*message) if number == _NAME and isinstance(place, slice)]
    return message[0][names[-1]] if names else b""


def _definition(full_name: str, enum: Message, origin: Origin) -> EnumDefinition:
    enum_name = full_name.rpartition(".")[2]
    data = enum[0]
    members: dict[str, int] = {}
    for field, place in fields(*enum):
        if field != _ENUM_VALUE or not isinstance(place, slice):
            continue
        value_name, number = b"", 0
        for value_field, value in fields(data, place.start, place.stop):
            if value_field == _VALUE_NAME and isinstance(value, slice):
                value_name = data[value]
            elif value_field == _VALUE_NUMBER and isinstance(value, int):
                number = value & 0xFFFFFFFF  # an int32; a negative one is written with 64 bits
        if not value_name.isascii():
            raise EnumReadError(f"{full_name} in {origin.location} has a name that is no identifier: {value_name!r}")
        name = csharp_value_name(enum_name, value_name.decode())
        if name in members:
            raise EnumReadError(f"{full_name} in {origin.location} has two values that are {name} in C#")
        if len(members) == limits.MEMBER_COUNT:
            raise EnumReadError(f"{full_name} in {origin.location} has more than {limits.MEMBER_COUNT} values")
        members[name] = number - (number >> 31 << 32)
    return EnumDefinition(full_name, None, members, origin)
