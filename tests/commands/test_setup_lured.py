"""An administrator who moves a counter is not led to what is not the account's, and is told before anything is changed. On Linux, with
real accounts.
"""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.text import say

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]
LINK, SHARED = (say(f"command.why.setup-impossible.{reason}") for reason in ("link", "shared"))


def test_a_home_that_is_a_link_is_not_moved(computer: Any) -> None:
    found = computer("home-by-link")
    code, said = found["refused"]
    assert (code, LINK in said, found["there"], found["links"]) == (1, True, False, [1, 2, 3])


def test_roots_home_that_others_may_change_or_exchange_is_not_moved(computer: Any) -> None:
    found = computer("home-in-a-shared-folder")
    for place in ("itself", "below"):
        code, said = found[place]
        assert (code, SHARED in said) == (1, True), said


def test_a_config_that_is_a_link_is_told_before_anything_is_changed(computer: Any) -> None:
    found = computer("config-by-link")
    code, said = found["refused"]
    assert (code, LINK in said, found["left"]) == (1, True, [1, 2, 3])
    assert (found["moved"], found["links"]) == (0, [1, 2, 3])


def test_keys_in_the_home_are_not_copied_with_it(computer: Any) -> None:
    found = computer("keys-in-the-home")
    assert found["begun"] == found["links"] == [1, 2, 3]
    assert (found["moved"][0], found["keys"]) == (0, []), found["moved"][1]


def test_a_plan_that_others_may_change_is_not_followed(computer: Any) -> None:
    found = computer("plan-of-a-member")
    code, said = found["refused"]
    assert (code, found["precious"]) == (1, True)
    assert say("command.why.setup-impossible.place-taken") in said


def test_a_link_in_an_unused_place_is_not_followed(computer: Any) -> None:
    assert computer("unused-place-with-a-link") == {"taken": 0, "left": ["library-card-kiosk-unused-1"]}


def test_nothing_is_removed_while_the_copy_is_away(computer: Any) -> None:
    found = computer("target-that-has-gone")
    assert found["killed"] == {}
    for code, said in found["refused"]:
        assert (code, say("command.why.setup-impossible.target-gone") in said) == (1, True), said
    assert (found["kept"], found["code"], found["links"]) == (True, 0, [1, 2, 3])


def test_doctor_names_a_file_that_somebody_still_has_under_another_name(computer: Any) -> None:
    found = computer("another-name-of-the-store")
    for told in found["found"]:
        assert (told["outcome"], told["facts"]["files"]) == ("files.group-linked", "/var/lib/library-card-kiosk/data/kiosk.db")
    assert (found["before"], found["after"], found["links"]) == ("files.group-closed", "files.group-closed", [1, 2])
