"""A refusal claims no more than was checked, and each of its buttons leads to a place of its own."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton

from kiosk.domain.errors import Code
from kiosk.domain.machine import step
from kiosk.domain.states import LendingRefused, Problem
from kiosk.ui.staff.refusal import RefusalPage
from kiosk.ui.widgets.control import event_of
from tests.support.windows.patron_samples import NUMBER, counter
from tests.support.windows.staff_samples import one_of_each
from tests.support.windows.staff_window import Hands

SCENES = {name: scene for name, scene in one_of_each().items() if "refused-" in name or name == "unlink-refused"}
OF_LIBRARY_CARD = (Code.LIBRARY_CARD_EXPIRED, Code.LIBRARY_CARD_STOPPED, Code.LIBRARY_CARD_UNKNOWN, Code.LIBRARY_CARD_DIFFERS)
REMAINS = "連携は、そのまま残っています"


@pytest.mark.parametrize("code", OF_LIBRARY_CARD)
def test_of_a_link_nothing_is_said_where_nobody_looked(hands: Hands, code: Code) -> None:
    hands.show(counter(LendingRefused(Problem(code, entered=NUMBER.text))))
    assert REMAINS not in hands.texts()
    hands.show(counter(LendingRefused(Problem(code), linked=True)))
    assert (REMAINS in hands.texts()) is (code in OF_LIBRARY_CARD[:2]), "the link of an unknown number is no good"


def test_a_number_that_came_from_a_link_is_compared_with_the_card(hands: Hands) -> None:
    """There is none on the page to check."""
    hands.show(counter(LendingRefused(Problem(Code.LIBRARY_CARD_UNKNOWN), linked=True)))
    assert "利用カードを出してもらい、バーコードを読み取ってください。" in hands.texts()
    assert "入力欄の番号" not in hands.texts()
    assert "引き続き使えます" not in hands.texts()


def test_a_stop_whose_reason_is_quoted_is_not_to_be_looked_up(hands: Hands) -> None:
    hands.show(counter(LendingRefused(Problem(Code.LIBRARY_CARD_STOPPED, (("stops", "fines"), ("said", ""))))))
    assert "この理由を、ご本人にだけ伝えてください。" in hands.texts()
    assert "図書館システムで理由を確認して" not in hands.texts()
    hands.show(counter(LendingRefused(Problem(Code.LIBRARY_CARD_STOPPED, (("stops", "charge-denied"), ("said", ""))))))
    assert "図書館システムで理由を確認して" in hands.texts()


def test_a_phone_is_not_taken_out_of_a_wallet(hands: Hands) -> None:
    hands.show(counter(LendingRefused(Problem(Code.PHONE_NOT_ACCEPTED))))
    assert "財布" not in hands.texts()


def test_no_refusal_names_a_code_and_no_two_buttons_do_the_same(hands: Hands) -> None:
    for name, (refused, facts) in SCENES.items():
        hands.show(refused, facts)
        [page] = hands.window.findChildren(RefusalPage)
        code = refused.flow.problem.code  # type: ignore[union-attr]
        assert code.value not in hands.texts(), name
        pressed = [event for button in page.findChildren(QAbstractButton) if button.isVisible() and (event := event_of(button))]
        led = [step(refused, event)[0].flow for event in pressed]
        assert len(set(map(repr, led))) == len(led), name
