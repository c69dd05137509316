"""What staff see while a store has lately lost its links to an upgrade."""

from __future__ import annotations

from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands

SCENES = staff_scenes()
DROPPED = "それまでの連携登録42件を解除しました"


def test_home_says_what_patrons_have_to_be_told(hands: Hands) -> None:
    hands.show(*SCENES["waiting-migrated"])
    for sentence in (DROPPED, "次に来館されたときに", "カードを待っています"):
        assert sentence in hands.texts()


def test_what_was_counted_is_sure(hands: Hands) -> None:
    hands.show(*SCENES["status-migrated"])
    for sentence in (DROPPED, "3件", "5件", "8回"):
        assert sentence in hands.texts()
    assert "正しいか確認していません" not in hands.texts()
