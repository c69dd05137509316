"""Groups of Linux that a counter is not opened to."""

from __future__ import annotations

import pytest

from kiosk.domain.unix_groups import why_unusable


@pytest.mark.parametrize(
    ("name", "number", "reason"),
    [
        ("root", 0, "administrators"),
        ("toor", 0, "administrators"),
        ("sudo", 27, "administrators"),
        ("wheel", 998, "administrators"),
        ("users", 100, "too-wide"),
        ("users", 985, "too-wide"),
        ("nogroup", 65534, "too-wide"),
        ("adm", 4, "of-the-system"),
        ("daemon", 1, "of-the-system"),
        ("窓口担当", 997, ""),
        ("madoguchi", 1001, ""),
    ],
)
def test_a_group_of_people_is_told_from_others(name: str, number: int, reason: str) -> None:
    assert why_unusable(name, number) == reason
