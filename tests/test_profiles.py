"""Profiles: differences on purpose, stale declarations, and the files with the declarations."""

from __future__ import annotations

import os
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import CommandLine
from hypothesis import given, settings
from hypothesis import strategies as st
from vocabulary import FULL_NAME, MEMBERS

from smtpstatus_dotnet import check, limits, profiles, shared_enum
from smtpstatus_dotnet.known_enums import DOTNET_TYPES
from smtpstatus_dotnet.parity import Difference, EnumDefinition, Origin, Profile, compare

SYSTEM, MAILKIT = "System.Net.Mail.SmtpStatusCode", "MailKit.Net.Smtp.SmtpStatusCode"


def test_the_known_types_are_those_with_a_profile() -> None:
    assert (FULL_NAME, *profiles.known()) == DOTNET_TYPES


def test_each_declared_difference_has_its_reason() -> None:
    for profile in profiles.known().values():
        assert profile.reason.endswith(".")
        for difference, reason in profile.differences.items():
            assert reason.endswith("."), difference
            if difference.name:
                assert MEMBERS[difference.name] == difference.number


def test_system_net_mail_agrees_by_its_profile(sdk: Path) -> None:
    (path,) = sdk.glob("shared/Microsoft.NETCore.App/*/System.Net.Mail.dll")
    (result,) = check(str(path)).results
    assert result.definition
    assert (result.exit_code, result.definition.full_name, len(result.definition.members)) == (0, SYSTEM, 25)
    assert len(result.accepted) == len(profiles.known()[SYSTEM].differences) == 10


def test_mailkit_agrees_by_its_profile_in_every_build(sdk: Path) -> None:
    packages = list(sdk.glob("nuget/mailkit.*.nupkg"))
    if not packages:
        pytest.skip("no MailKit package beside the SDK")
    report = check(str(packages[0]))
    with zipfile.ZipFile(packages[0]) as archive:
        builds = {name.split("/")[1] for name in archive.namelist() if name.endswith("MailKit.dll")}
    assert report.exit_code == 0
    assert {result.origin.framework for result in report.results} == builds
    assert {len(result.definition.members) for result in report.results if result.definition} == {31}


def test_a_wrong_profile_does_not_agree(sdk: Path) -> None:
    (path,) = sdk.glob("shared/Microsoft.NETCore.App/*/System.Net.Mail.dll")
    (result,) = check(str(path), profile=MAILKIT).results
    assert result.exit_code == 1
    assert {difference.kind for difference in result.differences} == {"missing", "name", "stale"}


def other(**changes: int) -> EnumDefinition:
    return EnumDefinition("Some.Enum", None, MEMBERS | changes, Origin(""))


def test_a_declared_difference_is_accepted_or_stale() -> None:
    declared = Difference("extra", None, None, "New", 555)
    profile = Profile("Some.Enum", {declared: "because"})
    assert compare(shared_enum(), other(New=555), profile) == ()
    assert compare(shared_enum(), other(), profile) == (Difference("stale", None, None, "New", 555),)
    # The same name with another number is another difference, and the declared one is stale.
    assert compare(shared_enum(), other(New=556), profile) == (
        Difference("extra", None, None, "New", 556),
        Difference("stale", None, None, "New", 555),
    )


NAMES = st.text(min_size=1, max_size=12)


@settings(deadline=None)  # it writes files, which takes long on a busy machine
@given(st.dictionaries(NAMES, st.integers(-(2**63), 2**64 - 1), max_size=8), st.text(min_size=1))
def test_a_written_profile_is_accepted(
    tmp_path_factory: pytest.TempPathFactory, extra: dict[str, int], name: str
) -> None:
    """This holds for all names: .NET allows any."""
    definition = EnumDefinition(name, "System.Int64", {**MEMBERS, **extra}, Origin(""))
    differences = compare(shared_enum(), definition)
    path = tmp_path_factory.mktemp("profile") / "profile.toml"
    path.write_text(profiles.write(str(path), {name: differences}), encoding="utf-8")
    profile = profiles.read(str(path))[name]
    assert compare(shared_enum(), definition, profile) == ()
    assert tuple(profile.differences) == differences


