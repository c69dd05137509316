"""Keyboard input of one window: translates Qt key events for `domain.keyboard`, which decides, and carries out its decisions."""

from __future__ import annotations

import math
from typing import Protocol, cast

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.domain import keyboard
from kiosk.domain.keyboard import (
    Alive,
    Click,
    Decision,
    Field,
    Fill,
    Forward,
    Hint,
    Keyboard,
    Kind,
    Moment,
    Pressed,
    Released,
    Scanned,
    Spoiled,
    Stroke,
    Submit,
    Turned,
    Unfill,
    Wake,
    Why,
    Woke,
)
from kiosk.ui.timing import Timing
from kiosk.ui.widgets.control import Control
from kiosk.ui.widgets.hold_progress import Filling
from kiosk.ui.widgets.key_filter import Listener
from kiosk.ui.widgets.scan_field import ScanField

MODIFIERS = {
    *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R),
    *(Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_Mode_switch),
    # Japanese keyboards.
    *(Qt.Key.Key_Zenkaku_Hankaku, Qt.Key.Key_Henkan, Qt.Key.Key_Muhenkan, Qt.Key.Key_Hiragana_Katakana, Qt.Key.Key_Eisu_toggle),
}
_MOVES = {
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
}
_ENTERS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select}
_ERASES = {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}
_COPIES = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)
_PASTES = (QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
_CONTROL_ENTERS = {Qt.Key.Key_J, Qt.Key.Key_M}
"""Scanners may send line feed and carriage return as Ctrl+J and Ctrl+M."""
_SHIFT, _CONTROL, _ALT, _META = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.MetaModifier,
)


class Ears(Protocol):
    """The window's side of keyboard handling: which control a key would press, and what happens on a decision."""

    def control_for(self, button: QAbstractButton) -> Control:
        """The control for the focused `button`."""

    def control_of_key(self, key: Qt.Key) -> Control | None:
        """The control that a function key or Esc would press."""

    def control_of_enter(self) -> Control | None:
        """The control that Enter would press while no button has the focus."""

    def control_of_chord(self, letter: str) -> Control | None:
        """The control that Alt with this letter or digit would press."""

    def takes_text(self) -> bool:
        """Whether the page itself takes characters, without a field (the PIN pad)."""

    def scanned(self, text: str, whole: bool) -> None:
        """Handle a code scanned while no field had the focus. Unless `whole`, more of it may follow."""

    def spoiled(self) -> None:
        """Discard the characters the page has taken: they came with keystrokes no person sends."""

    def hint(self, why: Why, control: Control | None) -> None:
        """Explain why a key was ignored."""

    def alive(self) -> None:
        """Note user activity."""


