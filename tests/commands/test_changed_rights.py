"""Permissions in the computer's place that somebody has changed are told as such, with the way out. On Linux, with real accounts."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.text import say

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]


def test_members_and_root_are_told_the_cause_and_its_cure(computer: Any) -> None:
    for name, found in computer("slips-of-rights").items():
        for code, said in found["said"]:
            assert (code, say("refusal.counter-rights.staff") in said) == (1, True), (name, said)
            assert say("refusal.counter-rights.staff-next") in said, name
        assert (found["again"], found["then"]) == (0, 0), name


def test_doctor_names_whom_an_access_control_list_admits_and_setup_takes_it_away(computer: Any) -> None:
    found = computer("lists")
    files = found["found"]["facts"]["files"]
    assert (found["before"], found["found"]["outcome"], found["after"]) == ("files.group-closed", "files.group-open", "files.group-closed")
    for path in ("/var/lib/library-card-kiosk/data/kiosk.db (0660", "/var/lib/library-card-kiosk/data (2770"):
        assert f"{path} user:kiosk-soto:rw-)" in files.splitlines()
    unchanged = say("command.setup.unchanged", folder="", keys="").splitlines()[0]
    assert (found["again"][0], unchanged in found["again"][1]) == (0, False)
    assert found["own"]["outcome"] == "files.open"
    assert "config.toml (0660 user:kiosk-soto:rw-)" in found["own"]["facts"]["files"]
    code, said = found["used"]
    assert (code, say("refusal.config-exposed.staff").partition("{")[0] in said) == (1, True)


def test_what_doctor_could_not_look_at_is_never_fine(computer: Any) -> None:
    found = computer("shut-folder")
    place = "/var/lib/library-card-kiosk/data/backups"
    assert (found["found"]["outcome"], found["found"]["facts"]["files"]) == ("files.group-open", f"{place} (0700)")
    assert found["own"]["outcome"] == "files.unread"
    assert found["own"]["facts"]["files"] == "/var/lib/of-root/crl"


def test_keys_of_an_earlier_store_are_closed_to_the_former_group_and_named(computer: Any) -> None:
    found = computer("stray-keys")
    left = say("command.setup.keys-left", folder="/var/lib/library-card-kiosk-keys", files="0123456789abcdef.machine")
    for run in ("back", "again"):
        assert (found[run][0], left in found[run][1]) == (0, True), found[run][1]
    for place in ("modes", "closed"):
        assert [mode.rpartition(" ")[2] for mode in found[place]] == ["0700", "0600"]
    assert (found["found"]["outcome"], found["after"]) == ("files.keys-left", "files.closed")