def test_a_profile_of_the_user(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    """A user sees the difference, accepts it, gives a reason and goes on; and again when more has changed."""
    path = tmp_path / "accepted.toml"
    result = smtpstatus("check", assemblies / "extra.dll", "--write-profile", path)
    assert result.returncode == 1
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('reason = ""', 'reason = "New in 1.2."'), encoding="utf-8")

    result = smtpstatus("check", assemblies / "extra.dll", "--profile", path)
    assert (result.returncode, result.stdout.splitlines()[0]) == (
        0,
        f"agrees   {FULL_NAME}: 32 of 32 members agree in name and number; accepted by its profile: 1",
    )
    result = smtpstatus("check", assemblies / "agrees.dll", "--profile", path)
    assert result.returncode == 1
    assert "stale      the profile declares nothing here and ParametersNotRecognized = 555 there" in result.stdout

    assert smtpstatus("check", assemblies / "extra.dll", "--write-profile", path).returncode == 1
    assert path.read_text(encoding="utf-8").count('reason = "New in 1.2."') == 2  # reasons are kept
    result = smtpstatus("check", assemblies / "number.dll", "--write-profile", path)
    assert result.returncode == 1
    written = f"smtpstatus: wrote {path}; fill in each reason that is empty, then check with --profile {path}\n"
    assert result.stderr == written
    result = smtpstatus("check", assemblies / "number.dll", "--profile", path)
    assert result.returncode == 2
    assert f"{path}, {FULL_NAME}: expected a reason for the profile and for each" in result.stdout
    assert "found 1 that are empty" in result.stdout
    give_reasons(path)
    assert smtpstatus("check", assemblies / "number.dll", "--profile", path).returncode == 0


def give_reasons(path: Path) -> None:
    """Do what a person does with a profile that was written."""
    path.write_text(path.read_text(encoding="utf-8").replace('reason = ""', 'reason = "Tested."'), encoding="utf-8")


@pytest.mark.parametrize("reason", ["", " ", "\\n"])
def test_an_empty_reason_is_none(assemblies: Path, tmp_path: Path, reason: str) -> None:
    """This holds for the profile that is applied, and for no other in the file."""
    path = tmp_path / "accepted.toml"
    for name, outcome in ((FULL_NAME, 2), ("A.B", 0)):
        path.write_text(f'["{FULL_NAME}"]\nreason = "."\n["A.B"]\nreason = "."\n'.replace(
            f'"{name}"]\nreason = "."', f'"{name}"]\nreason = "{reason}"'), encoding="utf-8")  # fmt: skip
        assert check(str(assemblies / "agrees.dll"), profile=str(path)).exit_code == outcome


