"""How much of a target is read, and how long is waited for it, whatever the target says of itself.

Each limit is far above what real inputs have, and low enough that a hostile input ends as an error and not as a full
memory. The unit is the end of a name. `scripts/document.py` makes the table in SECURITY.md of this module.
"""

from __future__ import annotations

# Assemblies.

NAME_BYTES = 1023
"""A name in an assembly: the limit of the CLR and of compilers. It also keeps a damaged name small."""

MEMBER_COUNT = 1 << 16
"""The fields of one enum in an assembly."""

NESTING_DEPTH = 64
"""Types nested in types."""

# Archives.

ENTRY_BYTES = 256 << 20
"""One entry of an archive, unpacked. The largest assemblies in use have some 100 MiB."""

ARCHIVE_BYTES = 2 << 30
"""All assemblies of one archive together, unpacked; also a whole wheel that is downloaded."""

DIRECTORY_BYTES = 4 << 20
"""The directory of an archive that is read by ranges: some 40,000 entries. The vendor's wheels have 300."""

# Other files.

DESCRIPTOR_SET_BYTES = 64 << 20
"""A protobuf descriptor set. An image of all of googleapis has some 30 MiB."""

REFERENCE_PAGE_BYTES = 4 << 20
"""A page of the vendor's API reference, which has 10 KiB."""

SOURCE_CHARACTERS = 1 << 20
"""The .proto file of a checkout in which the report for GitHub looks for lines. Ours has 10 KiB."""

# Servers.

CONCURRENT_TARGET_COUNT = 8
"""The remote targets that are read at the same time."""

INDEX_PAGE_BYTES = 16 << 20
"""A page of a package index. The vendor's has 0.1 MiB."""

CACHE_BYTES = 1 << 30
"""The wheels that are kept in the user's cache: a dozen of the vendor's."""

SILENCE_SECONDS = 30
"""A connection to a package index, and each silence in it."""

REFLECTION_SECONDS = 10
"""A question to a gRPC server, for each version of the reflection protocol."""

# .NET runtimes.

RUNTIME_SECONDS = 120
"""An answer of the child process that has a .NET runtime in it, which usually takes one second."""

RUNTIME_ANSWER_BYTES = 16 << 20
"""An answer of that process. The largest enum in use has some 0.1 MiB."""
