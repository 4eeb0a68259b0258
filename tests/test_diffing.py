"""The diff of any two enums, and of all enums of two targets."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from google.protobuf import descriptor_pb2
from image import Enum, Image

from smtpstatus_dotnet import diff, limits
from smtpstatus_dotnet.parity import Comparison, Difference, ParityReport
from smtpstatus_dotnet.reports import explanation, github, junit, text
from smtpstatus_dotnet.reports import json as json_report

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

RED = Enum("Color", {"Red": 1, "Green": 2}, "N")
BLUE = Enum("Color", {"Red": 1, "Blue": 2}, "N")
DEEP = Enum("Color", {"Red": 1, "Green": 3}, "N")
SIZE = Enum("Size", {"Small": 0}, "N")
BYTE = Enum("Size", {"Small": 0}, "N", element_type=0x05)


def dll(path: Path, *enums: Enum) -> str:
    path.write_bytes(Image(list(enums)).build())
    return str(path)


def package(path: Path, builds: dict[str, list[Enum]]) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for framework, enums in builds.items():
            archive.writestr(f"lib/{framework}/X.dll", Image(enums).build())
    return str(path)


def told(report: ParityReport) -> list[tuple[str, list[Difference]]]:
    return [
        (str(result.error) if result.error else explanation.summary(result).partition(":")[0], [*result.differences])
        for result in report.results
    ]


def test_two_versions_of_an_enum(tmp_path: Path) -> None:
    first, second = dll(tmp_path / "1.dll", RED, SIZE), dll(tmp_path / "2.dll", BLUE, SIZE)
    report = diff(first, second, type_names=["N.Color"])
    assert told(report) == [("N.Color", [Difference("name", "Green", 2, "Blue", 2)])]
    assert report.exit_code == 1
    assert report.shared is None
    assert diff(first, first, type_names=["N.Color"]).exit_code == 0


def test_two_names_of_an_enum(tmp_path: Path) -> None:
    first = dll(tmp_path / "1.dll", RED)
    second = dll(tmp_path / "2.dll", Enum("Colour", RED.members, "M"))
    report = diff(first, second, type_names=["N.Color", "M.Colour"])
    assert told(report) == [("N.Color and M.Colour", [])]
    assert report.exit_code == 0
    report = diff(second, first, type_names=["N.Color"])
    assert (report.exit_code, len(report.results)) == (2, 1)
    assert "has no enum N.Color" in str(report.results[0].error)


def test_all_enums(tmp_path: Path) -> None:
    first = dll(tmp_path / "1.dll", RED, SIZE, Enum("Old", {"A": 1}, "N"))
    second = dll(tmp_path / "2.dll", Enum("New", {"A": 1}, "N"), BYTE, DEEP)
    report = diff(first, second, is_all=True)
    assert told(report) == [
        ("N.Color", [Difference("number", "Green", 2, "Green", 3)]),
        ("N.Size", [Difference("underlying", "System.Int32", None, "System.Byte")]),
        ("N.Old", [Difference("missing", "N.Old")]),
        ("N.New", [Difference("extra", other_name="N.New")]),
    ]
    assert report.exit_code == 1
    assert diff(first, first, is_all=True).exit_code == 0
    assert len(diff(first, first, is_all=True).results) == 3


@pytest.mark.parametrize("names", [("x.dll", "2.dll"), ("1.dll", "x.dll"), ("x.dll", "x.dll")])
@pytest.mark.parametrize("is_all", [True, False])
def test_a_side_that_cannot_be_read(tmp_path: Path, names: tuple[str, str], is_all: bool) -> None:
    dll(tmp_path / "1.dll", RED)
    dll(tmp_path / "2.dll", RED)
    (tmp_path / "x.dll").write_bytes(b"MZ")
    sides = [str(tmp_path / name) for name in names]
    report = diff(*sides, is_all=is_all, type_names=[] if is_all else ["N.Color"])
    assert report.exit_code == 2
    assert [result.differences for result in report.results] == [()] * names.count("x.dll")
    assert {result.target for result in report.results} == {str(tmp_path / "x.dll")}


def test_no_enum_on_either_side(tmp_path: Path) -> None:
    report = diff(dll(tmp_path / "1.dll"), dll(tmp_path / "2.dll"), is_all=True)
    assert told(report) == [("there is no enum on either side", [])]
    assert report.exit_code == 2


def test_one_enum_that_cannot_be_read(tmp_path: Path) -> None:
    """The others are compared, and the whole never agrees."""
    path = tmp_path / "set.binpb"
    file = descriptor_pb2.FileDescriptorProto(name="a.proto", package="n")
    for name in ("Good", "Bad"):
        enum = file.enum_type.add(name=name)
        enum.value.add(name="ONE", number=1)
    file.enum_type[1].value.add(name="One", number=2)  # the same name in C#
    path.write_bytes(descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString())
    report = diff(str(path), str(path), is_all=True)
    assert [explanation.outcome(result) for result in report.results] == ["error", "error", "agrees"]
    assert "n.Bad" in str(report.results[0].error)
    assert report.exit_code == 2


def test_all_enums_of_descriptor_sets(tmp_path: Path) -> None:
    first, second = descriptor_pb2.FileDescriptorProto(package="a.b"), descriptor_pb2.FileDescriptorProto(package="a.b")
    for file, values in ((first, {"COLOR_RED": 0}), (second, {"COLOR_RED": 0, "COLOR_BLUE": 1})):
        message = file.message_type.add(name="Car")
        for enum in (file.enum_type.add(name="Color"), message.enum_type.add(name="Color")):
            for name, number in values.items():
                enum.value.add(name=name, number=number)
    for name, file in (("1.binpb", first), ("2.binpb", second)):
        data = descriptor_pb2.FileDescriptorSet(file=[file, file]).SerializeToString()
        (tmp_path / name).write_bytes(data)
    report = diff(str(tmp_path / "1.binpb"), str(tmp_path / "2.binpb"), is_all=True)
    extra = Difference("extra", other_name="Blue", other_number=1)
    assert told(report) == [("a.b.Color", [extra]), ("a.b.Car.Color", [extra])]


@pytest.mark.parametrize("is_within", [True, False])
def test_the_most_enums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_within: bool) -> None:
    file = descriptor_pb2.FileDescriptorProto()
    for name in ("A", "B"):
        file.enum_type.add(name=name).value.add(name="X", number=0)
    (tmp_path / "1.binpb").write_bytes(descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString())
    monkeypatch.setattr(limits, "ENUM_COUNT", 2 if is_within else 1)
    for target in (dll(tmp_path / "1.dll", RED, SIZE), str(tmp_path / "1.binpb")):
        report = diff(target, target, is_all=True)
        assert report.exit_code == (0 if is_within else 2)
        assert is_within or "has more than 1 enums" in str(report.results[0].error)


@pytest.mark.parametrize("target", ["python:enum:Enum", "grpc://127.0.0.1:1", "x.md"])
def test_targets_whose_enums_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.md").write_text("")
    report = diff(dll(tmp_path / "1.dll", RED), target, is_all=True)
    assert f"the enums of {target} cannot be listed: leave out --all" in told(report)[0][0]
    assert report.exit_code == 2


def test_an_enum_of_python(tmp_path: Path) -> None:
    """One --type is meant for the side that does not name its enum itself, whichever that is."""
    first, python = dll(tmp_path / "1.dll", Enum("E", {"Continue": 100}, "N")), "python:http:HTTPStatus"
    for sides, kind in (((first, python), "extra"), ((python, first), "missing")):
        report = diff(*sides, type_names=["N.E"])
        assert {difference.kind for difference in report.results[0].differences} == {kind}
        assert len(report.results[0].differences) > 50
    assert diff(python, python).exit_code == 0
    assert "itself names the enum" in str(diff(python, python, type_names=["N.E"]).results[0].error)
    assert "itself names the enum" in str(diff(first, python, type_names=["N.E", "X"]).results[0].error)


def test_builds_are_compared_with_their_like(tmp_path: Path) -> None:
    one = package(tmp_path / "1.nupkg", {"net6.0": [RED], "net8.0": [DEEP]})
    other = package(tmp_path / "2.nupkg", {"net6.0": [BLUE], "net8.0": [DEEP]})
    report = diff(one, other, type_names=["N.Color"])
    assert told(report) == [("N.Color", [Difference("name", "Green", 2, "Blue", 2)]), ("N.Color", [])]
    less, more = package(tmp_path / "3.nupkg", {"net6.0": [RED]}), {"net6.0": [RED], "net8.0": [DEEP], "net9.0": [RED]}
    report = diff(one, less, type_names=["N.Color"])
    assert told(report) == [("N.Color", []), ("N.Color", [Difference("missing", "N.Color")])]
    report = diff(one, package(tmp_path / "4.nupkg", more), type_names=["N.Color"])
    assert [result.exit_code for result in report.results] == [0, 0, 2]
    assert f"{one} has no builds of N.Color that are like this one: name one build" in str(report.results[2].error)


def test_a_build_that_loses_or_gets_an_enum(tmp_path: Path) -> None:
    both = package(tmp_path / "1.nupkg", {"net6.0": [RED, SIZE], "net8.0": [RED, SIZE]})
    less = package(tmp_path / "2.nupkg", {"net6.0": [SIZE], "net8.0": [RED, SIZE]})
    one = package(tmp_path / "3.nupkg", {"net8.0": [RED, SIZE]})
    missing, extra = Difference("missing", "N.Color"), Difference("extra", other_name="N.Color")
    assert told(diff(both, less, is_all=True)) == [("N.Color", []), ("N.Color", [missing]), ("N.Size", [])]
    assert told(diff(less, both, is_all=True)) == [("N.Size", []), ("N.Color", [extra]), ("N.Color", [])]
    lost = [("N.Color", []), ("N.Color", [missing]), ("N.Size", []), ("N.Size", [Difference("missing", "N.Size")])]
    assert told(diff(both, one, is_all=True)) == lost
    assert diff(one, both, is_all=True).exit_code == 0  # a new target framework
    single = dll(tmp_path / "1.dll", RED, SIZE)
    for sides in ((single, both), (both, single)):
        assert diff(*sides, is_all=True).exit_code == 0
    assert len(diff(single, both, type_names=["N.Color"]).results) == 2


def test_a_build_that_could_not_be_read_lacks_nothing(tmp_path: Path) -> None:
    both = package(tmp_path / "1.nupkg", {"net6.0": [RED, SIZE], "net8.0": [RED, SIZE]})
    broken = package(tmp_path / "2.nupkg", {"net8.0": [RED, SIZE]})
    with zipfile.ZipFile(broken, "a") as archive:
        archive.writestr("lib/net6.0/X.dll", b"MZ")
    for sides in ((both, broken), (broken, both)):
        outcomes = [explanation.outcome(result) for result in diff(*sides, is_all=True).results]
        assert "differs" not in outcomes
        assert outcomes[0] == "error"


def test_files_of_one_name_in_folders(tmp_path: Path) -> None:
    for side, other in (("old", RED), ("new", BLUE)):
        for folder, enum in (("a", other), ("b", DEEP)):
            (tmp_path / side / folder).mkdir(parents=True)
            dll(tmp_path / side / folder / "X.dll", enum)
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    assert told(diff(old, new, is_all=True)) == [
        ("N.Color", [Difference("name", "Green", 2, "Blue", 2)]),
        ("N.Color", []),
    ]
    assert diff(old, old, is_all=True).exit_code == 0


def test_what_is_not_there_may_be_in_what_was_not_read(tmp_path: Path) -> None:
    for side in ("old", "new"):
        (tmp_path / side).mkdir()
        dll(tmp_path / side / "X.dll", RED)
    dll(tmp_path / "old" / "Y.dll", SIZE)
    (tmp_path / "new" / "Y.dll").write_bytes(b"MZ")
    report = diff(str(tmp_path / "old"), str(tmp_path / "new"), is_all=True)
    assert [explanation.outcome(result) for result in report.results] == ["error", "agrees"]
    profile = tmp_path / "p.toml"
    entry = '[["N.Size".differences]]\nkind = "missing"\nname = "N.Size"\nreason = "gone"\n'
    profile.write_text(f'["N.Size"]\nreason = "gone"\n{entry}')
    report = diff(str(tmp_path / "old"), str(tmp_path / "new"), is_all=True, profile=str(profile))
    assert len(report.results) == 2


def test_a_profile_of_another_enum(tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text('["N.Other"]\nreason = "another"\n')
    report = diff(*[dll(tmp_path / "1.dll", RED)] * 2, type_names=["N.Color"], profile=str(profile))
    assert told(report) == [("the profile is not of N.Color, only of N.Other", [])]
    assert report.exit_code == 2


def test_a_stale_entry_of_a_whole_enum_is_told(tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    entries = ("missing", "name"), ("extra", "other_name")
    rows = "".join(f'[["N.Size".differences]]\nkind = "{k}"\n{n} = "N.Size"\nreason = "gone"\n' for k, n in entries)
    profile.write_text(f'["N.Size"]\nreason = "gone"\n{rows}')
    report = diff(dll(tmp_path / "1.dll", RED, SIZE), dll(tmp_path / "2.dll", RED), is_all=True, profile=str(profile))
    assert report.exit_code == 1
    assert "  stale      the profile declares nothing in the first enum and N.Size in the second" in text.render(report)


def test_equal_builds_are_compared_with_each(tmp_path: Path) -> None:
    one = package(tmp_path / "1.nupkg", {"net6.0": [RED], "net8.0": [RED]})
    other = package(tmp_path / "2.nupkg", {"net9.0": [RED], "net10.0": [RED]})
    report = diff(one, other, type_names=["N.Color"])
    assert [result.origin.framework for result in report.results] == ["net9.0", "net10.0"]
    assert report.exit_code == 0
    assert len(diff(one, other, is_all=True).results) == 1  # those that are equal are told once


def test_a_profile_accepts_members_and_whole_enums(tmp_path: Path, smtpstatus: CommandLine) -> None:
    first = dll(tmp_path / "1.dll", RED, SIZE, Enum("Old", {"A": 1}, "N"))
    second = dll(tmp_path / "2.dll", BLUE, SIZE, Enum("New", {"A": 1}, "N"))
    profile = tmp_path / "p.toml"
    written = smtpstatus("diff", first, second, "--all", "--write-profile", profile)
    assert written.returncode == 1
    refused = smtpstatus("diff", first, second, "--all", "--profile", profile)
    assert refused.returncode == 2
    assert "found 2 that are empty" in refused.stdout
    text = profile.read_text().replace('reason = ""', 'reason = "on purpose"')
    profile.write_text(text)
    assert 'kind = "missing"\nname = "N.Old"\nreason' in text
    accepted = smtpstatus("diff", first, second, "--all", "--profile", profile)
    assert (accepted.returncode, accepted.stdout) == (0, "4 of 4 pairs of enums agree\n")
    again = smtpstatus("diff", first, second, "--all", "--profile", profile, "--write-profile", profile)
    assert again.returncode == 0
    assert profile.read_text() == text
    # What the profile accepts is there no more, and what nobody looks at is no agreement.
    stale = diff(first, first, is_all=True, profile=str(profile))
    assert stale.exit_code == 2
    assert [difference.kind for result in stale.results for difference in result.differences] == ["stale", "stale"]
    assert "has a profile of N.New, which is on neither side" in str(stale.results[-1].error)


def test_a_profile_that_cannot_be_read(tmp_path: Path) -> None:
    first = dll(tmp_path / "1.dll", RED)
    report = diff(first, first, type_names=["N.Color"], profile=str(tmp_path / "absent.toml"))
    assert (report.exit_code, len(report.results)) == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--type", "A", "--type", "B", "--type", "C"), "expected --type once or twice, found it 3 times"),
        (("--all", "--type", "A"), "--all compares all enums, by their metadata: leave out --type and --via clr"),
        (("--all", "--via", "clr"), "leave out --type and --via clr"),
        (("--runtime", "mono"), "--runtime needs --via clr"),
        (("--output", "1.dll"), "would overwrite what is read of the target 1.dll"),
        (("--write-profile", "2.dll"), "would overwrite what is read of the target 2.dll"),
    ],
)
def test_options_that_do_not_go_together(
    smtpstatus: CommandLine, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    for name in ("1.dll", "2.dll"):
        dll(tmp_path / name, RED)
    before = (tmp_path / "1.dll").read_bytes()
    result = smtpstatus("diff", "1.dll", "2.dll", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert (tmp_path / "1.dll").read_bytes() == before


def test_arguments_of_the_function(tmp_path: Path) -> None:
    path = dll(tmp_path / "1.dll", RED)
    cases: list[dict[str, Any]] = [{"via": "x"}, {"type_names": "abc"}, {"is_all": True, "type_names": ["A"]}]
    for options in cases:
        with pytest.raises(ValueError, match="expected"):
            diff(path, path, **options)
    with pytest.raises(ValueError, match="expected one or two"):
        diff(path, path, is_all=True, via="clr")


def test_several_known_enums(tmp_path: Path) -> None:
    """Without --type they are compared by their names, and one that a side lacks is a difference."""
    mailkit = Enum("SmtpStatusCode", {"Ok": 250}, "MailKit.Net.Smtp")
    netmail = Enum("SmtpStatusCode", {"Ok": 250}, "System.Net.Mail")
    both, one = dll(tmp_path / "1.dll", mailkit, netmail), dll(tmp_path / "2.dll", mailkit)
    name = "System.Net.Mail.SmtpStatusCode"
    assert [result.differences for result in diff(both, both).results] == [(), ()]
    assert [result.differences for result in diff(both, one).results] == [(Difference("missing", name),), ()]
    assert [result.differences for result in diff(one, both).results] == [(), (Difference("extra", other_name=name),)]


def test_the_known_enums_are_not_there(tmp_path: Path) -> None:
    report = diff(*[dll(tmp_path / "1.dll", RED)] * 2)
    assert str(report.results[0].error).endswith("\nName the enum with --type, or take --all.")


def test_the_report_for_a_person(tmp_path: Path, smtpstatus: CommandLine) -> None:
    first, second = dll(tmp_path / "1.dll", RED), dll(tmp_path / "2.dll", Enum("Colour", BLUE.members, "M"))
    result = smtpstatus("diff", first, second, "--type", "N.Color", "--type", "M.Colour")
    assert result.returncode == 1
    assert result.stdout == (
        "differs  N.Color and M.Colour: 1 of 2 members agree in name and number\n"
        f"         {first} (Made 1.2.3.4), read from its metadata\n"
        f"         {second} (Made 1.2.3.4), read from its metadata\n"
        "  name       2 is Green in the first enum and Blue in the second\n"
        "name       What goes by number is understood; code and JSON that go by name are not. Rename it on one side.\n"
        f"On purpose? smtpstatus diff {first} {second} --type N.Color --type M.Colour --write-profile FILE writes them "
        "down; --profile FILE then accepts them.\n"
    )


def test_the_reports_for_programs(
    tmp_path: Path, schema: jsonschema.Draft202012Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    first = dll(tmp_path / "1.dll", RED, SIZE, Enum("Old", {"A": 1}, "N"))
    second = dll(tmp_path / "2.dll", BLUE, SIZE, Enum("New", {"A": 1}, "N"))
    report = diff(first, second, is_all=True)
    document = json.loads(json_report.render(report))
    schema.validate(document)
    assert document["shared"] is None
    new = document["results"][-1]
    assert new["first"] == {"target": first, "origin": None, "definition": None}
    assert new["differences"][0]["message"] == "only the second side has the enum N.New"
    assert new["how_to_accept"].startswith(f"On purpose? smtpstatus diff {first} {second} --all --write-profile")
    assert document["results"][0]["first"]["definition"]["members"][1] == {"name": "Green", "number": 2}
    annotations = [line for line in github.render(report).splitlines() if line.startswith("::error")]
    assert len(annotations) == 3
    assert ".proto" not in "".join(annotations)  # it is not about the shared enum
    assert 'tests="4" failures="3" errors="0"' in junit.render(report)
    assert text.render(report).startswith("1 of 4 pairs of enums agree\n")


def test_a_check_is_a_diff_with_the_shared_enum(assemblies: Path) -> None:
    from smtpstatus_dotnet import check

    def differences(report: ParityReport) -> list[tuple[Difference, ...]]:
        return [result.differences for result in report.results]

    shared = "python:smtpstatus:SmtpStatusCode"
    for path in sorted(assemblies.glob("*.dll")):
        if path.stem in ("agrees", "alias", "extra", "missing", "name", "number"):
            assert differences(diff(shared, str(path))) == differences(check(str(path)))


def test_results_that_say_nothing_never_agree() -> None:
    from smtpstatus_dotnet.parity import Origin

    assert Comparison("", Origin("")).exit_code == 2
