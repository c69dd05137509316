"""What staff read of the connection to the library's register: at home, in the bar at any width, and in 状況."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.events import DifferenceSeen, LedgerDiffered
from kiosk.domain.health import Finding
from kiosk.domain.model import RegistryCondition
from kiosk.domain.states import MoreTime, Waiting
from kiosk.ui.widgets.notice import Notice
from tests.support.windows.patron_samples import FACTS, SEEN_AT, counter, found
from tests.support.windows.registry_samples import COUNTED, registry_scenes
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands, LiveStaffWindow

SCENES = registry_scenes()
SEEN = "確認しました"


@pytest.mark.parametrize(
    ("scene", "said", "in_bar"),
    [
        ("waiting-unreachable", ["(10:32から)", "受付は続けられます", "同期待ち 3件"], "つながりません(10:32から)、同期待ち 3件"),
        ("waiting-outdated", ["(10:32から)", "受付は続けられます", "同期待ち 3件"], "古い状態です(10:32から)、同期待ち 3件"),
        ("waiting-registry-too-long-offline", ["(11/22 10:32から)", "利用カードで受け付け", "解除はできます"], "(11/22 10:32から)"),
        ("waiting-registry-shut-out", ["受け付けられていません", "操作 3件(管理者に", "解除は、ほかの窓口で"], "届いていない操作 3件"),
    ],
)
def test_home_says_since_when_the_register_is_away_and_what_can_be_done(hands: Hands, scene: str, said: list[str], in_bar: str) -> None:
    hands.show(*SCENES[scene])
    assert [words for words in said if words not in hands.plain_texts()] == []
    assert in_bar in hands.bar()


@pytest.mark.parametrize(
    ("scene", "said", "in_bar"),
    [
        ("home-loading", ["受け取っています(4000/12840件)", "受付は始められます", "サーバーに問い合わせて"], "受け取り中 31%"),
        ("home-loading-cut", ["つながりません", "まだ届いていません", "利用カードで受け付け"], "つながりません(10:32から)"),
        ("home-retiring", ["使用を終える手続き中です", "登録は、ほかの窓口で", "同期待ち 3件"], "使用を終える手続き中、同期待ち 3件"),
        ("home-left", ["この窓口は、使用を終えました(10:32から)", "すべて送りました", "--again"], "使用を終えました(10:32から)"),
        ("home-left-with-operations", ["受け付けられていません", "管理者に"], "受け付けられていません、届いていない操作 3件"),
        ("home-restart", ["再起動が必要です", "起動し直してください"], "再起動が必要です"),
        ("home-clock-ahead", ["サーバーより5分進んでいます", "両方の時計"], "同期済み"),
        ("home-clock-behind", ["サーバーより1日遅れています"], "同期済み"),
    ],
)
def test_home_says_what_the_register_is_doing_and_whether_cards_are_taken(hands: Hands, scene: str, said: list[str], in_bar: str) -> None:
    hands.show(*SCENES[scene])
    assert [words for words in said if words not in hands.plain_texts()] == []
    assert f"連携台帳: {in_bar}" in hands.bar()


@pytest.mark.parametrize(
    ("scene", "said", "unsaid"),
    [
        ("home-unsent", ["まだ届いていない解除が、1件", "この窓口では停止しています(2104 ＊＊＊＊ 53、10:32)", "送っている"], ["電話"]),
        ("home-unsent-starting", ["解除が、2件", "この窓口だけで停止しています(2104 ＊＊＊＊ 53、10:32 ほか1件)"], ["つながりません"]),
        ("home-unsent-unreachable", ["解除 2件は、この窓口だけで停止", "つながってからです", "電話して", "同期待ち 3件"], []),
        ("home-unsent-too-long", ["解除 2件は、この窓口だけで停止", "解除はできます"], []),
        (
            "home-unsent-shut-out",
            ["解除 2件は、ほかの窓口に届きません", "ほかの窓口で解除してください", "届いていない操作 3件"],
            ["つながってから"],
        ),
    ],
)
def test_an_unlinking_stays_on_the_home_screen_until_it_is_sent(hands: Hands, scene: str, said: list[str], unsaid: list[str]) -> None:
    hands.show(*SCENES[scene])
    told = hands.plain_texts()
    assert [words for words in said if words not in told] == []
    assert [words for words in unsaid if words in told] == []


def test_links_that_are_fetched_again_trouble_nobody_and_the_bar_counts_them(hands: Hands) -> None:
    hands.show(*SCENES["home-loading-anew"])
    assert [notice for notice in hands.window.findChildren(Notice) if notice.isVisible()] == []
    assert "受け取り中 31%" in hands.bar()


def test_the_bar_says_at_any_width_that_links_are_synchronised(hands: Hands) -> None:
    hands.window.resize(800, 600)
    served = staff_scenes()["more-time"][0]
    hands.show(replace(served, registry=RegistryCondition.CURRENT, more_time=MoreTime(served.more_time.ticket, 1, 1)))
    assert "同期済み" in hands.bar()


def test_what_needs_attention_about_the_links_does_not_hide_that_they_are_synchronised(hands: Hands) -> None:
    migrated = Finding("store.migrated", COUNTED | {"pending": 0, "dropped": 2}, SEEN_AT)
    hands.show(counter(Waiting(), registry=RegistryCondition.CURRENT), found(FACTS, migrated))
    assert "連携台帳: 同期済み、確認すること 1件" in hands.bar()


def test_what_is_wrong_with_the_computer_is_not_said_of_the_ledger(hands: Hands) -> None:
    others = (Finding(outcome, {"folder": "/"}, SEEN_AT) for outcome in ("clock.zone", "disk.plain", "recovery.unconfirmed"))
    hands.show(counter(Waiting(), registry=RegistryCondition.CURRENT), found(FACTS, *others))
    assert "連携台帳: 同期済み" in hands.bar()
    assert "確認すること" not in hands.bar()


def test_links_that_were_not_those_of_the_register_are_told_until_staff_have_seen_it(live: LiveStaffWindow) -> None:
    live.happen(LedgerDiffered(SEEN_AT))
    assert "連携登録を、サーバーから取り直しました" in live.texts()
    live.press(SEEN)
    assert live.said == [DifferenceSeen()]
    assert "取り直しました" not in live.texts()


@pytest.mark.parametrize("condition", [RegistryCondition.NONE, RegistryCondition.STARTING, RegistryCondition.CURRENT])
def test_home_is_quiet_while_the_register_is_there_or_there_is_none(hands: Hands, condition: RegistryCondition) -> None:
    hands.show(counter(Waiting(), registry=condition, registry_since=SEEN_AT))
    assert [notice for notice in hands.window.findChildren(Notice) if notice.isVisible()] == []
    assert "カードを待っています" in hands.texts()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (RegistryCondition.NONE, "この窓口"),
        (RegistryCondition.STARTING, "接続を試みています"),
        (RegistryCondition.CURRENT, "同期済み"),
    ],
)
def test_the_bar_says_whether_links_are_shared(hands: Hands, condition: RegistryCondition, said: str) -> None:
    hands.show(counter(Waiting(), registry=condition))
    assert f"連携台帳: {said}" in hands.bar()


def test_what_stops_the_readers_is_told_first_and_the_register_beside_it(hands: Hands) -> None:
    shown, facts = SCENES["waiting-registry-too-long-offline"]
    missing = staff_scenes()["waiting-reader-missing"][0].reader
    hands.show(replace(shown, reader=missing), facts)
    assert "カードリーダーが見つかりません" in hands.texts()
    assert "連携台帳サーバーに長くつながっていません" in hands.texts()


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("status", ["使っていません"]),
        ("status-registry-current", ["つながっています", "調べた範囲に異常はありません"]),
        ("status-registry-starting", ["接続を試みています"]),
        ("status-unreachable", ["つながりません", "10:32 から", "ほかの窓口に届きます"]),
        ("status-outdated", ["この窓口より古い状態です", "10:32 から"]),
        ("status-registry-too-long-offline", ["長くつながっていません", "11/22 10:32 から"]),
        ("status-registry-shut-out", ["この窓口は受け付けられていません", "10:32 から"]),
        ("status-loading", ["受け取っています(4000/12840件)"]),
        ("status-retiring", ["使用を終える手続き中です"]),
        ("status-left", ["この窓口は使用を終えました", "10:32 から"]),
        ("status-restart", ["再起動が必要です"]),
        ("status-unsent-unreachable", ["3件(解除 2件は、この窓口だけで停止)"]),
    ],
)
def test_status_says_how_it_stands_with_the_register(hands: Hands, scene: str, said: list[str]) -> None:
    hands.show(*staff_scenes()[scene])
    assert [words for words in said if words not in hands.plain_texts()] == []
