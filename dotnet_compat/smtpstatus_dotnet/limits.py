"""How much of a target is read, and how long is waited for it, whatever the target says of itself.

Each limit is far above what real inputs have, and low enough that a hostile input ends as an error and not as a full
memory. The unit is the end of a name. `scripts/document.py` makes the table in SECURITY.md of this module.
"""

from __future__ import annotations

# Assemblies.

NAMES_BYTES = 32 << 20
"""The names that are read out of one assembly, together. Rows may share a name, so a small file can name a lot."""

NESTING_DEPTH = 64
"""Types nested in types."""

STREAM_HEADERS_BYTES = 64 << 10
"""The headers at the start of the metadata, which have some hundred bytes."""

VALUE_BYTES = 64 << 10
"""One value of an assembly that is not a name, such as a public key, which has some hundred bytes."""

ATTRIBUTE_COUNT = 10_000
"""The attributes of an assembly that are looked at. Most have some ten, and some have hundreds of friends."""

UNREADABLE_ENUM_COUNT = 100
"""The enums of one assembly that are told as unreadable; more are only counted."""

# Archives.

ENTRY_BYTES = 256 << 20
"""One entry of an archive, unpacked. The largest assemblies in use have some 100 MiB."""

ARCHIVE_BYTES = 2 << 30
"""All assemblies of one archive together, unpacked; also a whole wheel that is downloaded."""

ARCHIVE_RATIO = 50
"""How much larger the assemblies of an archive, or one of them, may be than what they are packed in."""

ARCHIVE_GRACE_BYTES = 16 << 20
"""What an archive or an entry may unpack to beyond ARCHIVE_RATIO: small assemblies of zeros are no attack."""

ARCHIVE_ASSEMBLY_COUNT = 4096
"""The assemblies and packages in one archive. The largest SDK of .NET has some 3,000."""

DIRECTORY_BYTES = 4 << 20
"""The directory of an archive that is read by ranges: some 40,000 entries. The vendor's wheels have 300."""

# Other files, and Python.

ENUM_COUNT = 100_000
"""All enums of one assembly or of one descriptor set, if all are asked for. The .NET runtime has some 6,000 in all."""

MEMBER_COUNT = 1 << 16
"""The names of one enum in Python or in a .NET runtime."""

DESCRIPTOR_DEPTH = 100
"""Messages nested in messages of a protobuf descriptor: the limit of protobuf itself."""

DESCRIPTOR_SET_BYTES = 64 << 20
"""A protobuf descriptor set. An image of all of googleapis has some 30 MiB."""

PROTO_BYTES = 4 << 20
"""A .proto file. The largest of googleapis has 0.3 MiB."""

PROTO_FOLDER_COUNT = 16
"""The folders above a .proto file in which its imports may begin."""

PROTOC_SECONDS = 30
"""All runs of protoc for one file. One takes some 20 ms."""

REFERENCE_PAGE_BYTES = 1 << 20
"""A page of the vendor's API reference, which has 10 KiB."""

PROFILE_BYTES = 256 << 10
"""A profile. The one of 430 differences, which is far from agreement, has 64 KiB."""

CONFIGURATION_BYTES = 1 << 20
"""A pyproject.toml. Those of large projects have some 50 KiB."""

KEY_DEPTH = 64
"""The parts of a dotted key in a TOML file: the time that Python's reader takes grows with their square."""

SOURCE_CHARACTERS = 1 << 20
"""The .proto file of a checkout in which the report for GitHub looks for lines. Ours has 10 KiB."""

# Servers.

CONCURRENT_TARGET_COUNT = 8
"""The remote targets that are read at the same time."""

SETTINGS_BYTES = 256 << 10
"""One file of pip's, uv's or NuGet's settings, a pyproject.toml for example."""

SETTINGS_FILE_COUNT = 64
"""The files of pip's settings, those of uv's, and those of NuGet's."""

INDEX_COUNT = 32
"""The package indexes in the settings."""

INDEX_PAGE_BYTES = 16 << 20
"""A page of a package index. The vendor's has 0.1 MiB."""

PAGE_TAG_COUNT = 100_000
"""The tags of a page in HTML. A file takes some four."""

PAGE_FILE_COUNT = 20_000
"""The files that a page lists. The vendor's lists 200."""

FILE_NAME_BYTES = 255
"""The name of a wheel: the limit of file systems."""

COPY_COUNT = 64
"""The assemblies of one name in a wheel. Each is fetched by a request of its own."""

REGISTRATION_PAGE_COUNT = 100
"""The pages that a source of NuGet has on the releases of one package. Each has some 64 releases."""

MANIFEST_BYTES = 1 << 20
"""The manifest of a NuGet package, unpacked, which has 4 KiB."""

RELEASE_COUNT = 500
"""The releases of one target. The vendor's package had 59 in November 2026."""

RECORD_BYTES = 4 << 20
"""RECORD, the list of a wheel's files with their hashes, unpacked."""

RECORD_ROW_COUNT = 50_000
"""The rows of RECORD."""

CACHE_BYTES = 1 << 30
"""What is kept in the user's cache: a dozen of the vendor's wheels, or 250 assemblies out of them."""

PARTIAL_SECONDS = 24 * 60 * 60
"""The age at which a partial download in the cache counts as left over by a process that was killed."""

SILENCE_SECONDS = 30
"""A connection to a package index, and each silence in it."""

ANSWER_SECONDS = 60
"""An answer of a package index, with its redirects. It gets one more second for each SLOWEST_BYTES of it."""

SLOWEST_BYTES = 16 << 10
"""What a package index has to send in each second, once ANSWER_SECONDS are over."""

PACKAGE_SECONDS = 60 * 60
"""A target on a package index, or a release of a range. A wheel of the vendor's, 90 MiB, then needs 26 KiB a second."""

HEAD_BYTES = 1 << 20
"""What an answer of a package index may have besides its content: its headers, and how it is cut into chunks."""

REDIRECT_COUNT = 10
"""The redirects to one answer of a package index."""

REFLECTION_SECONDS = 10
"""All questions to a gRPC server together, in both versions of the reflection protocol."""

REFLECTION_BYTES = 4 << 20
"""An answer of a gRPC server: the descriptors of one file and its imports."""

# .NET runtimes.

RUNTIME_SECONDS = 120
"""An answer of the child process that has a .NET runtime in it, which usually takes one second."""

RUNTIME_ANSWER_BYTES = 16 << 20
"""An answer of that process. The largest enum in use has some 0.1 MiB."""
