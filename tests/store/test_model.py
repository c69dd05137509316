"""Any sequence of acts, with repetitions, refusals and restarts of the program, against a model of two dictionaries."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository

CARDS = st.integers(0, 4).map(lambda number: LinkToken(bytes([number]) * 32))
NUMBERS = st.integers(0, 4).map(lambda number: LibraryCardNumber(f"210406785{number}"))
OPERATIONS = st.integers(0, 30).map(lambda number: UUID(int=number))


class StoreMachine(RuleBasedStateMachine):
    @initialize(has_registry=st.booleans())
    def begin(self, has_registry: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.has_registry = has_registry
        self.numbers: dict[LinkToken, LibraryCardNumber] = {}
        self.done: set[UUID] = set()
        self.registrations = self.releases = self.uses = 0
        self.services: Counter[str] = Counter()
        self.open()

    def open(self) -> None:
        path = Path(self.folder.name) / "data" / "kiosk.db"
        clock = lambda: datetime(2026, 11, 23, tzinfo=UTC)  # noqa: E731
        self.store = Repository(path, Keys(b"d" * 32, b"s" * 32), "窓口1", clock, has_registry=self.has_registry)

    @rule(operation=OPERATIONS, card=CARDS, number=NUMBERS, replaces=st.none() | st.sampled_from(ReplaceReason))
    def save(self, operation: UUID, card: LinkToken, number: LibraryCardNumber, replaces: ReplaceReason | None) -> None:
        answer: Code | None = None
        try:
            self.store.save_link(operation, card, number, revocation=Revocation.GOOD, replaces=replaces)
        except Refused as refusal:
            answer = refusal.code
        assert answer == self.model_save(operation, card, number, replaces)

    def model_save(self, operation: UUID, card: LinkToken, number: LibraryCardNumber, replaces: ReplaceReason | None) -> Code | None:
        if operation in self.done or self.numbers.get(card) == number:
            return None
        others = [token for token, held in self.numbers.items() if held == number or token == card]
        if others and replaces is None:
            return Code.LINKED_ELSEWHERE if card in others else Code.NUMBER_LINKED_ELSEWHERE
        for token in others:
            del self.numbers[token]
        self.numbers[card] = number
        self.done.add(operation)
        self.registrations += 1
        self.releases += len(others)
        return None

    @rule(operation=OPERATIONS, number=NUMBERS, reason=st.sampled_from(UnlinkReason))
    def close_link(self, operation: UUID, number: LibraryCardNumber, reason: UnlinkReason) -> None:
        held = [token for token, other in self.numbers.items() if other == number]
        answer: Code | None = None
        try:
            self.store.close_link(operation, number, reason)
        except Refused as refusal:
            answer = refusal.code
        if operation in self.done:
            assert answer is None
        elif not held:
            assert answer is Code.NOTHING_TO_UNLINK
        else:
            assert answer is None
            del self.numbers[held[0]]
            self.done.add(operation)
            self.releases += 1

    @rule(number=st.none() | NUMBERS)
    def use(self, number: LibraryCardNumber | None) -> None:
        self.store.record(RecordAct(Act.USE, number))
        self.uses += 1

    @rule(number=st.none() | NUMBERS, service=st.sampled_from(["loan", "ndl-digital", "local"]))
    def serve(self, number: LibraryCardNumber | None, service: str) -> None:
        self.store.record(RecordAct(Act.SERVICE, number, service=service))
        self.services[service] += 1

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.open()

    @invariant()
    def the_store_knows_what_the_model_knows(self) -> None:
        for card, number in self.numbers.items():
            (by_card,), by_number = self.store.links_for((card,), number)
            assert by_card == by_number
            assert (by_card.token, by_card.number, by_card.pending) == (card, number, self.has_registry)
        assert self.store.count_links() == len(self.numbers)
        assert self.store.verify_audit() is None
        figures = self.store.this_month()
        assert (figures.registrations, figures.releases, figures.uses) == (self.registrations, self.releases, self.uses)
        assert figures.services == self.services
        assert len(list(self.store.audit_rows())) == self.registrations + self.releases + self.uses + self.services.total()
        entries = self.store.outbox_entries()
        if self.has_registry:
            assert {entry.uuid for entry in entries} == self.done
        else:
            assert {(entry.body["token"], entry.body["number"]) for entry in entries} == {
                (card.digest.hex(), number.text) for card, number in self.numbers.items()
            }
            assert len(entries) == len(self.numbers)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
