"""Root's commands follow nothing that another account may have laid. On Linux, with real accounts."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.text import say

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]
FOREIGN, SHARED = say("refusal.store-foreign.staff"), say("command.why.home-unusable.shared")


def test_roots_command_at_anothers_home_is_refused_before_anything_is_opened(computer: Any) -> None:
    found = computer("root-at-anothers-home")
    assert found["harmed"] == []
    for calls in found["told"].values():
        for code, said in calls:
            assert (code, FOREIGN in said) == (1, True), said
    assert found["links"] == [1, 2, 3]


def test_root_begins_nothing_where_another_account_says_what_lies_there(computer: Any) -> None:
    found = computer("root-begins-in-anothers-folder")
    assert (found["harmed"], found["made"]) == ([], [])
    for sentence, (code, said) in zip((FOREIGN, FOREIGN, SHARED, SHARED), found["told"], strict=True):
        assert (code, sentence in said) == (1, True), said


def test_root_uses_its_own_home(computer: Any) -> None:
    assert computer("root-at-its-own-home") == {"code": 0, "made": True, "log": True}
