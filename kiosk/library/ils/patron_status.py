"""A patron's standing, read from the answer to 63 or 23: may this library card be used, until when, and what does it stand at.

Servers tell that a library card is expired, stopped or unknown in different places, and often in several that contradict each other:
the strictest counts.
"""

from __future__ import annotations

from datetime import date, datetime

from kiosk.domain.calendar import day_in_japan
from kiosk.domain.circulation import Standing, Stop
from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber, Patron
from kiosk.library.ils.loans import count_in, loans_in, number_in
from kiosk.library.ils.negation import says
from kiosk.library.ils.profile import Profile
from kiosk.library.ils.screen_messages import fee_in, is_told, said_in, unread_fee_in, with_words
from kiosk.library.sip2 import Message, means_never, read_date

_FLAGS = tuple(Stop)
"""In the order of the fourteen places of the patron status."""
_ALL_DENIED = frozenset({Stop.CHARGE_DENIED, Stop.RENEWAL_DENIED, Stop.HOLD_DENIED})


def judge_patron(reply: Message, number: LibraryCardNumber, profile: Profile, today: date, loan_limit: int = 0) -> Patron:
    """The patron in `reply`, whose number the caller has compared. `loan_limit` counts where the server tells none; 0: not known.

    Raises Refused: library-card-unknown, library-card-expired (until, where known) or library-card-stopped (stops, said).
    """
    flags = frozenset(stop for stop, mark in zip(_FLAGS, reply.fixed["patron_status"], strict=False) if mark == "Y")
    valid, named = (reply.first("BL") or "").strip().upper(), bool((reply.first("AE") or "").strip())
    said = said_in(reply, profile)
    last_day, unread = _last_day(reply, profile)
    # First of all: servers deny everything to somebody whose card has expired, and some leave out the name.
    if (last_day is not None and last_day < today) or _said_to_be_expired(reply, profile, said):
        raise Refused(Code.LIBRARY_CARD_EXPIRED, **({"until": last_day.isoformat()} if last_day is not None else {}))
    if not named and valid != "Y":
        raise Refused(Code.LIBRARY_CARD_UNKNOWN)
    stops = flags & profile.stops
    if valid == "N" or Stop.CARD_LOST in flags or flags >= _ALL_DENIED:
        told = " ".join(stop.value for stop in _FLAGS if stop in stops or (stop is Stop.CARD_LOST and stop in flags))
        raise Refused(Code.LIBRARY_CARD_STOPPED, stops=told, said=said)
    return Patron(
        number, checked=True, valid_until=last_day, valid_said=unread, standing=_standing(reply, profile, stops, said, loan_limit)
    )


def day_in(text: str) -> date | None:
    """The day of a date as a server writes it; None where there is none, or where it means "never"."""
    found = read_date(text)
    if isinstance(found, datetime):
        return day_in_japan(found) if found.tzinfo is not None else found.date()
    return found


def _last_day(reply: Message, profile: Profile) -> tuple[date | None, str]:
    """The earliest of all last days it tells, in the system's field and in words; and what cannot be read as a day, as it was sent."""
    texts = list(reply.all(profile.expiry_field)) if profile.expiry_field else []
    for words in profile.last_day_words:
        texts += [match.group(1) for said in reply.all("AF") for match in words.finditer(said)]
    days = [day for text in texts if (day := day_in(text)) is not None]
    unread = (" ".join(text.split()) for text in texts if is_told(text) and day_in(text) is None and not means_never(text))
    return min(days, default=None), "、".join(dict.fromkeys(unread))


def _said_to_be_expired(reply: Message, profile: Profile, said: str) -> bool:
    if profile.expired_field and (reply.first(profile.expired_field) or "").strip().upper() == "Y":
        return True
    return any(says(said, words) for words in profile.expired_words)


def _standing(reply: Message, profile: Profile, stops: frozenset[Stop], said: str, loan_limit: int) -> Standing:
    on_loan = loans_in(reply)
    loans = on_loan.counted
    # 0000 is "not set" to most servers; whoever may borrow nothing has a flag for it.
    limit = number_in(reply.first("CB")) or loan_limit
    owes = fee_in(reply)
    return Standing(
        loans=loans,
        overdue=count_in(reply, "overdue_items_count"),
        holds_ready=count_in(reply, "hold_items_count") if profile.counts_ready_holds else None,
        fines=count_in(reply, "fine_items_count"),
        loans_left=max(limit - loans, 0) if limit and loans is not None else None,
        stops=stops,
        said=with_words(said, unread_fee_in(reply), *(() if owes else reply.all("AV"))),
        owes=owes,
        on_loan=on_loan,
    )