def test_comments_are_kept(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    """A comment belongs to the table below it. It goes with an entry that is not true any more, and only then."""
    path = tmp_path / "accepted.toml"
    gone = f'# gone\n[["{FULL_NAME}".differences]]\nkind = "missing"\nname = "X"\nnumber = 1\nreason = "old"\n'
    entry = f'[["{FULL_NAME}".differences]]\n# inside\nkind = "extra"\nother_name = "ParametersNotRecognized"\n'
    kept = f'# above\n{entry}other_number = 555  # behind\nreason = "New in 1.2."\n'
    head = f'# about the file\n\n["{FULL_NAME}"]\nreason = "Mine."\n'
    other = '# of another enum\n["A.B"]\nreason = ""\n'
    path.write_text(f"{head}\n{gone}\n{kept}\n{other}\n# at the end\n", encoding="utf-8")

    assert smtpstatus("check", assemblies / "extra.dll", "--write-profile", path).returncode == 1
    assert path.read_text(encoding="utf-8") == f"{head}\n{kept}\n{other}\n# at the end\n"
    assert smtpstatus("check", assemblies / "extra.dll", "--profile", path).returncode == 0


NEW = f"""["{FULL_NAME}"]
reason = ""

[["{FULL_NAME}".differences]]
kind = "extra"
other_name = "ParametersNotRecognized"
other_number = 555
reason = ""
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, NEW),
        ("", NEW),
        ("# mine\n", f"# mine\n\n{NEW}"),
        ('["A.B"]\nreason = "x"', f'["A.B"]\nreason = "x"\n\n{NEW}'),
        ('["A.B"]\r\nreason = "x"\r\n# end', f'["A.B"]\nreason = "x"\n\n{NEW}# end\n'),
        (f'["{FULL_NAME}"]\nreason = ""', NEW),
        (NEW.rstrip("\n"), NEW),
    ],
)
def test_what_is_added_to_a_file(
    smtpstatus: CommandLine, assemblies: Path, tmp_path: Path, before: str | None, after: str
) -> None:
    path = tmp_path / "accepted.toml"
    if before is not None:
        path.write_bytes(before.encode())
    assert smtpstatus("check", assemblies / "extra.dll", "--write-profile", path).returncode == 1
    assert path.read_text(encoding="utf-8") == after
    give_reasons(path)
    assert smtpstatus("check", assemblies / "extra.dll", "--profile", path).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        '"A.B" = {reason = "inline"}\n',
        '["A.B"]\nreason = ""\ndifferences = []\n',
        '["A.B"]\nreason = """\n[not a header]"""\n',
        '["A.B"]\nreason = ""\n[["A.B".differences]]\nkind = "missing"\nname = "X"\nnumber = 1\nreason = """\n[]"""\n',
    ],
)
def test_a_profile_of_another_form_is_not_written(
    smtpstatus: CommandLine, assemblies: Path, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(text, encoding="utf-8")
    result = smtpstatus("check", assemblies / "extra.dll", "--write-profile", path)
    assert result.returncode == 2
    assert "accepted.toml is not in the form of --write-profile: expected tables" in result.stderr
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.skipif(sys.platform == "win32", reason="there are no FIFOs")
def test_a_pipe_is_written_and_not_read(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as executor:
        content = executor.submit(pipe.read_text, encoding="utf-8")
        assert smtpstatus("check", assemblies / "extra.dll", "--write-profile", pipe).returncode == 1
        assert content.result(timeout=60) == NEW


def test_builds_that_differ_have_no_common_profile(smtpstatus: CommandLine, assemblies: Path, tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    result = smtpstatus("check", assemblies / "extra.dll", assemblies / "name.dll", "--write-profile", path)
    assert result.returncode == 2
    assert "differ in different ways" in result.stderr
    assert not path.exists()


HEAD = '["A.B"]\nreason = ""\n'
ENTRY = '[["A.B".differences]]\nkind = "missing"\nname = "X"\nnumber = 1\nreason = ""\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml", "is not a profile: expected TOML"),
        ("\udcff", "is not a profile: expected TOML"),
        ('"A.B" = 1', r'expected a table \["A.B"\] with reason = "..." and differences'),
        ('["A.B"]\ndifferences = []', 'with reason = "..." and differences'),
        (f"{HEAD}more = 1", 'with reason = "..." and differences'),
        (f"{HEAD}differences = 1", "expected differences as tables"),
        (f"{HEAD}differences = [1]", "expected kind, reason, a kind of missing, extra"),
        (HEAD + ENTRY.replace("missing", "odd"), "a kind of missing, extra"),
        (HEAD + ENTRY.replace('name = "X"', ""), "expected kind, name, number, reason"),
        (HEAD + ENTRY.replace("missing", "number"), "expected kind, name, number, other_name, other_number, reason"),
        (HEAD + ENTRY.replace("number = 1", 'number = "1"'), "expected number to be of type int"),
        (HEAD + ENTRY.replace("number = 1", "number = true"), "expected number to be of type int"),
        (HEAD + ENTRY * 2, "expected each difference once"),
        *(
            (HEAD + ENTRY.replace("= 1", f"= {odd}"), "type int")
            for odd in ("1.0", "inf", "1979-05-27", "[1]", "{a = 1}")
        ),
        (HEAD + ENTRY.replace('"X"', "07:32:00"), "expected name to be of type str"),
        (
            HEAD + ENTRY.replace("= 1", f"= {2**64}"),
            "expected number to have at most 64 bits, found 0x10000000000000000",
        ),
        (HEAD + ENTRY.replace("= 1", f"= {-(2**63) - 1}"), "at most 64 bits"),
        (HEAD + ENTRY.replace("= 1", f"= {'1' * 5000}"), "is not a profile: expected TOML"),
        (HEAD + ENTRY.replace("= 1", f"= 0x{'f' * 5000}"), "at most 64 bits"),
        (HEAD + ENTRY.replace('"X"', f"0x{'f' * 5000}"), "is not a profile"),
        (HEAD + ENTRY.replace("= 1", f"= {'[' * 3000}{']' * 3000}"), "is not a profile: expected TOML"),
        (HEAD + ENTRY.replace("= 1", f"= {'{a=' * 3000}1{'}' * 3000}"), "is not a profile: expected TOML"),
        (HEAD + ENTRY.replace("X", "\0"), "is not a profile: expected TOML"),
        ("\0", "is not a profile: expected TOML"),
        ("a." * 65 + "a = 1", "a key has more than 64 parts"),
        ('[["A.B".' + "'a' . " * 65 + "a]]", "a key has more than 64 parts"),
        ('["A.B"]\nreason = {' + '"\\"." .\t' * 65 + "a = 1}", "a key has more than 64 parts"),
    ],
)
def test_a_file_that_is_not_a_profile(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "profile.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(profiles.ProfileError, match=message):
        profiles.read(str(path))


def test_the_largest_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "profile.toml"
    text = HEAD + ENTRY.replace("= 1", f"= {2**64 - 1}") + ENTRY.replace("= 1", f"= {-(2**63)}")
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(limits, "PROFILE_BYTES", len(text))
    assert [d.number for d in profiles.read(str(path))["A.B"].differences] == [2**64 - 1, -(2**63)]
    path.write_text(f"{text} ", encoding="utf-8")
    with pytest.raises(profiles.ProfileError, match=r"profile.toml is not a profile: expected at most 0 KiB"):
        profiles.read(str(path))


def test_the_deepest_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words with dots are not keys, and dots within quotes join nothing."""
    monkeypatch.setattr(limits, "KEY_DEPTH", 2)
    path = tmp_path / "profile.toml"
    reason = "a. b. c. d? 1.2, 3.4 ..... # e.g. '" * 20
    path.write_text(f'["a.b.c.d"]\nreason = """\n{reason}"""\n[["a.b.c.d".differences]]', encoding="utf-8")
    with pytest.raises(profiles.ProfileError, match="expected kind, reason"):
        profiles.read(str(path))
    hidden = '["a.b"]\nreason = [""" \\""" \' """, \'\'\' " \'\'\', {a.b.c = 1}, "\'", "\'"]'
    for deep in ('["a.b"]\nreason = ""\n[["a.b".differences.c]]', hidden, f"# '{hidden}"):
        path.write_text(deep, encoding="utf-8")
        with pytest.raises(profiles.ProfileError, match="a key has more than 2 parts"):
            profiles.read(str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no FIFOs")
def test_a_profile_that_is_not_a_file(assemblies: Path, tmp_path: Path) -> None:
    """Opening a pipe waits without end, and a device gives bytes without end."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "device.toml").symlink_to("/dev/zero")
    (tmp_path / "folder.toml").mkdir()
    for name in ("pipe.toml", "device.toml", "folder.toml"):
        (result,) = check(str(assemblies / "agrees.dll"), profile=str(tmp_path / name)).results
        assert (result.exit_code, str(result.error)) == (
            2,
            f"cannot read the profile {tmp_path}/{name}: it is not a regular file",
        )
    (result,) = check(str(assemblies / "agrees.dll"), profile="x\0.toml").results
    assert (result.exit_code, type(result.error)) == (2, profiles.ProfileError)


def test_a_profile_is_read_once(assemblies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(f'["{FULL_NAME}"]\nreason = "."\n', encoding="utf-8")
    reads: list[str] = []
    read = profiles.read

    def read_and_note(path: str) -> dict[str, Profile]:
        reads.append(path)
        return read(path)

    monkeypatch.setattr(profiles, "read", read_and_note)
    assert check(*[str(assemblies / "agrees.dll"), str(assemblies / "number.dll")], profile=str(path)).exit_code == 1
    assert reads.count(str(path)) == 1


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("No.Such.Enum", f"no profile No.Such.Enum: expected one of {SYSTEM}, {MAILKIT}, or a file (.toml)"),
        ("absent.toml", "cannot read the profile absent.toml: No such file or directory"),
    ],
)
def test_a_profile_that_is_not_there(assemblies: Path, profile: str, message: str) -> None:
    report = check(str(assemblies / "agrees.dll"), profile=profile)
    assert report.exit_code == 2
    assert str(report.results[0].error) == message


def test_a_profile_file_of_any_name(assemblies: Path, tmp_path: Path) -> None:
    path = tmp_path / "accepted"
    path.write_text(f'["{FULL_NAME}"]\nreason = "."\n', encoding="utf-8")
    assert check(str(assemblies / "agrees.dll"), profile=str(path)).exit_code == 0


def test_a_file_without_that_enum(assemblies: Path, sdk: Path, tmp_path: Path) -> None:
    """One file serves many targets: an enum that it does not name has our profile, or none."""
    path = tmp_path / "profile.toml"
    path.write_text('["A.B"]\nreason = "."\n', encoding="utf-8")
    (system,) = sdk.glob("shared/Microsoft.NETCore.App/*/System.Net.Mail.dll")
    targets = (str(assemblies / "agrees.dll"), str(assemblies / "extra.dll"), str(system))
    agrees, extra, ours = check(*targets, profile=str(path)).results
    assert (agrees.exit_code, agrees.profile) == (0, None)
    assert (extra.exit_code, extra.profile) == (1, None)
    assert ours.exit_code == 0
    assert ours.profile
    assert ours.profile.name == SYSTEM
