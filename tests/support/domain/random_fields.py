"""Random events of 番号を入れる欄: what its page would hear or say next."""

from __future__ import annotations

import random

from kiosk.domain.errors import Code
from kiosk.domain.events import (
    Event,
    FieldsChosen,
    FieldSeen,
    FieldsFailed,
    FieldTaught,
    FieldTypingBegan,
    StatusChosen,
    TargetForgotten,
    TargetKept,
    TargetsRead,
    TargetTried,
    TargetTryPressed,
    TeachingStopped,
    TeachPressed,
)
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.domain.handed import Handed
from kiosk.domain.states import Counter, FieldAct
from tests.support.domain.random_registry import registry_back

TARGET = FieldTarget("貸出", "図書館システム", "browser", ("loan",), "entry", "利用者番号", "card")
SEEN = SeenField("browser", "図書館システム - 貸出", "entry", "利用者番号", "card", is_editable=True)


def idle(counter: Counter) -> tuple[Event, ...]:
    """What may happen while nobody is served, beside cards."""
    return (*registry_back(counter), FieldsChosen())


def fields_next(draw: random.Random, counter: Counter) -> Event | None:
    """What fits the page; None mostly while it is closed."""
    page = counter.fields
    if page is None or draw.random() < 0.2:
        return None
    ticket = page.ticket
    failed = FieldsFailed(ticket, draw.choice(list(Code)))
    taught = FieldTaught(ticket, TaughtField(TARGET, draw.random() < 0.7))
    kept = TargetKept("貸出", "図書館システム", ("loan",))
    answers: dict[FieldAct, tuple[Event, ...]] = {
        FieldAct.READING: (TargetsRead(ticket, (TARGET,)), TargetsRead(ticket, ()), failed),
        FieldAct.WATCHING: (FieldSeen(ticket, SEEN), FieldTypingBegan(ticket, "1234567890"), taught, failed, TeachingStopped()),
        FieldAct.TYPING: (taught, taught, failed),
        FieldAct.TAUGHT: (kept, kept, TeachingStopped()),
        FieldAct.KEEPING: (TargetsRead(ticket, (TARGET,)), failed),
        FieldAct.TRYING: (TargetTried(ticket, draw.random() < 0.5), failed),
        FieldAct.FORGETTING: (TargetsRead(ticket, ()), failed),
        FieldAct.NOTHING: (
            TeachPressed(draw.choice(list(WayIn)), draw.random() < 0.3),
            TargetTryPressed("貸出"),
            TargetForgotten("貸出"),
            kept,
            StatusChosen(),
        ),
    }
    return draw.choice(answers[page.act])


def handed(draw: random.Random) -> Handed:
    """What is known of a number that was handed over."""
    return Handed(draw.random() < 0.8, draw.random() < 0.2)
