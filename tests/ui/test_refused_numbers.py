"""A rejected number stays marked in its field: staff compare it, correct it, or scan another instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.domain.effects import FindLinks, LookUpPatron
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    CardLifted,
    CardStopAnswered,
    IlsChanged,
    LibraryCardEntered,
    LinksFound,
    NextPressed,
    PatronRefused,
    RegistrationChosen,
    StoreFailed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import Applicant, IlsCondition, UnlinkReason
from kiosk.domain.rules import BarcodeRule
from kiosk.domain.states import AskingUnlinkNumber, AwaitingLibraryCard, CounterRules, Flow, LendingRefused, Problem, Reading, Waiting
from kiosk.ui.staff import StaffWindow
from kiosk.ui.widgets.scan_field import ScanField
from tests.support.windows.patron_samples import INSERTION, TICKET, counter
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands, LiveStaffWindow, settle

RULES = CounterRules(barcode=BarcodeRule(length=10, prefix="21"))
NUMBER, OTHER = "2104067853", "2104067861"
SCENES = staff_scenes()
BOOK, MY_NUMBER = "5201234567", "123456789018"


@pytest.fixture
def desk(qtbot: QtBot) -> LiveStaffWindow:
    made = LiveStaffWindow(counter=counter(Waiting(), cards=(), rules=RULES))
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


Flowing = TypeVar("Flowing", bound=Flow)


def flow_of(desk: LiveStaffWindow, kind: type[Flowing]) -> Flowing:
    assert isinstance(desk.counter.flow, kind)
    return desk.counter.flow


def field(desk: LiveStaffWindow) -> ScanField:
    settle()
    (found,) = (one for one in desk.window.findChildren(ScanField) if one.isVisible())
    return found


def ask_registration(desk: LiveStaffWindow) -> None:
    for event in (RegistrationChosen(), ApplicantChosen(Applicant.SELF), NextPressed(), NextPressed()):
        desk.happen(event)


def ask_unlinking(desk: LiveStaffWindow) -> None:
    for event in (UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.LOST), CardStopAnswered(stopped=True)):
        desk.happen(event)


def refuse(desk: LiveStaffWindow, code: Code = Code.LIBRARY_CARD_UNKNOWN) -> None:
    """What was asked for last."""
    asked = next(effect for effect in reversed(desk.asked) if isinstance(effect, LookUpPatron | FindLinks))
    desk.happen(PatronRefused(asked.ticket, code) if isinstance(asked, LookUpPatron) else LinksFound(asked.ticket, (), None))


def put(desk: LiveStaffWindow, flow: Flow) -> None:
    """Where the counter has come to."""
    desk.counter = counter(flow, rules=RULES)
    desk.show(desk.counter)


def at_once(desk: LiveStaffWindow) -> None:
    """Nobody need be asked."""


PLACES: dict[str, tuple[Callable[[LiveStaffWindow], None], str, Callable[[LiveStaffWindow], None]]] = {
    "at home": (lambda desk: None, "12345", at_once),
    "at home, by the library's system": (lambda desk: None, NUMBER, refuse),
    "while a card is read": (lambda desk: put(desk, Reading(TICKET, INSERTION)), "12345", at_once),
    "in a registration": (ask_registration, "12345", at_once),
    "in a registration, by the library's system": (ask_registration, NUMBER, refuse),
    "at a lost card": (ask_unlinking, "12345", at_once),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_refused_number_stays_and_the_next_scan_replaces_it(desk: LiveStaffWindow, place: str) -> None:
    begin, number, answer = PLACES[place]
    begin(desk)
    desk.scan(number, Qt.Key.Key_Return)
    answer(desk)
    assert field(desk).text() == field(desk).selectedText() == number
    desk.scan(OTHER, Qt.Key.Key_Return)
    assert desk.said[-1] == LibraryCardEntered(OTHER)


AWAY_AND_BACK = [(Qt.Key.Key_F1, Qt.Key.Key_F1), (Qt.Key.Key_F4, Qt.Key.Key_Escape), (Qt.Key.Key_F1, Qt.Key.Key_F4, Qt.Key.Key_F4)]


@pytest.mark.parametrize(
    ("place", "way"),
    [
        # In the quick run one way at each place.
        pytest.param(place, way, marks=() if number % 3 == kind else pytest.mark.trial)
        for number, place in enumerate(PLACES)
        for kind, way in enumerate(AWAY_AND_BACK)
    ],
)
def test_a_scan_replaces_a_refused_number_after_a_look_at_another_page(desk: LiveStaffWindow, place: str, way: tuple[Qt.Key, ...]) -> None:
    begin, number, answer = PLACES[place]
    begin(desk)
    desk.scan(number, Qt.Key.Key_Return)
    answer(desk)
    for key in way:
        desk.key(key)
    assert field(desk).hasFocus()
    desk.scan(OTHER, Qt.Key.Key_Return)
    assert desk.said[-1] == LibraryCardEntered(OTHER)


@pytest.mark.parametrize("place", ["at home", "in a registration", "at a lost card"])
def test_a_scan_replaces_what_was_half_typed_before_a_look_at_another_page(desk: LiveStaffWindow, place: str) -> None:
    PLACES[place][0](desk)
    desk.type("2104")
    desk.key(Qt.Key.Key_F1)
    desk.key(Qt.Key.Key_F1)
    assert field(desk).selectedText() == "2104"
    desk.scan(OTHER, Qt.Key.Key_Return)
    assert desk.said[-1] == LibraryCardEntered(OTHER)


def test_of_a_refused_number_one_digit_is_corrected(desk: LiveStaffWindow) -> None:
    ask_registration(desk)
    desk.scan(NUMBER, Qt.Key.Key_Return)
    refuse(desk)
    desk.key(Qt.Key.Key_End)
    desk.key(Qt.Key.Key_Backspace)
    desk.type("4")
    # News of the counter does not undo what is being typed.
    desk.show(desk.counter)
    desk.key(Qt.Key.Key_Return)
    assert desk.said[-1] == LibraryCardEntered(NUMBER[:-1] + "4")


@pytest.mark.parametrize("ils", [IlsCondition.READY, IlsCondition.NONE])
def test_of_a_book_read_at_home_no_more_is_said_than_is_known(desk: LiveStaffWindow, ils: IlsCondition) -> None:
    desk.happen(IlsChanged(ils))
    desk.scan(BOOK, Qt.Key.Key_Return)
    settle()
    assert "この図書館の利用カードの番号ではありません。番号は 21 で始まります。" in desk.texts()
    assert ("先に利用者のカードを読み取ってください。" in desk.texts()) is (ils is IlsCondition.READY)


def test_what_must_not_be_entered_here_is_erased(desk: LiveStaffWindow) -> None:
    desk.scan("12345", Qt.Key.Key_Return)
    desk.scan(MY_NUMBER, Qt.Key.Key_Return)
    assert flow_of(desk, Waiting).problem == Problem(Code.NUMBER_IS_MY_NUMBER)
    assert field(desk).text() == ""


SECRETS = ("1234", "１２３４", " 12 34", MY_NUMBER, "123456789012", "1234-5678-9012", "１２３４ ５６７８ ９０１２")
"""A PIN, and an 個人番号, also with one digit wrong, as people write them."""


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("begin", [at_once, ask_registration, ask_unlinking])
def test_what_may_be_a_pin_or_an_individual_number_is_erased(
    desk: LiveStaffWindow, begin: Callable[[LiveStaffWindow], None], secret: str
) -> None:
    begin(desk)
    desk.happen(LibraryCardEntered(secret))
    settle()
    flow = desk.counter.flow
    assert isinstance(flow, Waiting | AwaitingLibraryCard | AskingUnlinkNumber)
    assert flow.problem is not None
    assert (flow.problem.entered, field(desk).text()) == ("", "")


@pytest.mark.parametrize("number", ["123", "12345", "12345678901", "1234567890123", "D1234"])
def test_what_is_neither_stays(desk: LiveStaffWindow, number: str) -> None:
    desk.scan(number, Qt.Key.Key_Return)
    assert field(desk).text() == number


def test_a_slip_in_a_number_of_twelve_digits_is_corrected_where_library_cards_have_so_many(desk: LiveStaffWindow) -> None:
    desk.counter = counter(Waiting(), cards=(), rules=CounterRules(barcode=BarcodeRule(length=12, prefix="21")))
    desk.scan("123456789012", Qt.Key.Key_Return)
    assert field(desk).text() == "123456789012"


def test_a_number_that_was_left_alone_goes_with_its_refusal(desk: LiveStaffWindow) -> None:
    desk.scan("12345", Qt.Key.Key_Return)
    desk.key(Qt.Key.Key_Escape)
    assert field(desk).text() == ""


def test_the_number_of_a_lost_card_is_entered_anew_in_its_field(desk: LiveStaffWindow) -> None:
    """Not at the reasons: what was answered before is known."""
    ask_unlinking(desk)
    desk.scan(NUMBER, Qt.Key.Key_Return)
    refuse(desk)
    assert "入力された番号: 2104 0678 53" in desk.texts()
    desk.press("番号を入れ直す")
    asking = flow_of(desk, AskingUnlinkNumber)
    assert (asking.reason, asking.card_stopped) == (UnlinkReason.LOST, True)
    assert field(desk).selectedText() == NUMBER
    assert field(desk).hasFocus()


def test_a_store_that_fails_does_not_blame_the_number(desk: LiveStaffWindow) -> None:
    ask_unlinking(desk)
    desk.scan(NUMBER, Qt.Key.Key_Return)
    asked = next(effect for effect in reversed(desk.asked) if isinstance(effect, FindLinks))
    desk.happen(StoreFailed(asked.ticket, Code.STORE_LOCKED))
    settle()
    assert "番号が違うとき" not in desk.texts()
    desk.press("番号の入力に戻る")
    assert field(desk).text() == NUMBER


def test_on_a_refusal_a_number_that_cannot_be_one_ends_nothing(desk: LiveStaffWindow) -> None:
    desk.scan(NUMBER, Qt.Key.Key_Return)
    refuse(desk)
    desk.scan(BOOK, Qt.Key.Key_Return)
    assert isinstance(desk.counter.flow, LendingRefused)
    assert field(desk).selectedText() == BOOK
    assert "21 で始まります" in desk.texts()


def test_what_was_typed_on_a_refusal_outlives_the_card_that_is_lifted(desk: LiveStaffWindow) -> None:
    put(desk, LendingRefused(Problem(Code.NOT_LINKED), INSERTION))
    desk.type("2104")
    desk.happen(CardLifted(INSERTION))
    assert field(desk).text() == "2104"
    assert field(desk).hasFocus()


ELSEWHERE = {
    "unlink-lost": "先に、カードを止めたか選んでください。",
    "unlink-reason": "先に、解除の理由を選んでください。",
    "unlink-confirm": "「戻る」を押します。",
    "replacement-both": "マイナンバーカードを取ってもらい、次の画面で「戻る」を押します。",
    "help": "窓口の画面に戻ると、利用カードを読み取れます。",
    "over-served": "「もとの画面に戻る」を押してから、もう一度読み取ってください。",
    "applicant": "この先の「利用カード」の段階で読み取ります。",
    "guardian": "この先の「利用カード」の段階で読み取ります。",
    "confirming-holder": "「本人です」か「本人ではない」",
    "served": "図書館システムの画面で読み取ってください。",
    "called-stopped": "「貸出」「貸出延長」「予約」のどれかを選ぶと",
    "pin": "利用者が操作しています。",
}


@pytest.mark.parametrize("scene", ELSEWHERE)
def test_a_barcode_that_means_nothing_here_is_told_where_it_does(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    hands.scan(NUMBER, Qt.Key.Key_Return)
    hands.unfold()
    assert "読み取った番号は使っていません" in hands.texts()
    assert ELSEWHERE[scene] in hands.texts().replace("\n", "")
    names_a_way_back = "「戻る」" in ELSEWHERE[scene] and "次の画面で" not in ELSEWHERE[scene]
    assert not names_a_way_back or "戻る" in hands.controls()
    assert hands.said == []
