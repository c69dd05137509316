"""Before a move changes anything, all that can be known is; while it is under way, every account is told. On Linux, with real accounts."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.text import say

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]
NOTHING = say("command.setup.nothing-changed")


def why(reason: str) -> str:
    return say(f"command.why.setup-impossible.{reason}")


def test_a_disk_that_cannot_hold_the_counter_is_refused_before_anything_is_changed(computer: Any) -> None:
    found = computer("disks")
    for name, sentence in (
        ("stick", why("unprotected")),
        ("full", say("refusal.store-full.staff")),
        ("narrow", say("refusal.store-full.staff")),
    ):
        for code, said in found[name]:
            assert (code, sentence in said, f"/home/kiosk-taro/{name}/below/counter" in said, NOTHING in said) == (1, True, True, True), (
                said
            )
        assert found[f"{name}-left"] == []
    for code, said in found["tops"]:
        assert (code, why("top-of-a-disk") in said, NOTHING in said) == (1, True, True), said
    code, said = found["another"]
    assert (code, "場所: /home/kiosk-hanako/counter" in said, "ログイン" in said, NOTHING in said) == (1, True, False, True), said
    assert (found["same"], found["links"]) == (True, [1, 2, 3])


def test_every_account_is_told_of_a_move_until_it_has_ended(computer: Any) -> None:
    found = computer("under-way")
    for way in ("there", "back"):
        for code, said in found[way]["said"]:
            assert (code, say("refusal.counter-moving.staff") in said) == (1, True), said
        # Another counter, which somebody names, has nothing to do with it.
        assert say("refusal.counter-moving.staff") not in found[way]["named"][1]
        code, said = found[way]["dry"]
        assert (code, "途中" in said, found[way]["finished"]) == (0, True, 0)
    code, said = found["window"]
    assert (code, say("refusal.counter-moving.staff") in said) == (1, True)
    assert (found["taro"], found["links"]) == (True, [1, 2, 3])


def test_whoever_breaks_off_is_told_how_things_stand(computer: Any) -> None:
    found = computer("interrupted")
    assert [(code, say("command.setup.under-way") in said) for code, said in (found["before"], found["after"])] == [
        (130, False),
        (130, True),
    ]
    assert (found["finished"], found["links"]) == (0, [1, 2, 3])


def test_a_source_without_a_counter_is_refused(computer: Any) -> None:
    found = computer("wrong-sources")
    lost = say("refusal.store-missing.staff", file="/home/kiosk-hanako/.local/share/library-card-kiosk/data/kiosk.db")
    for code, said in found["lost"]:
        assert (code, lost in said, NOTHING in said) == (1, True, True), said
    assert (found["left"], found["keys"]) == ([], "keys.file")
    code, said = found["mounted"]
    assert (code, why("top-of-a-disk") in said, "/crl\n" in said, NOTHING in said) == (1, True, True, True), said
    for code, said in found["mistyped"]:
        assert (code, why("nothing-left") in said, NOTHING in said) == (1, True, True), said
    assert found["links"] == [9]


def test_a_dry_run_sees_what_the_command_sees_and_nothing_is_left(computer: Any) -> None:
    found = computer("refused-in-time")
    for name, sentence in (("running", why("running")), ("full", say("refusal.store-full.staff"))):
        for code, said in found[name]:
            assert (code, sentence in said, NOTHING in said) == (1, True, True), said
    assert found["new"][0] == 1
    assert (found["left"], found["there"]) == (["ballast"], False)
    code, said = found["config"]
    assert (code, NOTHING in said) == (2, True)


def test_what_the_account_could_not_remove_is_told_first(computer: Any) -> None:
    found = computer("roots-folders")
    for code, said in found["refused"]:
        assert (code, why("not-removable") in said, f"{found['place']}\n" in said, NOTHING in said) == (1, True, True, True), said
    assert found["whole"] == [1, 2, 3]
    # Of a home in a folder of root's, the folder itself stays, and nothing is in it.
    assert (found["moved"][0], found["left"], found["links"]) == (0, ["counter"], [1, 2, 3]), found["moved"][1]
    code, said = found["again"]
    assert (code, why("nothing-left") in said) == (1, True), said


def test_a_group_that_has_gone_keeps_no_move_planned(computer: Any) -> None:
    found = computer("groups-that-change")
    code, said = found["full"]
    assert (code, NOTHING in said, found["own"], found["moved"]) == (1, True, [1, 2, 3], 0), said
    code, said = found["left"]
    assert (code, why("account-not-member").format(account="kiosk-hanako", group="kiosk-madoguchi") in said) == (1, True), said
    assert (found["back"], found["links"]) == (0, [1, 2, 3])


def test_a_name_that_the_removal_needs_is_looked_at_first(computer: Any) -> None:
    found = computer("name-of-the-removal")
    for code, said in found["refused"]:
        assert (code, why("place-taken") in said, f"{found['name']}\n" in said, NOTHING in said) == (1, True, True, True), said
    assert found["links"] == [1, 2, 3]


def test_keys_in_the_home_itself_are_not_copied_with_it(computer: Any) -> None:
    found = computer("keys-at-the-top")
    code, said = found["refused"]
    assert (code, why("keys-of-another") in said, NOTHING in said) == (1, True, True)
    assert found["kept"] == [".anchor", ".json"]
    assert (found["moved"], found["clear"], found["left"]) == (0, [], [])
    assert (found["back"], found["links"]) == (0, [1, 2, 3])


def test_a_second_setup_leaves_the_first_alone(computer: Any) -> None:
    found = computer("setups-at-once")
    code, said = found["script"]
    assert (code, why("twice") in said, NOTHING in said) == (1, True, True), said
    # The place stays closed to its members, and the move planned.
    assert (found["seen"][0], ".library-card-kiosk.move" in found["seen"]) == ("700", True)
    assert (found["code"], found["links"]) == (0, [1, 2, 3])
    assert found["left"] == ["library-card-kiosk", "library-card-kiosk-keys"]


def test_paths_that_would_mean_another_place_are_told_first(computer: Any) -> None:
    found = computer("paths")
    changed = why("paths").format(settings='card.crl_folder = "~/crl", slip.pdf_folder = "../slips"')
    for code, said in found["there"]:
        assert (code, changed in said, NOTHING in said) == (1, True, True), said
    assert (found["made"], found["moved"]) == (False, 0)
    code, said = found["back"]
    assert (code, why("inside") in said, found["links"]) == (1, True, [1, 2, 3]), said


def test_a_counter_in_use_keeps_its_group_and_its_files(computer: Any) -> None:
    found = computer("in-use")
    for code, said in found["group"]:
        assert (code, why("running") in said, NOTHING in said) == (1, True, True)
    code, said = found["files"]
    assert (code, "/var/lib/library-card-kiosk/data/kiosk.db" in said, found["still"]) == (1, True, [2, 54300])
    # What the group could not read before is root's own, and is not given to it.
    code, said = found["replaced"]
    assert (code, "data/kiosk.db" in said, "data/secret" in said) == (1, False, True)
    assert (found["store"], found["secret"]) == ([1, 54310, "660"], [2, 0, "600"])
    assert (found["keys"], found["again"][0], found["links"]) == ([False, 1], 0, [1, 2])
