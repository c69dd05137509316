"""Who may use their library card, from every field in which servers report it; and the patron's figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kiosk.config.settings import Ils
from kiosk.domain.circulation import Stop
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.model import LibraryCardNumber, Patron
from kiosk.library.ils import Sight
from kiosk.text import plain_refusal
from tests.support.ils.scripted_server import DATE, NUMBER, PATRON, STATUS, Station, answering, client_of
from tests.support.ports import free_port

CLEAR = " " * 14
DENIED = "YYYY" + " " * 10


def answer(fields: str, flags: str = CLEAR, counts: str = "000000000000000000000000", number: str = "D0123456789") -> str:
    return f"64{flags}000{DATE}{counts}AOKENRITSU|AA{number}|{fields}"


def looked_up(reply: str, number: LibraryCardNumber = NUMBER, **settings: Any) -> Patron:
    with Station(answering({"63": reply})) as station, client_of(station.port, **settings) as client:
        return client.patron(number)


def refusal(reply: str, **settings: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        looked_up(reply, **settings)
    return caught.value


def test_a_good_library_card_with_all_that_is_told() -> None:
    counts = "000200010003000000000005"
    patron = looked_up(answer("AE山田 花子|BLY|CB0010|AU11|AU12|AU13|AU12|AFお知らせ|", counts=counts))
    assert patron.checked
    assert patron.valid_until is None
    standing = patron.standing
    assert (standing.loans, standing.overdue, standing.holds_ready, standing.loans_left) == (3, 1, 2, 7)
    assert standing.on_loan.items == ("11", "12", "13")
    assert standing.said == "お知らせ"
    assert standing.stops == frozenset()


def test_counts_that_are_not_told_are_not_known() -> None:
    standing = looked_up(answer("AE山田 花子|BLY|", counts=" " * 24)).standing
    assert (standing.loans, standing.overdue, standing.holds_ready, standing.loans_left) == (None, None, None, None)


@pytest.mark.parametrize(
    ("told", "own", "left"), [("0010", 0, 8), ("0010", 5, 8), ("0000", 5, 3), ("", 5, 3), ("", 0, None), ("0001", 0, 0)]
)
def test_what_is_left_of_the_limit(told: str, own: int, left: int | None) -> None:
    limit = f"CB{told}|" if told else ""
    reply = answer(f"AE山田 花子|BLY|{limit}", counts="000000000002000000000000")
    assert looked_up(reply, loan_limit=own).standing.loans_left == left


@pytest.mark.parametrize(
    "reply",
    [
        answer("AE|BLN|", DENIED),
        # invenio says nothing at all of a card it does not know (facts §1)
        answer("AE|"),
        answer(""),
        answer("AE   |BL |"),
        answer("AE|BLN|", number=""),
    ],
)
def test_a_card_that_nobody_knows(reply: str) -> None:
    assert refusal(reply).code is Code.LIBRARY_CARD_UNKNOWN


def test_no_name_and_valid_is_a_library_that_shows_no_names() -> None:
    assert looked_up(answer("AE|BLY|")).checked


@pytest.mark.parametrize("answered", ["D0987654321", "hanako", "0123456789", ""])
def test_a_number_that_is_answered_with_another(answered: str) -> None:
    reply = answer("AE花子 山田|BLY|", number=answered)
    assert refusal(reply).code is Code.LIBRARY_CARD_DIFFERS
    assert refusal(reply, checksum="off").code is Code.LIBRARY_CARD_DIFFERS
    sentence = plain_refusal(Code.LIBRARY_CARD_DIFFERS, "staff", **refusal(reply).params)
    assert ("別の番号" in sentence) is bool(answered)
    assert ("番号がありません" in sentence) is not bool(answered)


@pytest.mark.parametrize("answered", ["d0123456789", " D0123456789 ", "Ｄ０１２３４５６７８９"])
def test_case_blanks_and_width_make_no_other_number(answered: str) -> None:
    assert looked_up(answer("AE花子 山田|BLY|", number=answered)).number == NUMBER


@pytest.mark.parametrize("number", ["竹内", "D012|3", "D01\r23", "", " "])
def test_a_number_that_cannot_be_asked_for_is_not_sent(number: str) -> None:
    with Station(answering({"63": PATRON})) as station, client_of(station.port) as client:
        with pytest.raises(Refused, match=Code.LIBRARY_CARD_UNKNOWN.value):
            client.patron(LibraryCardNumber(number))
        assert station.kinds() == []


EXPIRED: list[tuple[str, Ils, str, str | None]] = [
    # Koha sets flags 0 to 3 and says it in words; since 24.05 with the day
    ("koha flags and words", Ils.KOHA, answer("AE期限 切太|BLY|AFGreetings from Koha. PATRON EXPIRED|", DENIED), None),
    ("koha with the day", Ils.KOHA, answer("AE期限 切太|BLY|AFYour card has expired as of 2026-03-31|", DENIED), "2026-03-31"),
    ("koha, the day alone", Ils.KOHA, answer("AE期限 切太|BLY|AFYour card will expire on 2026-11-22|"), "2026-11-22"),
    ("evergreen date", Ils.EVERGREEN, answer("AE期限 切太|BLY|PA20200331|", "  Y           "), "2020-03-31"),
    ("evergreen yesterday", Ils.EVERGREEN, answer("AE期限 切太|BLY|PA20261122|"), "2026-11-22"),
    ("evergreen words", Ils.EVERGREEN, answer("AE期限 切太|BLY|PA20501231|AF利用者カードの有効期限が切れています|"), "2050-12-31"),
    ("polaris date", Ils.POLARIS, answer("AE期限 切太|BLY|PX20200331    235900|PYN|"), "2020-03-31"),
    ("polaris flag", Ils.POLARIS, answer("AE期限 切太|BLY|PX20500331    235900|PYY|"), "2050-03-31"),
    ("BL=N and words", Ils.GENERIC, answer("AE期限 切太|BLN|AFCard expired|"), None),
    ("BL=N, no name, words", Ils.GENERIC, answer("AE|BLN|AFYour card has expired.|", DENIED), None),
    ("BL=N, no name, a date", Ils.EVERGREEN, answer("AE|BLN|PA20200331|", DENIED), "2020-03-31"),
    ("Japanese words", Ils.GENERIC, answer("AE期限 切太|BLY|AF有効期限切れです|"), None),
    ("Japanese words, another way", Ils.GENERIC, answer("AE期限 切太|BLN|AF利用券の期限が過ぎています|"), None),
]


@pytest.mark.parametrize(("system", "reply", "until"), [case[1:] for case in EXPIRED], ids=[case[0] for case in EXPIRED])
def test_an_expired_card_wherever_it_is_told(system: Ils, reply: str, until: str | None) -> None:
    error = refusal(reply, system=system)
    assert error.code is Code.LIBRARY_CARD_EXPIRED
    assert error.params.get("until") == until


def test_the_field_of_the_librarys_own() -> None:
    reply = answer("AE期限 切太|BLY|PA20260331|PX20500101|")
    assert looked_up(reply).valid_until is None
    assert refusal(reply, expiry_field="PA").params == {"until": "2026-03-31"}
    assert looked_up(reply, expiry_field="PX").valid_until == date(2050, 1, 1)


def test_the_earliest_of_several_days_counts() -> None:
    reply = answer("AE山田 花子|BLY|PA20301231|AFYour card will expire on 2026-12-31|")
    assert looked_up(reply, expiry_field="PA").valid_until == date(2026, 12, 31)


@pytest.mark.parametrize("text", ["20261123", "2026-11-23", "20261123    000000", "20261122   Z160000", "20261123   I120000"])
def test_the_last_day_is_a_good_day(text: str) -> None:
    patron = looked_up(answer(f"AE山田 花子|BLY|PA{text}|"), system=Ils.EVERGREEN)
    assert patron.valid_until == date(2026, 11, 23)


@pytest.mark.parametrize(
    "said",
    [
        "利用カードの有効期限は切れていません",
        "有効期限切れではありません",
        "Card has not expired",
        "No card expired",
        "Your card expired: never",
    ],
)
def test_words_that_say_the_opposite_expire_no_card(said: str) -> None:
    assert looked_up(answer(f"AE山田 花子|BLY|AF{said}|")).checked


@pytest.mark.parametrize("said", ["予約資料の取置期限切れが1件あります", "Your hold expired yesterday", "PA19990101"])
def test_words_about_something_else_expire_no_card(said: str) -> None:
    assert looked_up(answer(f"AE山田 花子|BLY|AF{said}|")).checked


STOPPED = [
    ("BL=N", answer("AE山田 花子|BLN|"), "", ""),
    ("lost", answer("AE紛失 三郎|BLY|AFカード紛失届あり|", "    Y         "), "card-lost", "カード紛失届あり"),
    ("denied all but recalls", answer("AE延滞 次郎|BLY|", "YY Y" + " " * 10), "charge-denied renewal-denied hold-denied", ""),
    (
        "Koha's block",
        answer("AE延滞 次郎|BLY|AFGreetings from Koha.  -- 延滞のため|", DENIED),
        "charge-denied renewal-denied hold-denied",
        "延滞のため",
    ),
]


@pytest.mark.parametrize(("reply", "stops", "said"), [case[1:] for case in STOPPED], ids=[case[0] for case in STOPPED])
def test_a_stopped_card_with_its_reason(reply: str, stops: str, said: str) -> None:
    error = refusal(reply)
    assert error.code is Code.LIBRARY_CARD_STOPPED
    assert error.params == {"stops": stops, "said": said}


def test_which_flags_count_is_the_librarys_choice() -> None:
    flags = "Y Y   YYYY YYY"
    reply = answer("AE山田 花子|BLY|", flags)
    counted = looked_up(reply).standing.stops
    assert counted == {
        Stop.CHARGE_DENIED,
        Stop.TOO_MANY_OVERDUE,
        Stop.TOO_MANY_LOST,
        Stop.FEES,
        Stop.RECALL_OVERDUE,
        Stop.TOO_MANY_BILLED,
    }
    assert looked_up(reply, stops=(Stop.FEES, Stop.RECALL_DENIED, Stop.FINES)).standing.stops == {Stop.FEES, Stop.RECALL_DENIED}


def test_what_koha_says_to_everybody_is_not_said() -> None:
    assert looked_up(answer("AE山田 花子|BLY|AFGreetings from Koha. |")).standing.said == ""
    said = looked_up(answer("AE山田 花子|BLY|AFGreetings from Koha. 窓口へ&#124;どうぞ -- Patron owes 350.00|")).standing.said
    assert said == "窓口へ|どうぞ -- Patron owes 350.00"


def test_a_server_without_63_is_asked_with_23() -> None:
    status = STATUS.replace("BXYYYYYYYYYYY", "BXYYYYYYYNYYY")
    reply = f"24              000{DATE}AE花子 山田|AAD0123456789|BLY|AOKENRITSU|"
    with Station(answering({"99": status, "23": reply})) as station, client_of(station.port) as client:
        patron = client.patron(NUMBER)
        assert station.kinds() == ["93", "99", "23"]
    assert patron.checked
    assert patron.standing.loans is None


def test_a_server_that_does_not_understand_63_is_asked_with_23() -> None:
    reply = f"24              000{DATE}AE花子 山田|AAD0123456789|BLY|AOKENRITSU|"
    with Station(answering({"63": b"96\r", "23": reply})) as station, client_of(station.port) as client:
        assert client.patron(NUMBER).checked
        assert client.patron(NUMBER).checked
        assert station.kinds() == ["93", "99", "63", "63", "23", "23"]


def test_sight_of_a_patron_shows_the_name_and_which_fields_came() -> None:
    def seen(reply: str) -> Sight:
        with Station(answering({"63": reply})) as station, client_of(station.port) as client:
            return client.sight(NUMBER)

    # for the connection test, whatever the card's standing
    assert seen(answer("AE期限 切太|BLN|PA20200331|", DENIED)) == Sight("期限 切太", False, ("AO", "AA", "AE", "BL", "PA"))
    with pytest.raises(KioskError, match=Code.LIBRARY_CARD_DIFFERS.value):
        seen(answer("AE花子 山田|BLY|", number="D0987654321"))


@pytest.mark.parametrize(
    ("fields", "number", "known"),
    [
        ("AE山田 花子|BLY|", NUMBER.text, True),
        ("AE山田 花子|BLN|AFPATRON EXPIRED|", NUMBER.text, True),
        ("AE山田 花子|BLY|PA20200101|", NUMBER.text, True),
        ("AE山田 花子|BLY|", "D0000000077", True),
        ("AE|BLN|AFInvalid Patron|", NUMBER.text, False),
        ("AE|", NUMBER.text, False),
    ],
    ids=["good", "stopped", "expired", "under another number", "unknown", "unknown without BL"],
)
def test_whether_there_is_such_a_library_card(fields: str, number: str, known: bool) -> None:
    with Station(answering({"63": answer(fields, number=number)})) as station, client_of(station.port, expiry_field="PA") as client:
        assert client.knows(NUMBER) is known


def test_whether_there_is_such_a_library_card_is_not_known_without_an_answer() -> None:
    with client_of(free_port()) as client, pytest.raises(Unavailable):
        client.knows(NUMBER)


# --- a last day that cannot be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", ["31/12/2020", "20-12-31", "12/31/2020", "31.12.2020", "2020-13-45", "Dec 31 2020", "R2.12.31", "never"])
def test_a_last_day_that_cannot_be_read_is_told_as_it_was_sent(sent: str) -> None:
    patron = looked_up(answer(f"AE山田 花子|BLY|PA{sent}|"), system=Ils.EVERGREEN)
    assert (patron.valid_until, patron.valid_said) == (None, sent)


@pytest.mark.parametrize(
    "sent", ["", "   ", "  -  -  ", "00000000", "0000-00-00", "0000-00-00 00:00:00", "99991231", "9999-12-31", "0001-01-01"]
)
def test_no_last_day_and_one_that_means_never_are_not_told(sent: str) -> None:
    patron = looked_up(answer(f"AE山田 花子|BLY|PA{sent}|"), system=Ils.EVERGREEN)
    assert (patron.valid_until, patron.valid_said) == (None, "")


@pytest.mark.parametrize("sent", ["令和2年12月31日", "2020年12月31日", "２０２０／１２／３１", "2020/12/31", "20201231", "2020-12-31"])
def test_a_last_day_that_can_mean_nothing_else_is_read(sent: str) -> None:
    error = refusal(answer(f"AE期限 切太|BLY|PA{sent}|"), system=Ils.EVERGREEN)
    assert (error.code, error.params) == (Code.LIBRARY_CARD_EXPIRED, {"until": "2020-12-31"})
