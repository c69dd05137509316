"""Sample counters serving a patron: one for each thing staff can see, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from kiosk.domain.circulation import Due, Instead, Item, LoanList, Outcome, Reason, Standing, Stop, Told
from kiosk.domain.codefacts import Family
from kiosk.domain.errors import Code
from kiosk.domain.model import IlsCondition, LibraryCardNumber, LocalService, Month, Patron, Service, Shown, Ticket
from kiosk.domain.slip import Slip, SlipKind, SlipLine
from kiosk.domain.states import (
    Counter,
    CounterRules,
    Dealings,
    Doubt,
    Entry,
    Flow,
    Handing,
    HandoverWhen,
    Late,
    NextCard,
    Paper,
    PatronShown,
    Problem,
    Progress,
    Stayed,
    Tried,
    Unclear,
    Waiting,
)
from tests.support.windows.patron_samples import INSERTION, NUMBER, READING, SEEN_AT, TICKET, TODAY, counter

RULES = CounterRules(staff_code="4711", prints_slips=True, slip=SlipKind.TODAY)
ON_TAP = replace(RULES, handover=HandoverWhen.ON_TAP)
LOCAL = tuple(LocalService(name) for name in ("視聴覚ブースの利用", "郷土資料室への入室と閲覧の申し込み", "録音[デイジー]", "学校貸出"))
STANDING = Standing(loans=5, overdue=0, holds_ready=2, loans_left=5)
CHECKED = Patron(NUMBER, True, date(2028, 3, 31), STANDING)
STOPPED = replace(
    CHECKED,
    standing=Standing(7, 2, 0, 0, frozenset({Stop.CHARGE_DENIED, Stop.TOO_MANY_OVERDUE, Stop.FINES}), "Patron has 2 overdues [A|B]"),
)
RENEWAL_DENIED = replace(CHECKED, standing=replace(STANDING, stops=frozenset({Stop.RENEWAL_DENIED}), said=""))
ENDING = replace(
    CHECKED, valid_until=TODAY + timedelta(days=90), standing=Standing(loans=None, overdue=None, holds_ready=None, loans_left=3)
)
NEXT_CARD = LibraryCardNumber("2104201336")
ENDS_SOON = replace(READING, ends=Month(2027, 1))
DUE = Due(date(2026, 12, 9), "20261209    235900")

GARDEN = Item("1100892031", "はじめての家庭菜園 雪国の四季", DUE)
BRIDGE = Item("1098221670", "信濃川の橋をたずねて", DUE)
MAGAZINE = Item("1103447109", "季刊 雪国の民家 2026年秋号")
MARKED = Item("T-0001/B", "C言語[第2版] 入門|演習 𠮷野 髙﨑", Due(None, "9 Dec 2026"))
LONG = Item(
    "110089203112345678",
    "新潟県立図書館の百年と、これからの図書館に求められる地域資料の収集・保存・公開についての調査研究報告書(2026年度版・別冊資料編つき)",
    Due(date(2036, 1, 3)),
)
UNTITLED = Item("1100000017")

_LENT = Entry(Service.LOAN, GARDEN, Progress.DONE)
_REFUSED = Entry(Service.LOAN, MAGAZINE, Progress.REFUSED, Reason.RESERVED)
_SAID = Entry(Service.LOAN, MARKED, Progress.REFUSED, Reason.OTHER, "Item is [restricted] | see desk")
_UNKNOWN = Entry(Service.LOAN, BRIDGE, Progress.UNKNOWN, Reason.LOST_ANSWER)
_TWICE = Entry(Service.LOAN, GARDEN, Progress.REFUSED, Reason.ALREADY_LENT)
_ASKED, _WAITING = Entry(Service.LOAN, UNTITLED, Progress.ASKED), Entry(Service.LOAN, Item("1100000025"), Progress.WAITING)
_ALL_SORTS = (
    _WAITING,
    _ASKED,
    _SAID,
    _UNKNOWN,
    _TWICE,
    Entry(Service.LOAN, LONG, Progress.DONE),
    replace(_LENT, item=replace(UNTITLED, number="1100000033")),
    replace(_LENT, item=MARKED),
)
MANY = tuple(replace(_LENT, item=Item(f"11000{number:05}", f"雪国の民家 第{number}巻", DUE)) for number in range(12, 0, -1))
LOANS = (GARDEN, BRIDGE, MARKED, LONG, *(Item(f"12000{number:05}", f"越後の昔話 第{number}集", DUE) for number in range(1, 9)))
LATER = Due(date(2026, 12, 23))


def serving(
    patron: Patron = CHECKED, service: Service | LocalService | None = Service.LOAN, *entries: Entry, **more: object
) -> PatronShown:
    """A patron being served with these lines on the list; `more` as in PatronShown."""
    made = PatronShown(patron, Shown.MY_NUMBER_CARD, INSERTION, READING, service, Dealings(entries))
    return replace(made, **{"slip": SlipKind.TODAY, **more})  # type: ignore[arg-type]


def at_counter(flow: Flow, **around: object) -> Counter:
    """A counter connected to the library system, with slips enabled; `around` as in Counter."""
    return counter(flow, **{"rules": RULES, "ils": IlsCondition.READY, **around})


def _renewing(*entries: Entry, told: LoanList | None = None, **dealings: object) -> PatronShown:
    made = replace(Dealings(entries, loans=LOANS), **dealings)  # type: ignore[arg-type]
    told = LoanList.whole(loan.number for loan in made.loans or ()) if told is None else told
    standing = replace(STANDING, loans=len(told.items) if told.told is Told.ALL else told.counted, on_loan=told)
    return replace(serving(replace(CHECKED, standing=standing), Service.RENEWAL), dealings=made)


CUT = LoanList(tuple(loan.number for loan in LOANS), Told.PART, 120)
TITLES = LoanList(("雪国の民家", "雪国の民家"), Told.ALL, 2, as_titles=True)
CUT_WITHOUT_COUNT = replace(CUT, counted=None)
DENIED = LoanList(counted=120)
DISPUTED = replace(CUT, counted=None, disputed=0)
MANY_LOANS = tuple(Item(f"12000{number:05}", f"越後の昔話 第{number}集", DUE) for number in range(1, 121))


def _renewed(item: Item, progress: Progress, reason: Reason | None = None, due: Due | None = LATER) -> Entry:
    return Entry(Service.RENEWAL, replace(item, due=due), progress, reason)


_SLIP = Slip(SlipKind.TODAY, NUMBER, (SlipLine(GARDEN, Service.LOAN),))


def _unprinted(code: Code) -> tuple[Paper, ...]:
    return (Paper(Ticket(7), _SLIP, code),)


TOLD = replace(CHECKED, standing=replace(STANDING, said="住所の確認をお願いします\n予約の本が届いています", owes="350 JPY"))
_INSTEAD = (
    Entry(Service.LOAN, MAGAZINE, Progress.REFUSED, Reason.FEE, "Rental", fee="100 JPY"),
    Entry(Service.LOAN, BRIDGE, Progress.DONE, instead=Instead.RENEWED),
    Entry(Service.LOAN, GARDEN, Progress.DONE, said="付録のCDが1枚あります", fee="50 JPY"),
)


def serving_scenes() -> dict[str, Counter]:
    unchecked = Patron(NUMBER)
    down = {"ils": IlsCondition.UNREACHABLE}
    shown = {
        "lending": at_counter(serving(CHECKED, Service.LOAN, _REFUSED, _LENT, replace(_LENT, item=BRIDGE), reading=ENDS_SOON)),
        "lending-empty": at_counter(serving()),
        "lending-all-sorts": at_counter(serving(CHECKED, Service.LOAN, *_ALL_SORTS)),
        "lending-many": at_counter(serving(CHECKED, Service.LOAN, *MANY)),
        "lending-wrong": at_counter(serving(CHECKED, Service.LOAN, _LENT, wrong=Problem(Code.ITEM_NUMBER))),
        **{f"lending-stayed-{why}": at_counter(serving(CHECKED, Service.LOAN, _REFUSED, _LENT, stayed=why)) for why in Stayed},
        "lending-leaving": at_counter(serving(CHECKED, Service.LOAN, _ASKED, _LENT, leaving=True)),
        "lending-stopped": at_counter(serving(STOPPED, Service.LOAN, replace(_REFUSED, reason=Reason.PATRON_STOPPED))),
        "lending-everything": at_counter(serving(replace(STOPPED, valid_until=TODAY), Service.LOAN, _REFUSED, reading=ENDS_SOON)),
        "lending-ends-soon": at_counter(serving(ENDING, Service.LOAN)),
        "lending-renewal-denied": at_counter(serving(RENEWAL_DENIED, Service.LOAN)),
        "lending-told": at_counter(serving(TOLD, Service.LOAN, *_INSTEAD)),
        "lending-next-card": at_counter(
            serving(
                CHECKED,
                Service.LOAN,
                replace(_REFUSED, reason=Reason.HELD_BACK),
                Entry(Service.LOAN, Item(NEXT_CARD.text), Progress.REFUSED, Reason.NEXT_CARD),
                _LENT,
                next_card=NextCard(NEXT_CARD),
            )
        ),
        "lending-library-card": at_counter(
            serving(CHECKED, Service.LOAN, Entry(Service.LOAN, Item(NUMBER.text), Progress.REFUSED, Reason.LIBRARY_CARD))
        ),
        "lending-offline": at_counter(serving(unchecked, Service.LOAN, replace(_REFUSED, reason=Reason.NOT_REACHED)), **down),
        "lending-tried": at_counter(serving(unchecked, Service.LOAN), tried=Tried(under_way=False, at=SEEN_AT), **down),
        "lending-tried-now": at_counter(serving(unchecked, Service.LOAN), ils=IlsCondition.STARTING, tried=Tried()),
        "lending-service-denied-tried": at_counter(
            serving(CHECKED, Service.LOAN, replace(_REFUSED, reason=Reason.NOT_SUPPORTED), _LENT), tried=Tried(under_way=False, at=SEEN_AT)
        ),
        "lending-trying": at_counter(serving(unchecked, None), ils=IlsCondition.STARTING),
        "lending-service-denied": at_counter(serving(CHECKED, Service.LOAN, replace(_REFUSED, reason=Reason.NOT_SUPPORTED), _LENT)),
        "lending-objection": at_counter(serving(unchecked, None, objection=Problem(Code.LIBRARY_CARD_EXPIRED, (("until", "2026-03-31"),)))),
        "lending-handed-over": at_counter(serving(CHECKED, Service.LOAN, _LENT, handing=Handing.DONE), rules=ON_TAP),
        "lending-not-handed-over": at_counter(
            serving(CHECKED, Service.LOAN, _LENT, handing=Handing.FAILED, handing_problem=Problem(Code.HANDOVER_CHANGED)), rules=ON_TAP
        ),
        "lending-local": at_counter(serving(CHECKED, Service.LOAN, _REFUSED, _LENT), rules=replace(RULES, local_services=LOCAL)),
        "lending-without-slips": at_counter(serving(), rules=CounterRules()),
        "called-offline": at_counter(serving(unchecked, None, handing=Handing.UNDER_WAY), rules=ON_TAP, **down),
        "called-stopped": at_counter(serving(STOPPED, None)),
        "renewal": at_counter(_renewing()),
        "renewal-listing": at_counter(_renewing(loans=None, listing=Ticket(9))),
        "renewal-describing": at_counter(_renewing(loans=(GARDEN, UNTITLED), undescribed=("1100000017",), describing=Ticket(9))),
        "renewal-empty": at_counter(_renewing(loans=())),
        "renewal-cut": at_counter(_renewing(told=CUT)),
        "renewal-cut-without-count": at_counter(_renewing(told=CUT_WITHOUT_COUNT)),
        "renewal-disputed": at_counter(_renewing(told=DISPUTED)),
        "renewal-denied": at_counter(_renewing(told=DENIED, loans=())),
        "renewal-silent": at_counter(_renewing(told=LoanList(), loans=())),
        "renewal-titles": at_counter(_renewing(told=TITLES, loans=tuple(Item("", title) for title in TITLES.items))),
        "renewal-more-than-shown": at_counter(_renewing(loans=MANY_LOANS)),
        "renewal-not-listed-again": at_counter(_renewing(loans=None, problem=Code.ILS_UNREACHABLE, failed_at=SEEN_AT)),
        "renewal-not-listed": at_counter(_renewing(loans=None, problem=Code.ILS_UNREACHABLE)),
        "renewal-answers": at_counter(
            _renewing(
                _renewed(LOANS[5], Progress.WAITING),
                _renewed(LOANS[4], Progress.ASKED),
                _renewed(MARKED, Progress.UNKNOWN, Reason.LOST_ANSWER),
                _renewed(BRIDGE, Progress.REFUSED, Reason.NO_MORE_RENEWALS, None),
                _renewed(GARDEN, Progress.DONE),
                replace(_renewed(LOANS[6], Progress.DONE, due=DUE), instead=Instead.SAME_DATE),
                _renewed(MAGAZINE, Progress.REFUSED, Reason.NOT_ON_LOAN, None),
            )
        ),
        "hold": at_counter(
            serving(
                CHECKED,
                Service.HOLD,
                Entry(Service.HOLD, MAGAZINE, Progress.DONE, position=3),
                Entry(Service.HOLD, GARDEN, Progress.DONE),
                Entry(Service.HOLD, BRIDGE, Progress.REFUSED, Reason.NOT_SEEN_YET),
                Entry(Service.HOLD, MARKED, Progress.REFUSED, Reason.ALREADY_RESERVED),
                Entry(Service.HOLD, LOANS[5], Progress.REFUSED, Reason.PERHAPS_RESERVED),
            )
        ),
        "hold-empty": at_counter(serving(CHECKED, Service.HOLD)),
        "local": at_counter(serving(CHECKED, LOCAL[1]), rules=replace(RULES, local_services=LOCAL)),
        "local-many": at_counter(
            serving(CHECKED, LocalService("名前の長い、この館だけのサービス2")),
            rules=replace(RULES, local_services=tuple(LocalService(f"名前の長い、この館だけのサービス{place}") for place in range(8))),
        ),
        "slip-trouble": at_counter(serving(), papers=_unprinted(Code.SLIP_FAILED)),
        "slip-printer-silent": at_counter(
            serving(), rules=replace(RULES, slip_printer="2階カウンター レシート"), papers=_unprinted(Code.SLIP_PRINTER_SILENT)
        ),
        "slip-printer-unnamed": at_counter(serving(), papers=_unprinted(Code.SLIP_PRINTER_FAILED)),
        "slip-trouble-at-rest": at_counter(Waiting(), papers=_unprinted(Code.SLIP_FAILED)),
        "late-loan": at_counter(serving(), late=(Late(Service.LOAN, GARDEN), Late(Service.LOAN, MARKED), Late(Service.HOLD, BRIDGE))),
        "late-renewal": at_counter(Waiting(), late=(Late(Service.RENEWAL, UNTITLED, NUMBER.masked, SEEN_AT),)),
        "unclear-soon": at_counter(
            Waiting(), doubts=(Doubt(TICKET, Service.LOAN, NUMBER, GARDEN), Doubt(TICKET, Service.LOAN, NUMBER, MARKED))
        ),
        "unclear-asking": at_counter(Waiting(), doubts=(Doubt(Ticket(0), Service.RENEWAL, NUMBER, UNTITLED, None, TICKET),)),
        "unclear-away": at_counter(Waiting(), doubts=(Doubt(Ticket(0), Service.LOAN, NUMBER, GARDEN),), ils=IlsCondition.UNREACHABLE),
        "unclear-still": at_counter(Waiting(), unclear=(Unclear(Service.LOAN, GARDEN), Unclear(Service.LOAN, MARKED))),
        "unclear-not-done": at_counter(Waiting(), unclear=(Unclear(Service.HOLD, BRIDGE, Outcome.REFUSED, SEEN_AT),)),
        "late-hold": at_counter(Waiting(), late=(Late(Service.HOLD, BRIDGE),)),
        "slip-under-way": at_counter(serving(), papers=(Paper(Ticket(7), _SLIP),)),
    }
    codes = [
        Code.HANDOVER_NO_WINDOW,
        *(code for code in Code if code.about.family is Family.HANDOVER and code is not Code.HANDOVER_NO_WINDOW),
    ]
    for handing in Handing:
        flow = serving(CHECKED, Service.INTERLIBRARY_LOAN, handing=handing, handed=handing is Handing.DONE)
        if handing is Handing.FAILED:
            flow = replace(flow, handing_problem=Problem(codes[0]))
        shown[f"handover-{handing}"] = at_counter(flow, rules=ON_TAP)
    for code in codes[1:]:
        flow = serving(CHECKED, Service.NDL_DIGITAL, handing=Handing.FAILED, handing_problem=Problem(code))
        shown[f"handover-{code}"] = at_counter(flow, rules=replace(RULES, handover=HandoverWhen.ON_CHOICE))
    failed = serving(CHECKED, Service.NDL_DIGITAL, handing=Handing.FAILED, handing_problem=Problem(codes[0]), handed=True)
    shown["handover-failed-after-done"] = at_counter(failed, rules=replace(RULES, handover=HandoverWhen.ON_CHOICE))
    lost = serving(CHECKED, Service.NDL_DIGITAL, handing=Handing.UNCHECKED, handed=True, clipboard_lost=True)
    shown["handover-clipboard-lost"] = at_counter(lost, rules=replace(RULES, handover=HandoverWhen.ON_CHOICE))
    shown["handover-without-ils"] = counter(serving(unchecked, Service.LOAN, handing=Handing.DONE, handed=True), rules=ON_TAP)
    return shown
