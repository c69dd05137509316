"""A window with fields whose focus moves when a script says so: at once, late, without telling, or back again.

It plays the desktop and the accessibility interface of `kiosk.library.handover`. What reached which field is in `shown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from kiosk.domain.errors import Code, Refused
from kiosk.library.handover import ProgramWindow, Seat
from kiosk.library.handover.elements import Element, Elements, Field, Unknown
from kiosk.library.handover.seat import Clipboard

WINDOW = ProgramWindow(7, "図書館システム - 貸出", ("browser",), ours=False, processes=(70,))
NUMBER_FIELD = Element(("p", "/1"), "entry", "利用者番号", "card", "input", "https://library.example/lend", is_editable=True)
NOTE_FIELD = Element(("p", "/2"), "entry", "備考", "note", "input", "https://library.example/lend", is_editable=True)


class Clock:
    """In place of `time`: it goes on while something is waited for."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


CLOCK = Clock()


@dataclass(slots=True)
class ScriptedFields:
    focus: Element | Unknown = NUMBER_FIELD
    """Where keys go."""
    told: Element | Unknown | None = None
    """Where the focus is by what the program tells; None: the truth."""
    shown: dict[str, str] = field(default_factory=lambda: {"card": "", "note": ""})
    selected: str = ""
    """The field whose text is selected."""
    follows: bool = True
    """Whether the program moves its focus when asked."""
    renders: Callable[[str], str] = str
    """What the field for the number makes of its text."""
    after: dict[int, Callable[[ScriptedFields], None]] = field(default_factory=dict)
    """What happens after the n-th key."""
    blind: Unknown | None = None
    """The answer to all questions."""
    windows: tuple[ProgramWindow, ...] = (WINDOW,)
    """The programs' windows, most recently used first."""
    front: ProgramWindow | None = WINDOW
    having: tuple[ProgramWindow, ...] = (WINDOW,)
    """Those in which the fields are."""
    hanging: tuple[ProgramWindow, ...] = ()
    """Those that do not say whether they are."""
    keys: int = 0
    scan_codes: int = 0
    """How many of them came by their place on the keyboard."""
    waits: int = 0
    later: dict[int, Callable[[], None]] = field(default_factory=dict)
    """What happens after the n-th wait."""
    looks: int = 0
    on_look: dict[int, Callable[[ScriptedFields], None]] = field(default_factory=dict)
    """What happens during the n-th wait for the desktop."""
    settable: bool | Unknown = True
    """What the program says when its field is to show something."""
    sets_late: bool = False
    """Whether it does so all the same."""
    sets: int = 0
    opening: float = 0.0
    """Seconds until the first question."""
    suffixes: list[str] = field(default_factory=list)
    copied: str = "前の方の書名"
    """What is on the clipboard."""
    is_busy: bool = False
    """Whether another program does not let go of it."""
    on_hold: Callable[[ScriptedFields], None] = lambda fields: None
    """What happens once the number is on the clipboard."""
    pastes: bool = True
    """Whether the program takes anything from there."""
    shown_when_given_back: str | None = None
    """What the field for the number showed when the clipboard had its content again."""
    lost: int = 0
    """Formats of it that cannot be given back."""

    def desktop(self) -> ScriptedDesktop:
        return ScriptedDesktop(self)

    def switched_on(self) -> AbstractContextManager[None]:
        return nullcontext()

    @contextmanager
    def elements(self, limit: float) -> Iterator[Elements]:
        assert limit > 0
        CLOCK.now += self.opening
        yield self

    def focused(self, window: ProgramWindow) -> Element | Unknown:
        assert window in self.having
        return self.blind or (self.focus if self.told is None else self.told)

    def has_focus(self, element: Element) -> bool | Unknown:
        return self.blind or (self.focus if self.told is None else self.told) == element

    def text(self, element: Element) -> str | Unknown:
        return self.blind or self.shown[element.identifier]

    def is_free(self, element: Element) -> bool | Unknown:
        return self.blind or not self.shown[element.identifier] or self.selected == element.identifier

    def find(self, window: ProgramWindow, field: Field) -> Element | Unknown:
        if window in self.hanging:
            return Unknown.NO_ANSWER
        if window not in self.having:
            return Unknown.GONE
        return self.blind or next((one for one in (NUMBER_FIELD, NOTE_FIELD) if field.fits(one)), Unknown.GONE)

    def give_focus(self, element: Element) -> None:
        if self.follows:
            self.focus = element

    def set_text(self, element: Element, text: str) -> bool | Unknown:
        if self.blind is None and (self.settable is True or self.sets_late):
            self.shown[element.identifier] = self.renders(text) if element.identifier == "card" else text
            self.sets += 1
            if happens := self.after.get(len(text)):
                happens(self)
        return self.blind or self.settable

    def wait(self, seconds: float) -> float:
        self.waits += 1
        if happens := self.later.get(self.waits):
            happens()
        CLOCK.now += seconds
        return seconds

    def press(self, key: str) -> None:
        self.keys += 1
        if isinstance(self.focus, Element):
            name = self.focus.identifier
            if key in ("ctrl+v", "shift+insert"):
                text = self.copied if self.pastes else ""
                self.shown[name] = self.renders(text if self.selected == name else self.shown[name] + text)
            elif len(key) > 1 or not key.isalnum():
                self.suffixes.append(f"{name} {key}")
            elif self.selected == name:
                self.selected, self.shown[name] = "", key
            else:
                text = self.shown[name] + key
                self.shown[name] = self.renders(text) if name == "card" else text
        if happens := self.after.get(self.keys):
            happens(self)


@dataclass(slots=True)
class ScriptedClipboard:
    fields: ScriptedFields
    text: str | None = None

    @property
    def lost(self) -> int:
        return self.fields.lost

    def hold(self, text: str, window: ProgramWindow, *, primary: bool) -> None:
        if self.fields.is_busy:
            raise Refused(Code.HANDOVER_CLIPBOARD)
        self.fields.copied = self.text = text
        self.fields.on_hold(self.fields)

    def is_held(self) -> bool:
        return self.fields.copied == self.text

    def is_fetched(self) -> bool | None:
        return self.fields.pastes


@dataclass(slots=True)
class ScriptedDesktop:
    fields: ScriptedFields

    @contextmanager
    def seat(self, limit: float) -> Iterator[Seat]:
        assert limit > 0
        yield self

    def windows(self) -> Sequence[ProgramWindow]:
        return self.fields.windows

    def front(self) -> ProgramWindow | None:
        return self.fields.front

    def has_keyboard(self, window: ProgramWindow) -> bool:
        return window == self.fields.front

    def keys_free(self) -> bool:
        return True

    def bring_forward(self, window: ProgramWindow) -> None:
        self.fields.front = window

    def wait(self, seconds: float) -> None:
        """What was asked for has happened."""
        self.fields.looks += 1
        if happens := self.fields.on_look.get(self.fields.looks):
            happens(self.fields)

    @contextmanager
    def held(self) -> Iterator[None]:
        yield

    def press(self, key: str, *, as_scan_code: bool = False) -> None:
        self.fields.scan_codes += as_scan_code
        self.fields.press(key)

    @contextmanager
    def clipboard(self) -> Iterator[Clipboard]:
        before, ours = self.fields.copied, ScriptedClipboard(self.fields)
        try:
            yield ours
        finally:
            if ours.text is not None and ours.is_held():
                self.fields.copied = before
                self.fields.shown_when_given_back = self.fields.shown["card"]
