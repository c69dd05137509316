"""What happened: the only things that move a machine. Past tense, frozen, without anything personal.

Each declares what is true of it whatever it holds (`about`): an event that does not, and is in a union, fails the type check. Answers
carry the ticket of the question; what the card said also carries the insertion it was said in.
"""

from __future__ import annotations

from kiosk.domain.events.answer import *
from kiosk.domain.events.answers import *
from kiosk.domain.events.card import *
from kiosk.domain.events.clock import *
from kiosk.domain.events.patron import *
from kiosk.domain.events.rail import *
from kiosk.domain.events.staff import *

Event = StaffEvent | LeavingEvent | PatronEvent | CardEvent | AnswerEvent | ClockEvent
