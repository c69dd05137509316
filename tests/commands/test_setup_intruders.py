"""The computer's counter against members of its group, and accounts outside it: root follows nothing that they lay. On Linux, with real
accounts.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]


def test_links_in_a_counter_lead_the_administrator_nowhere(computer: Any) -> None:
    found = computer("links-in-a-counter")
    assert found["harmed"] == []
    assert found["links"] == [1, 2]


def test_links_laid_before_a_move_lead_it_nowhere(computer: Any) -> None:
    found = computer("links-before-a-move")
    assert found == {"refused": 1, "moved": 0, "harmed": [], "links": [1, 2, 3]}
