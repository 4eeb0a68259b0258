"""The image of a .NET assembly, from its first byte to the place of its metadata: ECMA-335, 6th edition, II.25.

.NET refuses an image whose headers contradict each other, and so does this module: metadata that is found in such a
file may be what remains of another one. No offset or size is trusted.
"""

from __future__ import annotations

from struct import Struct, error

from smtpstatus_dotnet.parity import EnumReadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[int, int], bytes]
    """Returns the bytes of a source from an offset on, as many as asked for, or fewer if the source ends."""


class MetadataError(EnumReadError, ValueError):
    """The file is not an intact .NET assembly. The message says what was expected where, and what was found."""


class NativeImageError(MetadataError):
    """The file is an executable image that has only native code."""


_NUMBER, _TWO_NUMBERS, _TWO_IMPORTS = Struct("<I"), Struct("<2I"), Struct("<10I")
_COFF_HEADER = Struct("<2H12x2H")  # II.25.2.2
# II.25.2.3, by its first number: the size of the optional header, and the layout of what .NET reads of it.
_OPTIONAL_HEADERS = {0x10B: (224, Struct("<16xI8x3I12x3I8x4I4xI")), 0x20B: (240, Struct("<16xI4xQ2I12x3I8x4Q4xI"))}
_DIRECTORIES = Struct("<32I")  # II.25.2.3.3: the address and size of each
_SECTION = Struct("<8x4I12xI")  # II.25.3
_CLI_HEADER = Struct("<I2H2I2I12I")  # II.25.3.3
_SMALLEST_HEADERS = 264  # .NET asks for so many bytes from the PE header on, whatever the image has

_IMPORTS, _CERTIFICATES, _RELOCATIONS, _CLI = 1, 4, 5, 14
_DIRECTORIES_OF_IL = (_IMPORTS, 2, _CERTIFICATES, _RELOCATIONS, 6, 12, _CLI)
_RELOCATIONS_STRIPPED, _SYSTEM, _DLL = 0x1, 0x1000, 0x2000  # II.25.2.2.1
_CODE, _SHARED, _EXECUTE, _READABLE, _WRITABLE = 0x20, 1 << 28, 1 << 29, 1 << 30, 1 << 31  # II.25.3
_SECTION_FLAGS = 0xFE0000E0  # these, and: data, discardable, not cached, not paged
_IL_ONLY, _COMPILED, _SIGNED, _NATIVE_ENTRY_POINT = 0x1, 0x4, 0x8, 0x10  # II.25.3.3.1; _COMPILED is newer
_CLI_FLAGS = 0x3001F  # these, and: 32 bits required, 32 bits preferred, debug data
_READ_ONLY_PLACES = ("resources", "strong name", "code managers")
_PLACES = (*_READ_ONLY_PLACES, "fixups", "jumps", "compiled code")
_RTR = b"RTR\0"  # with which compiled code begins
_AMD64 = 0x8664


