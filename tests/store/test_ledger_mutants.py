"""The histories over real stores notice what the store may get wrong: each of these changes is found by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.ledger.mutants import Mutant, is_noticed, mutants

pytestmark = [pytest.mark.trial, pytest.mark.timeout(300)]
HISTORIES = 3_000
"""What is noticed latest takes 1,700. What would take more has a history (test_ledger_histories.py) or a test of its own."""

LINK_LEDGER = (
    ("        self.notes.count(operation.origin.sequence)\n", ""),
    ("            self.own.add(operation)\n", ""),
    ("            self.shown.take(decision)\n", ""),
    ("        if left:\n            self._projection.renew_around(changed, self.own.all(), left)\n", ""),
    # An answer that moves the cursor, as if it had brought the links.
    (
        "        self.own.keep(states)\n        left =",
        "        self.own.keep(states)\n        for state in states.values():\n"
        "            self.notes.reach(getattr(state, 'position', self.notes.position))\n        left =",
    ),
    ("                self._facts.withdraw(*self._projection.here([own.operation]))\n", "                pass\n"),
    ("                self._stops.add(stops_in(entry))\n", "                pass\n"),
    (
        "                if own.state == Pending():\n                    states[entry",
        "                if False:\n                    states[entry",
    ),
    (
        "        self.notes.reach(reached)\n        if entries:\n            self.notes.mark_at(reached, entries[-1].operation)\n"
        "        # Read once",
        "        # Read once",
    ),
    ("            for change in entry.changes:\n                changed.add(*touched(change))\n", ""),
    ("after_cuts(own.state, of_own)", "own.state"),
    ("            changed.add(placed.token, placed.number)\n", "            pass\n"),
    ("        swap()\n", ""),
    ("        self._projection.renew()\n        self.seal.renew()\n\n    def seen", "        self.seal.renew()\n\n    def seen"),
    ("if is_gone(one.state, reached, safe)]", "if isinstance(one.state, AcceptedAt)]"),
    ("return min([*known", "return max([*known"),
)
SHOWN_LINKS = (
    (
        "WHERE link_number.number = ?1 AND NOT EXISTS (SELECT 1 FROM overlay WHERE overlay.token = link.token)",
        "WHERE link_number.number = ?1",
    ),
    ('        self._database.ask("DELETE FROM overlay")\n', ""),
    ('            self._database.ask("DELETE FROM overlay WHERE token = ?", (token.digest,))\n', "            pass\n"),
    ("                    self._write([_hiding(token)])\n", "                    pass\n"),
)
OTHERS = {
    "kiosk/store/facts.py": (("                    opened.append((link, cursor))\n", ""),),
    "kiosk/store/stops.py": (
        ("WHERE token = ? OR number = ?", "WHERE token = ? AND number = ?"),
        ("SELECT place FROM stop WHERE cursor <= ? LIMIT", "SELECT place FROM stop WHERE cursor <= ? + 1 LIMIT"),
        ("WHERE {column} = ? AND cursor > ?", "WHERE {column} = ? AND cursor > ? + 1"),
    ),
    "kiosk/store/own_operations.py": (
        (
            '_own(row) for row in self._database.ask(f"{_SELECT} ORDER BY sequence"',
            '_own(row) for row in self._database.ask(f"{_SELECT} ORDER BY sequence DESC"',
        ),
        ('return "refused", None, None, code', 'return "pending", None, None, None'),
    ),
    "kiosk/store/ledger_notes.py": (("epochs.effective(self.position)", "self.position.cursor"),),
    # What a store projects anew.
    "kiosk/domain/overlay.py": (
        ("standing = [*map(links.of_token, next_tokens), *map(links.of_number, next_numbers)]", "standing = []"),
        ("        touching += [operation for number in next_numbers for operation in of_number.get(number, ())]\n", ""),
        ("return operation.token in self.tokens or operation.number in self.numbers", "return operation.token in self.tokens"),
    ),
}
MUTANTS = mutants(
    {
        "kiosk/store/link_ledger.py": LINK_LEDGER,
        "kiosk/store/shown_links.py": SHOWN_LINKS,
        **OTHERS,
    }
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=range(len(MUTANTS)))
def test_a_broken_store_is_noticed(tmp_path: Path, mutant: Mutant) -> None:
    assert is_noticed(tmp_path, mutant, "store", HISTORIES)
