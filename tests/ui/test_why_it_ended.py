"""The notice about a session that ended says what was left undone, and why."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.errors import Code
from kiosk.domain.model import EndedBy, Language, Ticket
from kiosk.domain.states import Ended, LeftWork
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands

WAITING = staff_scenes()["waiting"][0]
LOCKED = Ended(LeftWork.REGISTRATION_REFUSED, EndedBy.PATRON, None, Language.JAPANESE, Ticket(0), Code.PIN_LOCKED)
TYPED = Ended(LeftWork.SERVING, EndedBy.TIME, None, Language.JAPANESE, Ticket(0), typed=True)


def test_a_refused_registration(hands: Hands) -> None:
    hands.show(replace(WAITING, ended=LOCKED))
    assert "利用者が「終わる」を押したため、登録できない理由の画面を閉じました" in hands.texts()
    assert "理由: 暗証番号がロックされています。" in hands.texts()


def test_a_number_that_was_not_entered(hands: Hands) -> None:
    hands.show(replace(WAITING, ended=TYPED))
    assert "入力欄に残っていた資料番号は、使っていません。" in hands.texts()
    hands.show(replace(WAITING, ended=replace(TYPED, typed=False)))
    assert "入力欄" not in hands.texts()
