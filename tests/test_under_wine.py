"""What `make trial` runs under Wine is there, and walks every branch for Windows that ran."""

from __future__ import annotations

from pathlib import Path

from tests.test_windows_branches import rows

CHECKOUT = Path(__file__).parents[1]
SELECTION = CHECKOUT / "tests" / "under_wine.txt"
BY_HAND = {"native_message.py", "ui/sound.py", "ui/widgets/picture.py"}
"""A message box waits for somebody; a sound, and effects that the system has switched off, are for who sits there."""


def selected() -> dict[str, tuple[set[str], str]]:
    """Of each test the modules whose branches it walks, and what it is a smoke test of."""
    lines = [line for line in SELECTION.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        walked, _, smoke = line.partition("—")
        test, *modules = walked.split()
        found[test] = (set(modules), smoke.strip())
    return found


def test_each_is_there_once_and_says_what_it_is_run_for() -> None:
    lines = [line.split()[0] for line in SELECTION.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert lines == sorted(set(lines))
    assert [name for name in lines if not (CHECKOUT / name.partition("::")[0]).is_file()] == []
    assert [name for name, (modules, smoke) in selected().items() if not modules and not smoke] == []


def test_every_module_with_a_branch_that_ran_is_walked() -> None:
    ran = {place.split()[0] for place, _, _, seen in rows() if seen.startswith("ran")}
    named = {module for modules, _ in selected().values() for module in modules}
    assert ran - named == BY_HAND
    assert {module for module in named if not (CHECKOUT / "kiosk" / module).is_file()} == set()
