"""The metadata tables of a .NET assembly: ECMA-335, 6th edition, partition II.

From the image's headers to a row, a column or a name. Values are decoded when they are asked for. No offset or count is
trusted: each is checked against the length of the file. Clauses of the standard are cited as II.24.2.1.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from functools import cache
from itertools import compress, count
from struct import Struct, error, unpack_from
from sys import byteorder

from smtpstatus_dotnet.limits import NAME_BYTES
from smtpstatus_dotnet.parity import EnumReadError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from mmap import mmap

# II.22: the tables, in the order of their numbers. A column is a name and a kind: a size in bytes, a
# heap, a table (an index into it) or a coded index. The ...Ptr tables occur in `#-` streams only.
_TABLES = """
    Module                 Generation:2 Name:String Mvid:GUID EncId:GUID EncBaseId:GUID
    TypeRef                ResolutionScope:ResolutionScope TypeName:String TypeNamespace:String
    TypeDef                Flags:4 TypeName:String TypeNamespace:String Extends:TypeDefOrRef Fields:Field Body:MethodDef
    FieldPtr               Field:Field
    Field                  Flags:2 Name:String Signature:Blob
    MethodPtr              Method:MethodDef
    MethodDef              RVA:4 ImplFlags:2 Flags:2 Name:String Signature:Blob Params:Param
    ParamPtr               Param:Param
    Param                  Flags:2 Sequence:2 Name:String
    InterfaceImpl          Class:TypeDef Interface:TypeDefOrRef
    MemberRef              Class:MemberRefParent Name:String Signature:Blob
    Constant               Type:2 Parent:HasConstant Value:Blob
    CustomAttribute        Parent:HasCustomAttribute Type:CustomAttributeType Value:Blob
    FieldMarshal           Parent:HasFieldMarshal NativeType:Blob
    DeclSecurity           Action:2 Parent:HasDeclSecurity PermissionSet:Blob
    ClassLayout            PackingSize:2 ClassSize:4 Parent:TypeDef
    FieldLayout            Offset:4 Field:Field
    StandAloneSig          Signature:Blob
    EventMap               Parent:TypeDef Events:Event
    EventPtr               Event:Event
    Event                  Flags:2 Name:String Type:TypeDefOrRef
    PropertyMap            Parent:TypeDef Properties:Property
    PropertyPtr            Property:Property
    Property               Flags:2 Name:String Type:Blob
    MethodSemantics        Semantics:2 Method:MethodDef Association:HasSemantics
    MethodImpl             Class:TypeDef Body:MethodDefOrRef Declaration:MethodDefOrRef
    ModuleRef              Name:String
    TypeSpec               Signature:Blob
    ImplMap                Flags:2 Member:MemberForwarded ImportName:String ImportScope:ModuleRef
    FieldRVA               RVA:4 Field:Field
    EncLog                 Token:4 FuncCode:4
    EncMap                 Token:4
    Assembly               HashAlgId:4 Major:2 Minor:2 Build:2 Revision:2 Flags:4 Key:Blob Name:String Culture:String
    AssemblyProcessor      Processor:4
    AssemblyOS             PlatformId:4 Major:4 Minor:4
    AssemblyRef            Major:2 Minor:2 Build:2 Revision:2 Flags:4 Key:Blob Name:String Culture:String Hash:Blob
    AssemblyRefProcessor   Processor:4 AssemblyRef:AssemblyRef
    AssemblyRefOS          PlatformId:4 Major:4 Minor:4 AssemblyRef:AssemblyRef
    File                   Flags:4 Name:String HashValue:Blob
    ExportedType           Flags:4 TypeDefId:4 TypeName:String TypeNamespace:String Implementation:Implementation
    ManifestResource       Offset:4 Flags:4 Name:String Implementation:Implementation
    NestedClass            NestedClass:TypeDef EnclosingClass:TypeDef
    GenericParam           Number:2 Flags:2 Owner:TypeOrMethodDef Name:String
    MethodSpec             Method:MethodDefOrRef Instantiation:Blob
    GenericParamConstraint Owner:GenericParam Constraint:TypeDefOrRef
