"""What a program tells of its window (ICCCM and EWMH call it a client): title, names, process."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from Xlib import X
from Xlib.error import BadWindow
from Xlib.ext import res

from kiosk.library.handover.seat import ProgramWindow

# Compound text: ISO 2022 with the sets that Japanese titles use, and UTF-8 between ESC % G and ESC % @.
_ESCAPE = re.compile(rb"\x1b(%G|%@|\$?[()-][\x30-\x7e])")
_EUC_LEAD = {b"$(B": b"", b"$)B": b"", b"$(D": b"\x8f", b"$)D": b"\x8f", b")I": b"\x8e", b"(I": b"\x8e"}
# JIS X 0201 is ASCII but for these two.
_ROMAN = str.maketrans("\\~", "¥‾")


class Clients:
    """Reads windows of other programs, which may go at any moment."""

    def __init__(self, display: Any, own: int) -> None:
        """`own`: the process whose windows are ours."""
        self._display, self._own = display, own
        self._here = socket.gethostname()
        self._server_knows = display.has_extension("X-Resource") and _version(display.res_query_version()) >= (1, 2)

    def window(self, handle: int) -> ProgramWindow | None:
        """None when it is gone."""
        try:
            processes = self.processes(handle)
            names = self._programs(handle, processes)
            return ProgramWindow(handle, self._title(handle), names, ours=self._own in processes, processes=tuple(processes))
        except BadWindow:
            return None

    def property(self, handle: int, name: str) -> Any:
        """Its value: bytes or numbers; None where it is not set. Raises BadWindow."""
        found = self._property(handle, name)
        return None if found is None else found.value

    def _property(self, handle: int, name: str) -> Any:
        window = self._display.create_resource_object("window", handle)
        return window.get_full_property(self._display.get_atom(name), X.AnyPropertyType)

    def _title(self, handle: int) -> str:
        modern = self._text(handle, "_NET_WM_NAME")
        if modern:
            return modern.decode(errors="replace")
        old = self._property(handle, "WM_NAME")
        if old is None or not isinstance(old.value, bytes):
            return ""
        if old.property_type == self._display.get_atom("UTF8_STRING"):
            return old.value.decode(errors="replace")
        return compound_text(old.value)

    def _programs(self, handle: int, processes: list[int]) -> tuple[str, ...]:
        names = [name.decode(errors="replace") for name in self._text(handle, "WM_CLASS").split(b"\0") if name]
        for process in processes:
            # It may have ended, or belong to another user.
            with suppress(OSError):
                # An executable file that an update has replaced is still the one that runs.
                names.append(Path(f"/proc/{process}/exe").readlink().name.removesuffix(" (deleted)"))
        return tuple(dict.fromkeys(names))

    def processes(self, handle: int) -> list[int]:
        """By the server, which knows whose connection it is, and by the program itself, which may see other numbers (from a container).

        Only of this machine: windows may come from another one, where the number means another process.
        """
        found: list[int] = []
        if self._server_knows:
            asked = self._display.res_query_client_ids([{"client": handle, "mask": res.LocalClientPIDMask}])
            found += [answer.value[0] for answer in asked.ids if answer.value]
        said = self.property(handle, "_NET_WM_PID")
        machine = self._text(handle, "WM_CLIENT_MACHINE").rstrip(b"\0").decode(errors="replace")
        if said is not None and len(said) == 1 and machine in ("", self._here):
            found.append(int(said[0]))
        return list(dict.fromkeys(found))

    def _text(self, handle: int, name: str) -> bytes:
        value = self.property(handle, name)
        return value if isinstance(value, bytes) else b""


def _version(answer: Any) -> tuple[int, int]:
    return answer.server_major, answer.server_minor


def compound_text(data: bytes) -> str:
    """A title of type STRING or COMPOUND_TEXT (X Consortium, Compound Text Encoding 1.1): ASCII, Latin-1, JIS X 0201, 0208, 0212, UTF-8."""
    left, right, utf8 = b"(B", b"-A", False
    text = []
    for index, part in enumerate(_ESCAPE.split(data)):
        if index % 2 == 0:
            runs = re.findall(rb"[\x00-\x20]+|[\x21-\x7f]+|[\x80-\xff]+", part) if not utf8 else [part]
            text += [run.decode(errors="replace") if utf8 else _decoded(run, right if run[0] > 0x7F else left) for run in runs]
        elif part in (b"%G", b"%@"):
            utf8 = part == b"%G"
        elif b"(" in part:
            left = part
        else:
            right = part
    return "".join(text)


def _decoded(run: bytes, charset: bytes) -> str:
    if charset == b"(J":
        return run.decode("ascii").translate(_ROMAN)
    lead = _EUC_LEAD.get(charset)
    if lead is None or run[0] <= 0x20:
        return run.decode("latin-1")
    high = bytes(byte | 0x80 for byte in run)
    width = 1 if charset.endswith(b"I") else 2
    return b"".join(lead + high[at : at + width] for at in range(0, len(high), width)).decode("euc_jp", errors="replace")
