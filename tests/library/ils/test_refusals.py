"""The reason for a refusal: from the server's message, else from the item's state, else from the patron's."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.config.settings import Ils
from kiosk.domain.circulation import Due, Item, Outcome, Reason
from kiosk.domain.model import LibraryCardNumber, Service
from tests.support.ils.scripted_server import BOOK, DATE, NUMBER, PATRON, STATUS, TITLE, Station, answering, client_of, hang_up, refused

LOAN, RENEWAL, HOLD = Service.LOAN, Service.RENEWAL, Service.HOLD


def status(circulation: str, title: str = TITLE, more: str = "") -> str:
    return f"18{circulation}0201{DATE}AB{BOOK}|AJ{title}|{more}"


SAID = [
    # as recorded
    (LOAN, "Patron Blocked", Reason.PATRON_STOPPED),
    (LOAN, "Invalid Item", Reason.ITEM_UNKNOWN),
    (RENEWAL, "Item has reached maximum renewals", Reason.NO_MORE_RENEWALS),
    (RENEWAL, "Item not checked out to 花子 山田", Reason.NOT_ON_LOAN),
    # keys of Koha's own checks
    (LOAN, "Issue failed : NOT_FOR_LOAN", Reason.NOT_FOR_LOAN),
    (LOAN, "TOO_MANY: 5 / 5", Reason.TOO_MANY),
    (LOAN, "Issue failed : NO_MORE_RENEWALS", Reason.ALREADY_LENT),
    (LOAN, "Issue failed : WTHDRAWN", Reason.MISSING),
    (LOAN, "Issue failed : ITEM_LOST", Reason.MISSING),
    (LOAN, "Issue failed : DEBARRED", Reason.PATRON_STOPPED),
    (LOAN, "Issue failed : USERBLOCKEDOVERDUE", Reason.PATRON_STOPPED),
    # words of its kind
    (LOAN, "already checked out to another patron", Reason.ON_LOAN),
    (LOAN, "reserved for another patron upon return", Reason.RESERVED),
    (LOAN, "on hold shelf for another patron", Reason.RESERVED),
    (RENEWAL, "unavailable due to outstanding holds", Reason.RESERVED),
    (LOAN, "Outstanding Fines block issue", Reason.PATRON_STOPPED),
    (LOAN, "This item is already checked out", Reason.ON_LOAN),
    (LOAN, "too many items", Reason.TOO_MANY),
    (LOAN, "for reference only", Reason.NOT_FOR_LOAN),
    (HOLD, "already on hold for this patron", Reason.ALREADY_RESERVED),
    (HOLD, "hold limit reached", Reason.TOO_MANY),
    (LOAN, "charged to you already", Reason.ALREADY_LENT),
    # as staff's screens say it here
    (LOAN, "禁帯出の資料です", Reason.NOT_FOR_LOAN),
    (LOAN, "この資料は館内利用のみです", Reason.NOT_FOR_LOAN),
    (LOAN, "他の利用者に貸出中です", Reason.ON_LOAN),
    (LOAN, "この資料は予約されています", Reason.RESERVED),
    (LOAN, "貸出点数の上限を超えます", Reason.TOO_MANY),
    (LOAN, "該当する資料がありません", Reason.ITEM_UNKNOWN),
    (LOAN, "除籍資料です", Reason.MISSING),
    (LOAN, "延滞資料があるため貸出停止中です", Reason.PATRON_STOPPED),
    (LOAN, "利用券の有効期限が切れています", Reason.PATRON_STOPPED),
    (LOAN, "利用券が紛失扱いです", Reason.PATRON_STOPPED),
    (RENEWAL, "延長できる回数の上限に達しています", Reason.NO_MORE_RENEWALS),
    (RENEWAL, "すでに延長済みです", Reason.NO_MORE_RENEWALS),
    (RENEWAL, "次の予約があるため延長できません", Reason.RESERVED),
    (RENEWAL, "貸出中ではありません", Reason.NOT_ON_LOAN),
    (HOLD, "既に予約しています", Reason.ALREADY_RESERVED),
    (HOLD, "予約件数の上限に達しています", Reason.TOO_MANY),
]


@pytest.mark.parametrize(("service", "said", "reason"), SAID, ids=[f"{case[0]}: {case[1]}" for case in SAID])
def test_reasons_in_words(service: Service, said: str, reason: Reason) -> None:
    kind, reply = refused(service, said)
    with Station(answering({kind: reply, "63": PATRON})) as station, client_of(station.port) as client:
        answer = client.serve(service, NUMBER, Item(BOOK, due=Due(date(2026, 12, 7), "20261207")))
    assert (answer.outcome, answer.reason, answer.said) == (Outcome.REFUSED, reason, said)
    assert answer.item.title == TITLE


NEGATED = [
    # the tester's
    (LOAN, "予約はありません"),
    (LOAN, "この資料は予約されていません"),
    (LOAN, "貸出中ではありません"),
    (LOAN, "この利用者は延滞していません"),
    (LOAN, "延滞していませんが貸出できません"),
    (LOAN, "No fines. Item is not on hold"),
    # their kind
    (LOAN, "予約が入っていない資料です"),
    (LOAN, "予約なし"),
    (LOAN, "この資料に予約はありません"),
    (LOAN, "資料は貸出中ではありません"),
    (LOAN, "貸出中でない"),
    (LOAN, "利用停止ではありません"),
    (LOAN, "カードの有効期限は切れていません"),
    (LOAN, "カードは紛失していません"),
    (LOAN, "紛失資料ではありません"),
    (LOAN, "除籍されていません"),
    (LOAN, "貸出点数の上限に達していません"),
    (LOAN, "禁帯出ではありません"),
    (LOAN, "延滞は無し"),
    (LOAN, "延滞0件"),
    (LOAN, "This item is not reserved"),
    (LOAN, "This item isn't on loan"),
    (LOAN, "Item has no holds"),
    (LOAN, "Patron is not blocked"),
    (LOAN, "Patron has no outstanding fines"),
    (LOAN, "Card has never expired"),
    (LOAN, "Item is not lost"),
    (LOAN, "without fines"),
    (LOAN, "cannot be reserved"),
    (HOLD, "既に予約していません"),
    (HOLD, "not already on hold for this patron"),
    (RENEWAL, "延長の上限には達していません"),
    (RENEWAL, "No one has reserved it"),
]


@pytest.mark.parametrize(("service", "said"), NEGATED, ids=[f"{case[0]}: {case[1]}" for case in NEGATED])
def test_a_denial_with_a_no_in_it_is_not_read_as_its_opposite(service: Service, said: str) -> None:
    """Words that are not clearly known are shown, and nothing is concluded."""
    kind, reply = refused(service, said)
    with Station(answering({kind: reply, "63": PATRON, "17": status("03")})) as station, client_of(station.port) as client:
        answer = client.serve(service, NUMBER, Item(BOOK, due=Due(date(2026, 12, 7), "20261207")))
    by_the_item = Reason.NOT_ON_LOAN if service is RENEWAL else Reason.OTHER
    assert (answer.outcome, answer.reason, answer.said) == (Outcome.REFUSED, by_the_item, said)


BOTH = [
    (LOAN, "予約されていますが、延滞はありません", Reason.RESERVED),
    (LOAN, "禁帯出です。貸出できません", Reason.NOT_FOR_LOAN),
    (LOAN, "他の利用者に貸出中のため、貸出できません", Reason.ON_LOAN),
    (LOAN, "延滞があるので、貸出することはできません", Reason.PATRON_STOPPED),
    (LOAN, "Item is on hold. It cannot be checked out", Reason.RESERVED),
    (LOAN, "Patron is blocked, no checkout", Reason.PATRON_STOPPED),
    (LOAN, "Item not for loan", Reason.NOT_FOR_LOAN),
    (LOAN, "この資料は貸出できない資料です", Reason.NOT_FOR_LOAN),
    (LOAN, "この番号は登録されていません", Reason.ITEM_UNKNOWN),
    (LOAN, "バーコード 1103447109 が見つかりません", Reason.ITEM_UNKNOWN),
]


@pytest.mark.parametrize(("service", "said", "reason"), BOTH, ids=[case[1] for case in BOTH])
def test_a_no_about_something_else_hides_no_reason(service: Service, said: str, reason: Reason) -> None:
    kind, reply = refused(service, said)
    with Station(answering({kind: reply, "63": PATRON, "17": status("03")})) as station, client_of(station.port) as client:
        assert client.serve(service, NUMBER, Item(BOOK)).reason is reason


BY_STATUS = [
    (LOAN, status("04"), Reason.ON_LOAN),
    (LOAN, status("05"), Reason.ON_LOAN),
    (LOAN, status("07"), Reason.ON_LOAN),
    (LOAN, status("08"), Reason.RESERVED),
    (LOAN, status("01", ""), Reason.ITEM_UNKNOWN),
    (LOAN, status("01"), Reason.OTHER),
    (LOAN, status("02"), Reason.NOT_FOR_LOAN),
    (LOAN, status("06"), Reason.NOT_FOR_LOAN),
    (LOAN, status("11"), Reason.MISSING),
    (LOAN, status("12"), Reason.MISSING),
    (LOAN, status("13"), Reason.MISSING),
    (LOAN, status("03"), Reason.OTHER),
    (RENEWAL, status("03"), Reason.NOT_ON_LOAN),
    (RENEWAL, status("04", more="CF2|"), Reason.RESERVED),
    (RENEWAL, status("04", more="CF0|"), Reason.OTHER),
    (RENEWAL, status("07"), Reason.RESERVED),
    (RENEWAL, status("12"), Reason.MISSING),
    (HOLD, status("01", ""), Reason.ITEM_UNKNOWN),
    (HOLD, status("04"), Reason.OTHER),
    (HOLD, status("13"), Reason.MISSING),
]


@pytest.mark.parametrize(("service", "item", "reason"), BY_STATUS, ids=[f"{case[0]}: {case[1][:4]}" for case in BY_STATUS])
def test_reasons_from_the_state_of_the_item(service: Service, item: str, reason: Reason) -> None:
    kind, reply = refused(service, "Not possible", "")
    with Station(answering({kind: reply, "63": PATRON, "17": item})) as station, client_of(station.port) as client:
        answer = client.serve(service, NUMBER, Item(BOOK))
    assert (answer.outcome, answer.reason, answer.said) == (Outcome.REFUSED, reason, "Not possible")
    assert answer.item.title == ("" if item == status("01", "") else TITLE)


@pytest.mark.parametrize(
    ("flags", "more", "service", "reason"),
    [
        ("     Y        ", "", LOAN, Reason.TOO_MANY),
        (" " * 14, "CB0001|", LOAN, Reason.TOO_MANY),
        ("          Y   ", "", LOAN, Reason.PATRON_STOPPED),
        (" Y            ", "", RENEWAL, Reason.PATRON_STOPPED),
        (" Y            ", "", LOAN, Reason.OTHER),
        ("   Y          ", "", HOLD, Reason.PATRON_STOPPED),
        (" " * 14, "", HOLD, Reason.OTHER),
    ],
)
def test_reasons_from_the_state_of_the_patron(flags: str, more: str, service: Service, reason: Reason) -> None:
    kind, reply = refused(service)
    patron = PATRON.replace(" " * 14, flags, 1) + more
    item = status("04" if service is RENEWAL else "03")
    with Station(answering({kind: reply, "63": patron, "17": item})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert client.serve(service, NUMBER, Item(BOOK)).reason is reason


def test_what_is_known_of_one_patron_explains_nothing_of_another() -> None:
    kind, reply = refused(LOAN)
    other = LibraryCardNumber("D0000000077")
    talk = answering({kind: reply.replace(NUMBER.text, other.text), "63": PATRON + "CB0001|", "17": status("03")})
    with Station(talk) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert client.serve(LOAN, other, Item(BOOK)).reason is Reason.OTHER


def test_asking_for_the_reason_spoils_nothing_when_it_fails() -> None:
    kind, reply = refused(LOAN, "Not possible")
    with Station(answering({kind: reply, "17": hang_up})) as station, client_of(station.port) as client:
        for _ in range(4):
            answer = client.serve(LOAN, NUMBER, Item(BOOK))
            assert (answer.outcome, answer.reason, answer.said) == (Outcome.REFUSED, Reason.OTHER, "Not possible")
        # a server that fails at it twice is not made to fail at it again
        assert station.kinds().count("17") == 2


def test_a_reason_in_words_needs_no_question() -> None:
    kind, reply = refused(LOAN, "Invalid Item", "")
    with Station(answering({kind: reply})) as station, client_of(station.port) as client:
        client.serve(LOAN, NUMBER, Item(BOOK))
        assert station.kinds() == ["93", "99", "11"]


@pytest.mark.parametrize(
    ("supported", "service"),
    [("YNYYYYYYYYYYYYYY", LOAN), ("YYYYYYYYYYYYYYNY", RENEWAL), ("YYYYYYYYYYYYYNYY", HOLD)],
)
def test_what_the_server_does_not_offer_is_not_sent(supported: str, service: Service) -> None:
    talk = answering({"99": STATUS.replace("YYYYYYYYYYYNYYYY", supported)})
    with Station(talk) as station, client_of(station.port) as client:
        answer = client.serve(service, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NOT_SUPPORTED)
        assert station.kinds() == ["93", "99"]


@pytest.mark.parametrize("service", [Service.INTERLIBRARY_LOAN, Service.NDL_DIGITAL, Service.INTERNET_TERMINAL])
def test_what_the_protocol_does_not_have_is_not_sent(service: Service) -> None:
    with Station(answering()) as station, client_of(station.port) as client:
        assert client.serve(service, NUMBER, Item(BOOK)).reason is Reason.NOT_SUPPORTED
        assert station.connections == 0


@pytest.mark.parametrize("item", ["", " ", "1|2", "吾輩", "1\r2", "9" * 65])
def test_what_can_be_no_number_of_an_item_is_not_sent(item: str) -> None:
    with Station(answering()) as station, client_of(station.port) as client:
        assert client.serve(LOAN, NUMBER, Item(item)).reason is Reason.ITEM_UNKNOWN
        assert client.item(item) == Item(item)
        assert station.connections == 0


def test_a_yes_to_a_renewal_without_one_is_a_no() -> None:
    yes = f"301NUN{DATE}AAD0123456789|AB{BOOK}|AJ{TITLE}|AH|AOKENRITSU|AFItem has reached maximum renewals|"
    with Station(answering({"29": yes, "17": status("04")})) as station, client_of(station.port) as client:
        answer = client.serve(RENEWAL, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NO_MORE_RENEWALS)


def test_koha_refuses_a_hold_without_naming_the_item() -> None:
    no = f"160N{DATE}AAD0123456789|AOKENRITSU|AFInvalid Patron.|"
    for checksum in ("warn", "off"):
        with Station(answering({"15": no, "63": PATRON})) as station, client_of(station.port, checksum=checksum) as client:
            answer = client.serve(HOLD, NUMBER, Item(BOOK))
            assert (answer.reason, answer.said) == (Reason.PATRON_STOPPED, "Invalid Patron.")


@pytest.mark.parametrize("system", list(Ils)[1:])
def test_every_profile_reads_the_common_words(system: Ils) -> None:
    kind, reply = refused(LOAN, "Patron Blocked")
    with Station(answering({kind: reply})) as station, client_of(station.port, system=system) as client:
        assert client.serve(LOAN, NUMBER, Item(BOOK)).reason is Reason.PATRON_STOPPED
