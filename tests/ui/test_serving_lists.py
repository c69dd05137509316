"""A patron's loans on the staff window: as much as was reported, and marked as incomplete if they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from kiosk.domain.circulation import Due, Instead, Item, Reason
from kiosk.domain.events import RenewalChosen
from kiosk.domain.model import Service
from kiosk.domain.states import Entry, PatronShown, Progress
from kiosk.ui.staff.serving.item_row import Row
from kiosk.ui.staff.serving.item_texts import MOST
from tests.support.windows.serving_samples import BRIDGE, CHECKED, DUE, GARDEN, LOANS, MAGAZINE, at_counter, serving
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands

SCENES = staff_scenes()
NOTHING_ON_LOAN = "貸出中の資料はありません。"
DENIED = "貸出中の資料の一覧は図書館システムから取得できません"


def names(hands: Hands) -> set[str]:
    return {widget.accessibleName() for widget in hands.window.findChildren(QWidget) if widget.isVisible()}


@pytest.mark.parametrize(
    ("scene", "said", "figure", "button"),
    [
        ("renewal", ["12点"], "貸出中 12点", "すべて延長する"),
        ("renewal-empty", ["0点", NOTHING_ON_LOAN], "貸出中 なし", "すべて延長する"),
        ("renewal-cut", ["120点のうち12点", "一覧は図書館システムが伝えた一部だけです"], "貸出中 120点", "一覧の12点を延長する"),
        ("renewal-cut-without-count", ["わかっているのは12点"], "貸出中 12点以上", "一覧の12点を延長する"),
        (
            "renewal-disputed",
            [
                "わかっているのは12点",
                "図書館システムの件数と一覧が合わないため、点数はわかりません",
                "貸出中の点数はわかりません。図書館システムの件数は0点、一覧には12点あります。",
            ],
            "貸出中 わかりません",
            "一覧の12点を延長する",
        ),
        ("renewal-denied", ["120点", DENIED, "資料のバーコードを読み取れば、延長できます。"], "貸出中 120点", "すべて延長する"),
        ("renewal-silent", [DENIED], "貸出中 わかりません", "すべて延長する"),
        ("renewal-titles", ["2点", "図書館システムが資料の番号を伝えていません"], "貸出中 2点", "すべて延長する"),
        ("renewal-more-than-shown", ["120点", f"120点のうち{MOST}点を表示しています"], "貸出中 120点", "すべて延長する"),
    ],
)
def test_a_list_says_how_much_of_the_loans_it_is(hands: Hands, scene: str, said: list[str], figure: str, button: str) -> None:
    hands.show(*SCENES[scene])
    texts = hands.texts().splitlines()
    assert set(said) <= set(texts)
    assert figure in names(hands)
    assert isinstance(hands.control(button), QPushButton)
    assert (NOTHING_ON_LOAN in texts) is (scene == "renewal-empty")


def test_titles_without_numbers_are_shown_and_cannot_be_renewed_from_the_list(hands: Hands) -> None:
    hands.show(*SCENES["renewal-titles"])
    rows = [row.accessibleName() for row in hands.window.findChildren(Row) if row.isVisible()]
    assert rows == ["雪国の民家、返却期限はわかりません"] * 2
    assert not hands.control("すべて延長する").isEnabled()
    assert not any(name.startswith("延長する ") for name in hands.controls())


def test_renewing_all_reaches_what_is_not_shown_too(hands: Hands) -> None:
    hands.show(*SCENES["renewal-more-than-shown"])
    hands.press("すべて延長する")
    assert hands.said == [RenewalChosen()]


def test_renewing_all_says_what_was_done_and_what_was_not(hands: Hands) -> None:
    def renewed(item: Item, progress: Progress, reason: Reason | None = None) -> Entry:
        return Entry(Service.RENEWAL, item, progress, reason)

    entries = (
        renewed(LOANS[6], Progress.WAITING),
        renewed(LOANS[5], Progress.ASKED),
        renewed(BRIDGE, Progress.UNKNOWN, Reason.LOST_ANSWER),
        renewed(LOANS[4], Progress.REFUSED, Reason.RESERVED),
        renewed(MAGAZINE, Progress.REFUSED, Reason.NO_MORE_RENEWALS),
        renewed(GARDEN, Progress.DONE),
        Entry(Service.LOAN, GARDEN, Progress.DONE),
    )
    counter, facts = SCENES["renewal"]
    assert isinstance(counter.flow, PatronShown)
    flow = replace(counter.flow, dealings=replace(counter.flow.dealings, entries=entries))
    hands.show(replace(counter, flow=flow), facts)
    said = "12点(1点を延長しました、2点は延長できませんでした、1点はわかりません、あと2点)"
    assert said in hands.texts()


@pytest.mark.parametrize(
    ("entry", "is_put_by", "pressable"),
    [
        (Entry(Service.RENEWAL, GARDEN, Progress.DONE), True, False),
        (Entry(Service.RENEWAL, GARDEN, Progress.UNKNOWN, Reason.LOST_ANSWER), False, False),
        (Entry(Service.RENEWAL, GARDEN, Progress.ASKED), False, False),
        (Entry(Service.LOAN, GARDEN, Progress.DONE, instead=Instead.RENEWED), False, False),
        (Entry(Service.LOAN, GARDEN, Progress.DONE, instead=Instead.RENEWED), True, False),
        (Entry(Service.RENEWAL, GARDEN, Progress.REFUSED, Reason.RESERVED), False, True),
        # It says why it leaves this one out.
        (Entry(Service.LOAN, GARDEN, Progress.DONE), False, True),
    ],
)
def test_all_can_be_renewed_as_long_as_that_does_anything(hands: Hands, entry: Entry, is_put_by: bool, pressable: bool) -> None:
    counter, facts = SCENES["renewal"]
    assert isinstance(counter.flow, PatronShown)
    earlier, entries = ({entry.wish: entry}, ()) if is_put_by else ({}, (entry,))
    dealings = replace(counter.flow.dealings, loans=(GARDEN,), earlier=earlier, entries=entries)
    hands.show(replace(counter, flow=replace(counter.flow, dealings=dealings)), facts)
    assert hands.control("すべて延長する").isEnabled() is pressable


def test_what_is_put_by_in_a_long_session_is_counted(hands: Hands) -> None:
    lent = [Entry(Service.LOAN, Item(str(number), "雪国", DUE), Progress.DONE) for number in range(20260000, 20260300)]
    counter = at_counter(serving(CHECKED, Service.LOAN, *lent[:200]))
    assert isinstance(counter.flow, PatronShown)
    dealings = replace(counter.flow.dealings, earlier={entry.wish: entry for entry in lent[200:]})
    hands.show(replace(counter, flow=replace(counter.flow, dealings=dealings)))
    assert f"300点を貸し出しました(新しい{MOST}点を表示)" in hands.texts()


def test_a_last_day_that_is_not_told_is_said_to_be_unknown(hands: Hands) -> None:
    hands.show(at_counter(serving(replace(CHECKED, valid_until=None))))
    assert "期限は図書館システムではわかりません" in hands.texts()


def test_a_number_handed_over_before_is_not_said_to_be_gone(hands: Hands) -> None:
    hands.show(*SCENES["handover-failed-after-done"])
    assert "番号は図書館システムの画面に入っています" in hands.texts()
    assert "前に入力した番号は消していません。" in hands.texts()
    hands.show(*SCENES["handover-failed"])
    assert "番号は図書館システムの画面に入っています" not in hands.texts()


def test_all_of_an_answer_is_shown(hands: Hands) -> None:
    hands.show(*SCENES["lending-told"])
    heard = [row.accessibleName() for row in hands.window.findChildren(Row) if row.isVisible()]
    fee, renewed, lent = sorted(heard, key=lambda name: ("料金がかかる" not in name, "延長" not in name))
    assert "料金: 100 JPY" in fee
    assert "図書館システムの表示: Rental" in fee
    assert "延長しました、返却期限 12月9日、この方に貸出中だったため、貸出延長になりました。" in renewed
    assert "貸し出しました" not in renewed
    assert lent.startswith("はじめての家庭菜園 雪国の四季、貸し出しました、返却期限 12月9日")
    assert "料金: 50 JPY" in lent
    assert "図書館システムの表示: 付録のCDが1枚あります" in lent
    assert "1点を貸し出しました、1点は延長になりました" in hands.texts()


def test_what_the_server_says_of_a_patron_who_is_denied_nothing_is_shown(hands: Hands) -> None:
    hands.show(*SCENES["lending-told"])
    texts = hands.texts()
    assert "図書館システムからの表示" in texts
    assert "未納の料金: 350 JPY" in texts
    assert "住所の確認をお願いします" in texts
    hands.show(*SCENES["lending"])
    assert "図書館システムからの表示" not in hands.texts()


def test_a_renewal_that_extends_nothing_is_no_renewal(hands: Hands) -> None:
    hands.show(*SCENES["renewal-answers"])
    texts = hands.texts()
    assert "期限は同じです" in texts
    assert "返却期限は変わっていません。" in texts
    assert "1点を延長しました、1点は期限が変わっていません、2点は延長できませんでした" in texts


def shown_as(hands: Hands, *entries: Entry, loans: tuple[Item, ...] = ()) -> list[str]:
    """What is heard of each row of the loans page."""
    counter, facts = SCENES["renewal"]
    assert isinstance(counter.flow, PatronShown)
    dealings = replace(counter.flow.dealings, entries=entries, loans=loans)
    hands.show(replace(counter, flow=replace(counter.flow, dealings=dealings)), facts)
    return [row.accessibleName() for row in hands.window.findChildren(Row) if row.isVisible()]


def test_a_renewal_whose_date_went_back_says_so_with_the_date(hands: Hands) -> None:
    earlier = Entry(Service.RENEWAL, GARDEN, Progress.DONE, instead=Instead.EARLIER)
    [row] = shown_as(hands, earlier)
    assert "期限が早まりました" in row
    assert DUE.day is not None
    assert f"返却期限 {DUE.day.month}月{DUE.day.day}日" in row
    assert "延長しました" not in row
    assert "1点は期限が早まりました" in hands.texts()


@pytest.mark.parametrize(("due", "words"), [(None, ""), (Due(None, "31/12/2026"), "図書館システムの表示: 返却期限 31/12/2026")])
def test_a_renewal_without_a_date_that_can_be_read_is_none_to_rely_on(hands: Hands, due: Due | None, words: str) -> None:
    [row] = shown_as(hands, Entry(Service.RENEWAL, replace(GARDEN, due=due), Progress.DONE))
    assert "新しい返却期限はわかりません。図書館システムで確認してください。" in row
    assert words in row
    assert "期限は\nわかりません" in hands.texts() or "期限はわかりません" in hands.texts()


def test_a_due_date_that_cannot_be_read_is_shown_as_the_library_systems_words(hands: Hands) -> None:
    [row] = shown_as(hands, loans=(replace(GARDEN, due=Due(None, "12/05/26")),))
    assert "返却期限はわかりません" in row
    assert "図書館システムの表示: 返却期限 12/05/26" in row


@pytest.mark.parametrize("until", [None, date(2027, 3, 31)])
def test_a_last_day_that_cannot_be_read_stands_beside_instead_of_valid(hands: Hands, until: date | None) -> None:
    hands.show(at_counter(serving(replace(CHECKED, valid_until=until, valid_said="31/12/2020"))))
    assert "有効期限を読み取れません。図書館システムの表示: 31/12/2020" in hands.texts()
    assert "有効" not in hands.texts().splitlines()


def test_what_is_owed_for_is_counted_where_no_sum_is_told(hands: Hands) -> None:
    hands.show(at_counter(serving(replace(CHECKED, standing=replace(CHECKED.standing, fines=3, owes="")))))
    assert "未納の料金: 3件(金額はわかりません)" in hands.texts()
