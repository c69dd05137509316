"""A first block that leaves open whose card it is: generations of authorities share a name, and each may have given out the serial number.

`a` is the card of the older generation with that number, `b` that of the newer.
"""

from __future__ import annotations

import pytest

from kiosk.domain.effects import Act, FindLinks, LookUpPatron, ReadCard, RecordAct, ReleaseCard
from kiosk.domain.errors import Code
from kiosk.domain.events import CardRead, LeavePressed
from kiosk.domain.model import CardReading, Insertion, Link, Revocation
from kiosk.domain.states import AskingPin, CounterRules, FindingLink, LendingRefused, LookingUpPatron, PatronShown, Reading, When
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, Card, ScriptedCounter, link, token
from tests.support.domain.scripted_library import Library

QUICK = CounterRules(confirm_holder=When.NEVER)
LINKS = {"a": link(Card("a")), "b": link(Card("b"), OTHER_NUMBER)}
NUMBERS = {"a": NUMBER, "b": OTHER_NUMBER}
BOTH = ["a", "b"]


def links_of(linked: str) -> list[Link]:
    return [LINKS[holder] for holder in linked]


def reading(card: str, linked: str, rules: CounterRules = QUICK) -> tuple[ScriptedCounter, Insertion]:
    """The card is being read and may be either; nothing that was asked is answered yet."""
    desk = ScriptedCounter(rules, links=links_of(linked), library=Library(), answering=False)
    insertion = desk.lay(Card(card))
    desk.begin_to_read(insertion, *BOTH)
    return desk, insertion


@pytest.mark.parametrize("card", BOTH)
def test_the_store_is_asked_for_all_of_them_at_once(card: str) -> None:
    desk, _ = reading(card, "")
    assert [asked.tokens for asked in desk.of(FindLinks)] == [(token("a"), token("b"))]


@pytest.mark.parametrize("card", BOTH)
def test_while_two_have_a_link_no_patron_is_looked_up(card: str) -> None:
    desk, insertion = reading(card, "ab")
    assert desk.answer(FindLinks).at(Reading).early is not None
    assert not desk.of(LookUpPatron)
    desk.answer(ReadCard)
    assert desk.at(LookingUpPatron).number == NUMBERS[card]
    assert [asked.number for asked in desk.of(LookUpPatron)] == [NUMBERS[card]]
    assert desk.answer_all().at(PatronShown).patron.number == NUMBERS[card]
    assert len(desk.of(FindLinks)) == 1
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]


@pytest.mark.parametrize("card", BOTH)
def test_the_only_link_is_followed_ahead(card: str) -> None:
    desk, _ = reading(card, card)
    desk.answer(FindLinks).at(Reading)
    assert [asked.number for asked in desk.of(LookUpPatron)] == [NUMBERS[card]]
    desk.answer(LookUpPatron).at(Reading)
    desk.answer(ReadCard)
    assert desk.at(PatronShown).patron.number == NUMBERS[card]
    assert len(desk.of(LookUpPatron)) == 1


@pytest.mark.parametrize("answers", [1, 2])
@pytest.mark.parametrize(("card", "other"), [("a", "b"), ("b", "a")])
def test_the_patron_of_the_other_card_is_never_shown(card: str, other: str, answers: int) -> None:
    """The card has no link itself, but the other has: looked up ahead, and dropped unseen."""
    desk, insertion = reading(card, other)
    for kind in (FindLinks, LookUpPatron)[:answers]:
        desk.answer(kind)
    desk.answer(ReadCard)
    refused = desk.at(LendingRefused)
    assert (refused.problem.code, refused.insertion, refused.linked) == (Code.NOT_LINKED, insertion, False)
    assert NUMBERS[other].text not in repr(desk.flow)
    assert desk.of(RecordAct) == [RecordAct(Act.REFUSAL, None, Code.NOT_LINKED, Revocation.GOOD)]
    before = desk.counter
    assert desk.answer_all().counter == before, "late"


@pytest.mark.parametrize("answers", [0, 1, 2])
@pytest.mark.parametrize("linked", ["", "a", "b", "ab"])
@pytest.mark.parametrize("card", BOTH)
def test_candidates_lead_where_looking_afterwards_does(card: str, linked: str, answers: int) -> None:
    """Whatever is linked and answered first, what is shown and recorded is the same."""
    desk, _ = reading(card, linked)
    for kind in (FindLinks, LookUpPatron)[:answers]:
        if any(isinstance(asked, kind) for asked in desk.open):
            desk.answer(kind)
    desk.answer(ReadCard).answer_all()
    straight = ScriptedCounter(QUICK, links=links_of(linked), library=Library())
    straight.lay(Card(card))
    assert desk.flow == straight.flow
    assert desk.of(RecordAct) == straight.of(RecordAct)
    assert desk.of(ReleaseCard) == straight.of(ReleaseCard)


@pytest.mark.parametrize("card", BOTH)
def test_links_that_arrive_after_the_judgement_are_told_apart_by_its_token(card: str) -> None:
    desk, _ = reading(card, "ab")
    desk.answer(ReadCard).at(FindingLink)
    desk.answer(FindLinks)
    assert desk.at(LookingUpPatron).number == NUMBERS[card]
    assert len(desk.of(FindLinks)) == 1


def test_a_certificate_that_is_none_of_them_is_looked_up_anew() -> None:
    desk, insertion = reading("a", "ab")
    desk.answer(FindLinks)
    read = desk.of(ReadCard)[0]
    desk.open.remove(read)
    desk.tell(CardRead(read.ticket, insertion, CardReading(token("c"), Revocation.GOOD)))
    assert desk.at(FindingLink).reading.token == token("c")
    assert desk.of(FindLinks)[-1].tokens == (token("c"),)
    assert desk.answer_all().at(LendingRefused).problem.code is Code.NOT_LINKED


# --- the PIN of the day -----------------------------------------------------------------------------------------------------


def proved_today(holder: str, linked: str) -> ScriptedCounter:
    """The holder has given the PIN of the day and left; nothing is answered from now on."""
    desk = ScriptedCounter(CounterRules(confirm_holder=When.NEVER, lending_pin=When.FIRST_OF_DAY), links=links_of("ab"), library=Library())
    insertion = desk.lay(Card(holder))
    desk.press_pin().tell(LeavePressed()).lift(insertion)
    desk.answering, desk.links = False, links_of(linked)
    return desk


def test_the_pin_of_one_card_is_not_that_of_the_other() -> None:
    desk = proved_today("a", "b")
    looked_up = len(desk.of(LookUpPatron))
    desk.begin_to_read(desk.lay(Card("b")), *BOTH).answer(FindLinks)
    assert len(desk.of(LookUpPatron)) == looked_up
    desk.answer(ReadCard)
    while not isinstance(desk.flow, AskingPin):
        desk.answer()
    assert len(desk.of(LookUpPatron)) == looked_up


def test_a_patron_looked_up_by_the_others_pin_is_not_shown() -> None:
    desk = proved_today("a", "a")
    desk.begin_to_read(desk.lay(Card("b")), *BOTH).answer(FindLinks).answer(LookUpPatron).answer(ReadCard)
    assert desk.at(LendingRefused).problem.code is Code.NOT_LINKED


def test_a_pin_that_is_due_is_asked_for_whichever_patron_was_looked_up() -> None:
    desk = proved_today("a", "ab")
    desk.begin_to_read(desk.lay(Card("b")), *BOTH).answer(FindLinks).answer(ReadCard)
    while not isinstance(desk.flow, AskingPin):
        desk.answer()
    assert desk.flow.goal.reading.token == token("b")
