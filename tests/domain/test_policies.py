"""What setting and undoing a policy has to do: a model of one value, and of one file, ended at any step."""

from __future__ import annotations

from itertools import product

import pytest

from kiosk.domain.policies import Standing, debian, names_not_set, overall, windows
from kiosk.domain.policies.debian import Found, Undo
from kiosk.domain.policies.windows import Kept, Value, is_put_back, to_set

A_VALUE = windows.POLICIES[0]
OURS, THEIRS, LATER = A_VALUE.wanted, Value(1, "theirs"), Value(windows.DWORD, 7)


def test_names_and_places_are_different_ones() -> None:
    for table in (windows.POLICIES, debian.POLICIES):
        assert len({policy.name for policy in table}) == len(table)
    assert len({(policy.key, policy.value_name) for policy in windows.POLICIES}) == len(windows.POLICIES)
    assert len({policy.path for policy in debian.POLICIES}) == len(debian.POLICIES)


@pytest.mark.parametrize(("before", "noted_first"), list(product([None, THEIRS, OURS], [True, False])))
def test_what_was_there_before_is_put_back_wherever_it_was_ended(before: Value | None, noted_first: bool) -> None:
    present, kept = before, None
    plan = to_set(A_VALUE, present, kept)
    assert plan.note == Kept(before)
    if noted_first:  # and ended there
        kept = plan.note
        plan = to_set(A_VALUE, present, kept)
        assert plan.note is None
    kept, present = plan.note or kept, OURS
    assert not to_set(A_VALUE, present, kept).is_written
    assert kept is not None
    assert windows.standing(A_VALUE, present, kept) is Standing.SET
    assert (kept.before if is_put_back(A_VALUE, present, kept) else present) == before


def test_what_somebody_has_written_since_is_put_back_and_never_undone() -> None:
    kept = Kept(THEIRS)
    assert windows.standing(A_VALUE, LATER, kept) is Standing.DIFFERS
    assert not is_put_back(A_VALUE, LATER, kept)
    assert to_set(A_VALUE, LATER, kept).note == Kept(LATER)
    # As it would be after it was noted, and before it was written.
    assert to_set(A_VALUE, THEIRS, kept).note is None


@pytest.mark.parametrize("policy", debian.POLICIES)
def test_a_file_of_ours_is_known_by_its_first_line(policy: debian.Policy) -> None:
    assert debian.found(policy, None) is Found.NOTHING
    assert debian.found(policy, policy.content) is Found.OURS
    assert debian.found(policy, policy.content + b"# more\n") is Found.OUTDATED
    assert debian.found(policy, b"# theirs\n") is Found.ANOTHERS


@pytest.mark.parametrize(
    ("there", "has_aside", "undone", "stands"),
    [
        (Found.NOTHING, False, Undo.NOTHING, Standing.NOT_ASKED_FOR),
        (Found.NOTHING, True, Undo.PUT_BACK, Standing.DIFFERS),
        (Found.OURS, False, Undo.DELETE, Standing.SET),
        (Found.OURS, True, Undo.PUT_BACK, Standing.SET),
        (Found.OUTDATED, False, Undo.DELETE, Standing.DIFFERS),
        (Found.OUTDATED, True, Undo.PUT_BACK, Standing.DIFFERS),
        (Found.ANOTHERS, False, Undo.NOTHING, Standing.NOT_ASKED_FOR),
        (Found.ANOTHERS, True, Undo.KEEP, Standing.NOT_ASKED_FOR),
    ],
)
def test_a_file_is_undone_as_it_stands(there: Found, has_aside: bool, undone: Undo, stands: Standing) -> None:
    assert debian.undo(there, has_aside=has_aside) is undone
    assert debian.standing(there, has_aside=has_aside) is stands


def test_one_that_is_missing_makes_the_whole_differ() -> None:
    assert overall([Standing.SET, Standing.SET]) is Standing.SET
    assert overall([Standing.NOT_ASKED_FOR]) is Standing.NOT_ASKED_FOR
    assert overall([Standing.SET, Standing.NOT_ASKED_FOR]) is Standing.DIFFERS
    assert names_not_set({"a": Standing.SET, "b": Standing.NOT_ASKED_FOR, "c": Standing.DIFFERS}) == ["b", "c"]
