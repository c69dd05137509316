"""What is kept of a crash, who is told of it and how, and what `kiosk run` does differently after one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

import kiosk.app as kiosk_app
from kiosk import crashes
from kiosk.app.opening import real_equipment
from kiosk.checks.crashes import check_crashes
from kiosk.config import Home, read_settings
from kiosk.domain.health import Finding
from kiosk.domain.keeping import Crash
from kiosk.ledger.running_lock import RunningLock
from kiosk.text import say
from tests.support.commands.startup_window import closed_as_soon_as_seen

AT = datetime(2026, 11, 30, 0, 23, 11, tzinfo=UTC)
CRASH, LATER = Crash("1130-0923-AB", AT, "SIGSEGV"), Crash("1130-1023-CD", AT + timedelta(hours=1), "exit 0xC0000005")


def test_giving_up_is_noted_and_shown_with_cause_and_next_step(
    qapp: QApplication, kiosk: Any, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closed_as_soon_as_seen(monkeypatch) as seen:
        said = kiosk("run", "--gave-up", f"--crash={CRASH}", f"--crash={LATER}")
    assert said.code == 1
    assert say("command.keep.gave-up-title") in seen
    for told in (said.err, "\n".join(seen)):
        assert "(2回)" in told
        assert "exit 0xC0000005(番号 1130-1023-CD)" in told
        assert say("command.keep.gave-up-next") in told
    assert crashes.noted(home) == [CRASH, LATER]


def test_doctor_tells_of_crashes_until_staff_have_acknowledged_them(kiosk: Any, home: Home) -> None:
    def found() -> dict[str, Any]:
        checks = json.loads(kiosk("doctor", "--json").out)["checks"]
        return next(check for check in checks if check["check"] == "crashes")

    assert found()["outcome"] == "crashes.none"
    crashes.note(home, [CRASH, LATER])
    told = found()
    assert (told["outcome"], told["condition"]) == ("crashes.noted", "care")
    assert told["facts"] == {"count": 2, "last": "2026-11-30 10:23", "incident": "1130-1023-CD", "why": "exit 0xC0000005"}
    crashes.forget(home)
    assert found()["outcome"] == "crashes.none"


def test_each_is_noted_once_and_the_oldest_go_first(home: Home) -> None:
    crashes.note(home, [])
    assert not home.crashes.exists()
    crashes.note(home, [CRASH])
    crashes.note(home, [CRASH, LATER])
    assert crashes.noted(home) == [CRASH, LATER]
    many = [Crash(str(number), AT, "exit 1") for number in range(150)]
    crashes.note(home, many)
    assert crashes.noted(home) == many[-100:]


@pytest.mark.parametrize("content", [b"\n", b"{}", b"a,b,c", b"\xff", b"\0" * 9999])
def test_a_note_that_nobody_can_read_is_said_and_replaced(home: Home, content: bytes) -> None:
    home.crashes.write_bytes(content)
    assert check_crashes(home).outcome == "crashes.unread"
    crashes.note(home, [CRASH])
    assert crashes.noted(home) == [CRASH]


def test_what_cannot_be_written_or_forgotten_stops_nobody(home: Home) -> None:
    home.crashes.mkdir()
    crashes.note(home, [CRASH])
    crashes.forget(home)
    assert check_crashes(home).outcome == "crashes.unread"


def test_a_counter_that_somebody_has_started_meanwhile_is_left_alone(
    qapp: QApplication, kiosk: Any, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a window over the one that works."""
    monkeypatch.setattr(kiosk_app, "_UNLOCKED_SECONDS", 0.2)
    with RunningLock(home.lock), closed_as_soon_as_seen(monkeypatch) as seen:
        said = kiosk("run", f"--crash={CRASH}")
    assert (said.code, said.err, seen) == (1, "", [])
    assert crashes.noted(home) == [CRASH]


def test_a_counter_that_was_restarted_tells_staff_until_they_have_seen_it(home: Home) -> None:
    crashes.note(home, [CRASH])
    with real_equipment(home, read_settings(home.config), restarted=True) as equipment:
        assert equipment.facts.restarted
        (look,) = [look for looks in equipment.looks for look in looks if look.check == "crashes"]
        assert look.take() == Finding("crashes.noted", {"count": 1, "last": "2026-11-30 09:23", "incident": CRASH.number, "why": CRASH.why})
        equipment.forget_crashes()
        assert look.take() == Finding("crashes.none")
    with real_equipment(home, read_settings(home.config)) as equipment:
        assert not equipment.facts.restarted


def test_what_is_no_crash_is_refused(kiosk: Any) -> None:
    assert kiosk("run", "--crash=nonsense").code == 2
