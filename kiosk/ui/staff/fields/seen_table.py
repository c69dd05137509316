"""What the counter sees of a field of another program."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from kiosk.domain.errors import Code
from kiosk.domain.field_targets import FieldTarget, SeenField
from kiosk.text import plain, refusal, say
from kiosk.ui.staff.panels import TOP, column, facts, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import pixmap
from kiosk.ui.widgets.words import Words

_ROWS = ("program", "window", "label", "role", "id", "page")


class SeenTable(QWidget):
    """A sentence on what it is, and below it what it is known by. Read out as one."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__()
        self._icon, self._size, self._kind = QLabel(), sizes.icon, Words(kind="strong")
        self._icon.setFixedSize(sizes.icon, sizes.icon)
        self._values = {name: Words(verbatim=True) for name in _ROWS}
        first = row(12)
        first.addWidget(self._icon, 0, TOP)
        first.addWidget(self._kind, 1)
        inside = column(round(sizes.gap * 0.4))
        inside.addLayout(first)
        inside.addLayout(facts([(say(f"staff.fields.{name}"), value) for name, value in self._values.items()], sizes))
        self.setLayout(inside)

    def show_seen(self, seen: SeenField | None) -> None:
        """None: nothing yet."""
        if seen is None:
            self._say("info", "sub", say("staff.fields.seen-nothing"), *[""] * len(_ROWS))
        elif seen.reason:
            said = refusal(Code.HANDOVER_FIELD_UNSEEN, "staff", reason=seen.reason)
            self._say("warn", "yellow", said, seen.program, seen.title, "", "", "", "")
        else:
            kind = "editable" if seen.is_editable else "other"
            look = ("checkc", "green") if seen.is_editable else ("warn", "yellow")
            said = say(f"staff.fields.seen-{kind}")
            self._say(*look, said, seen.program, seen.title, seen.label, seen.role, seen.id, seen.address)

    def show_target(self, target: FieldTarget) -> None:
        """One that was taught, and what it does."""
        said = say(f"staff.fields.habit-{target.habit}")
        look = ("warn", "yellow") if target.is_unchecked else ("checkc", "green")
        self._say(*look, said, target.program, target.title, target.label, target.role, target.id, target.address)

    def _say(self, icon: str, colour: str, sentence: str, *values: str) -> None:
        self._icon.setPixmap(pixmap(icon, self._size, colour, self.devicePixelRatioF()))
        self._kind.set_text(sentence)
        for (name, words), value in zip(self._values.items(), values, strict=True):
            words.set_text(value or say("staff.fields.empty"))
            words.setAccessibleName(f"{plain(say(f'staff.fields.{name}'))}: {words.text}")
        self.setAccessibleName("\n".join([plain(sentence), *(words.accessibleName() for words in self._values.values())]))
