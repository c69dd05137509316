"""A day at the counter, in a process of its own; the people are read from standard input.

Usage: python -m tests.support.privacy.scripted_day FOLDER [crash]

Covers everything that can happen to a card: linked, wrong PIN, locked, lent, removed, unlinked, nonsensical answers, invalid certificates,
and bugs of ours whose exceptions quote all data available. With `crash`, the process dies during a VERIFY.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kiosk.config import Home, LogSettings
from kiosk.domain.circulation import Item, ItemAnswer, LoanList, Outcome, Reason
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    BrokeSeen,
    CardStopAnswered,
    HolderConfirmed,
    LeavePressed,
    LibraryCardEntered,
    ReplacementChosen,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Patron, ReplaceReason, Service, UnlinkReason
from kiosk.domain.states import (
    AskingPin,
    AskingUnlinkNumber,
    ChoosingReplacement,
    ConfirmingHolder,
    ConfirmingUnlink,
    CounterRules,
    LendingRefused,
    OutOfOrder,
    PatronShown,
    Problem,
    Unlinked,
    Waiting,
    When,
)
from kiosk.log import kept_in
from kiosk.memory_dumps import forbid_memory_dumps
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, rsa_key
from kiosk.smartcard.virtual.card import Fault, Trouble
from kiosk.store.key_location import key_place
from tests.support.cards.readers import InProcess
from tests.support.counter.card_faults import Event, Mishap, go_on, register
from tests.support.counter.headless import HeadlessCounter, WatchedCard, judge_by
from tests.support.privacy.personal_data import Person

BUG = "66660006"


class Day:
    def __init__(self, desk: HeadlessCounter, people: list[Person], authority: VirtualAuthority) -> None:
        self._desk, self._people, self._authority, self._key = desk, people, authority, rsa_key()

    def _card(self, who: int, tries: int = 3) -> WatchedCard:
        person = self._people[who]
        end = datetime(person.ends.year, person.ends.month, person.ends.day, 14, 59, 59, tzinfo=UTC)
        leaf = Leaf(person.serial, person.holder, end - timedelta(days=1700), end, size=1429)
        return WatchedCard("a card", self._authority.issue(self._key, leaf), self._key, pin=person.pin.encode(), tries=tries)

    def _pins(self, who: int, *which: str) -> list[bytes]:
        return [getattr(self._people[who], name).encode() for name in which]

    def registrations(self) -> None:
        desk = self._desk
        desk.begin_registration("10000001")
        register(desk, self._card(0), "10000001")
        desk.end()
        desk.begin_registration("10000002")
        desk.lay_for_registration(self._card(1))
        assert go_on(desk, iter(self._pins(1, "wrong_pin", "pin"))) is None
        desk.end()
        desk.begin_registration("10000003")
        desk.lay_for_registration(self._card(2, tries=1))
        assert go_on(desk, iter(self._pins(2, "wrong_pin"))) == Problem(Code.PIN_LOCKED)
        desk.end()
        desk.begin_registration("10000004")
        desk.lay_for_registration(self._card(0))
        desk.until_at(ChoosingReplacement)
        desk.say(ReplacementChosen(ReplaceReason.LIBRARY_CARD_CHANGED))
        assert go_on(desk, iter(self._pins(0, "pin"))) is None
        desk.end()

    def lending(self) -> None:
        desk = self._desk
        desk.lay(self._card(0))
        desk.until_at(AskingPin)
        desk.press_pin(self._people[0].pin.encode())
        desk.until_at(ConfirmingHolder)
        desk.say(HolderConfirmed())
        desk.until_at(PatronShown)
        desk.end()
        desk.lay(self._card(2))
        desk.until_at(LendingRefused)
        desk.end()

    def mishaps(self) -> None:
        desk = self._desk
        for kind in (*Event, 0x6F00, 0x6982, 0x63C1, 0x6110, b""):
            for command in (2, 5, 6):
                card = self._card(2)
                mishap = Mishap(kind, True, desk.world)
                card.fault(command, mishap.fault())
                desk.begin_registration("10000005")
                desk.lay_for_registration(card)
                go_on(desk, iter(self._pins(2, "pin")), slot=0)
                mishap.mend(desk)
                desk.end()

    def strange_certificates(self) -> None:
        desk, good = self._desk, self._card(2).certificate or b""
        middle = len(good) // 3
        flipped = good[:middle] + bytes(octet ^ 0xFF for octet in good[middle : middle + 40]) + good[middle + 40 :]
        for certificate in (good[:700], flipped, good[:4] + good[8:] + good[4:8], good[:4] + bytes(20) + good[24:], b"", b"\x30\x82\xff"):
            desk.lay(replace(self._card(2), certificate=certificate))
            desk.until_at(LendingRefused)
            desk.end()

    def unlinking(self) -> None:
        desk = self._desk
        desk.say(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.LOST), CardStopAnswered(True))
        desk.until_at(AskingUnlinkNumber)
        desk.say(LibraryCardEntered("10000004"))
        desk.until_at(ConfirmingUnlink)
        desk.say(UnlinkConfirmed())
        desk.until_at(Unlinked)
        desk.say(LeavePressed())

    def bugs(self) -> None:
        desk = self._desk
        desk.until_at(Waiting)
        desk.say(LibraryCardEntered(BUG))
        desk.until_at(OutOfOrder)
        desk.say(BrokeSeen())
        thread = threading.Thread(target=self.bug, args=(LibraryCardNumber(BUG),))
        thread.start()
        thread.join()

    def bug(self, number: LibraryCardNumber) -> Patron:
        """A look-up in a library system whose client library quotes its arguments in an exception, and more."""
        if number.text != BUG:
            return Patron(number)
        quoted = " ".join(f"{person.pin} {person.serial} {person.serial:x} {person.holder} {person.ends}" for person in self._people)
        try:
            raise ValueError(quoted, self._card(0).certificate)
        except ValueError as error:
            raise RuntimeError(quoted) from error

    def crash(self) -> None:
        """Die in mid-VERIFY, with its bytes on the stack."""
        desk, card = self._desk, self._card(0)
        card.fault(5, Fault(before=os.abort, trouble=Trouble.SILENT))
        desk.begin_registration("10000006")
        desk.lay_for_registration(card)
        go_on(desk, iter(self._pins(0, "pin")))


@dataclass
class Quoting:
    """A library system that accepts everybody and lends nothing."""

    patron: Callable[[LibraryCardNumber], Patron]
    condition: IlsCondition = IlsCondition.READY

    def knows(self, number: LibraryCardNumber) -> bool:
        return False

    def serve(self, service: Service, number: LibraryCardNumber, item: Item, *, sure: bool = False) -> ItemAnswer:
        return ItemAnswer(item, Outcome.REFUSED, Reason.OTHER)

    def look_again(self, service: Service, number: LibraryCardNumber, item: Item) -> ItemAnswer:
        return ItemAnswer(item, Outcome.REFUSED, Reason.OTHER)

    def loans(self, number: LibraryCardNumber) -> LoanList:
        return LoanList.whole()

    def item(self, item: str) -> Item:
        return Item(item)

    def keep_alive(self) -> IlsCondition:
        return self.condition

    def reconnect(self) -> IlsCondition:
        return self.condition

    def close(self) -> None:
        """No connection to close."""


def main() -> None:
    people = [Person(**{**one, "ends": date.fromisoformat(one["ends"])}) for one in json.load(sys.stdin)]
    home = Home(Path(sys.argv[1]))
    home.prepare()
    forbid_memory_dumps()
    keys = key_place(home.store, "file").open_keys()
    authority = VirtualAuthority.create(demo=False)
    (home.trust / "authority.cer").write_bytes(authority.der)
    days: list[Day] = []
    rules = CounterRules(lending_pin=When.ALWAYS)
    library = Quoting(lambda number: days[0].bug(number))
    with (
        kept_in(home.logs, LogSettings("debug")),
        HeadlessCounter(InProcess(), judge_by(authority, keys.site), home.store, rules, keys=keys, library=library, slow_after=0.1) as desk,
    ):
        days.append(Day(desk, people, authority))
        if sys.argv[2:] == ["crash"]:
            days[0].crash()
        for act in (days[0].registrations, days[0].lending, days[0].mishaps, days[0].strange_certificates, days[0].unlinking, days[0].bugs):
            act()


if __name__ == "__main__":
    main()
