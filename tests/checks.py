"""Checks of one target, and what the tests put into it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from image import Image

from smtpstatus_dotnet import check
from smtpstatus_dotnet.parity import CheckError, Comparison

NATIVE = Image([]).build().replace((0x2000).to_bytes(4, "little") + (72).to_bytes(4, "little"), bytes(8), 1)
"""An image without a CLI header: native code."""


def outcomes(target: Path, **options: str) -> dict[str, str]:
    """Check one target; return the number of differences or the error of each place."""

    def outcome(result: Comparison) -> str:
        return type(result.error).__name__ if result.error else f"{len(result.differences)} differences"

    return {
        os.path.relpath(result.origin.location, target.parent): outcome(result)
        for result in check(str(target), **options).results
    }  # fmt: skip


def the_error(target: str | Path, **options: str) -> str:
    report = check(str(target), **options)
    assert report.exit_code == 2
    (result,) = report.results
    assert isinstance(result.error, CheckError)
    assert result.definition is None
    return str(result.error)


def pack(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path
