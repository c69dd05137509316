"""An answer counts only while its question is open, and only if it answers that question (`machine.step`)."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

from kiosk.domain.effects import Effect, Question
from kiosk.domain.errors import Code
from kiosk.domain.events import Answer, CardFailed, CardPlaced, Event, PatronFound, StoreFailed, TimeUp
from kiosk.domain.events.about import Answering
from kiosk.domain.machine import step
from kiosk.domain.model import Insertion, Patron
from kiosk.domain.states import Reading
from tests.support.domain.scripted_counter import NUMBER, READER, ScriptedCounter


def test_whatever_carries_a_ticket_is_an_answer_and_names_its_questions() -> None:
    with_ticket = {event for event in get_args(Event) if "ticket" in {field.name for field in fields(event)}} - {TimeUp}
    assert with_ticket == {event for event in get_args(Event) if issubclass(event, Answer)}
    assert with_ticket == {event for event in get_args(Event) if isinstance(event.about, Answering)}


def test_every_question_has_an_answer() -> None:
    answered = {question for event in get_args(Event) if isinstance(event.about, Answering) for question in event.about.questions}
    assert answered == set(get_args(Question))
    assert answered <= set(get_args(Effect))


def test_an_answer_to_another_question_is_not_heard_whatever_its_ticket() -> None:
    counter, _ = step(ScriptedCounter().counter, CardPlaced(Insertion(1, READER)))
    flow = counter.flow
    assert isinstance(flow, Reading)
    for other in (PatronFound(flow.ticket, Patron(NUMBER)), StoreFailed(flow.ticket, Code.STORE_FULL)):
        assert step(counter, other) == (counter, ())
    assert step(counter, CardFailed(flow.ticket, Insertion(99, READER), Code.CARD_UNREADABLE)) == (counter, ())
    assert step(counter, CardFailed(flow.ticket, flow.insertion, Code.CARD_UNREADABLE)) != (counter, ())
