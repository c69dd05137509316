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
