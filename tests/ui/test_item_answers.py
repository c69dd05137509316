"""What staff read if an item was not lent, renewed or reserved: what happened, why, and what to do."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Item, ItemAnswer, Outcome, Reason
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Service
from kiosk.ui.staff.item_answers import told

ITEM = Item("1100000000017", "吾輩は猫である")


@pytest.mark.parametrize(
    ("service", "outcome", "reason", "expected"),
    [
        (
            Service.LOAN,
            Outcome.REFUSED,
            Reason.RESERVED,
            ("貸し出していません。ほかの方の予約があります。", "資料をお預かりして、予約の棚へ置いてください。"),
        ),
        (
            Service.RENEWAL,
            Outcome.REFUSED,
            Reason.RESERVED,
            ("延長していません。ほかの方の予約があります。", "返却期限までの返却をお願いしてください。"),
        ),
        (
            Service.LOAN,
            Outcome.UNKNOWN,
            Reason.LOST_ANSWER,
            ("貸し出されたかどうかわかりません。応答が途切れました。", "図書館システムで確認してください。"),
        ),
        (
            Service.LOAN,
            Outcome.REFUSED,
            Reason.NOT_THERE_YET,
            ("いまのところ貸し出されていません。応答が途切れました。", "もう一度読み取ってください。"),
        ),
        (
            Service.HOLD,
            Outcome.REFUSED,
            Reason.NOT_SEEN_YET,
            (
                "いまのところ予約されていません。受け付けたという応答がありましたが、予約の一覧では、まだ確認できません。",
                "少し待って、図書館システムで確認してください。",
            ),
        ),
        (
            Service.LOAN,
            Outcome.REFUSED,
            Reason.ALREADY_LENT,
            ("この方にすでに貸し出してあります。", "返却期限を伝えてください。延ばすときは、貸出延長をします。"),
        ),
    ],
)
def test_what_happened_and_what_to_do(service: Service, outcome: Outcome, reason: Reason, expected: tuple[str, str]) -> None:
    assert told(service, ItemAnswer(ITEM, outcome, reason)) == expected


@pytest.mark.parametrize("service", ITEM_SERVICES)
@pytest.mark.parametrize("reason", [*Reason, None])
@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
def test_every_answer_has_cause_and_next_step_and_no_title_in_it(service: Service, reason: Reason | None, outcome: Outcome) -> None:
    what, step = told(service, ItemAnswer(ITEM, outcome, reason, said="Sorry"))
    assert what.endswith("。")
    assert step.endswith("。")
    assert ITEM.title not in what + step
    if outcome is Outcome.UNKNOWN and reason is not Reason.ALREADY_LENT and reason is not Reason.ALREADY_RESERVED:
        assert "わかりません" in what
        assert "確認してください" in step


def test_nothing_is_said_of_what_was_done() -> None:
    assert told(Service.LOAN, ItemAnswer(ITEM, Outcome.DONE)) == ("", "")
