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
    @initialize(is_enrolled=st.booleans())
    def begin(self, is_enrolled: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.is_enrolled = is_enrolled
        self.numbers: dict[LinkToken, LibraryCardNumber] = {}
        self.opened_by: dict[LinkToken, UUID] = {}
        self.done: dict[UUID, tuple[str, LibraryCardNumber, ReplaceReason | UnlinkReason | None]] = {}
        self.detail: dict[UUID, tuple[LinkToken, set[UUID]]] = {}
        self.stops = 0
        self.registrations = self.releases = self.uses = 0
        self.services: Counter[str] = Counter()
        self.open()
        if is_enrolled:
            self.store.enrol("https://registry.example", "窓口1")

    def open(self) -> None:
        path = Path(self.folder.name) / "data" / "kiosk.db"
        clock = lambda: datetime(2026, 11, 23, tzinfo=UTC)  # noqa: E731
        self.store = Repository(path, Keys(b"d" * 32, b"s" * 32), "窓口1", clock)

    @rule(operation=OPERATIONS, card=CARDS, number=NUMBERS, replaces=st.none() | st.sampled_from(ReplaceReason), all_shown=st.booleans())
    def save(self, operation: UUID, card: LinkToken, number: LibraryCardNumber, replaces: ReplaceReason | None, all_shown: bool) -> None:
        shown = tuple(self.opened_by[token] for token in self.in_the_way(card, number)) if replaces and all_shown else ()
        answer: Code | None = None
        try:
            pending = self.store.save_link(operation, card, number, revocation=Revocation.GOOD, replaces=replaces, shown=shown)
            assert pending == self.is_enrolled
        except Refused as refusal:
            answer = refusal.code
        assert answer == self.model_save(operation, card, number, replaces, shown)

    def in_the_way(self, card: LinkToken, number: LibraryCardNumber) -> list[LinkToken]:
        return [token for token, held in self.numbers.items() if held == number or token == card]

    def model_save(
        self, operation: UUID, card: LinkToken, number: LibraryCardNumber, replaces: ReplaceReason | None, shown: tuple[UUID, ...]
    ) -> Code | None:
        told = ("save", number, replaces)
        if operation in self.done:
            # Of a closed link nothing is kept but a row without its card; an operation on its way is kept whole.
            whole = self.is_enrolled or self.opened_by.get(card) == operation or operation in self.opened_by.values()
            same = self.done[operation] == told and (not whole or self.detail[operation][0] == card)
            same = same and (not self.is_enrolled or self.detail[operation][1] == set(shown))
            return None if same else Code.OPERATION_REUSED
        if self.numbers.get(card) == number:
            return None
        others = self.in_the_way(card, number)
        if others and replaces is None:
            return Code.LINKED_ELSEWHERE if card in others else Code.NUMBER_LINKED_ELSEWHERE
        if {self.opened_by[token] for token in others} - set(shown):
            return Code.PREMISES_CHANGED
        for token in others:
            del self.numbers[token], self.opened_by[token]
        self.numbers[card], self.opened_by[card] = number, operation
        self.done[operation], self.detail[operation] = told, (card, set(shown))
        self.registrations += 1
        self.releases += len(others)
        return None

    @rule(operation=OPERATIONS, number=NUMBERS, reason=st.sampled_from(UnlinkReason))
    def close_link(self, operation: UUID, number: LibraryCardNumber, reason: UnlinkReason) -> None:
        held = [token for token, other in self.numbers.items() if other == number]
        told = ("close", number, reason)
        answer: Code | None = None
        try:
            assert self.store.close_link(operation, number, reason) == self.is_enrolled
        except Refused as refusal:
            answer = refusal.code
        if operation in self.done:
            assert answer is (None if self.done[operation] == told else Code.OPERATION_REUSED)
        elif not held and not self.is_enrolled:
            assert answer is Code.NOTHING_TO_UNLINK
        else:
            assert answer is None
            self.done[operation] = told
            self.releases += len(held)
            self.stops += not held
            for token in held:
                del self.numbers[token], self.opened_by[token]

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
            assert by_card.operation == self.opened_by[card]
            assert (by_card.token, by_card.number, by_card.pending) == (card, number, self.is_enrolled)
        assert self.store.count_links() == len(self.numbers)
        assert self.store.verify_audit() is None
        figures = self.store.this_month()
        assert (figures.registrations, figures.releases, figures.uses) == (self.registrations, self.releases, self.uses)
        assert figures.services == self.services
        told = self.registrations + self.releases + self.stops + self.uses + self.services.total() + self.is_enrolled
        assert len(list(self.store.audit_rows())) == told
        # A counter that is alone keeps nothing of what was done; one that is not keeps all that was not answered.
        assert {own.operation.origin.uuid for own in self.store.operations()} == (set(self.done) if self.is_enrolled else set())

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
