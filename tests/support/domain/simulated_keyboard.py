"""A keyboard with a simulated clock, for tests of `domain.keyboard`: keys go down and up under the test's control."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.keyboard import (
    Click,
    Decision,
    Field,
    Hint,
    Keyboard,
    Kind,
    Moment,
    Pressed,
    Released,
    Scanned,
    Stroke,
    Wake,
    Why,
    Woke,
    step,
)

ENTER, SPACE, F12, TAB, Y = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Button:
    """A control that a key presses."""

    guarded: bool


GUARDED, FREE = Button(True), Button(False)


@dataclass
class Keys:
    """A keyboard with a simulated clock; wake-ups are delivered when due."""

    target: Button | None = None
    focus: Field = Field.NONE
    stamped: bool = True
    now: float = 100.0
    keyboard: Keyboard = field(default_factory=Keyboard)
    said: list[Decision] = field(default_factory=list)
    due: list[float] = field(default_factory=list)

    def take(self, stroke: Stroke) -> None:
        self.keyboard, decisions = step(self.keyboard, stroke)
        for decision in decisions:
            if isinstance(decision, Wake):
                self.due.append(self.now + decision.seconds)
            else:
                self.said.append(decision)

    def pass_(self, seconds: float) -> None:
        end = self.now + seconds
        while self.due and min(self.due) <= end:
            due = min(self.due)
            self.now = max(self.now, due)
            self.due.remove(due)
            self.take(Woke(Moment(self.now), due))
        self.now = end

    def stall(self, seconds: float) -> None:
        """The program does nothing meanwhile."""
        self.now += seconds

    def moment(self) -> Moment:
        return Moment(self.now, round(self.now * 1000) if self.stamped else 0)

    def down(self, key: int, kind: Kind, text: str = "", *, repeat: bool = False) -> None:
        aimed = kind in (Kind.END, Kind.ACT, Kind.CHORD) or text == " "
        self.take(Pressed(key, kind, self.moment(), text, repeat, self.target if aimed else None, self.focus))

    def up(self, key: int) -> None:
        self.take(Released(key, self.moment()))

    def tap(self, key: int, kind: Kind, text: str = "", held: float = 0.0) -> None:
        self.down(key, kind, text)
        self.pass_(held)
        self.up(key)

    def type(self, text: str, gap: float, held: float = 0.0) -> None:
        for letter in text:
            kind, key = KINDS.get(letter, (Kind.TEXT, ord(letter)))
            self.tap(key, kind, letter if kind is Kind.TEXT else "", held)
            self.pass_(max(0.0, gap - held))

    @property
    def clicks(self) -> list[object]:
        return [decision.target for decision in self.said if isinstance(decision, Click)]

    @property
    def scans(self) -> list[Scanned]:
        return [decision for decision in self.said if isinstance(decision, Scanned)]

    @property
    def hints(self) -> list[Why]:
        return [decision.why for decision in self.said if isinstance(decision, Hint)]


KINDS = {
    "\r": (Kind.END, ENTER),
    "\t": (Kind.TAB, TAB),
    " ": (Kind.TEXT, SPACE),
    "\x01": (Kind.ACT, F12),
    "\x02": (Kind.OTHER, 66),
    "→": (Kind.MOVE, 77),
}


def repeat_by_x11(keys: Keys, key: int, kind: Kind, times: int, text: str = "", *, delay: float = 0.2, gap: float = 0.025) -> None:
    """Repeat a key as X11 does: release and press with equal time stamps, not marked as repeats; the first after `delay`, the others
    faster.
    """
    for number in range(times):
        keys.pass_(gap if number else delay)
        keys.up(key)
        keys.down(key, kind, text)
