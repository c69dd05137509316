"""A move whose copy is lost for good is called off: one whole counter is left, where it came from. On Linux, with real accounts."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.text import say

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]
NOTHING = say("command.setup.nothing-changed")
OWN = "/home/kiosk-hanako/.local/share/library-card-kiosk"


def why(reason: str) -> str:
    return say(f"command.why.setup-impossible.{reason}")


def test_a_copy_that_is_lost_on_the_computer(computer: Any) -> None:
    found = computer("lost-there")
    for name, reason in (("none", "no-move"), ("there", "copy-there"), ("unasked", "call-off-script"), ("others", "not-administrator")):
        code, said = found[name]
        assert (code, why(reason) in said, NOTHING in said) == (1, True, True), (name, said)
    code, said = found["dry"]
    what = say("command.setup.call-off-what", source=OWN, target="/var/lib/library-card-kiosk")
    assert (code, what in said, found["still"]) == (0, True, True), said
    code, said = found["done"]
    assert (code, say("command.setup.called-off", folder=OWN) in said) == (0, True), said
    assert (found["links"], found["left"], found["doctor"]) == ([1, 2, 3], [], 0)
    assert (found["again"], found["moved"]) == (0, [1, 2, 3])


def test_a_copy_that_is_lost_with_the_computers_disk(computer: Any) -> None:
    """Nobody knows of the move then: the manual names the command for that."""
    assert computer("lost-with-the-computer") == {"moved": 0, "links": [1, 2, 3], "count": 0}


def test_a_copy_that_is_lost_on_the_disk_it_was_given_back_to(computer: Any) -> None:
    found = computer("lost-back")
    code, said = found["done"]
    assert (found["refused"], code, say("command.setup.called-off", folder="/var/lib/library-card-kiosk") in said) == (1, 0, True), said
    assert (found["links"], found["modes"], found["keys"]) == ([1, 2, 3], True, [])
    assert found["left"] == ["library-card-kiosk", "library-card-kiosk-keys"]


def test_the_old_home_is_taken_back_from_its_removal(computer: Any) -> None:
    found = computer("removed-before")
    assert (found["done"][0], found["links"]) == (0, [1, 2, 3]), found["done"]
    code, said = found["lost"]
    assert (code, say("command.setup.called-off-lost") in said, found["planned"]) == (1, True, False), said


def test_while_the_keys_cannot_be_reached_the_move_stays_planned(computer: Any) -> None:
    found = computer("unreached-keys")
    for (code, said), reason in zip(found["refused"], ("keys-unreachable", "copy-there"), strict=True):
        assert (code, why(reason) in said) == (1, True), said
    assert (found["planned"], found["finished"], found["links"]) == (True, 0, [1, 2, 3])


def test_killed_at_any_point_the_same_once_more_calls_it_off(computer: Any) -> None:
    found = computer("killed-while-calling-off")
    assert found["faults"] == []
    assert (found["killed"] > 5, found["early"] > 40) == (True, True)
