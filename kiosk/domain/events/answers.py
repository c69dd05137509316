"""What the store and the library system answered."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.errors import Code
from kiosk.domain.model import Link, Patron, Ticket


@dataclass(frozen=True, slots=True)
class LinksFound:
    ticket: Ticket
    by_card: Link | None
    by_number: Link | None


@dataclass(frozen=True, slots=True)
class LinkSaved:
    ticket: Ticket
    pending: bool


@dataclass(frozen=True, slots=True)
class LinkClosed:
    ticket: Ticket
    pending: bool


@dataclass(frozen=True, slots=True)
class StoreFailed:
    ticket: Ticket
    code: Code


@dataclass(frozen=True, slots=True)
class PatronFound:
    ticket: Ticket
    patron: Patron


@dataclass(frozen=True, slots=True)
class PatronRefused:
    ticket: Ticket
    code: Code
