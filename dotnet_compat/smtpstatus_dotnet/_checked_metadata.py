"""What .NET 10 asks of an assembly as a whole, and whether its tables of types are in good order: ECMA-335, II.22."""

from __future__ import annotations

from bisect import bisect_left
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile

from smtpstatus_dotnet import limits
from smtpstatus_dotnet._ecma335 import Metadata, are_below, is_rising
from smtpstatus_dotnet._pe_image import MetadataError
from smtpstatus_dotnet._table_layouts import COLUMNS, TAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from smtpstatus_dotnet._pe_image import Read
    from smtpstatus_dotnet.parity import Origin

_ASSEMBLY = 1 << 5 | 14  # II.24.2.6, HasCustomAttribute: the row of Assembly
_CONSTRUCTORS = dict(enumerate(TAGS["CustomAttributeType"]))
_CLASSES = dict(enumerate(TAGS["MemberRefParent"]))
_NO_ASSEMBLY_FLAGS = 0xC00  # II.23.1.2, and what .NET 10 knows beyond it


_FRAMEWORK_BYTES = 1 << 10
"""The value of a TargetFrameworkAttribute, which has some 60 bytes."""


class CheckedMetadata(Metadata):
    """The metadata of one assembly that .NET 10 would load, if it had what the assembly refers to."""

    def __init__(self, read: Read, size: int, origin: Origin) -> None:
        super().__init__(read, size, origin)
        self._check_names()
        if self.count["Assembly"]:
            self._check_assembly()

    def _check_names(self) -> None:
        """Raise MetadataError unless the names of modules, assemblies and types are in their heap.

        .NET 10 asks for all but the name of the module (II.22.30).
        """
        sizes = {"String": len(self.strings), "Blob": self.blob_place[1] or 1}
        for table in ("TypeRef", "TypeDef", "ExportedType"):
            for name in ("TypeName", "TypeNamespace"):
                self._check_column(table, name, 0, len(self.strings))
        for table in ("Module", "Assembly", "AssemblyRef"):
            columns = zip(*self.rows(table, range(1, self.count[table] + 1)), strict=True)
            for (name, kind), column in zip(COLUMNS[table], columns, strict=False):
                if kind in sizes and max(column) >= sizes[kind]:
                    raise self.error(f"places in the heap of {kind} in {table}.{name}", f"{max(column):#x}")

    def _check_column(self, table: str, name: str, low: int, high: int) -> None:
        """Raise MetadataError unless each number of a column is at least `low` and below `high`."""
        column = self.column(table, name)
        if not are_below(column, high) or (low and column and min(column) < low):
            raise self.error(f"{low} to {high - 1} in the column {name} of {table}", f"{min(column)} to {max(column)}")

    def _check_assembly(self) -> None:
        """Raise MetadataError if .NET 10 refuses the row, the references or the attributes of the assembly: II.22."""
        _, *version, flags, key, name, _ = self.row("Assembly", 1)
        self.origin = replace(self.origin, version=f"{self.string(name)} {'.'.join(map(str, version))}")
        if flags & _NO_ASSEMBLY_FLAGS or not name:
            raise self.error("a name and known flags of the assembly", f"flags {flags:#x}")
        size = len(public_key := self.blob(key, limits.VALUE_BYTES))
        if size not in (0, 16) and int.from_bytes(public_key[8:12], "little") + 12 != size:
            raise self.error("a public key", f"{size} bytes")
        references = self.rows("AssemblyRef", range(1, self.count["AssemblyRef"] + 1))
        for offset in {offset for *_, token, _, _, hash_value in references for offset in (token, hash_value)}:
            self.blob(offset, limits.VALUE_BYTES)
        end = self.count["CustomAttribute"] + 1
        first = bisect_left(range(1, end), _ASSEMBLY, key=lambda row: self.row("CustomAttribute", row)[0]) + 1
        attributes = self.rows("CustomAttribute", range(first, min(first + limits.ATTRIBUTE_COUNT, end)))
        for _, constructor, value in takewhile(lambda row: row[0] == _ASSEMBLY, attributes):
            table, row = _CONSTRUCTORS.get(constructor & 7, ""), constructor >> 3
            if table == "MemberRef" and 0 < row <= self.count[table]:
                owner, *_ = self.row(table, row)
                table, row = _CLASSES.get(owner & 7, ""), owner >> 3
            if not 0 < row <= self.count.get(table, 0) or value >= (self.blob_place[1] or 1):
                raise self.error("the type of an attribute of the assembly", f"{constructor:#x}")
            if table in ("TypeRef", "TypeDef"):
                self._read_attribute(self.row(table, row), value)

    def _read_attribute(self, type_row: tuple[int, ...], value: int) -> None:
        """Take the target framework from an attribute of the assembly, unless the place of the assembly says it.

        Raises MetadataError for the one value that .NET 10 reads before it loads a type: that of Debuggable.
        """
        _, *names = type_row[:3]
        if all(map(self.strings.startswith, (b"TargetFrameworkAttribute\0", b"System.Runtime.Versioning\0"), names)):
            with suppress(MetadataError):
                framework = self.origin.framework or _framework(self.blob(value, _FRAMEWORK_BYTES))
                self.origin = replace(self.origin, framework=framework)
        if all(map(self.strings.startswith, (b"DebuggableAttribute\0", b"System.Diagnostics\0"), names)):
            data = self.blob(value, limits.VALUE_BYTES)
            if len(data) in (6, 8) and data[:2] != b"\1\0":  # II.23.3
                raise self.error("a DebuggableAttribute that begins with 01 00", data.hex(" "))

    def check_types(self) -> None:
        """Raise MetadataError unless the tables of types are in good order (II.22.14, II.22.32, II.22.37).

        A reader that takes one column for another finds names, too. Only in good order does it mean something that a
        name is not there.
        """
        for name, target in (("Fields", "Field"), ("Body", "Method")):
            pointers, rows = self.count[f"{target}Ptr"], self.count["MethodDef" if target == "Method" else target]
            self._check_column("TypeDef", name, 1, (pointers or rows) + 2)
            column = self.column("TypeDef", name)
            if not is_rising(column):
                raise self.error(f"the column {name} of TypeDef to rise", "that it does not")
        for table, name in (("TypeDef", "TypeName"), ("ExportedType", "TypeName")):
            self._check_column(table, name, 1, len(self.strings))
        for name in ("NestedClass", "EnclosingClass"):
            self._check_column("NestedClass", name, 1, self.count["TypeDef"] + 1)
        rest = self.read_rest()
        if len(rest) > 4 and rest.strip(b"\0"):  # some compilers write up to four bytes more
            raise self.error("the end of the tables", f"{len(rest)} more bytes")


def _framework(value: bytes) -> str:
    """Return NuGet's short name of the framework in the value of a TargetFrameworkAttribute, or an empty text.

    The value is a text after its length (II.23.3): `.NETStandard,Version=v2.0` for example.
    """
    if value[:2] != b"\1\0" or len(value) < 4 or value[2] >= 0x80:
        return ""
    family, _, version = value[3 : 3 + value[2]].decode(errors="replace").partition(",Version=v")
    numbers = version.partition(",")[0].split(".")  # a profile may follow
    if not (1 < len(numbers) < 4 and all(number.isascii() and number.isdecimal() for number in numbers)):
        return ""
    match family:
        case ".NETFramework":
            return f"net{''.join(numbers)}"
        case ".NETStandard":
            return f"netstandard{numbers[0]}.{numbers[1]}"
        case ".NETCoreApp":
            return f"{'netcoreapp' if numbers[0] in ('1', '2', '3') else 'net'}{numbers[0]}.{numbers[1]}"
        case _:
            return ""