"""

# II.24.2.6: the tables of each coded index, in the order of their tags; a dash is a tag without a table.
_CODED_INDEXES = """
    TypeDefOrRef        TypeDef TypeRef TypeSpec
    HasConstant         Field Param Property
    HasCustomAttribute  MethodDef Field TypeRef TypeDef Param InterfaceImpl MemberRef Module DeclSecurity \
        Property Event StandAloneSig ModuleRef TypeSpec Assembly AssemblyRef File ExportedType ManifestResource \
        GenericParam GenericParamConstraint MethodSpec
    HasFieldMarshal     Field Param
    HasDeclSecurity     TypeDef MethodDef Assembly
    MemberRefParent     TypeDef TypeRef ModuleRef MethodDef TypeSpec
    HasSemantics        Event Property
    MethodDefOrRef      MethodDef MemberRef
    MemberForwarded     Field MethodDef
    Implementation      File AssemblyRef ExportedType
    CustomAttributeType - - MethodDef MemberRef -
    ResolutionScope     Module ModuleRef AssemblyRef TypeRef
    TypeOrMethodDef     TypeDef MethodDef
"""

_COLUMNS = {
    table: [column.split(":") for column in columns] for table, *columns in map(str.split, _TABLES.strip().splitlines())
}
_TAGS = {kind: tables for kind, *tables in map(str.split, _CODED_INDEXES.strip().splitlines())}


@cache
def _row_layout(widths: tuple[int, ...]) -> Struct:
    return Struct("<" + "".join("H" if width == 2 else "I" for width in widths))


class MetadataError(EnumReadError, ValueError):
    """The file is not an intact .NET assembly. The message says what was expected where, and what was found."""


class NativeImageError(MetadataError):
    """The file is an executable image that has only native code."""


class Metadata:
    """The metadata of one assembly: its heaps, and its tables by name, row (from 1) and column."""

    def __init__(self, data: bytes | mmap, origin: Origin) -> None:
        self._data, self.origin = data, origin
        streams = self._streams(*self._metadata_root())
        tables = streams.get("#~") or streams.get("#-")
        if not tables:
            raise self.error("expected a stream '#~' or '#-'", f"found {', '.join(streams) or 'none'}")
        strings, strings_end = streams.get("#Strings", (0, 0))
        self._strings = data[strings:strings_end]
        self._blobs, self._blobs_end = streams.get("#Blob", (0, 0))
        self._lay_out(*tables)
        self._offsets: dict[str, set[int]] = {}
        self._keys: dict[tuple[str, str], tuple[Sequence[int], Sequence[int]]] = {}
        if self.count["Assembly"]:
            _, *version, _, _, name, _ = self.row("Assembly", 1)
            self.origin = replace(origin, version=f"{self.string(name)} {'.'.join(map(str, version))}")

    def error(self, expected: str, found: str) -> MetadataError:
        return MetadataError(f"{self.origin.location} is not an intact .NET assembly: {expected}, {found}")

    def _unpack(self, format: str, offset: int, what: str) -> tuple[int, ...]:
        try:
            return unpack_from(format, self._data, offset)
        except (error, OverflowError):  # OverflowError: an offset beyond 2 GiB on a 32-bit Python
            end = f"found the end of the file at {len(self._data):#x}"
            raise self.error(f"expected {what} at {offset:#x}", end) from None

    def _metadata_root(self) -> tuple[int, int]:
        """Return where the metadata begins and ends: II.25.2 the PE image, II.25.3.3 the CLI header."""
        data = self._data
        if data[:2] != b"MZ":
            raise self.error("expected 'MZ' at its start", f"found {data[:4]!r}")
        (pe,) = self._unpack("<I", 0x3C, "the offset of the PE header")
        if data[pe : pe + 4] != b"PE\0\0":
            raise self.error(f"expected 'PE' at {pe:#x}", f"found {data[pe : pe + 4]!r}")
        section_count, optional_size = self._unpack("<2xH12xH", pe + 4, "the COFF header")
        optional = pe + 24
        (magic,) = self._unpack("<H", optional, "the optional header")
        directories = optional + {0x10B: 96, 0x20B: 112}.get(magic, 0)
        if directories == optional:
            raise self.error(f"expected PE32 or PE32+ (0x10b, 0x20b) at {optional:#x}", f"found {magic:#x}")
        # The number of directories precedes them. The CLR ignores it, and goes by the size of the optional header.
        has_directory = directories + 15 * 8 <= optional + optional_size
        cli_header = self._unpack("<I", directories + 14 * 8, "data directory 14")[0] if has_directory else 0
        if not cli_header:
            raise NativeImageError(f"{self.origin.location} is native code: it has no CLI header")

        where = optional + optional_size
        sections = [self._unpack("<12x3I", where + 40 * n, f"section header {n}") for n in range(section_count)]

        def offset_of(address: int, size: int, what: str) -> int:
            for virtual_address, raw_size, raw_offset in sections:
                begin = address - virtual_address
                if 0 <= begin <= begin + size <= raw_size and raw_offset + begin + size <= len(data):
                    return raw_offset + begin
            raise self.error(f"expected {what}, {size} bytes at address {address:#x}", "found no section with them")

        address, size = self._unpack("<8xII", offset_of(cli_header, 72, "the CLI header"), "the CLI header")
        root = offset_of(address, size, "the metadata")
        return root, root + size

    def _streams(self, root: int, end: int) -> dict[str, tuple[int, int]]:
        """Return where each stream begins and ends: II.24.2.1 metadata root, II.24.2.2 stream headers."""
        signature, version_size = self._unpack("<I8xI", root, "the metadata root")
        if signature != 0x424A5342:
            raise self.error(f"expected the signature 0x424a5342 at {root:#x}", f"found {signature:#x}")
        (stream_count,) = self._unpack("<2xH", root + 16 + version_size, "the number of streams")
        streams: dict[str, tuple[int, int]] = {}
        offset = root + 20 + version_size
        for _ in range(stream_count):
            begin, size = self._unpack("<II", offset, "a stream header")
            name = self._data[offset + 8 : offset + 40].partition(b"\0")[0]
            if begin + size > end - root:
                raise self.error(
                    f"expected stream {name!r} before {end:#x}", f"found that it ends at {root + begin + size:#x}"
                )
            streams[name.decode("latin-1")] = root + begin, root + begin + size  # streams of other names are never read
            offset += 8 + len(name) // 4 * 4 + 4
        return streams

    def _lay_out(self, offset: int, end: int) -> None:
        """Find the tables in their stream: II.24.2.6."""
        heap_sizes, valid, self._sorted = self._unpack("<6xBxQQ", offset, "the table stream")
        present = [number for number in range(64) if valid >> number & 1]
        counts = dict(zip(present, self._unpack(f"<{len(present)}I", offset + 24, "the row counts"), strict=True))
        offset += 24 + 4 * len(present) + (heap_sizes >> 4 & 4)  # flag 0x40: four more bytes, in `#-` only

        self.count = {table: counts.get(number, 0) for number, table in enumerate(_COLUMNS)}
        width = self._widths(heap_sizes)
        self._tables: dict[str, tuple[int, Struct, tuple[int, ...]]] = {}
        for table in filter(self.count.get, _COLUMNS):
            widths = tuple([width[kind] for _, kind in _COLUMNS[table]])
            self._tables[table] = offset, _row_layout(widths), widths
            offset += self.count[table] * sum(widths)
            if offset > end:
                raise self.error(f"expected {self.count[table]} rows of {table}", f"found the stream's end at {end:#x}")

    def _widths(self, heap_sizes: int) -> dict[str, int]:
        """Return the size in bytes of each kind of column: II.24.2.6."""
        width = {"2": 2, "4": 4}
        for bit, heap in enumerate(("String", "GUID", "Blob")):
            width[heap] = 4 if heap_sizes >> bit & 1 else 2
        for table, rows in self.count.items():
            width[table] = 2 if rows < 1 << 16 else 4
        for kind, tables in _TAGS.items():
            tag_bits = (len(tables) - 1).bit_length()
            width[kind] = 2 if max(self.count.get(table, 0) for table in tables) < 1 << 16 - tag_bits else 4
        return width

    def row(self, table: str, row: int) -> tuple[int, ...]:
        """Return the columns of one row."""
        if not 1 <= row <= self.count[table]:
            raise self.error(f"expected row {row} of {table}", f"found {self.count[table]} rows")
        offset, layout, _ = self._tables[table]
        return layout.unpack_from(self._data, offset + (row - 1) * layout.size)

    def rows(self, table: str, numbers: Sequence[int]) -> Iterable[tuple[int, ...]]:
        """Return the columns of several rows; a range of them is decoded as one slice."""
        if not isinstance(numbers, range):
            return [self.row(table, number) for number in numbers]
        if not numbers:
            return ()
        if not 1 <= numbers.start <= numbers.stop <= self.count[table] + 1:
            raise self.error(
                f"expected rows {numbers.start} to {numbers.stop - 1} of {table}", f"found {self.count[table]}"
            )
        offset, layout, _ = self._tables[table]
        begin, end = (offset + (number - 1) * layout.size for number in (numbers.start, numbers.stop))
        return layout.iter_unpack(self._data[begin:end])

    def column(self, table: str, name: str) -> Sequence[int]:
        """Return one column of all rows. One slice for each byte of its numbers copies that byte of every row."""
        if not self.count[table]:
            return ()
        begin, layout, widths = self._tables[table]
        end = begin + self.count[table] * layout.size
        number = [column for column, _ in _COLUMNS[table]].index(name)
        begin += sum(widths[:number])
        width = widths[number]
        packed = bytearray(width * self.count[table])
        for place in range(width):
            packed[place if byteorder == "little" else width - 1 - place :: width] = self._data[
                begin + place : end : layout.size
            ]
        return memoryview(packed).cast("H" if width == 2 else "I")

    def rows_with(self, table: str, column: str, low: int, high: int) -> Sequence[int]:
        """Return the rows of a sorted table (II.22) whose key column is at least `low` and below `high`."""
        if (table, column) not in self._keys:
            keys = self.column(table, column)
            rows: Sequence[int] = range(1, len(keys) + 1)
            if (
                not self._sorted >> list(_COLUMNS).index(table) & 1
            ):  # edit-and-continue and obfuscators leave it unsorted
                rows = sorted(rows, key=lambda row: keys[row - 1])
                keys = [keys[row - 1] for row in rows]
            self._keys[table, column] = keys, rows
        keys, rows = self._keys[table, column]
        begin = bisect_left(keys, low)
        return rows[begin : bisect_left(keys, high, begin)]

    def string(self, offset: int) -> str:
        """Return a name from the #Strings heap: II.24.2.3."""
        end = self._strings.find(b"\0", offset, offset + NAME_BYTES + 1)
        try:
            if end >= 0:
                return self._strings[offset:end].decode()
        except UnicodeDecodeError:
            pass
        found = self._strings[offset : offset + 16]
        raise self.error(
            f"expected a UTF-8 name of up to {NAME_BYTES} bytes in #Strings at {offset:#x}", f"found {found!r}"
        )

    def blob(self, offset: int, layout: Struct) -> tuple[int, ...]:
        """Return the values at an offset of the #Blob heap: II.24.2.4."""
        begin = self._blobs + offset
        if begin + layout.size > self._blobs_end:
            raise self.error(f"expected {layout.size} bytes in #Blob at {offset:#x}", "found the end of the heap")
        return layout.unpack_from(self._data, begin)

    def find(self, table: str, name: str) -> Iterator[int]:
        """Yield the rows of a table of types whose TypeName is `name`."""
        offsets = self._offsets.get(name)
        if offsets is None:
            # A name may begin anywhere in a longer one: heaps share the ends of strings.
            offsets = self._offsets[name] = set()
            wanted = name.encode(errors="surrogatepass") + b"\0"  # a name that is not UTF-8 is not found
            offset = -1
            while (offset := self._strings.find(wanted, offset + 1)) >= 0:
                offsets.add(offset)
        return compress(count(1), map(offsets.__contains__, self.column(table, "TypeName")))
