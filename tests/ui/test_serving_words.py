"""No line of the list claims more than is known: about what was not done, which item it concerns, and what still works."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.domain.circulation import Item, Reason
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Service
from kiosk.domain.states import Dealings, Entry, Progress
from kiosk.service_texts import ServiceText
from kiosk.text import plain, say
from kiosk.ui.staff.serving.item_texts import MOST, Line, Look, Setting, entry_lines, loan_lines, summary
from tests.support.windows.patron_samples import TODAY
from tests.support.windows.serving_samples import GARDEN
from tests.test_seed import catalogues

REFUSALS = {plain(say(ServiceText.REFUSED.of(service))) for service in ITEM_SERVICES}
SAYS_NO = frozenset(
    {
        *(Reason.OTHER, Reason.ON_LOAN, Reason.RESERVED, Reason.NOT_FOR_LOAN, Reason.MISSING),
        *(Reason.NO_MORE_RENEWALS, Reason.NOT_ON_LOAN),
    }
)
"""The library's system has said no, and said it of the item."""
OF_PATRON = {Reason.PATRON_STOPPED, Reason.TOO_MANY}
CARD = "利用カード 1100 0000 17"
OF_NUMBER = {Reason.LIBRARY_CARD: CARD, Reason.NEXT_CARD: CARD, Reason.ITEM_UNKNOWN: "番号 1100 0000 17"}
NUMBER = Item("1100000017")


def line(service: Service, reason: Reason, progress: Progress = Progress.REFUSED, item: Item = GARDEN) -> Line:
    [made] = entry_lines([Entry(service, item, progress, reason)], service, Setting(TODAY))
    return made


@pytest.mark.parametrize("service", ITEM_SERVICES)
@pytest.mark.parametrize("reason", Reason)
def test_an_item_is_said_to_be_refused_only_where_it_was(service: Service, reason: Reason) -> None:
    aside = plain(line(service, reason).aside).replace("\n", "")
    assert (aside in REFUSALS) is (reason in SAYS_NO)
    assert aside.startswith("この方は") is (reason in OF_PATRON)


@pytest.mark.parametrize("service", ITEM_SERVICES)
@pytest.mark.parametrize("reason", [Reason.NOT_THERE_YET, Reason.LOST_ANSWER])
@pytest.mark.parametrize("progress", [Progress.REFUSED, Progress.UNKNOWN])
def test_of_an_answer_that_was_lost_nothing_is_known(service: Service, reason: Reason, progress: Progress) -> None:
    made = line(service, reason, progress)
    assert (plain(made.aside).splitlines()[0], made.look) == ("わかりません", Look.CARE)
    entry = Entry(service, GARDEN, progress, reason)
    assert plain(summary(Dealings((entry,)), service)) == "1点はわかりません"
    [loan] = loan_lines(Dealings((Entry(Service.RENEWAL, GARDEN, progress, reason),), loans=(GARDEN,)), Setting(TODAY))
    assert plain(loan.result) == "わかりません"


@pytest.mark.parametrize(
    ("service", "reason", "said"),
    [(Service.LOAN, Reason.ALREADY_LENT, "1点は貸出済みです"), (Service.HOLD, Reason.ALREADY_RESERVED, "1点は予約済みです")],
)
def test_what_the_patron_has_is_not_counted_as_refused(service: Service, reason: Reason, said: str) -> None:
    assert plain(summary(Dealings((Entry(service, GARDEN, Progress.REFUSED, reason),)), service)) == said


@pytest.mark.parametrize("reason", Reason)
def test_a_number_is_called_an_item_only_where_it_may_be_one(reason: Reason) -> None:
    assert line(Service.LOAN, reason, item=NUMBER).title == OF_NUMBER.get(reason, "資料 1100 0000 17")


def test_what_was_not_done_is_never_left_out_for_what_was() -> None:
    lent = [Entry(Service.LOAN, Item(f"{number:010}"), Progress.DONE) for number in range(MOST + 20)]
    refused = Entry(Service.LOAN, GARDEN, Progress.REFUSED, Reason.RESERVED)
    lines = entry_lines([*lent, refused], Service.LOAN, Setting(TODAY))
    assert len(lines) == MOST
    assert lines[-1].title == GARDEN.title
    assert lines[0].title == "資料 0000 0000 00"


def test_a_patron_is_not_said_to_be_stopped_for_what_one_service_denies() -> None:
    assert "利用停止" not in line(Service.HOLD, Reason.PATRON_STOPPED).spoken


def test_what_the_setting_may_say_no_to_is_never_promised() -> None:
    """The number is shown whatever the library's system does; whether it is handed over is the config's."""
    assert [key for key, sentence in catalogues() if "引き渡しは使え" in plain(sentence)] == []


def renewal(reason: Reason | None = None, today: date = TODAY, **setting: object) -> Line:
    """Of a loan, with what became of its renewal."""
    entries = () if reason is None else (Entry(Service.RENEWAL, GARDEN, Progress.REFUSED, reason),)
    [made] = loan_lines(Dealings(entries, loans=(GARDEN,)), Setting(today, **setting))  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize("reason", [None, Reason.RESERVED, Reason.LENT_NOW])
def test_a_loan_whose_day_is_over_is_marked_and_heard_as_that(reason: Reason | None) -> None:
    """On the day itself it is not, and not by a clock that is doubted."""
    late = renewal(reason, date(2026, 12, 10))
    assert plain(late.aside) == "12月9日(水)\n期限を過ぎています"
    assert "期限を過ぎています" in late.spoken
    assert late.look is not Look.PLAIN
    assert "返却期限までの返却" not in late.step
    for made in (renewal(reason, date(2026, 12, 9)), renewal(reason, date(2026, 12, 10), sure_of_today=False)):
        assert "過ぎ" not in made.aside + made.spoken


def test_what_was_left_out_of_renewing_all_says_why_and_can_be_renewed() -> None:
    made = renewal(Reason.LENT_NOW)
    assert "「すべて延長する」では延長していません" in made.why
    assert (made.renews, made.undone, made.look) == (GARDEN.number, False, Look.CARE)
    entries = (Entry(Service.RENEWAL, GARDEN, Progress.REFUSED, Reason.LENT_NOW),)
    assert summary(Dealings(entries), Service.RENEWAL) == ""


def test_a_reason_that_is_known_is_said_and_not_asked_for() -> None:
    told = renewal(Reason.PATRON_STOPPED, stopped="延滞、延滞金")
    assert "理由: 延滞、延滞金。" in told.why
    assert "図書館システム" not in told.step
    assert "図書館システムで理由を確認して" in renewal(Reason.PATRON_STOPPED).step


@pytest.mark.parametrize("reason", [Reason.OTHER, Reason.PATRON_STOPPED])
@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_where_the_librarys_system_has_said_why_nobody_is_sent_there_to_look(service: Service, reason: Reason) -> None:
    def step(said: str) -> str:
        [made] = entry_lines([Entry(service, GARDEN, Progress.REFUSED, reason, said)], service, Setting(TODAY))
        assert plain(made.step) in made.spoken
        return plain(made.step)

    assert "理由を確認して" in step("")
    assert "理由を確認して" in step(" ")
    assert step("返却期限を過ぎているため、延長できません") == "図書館システムの表示を読んで、ご案内ください。"


def test_the_next_patrons_card_is_a_question_and_no_refusal() -> None:
    made = line(Service.LOAN, Reason.NEXT_CARD, item=NUMBER)
    assert (plain(made.aside), made.look, made.undone) == ("次の方ですか", Look.CARE, False)
    assert "貸し出していません" not in made.why
    assert "資料のバーコード" not in made.step
