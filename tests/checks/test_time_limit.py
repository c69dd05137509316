"""One look of doctor's: what it does not find is told too, and holds back no other."""

from __future__ import annotations

import threading

import pytest

from kiosk.checks.time_limit import take
from kiosk.commands.doctor import wording
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.health import Condition, Finding


def test_a_bug_is_told_by_its_number_and_never_by_its_text(caplog: pytest.LogCaptureFixture) -> None:
    def look() -> Finding:
        raise ValueError("serial 117823888")

    found = take(("keys", "store"), look, 5)
    assert [(finding.outcome, finding.condition) for finding in found] == [("keys.bug", Condition.WRONG), ("store.bug", Condition.WRONG)]
    [number] = {str(finding.params["incident"]) for finding in found}
    assert f"incident {number}\n  builtins.ValueError" in caplog.text
    assert number in wording.found(found[0])
    assert wording.advice(found[0])
    assert "117823888" not in caplog.text


def test_what_does_not_answer_is_overdue() -> None:
    never = threading.Event()

    def look() -> Finding:
        never.wait()
        return Finding("space.enough")

    assert [finding.outcome for finding in take(("space",), look, 0.01)] == ["space.overdue"]
    never.set()


def test_what_keeps_every_look_from_being_taken_is_no_finding() -> None:
    def refuse() -> Finding:
        raise Unavailable(Code.HOME_UNUSABLE)

    def lack() -> Finding:
        raise RuntimeError("can't start new thread")

    for look, error in ((refuse, Unavailable), (lack, RuntimeError)):
        with pytest.raises(error):
            take(("space",), look, 5)
