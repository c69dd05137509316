"""What both windows say of the library's register, and what a press there does."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from kiosk.domain.effects import ForgetRefusal
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    DifferenceSeen,
    LeavePressed,
    LedgerDiffered,
    LinkClosed,
    OperationAccepted,
    OperationRefused,
    RefusalSeen,
    RegistryChanged,
    TimeUp,
    UnlinkConfirmed,
)
from kiosk.domain.health import Finding
from kiosk.domain.model import EndedBy, Language, OperationKind, RefusedOperation, RegistryCondition, UnlinkReason
from kiosk.domain.states import ClosingLink, MoreTime, Problem, Registered, RegistrationRefused, Unlinked, Waiting
from kiosk.text import plain, say
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.top_and_bottom_bar import StatusBar
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words
from tests.support.windows.patron_samples import DRAFT, FACTS, NUMBER, OPERATION, SEEN_AT, counter, found
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.registry_samples import registry_scenes
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands, LiveStaffWindow

SCENES = registry_scenes()
SEEN = "確認しました"
PENDING = Registered(DRAFT, OPERATION, pending=True, replaced=False)
REFUSED = RefusedOperation(OPERATION, OperationKind.LINK, Code.STOPPED_SINCE, NUMBER.masked, SEEN_AT)


def plain_texts(hands: Hands) -> str:
    return hands.texts().replace("\n", "").replace("\N{NO-BREAK SPACE}", " ")


def bar(hands: Hands) -> str:
    [shown] = hands.window.findChildren(StatusBar)
    return " ".join(words.text for words in shown.findChildren(Words) if words.isVisible())


@pytest.fixture
def live(qtbot: QtBot) -> LiveStaffWindow:
    made = LiveStaffWindow()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


# --- the connection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "said", "in_bar"),
    [
        ("waiting-unreachable", ["(10:32から)", "受付は続けられます", "同期待ち 3件"], "つながりません(10:32から)、同期待ち 3件"),
        ("waiting-registry-too-long-offline", ["(11/22 10:32から)", "利用カードで受け付け", "解除はできます"], "(11/22 10:32から)"),
        ("waiting-registry-shut-out", ["受け付けられていません", "操作 3件(管理者に", "解除は、ほかの窓口で"], "届いていない操作 3件"),
    ],
)
def test_home_says_since_when_the_register_is_away_and_what_can_be_done(hands: Hands, scene: str, said: list[str], in_bar: str) -> None:
    hands.show(*SCENES[scene])
    assert [words for words in said if words not in plain_texts(hands)] == []
    assert in_bar in bar(hands)


@pytest.mark.parametrize(
    ("scene", "said", "in_bar"),
    [
        ("home-loading", ["受け取っています(4000/12840件)", "受付は始められます", "サーバーに問い合わせて"], "受け取り中 31%"),
        ("home-loading-cut", ["つながりません", "まだ届いていません", "利用カードで受け付け"], "つながりません(10:32から)"),
        ("home-retiring", ["使用を終える手続き中です", "登録は、ほかの窓口で", "同期待ち 3件"], "使用を終える手続き中、同期待ち 3件"),
        ("home-restart", ["再起動が必要です", "起動し直してください"], "再起動が必要です"),
        ("home-clock-ahead", ["サーバーより5分進んでいます", "両方の時計"], "同期済み"),
        ("home-clock-behind", ["サーバーより1日遅れています"], "同期済み"),
    ],
)
def test_home_says_what_the_register_is_doing_and_whether_cards_are_taken(hands: Hands, scene: str, said: list[str], in_bar: str) -> None:
    hands.show(*SCENES[scene])
    assert [words for words in said if words not in plain_texts(hands)] == []
    assert f"連携台帳: {in_bar}" in bar(hands)


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
    told = plain_texts(hands)
    assert [words for words in said if words not in told] == []
    assert [words for words in unsaid if words in told] == []


def test_links_that_are_fetched_again_trouble_nobody_and_the_bar_counts_them(hands: Hands) -> None:
    hands.show(*SCENES["home-loading-anew"])
    assert [notice for notice in hands.window.findChildren(Notice) if notice.isVisible()] == []
    assert "受け取り中 31%" in bar(hands)


def test_the_bar_says_at_any_width_that_links_are_synchronised(hands: Hands) -> None:
    hands.window.resize(800, 600)
    served = staff_scenes()["more-time"][0]
    hands.show(replace(served, registry=RegistryCondition.CURRENT, more_time=MoreTime(served.more_time.ticket, 1, 1)))
    assert "同期済み" in bar(hands)


def test_what_else_needs_attention_does_not_hide_that_links_are_synchronised(hands: Hands) -> None:
    hands.show(counter(Waiting(), registry=RegistryCondition.CURRENT), found(FACTS, Finding("clock.zone", {}, SEEN_AT)))
    assert "連携台帳: 同期済み、確認すること 1件" in bar(hands)


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
    assert f"連携台帳: {said}" in bar(hands)


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
        ("status-registry-too-long-offline", ["長くつながっていません", "11/22 10:32 から"]),
        ("status-registry-shut-out", ["この窓口は受け付けられていません", "10:32 から"]),
        ("status-loading", ["受け取っています(4000/12840件)"]),
        ("status-retiring", ["使用を終える手続き中です"]),
        ("status-restart", ["再起動が必要です"]),
        ("status-unsent-unreachable", ["3件(解除 2件は、この窓口だけで停止)"]),
    ],
)
def test_status_says_how_it_stands_with_the_register(hands: Hands, scene: str, said: list[str]) -> None:
    hands.show(*staff_scenes()[scene])
    assert [words for words in said if words not in plain_texts(hands)] == []


@pytest.mark.parametrize(
    "scene",
    [
        *(f"registration-refused-{code}" for code in (Code.REGISTRY_TOO_LONG_OFFLINE, Code.REGISTRY_SHUT_OUT)),
        *(f"undone-{code}" for code in (Code.OPERATION_REUSED, Code.OPERATION_NEWER, Code.OPERATION_UNREADABLE)),
    ],
)
def test_no_second_attempt_is_offered_where_none_could_succeed(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    assert not {"登録をやり直す", "別のカードで続ける", "番号の入力に戻る"} & hands.controls().keys()


@pytest.mark.parametrize(
    ("scene", "said", "unsaid"),
    [
        ("undone-operation-newer", ["カードはまだ使えます", "管理者に知らせてください"], ["利用カードを出してもらう"]),
        ("undone-operation-reused", ["サーバーが受け付けませんでした"], ["もう一度"]),
        ("undone-linked-elsewhere", ["その登録がサーバーから届くまで待って"], ["付け替えて"]),
        ("undone-number-linked-elsewhere", ["その登録がサーバーから届くまで待って"], ["付け替えて"]),
        ("undone-premises-changed", ["付け替えは、取り消されました", "使えるのは、いま登録されているカードです"], ["できませんでした"]),
        ("lending-refused-not-linked-yet", ["登録が届いていません", "届くまで利用カードで"], ["更新・再発行"]),
        ("registered-pending", ["次に来るときも、利用カードをお持ちください"], ["前のカード"]),
        ("registered-pending-replaced", ["前のカードは、ほかの窓口ではまだ使えます"], ["前の連携を解除し"]),
    ],
)
def test_an_answer_or_its_wait_is_told_with_what_staff_can_do(hands: Hands, scene: str, said: list[str], unsaid: list[str]) -> None:
    hands.show(*staff_scenes()[scene])
    told = plain_texts(hands)
    assert [words for words in said if words not in told] == []
    assert [words for words in unsaid if words in told] == []


# --- operations ---------------------------------------------------------------------------------------------------------


def test_the_page_of_a_registration_hears_that_it_is_confirmed(live: LiveStaffWindow) -> None:
    live.counter = counter(PENDING, registry=RegistryCondition.CURRENT)
    live.happen(RegistryChanged(RegistryCondition.CURRENT))
    assert "受け付けました(同期待ち)" in live.texts()
    live.happen(OperationAccepted(OPERATION))
    assert "連携登録ができました" in live.texts()
    assert "同期待ち" not in live.texts()


def test_the_page_of_a_registration_hears_that_it_is_refused_and_staff_close_it(live: LiveStaffWindow) -> None:
    live.counter = counter(PENDING, registry=RegistryCondition.CURRENT)
    live.happen(OperationRefused(REFUSED))
    assert "受け付けた登録は、取り消されました。" in live.texts()
    assert "ほかの窓口で先に解除されていたため" in live.texts()
    live.press("閉じて、カードを待つ")
    assert ForgetRefusal(OPERATION) in live.asked
    assert "取り消されました" not in live.texts()


def test_a_refusal_stands_at_home_until_staff_have_seen_it(live: LiveStaffWindow) -> None:
    live.happen(OperationRefused(REFUSED))
    told = live.texts()
    assert "連携登録が取り消されました" in told
    assert f"利用カード {NUMBER.masked}、10:32の操作です。" in told
    assert NUMBER.grouped not in told
    live.press(SEEN)
    assert live.said == [RefusalSeen(OPERATION)]
    assert live.asked[-1] == ForgetRefusal(OPERATION)
    assert "取り消されました" not in live.texts()


def test_a_card_that_could_not_be_unlinked_is_told_before_older_refusals(live: LiveStaffWindow) -> None:
    unlinking = replace(REFUSED, operation=UUID(int=902), kind=OperationKind.UNLINK, code=Code.OPERATION_NEWER)
    live.happen(OperationRefused(REFUSED))
    live.happen(OperationRefused(unlinking))
    assert "解除できていないカードがあります" in live.texts()
    live.press(SEEN)
    assert live.said == [RefusalSeen(unlinking.operation)]
    assert "連携登録が取り消されました" in live.texts()


@pytest.mark.parametrize(("scene", "waits"), [("already-pending", True), ("already", False)])
def test_a_pair_that_is_linked_already_may_still_wait_for_the_register(hands: Hands, scene: str, waits: bool) -> None:
    hands.show(*staff_scenes()[scene])
    assert "すでに連携しています" in plain_texts(hands)
    assert ("連携台帳サーバーに届いてから使えます" in plain_texts(hands)) is waits


def test_nobody_being_served_reads_of_a_refusal(hands: Hands) -> None:
    served = staff_scenes()["served-by-number"][0]
    hands.show(replace(served, refused_operations=(REFUSED,)))
    assert "取り消されました" not in hands.texts()


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("told-at-home-linked-elsewhere", ["ほかの窓口の登録が先でした", "次の来館のとき: 本人に確認してから"]),
        ("told-at-home-premises-changed", ["付け替えが取り消されました", "次の来館のとき: いまの登録を確認して"]),
        ("told-at-home-operation-newer", ["解除できていないカードがあります", "カードはまだ使えます", "管理者に"]),
        ("told-at-home-several", ["解除できていないカードがあります(ほかに8件)"]),
    ],
)
def test_a_refusal_says_what_it_was_and_what_to_do(hands: Hands, scene: str, said: list[str]) -> None:
    hands.show(*SCENES[scene])
    hands.unfold()
    assert [words for words in said if words not in plain_texts(hands)] == []


# --- unlinking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "said", "unsaid"),
    [
        ("unlink-stop", ["ここでは見つかりません", "番号を読み上げて、本人に", "届くと、ほかの窓口でも"], ["まだ"]),
        ("unlink-stop-unreachable", ["ほかの窓口では、まだ止まりません", "ほかの窓口に電話して"], ["ほかの窓口でも"]),
        ("unlink-stop-registry-shut-out", ["カードは止まりません", "ほかの窓口で解除してください"], ["ほかの窓口でも"]),
        ("unlink-confirm-registry-starting", ["ほかの窓口では、まだ止まりません"], []),
        ("unlink-confirm-unreachable", ["ほかの窓口では、まだ止まりません", "ほかの窓口に電話して"], []),
        ("unlink-confirm-registry-shut-out", ["ここで解除しても、カードは止まりません"], []),
        ("unlinked-everywhere", ["サーバーに届きました", "つながっている窓口では、まもなく"], ["同期待ち", "どの窓口でも", "すべての窓口"]),
        ("unlinked-stopped", ["停止として記録しました", "つながっている窓口では、まもなく"], ["同期待ち", "すべての窓口"]),
        ("unlinked-stop-pending", ["停止として記録しました(同期待ち)", "届くと、ほかの窓口でも使えなくなります"], ["解除しました"]),
        ("unlinked-registry-starting", ["まだ、ほかの窓口では止まっていません"], ["まもなく", "解除しました"]),
        ("unlinked-unreachable", ["まだ、ほかの窓口では止まっていません", "電話してください"], ["解除しました", "停止しました"]),
        ("unlinked-registry-shut-out", ["まだ、ほかの窓口では止まっていません", "ほかの窓口で解除してください"], ["停止しました"]),
    ],
)
def test_unlinking_says_how_far_it_reaches(hands: Hands, scene: str, said: list[str], unsaid: list[str]) -> None:
    hands.show(*SCENES[scene])
    told = plain_texts(hands)
    assert [words for words in said if words not in told] == []
    assert [words for words in unsaid if words in told] == []


def test_alone_unlinking_concerns_this_counter(hands: Hands) -> None:
    hands.show(counter(Unlinked(UnlinkReason.WISH, NUMBER, OPERATION, pending=False)))
    assert "この窓口では、マイナンバーカードで番号は出なくなりました。" in plain_texts(hands)


def test_a_stop_is_confirmed_by_a_press_and_hears_that_it_reached_everybody(live: LiveStaffWindow) -> None:
    live.counter = SCENES["unlink-stop"][0]
    live.happen(RegistryChanged(RegistryCondition.CURRENT))
    live.press("停止として記録する")
    assert live.said == [UnlinkConfirmed()]
    closing = live.counter.flow
    assert isinstance(closing, ClosingLink)
    live.happen(LinkClosed(closing.ticket, closing.operation, pending=True))
    waiting = live.counter.flow
    assert isinstance(waiting, ClosingLink)
    live.happen(TimeUp(waiting.timer))
    assert "停止として記録しました(同期待ち)" in live.texts()
    live.happen(RegistryChanged(RegistryCondition.UNREACHABLE, SEEN_AT))
    assert "まだ、ほかの窓口では止まっていません" in live.texts()
    live.happen(OperationAccepted(closing.operation))
    assert "つながっている窓口では、まもなく使えなくなります" in plain_texts(live)


# --- the patron ---------------------------------------------------------------------------------------------------------


def read(desk: ShownPatronWindow) -> str:
    return plain(" ".join(desk.texts())).replace("\n", "")


@pytest.mark.parametrize("language", Language)
def test_the_patron_reads_whether_the_registration_waits_holds_or_was_refused(desk: ShownPatronWindow, language: Language) -> None:
    here, everywhere, undone = (
        plain(say(f"patron.{key}", language)) for key in ("done.not-yet-elsewhere", "done.from-now-on", "refused.undone")
    )
    desk.show(counter(PENDING), language)
    assert (here in read(desk), everywhere in read(desk)) == (True, False)
    desk.show(counter(replace(PENDING, pending=False)), language)
    assert (here in read(desk), everywhere in read(desk)) == (False, True)
    desk.show(counter(RegistrationRefused(DRAFT, Problem(REFUSED.code), OPERATION)), language)
    assert read(desk).index(undone) < read(desk).index(plain(say("patron.refusal.stopped-since", language)))


def test_the_patron_may_close_the_page_that_says_it_was_refused(desk: ShownPatronWindow) -> None:
    desk.show(counter(RegistrationRefused(DRAFT, Problem(REFUSED.code), OPERATION)))
    desk.press("終わる")
    assert desk.events == [LeavePressed(EndedBy.PATRON)]
