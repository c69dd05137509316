"""[handover]: where the library card number is typed. `kiosk handover teach` writes the fields of other programs."""

from __future__ import annotations

from kiosk.config.value_types import Choice, Number, Tables, Text, Texts, setting
from kiosk.domain.field_targets import WayIn
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.states import HandoverWhen

UNCHECKED = "unchecked"
HABITS = ("plain", "formats", "renders", "jumps", "submits", UNCHECKED)
PREFIXES = ("none", "enter", "tab", "escape", *(f"f{number}" for number in range(1, 13)))
SUFFIXES = tuple(key for key in PREFIXES if key != "escape")
PAUSE_MS = 100
_NAMED = Text(r"[^\x00-\x1f\x7f]{1,40}", '"…" (1 … 40)')
_REST = Text(r"[^\x00-\x1f\x7f]{0,300}", '"…" (0 … 300)')


@dataclass(frozen=True, slots=True)
class HandoverTarget:
    """One field. What is empty has to be empty there as well, but for `program`."""

    name: str = setting(_NAMED)
    """For staff: where the number goes."""
    title: str = setting(Text(r"[^\x00-\x1f\x7f]{0,80}\S[^\x00-\x1f\x7f]{0,80}", '"…"'))
    """Part of the window's title."""
    services: tuple[str, ...] = setting(Texts(r"[^\x00-\x1f\x7f|]{1,20}", '"loan"', most=20), ())
    """The services whose number goes here; none: all that no other target names."""
    program: str = setting(_REST, "")
    prefix: str = setting(Choice({word: word for word in PREFIXES}), "none")
    suffix: str = setting(Choice({word: word for word in SUFFIXES}), "none")
    way: WayIn = setting(Choice({way.value: way for way in WayIn}), WayIn.KEYS)
    pause_ms: int = setting(Number(0, PAUSE_MS), 0)
    """After each character, for programs that lose some."""
    role: str = setting(Text(r"([a-z][a-z -]{0,40})?", '"entry"'), "")
    label: str = setting(_REST, "")
    id: str = setting(_REST, "")
    tag: str = setting(Text(r"[a-z0-9-]{0,40}", '"input"'), "")
    address: str = setting(_REST, "")
    """Of the page, without query and fragment."""
    habit: str = setting(Choice({word: word for word in HABITS}), "plain")
    """What it does while the number is typed; unchecked: it cannot be seen, as in a remote session, and only the window is checked."""
    computer: str = setting(_REST, "")
    """Where it was taught."""


def _why_wrong(target: HandoverTarget) -> tuple[str, str] | None:
    """The setting that does not go with the others, and what it should be."""
    if target.habit == UNCHECKED:
        return ("way", '"keys"') if target.way is WayIn.SET_VALUE else None
    if not target.role:
        return "role", '"entry"'
    if not (target.label or target.id):
        return "label", '"…"'
    if target.habit in ("jumps", "submits") and target.suffix != "none":
        return "suffix", '"none"'
    return None


TARGETS = Tables(HandoverTarget, _why_wrong, most=20)


@dataclass(frozen=True, slots=True)
class HandoverSettings:
    """[handover]: typing the library card number into another program's window."""

    when: HandoverWhen = setting(Choice({when.value: when for when in HandoverWhen}), HandoverWhen.OFF)
    title: str = setting(Text(), "")
    """Part of the title of the window that receives the number."""
    program: str = setting(Text(), "")
    """Name of the program that owns the window; empty for any."""
    suffix: str = setting(Choice({word: word for word in ("none", "enter", "tab")}), "none")
    target: tuple[HandoverTarget, ...] = setting(TARGETS, ())
    """Fields of their own for the services; the above is for all others."""
