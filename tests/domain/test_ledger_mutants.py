"""The histories notice what they are for: each of these changes to the rules is found by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.ledger.mutants import Mutant, copy_of_the_program, histories, is_noticed, mutants

pytestmark = [pytest.mark.trial, pytest.mark.timeout(300)]
HISTORIES = 10_000
"""What is noticed latest takes some 2,000."""

DECIDE = (
    ("any(_came_after(stop, operation.origin, standing.epochs) for stop in standing.stops)", "False"),
    ("stop.counter == origin.counter and stop.sequence < origin.sequence", "False"),
    ("stop.counter == origin.counter and stop.sequence < origin.sequence", "stop.counter == origin.counter"),
    ("stop.counter == origin.counter and stop.sequence < origin.sequence", "stop.sequence < origin.sequence"),
    ("stop.cursor > epochs.effective(origin.known)", "stop.cursor >= epochs.effective(origin.known)"),
    ("stop.cursor > epochs.effective(origin.known)", "stop.cursor > origin.known.cursor"),
    ("if epoch >= known.epoch]", "if epoch > known.epoch]"),
    ("if epoch >= known.epoch]", "if epoch == known.epoch]"),
    ("cut in self.cuts if epoch >= known.epoch]", "cut in self.cuts]"),
    ("{link.operation for link in conflicting} != operation.replaces", "False"),
    ("{link.operation for link in conflicting} != operation.replaces", "{link.operation for link in conflicting} - operation.replaces"),
    ("(*(Closed.of(link) for link in conflicting), _opened(operation))", "(_opened(operation),)"),
    ("for link in (standing.by_token, standing.by_number)", "for link in (standing.by_token,)"),
    ("if by_token is not None and by_token.number == operation.number:", "if False:"),
    ("*(() if is_whole else (Stopped(operation.number, operation.token),))", ""),
    ("Stopped(operation.number, operation.token)", "Stopped(operation.number)"),
    ("(by_number, None if by_token == by_number else by_token)", "(by_number,)"),
    ("if by_token is not None or by_number is not None:", "if by_token is not None:"),
    ("Code.LINKED_ELSEWHERE if by_token is not None else", "Code.LINKED_ELSEWHERE if by_number is None else"),
    ("*map(Closed.of, closed)", "*()"),
)
OPERATIONS = (
    ("return not has_reached(reached, position)", "return True"),
    ("return not has_reached(reached, position)", "return False"),
    ("case RefusedFor():  # pragma: no branch\n            return False", "case RefusedFor():\n            return True"),
    ("has_reached(reached, state.position) and has_reached(safe, state.position)", "has_reached(reached, state.position)"),
    ("has_reached(reached, state.position) and has_reached(safe, state.position)", "has_reached(safe, state.position)"),
    ("reached.cursor >= position.cursor", "reached.cursor > position.cursor"),
    ("            return answer\n", "            return state\n"),
    (" if cursor == state.position.cursor else Pending()", ""),
    ("epochs.effective(state.position)", "min([state.position.cursor, *(cut for _, cut in epochs.cuts[-1:])])"),
    ("AcceptedAt(Position(epochs.current, cursor))", "AcceptedAt(state.position)"),
)
OVERLAY = (
    ("        if token in self.hidden:\n            return None\n", ""),
    ("link.token in self.hidden or link.token in self.opened", "link.token in self.opened"),
    ("link.token in self.hidden or link.token in self.opened", "link.token in self.hidden"),
    ("self.opened.get(token) or links.of_token(token)", "links.of_token(token) or self.opened.get(token)"),
    ("        self.hidden.discard(link.token)\n", ""),
    ("                    self.hidden.add(token)\n", ""),
    ("                    self._tokens.pop(number, None)\n", ""),
    ("        self._tokens[link.number] = link.token\n", ""),
    ("for operation in operations:", "for operation in reversed(list(operations)):"),
    ("stops=links.stops(token, operation.number)", "stops=()"),
    ("stops=links.stops(token, operation.number)", "stops=links.stops(None, operation.number)"),
    ("overlay.of_token(links, token)", "links.of_token(token)"),
    ("overlay.of_number(links, operation.number)", "links.of_number(operation.number)"),
    ("        epochs=epochs,\n", ""),
    ("    for stop in ahead:\n", "    for stop in ():\n"),
)
COUNTER = (
    ("if answer.epoch == self._epochs.current:", "if True:"),
    ("if not page.safe.epoch == self._at.epoch == self._epochs.current:", "if False:"),
    ("page.entries[0].cursor != self._at.cursor + 1", "page.entries[0].cursor <= self._at.cursor"),
    ("snapshot.epochs.current != self._epochs.current or snapshot.cursor < self._reached.cursor", "False"),
    ("            self._answer(entry.operation, AcceptedAt(self._reached))\n", ""),
    ("after_cuts(own.state, epochs)", "own.state"),
    ("        self._epochs = epochs\n", ""),
    ("if placed.stop.cursor <= lasting]", "]"),
    ("            if isinstance(answer, RefusedFor) and placed is not None", "            if False and placed is not None"),
    ("self._epochs.effective(self._at)", "self._at.cursor"),
    ("self._sequence + 1, self._at, 0, MADE", "self._sequence + 1, Position(), 0, MADE"),
    ("            self._sequence += 1\n", ""),
    # An answer that moves the cursor, as if it had brought the links.
    (
        "            self._answer(answer.uuid, answer.state)\n",
        "            self._answer(answer.uuid, answer.state)\n            self._at = getattr(answer.state, 'position', self._at)\n",
    ),
)
MUTANTS = mutants(
    {
        "kiosk/domain/decide.py": DECIDE,
        "kiosk/domain/operations.py": OPERATIONS,
        "kiosk/domain/overlay.py": OVERLAY,
        "tests/support/ledger/counters.py": COUNTER,
    }
)


def test_the_copy_is_what_is_run(tmp_path: Path) -> None:
    folder = copy_of_the_program(tmp_path)
    assert histories(folder, "memory", 200) == ""
    (folder / "kiosk/domain/decide.py").write_text("raise SystemExit('the copy')")
    assert histories(folder, "memory", 1) == "the copy\n"


@pytest.mark.parametrize("mutant", MUTANTS, ids=range(len(MUTANTS)))
def test_a_broken_rule_is_noticed(tmp_path: Path, mutant: Mutant) -> None:
    assert is_noticed(tmp_path, mutant, "memory", HISTORIES)
