"""One counter of a computer, for the accounts of one group: made, found, moved and given back. On Linux, with real accounts."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.commands.output import words
from kiosk.text import say

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]
GROUP = "54300"


def test_accounts_of_a_group_have_one_counter(computer: Any) -> None:
    found = computer("shared")
    # By an administrator, for a group that is there, and nothing is left of anything else.
    assert (found["refused"], found["without"], found["unknown"], found["nothing"]) == (1, 1, 1, [])
    assert found["dry"][0] == 0
    assert "/var/lib/library-card-kiosk-keys" in found["dry"][1]
    assert (found["made"][0], found["again"][0], found["same"]) == (0, 0, True)
    assert "変えたところはありません" in found["again"][1]
    assert "変えたところはありません" not in found["made"][1]
    assert (found["hanako"]["links"], found["taro"]["links"], found["seen"]["links"]) == ([1, 2], [1, 2, 3], [1, 2, 3])
    # Whatever umask they have, root included.
    assert found["sheet"] == [0, 0, 0]
    assert found["modes"] == [f"file {GROUP} 0660", f"folder {GROUP} 2770"]
    assert (found["whose"]["outcome"], found["whose"]["facts"]["group"]) == ("home.machine", "kiosk-madoguchi")
    assert found["files"]["outcome"] == "files.group-closed"


def test_an_account_outside_the_group_is_told_and_gets_no_counter_of_its_own(computer: Any) -> None:
    found = computer("shared")
    code, said = found["outside"]
    assert code == 1
    assert say("command.why.counter-not-admitted.of-group", group="kiosk-madoguchi") in said
    assert found["outside-home"] is False


def test_a_counter_of_the_accounts_own_is_not_used_and_named(computer: Any) -> None:
    found = computer("both-homes")
    assert found["links"] == []
    assert (found["whose"]["outcome"], found["whose"]["facts"]["other"]) == ("home.both", found["own"])
    assert found["unused"] == "home.other"
    # Where somebody asks for it, it is as it was.
    assert found["named"] == [1, 2, 3]
    assert (found["beside"]["outcome"], found["beside"]["facts"]["other"]) == ("home.beside", "/var/lib/library-card-kiosk")


def test_it_runs_for_one_account_at_a_time(computer: Any) -> None:
    found = computer("at-once")
    assert found["second"]["code"] == "already-running"
    assert found["moved"] == {"code": 1}
    assert found["afterwards"]["started"] is True


def test_changed_permissions_are_found_and_put_right(computer: Any) -> None:
    found = computer("meddled")
    assert found["found"]["outcome"] == "files.group-open"
    assert "/var/lib/library-card-kiosk (0755)" in found["found"]["facts"]["files"]
    assert "kiosk.db (0600)" in found["found"]["facts"]["files"]
    assert "list.crl" not in found["found"]["facts"]["files"]
    assert (found["again"], found["then"]["outcome"], found["links"]["links"]) == (0, "files.group-closed", [1])
    # A link that a member has laid leads root nowhere.
    assert found["secret"] == "0 0600"


def test_what_cannot_be_moved_stays(computer: Any) -> None:
    found = computer("refused-moves")
    for why, sentence in (
        ("read-only", say("refusal.store-read-only.staff")),
        ("full", say("refusal.store-full.staff")),
        ("keys", say("command.why.setup-impossible.keys-unreachable")),
        ("occupied", say("command.why.setup-impossible.occupied")),
    ):
        code, said = found[why]
        assert code == 1
        assert sentence in said
    assert found["left"] == []
    assert found["whole"] == [[1, 2, 3], True, True]
    assert found["both"] == [[1, 2, 3], [9]]


def test_a_refused_move_does_not_stand_in_the_way(computer: Any) -> None:
    found = computer("refused-for-good")
    code, said = found["refused"]
    assert code == 1
    assert say("command.why.setup-impossible.nothing-there") in said
    assert (found["again"], found["links"]) == (0, [9, 10])


def test_a_move_that_was_cut_off_is_not_finished_as_another(computer: Any) -> None:
    found = computer("cut-off")
    for code, said in found["others"]:
        assert code == 1
        assert "kiosk setup" in said
        assert "移動が途中です" in said
    assert (found["back"], found["there"], found["links"]) == (0, 0, [1, 2, 3])


def test_data_behind_a_link_are_not_moved_and_the_link_is_named(computer: Any) -> None:
    found = computer("linked")
    assert len(found["refused"]) == 3
    for link, code, said in found["refused"]:
        assert code == 1
        assert say("command.why.setup-impossible.link") in said
        assert link in said
    assert (found["whole"], found["moved"], found["links"]) == ([1, 2, 3], 0, [1, 2, 3])


def test_there_and_back(computer: Any) -> None:
    found = computer("there-and-back")
    assert (found["there"], found["repeated"][0], found["whose"]["outcome"]) == (0, 1, "home.machine")
    assert say("command.why.setup-impossible.nothing-left") in found["repeated"][1]
    assert found["taro"]["links"] == [1, 2, 3, 4]
    assert found["modes"] == [f"file {GROUP} 0660", f"folder {GROUP} 2770"]
    assert (found["without"], found["outside"], found["back"][0]) == (1, 1, 0)
    assert words("setup.account-elsewhere", command="kiosk --home /home/kiosk-taro/counter") in found["back"][1]
    assert found["own"] == {"links": [1, 2, 3, 4], "doubt": False}
    # What was laid there before is kept, and nobody's other folders are taken.
    assert (found["kept"], found["itself"], found["letter"]) == ([True, True], 0, "of taro")
    for said, why in zip(found["papers"], ("occupied", "not-empty", "inside"), strict=True):
        assert say(f"command.why.setup-impossible.{why}") in said
    # All of it is that account's, and nothing is left behind.
    assert (found["owners"], found["left"], found["trail"]) == ([54302], [], 0)


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_move_that_is_killed_leaves_one_counter_and_finishes_later(computer: Any, way: str) -> None:
    found = computer(f"killed-{way}-here-and-there")
    assert found["killed"] > 8
    assert found["faults"] == []


@pytest.mark.trial
@pytest.mark.timeout(700)
@pytest.mark.parametrize("way", ["there", "back"])
def test_a_move_may_be_killed_anywhere(computer: Any, way: str) -> None:
    found = computer(f"killed-{way}", 600)
    assert found["killed"] > 60
    assert found["faults"] == []
