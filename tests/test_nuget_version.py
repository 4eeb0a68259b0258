"""Versions and intervals of NuGet, also beside NuGet's own."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from pathlib import Path

import pytest
from process import run

from smtpstatus_dotnet.package_indexes.nuget_version import parse_range, parse_version

VALID = [
    "0", "1", "1.0", "1.0.0", "1.0.0.0", "1.0.0.1", "01.1.0", "1.10", "1.9", "2147483647", "1.0-beta",
    "1.0-Beta.2", "1.0-beta.10", "1.0-rc--1", "1.0-0", "1.0-1", "1.0-a", "1.0-A", "1.0-a.b", "1.0-a-b",
    "1.0-0a", "1.0-2147483647", "1.0-2147483648", "1.0-99999999999", "1.0--", "1.0+x", "1.0-a+b.c", "1.0.0.0-x",
    "1.0.0.1-x",
]  # fmt: skip
INVALID = [
    "x", "v1.0", "-1.0", "+1.0", "1.", "1..0", ".1", "1.0.0.0.0", "2147483648", "1.0-", "1.0-a.", "1.0-rc..1",
    "1.0-rc_1", "1.0-01", "1.0+", "1.0-a+", "1.0+a+b", "1.0-\u00e9", "\uff11.0", "1.*", "*", "1.0-*", "1.0-[",
]  # fmt: skip
INTERVALS = [
    "[1.0]", "[1.0,2.0)", "(1.0,2.0]", "(1.0,)", "[1.0,]", "(,1.0]", "[,1.0)", "[1.0-a,1.0]", "[1.9,1.10]",
    "[1.0,1.0]", "[2.0,1.0]", "[1.0,1.0)", "()", "[]", "[,]", "(,)", "(1.0)", "(1.0]", "[1.0)", "[x]", "[1.0",
    "[1.0,2.0,3.0]",
]  # fmt: skip

# NuGet's own library is in the SDK. It says of each text whether it is a version, of pairs which is the older, and of
# versions whether they are in an interval.
_ORACLE = """
import itertools, json, sys
from pathlib import Path
from clr_loader import get_coreclr
from pythonnet import set_runtime
sdk = Path(sys.argv[1])
set_runtime(get_coreclr(runtime_config=str(sdk / "dotnet.runtimeconfig.json"), dotnet_root=str(sdk.parents[1])))
import clr
clr.AddReference(str(sdk / "NuGet.Versioning.dll"))
from NuGet.Versioning import NuGetVersion, VersionRange
texts, intervals = json.load(sys.stdin)
parsed = {text: NuGetVersion.TryParse(text) for text in texts}
valid = {text: version for text, (is_valid, version) in parsed.items() if is_valid}
ranges = {text: VersionRange.TryParse(text) for text in intervals}
print(json.dumps({
    "versions": {text: [version.ToNormalizedString(), version.IsPrerelease] for text, version in valid.items()},
    "order": [max(-1, min(1, a.CompareTo(b))) for a, b in itertools.product(valid.values(), repeat=2)],
    "ranges": {
        text: [found.Satisfies(version) for version in valid.values()]
        for text, (is_valid, found) in ranges.items() if is_valid
    },
}))
"""


def sdk() -> Path:
    """Return the folder of the SDK's own libraries."""
    dotnet = shutil.which("dotnet")
    found = sorted(Path(dotnet).resolve().parent.glob("sdk/*/NuGet.Versioning.dll")) if dotnet else []
    if not found:
        pytest.skip("no .NET SDK: put its `dotnet` on PATH")
    pytest.importorskip("pythonnet", reason="pythonnet is not installed: pip install 'smtpstatus[dotnet]'")
    return found[-1].parent


def test_as_nugets_own_library_has_it() -> None:
    rng = random.Random(17)
    labels = ["", "-a", "-B", "-a.1", "-a.10", "-1", "-10", "-rc-1", "-01", "-a..b", "+x", "-a+x", "-A.1.b"]
    texts = [*VALID, *INVALID]
    for _ in range(150):
        numbers = ".".join(str(rng.choice((0, 1, 2, 10, 2**31))) for _ in range(rng.randint(1, 5)))
        texts.append(numbers + rng.choice(labels))
    texts = list(dict.fromkeys(texts))
    command = [sys.executable, "-c", _ORACLE, str(sdk())]
    result = run(*command, environment=dict(os.environ), stdin=json.dumps([texts, INTERVALS]))
    assert result.returncode == 0, result.stderr
    oracle = json.loads(result.stdout)
    ours = {}
    for text in texts:
        try:
            ours[text] = parse_version(text)
        except ValueError:
            continue
    assert {text: [str(version), version.is_prerelease] for text, version in ours.items()} == oracle["versions"]
    versions = [ours[text] for text in oracle["versions"]]
    assert [(a > b) - (a < b) for a in versions for b in versions] == oracle["order"]
    assert [int(a != b) for a in versions for b in versions] == [abs(order) for order in oracle["order"]]
    for text in INTERVALS:
        try:
            includes = parse_range(text)
        except ValueError:
            assert text not in oracle["ranges"], text
        else:
            assert includes
            assert [includes(version) for version in versions] == oracle["ranges"][text], text


@pytest.mark.parametrize("text", VALID)
def test_a_version(text: str) -> None:
    assert parse_version(str(parse_version(text))) == parse_version(f" {text} ")
    assert parse_range(text) is None


@pytest.mark.parametrize("text", [*INVALID, "", "1 .0", "1.0\n1", "9" * 5000])
def test_no_version(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_version(text)


@pytest.mark.parametrize(
    ("older", "newer"),
    [("1.0-a", "1.0"), ("1.0-2", "1.0-10"), ("1.0-2147483647", "1.0-2147483648"), ("1.0-9", "1.0-a"),
     ("1.0-a", "1.0-a.0"), ("1.9", "1.10"), ("1.0", "1.0.0.1"), ("1.0-a-b", "1.0-ab")],
)  # fmt: skip
def test_the_order(older: str, newer: str) -> None:
    assert parse_version(older) < parse_version(newer)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1.0.0.0"), ("1.0-RC", "1.0-rc"), ("1.0+a", "1.0+b"), ("01.0", "1.0")]
)
def test_the_same_version(one: str, other: str) -> None:
    assert parse_version(one) == parse_version(other)
    assert hash(parse_version(one)) == hash(parse_version(other))


@pytest.mark.parametrize("text", ["(1.0,1.0)", "[1.*,2.0)", "[2.0,1.0]", "(,)", "[ , ]"])
def test_an_interval_without_a_version(text: str) -> None:
    """NuGet takes the first two, although nothing is in the one, and the other is a wish for the newest."""
    with pytest.raises(ValueError, match=r"."):
        parse_range(text)
