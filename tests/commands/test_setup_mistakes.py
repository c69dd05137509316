"""What an administrator gets wrong with `kiosk setup` is refused with the way on, and nothing is lost. On Linux, with real accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.output import words
from kiosk.text import say
from tests.support.commands.computer import found_by

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]


@pytest.fixture
def computer(tmp_path: Path) -> Any:
    """What is found on a computer with two accounts of one group, and one outside it."""
    return lambda what: found_by("administrator", what, tmp_path)


def test_a_group_without_a_name_makes_nothing(computer: Any) -> None:
    found = computer("empty-group")
    code, said = found["new"]
    assert code == 1
    assert say("command.why.group-unusable.empty") in said
    assert found["dry"] == [2, say("command.setup.which") + "\n"]
    assert found["left"] == []


def test_a_group_of_everybody_is_refused(computer: Any) -> None:
    found = computer("wide-group")
    for name, reason in (("root", "administrators"), ("nogroup", "too-wide"), ("adm", "of-the-system")):
        code, said = found["refused"][name]
        assert code == 1
        assert say(f"command.why.group-unusable.{reason}") in said
    assert found["left"] == []


def test_an_unused_counter_of_the_computer_is_taken_back(computer: Any) -> None:
    found = computer("unused")
    for decided in ("False", "True"):
        assert (found[f"dry-{decided}"][0], found[f"still-{decided}"], found[f"removed-{decided}"][0]) == (0, True, 0)
        assert say("command.setup.removed") in found[f"removed-{decided}"][1]
    # What somebody has prepared is kept.
    assert found["left-False"] == []
    assert found["left-True"] == ["library-card-kiosk-unused-1"]
    assert "/var/lib/library-card-kiosk-unused-1" in found["removed-True"][1]
    assert found["config"] is True
    assert found["home"] == "home.account"


def test_prepared_settings_are_never_lost(computer: Any) -> None:
    found = computer("prepared-config")
    for prepared in ("first", "second"):
        assert (found[f"dry-{prepared}"][0], found[prepared][0]) == (0, 0)
        assert say("command.setup.would-keep-config") in found[f"dry-{prepared}"][1]
    first = {"config.toml.before": "of the account", "config.toml.before-2": "# first"}
    assert found["kept-first"] == first
    assert found["kept-second"] == {**first, "config.toml.before-3": "# second"}
    assert "/var/lib/library-card-kiosk/config.toml.before-3" in found["second"][1]
    assert found["links"] == [1, 2, 3]


def test_a_dry_run_refuses_what_the_command_refuses(computer: Any) -> None:
    found = computer("dry-runs")
    for reason in ("occupied", "not-empty", "inside", "nothing-there"):
        code, said = found[reason]
        assert code == 1, reason
        assert say(f"command.why.setup-impossible.{reason}") in said
    assert found["same"] is True


def test_the_administrator_is_told_what_to_do_first(computer: Any) -> None:
    found = computer("not-now")
    outside = say("command.why.setup-impossible.account-not-member", account="kiosk-soto", group="kiosk-madoguchi")
    unknown = say("command.why.setup-impossible.account-unknown", account="kiosk-hanoko")
    running = say("command.why.setup-impossible.running")
    for why, sentence in (("outside", outside), ("unknown", unknown), ("running", running)):
        code, said = found[why]
        assert code == 1
        assert sentence in said
        assert "何も変えていません" in said
    assert (found["same"], found["links"]) == (True, [9])


def test_the_group_is_named_also_when_it_changes(computer: Any) -> None:
    found = computer("other-groups")
    first, second = (words("setup.of-group", group=name) for name in ("kiosk-madoguchi", "kiosk-madoguchi-2"))
    for what, sentence in (
        ("made", words("setup.admitted", now=first)),
        ("dry", words("setup.would-admit", now=second, before=first)),
        ("changed", words("setup.admitted-anew", now=second, before=first)),
        ("unchanged", words("setup.admitted", now=second)),
    ):
        assert found[what][0] == 0
        assert found[what][1].splitlines()[-1] == sentence
    assert found["still"]["group"] == "kiosk-madoguchi"


def test_a_group_that_was_deleted_is_found(computer: Any) -> None:
    found = computer("other-groups")
    assert found["gone"][0] == 1
    assert words("why.setup-impossible.group-gone", group="54310") in found["gone"][1]
    assert (found["staff"][0], found["doctor"][0]) == (1, 1)
    assert words("why.counter-not-admitted.group-gone", group="54310") in found["staff"][1]
    assert words("doctor.home.group-gone", group="54310", folder="/var/lib/library-card-kiosk") in found["doctor"][1]
    assert found["member"] == "home.group-gone"
    assert (found["again"][0], found["then"]) == (0, "home.machine")


def test_a_group_without_accounts_is_told_to_the_administrator(computer: Any) -> None:
    found = computer("empty-groups")
    for name in ("dry", "made"):
        code, said = found[name]
        assert (code, words("setup.group-empty", group="kiosk-madoguchi-2") in said) == (0, True), said
    code, said = found["doctor"]
    assert (code, words("doctor.home.group-empty-next", group="kiosk-madoguchi-2") in said) == (1, True), said
    assert words("doctor.space.title") in said
    code, said = found["count"]
    assert (code, words("why.counter-not-admitted.group-empty", group="kiosk-madoguchi-2") in said) == (1, True)
    # Nothing is opened as root where a member of before may still write.
    assert (found["logs"], found["then"]) == (False, "home.machine")


def test_the_way_out_of_two_counters(computer: Any) -> None:
    """As the refusal and the manual say it."""
    found = computer("two-counters")
    assert (found["refused"], found["aside"], found["moved"]) == (1, 0, 0)
    assert ["1" in found["counts"][0], "3" in found["counts"][1]] == [True, True]
    assert found["links"] == [[1, 2, 3], [9]]


@pytest.mark.parametrize("way", ["there", "back"])
def test_accounts_are_told_of_a_move_that_was_cut_off(way: str, computer: Any) -> None:
    found = computer("cut-off")
    assert found[way] != []
    for said, doctor in found[way]:
        assert say("refusal.counter-moving.staff-next") in said
        assert "home.moving" in doctor or say("refusal.counter-moving.staff-next") in doctor
    assert found[f"{way}-links"][0] == 0
