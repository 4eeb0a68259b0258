"""`compare` and the report: each kind of difference, and that the differences are complete."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vocabulary import MEMBERS

from smtpstatus_dotnet import shared_enum
from smtpstatus_dotnet.parity import (
    Comparison,
    Difference,
    EnumDefinition,
    EnumReadError,
    Origin,
    ParityReport,
    Profile,
    compare,
)

NAMES = st.sampled_from("ABCDEFGH")
SETS_OF_MEMBERS = st.dictionaries(NAMES, st.integers(-1, 6))
UNDERLYINGS = st.sampled_from([None, "System.Int32", "System.Int64"])


def define(members: dict[str, int], underlying: str | None = "System.Int32", location: str = "") -> EnumDefinition:
    return EnumDefinition("Some.Enum", underlying, members, Origin(location))


def test_the_shared_enum_is_the_vendors_by_another_name() -> None:
    shared = shared_enum()
    assert list(shared.members.items()) == list(MEMBERS.items())
    assert shared.underlying == "System.Int32"
    assert shared.full_name == "smtpstatus.v1.SmtpStatusCode"


@pytest.mark.parametrize(
    ("other", "differences"),
    [
        ({"Ok": 250, "Busy": 450}, ()),
        ({"Busy": 450, "Ok": 250}, ()),  # the order does not matter
        ({"Ok": 250}, (Difference("missing", "Busy", 450),)),
        ({"Ok": 250, "Busy": 450, "New": 555}, (Difference("extra", None, None, "New", 555),)),
        ({"Ok": 250, "Busy": 459}, (Difference("number", "Busy", 450, "Busy", 459),)),
        ({"Ok": 250, "Full": 450}, (Difference("name", "Busy", 450, "Full", 450),)),
        ({"Ok": 250, "Busy": 450, "Okay": 250}, (Difference("extra", None, None, "Okay", 250),)),  # an alias
        # Names swap their numbers: names match first, so both numbers differ and nothing is renamed.
        (
            {"Ok": 450, "Busy": 250},
            (Difference("number", "Ok", 250, "Ok", 450), Difference("number", "Busy", 450, "Busy", 250)),
        ),
        # Two new names for one number: the first replaces the old name, the second is extra.
        (
            {"Ok": 250, "Full": 450, "Held": 450},
            (Difference("name", "Busy", 450, "Full", 450), Difference("extra", None, None, "Held", 450)),
        ),
        ({}, (Difference("missing", "Ok", 250), Difference("missing", "Busy", 450))),
        ({"ok": 250, "Busy": 450}, (Difference("name", "Ok", 250, "ok", 250),)),  # case counts
    ],
)
def test_compare(other: dict[str, int], differences: tuple[Difference, ...]) -> None:
    assert compare(define({"Ok": 250, "Busy": 450}), define(other)) == differences


@given(SETS_OF_MEMBERS, UNDERLYINGS, SETS_OF_MEMBERS, UNDERLYINGS)
def test_the_differences_are_complete(
    members: dict[str, int], underlying: str | None, other_members: dict[str, int], other_underlying: str | None
) -> None:
    """The other enum can be rebuilt from the first one and the differences."""
    differences = compare(define(members, underlying), define(other_members, other_underlying))
    made = dict(members)
    for difference in differences:
        if difference.kind == "underlying":
            assert (difference.name, difference.other_name) == (underlying, other_underlying)
            assert underlying != other_underlying
            assert None not in (underlying, other_underlying)
            continue
        if difference.name is not None:
            assert made.pop(difference.name) == difference.number
        if difference.other_name is not None and difference.other_number is not None:
            assert difference.other_name not in made
            made[difference.other_name] = difference.other_number
    assert made == other_members
    assert len(set(differences)) == len(differences)


@given(SETS_OF_MEMBERS)
def test_equal_enums_agree(members: dict[str, int]) -> None:
    assert compare(define(members), define(members, None)) == ()


@given(SETS_OF_MEMBERS, SETS_OF_MEMBERS)
def test_seen_from_the_other_side(members: dict[str, int], other: dict[str, int]) -> None:
    opposite = {"missing": "extra", "extra": "missing", "number": "number", "name": "name"}
    there = sorted(difference.kind for difference in compare(define(members), define(other)))
    back = sorted(opposite[difference.kind] for difference in compare(define(other), define(members)))
    assert there == back


def test_the_worst_result_is_the_exit_code() -> None:
    shared = define({"Ok": 250})
    agrees = Comparison("a", Origin("a"), shared)
    differs = Comparison("b", Origin("b"), shared, (Difference("missing", "Ok", 250),))
    unread = Comparison("c", Origin("c"), error=EnumReadError("damaged"))
    assert [result.exit_code for result in (agrees, differs, unread)] == [0, 1, 2]
    assert ParityReport(shared, (agrees, agrees)).exit_code == 0
    assert ParityReport(shared, (agrees, differs)).exit_code == 1
    assert ParityReport(shared, (unread, differs, agrees)).exit_code == 2
    assert ParityReport(shared, ()).exit_code == 2


def test_where_a_definition_was_found_does_not_count() -> None:
    assert define({"Ok": 250}, location="here") == define({"Ok": 250}, location="there")
    assert str(Origin("a.dll", "A 1.0.0.0", "net6.0")) == "a.dll (A 1.0.0.0, net6.0)"
    assert str(Origin("a.dll")) == "a.dll"


@pytest.mark.parametrize("underlying", [("System.Int16", "System.Int32"), ("System.Int32", "System.Int16")])
def test_underlying_types(underlying: tuple[str, str]) -> None:
    (difference,) = compare(define({"Ok": 250}, underlying[0]), define({"Ok": 250}, underlying[1]))
    assert difference == Difference("underlying", underlying[0], None, underlying[1])


def test_a_result_cannot_be_changed() -> None:
    definition = define({"Ok": 250})
    comparison = Comparison("x.dll", Origin("x.dll"), definition)
    report = ParityReport(definition, (comparison,))
    profile = Profile("Some.Enum", {})
    for value, name in ((definition, "members"), (comparison, "differences"), (report, "results"), (profile, "name")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, ())
