"""The computer's counter against members of its group, and accounts outside it: root follows nothing that they lay. On Linux, with real
accounts.
"""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.text import say

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]


def test_links_in_a_counter_lead_the_administrator_nowhere(computer: Any) -> None:
    found = computer("links-in-a-counter")
    assert found["harmed"] == []
    assert found["links"] == [1, 2]


def test_links_laid_before_a_move_lead_it_nowhere(computer: Any) -> None:
    found = computer("links-before-a-move")
    assert found == {"refused": [1, 1, 1], "moved": 0, "harmed": [], "links": [1, 2, 3]}


def test_members_are_kept_out_until_the_move_is_done(computer: Any) -> None:
    found = computer("members-during-a-move")
    assert found == {"code": 0, "came in": [], "watched": True, "harmed": [], "links": [1, 2, 3]}


def test_folders_that_others_have_made_beside_it_are_neither_used_nor_removed(computer: Any) -> None:
    found = computer("folders-of-others")
    code, said = found["refused"]
    assert (code, found["theirs"]) == (1, True)
    assert say("command.why.setup-impossible.place-taken") in said
    assert (found["killed"], found["finished"], found["forged"], found["links"]) == ({}, 0, False, [1, 2, 3])
