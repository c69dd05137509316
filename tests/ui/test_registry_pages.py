"""What both windows say of the library's register, and what a press there does."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.effects import ForgetRefusal
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    LeavePressed,
    LinkClosed,
    OperationAccepted,
    OperationRefused,
    RefusalSeen,
    RegistryChanged,
    TimeUp,
    UnlinkConfirmed,
)
from kiosk.domain.model import EndedBy, Language, OperationKind, RefusedOperation, RegistryCondition, UnlinkReason
from kiosk.domain.states import ClosingLink, Problem, Registered, RegistrationRefused, Unlinked
from kiosk.text import plain, say
from tests.support.windows.patron_samples import DRAFT, NUMBER, OPERATION, SEEN_AT, counter
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.registry_samples import registry_scenes
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands, LiveStaffWindow

SCENES = registry_scenes()
SEEN = "確認しました"
PENDING = Registered(DRAFT, OPERATION, pending=True, replaced=False)
REFUSED = RefusedOperation(OPERATION, OperationKind.LINK, Code.STOPPED_SINCE, NUMBER.masked, SEEN_AT)


@pytest.mark.parametrize(
    "scene",
    [
        *(f"registration-refused-{code}" for code in (Code.REGISTRY_TOO_LONG_OFFLINE, Code.REGISTRY_SHUT_OUT)),
        *(f"undone-{code}" for code in (Code.OPERATION_REUSED, Code.COUNTER_DOUBLED, Code.OPERATION_NEWER, Code.OPERATION_UNREADABLE)),
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
    told = hands.plain_texts()
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
    assert "すでに連携しています" in hands.plain_texts()
    assert ("連携台帳サーバーに届いてから使えます" in hands.plain_texts()) is waits


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
        ("told-at-home-several", ["解除できていないカードがあります(ほかに9件)"]),
    ],
)
def test_a_refusal_says_what_it_was_and_what_to_do(hands: Hands, scene: str, said: list[str]) -> None:
    hands.show(*SCENES[scene])
    hands.unfold()
    assert [words for words in said if words not in hands.plain_texts()] == []


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
    told = hands.plain_texts()
    assert [words for words in said if words not in told] == []
    assert [words for words in unsaid if words in told] == []


def test_alone_unlinking_concerns_this_counter(hands: Hands) -> None:
    hands.show(counter(Unlinked(UnlinkReason.WISH, NUMBER, OPERATION, pending=False)))
    assert "この窓口では、マイナンバーカードで番号は出なくなりました。" in hands.plain_texts()


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
    assert "つながっている窓口では、まもなく使えなくなります" in live.plain_texts()


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
