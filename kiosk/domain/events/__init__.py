"""Events: the only input of a machine. Named in the past tense, frozen, free of personal data.

Each declares its fixed properties once (`about`); an event in a union without them fails the type check. Answers carry the ticket of their
question, and a card's answers also the insertion.
"""

from __future__ import annotations

from kiosk.domain.events.answer import *
from kiosk.domain.events.answers import *
from kiosk.domain.events.card import *
from kiosk.domain.events.clock import *
from kiosk.domain.events.fields import *
from kiosk.domain.events.patron import *
from kiosk.domain.events.rail import *
from kiosk.domain.events.registry import *
from kiosk.domain.events.serving import *
from kiosk.domain.events.staff import *

Event = StaffEvent | ServingEvent | LeavingEvent | PatronEvent | CardEvent | AnswerEvent | RegistryEvent | ClockEvent | FieldsEvent