class Image:
    """The checked headers of an image. `metadata` has the offset and the size of the metadata in the source."""

    def __init__(self, read: Read, size: int, location: str) -> None:
        """Read the headers of a source of `size` bytes.

        Raises MetadataError, and NativeImageError if there is no CLI header.
        """
        self._read, self._size, self._location = read, size, location
        self._read_headers()
        self._read_sections()
        self._read_cli_header()

    def error(self, expected: str, found: str) -> MetadataError:
        return MetadataError(f"{self._location} is not an intact .NET assembly: expected {expected}, found {found}")

    def _expect(self, condition: object, expected: str, found: str) -> None:
        if not condition:
            raise self.error(expected, found)

    def _unpack(self, layout: Struct, offset: int, what: str) -> tuple[int, ...]:
        try:
            return layout.unpack(self._read(offset, layout.size))
        except error:
            raise self.error(f"{what} at {offset:#x}", f"the end of the file at {self._size:#x}") from None

    def _read_headers(self) -> None:
        """II.25.2: the headers before the sections."""
        start = self._read(0, 4)
        self._expect(start[:2] == b"MZ", "'MZ' at its start", f"{start!r}")
        (pe,) = self._unpack(_NUMBER, 0x3C, "the offset of the PE header")
        signature = self._read(pe, 4)
        self._expect(signature == b"PE\0\0", f"'PE' at {pe:#x}", f"{signature!r}")
        self._machine, self._section_count, optional_size, self._characteristics = self._unpack(
            _COFF_HEADER, pe + 4, "the COFF header"
        )
        optional = pe + 24
        magic = int.from_bytes(self._read(optional, 2), "little")
        self._expect(magic in _OPTIONAL_HEADERS, f"PE32 or PE32+ (0x10b, 0x20b) at {optional:#x}", f"{magic:#x}")
        size, layout = _OPTIONAL_HEADERS[magic]
        directories = optional + size - _DIRECTORIES.size
        # .NET goes by the size of the optional header, and not by the number of directories, which precedes them.
        has_cli_header = directories + (_CLI + 1) * 8 <= optional + optional_size
        values = self._unpack(_DIRECTORIES, directories, "the data directories") if has_cli_header else ()
        self._directories = list(zip(values[::2], values[1::2], strict=True))
        if not has_cli_header or not self._directories[_CLI][0]:
            raise NativeImageError(f"{self._location} is native code: it has no CLI header")
        self._expect(optional_size == size, f"an optional header of {size} bytes", f"{optional_size}")
        self._expect(pe + _SMALLEST_HEADERS <= self._size, "the headers of an image", "the end of the file")
        self._headers, self._first_section = pe, optional + size
        end = sum(self._directories[_CERTIFICATES])  # its address is an offset in the file, behind the sections
        self._expect(end <= self._size, f"certificates up to {end:#x}", f"the end of the file at {self._size:#x}")
        self._check_optional_header(*self._unpack(layout, optional, "the optional header"))

    def _check_optional_header(
        self, entry_point: int, base: int, alignment: int, file_alignment: int, version: int, image_size: int,
        header_size: int, stack: int, stack_at_start: int, heap: int, heap_at_start: int, directory_count: int,
    ) -> None:  # fmt: skip
        self._has_entry_point, self._version = entry_point, version
        self._alignment, self._file_alignment = alignment, file_alignment
        self._image_size, self._header_size = image_size, header_size
        self._directory_count = directory_count
        for number in (alignment, file_alignment):
            self._expect(number and not number & (number - 1), "alignments that are powers of two", f"{number:#x}")
        multiples = [
            ("FileAlignment", file_alignment, 512),
            ("SectionAlignment", alignment, file_alignment),
            ("SizeOfImage", image_size, alignment),
            ("SizeOfHeaders", header_size, file_alignment),
            ("ImageBase", base, 0x10000),
        ]
        for name, number, divisor in multiples:
            self._expect(not number % divisor, f"{name} to be a multiple of {divisor:#x}", f"{number:#x}")
        self._expect(not self._characteristics & _SYSTEM, "no system file", f"flags {self._characteristics:#x}")
        fits = stack_at_start <= stack and heap_at_start <= heap
        self._expect(
            fits, "a stack and a heap that begin within their sizes", f"{stack_at_start:#x}, {heap_at_start:#x}"
        )

    def _read_sections(self) -> None:
        """II.25.3: sections follow each other, in the file and in memory, and lie within both."""
        self._sections: list[tuple[int, ...]] = []
        self._check_section((self._header_size, 0, self._header_size, 0, 0), 0, 0, "the headers")
        address_end = offset_end = self._header_size
        for number in range(self._section_count):
            begin = self._first_section + number * _SECTION.size
            what = f"section header {number}"
            is_inside = begin + _SECTION.size <= self._headers + self._header_size
            self._expect(is_inside, f"{what} in the headers", f"their end at {self._headers + self._header_size:#x}")
            section = self._unpack(_SECTION, begin, what)
            size, address, raw_size, raw_offset, flags = section
            is_known = not flags & ~_SECTION_FLAGS and flags & (_CODE | _WRITABLE) != _CODE | _WRITABLE
            self._expect(is_known, f"flags of a section in {what}", f"{flags:#x}")
            self._check_section(section, address_end, offset_end, f"section {number}")
            self._sections.append(section)
            address_end, offset_end = address + self._aligned(size), raw_offset + raw_size
        self._check_place(*self._directories[_CLI], "the CLI header")

    def _check_section(self, section: tuple[int, ...], address_end: int, offset_end: int, what: str) -> None:
        size, address, raw_size, raw_offset, _ = section
        is_aligned = not (raw_offset | raw_size) % self._file_alignment
        self._expect(is_aligned, f"{what} at multiples of {self._file_alignment:#x}", f"{raw_offset:#x}, {raw_size:#x}")
        follows = address >= address_end and (not raw_size or raw_offset >= offset_end)
        self._expect(follows, f"{what} behind what precedes it", f"it at address {address:#x}, offset {raw_offset:#x}")
        end = f"the end of the file at {self._size:#x}"
        self._expect(raw_offset + raw_size <= self._size, f"{raw_size} bytes of {what} at {raw_offset:#x}", end)
        is_within = address + self._aligned(size) <= self._image_size and raw_size <= self._aligned(size)
        self._expect(
            is_within, f"{what} within the image", f"{raw_size:#x} and {size:#x} bytes at address {address:#x}"
        )

    def _aligned(self, size: int) -> int:
        return -(-size // self._alignment) * self._alignment

    def _check_place(self, address: int, size: int, what: str, *, forbidden: int = 0, required: int = 0) -> int:
        """Return the offset of something in the file. It has to lie in one section with flags as they should be."""
        for virtual_size, begin, raw_size, raw_offset, flags in self._sections:
            if address < begin + self._aligned(virtual_size):
                offset = address - begin
                is_inside = 0 <= offset <= offset + size <= min(virtual_size, raw_size)
                if is_inside and not flags & forbidden and flags & required == required:
                    return raw_offset + offset
                break
        raise self.error(f"{what}, {size} bytes at address {address:#x}", "no section for them")

    def _read_cli_header(self) -> None:
        """II.25.3.3."""
        address, size = self._directories[_CLI]
        self._expect(size >= _CLI_HEADER.size, f"a CLI header of {_CLI_HEADER.size} bytes", f"{size}")
        offset = self._check_place(address, size, "the CLI header", forbidden=_WRITABLE, required=_READABLE)
        length, major, minor, address, size, flags, entry_point, *values = self._unpack(
            _CLI_HEADER, offset, "the CLI header"
        )
        self._expect(length >= _CLI_HEADER.size, f"a CLI header of {_CLI_HEADER.size} bytes", f"{length}")
        # An image with the compiled code of several assemblies has no version.
        is_composite = (major, minor) == (0, 0)
        self._expect(major == 2 or is_composite, "version 2 in the CLI header", f"{major}.{minor}")
        self.metadata = (
            self._check_place(address, size, "the metadata", forbidden=0 if is_composite else _WRITABLE),
            size,
        )
        places = dict(zip(_PLACES, zip(values[::2], values[1::2], strict=True), strict=True))
        for what, place in places.items():
            if place[0]:
                self._check_place(*place, what, forbidden=_WRITABLE if what in _READ_ONLY_PLACES else 0)
            else:
                self._expect(not place[1], f"no {what}", f"{place[1]} bytes without an address")
        self._expect(not flags & ~_CLI_FLAGS, "known flags in the CLI header", f"{flags:#x}")
        is_signed = flags & _SIGNED
        self._expect(not is_signed or places["strong name"][0], "the strong name that the CLI header promises", "none")
        compiled, compiled_size = places["compiled code"]
        may_be_compiled = flags & _COMPILED or is_composite
        self._expect(may_be_compiled or not compiled_size, "only IL, as the CLI header says", "compiled code")
        is_native = places["fixups"][1] or places["jumps"][1] or flags & _NATIVE_ENTRY_POINT
        if flags & _IL_ONLY:
            self._expect(not is_native, "only IL, as the CLI header says", "parts of native code")
            is_compiled = compiled_size >= 16 and self._read(self._check_place(compiled, 4, "compiled code"), 4) == _RTR
            if not is_compiled:
                self._check_il()
        elif flags & _NATIVE_ENTRY_POINT:
            self._check_place(entry_point, 0, "the entry point")

    def _check_il(self) -> None:
        """What .NET asks of an image that has only IL, which has next to nothing for the operating system."""
        count = self._directory_count
        self._expect(count <= len(self._directories), f"up to {len(self._directories)} directories", f"{count}")
        for number, (address, size) in enumerate(self._directories[:count]):
            if address:
                self._expect(number in _DIRECTORIES_OF_IL, "only the directories of IL", f"directory {number}")
                if number != _CERTIFICATES:
                    self._check_place(address, size, f"directory {number}", forbidden=_SHARED)
        if self._directories[_IMPORTS][0] or self._directories[_RELOCATIONS][0] or self._has_entry_point:
            self._check_imports()
            self._check_relocations()
        for *_, flags in self._sections:
            is_usable = flags & (_EXECUTE | _READABLE | _WRITABLE) and not flags & _SHARED
            self._expect(is_usable, "sections that are accessible and not shared", f"flags {flags:#x}")
        if not self._characteristics & _DLL:
            self._expect(not self._version, "no version of Windows", f"{self._version:#x}")

    def _check_imports(self) -> None:
        """II.25.3.1: one function of one library, which starts the runtime on old versions of Windows."""
        address, size = self._directories[_IMPORTS]
        self._expect(size >= 40, "an import of mscoree.dll", f"{size} bytes")
        offset = self._check_place(address, size, "the imports", forbidden=_WRITABLE)
        lookups, time, chain, name, thunks, *nothing = self._unpack(_TWO_IMPORTS, offset, "the imports")
        is_one = lookups and not time and chain in (0, 0xFFFF_FFFF) and name and thunks and not any(nothing)
        self._expect(is_one, "an import of mscoree.dll", "another")
        self._expect_text(name, b"mscoree.dll\0", b"mscoree.dll\0")
        self._check_place(thunks, 8, "the import addresses")
        offset = self._check_place(lookups, 8, "the import lookups")
        function, end = self._unpack(_TWO_NUMBERS, offset, "the import lookups")
        self._expect(0 < function < 1 << 31 and not end, "an import by name", f"{function:#x}, {end:#x}")
        self._check_place(function, 14, "the name of an import")
        self._expect_text(function + 2, b"_cordllmain\0", b"_corexemain\0")

    def _expect_text(self, address: int, *expected: bytes) -> None:
        offset = self._check_place(address, len(expected[0]), "the name of an import")
        found = self._read(offset, len(expected[0]))
        self._expect(found.lower() in expected, f"{expected[0]!r} at {offset:#x}", f"{found!r}")

    def _check_relocations(self) -> None:
        """II.25.3.2: one relocation, that of the import."""
        address, size = self._directories[_RELOCATIONS]
        is_stripped = self._characteristics & _RELOCATIONS_STRIPPED
        if not address:
            is_stripped_program = is_stripped and not self._characteristics & _DLL
            self._expect(is_stripped_program, "relocations", f"none, and flags {self._characteristics:#x}")
            return
        self._expect(not is_stripped, "relocations", f"flags {self._characteristics:#x}, which say that there are none")
        offset = self._check_place(address, size, "the relocations", forbidden=_WRITABLE)
        (length,) = self._unpack(_NUMBER, offset + 4, "the relocations")
        self._expect(length == size >= 10, f"{size} bytes of relocations", f"{length}")
        kind, *padding = (byte >> 4 for byte in self._read(offset + 8, size - 8)[1::2])
        self._expect(kind == (10 if self._machine == _AMD64 else 3), "a relocation of an address", f"kind {kind}")
        self._expect(not any(padding), "one relocation", "another behind it")
