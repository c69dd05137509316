"""The tasks of the course, in their order: together an hour, with the words before and after."""

from __future__ import annotations

from kiosk.demo.course import signs
from kiosk.demo.course.progress import Astray, Event, Step, Task, Tool
from kiosk.domain.errors import Code
from kiosk.domain.model import Applicant, ReplaceReason, Service, Shown, UnlinkReason
from kiosk.domain.states import Section

_BY_CARD, _BY_NUMBER = Shown.MY_NUMBER_CARD, Shown.LIBRARY_CARD
_SERVED = Step("served", signs.served("own", _BY_CARD))
_REST = Step("rest", signs.at_rest)
_OWN = ("fine", "own")


def _lay(*names: str) -> tuple[tuple[Tool, str], ...]:
    return tuple((Tool.LAY, name) for name in names)


def _scan(*names: str) -> tuple[tuple[Tool, str], ...]:
    return tuple((Tool.SCAN_CARD, name) for name in names)


def _press(*names: str) -> tuple[tuple[Tool, str], ...]:
    return tuple((Tool.PRESS, name) for name in names)


def _items(*names: str) -> tuple[tuple[Tool, str], ...]:
    return tuple((Tool.SCAN_ITEM, name) for name in names)


COURSE = (
    Task(
        "adult",
        7,
        (
            Step("applicant", signs.applies(Applicant.SELF)),
            Step("library-card", signs.by_the_number("own")),
            Step("pad", signs.at_the_pad),
            Step("registered", signs.registered("own")),
            _REST,
        ),
        (Astray("child", signs.applies(Applicant.CHILD)), Astray("another-number", signs.by_another_number("own"))),
        (*_lay("fine"), *_scan("own", "other"), *_press("agree")),
    ),
    Task(
        "lending",
        6,
        (Step("holder", signs.asks_for_the_holder), _SERVED, Step("lent", signs.lent("bamboo", "post")), _REST),
        (Astray("by-number", signs.served_by(_BY_NUMBER)), Astray("too-early", signs.session_over, after="served", before="lent")),
        (*_lay("fine"), *_scan("own"), *_items("bamboo", "post")),
        (_OWN,),
    ),
    Task(
        "not-lent",
        4,
        (_SERVED, Step("refused", signs.not_lent("reference")), Step("lent", signs.lent("stars")), _REST),
        (Astray("too-early", signs.session_over, after="served", before="lent"),),
        (*_lay("fine"), *_items("reference", "stars")),
        (_OWN,),
    ),
    Task(
        "family",
        3,
        (Step("holder", signs.asks_for_the_holder), Step("denied", signs.refused(Code.HOLDER_DENIED)), _REST),
        (Astray("served", signs.served_by(_BY_CARD)),),
        _lay("fine"),
        (_OWN,),
    ),
    Task(
        "not-linked",
        4,
        (Step("refused", signs.refused(Code.NOT_LINKED)), Step("served", signs.served("own", _BY_NUMBER)), _REST),
        (Astray("another", signs.another_served("own")), Astray("sent-away", signs.session_over, after="refused", before="served")),
        (*_lay("fine"), *_scan("own", "other")),
    ),
    Task(
        "wrong-pin",
        6,
        (
            Step("pad", signs.at_the_pad),
            Step("mistaken", signs.mistaken_once),
            Step("registered", signs.registered("own")),
            _REST,
        ),
        (Astray("no-mistake", signs.registered("own"), before="mistaken"), Astray("twice", signs.warned_of_the_last_try)),
        (*_lay("fine"), *_scan("own"), *_press("agree")),
    ),
    Task(
        "last-try",
        4,
        (Step("warned", signs.warned_of_the_last_try), Step("served", signs.served("own", _BY_NUMBER)), _REST),
        (Astray("tried", signs.at_the_pad),),
        (*_lay("one-try"), *_scan("own"), *_press("agree", "not-today")),
    ),
    Task(
        "child",
        7,
        (
            Step("applicant", signs.applies(Applicant.CHILD)),
            Step("guardian", signs.guardian_checked),
            Step("library-card", signs.by_the_number("child")),
            Step("registered", signs.registered("child")),
            _REST,
        ),
        (
            Astray("adult", signs.applies(Applicant.SELF)),
            Astray("another-number", signs.by_another_number("child")),
            Astray("another-card", signs.by_another_card("child")),
        ),
        (*_lay("child", "fine"), *_scan("child", "own"), *_press("agree")),
    ),
    Task(
        "renewed",
        4,
        (
            Step("reason", signs.replaces(ReplaceReason.RENEWED)),
            Step("registered", signs.registered("own")),
            _REST,
        ),
        (Astray("another-reason", signs.replaces(*(set(ReplaceReason) - {ReplaceReason.RENEWED}))),),
        (*_lay("renewed"), *_scan("own"), *_press("agree")),
        (_OWN,),
    ),
    Task(
        "lost",
        4,
        (
            Step("reason", signs.unlinks_for(UnlinkReason.LOST)),
            Step("stopped", signs.stop_answered),
            Step("found", signs.asks_to_unlink("own")),
            Step("unlinked", signs.unlinked("own")),
            _REST,
        ),
        (
            Astray("another-reason", signs.unlinks_for(*(set(UnlinkReason) - {UnlinkReason.LOST}))),
            Astray("another-number", signs.asks_to_unlink_another("own")),
        ),
        _scan("own", "other"),
        (_OWN, ("two-tries", "other")),
    ),
    Task(
        "handover",
        3,
        (_SERVED, Step("handed", signs.handed_over), _REST),
        (Astray("another-service", signs.chooses_another(Service.INTERLIBRARY_LOAN)),),
        _lay("fine"),
        (_OWN,),
    ),
    Task(
        "outage",
        4,
        (
            Step("noticed", signs.library_is_away),
            _SERVED,
            Step("rest", signs.at_rest, then=Event.LIBRARY_STARTS),
            Step("back", signs.library_is_back),
        ),
        (Astray("lent", signs.tries_to_lend),),
        (*_lay("fine"), *_items("bamboo")),
        (_OWN,),
        first=Event.LIBRARY_STOPS,
    ),
    Task(
        "end-of-day",
        4,
        (
            _SERVED,
            Step("left", signs.left_lying),
            Step("taken", signs.at_rest),
            Step("status", signs.opens(Section.STATUS)),
            Step("closed", signs.nothing_beside),
        ),
        (Astray("taken-early", signs.at_rest, after="served", before="left"),),
        _lay("fine"),
        (_OWN,),
    ),
)
"""In the order in which a counter meets them."""
