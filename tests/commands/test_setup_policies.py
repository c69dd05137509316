"""Policies of the operating system on Debian, set by `kiosk setup` on request and undone: as root, on a computer of their own."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.commands.output import words
from kiosk.commands.setup_policies import policies_in_words
from kiosk.domain.policies.debian import POLICIES
from tests.support.commands.policies import THEIRS

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]
ALL = policies_in_words([policy.name for policy in POLICIES])


def test_they_are_set_on_request_checked_and_undone(computer: Any) -> None:
    found = computer("policies")
    assert (found["none"], found["of-account"]) == ("policies.none", 1)
    assert (found["dry"][0][0], found["dry"][1]) == (0, True)
    assert words("setup.policies-would-set", policies=ALL) in found["dry"][0][1]
    assert found["set"][0] == 0
    assert words("setup.policies-set", policies=ALL) in found["set"][1]
    assert (found["modes"], found["found"]) == (["0o100644"], "policies.set")
    # What bore the name of one of ours is kept as it was.
    assert found["aside"] == THEIRS
    assert (found["again"][0][0], found["again"][1]) == (0, True)
    assert words("setup.policies-unchanged") in found["again"][0][1]
    assert found["unsaid"] == [0, True]
    assert found["changed"] == {"policies": "idle"}
    assert found["would-undo"] == [0, True]
    assert (found["undone"][0][0], found["undone"][1]) == (0, True)
    assert words("setup.policies-undone", policies=ALL) in found["undone"][0][1]
    assert (found["undone-again"][0], found["undone-again"][1]) == ([0, words("setup.policies-unchanged") + "\n"], True)
    assert (found["erased"][0][0], found["erased"][1:]) == (0, [True, []])


def test_killed_at_any_point_the_next_one_finishes_or_undoes_it(computer: Any) -> None:
    found = computer("policies-killed")
    assert found["faults"] == []
    assert found["killed"] > 30
