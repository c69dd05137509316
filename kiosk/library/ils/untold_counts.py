"""Tell whether zero counts in a 64 are real or stand for "PIN required"."""

from __future__ import annotations

from dataclasses import replace

from kiosk.library.sip2 import Message

_NOT_TOLD = "    "


class Discretion:
    """We send no PIN, so CQ=N is normal: some servers then report everything, others nothing but zeros.

    A server that has ever sent a nonzero count with CQ=N does report counts, so its zeros are believed.
    """

    def __init__(self) -> None:
        self._tells_without_pin = False

    def read(self, patron: Message) -> Message:
        """Return the 64 or 24, with doubtful zeros replaced by blanks."""
        if (patron.first("CQ") or "").strip().upper() != "N":
            return patron
        counts = {name for name in patron.fixed if name.endswith("_count")}
        if any(patron.fixed[name].strip("0 ") for name in counts):
            self._tells_without_pin = True
        if self._tells_without_pin:
            return patron
        return replace(patron, fixed={name: _NOT_TOLD if name in counts else text for name, text in patron.fixed.items()})
