"""Links are saved, replaced and closed, each together with its audit row."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber, LinkToken, Month, ReplaceReason, Revocation, Service, UnlinkReason
from kiosk.store.monthly_counts import MonthFigures
from kiosk.store.repository import Repository

OpenStore = Callable[..., Repository]

CARD_A, CARD_B, CARD_C = (LinkToken(bytes([number]) * 32) for number in (1, 2, 3))
NUMBER_1, NUMBER_2, NUMBER_3 = (LibraryCardNumber(digits) for digits in ("2104067853", "2104067861", "0000000018"))


def save(store: Repository, token: LinkToken, number: LibraryCardNumber, replaces: ReplaceReason | None = None) -> bool:
    by_card, by_number = store.links_for([token], number)
    shown = tuple(link.operation for link in (*by_card, by_number) if link is not None)
    return store.save_link(uuid4(), token, number, revocation=Revocation.GOOD, replaces=replaces, shown=shown)


def acts(store: Repository) -> list[tuple[str, str | None, str | None]]:
    return [(row.act, row.reason, row.number) for row in store.audit_rows()]


def test_a_saved_link_is_found_from_both_sides(store: Repository) -> None:
    assert save(store, CARD_A, NUMBER_1) is False
    link = store.find(CARD_A)
    assert link is not None
    assert (link.token, link.number, link.counter, link.pending) == (CARD_A, NUMBER_1, "窓口1", False)
    assert link.since == datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)
    assert store.find_by_number(NUMBER_1) == link
    assert store.links_for((CARD_A,), NUMBER_2) == ((link,), None)
    assert store.links_for((), NUMBER_1) == ((), link)
    assert store.links_for((CARD_B,), None) == ((), None)


def test_whichever_candidates_have_a_link_are_found_in_the_order_asked(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    save(store, CARD_B, NUMBER_2)
    one, other = store.find(CARD_A), store.find(CARD_B)
    assert store.links_for((CARD_C, CARD_B, CARD_A), NUMBER_1) == ((other, one), one)
    assert store.links_for((CARD_A, CARD_C), None) == ((one,), None)


def test_it_is_there_after_the_store_was_closed(store: Repository, open_store: OpenStore) -> None:
    save(store, CARD_A, NUMBER_1)
    store.close()
    assert open_store().find(CARD_A) is not None


def test_a_number_keeps_its_leading_zeros(store: Repository) -> None:
    save(store, CARD_A, NUMBER_3)
    link = store.find(CARD_A)
    assert link is not None
    assert link.number.text == "0000000018"


@pytest.mark.parametrize(
    ("token", "number", "code"),
    [(CARD_A, NUMBER_2, Code.LINKED_ELSEWHERE), (CARD_B, NUMBER_1, Code.NUMBER_LINKED_ELSEWHERE)],
)
def test_without_a_reason_nothing_is_replaced(store: Repository, token: LinkToken, number: LibraryCardNumber, code: Code) -> None:
    save(store, CARD_A, NUMBER_1)
    before = (list(store.list_links()), store.operations(), list(store.audit_rows()))
    with pytest.raises(Refused) as refusal:
        save(store, token, number)
    assert refusal.value.code is code
    assert (list(store.list_links()), store.operations(), list(store.audit_rows())) == before


@pytest.mark.parametrize("reason", ReplaceReason)
def test_with_a_reason_everything_in_the_way_is_closed(store: Repository, reason: ReplaceReason) -> None:
    save(store, CARD_A, NUMBER_1)
    save(store, CARD_B, NUMBER_2)
    save(store, CARD_A, NUMBER_2, reason)
    assert [link.number for link in store.list_links(masked=False)] == [NUMBER_2.text]
    assert store.find(CARD_B) is None
    assert store.find_by_number(NUMBER_1) is None
    assert acts(store)[2:] == [
        ("release", reason, NUMBER_1.masked),
        ("release", reason, NUMBER_2.masked),
        ("register", reason, NUMBER_2.masked),
    ]


def test_the_same_link_is_not_saved_again(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    save(store, CARD_A, NUMBER_1)
    save(store, CARD_A, NUMBER_1, ReplaceReason.RENEWED)
    assert len(list(store.audit_rows())) == 1


def test_a_repeated_operation_does_nothing_twice(store: Repository) -> None:
    first, second = uuid4(), uuid4()
    for _ in range(2):
        store.save_link(first, CARD_A, NUMBER_1, revocation=Revocation.GOOD)
    for _ in range(2):
        store.close_link(second, NUMBER_1, UnlinkReason.LOST)
    store.save_link(first, CARD_A, NUMBER_1, revocation=Revocation.GOOD)
    assert store.count_links() == 0
    assert [act for act, _, _ in acts(store)] == ["register", "release"]


def test_a_closed_link_leaves_no_number_and_no_token(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    store.close_link(uuid4(), NUMBER_1, UnlinkReason.LOST)
    assert store.find(CARD_A) is None
    assert store.operations() == []
    assert NUMBER_1.text not in repr(list(store.audit_rows()))
    assert acts(store)[-1] == ("release", "lost", "2104 ＊＊＊＊ 53")


def test_a_number_without_a_link_cannot_be_unlinked(store: Repository) -> None:
    with pytest.raises(Refused) as refusal:
        store.close_link(uuid4(), NUMBER_1, UnlinkReason.WISH)
    assert refusal.value.code is Code.NOTHING_TO_UNLINK
    assert list(store.audit_rows()) == []


def test_what_was_checked_is_written_down(store: Repository) -> None:
    store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.NOT_CHECKED, by_guardian=True, operator="17")
    store.record(RecordAct(Act.USE, NUMBER_1, revocation=Revocation.GOOD, pin_checked=True, holder_confirmed=True))
    store.record(RecordAct(Act.REFUSAL, None, Code.CARD_EXPIRED))
    rows = list(store.audit_rows())
    assert [row.checked for row in rows] == [
        "certificate revocation:not-checked pin guardian",
        "certificate revocation:good pin holder",
        "certificate revocation:not-checked",
    ]
    assert [(row.result, row.reason, row.operator) for row in rows] == [
        ("done", None, "17"),
        ("done", None, None),
        ("refused", "card-expired", None),
    ]
    assert list(store.audit_rows(datetime(2026, 11, 23, 3, 0, 1, tzinfo=UTC))) == []
    assert list(store.audit_rows(datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC))) == rows


def test_a_service_is_written_down_without_whose_it_was(store: Repository) -> None:
    for service in (*Service, "local"):
        if service != Service.NDL_DIGITAL:
            store.record(RecordAct(Act.SERVICE, NUMBER_1, holder_confirmed=True, pin_checked=True, service=service))
    rows = list(store.audit_rows())
    assert [(row.act, row.reason) for row in rows] == [("service", name) for name in (*Service, "local") if name != "ndl-digital"]
    assert {(row.counter, row.result, row.number, row.checked, row.operation) for row in rows} == {("窓口1", "done", None, "", None)}
    assert store.verify_audit() is None


@pytest.mark.parametrize(
    ("act", "checked"),
    [
        (RecordAct(Act.SERVICE, NUMBER_1, service="ndl-digital", revocation=Revocation.GOOD), "certificate revocation:good"),
        (
            RecordAct(Act.SERVICE, NUMBER_1, service="ndl-digital", holder_confirmed=True, pin_checked=True),
            "certificate revocation:not-checked pin holder",
        ),
        (RecordAct(Act.SERVICE, NUMBER_1, service="ndl-digital", card_read=False), ""),
    ],
)
def test_the_ndl_has_a_record_of_each_use_with_what_was_checked(store: Repository, act: RecordAct, checked: str) -> None:
    store.record(act, operator="17")
    (row,) = list(store.audit_rows())
    assert (row.at, row.counter, row.operator) == ("2026-11-23T03:00:00+00:00", "窓口1", "17")
    assert (row.act, row.result, row.reason, row.number, row.checked) == ("service", "done", "ndl-digital", NUMBER_1.masked, checked)
    assert NUMBER_1.text not in repr(row)


def test_services_are_counted_each_for_itself_and_never_as_uses(store: Repository, set_time: Callable[[str], None]) -> None:
    set_time("2026-10-31T14:59:59")
    store.record(RecordAct(Act.SERVICE, service="local"))
    set_time("2026-10-31T15:00:00")
    for service in ("local", "loan", "ndl-digital", "loan"):
        store.record(RecordAct(Act.SERVICE, service=service))
    october, november = store.month_statistics()
    assert october == MonthFigures(Month(2026, 10), services={"local": 1})
    assert list(november.services.items()) == [("loan", 2), ("ndl-digital", 1), ("local", 1)]
    assert store.this_month() == MonthFigures(Month(2026, 11), services={"loan": 2, "ndl-digital": 1, "local": 1})


def test_months_are_those_of_japan(store: Repository, set_time: Callable[[str], None]) -> None:
    for number, moment in enumerate(("2026-10-31T14:59:59", "2026-10-31T15:00:00", "2026-11-30T14:59:59", "2026-11-30T15:00:00")):
        set_time(moment)
        save(store, LinkToken(bytes([number]) * 32), LibraryCardNumber(str(1000 + number)))
        store.record(RecordAct(Act.USE, LibraryCardNumber(str(1000 + number))))
    store.record(RecordAct(Act.REFUSAL, None, Code.CARD_EXPIRED))
    store.close_link(uuid4(), LibraryCardNumber("1000"), UnlinkReason.WISH)
    assert store.month_statistics() == [
        MonthFigures(Month(2026, 10), registrations=1, uses=1),
        MonthFigures(Month(2026, 11), registrations=2, uses=2),
        MonthFigures(Month(2026, 12), registrations=1, releases=1, uses=1),
    ]
    assert store.this_month() == MonthFigures(Month(2026, 12), registrations=1, releases=1, uses=1)
    set_time("2027-03-01T00:00:00")
    assert store.this_month() == MonthFigures(Month(2027, 3))


def test_a_list_is_masked_unless_somebody_insists(store: Repository) -> None:
    save(store, CARD_A, NUMBER_1)
    assert [link.number for link in store.list_links()] == [NUMBER_1.masked]
    assert [link.number for link in store.list_links(masked=False)] == [NUMBER_1.text]


def test_threads_may_work_at_once(store: Repository) -> None:
    def register(number: int) -> None:
        save(store, LinkToken(number.to_bytes(32, "big")), LibraryCardNumber(f"{number:010}"))
        assert store.find(LinkToken(number.to_bytes(32, "big"))) is not None

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(register, range(80)))
    assert store.count_links() == 80
    assert store.verify_audit() is None


def test_two_programs_may_use_one_store(store: Repository, open_store: OpenStore) -> None:
    other = open_store(counter_name="kiosk links")
    save(store, CARD_A, NUMBER_1)
    other.close_link(uuid4(), NUMBER_1, UnlinkReason.CORRECTION)
    assert store.find(CARD_A) is None
    assert store.verify_audit() is None


def test_the_recovery_sheet_is_confirmed_for_one_key(store: Repository) -> None:
    assert not store.sheet_confirmed("AAAA-0000")
    store.confirm_sheet("AAAA-0000")
    assert store.sheet_confirmed("AAAA-0000")
    assert not store.sheet_confirmed("BBBB-0000")


def test_nothing_of_it_reaches_a_log(store: Repository, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", "peewee")
    save(store, CARD_A, NUMBER_1)
    with pytest.raises(Refused) as refusal:
        save(store, CARD_B, NUMBER_1)
    assert caplog.text == ""
    shown = "".join(map(repr, (store.find(CARD_A), *store.operations(), refusal.value)))
    assert CARD_A.digest.hex() not in shown
    assert repr(CARD_A.digest) not in shown
