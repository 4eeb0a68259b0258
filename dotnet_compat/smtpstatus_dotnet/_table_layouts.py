"""The tables of metadata, their columns and how their rows are laid out: ECMA-335, 6th edition, II.22 and II.24.2.6."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Place = tuple[int, int]
    """An offset and a size in bytes."""
    Layout = tuple[Struct, dict[str, Place]]
    """How a row is laid out, and the place of each column in it."""

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

COLUMNS = {
    table: [column.split(":") for column in columns] for table, *columns in map(str.split, _TABLES.strip().splitlines())
}
TAGS = {kind: tables for kind, *tables in map(str.split, _CODED_INDEXES.strip().splitlines())}
NUMBERS = {table: number for number, table in enumerate(COLUMNS)}
_SMALL_BITS = 11  # rows of so many bits need no wide index, not even a coded one with five bits for its tag


def layouts_of(heap_sizes: int, tables: Iterable[str], row_counts: Iterable[int]) -> dict[str, Layout]:
    """Return the layout of each table, by the flags of the heaps' sizes and by the row counts of these tables."""
    bits = bytearray(len(COLUMNS))
    for table, length in zip(tables, row_counts, strict=True):
        if length >> _SMALL_BITS:  # a smaller table is as good as none, so that most assemblies have one layout
            bits[NUMBERS[table]] = length.bit_length()
    return _layouts(heap_sizes & 7, bytes(bits))


@lru_cache(maxsize=256)
def _layouts(heap_sizes: int, row_count_bits: bytes) -> dict[str, Layout]:
    """Return the layout of each table: II.24.2.6. Of a row count, only the number of its bits matters."""
    bits = dict(zip(COLUMNS, row_count_bits, strict=True))
    width = {"2": 2, "4": 4}
    for bit, heap in enumerate(("String", "GUID", "Blob")):
        width[heap] = 4 if heap_sizes >> bit & 1 else 2
    for table in COLUMNS:
        width[table] = 2 if bits[table] <= 16 else 4
    for kind, tables in TAGS.items():
        tag_bits = (len(tables) - 1).bit_length()
        width[kind] = 2 if max(bits.get(table, 0) for table in tables) <= 16 - tag_bits else 4
    layouts: dict[str, Layout] = {}
    for table, columns in COLUMNS.items():
        widths = [width[kind] for _, kind in columns]
        places = list(zip(accumulate(widths, initial=0), widths, strict=False))
        layout = Struct("<" + "".join("H" if size == 2 else "I" for size in widths))
        layouts[table] = layout, {name: place for (name, _), place in zip(columns, places, strict=True)}
    return layouts
