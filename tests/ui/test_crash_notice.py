"""That the program has crashed is told at home and in 状況 until staff have seen it."""

from __future__ import annotations

from kiosk.domain.effects import ForgetCrashes
from kiosk.domain.events import CheckFound, CrashesSeen
from kiosk.domain.states import PatronShown
from tests.support.windows.staff_samples import staff_scenes, troubled
from tests.support.windows.staff_window import Hands, LiveStaffWindow

CRASHED = troubled()["crashed"].finding("crashes")


def test_it_is_told_until_staff_have_seen_it(live: LiveStaffWindow) -> None:
    live.facts = None
    live.happen(CheckFound(CRASHED))
    assert "プログラムが予期せず止まり、始め直しました" in live.texts()
    for said in ("3回止まりました", "1124-1031-8A", "置いたままのカードは、いったん取って置き直してください"):
        assert said in live.texts()
    live.press("確認しました")
    assert live.said == [CrashesSeen()]
    assert ForgetCrashes() in live.asked
    assert "始め直しました" not in live.texts()


def test_nobody_is_told_in_the_middle_of_serving_a_patron(hands: Hands) -> None:
    scene = next(counter for counter, _ in staff_scenes().values() if isinstance(counter.flow, PatronShown))
    hands.show(scene, troubled()["crashed"])
    assert "始め直しました" not in hands.texts()


def test_status_says_how_often(hands: Hands) -> None:
    hands.show(*staff_scenes()["status-crashed"])
    assert "プログラムが予期せず3回止まりました(最後は 2026-11-24 10:31、番号 1124-1031-8A)" in hands.plain_texts()
    hands.show(*staff_scenes()["status"])
    assert "予期しない停止はありません" in hands.plain_texts()
