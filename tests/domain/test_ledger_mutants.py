"""The histories notice what they are for: each of these changes to the rules is found by them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

pytestmark = [pytest.mark.trial, pytest.mark.timeout(300)]
HISTORIES = 30_000

DECIDE = (
    ("any(_came_after(stop, operation.origin, standing.epochs) for stop in standing.stops)", "False"),
    ("stop.counter == origin.counter and stop.sequence < origin.sequence", "False"),
    ("stop.counter == origin.counter and stop.sequence < origin.sequence", "stop.counter == origin.counter"),
    ("stop.counter == origin.counter and stop.sequence < origin.sequence", "stop.sequence < origin.sequence"),
    ("stop.cursor > epochs.effective(origin.known)", "stop.cursor >= epochs.effective(origin.known)"),
    ("stop.cursor > epochs.effective(origin.known)", "stop.cursor > origin.known.cursor"),
    ("if epoch >= known.epoch)", "if epoch > known.epoch)"),
    ("if epoch >= known.epoch)", "if epoch == known.epoch)"),
    ("if epoch >= known.epoch)", ")"),
    ("link.operation not in operation.replaces", "False"),
    ("(*(Closed(link) for link in conflicting), _opened(operation))", "(_opened(operation),)"),
    ("for link in (standing.by_token, standing.by_number)", "for link in (standing.by_token,)"),
    ("if by_token is not None and by_token.number == operation.number:", "if False:"),
    ("Accepted((Stopped(operation.number),))", "Accepted(())"),
    ("if by_token is not None or by_number is not None:", "if by_token is not None:"),
    ("Code.LINKED_ELSEWHERE if by_token is not None else", "Code.LINKED_ELSEWHERE if by_number is None else"),
    ("return Accepted((Closed(standing.by_number),))", "return Accepted((Stopped(operation.number),))"),
)
OPERATIONS = (
    ("return not has_reached(reached, position)", "return True"),
    ("return not has_reached(reached, position)", "return False"),
    ("        case RefusedFor():\n            return False", "        case RefusedFor():\n            return True"),
    ("has_reached(reached, state.position) and has_reached(safe, state.position)", "has_reached(reached, state.position)"),
    ("has_reached(reached, state.position) and has_reached(safe, state.position)", "has_reached(safe, state.position)"),
    ("reached.cursor >= position.cursor", "reached.cursor > position.cursor"),
    ("            return answer\n", "            return state\n"),
    ("if held.cursor == state.position.cursor else Pending()", ""),
    ("epochs.effective(position)", "min(position.cursor, epochs.cuts[-1][1])"),
)
OVERLAY = (
    ("        if token in self.hidden:\n            return None\n", ""),
    ("link.token in self.hidden or link.token in self.opened", "link.token in self.opened"),
    ("link.token in self.hidden or link.token in self.opened", "link.token in self.hidden"),
    ("self.opened.get(token) or links.of_token(token)", "links.of_token(token) or self.opened.get(token)"),
    ("                    self.hidden.discard(link.token)\n", ""),
    ("                    self.hidden.add(link.token)\n", ""),
    ("                    self._tokens.pop(link.number, None)\n", ""),
    ("                    self._tokens[link.number] = link.token\n", ""),
    ("for operation in operations:", "for operation in reversed(list(operations)):"),
    ("stops=links.stops(token, operation.number)", "stops=()"),
    ("stops=links.stops(token, operation.number)", "stops=links.stops(None, operation.number)"),
    ("overlay.of_token(links, token)", "links.of_token(token)"),
    ("overlay.of_number(links, operation.number)", "links.of_number(operation.number)"),
    ("        epochs=epochs,\n", ""),
)
COUNTER = (
    ("if answer.epoch == self._epochs.current:", "if True:"),
    ("row.position != Position(self._reached.epoch, self._reached.cursor + 1)", "row.position.cursor != self._reached.cursor + 1"),
    ("row.position != Position(self._reached.epoch, self._reached.cursor + 1)", "row.position.cursor <= self._reached.cursor"),
    ("self._needs_snapshot or row.position", "row.position"),
    ("position.cursor < self._reached.cursor and not self._needs_snapshot", "False"),
    ("        self._answer(row.operation.origin.uuid, AcceptedAt(row.position))\n", ""),
    ("        self._table.cut(self._reached.cursor)\n", ""),
    (
        "            self._answer(answer.uuid, answer.state)\n",
        "            self._answer(answer.uuid, answer.state)\n            self._reached = getattr(answer.state, 'position', Position())\n",
    ),
    ("self.name, self._sequence + 1, self._reached", "self.name, self._sequence + 1, Position()"),
)
MUTANTS = [
    (module, *change)
    for module, changes in (
        ("kiosk/domain/decide.py", DECIDE),
        ("kiosk/domain/operations.py", OPERATIONS),
        ("kiosk/domain/overlay.py", OVERLAY),
        ("tests/support/ledger/counters.py", COUNTER),
    )
    for change in changes
]


def copy_of_the_rules(folder: Path) -> Path:
    """What histories are made of: the domain, and what stands beside it in tests."""
    for package in ("kiosk/domain", "tests/support/ledger"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for module in ("kiosk/__init__.py", "tests/support/__init__.py"):
        shutil.copy(ROOT / module, folder / module)
    return folder


def histories(folder: Path, count: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-m", "tests.support.ledger.histories", "0", str(count)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280, check=False)


def test_the_copy_is_what_is_run(tmp_path: Path) -> None:
    folder = copy_of_the_rules(tmp_path)
    assert histories(folder, 200).returncode == 0
    (folder / "kiosk/domain/decide.py").write_text("raise SystemExit('the copy')")
    assert histories(folder, 1).stderr == "the copy\n"


@pytest.mark.parametrize(("module", "before", "after"), MUTANTS)
def test_a_broken_rule_is_noticed(tmp_path: Path, module: str, before: str, after: str) -> None:
    folder = copy_of_the_rules(tmp_path)
    source = (folder / module).read_text()
    assert source.count(before) == 1, f"{module} has changed: say anew what is to be broken"
    (folder / module).write_text(source.replace(before, after))
    noticed = histories(folder, HISTORIES)
    assert noticed.stderr.startswith("history "), noticed.stderr or "nothing went wrong"
