"""The metadata of a .NET assembly: ECMA-335, 6th edition, II.22 to II.24.

From the metadata root to a row, a column or a name. Only what is asked for is read and decoded. No offset or count is
trusted. What breaks the standard, or has two readings, is an error.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import compress, count, islice
from operator import le
from struct import Struct, error
from sys import byteorder

from smtpstatus_dotnet import limits
from smtpstatus_dotnet._pe_image import Image, MetadataError
from smtpstatus_dotnet._table_layouts import COLUMNS, NUMBERS, layouts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smtpstatus_dotnet._pe_image import Read
    from smtpstatus_dotnet._table_layouts import Place
    from smtpstatus_dotnet.parity import Origin

_ROOT, _STREAM_COUNT = Struct("<I2H4xI"), Struct("<BxH")  # II.24.2.1: what precedes the version, and what follows it
_STREAM, _STREAM_NAME_SIZE = Struct("<2I"), 32  # II.24.2.2: what precedes the name, and how long that may be
_TABLES_HEADER = Struct("<4x3Bx2Q")  # II.24.2.6: what precedes the row counts
_KEYS = {"Constant": "Parent", "NestedClass": "NestedClass"}  # II.22: the columns by which these tables are sorted
_EXTRA_DATA = 0x40  # of the heap sizes: four more bytes follow the row counts
_SMALL = 1 << 16  # bytes of a table that is read as a whole for one row of it
_FEW = 64  # offsets that are looked for one by one
_VERSIONS = ((1, 0), (2, 0))  # of the tables; the standard has the last


# One subtraction of long numbers compares all rows of a column: each row is lent a bit above its number, and keeps it
# where nothing has to be borrowed. Numbers that need that bit themselves are compared one by one.


def are_below(column: memoryview, bound: int) -> bool:
    """Whether each number of a column is below a bound."""
    lent_bit = 1 << 8 * column.itemsize - 1
    ones = int.from_bytes((1).to_bytes(column.itemsize, "little") * len(column), "little")
    numbers, lent = int.from_bytes(column, byteorder), ones * lent_bit
    if numbers & lent or not 0 < bound <= lent_bit:
        return not column or max(column) < bound
    return lent + ones * (bound - 1) - numbers & lent == lent


def is_rising(column: memoryview) -> bool:
    """Whether each number of a column is at least the one before it."""
    lent_bit = 1 << 8 * column.itemsize - 1
    lent = int.from_bytes(lent_bit.to_bytes(column.itemsize, "little") * (len(column) - 1), "little")
    lower, upper = (int.from_bytes(part, byteorder) for part in (column[:-1], column[1:]))
    if (lower | upper) & lent:
        return all(map(le, column, column[1:]))
    return lent + upper - lower & lent == lent


def _rows_with(column: memoryview, number: int) -> Iterator[int]:
    """Yield the rows that have a number in a column. To search its bytes takes less time than to compare each row."""
    data, place = bytes(column), -1
    if number >> 8 * column.itemsize:
        return
    while (place := data.find(number.to_bytes(column.itemsize, byteorder), place + 1)) >= 0:
        if not place % column.itemsize:
            yield place // column.itemsize + 1


class Metadata:
    """The metadata of one assembly: its heaps, and its tables by name, row (from 1) and column."""

    def __init__(self, read: Read, size: int, origin: Origin) -> None:
        """Read the headers of a source of `size` bytes. Raises MetadataError and NativeImageError."""
        self._read, self.origin = read, origin
        self._image = Image(read, size, origin.location)
        streams = self._streams(*self._image.metadata)
        strings = self._read(*streams.get("#strings", (0, 0)))
        # II.24.2.3: each name ends with a zero, and the first is empty, also where there is no heap.
        self.strings = strings[: strings.rfind(b"\0") + 1] or b"\0"
        self.blob_place = streams.get("#blob", (0, 0))
        self._blobs = b""
        self._lay_out(*streams["#~"])
        self._tables: dict[str, bytes] = {}
        self._columns: dict[tuple[str, str], memoryview] = {}
        self._offsets: dict[str, set[int]] = {}
        self._keys: dict[str, tuple[Sequence[int], Sequence[int]]] = {}
        self._name_budget = limits.NAMES_BYTES

    def error(self, expected: str, found: str) -> MetadataError:
        """Return the error for a file that is not an intact assembly."""
        return self._image.error(expected, found)

    # II.24.2.1 and II.24.2.2: the metadata root and the streams

    def _streams(self, root: int, size: int) -> dict[str, Place]:
        """Return the place of each stream by its name in lower case; that of the tables is `#~`."""
        headers = self._read(root, min(size, limits.STREAM_HEADERS_BYTES))
        try:
            signature, *version, version_size = _ROOT.unpack_from(headers)
            end = _ROOT.size + version_size
            flags, stream_count = _STREAM_COUNT.unpack_from(headers, end)
        except (error, OverflowError):  # OverflowError: a length beyond 2 GiB on a 32-bit Python
            raise self.error(f"the metadata root at {root:#x}", "the end of the metadata") from None
        if (signature, version) != (0x424A5342, [1, 1]):
            raise self.error(f"signature 0x424a5342 and version [1, 1] at {root:#x}", f"{signature:#x} and {version}")
        if flags or b"\0" not in headers[_ROOT.size : end + 1]:
            raise self.error(f"a version that ends, and no flags, at {root:#x}", f"flags {flags:#x}")
        end += _STREAM_COUNT.size
        streams: list[tuple[int, int, str]] = []
        for _ in range(stream_count):
            text = headers[end + _STREAM.size : end + _STREAM.size + _STREAM_NAME_SIZE]
            length = text.find(b"\0")
            if length < 1 or len(text) < _STREAM_NAME_SIZE:
                raise self.error(f"a stream header at {root + end:#x}", f"the name {text!r}")
            streams.append((*_STREAM.unpack_from(headers, end), text[:length].decode("latin-1")))
            end += _STREAM.size + length // 4 * 4 + 4
        for offset, length, name in sorted(streams):
            if not end <= offset <= offset + length <= size or offset == size:
                found = f"{length} bytes at {root + offset:#x}"
                raise self.error(f"stream {name!r} in the metadata and apart from the others", found)
            end = offset + length
        return {name: (root + offset, length) for name, (offset, length) in self._choose(streams).items()}

    def _choose(self, streams: list[tuple[int, int, str]]) -> dict[str, Place]:
        """Choose as .NET 10 does. Beside `#-`, and behind `#Schema`, it does not mind the case of other names."""
        names = [name for _, _, name in streams]
        tables = [name for name in names if name in ("#~", "#-")]
        if len(tables) != 1:
            raise self.error("one stream '#~' or '#-'", ", ".join(map(repr, names[:8])) or "none")
        if "#Schema" in names[: names.index(tables[0])]:
            raise self.error(f"{tables[0]!r} before '#Schema'", "it behind")
        self._is_edited = tables == ["#-"] or "#Schema" in names
        chosen: dict[str, Place] = {}
        for *place, name in streams:
            key = "#~" if name == "#-" else name.lower()
            if key == "#jtd":  # what it says of the tables' columns is not in the standard
                raise self.error("a whole assembly", f"the changes to one, by the stream {name!r}")
            if self._is_edited or name in ("#~", "#Strings", "#Blob"):
                if key in chosen:
                    raise self.error(f"one stream {name!r}", "another, so that there are two readings")
                chosen[key] = (place[0], place[1])
        return chosen

    # II.24.2.6: the tables

    def _lay_out(self, offset: int, size: int) -> None:
        header = self._read(offset, min(size, _TABLES_HEADER.size + 4 * len(COLUMNS) + 4))
        try:
            *version, heap_sizes, valid, self._sorted = _TABLES_HEADER.unpack_from(header)
            present = [table for table, number in NUMBERS.items() if valid >> number & 1]
            rows = Struct(f"<{len(present)}I").unpack_from(header, _TABLES_HEADER.size)
        except error:
            raise self.error(f"the table stream at {offset:#x}", "its end") from None
        if tuple(version) not in _VERSIONS or valid >> len(COLUMNS):
            raise self.error("tables of version 1.0 or 2.0", f"{version} with the tables {valid:#x}")
        self.count = dict.fromkeys(COLUMNS, 0) | dict(zip(present, rows, strict=True))
        self._check_counts(*version)
        self.layouts = layouts_of(heap_sizes, present, rows)
        begin = _TABLES_HEADER.size + 4 * len(present) + (4 if heap_sizes & _EXTRA_DATA else 0)
        self._places: dict[str, Place] = {}
        for table in present:
            length = self.count[table] * self.layouts[table][0].size
            if begin + length > size:
                raise self.error(f"{self.count[table]} rows of {table}", f"the end of the stream at {offset + size:#x}")
            self._places[table] = offset + begin, length
            begin += length
        self._rest = offset + begin, size - begin

    def _check_counts(self, major: int, minor: int) -> None:
        """Refuse what .NET 10 refuses, and pointers that do not fit their table."""
        if self.count["Module"] != 1 or self.count["Assembly"] > 1 or not self.count["TypeDef"]:  # II.22.30, II.22.2
            found = [self.count[table] for table in ("Module", "Assembly", "TypeDef")]
            raise self.error("one row of Module, at most one of Assembly, and types", f"{found}")
        if (major, minor) == (1, 0) and any(islice(self.count.values(), NUMBERS["GenericParam"], None)):
            raise self.error("no tables of version 2.0", "some, in version 1.0")
        pointers = self.count["FieldPtr"], self.count["MethodPtr"]
        if any(pointers) and not self._is_edited:
            raise self.error("no FieldPtr and no MethodPtr in '#~'", f"{pointers[0]} and {pointers[1]} rows")
        if pointers[0] not in (0, self.count["Field"]):
            raise self.error(f"{self.count['Field']} rows of FieldPtr, one for each field", f"{pointers[0]}")

    def _table(self, table: str) -> bytes:
        """Return the rows of a table as they are in the file."""
        if table not in self._tables:
            place = self._places.get(table, (0, 0))
            self._tables[table] = self._read_whole(place, table)
        return self._tables[table]

    def _read_whole(self, place: Place, what: str) -> bytes:
        data = self._read(*place)
        if len(data) < place[1]:  # the file has become shorter
            raise self.error(f"{place[1]} bytes of {what} at {place[0]:#x}", "the end of the file")
        return data

    def row(self, table: str, row: int) -> tuple[int, ...]:
        """Return the columns of one row."""
        if not 1 <= row <= self.count[table]:
            raise self.error(f"row {row} of {table}", f"{self.count[table]} rows")
        layout, _ = self.layouts[table]
        offset = (row - 1) * layout.size
        if table in self._tables or self._places[table][1] <= _SMALL:
            return layout.unpack_from(self._table(table), offset)
        return layout.unpack(self._read_whole((self._places[table][0] + offset, layout.size), table))

    def rows(self, table: str, numbers: Sequence[int]) -> Iterable[tuple[int, ...]]:
        """Return the columns of several rows; a range of them is decoded as one slice."""
        if not isinstance(numbers, range):
            return [self.row(table, number) for number in numbers]
        if not numbers:
            return ()
        if not 1 <= numbers.start <= numbers.stop <= self.count[table] + 1:
            raise self.error(f"rows {numbers.start} to {numbers.stop - 1} of {table}", f"{self.count[table]}")
        layout, _ = self.layouts[table]
        begin, size = (numbers.start - 1) * layout.size, len(numbers) * layout.size
        if table in self._tables:
            return layout.iter_unpack(self._tables[table][begin : begin + size])
        return layout.iter_unpack(self._read_whole((self._places[table][0] + begin, size), table))

    def column(self, table: str, name: str) -> memoryview:
        """Return one column of all rows. One slice for each byte of its numbers copies that byte of every row."""
        if (table, name) not in self._columns:
            layout, places = self.layouts[table]
            begin, width = places[name]
            rows, packed = self._table(table), bytearray(width * self.count[table])
            for place in range(width):
                byte = place if byteorder == "little" else width - 1 - place
                packed[byte::width] = rows[begin + place :: layout.size]
            self._columns[table, name] = memoryview(packed).cast("H" if width == 2 else "I")
        return self._columns[table, name]

    def rows_with(self, table: str, low: int, high: int) -> Sequence[int]:
        """Return the rows of a sorted table (II.22) whose key is at least `low` and below `high`."""
        keys, rows = self._keys.get(table) or self._sort(table)
        begin = bisect_left(keys, low)
        return rows[begin : bisect_left(keys, high, begin)]

    def _sort(self, table: str) -> tuple[Sequence[int], Sequence[int]]:
        keys: Sequence[int]
        rows: Sequence[int]
        keys, rows = self.column(table, _KEYS[table]), range(1, self.count[table] + 1)
        if not is_rising(keys):
            # Edit-and-continue and obfuscators leave it unsorted, and say so.
            if not self._is_edited or self._sorted >> NUMBERS[table] & 1:
                raise self.error(f"{table} to be sorted by its column {_KEYS[table]}", "that it is not")
            rows = sorted(rows, key=lambda row: keys[row - 1])
            keys = [keys[row - 1] for row in rows]
        self._keys[table] = keys, rows
        return keys, rows

    def read_rest(self) -> bytes:
        """Return what follows the tables in their stream."""
        return self._read(*self._rest)

    # II.24.2.3 and II.24.2.4: the heaps

    def string(self, offset: int) -> str:
        """Return a name from the #Strings heap."""
        (name,) = self.names((offset,))
        return name

    def names(self, offsets: Iterable[int]) -> list[str]:
        """Return names from the #Strings heap."""
        heap = self.strings
        names: list[str] = []
        for offset in offsets:
            end = heap.find(b"\0", offset)
            if end < 0:
                raise self.error(f"a name in #Strings at {offset:#x}", f"its end at {len(heap):#x}")
            self._name_budget -= end - offset
            if self._name_budget < 0:  # rows may share names, so a small file can name a lot
                raise self.error(f"names of up to {limits.NAMES_BYTES >> 20} MiB together", "more")
            try:
                names.append(heap[offset:end].decode())
            except UnicodeDecodeError:
                found = heap[offset : min(end, offset + 16)]
                raise self.error(f"a UTF-8 name in #Strings at {offset:#x}", f"{found!r}") from None
        return names

    def read_all_blobs(self) -> None:
        """Keep the #Blob heap in memory, for whoever wants much of it."""
        self._blobs = self._read_whole(self.blob_place, "#Blob")

    def blob(self, offset: int, limit: int) -> bytes:
        """Return a value of at most `limit` bytes from the #Blob heap. One, two or four bytes say how many it has."""
        data = self._blob_start(offset, 4 + min(limit, 60))
        width, length = 1, data[0] if data else 0xFF
        if length >= 0x80:
            width = 2 if length < 0xC0 else 4
            length = int.from_bytes(data[:width], "big") - (0x8000 if width == 2 else 0xC000_0000)
        if len(data) < width + length and length <= limit:
            data = self._blob_start(offset, width + length)
        value = data[width : width + length]
        if not (data and 0 <= length <= limit and len(value) == length):
            found = f"{length} bytes in a heap of {self.blob_place[1]}"
            raise self.error(f"a value of up to {limit} bytes in #Blob at {offset:#x}", found)
        return value

    def number(self, offset: int, size: int) -> int | None:
        """Return the number of `size` bytes in the #Blob heap, or None if the value there has another size."""
        data = self._blobs[offset : offset + 1 + size]
        if len(data) > size and data[0] == size:  # as nearly all are, once the heap is in memory
            return int.from_bytes(data[1:], "little")
        value = self.blob(offset, 8)
        return int.from_bytes(value, "little") if len(value) == size else None

    def _blob_start(self, offset: int, size: int) -> bytes:
        if self._blobs:
            return self._blobs[offset : offset + size]
        begin, heap_size = self.blob_place
        return self._read(begin + offset, max(0, min(size, heap_size - offset)))

    def find(self, table: str, path: str) -> Iterable[int]:
        """Return the rows of a table of types whose TypeName is `path`, or what follows a dot of it.

        Namespaces and names may both have dots, so it is for the caller to compare them.
        """
        if path not in self._offsets:
            self._offsets[path] = set(self._offsets_of(path.encode(errors="surrogatepass")))
        offsets, column = self._offsets[path], self.column(table, "TypeName")
        if len(offsets) > _FEW:
            return compress(count(1), map(offsets.__contains__, column))
        return sorted(row for offset in offsets for row in _rows_with(column, offset))

    def _offsets_of(self, path: bytes) -> Iterator[int]:
        """Yield where a path, or what follows a dot of it, is in #Strings: names may share their ends."""
        *before, name = path.split(b".")
        if before and not name:  # no name is empty
            name = before.pop() + b"."
        offset = -1
        while name and (offset := self.strings.find(name + b"\0", offset + 1)) >= 0:
            begin = offset
            yield begin
            for piece in reversed(before):
                begin -= len(piece) + 1
                if begin < 0 or not self.strings.startswith(piece + b".", begin):
                    break
                yield begin
