"""What belongs to a code (`errors.Code`): declared with it, once, and asked for as `code.about`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto, unique


@unique
class Family(Enum):
    """What a trouble is about."""

    CARD = auto()
    """A My Number Card, its certificate, or the way to it."""
    TRUST = auto()
    """The authorities that certificates are judged by."""
    REVOCATION = auto()
    CLOCK = auto()
    PIN = auto()
    READER = auto()
    """No card can be read while it lasts."""
    LINK = auto()
    NUMBER = auto()
    """What was scanned or typed is no library card number."""
    LIBRARY_CARD = auto()
    """The library's system says no to a library card."""
    ILS = auto()
    """The library's system says nothing of a library card: it counts as not judged, and the windows say so."""
    ITEM = auto()
    HANDOVER = auto()
    """The window of another program."""
    SLIP = auto()
    STORE = auto()
    PROGRAM = auto()
    """Home, config, files and the program itself."""


@unique
class ToPatron(StrEnum):
    """What the patron's window says of a trouble: `patron.refusal.<name>` in every language."""

    OWN = "own"
    """A sentence under the code's own name."""
    CLOSED = "closed"
    """My Number Cards are not taken now: a patron need not know which part of the counter it is."""
    NO_READING = "no-reading"
    """No card can be read now."""
    NOT_SAVED = "not-saved"
    NOTHING = "nothing"
    """Staff alone meet it. Should a bug bring it to the patron's window, CLOSED is said there."""


@unique
class Guide(StrEnum):
    """What staff tell the patron to do (`staff.guide.<guide>-<step>`)."""

    LAY = "lay"
    OTHER_CARD = "other-card"
    PHONE = "phone"
    RENEW = "renew"
    OFFICE = "office"
    REGISTER = "register"
    NUMBER = "number"
    LIBRARY = "library"
    STOPPED = "stopped"
    HOLDER = "holder"
    PROXY = "proxy"
    UNLINK = "unlink"
    WAIT = "wait"
    """It is not about the card, and the library card serves meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What belongs to a code. Whoever makes a new one says so here, and nowhere else."""

    family: Family
    patron: ToPatron
    guide: Guide
    lay_again: bool
    """Another laying of a card may mend it; all else ends a registration."""
    params: Mapping[str, type[str] | type[int]] = field(default_factory=dict)
    """What fills its sentences. `place` and `reason`, which any code may have beside them, are what commands say under it."""
    library_card_serves: bool = False
    """It leaves the library card what it was, and the patron is told so."""
    ends_proof: bool = False
    """A second laying of the card would not change how the proof of the holder ended."""
    by_date: bool = False
    """With a clock that cannot be right the card may be as good as any."""
    perhaps_item: bool = False
    """What was scanned in place of a library card may be an item's barcode."""


def about_card(
    guide: Guide,
    *,
    lay_again: bool,
    patron: ToPatron = ToPatron.OWN,
    library_card_serves: bool = False,
    by_date: bool = False,
    ends_proof: bool = False,
    **params: type[str] | type[int],
) -> About:
    return About(
        family=Family.CARD,
        patron=patron,
        guide=guide,
        lay_again=lay_again,
        params=params,
        library_card_serves=library_card_serves,
        by_date=by_date,
        ends_proof=ends_proof,
    )


def about_pin(guide: Guide, *, ends_proof: bool, library_card_serves: bool, **params: type[int]) -> About:
    return About(
        family=Family.PIN,
        patron=ToPatron.OWN,
        guide=guide,
        lay_again=False,
        params=params,
        library_card_serves=library_card_serves,
        ends_proof=ends_proof,
    )


def about_link(guide: Guide, *, patron: ToPatron = ToPatron.OWN, library_card_serves: bool) -> About:
    return About(family=Family.LINK, patron=patron, guide=guide, lay_again=False, library_card_serves=library_card_serves)


def about_number(*, perhaps_item: bool, **params: type[str] | type[int]) -> About:
    return About(
        family=Family.NUMBER,
        patron=ToPatron.NOTHING,
        guide=Guide.WAIT,
        lay_again=False,
        params=params,
        perhaps_item=perhaps_item,
    )


def about_library_card(guide: Guide, **params: type[str]) -> About:
    return About(family=Family.LIBRARY_CARD, patron=ToPatron.OWN, guide=guide, lay_again=False, params=params)


def about_reader(**params: type[str]) -> About:
    return About(family=Family.READER, patron=ToPatron.NO_READING, guide=Guide.WAIT, lay_again=True, params=params)


def about_counter(family: Family, patron: ToPatron, **params: type[str] | type[int]) -> About:
    """The counter's own trouble: no card is at fault."""
    return About(family=family, patron=patron, guide=Guide.WAIT, lay_again=False, params=params)
