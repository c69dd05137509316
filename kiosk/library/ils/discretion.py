"""Whether the zeros of a 64 are counts, or what a server says that wants a PIN first."""

from __future__ import annotations

from dataclasses import replace

from kiosk.library.sip2 import Message

_NOT_TOLD = "    "


class Discretion:
    """No PIN is sent, so that CQ=N is no news: some servers send it and tell everything, others then have nothing but zeros.

    One that has counted anything for anybody in spite of it tells what it knows, and its zeros are believed.
    """

    def __init__(self) -> None:
        self._tells_without_pin = False

    def read(self, patron: Message) -> Message:
        """The 64 or 24, with blanks for zeros that may hide something."""
        if (patron.first("CQ") or "").strip().upper() != "N":
            return patron
        counts = {name for name in patron.fixed if name.endswith("_count")}
        if any(patron.fixed[name].strip("0 ") for name in counts):
            self._tells_without_pin = True
        if self._tells_without_pin:
            return patron
        return replace(patron, fixed={name: _NOT_TOLD if name in counts else text for name, text in patron.fixed.items()})
