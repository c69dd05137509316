"""The histories over real stores notice what the store may get wrong: each of these changes is found by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.ledger.mutants import Mutant, is_noticed, mutants

pytestmark = [pytest.mark.trial, pytest.mark.timeout(300)]
HISTORIES = 3_000
"""What is noticed latest takes 1,700. What would take more has a history of its own (test_ledger_histories.py)."""

LINK_LEDGER = (
    ("        self.notes.count(operation.origin.sequence)\n", ""),
    ("            self.own.add(operation)\n", ""),
    ("            self.shown.take(decision)\n", ""),
    ("        if any(not is_unapplied(own.state, reached) for own in news):\n            self._project()\n", ""),
    ("not is_unapplied(own.state, reached) for own in news", "isinstance(own.state, RefusedFor) for own in news"),
    # An answer that moves the cursor, as if it had brought the links.
    (
        "                self.own.keep(uuid, state)\n",
        "                self.own.keep(uuid, state)\n                self.notes.reach(getattr(state, 'position', self.notes.position))\n",
    ),
    ("if safe.epoch != reached.epoch:", "if False:"),
    ("                self._keep_stop(change, entry)\n", ""),
    ("if own is not None and own.state == Pending():", "if False:"),
    ("        self.notes.reach(reached)\n        self._settle(safe)", "        self._settle(safe)"),
    ("if (reached.epoch, reached.cursor) < (left.epoch, left.cursor):", "if False:"),
    ("after_cuts(own.state, snapshot.epochs)", "own.state"),
    ("        self._links.close_all()\n", ""),
    ("        self._digest.begin()\n", ""),
    ("self._links.open(placed.link, placed.cursor)", "self._links.open(placed.link, snapshot.cursor)"),
    ("                self._digest.added(link, cursor)\n", ""),
    ("is_gone(own.state, reached, safe)", "isinstance(own.state, AcceptedAt)"),
    ("                self._stops.add(stop, token, number)\n", "                pass\n"),
    ("self._stops.forget(min((", "self._stops.forget(max(("),
    ("default=None))\n        self._project()\n", "default=None))\n"),
)
STORE = (("if epoch != self._ledger.notes.position.epoch:", "if False:"),)
SHOWN_LINKS = (
    (
        "FROM link WHERE number = ?1\n    AND NOT EXISTS (SELECT 1 FROM overlay WHERE overlay.token = link.token)",
        "FROM link WHERE number = ?1",
    ),
    ('        self._database.ask("DELETE FROM overlay")\n', ""),
    ("OverlayRow.insert(_hiding(link.token)).on_conflict_replace().execute(self._database)", "pass"),
)
OTHERS = {
    "kiosk/store/stops.py": (
        ("WHERE token = ? OR number = ?", "WHERE token = ? AND number = ?"),
        ('"DELETE FROM stop WHERE cursor <= ?", (up_to,)', '"DELETE FROM stop WHERE cursor <= ?", (up_to + 1,)'),
    ),
    "kiosk/store/own_operations.py": (
        ("ORDER BY sequence", "ORDER BY sequence DESC"),
        ('return {"state": "refused", "epoch": None, "cursor": None, "code": code}', "return _columns(Pending())"),
    ),
}
MUTANTS = mutants(
    {
        "kiosk/store/link_ledger.py": LINK_LEDGER,
        "kiosk/store/ledger_store.py": STORE,
        "kiosk/store/shown_links.py": SHOWN_LINKS,
        **OTHERS,
    }
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=range(len(MUTANTS)))
def test_a_broken_store_is_noticed(tmp_path: Path, mutant: Mutant) -> None:
    assert is_noticed(tmp_path, mutant, "store", HISTORIES)