class Keys(Listener):
    """Filter that handles every key of `window` before any widget. Buttons never receive a key that would press them."""

    def __init__(self, window: QWidget, ears: Ears, timing: Timing) -> None:
        super().__init__(window)
        self._ears, self._timing = ears, timing
        self._keyboard = Keyboard()
        self._filling = Filling(window)
        self._wakes: set[float] = set()
        self._alt_since: Moment | None = None

    def turned(self, *, away: bool = False) -> None:
        """Reset: the page has changed. `away`: another window has taken the keyboard."""
        self._take(Turned(away))

    # --- from Qt --------------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.WindowDeactivate and watched is self._window:
            # The release of a held key will go to the other window.
            self._alt_since = None
            self.turned(away=True)
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        # An ignored key event propagates to the parents and passes here each time: count it once.
        if watched is not self._listening():
            return False
        at = Moment(self._timing.now(), event.timestamp())
        if Qt.Key(event.key()) in MODIFIERS:
            if event.key() == Qt.Key.Key_Alt and not event.isAutoRepeat():
                self._alt_since = at if kind is QEvent.Type.KeyPress else None
            return False
        if kind is QEvent.Type.KeyRelease:
            if not event.isAutoRepeat():
                self._take(Released(event.key(), at))
            return isinstance(watched, QAbstractButton)
        forward = self._take(self._pressed(event, at))
        return not (forward and self._passes(event))

    def _listening(self) -> QWidget:
        # focusWidget() may return None, despite the stubs.
        focused = cast("QWidget | None", self._window.focusWidget())
        return self._window if focused is None else focused

    def _pressed(self, event: QKeyEvent, at: Moment) -> Pressed:
        focused = self._listening()
        field = Field.NONE
        if isinstance(focused, ScanField):
            field = Field.FILLED if focused.text() else Field.EMPTY
        kind = _kind_of(event)
        presses = event.key() == Qt.Key.Key_Space and isinstance(focused, QAbstractButton)
        if field is Field.NONE and self._ears.takes_text() and not presses:
            field = Field.PAD
        target = self._target(event, kind, focused)
        return Pressed(
            event.key(), kind, at, event.text() if kind is Kind.TEXT else "", event.isAutoRepeat(), target, field, self._alt_since
        )

    def _target(self, event: QKeyEvent, kind: Kind, focused: QWidget) -> Control | None:
        key = Qt.Key(event.key())
        if kind is Kind.CHORD:
            return self._ears.control_of_chord(chr(key))
        if kind is Kind.ACT:
            return None if event.modifiers() & (_SHIFT | _CONTROL | _ALT | _META) else self._ears.control_of_key(key)
        if kind is Kind.END or key is Qt.Key.Key_Space:
            if isinstance(focused, QAbstractButton):
                return self._ears.control_for(focused)
            if kind is Kind.END:
                return _submitting(focused) if isinstance(focused, ScanField) else self._ears.control_of_enter()
        return None

    def _passes(self, event: QKeyEvent) -> bool:
        """Whether the focused widget receives the key. A button gets only keys that move the focus; others go to the window instead."""
        if not isinstance(self._listening(), QAbstractButton) or Qt.Key(event.key()) in _MOVES:
            return True
        self._window.keyPressEvent(event)
        return False

    # --- what was decided -------------------------------------------------------------------------------------------------------

    def _take(self, stroke: Stroke) -> bool:
        """Step the keyboard machine and run its decisions; return whether the key is forwarded to the widget."""
        self._keyboard, decisions = keyboard.step(self._keyboard, stroke)
        # A decision may change the page, which resets the keyboard: step once, then run all decisions.
        for decision in decisions:
            self._do(decision)
        return any(isinstance(decision, Forward) for decision in decisions)

    def _do(self, decision: Decision) -> None:
        match decision:
            case Alive():
                self._ears.alive()
            case Click(target) if isinstance(target, Control):
                target.press()
            case Fill(target) if isinstance(target, Control):
                if target.widget is not None:
                    self._filling.start(target.widget)
            case Unfill():
                self._filling.stop()
            case Hint(why, target):
                self._ears.hint(why, target if isinstance(target, Control) else None)
            case Scanned(text, whole):
                self._ears.scanned(text, whole)
            case Submit():
                focused = self._listening()
                if isinstance(focused, ScanField):
                    focused.submit()
            case Spoiled():
                focused = self._listening()
                if isinstance(focused, ScanField):
                    focused.selectAll()
                else:
                    self._ears.spoiled()
            case Wake(seconds):
                self._wake_in(seconds)

    def _wake_in(self, seconds: float) -> None:
        """Start a timer unless an earlier one is pending: on waking, the machine asks again for any time that is left."""
        due = self._timing.now() + seconds
        if due < min(self._wakes, default=math.inf):
            self._wakes.add(due)
            self._timing.later(self, seconds, lambda: self._woke(due))

    def _woke(self, due: float) -> None:
        self._wakes.discard(due)
        self._take(Woke(Moment(self._timing.now()), due))


def _submitting(field: ScanField) -> Control:
    """Enter in an empty field submits it, so that the page can report what is missing."""
    return Control(lambda: field.submit() if shiboken6.isValid(field) and field.hasFocus() else None, guarded=False, widget=field)


def _kind_of(event: QKeyEvent) -> Kind:
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    plain = not modifiers & (_CONTROL | _ALT | _META)
    if plain and key in _ENTERS:
        return Kind.END
    if plain and key is Qt.Key.Key_Tab:
        return Kind.TAB
    if modifiers & _CONTROL and not modifiers & (_ALT | _META) and key in _CONTROL_ENTERS:
        return Kind.END
    if (key in _MOVES and plain) or any(map(event.matches, _COPIES)):
        return Kind.MOVE
    if key in _ENTERS or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35 or key is Qt.Key.Key_Escape:
        return Kind.ACT
    if _is_chord(key, modifiers):
        return Kind.CHORD
    if any(map(event.matches, _PASTES)):
        return Kind.PASTE
    if key in _ERASES:
        return Kind.ERASE
    text = event.text()
    return Kind.TEXT if plain and text and text.isprintable() else Kind.OTHER


def _is_chord(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether this is Alt plus a letter or digit. Keypad digits do not count: scanners enter character codes with them (Alt+0065)."""
    wanted = modifiers & _ALT and not modifiers & (_CONTROL | _META | Qt.KeyboardModifier.KeypadModifier)
    return bool(wanted) and (Qt.Key.Key_A <= key <= Qt.Key.Key_Z or Qt.Key.Key_0 <= key <= Qt.Key.Key_9)
