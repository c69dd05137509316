"""Which keycodes give a character on the keyboard of an X server: the core protocol's table, read as chapter 5 of that protocol says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SHIFT, _LOCK = 1 << 0, 1 << 1
_MODIFIERS = 0xFF
_NO_SYMBOL = 0
# From here on keysyms are makers' own, such as the keys of XFree86 for brightness and volume.
_VENDORS = 0x10000000
_SHIFT_KEYS = (0xFFE1, 0xFFE2)
_CONTROL_KEYS = (0xFFE3, 0xFFE4)
_CHORDS = {"ctrl+v": (2, _CONTROL_KEYS, ord("v")), "shift+insert": (0, _SHIFT_KEYS, 0xFF63)}
"""The row of the modifier, its keysyms, and that of the key, which programs take without regard to locks."""
# They change other keys than ours: Num Lock the keypad's, which are never used here; Scroll Lock none.
_LOCKS = (0xFF7F, 0xFF14)
# Letters and digits are their own keysyms.
_KEYSYMS = {"\r": 0xFF0D, "\t": 0xFF09, "\x1b": 0xFF1B} | {f"f{number}": 0xFFBD + number for number in range(1, 13)}


@dataclass(frozen=True, slots=True)
class State:
    """What the keyboard is set to, from the mask that the server gives with every event."""

    mask: int

    @property
    def group(self) -> int:
        """Of the layouts between which a key switches."""
        return self.mask >> 13 & 3

    @property
    def caps_lock(self) -> bool:
        return bool(self.mask & _LOCK)


@dataclass(frozen=True, slots=True)
class Keymap:
    """The X server's keyboard mapping: which keys produce which keysyms."""

    first: int
    """The keycode of the first row."""
    keysyms: Sequence[Sequence[int]]
    """For each keycode: two of the first group, two of the second, further ones."""
    modifiers: Sequence[Sequence[int]]
    """The keycodes of Shift, Lock, Control and Mod1 to Mod5; 0 for none."""

    def is_plain(self, state: State) -> bool:
        """Whether no modifier is on but those that `stroke` allows for."""
        allowed = _LOCK
        for bit, codes in enumerate(self.modifiers):
            if any(keysym in _LOCKS for code in codes if code for keysym in self._row(code)):
                allowed |= 1 << bit
        return not state.mask & _MODIFIERS & ~allowed

    def types(self, code: int) -> bool:
        """Whether the key types or modifies. Of those that do neither (brightness, lid) some are never released."""
        return any(_NO_SYMBOL < keysym < _VENDORS for keysym in self._row(code))

    def stroke(self, key: str, state: State) -> tuple[int, ...] | None:
        """The keycodes to press in this order and to release in the other: a modifier if needed and the key. None if it is nowhere."""
        if key in _CHORDS:
            return self._chord(*_CHORDS[key], state.group)
        wanted = _KEYSYMS[key] if key in _KEYSYMS else ord(key)
        for level in (0, 1):
            for code, row in enumerate(self.keysyms, self.first):
                pair = _pair(row, state.group)
                if pair[level] != wanted:
                    continue
                # Caps Lock turns the letters round, with and without Shift, and leaves all other keys alone.
                shifted = bool(level) != (state.caps_lock and pair[0] != pair[1] and _upper(pair[0]) == pair[1])
                if not shifted:
                    return (code,)
                shift = self._shift()
                return None if shift is None else (shift, code)
        return None

    def _chord(self, row: int, modifiers: Sequence[int], wanted: int, group: int) -> tuple[int, int] | None:
        modifier = self._modifier(row, modifiers)
        # A layout without Latin letters: toolkits look for a key that has it in another one.
        for at in (group, 0, 1):
            for code, keysyms in enumerate(self.keysyms, self.first):
                if modifier is not None and _pair(keysyms, at)[0] == wanted:
                    return modifier, code
        return None

    def _shift(self) -> int | None:
        return self._modifier(0, _SHIFT_KEYS)

    def _modifier(self, row: int, keysyms: Sequence[int]) -> int | None:
        codes = self.modifiers[row] if row < len(self.modifiers) else ()
        return next((code for code in codes if code and any(keysym in keysyms for keysym in self._row(code))), None)

    def _row(self, code: int) -> Sequence[int]:
        return self.keysyms[code - self.first] if 0 <= code - self.first < len(self.keysyms) else ()


def _pair(row: Sequence[int], group: int) -> tuple[int, int]:
    """Without and with Shift. The table's further groups have no fixed place; a key without the group has its first one there too."""
    wide = [*row, 0, 0, 0, 0]
    plain, shifted = wide[2 * group : 2 * group + 2] if group < 2 else (0, 0)
    if plain == shifted == _NO_SYMBOL and group == 1:
        plain, shifted = wide[:2]
    if shifted == _NO_SYMBOL:
        return _lower(plain), _upper(plain)
    return plain, shifted


def _upper(keysym: int) -> int:
    return keysym - 0x20 if ord("a") <= keysym <= ord("z") else keysym


def _lower(keysym: int) -> int:
    return keysym + 0x20 if ord("A") <= keysym <= ord("Z") else keysym
