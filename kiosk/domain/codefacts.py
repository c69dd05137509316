"""Fixed properties of a code (`errors.Code`): declared with it, once, and read as `code.about`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum, StrEnum, auto, unique

from kiosk.domain.lazy_dataclass import dataclass


@unique
class Family(Enum):
    """What a problem concerns."""

    CARD = auto()
    """A My Number Card, its certificate, or the connection to it."""
    TRUST = auto()
    """The authorities that certificates are verified against."""
    REVOCATION = auto()
    CLOCK = auto()
    PIN = auto()
    READER = auto()
    """No card can be read while it lasts."""
    LINK = auto()
    NUMBER = auto()
    """The input is not a library card number."""
    LIBRARY_CARD = auto()
    """The library system rejects a library card."""
    ILS = auto()
    """The library system could not judge a library card: it counts as unchecked, and the windows show that."""
    ITEM = auto()
    HANDOVER = auto()
    """Another program's window."""
    SLIP = auto()
    STORE = auto()
    REGISTRY = auto()
    """The library's register of links, and the operations sent to it."""
    PROGRAM = auto()
    """Home, configuration, files and the program itself."""


@unique
class ToPatron(StrEnum):
    """What the patron's window shows for a problem: `patron.refusal.<name>` in every language."""

    OWN = "own"
    """A message of its own, under the code's name."""
    CLOSED = "closed"
    """My Number Cards are not accepted now; a patron need not know which part of the counter failed."""
    NO_READING = "no-reading"
    """No card can be read now."""
    NOT_SAVED = "not-saved"
    NOTHING = "nothing"
    """Only staff see it. If a bug brings it to the patron's window, CLOSED is shown there."""


@unique
class Guide(StrEnum):
    """What staff advise the patron to do (`staff.guide.<guide>-<step>`)."""

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
    """It is not the card's fault; the library card can be used meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Fixed properties of a code, declared only here."""

    family: Family
    patron: ToPatron
    guide: Guide
    lay_again: bool
    """Placing a card again may solve it; all other codes end a registration."""
    params: Mapping[str, type[str] | type[int]] = field(default_factory=dict)
    """Parameters of its messages. Any code may also have `place` and `reason`, which commands print below it."""
    library_card_serves: bool = False
    """The library card is unaffected, and the patron is told so."""
    ends_proof: bool = False
    """Placing the card again would not change the result of the proof."""
    by_date: bool = False
    """With an implausible clock the card may be valid."""
    perhaps_item: bool = False
    """What was scanned instead of a library card may be an item's barcode."""

    @property
    def is_reader_trouble(self) -> bool:
        """No card can be read while it lasts."""
        return self.family is Family.READER

    @property
    def is_ils_trouble(self) -> bool:
        """The library system could not judge a library card: it counts as unchecked, and the windows show that."""
        return self.family is Family.ILS

    @property
    def may_succeed_again(self) -> bool:
        """Whether another attempt at this counter, now, may end differently."""
        return self.family is not Family.REGISTRY


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
    """A problem of the counter itself: no card is at fault."""
    return About(family=family, patron=patron, guide=Guide.WAIT, lay_again=False, params=params)


LACKING = "lacking"
"""How many acts a store lacks, in the params of `Code.STORE_BEHIND`, and if known of `STORE_RESTORED`."""
