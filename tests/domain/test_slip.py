"""The order of lines on a slip: as the items have to be returned."""

from __future__ import annotations

from datetime import date

from kiosk.domain.circulation import Due, Item
from kiosk.domain.model import Service
from kiosk.domain.slip import SlipLine, in_order


def line(number: str, due: Due | None, service: Service = Service.LOAN) -> SlipLine:
    return SlipLine(Item(number, due=due), service)


def test_what_is_due_first_stands_first_and_what_is_reserved_last() -> None:
    late, soon = Due(date(2027, 1, 9), "20270109"), Due(date(2026, 12, 9), "20261209")
    words = Due(None, "来週の火曜")
    lines = (
        line("hold", soon, Service.HOLD),
        line("words", words),
        line("late", late),
        line("unknown", None),
        line("soon", soon, Service.RENEWAL),
        line("also soon", soon),
    )
    assert [one.item.number for one in in_order(lines)] == ["soon", "also soon", "late", "words", "unknown", "hold"]
