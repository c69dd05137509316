"""Policies of Windows in the registry: set on request, undone, and what was there before put back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.checks.policies import check_policies
from kiosk.commands.output import words
from kiosk.commands.setup_policies import policies_in_words
from kiosk.config.machine_policies import set_policies, standings, undo_policies
from kiosk.domain.policies.windows import POLICIES
from tests.support.commands.computer_of_windows import computer

__all__ = ["computer"]

if os.name != "nt":
    pytest.skip("the registry", allow_module_level=True)

if sys.platform == "win32":
    import winreg

    ALL = policies_in_words([policy.name for policy in POLICIES])
    FOREIGN, FIRST = POLICIES[1], POLICIES[0]
    NOTES = r"SOFTWARE\LibraryCardKiosk"

    class Ended(Exception):
        pass

    class _Ending:
        """Ends this process's work at its n-th change of the registry: nothing tidies up behind it."""

        def __init__(self) -> None:
            self.left = 0
            sys.addaudithook(self._look)

        def _look(self, event: str, arguments: tuple[object, ...]) -> None:
            if event in {"winreg.CreateKey", "winreg.SetValue", "winreg.DeleteValue", "winreg.DeleteKey"} and self.left:
                self.left -= 1
                if not self.left:
                    raise Ended

    ENDING = _Ending()

    def values() -> list[tuple[object, int] | None]:
        found: list[tuple[object, int] | None] = []
        for policy in POLICIES:
            try:
                with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, policy.key) as key:
                    found.append(winreg.QueryValueEx(key, policy.value_name))
            except FileNotFoundError:
                found.append(None)
        return found

    def is_noted() -> bool:
        try:
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, NOTES).Close()
        except FileNotFoundError:
            return False
        return True

    @pytest.fixture
    def foreign() -> Iterator[str]:
        """A value of somebody else's, of another type."""
        with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, FOREIGN.key) as key:
            winreg.SetValueEx(key, FOREIGN.value_name, 0, winreg.REG_SZ, "theirs")
            yield "theirs"
            undo_policies()
            winreg.DeleteValue(key, FOREIGN.value_name)

    def test_they_are_set_on_request_checked_and_undone(computer: Path, foreign: str, capsys: pytest.CaptureFixture[str]) -> None:
        before = values()
        assert check_policies().outcome == "policies.none"
        assert main(["setup", "--machine", "--policies"]) == 0
        assert words("setup.policies-set", policies=ALL) in capsys.readouterr().out
        assert values() == [(policy.number, winreg.REG_DWORD) for policy in POLICIES]
        assert check_policies().outcome == "policies.set"
        assert main(["setup", "--machine", "--policies"]) == 0
        assert words("setup.policies-unchanged") in capsys.readouterr().out
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, FIRST.key, 0, winreg.KEY_WRITE) as key:
            winreg.DeleteValue(key, FIRST.value_name)
        assert check_policies().params == {"policies": FIRST.name}
        assert main(["setup", "--no-policies"]) == 0
        assert (values(), is_noted()) == (before, False)
        assert check_policies().outcome == "policies.none"

    def test_the_end_of_the_counter_undoes_them(computer: Path, foreign: str) -> None:
        before = values()
        assert main(["setup", "--machine", "--policies"]) == 0
        assert main(["erase", "--yes"]) == 0
        assert (values(), is_noted()) == (before, False)

    def test_ended_at_any_point_the_next_one_finishes_or_undoes_it(foreign: str) -> None:
        before = values()
        ended = 0
        for act in (set_policies, undo_policies):
            for point in range(1, 500):
                ENDING.left = point
                try:
                    act()
                except Ended:
                    ended += 1
                    act()
                    assert len(set(standings().values())) == 1, point
                    (undo_policies if act is set_policies else set_policies)()
                    assert (values() == before) is (act is set_policies), point
                else:
                    break
            ENDING.left = 0
            act()
        assert values() == before
        assert ended > 60
