"""Policies of Windows: what the registry holds of them, set and put back (`kiosk.domain.policies.windows`).

What was there before is noted below a key of our own. Only administrators can write there, as in all of HKEY_LOCAL_MACHINE\\SOFTWARE.
"""

from __future__ import annotations

import sys

from kiosk.domain.policies import Standing
from kiosk.domain.policies.windows import DWORD, Kept, Policy, Value, is_put_back, standing, to_set

NOTES = r"SOFTWARE\LibraryCardKiosk\Policies"
_BEFORE, _NOTED = "Before", "Noted"
"""The second is written last: a note without it was cut off, and nothing was set yet."""

if sys.platform == "win32":
    # The values are what group policies write: https://learn.microsoft.com/previous-versions/windows/desktop/policy/registry-based-policy
    import winreg
    from contextlib import suppress
    from typing import Any, cast

    # A 32-bit Python has other keys of the same name: https://learn.microsoft.com/windows/win32/winprog64/accessing-an-alternate-registry-view
    _READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    _WRITE = winreg.KEY_READ | winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY

    def set_one(policy: Policy) -> bool:
        """Whether anything had to be changed. Raises OSError."""
        plan = to_set(policy, _present(policy), _kept(policy))
        if plan.note is not None:
            _note(policy, plan.note)
        if plan.is_written:
            _write(policy.key, policy.value_name, policy.wanted)
        return plan.note is not None or plan.is_written

    def undo_one(policy: Policy) -> bool:
        """Whether there was anything to undo. Raises OSError."""
        kept = _kept(policy)
        if kept is None:
            return False
        if is_put_back(policy, _present(policy), kept):
            if kept.before is None:
                _delete(policy.key, policy.value_name)
            else:
                _write(policy.key, policy.value_name, kept.before)
        _delete(_note_key(policy), _NOTED)
        for empty in (_note_key(policy), NOTES, NOTES.rpartition("\\")[0]):
            if not _delete_empty(empty):
                break
        return True

    def standing_of(policy: Policy) -> Standing:
        """Raises OSError."""
        return standing(policy, _present(policy), _kept(policy))

    def _present(policy: Policy) -> Value | None:
        return _read(policy.key, policy.value_name)

    def _kept(policy: Policy) -> Kept | None:
        return None if _read(_note_key(policy), _NOTED) is None else Kept(_read(_note_key(policy), _BEFORE))

    def _note(policy: Policy, kept: Kept) -> None:
        _delete(_note_key(policy), _NOTED)
        if kept.before is None:
            _delete(_note_key(policy), _BEFORE)
        else:
            _write(_note_key(policy), _BEFORE, kept.before)
        _write(_note_key(policy), _NOTED, Value(DWORD, 1))

    def _delete_empty(key: str) -> bool:
        """Whether it has gone: a key with others below it stays. What was noted in it goes with it."""
        try:
            winreg.DeleteKeyEx(winreg.HKEY_LOCAL_MACHINE, key, winreg.KEY_WOW64_64KEY)
        except FileNotFoundError:
            return True
        except PermissionError:
            return False
        return True

    def _note_key(policy: Policy) -> str:
        return rf"{NOTES}\{policy.name}"

    def _read(key: str, name: str) -> Value | None:
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, _READ) as opened:
                data, kind = winreg.QueryValueEx(opened, name)
                return Value(kind, data)
        except FileNotFoundError:
            return None

    def _write(key: str, name: str, value: Value) -> None:
        with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, key, 0, _WRITE) as opened:
            winreg.SetValueEx(opened, name, 0, value.kind, cast(Any, value.data))
            # The order in which both reach the disk: https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regflushkey
            winreg.FlushKey(opened)

    def _delete(key: str, name: str) -> None:
        with suppress(FileNotFoundError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, _WRITE) as opened:
            winreg.DeleteValue(opened, name)
            winreg.FlushKey(opened)
