"""Pages loaded and built ahead of time, in small steps, so that the windows never freeze for long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from PySide6.QtCore import QElapsedTimer, QObject, QRect, QSize, QTimer
from PySide6.QtWidgets import QWidget

from kiosk.domain.states import Counter
from kiosk.ui.staff.page import StaffPage
from kiosk.ui.staff.page_kind import PageKind

_PAUSE_MS = 1
"""Pause before each step, to let keys, cards and answers through; short enough to finish before the next patron."""
_SETTLED_MS, _MOST_PUT_OFF = 5, 5
"""A step is postponed until nothing new has been shown for this long, but at most this often: opening an unbuilt page costs more."""


class Spares(QObject):
    """Prebuilt pages, rendered once off screen: the number appears right after the card, and home right after the patron."""

    def __init__(self, parent: QObject, build: Callable[[PageKind], StaffPage]) -> None:
        super().__init__(parent)
        self._build = build
        self._spares: dict[PageKind, Spare] = {}
        self._wanted: Sequence[PageKind] = ()
        self._unloaded = set(PageKind)
        self._beside: StaffPage | None = None
        self._counter: Counter | None = None
        self._shown_since, self._put_off = QElapsedTimer(), 0
        self._begun = False
        self._next = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._next.timeout.connect(self._go_on)

    def shown(self, counter: Counter) -> None:
        """Note that the window shows something new."""
        self._counter = counter
        self._shown_since.start()

    def begin(self) -> None:
        """The first page is painted: nothing here delays it any more."""
        self._begun = True
        self._next.start()

    def prepare(self, kinds: Sequence[PageKind], beside: StaffPage) -> None:
        """Start building pages of these kinds, for the place of `beside`."""
        self._wanted, self._beside = kinds, beside
        if self._begun:
            self._next.start()

    def take(self, kind: PageKind) -> StaffPage | None:
        """Return the page, in whatever stage; it completes itself when shown. None if not started."""
        spare = self._spares.pop(kind, None)
        return None if spare is None else spare.page

    def clear(self) -> None:
        """Drop all pages: the window is being rebuilt."""
        self._next.stop()
        self._spares, self._beside = {}, None

    def _go_on(self) -> None:
        if self._shown_since.elapsed() < _SETTLED_MS and self._put_off < _MOST_PUT_OFF:
            self._put_off += 1
            self._next.start()
            return
        self._put_off = 0
        if self._take_a_step():
            self._next.start()

    def _take_a_step(self) -> bool:
        if self._counter is None or self._beside is None:
            return False
        missing = [kind for kind in self._wanted if kind not in self._spares]
        if missing:
            if not self._load(missing):
                self._spares[missing[0]] = Spare(self._build(missing[0]))
            return True
        frame, counter, size = self._beside.parentWidget(), self._counter, self._beside.size()
        if frame is not None and any(spare.go_on(frame, counter, size) for spare in self._spares.values()):
            return True
        return self._load(PageKind)

    def _load(self, kinds: Iterable[PageKind]) -> bool:
        """Load the first of `kinds` that is not; return False if all are."""
        kind = next((kind for kind in kinds if kind in self._unloaded), None)
        if kind is not None:
            kind.load()
            self._unloaded.remove(kind)
        return kind is not None


class Spare:
    """A page under construction. `page` may be taken at any time; it completes itself when shown."""

    def __init__(self, page: StaffPage) -> None:
        self.page = page
        page.hide()
        self._pieces: Iterator[None] | None = None
        self._unmeasured: list[QWidget] = []
        self._undrawn: list[QWidget] = []
        self._finished = False
        self._room = self._laid_out = QSize()

    def go_on(self, frame: QWidget, counter: Counter, size: QSize) -> bool:
        """Do the next step for a place of this size in `frame`; return False if nothing is left."""
        page = self.page
        if self._pieces is None:
            # Styled here, which takes as long as building; what is added later is styled right away.
            page.setParent(frame)
            self._pieces = page.pieces(counter)
        elif self._room != size:
            # Content added later is measured at its final size.
            lay_out(page, size)
            self._room = size
        elif not self._finished:
            self._finished = next(self._pieces, self) is self
            if self._finished:
                self._unmeasured = list(page.parts())
        elif self._unmeasured:
            measure(self._unmeasured.pop())
        elif self._laid_out != size:
            lay_out(page, size)
            self._laid_out, self._undrawn = size, list(page.parts())
        elif self._undrawn:
            self._undrawn.pop().grab()
        else:
            return False
        return True


def measure(part: QWidget) -> None:
    """Compute and cache all size hints: most of a layout's cost."""
    for widget in (part, *part.findChildren(QWidget)):
        widget.ensurePolished()
    part.sizeHint()
    part.minimumSizeHint()


def lay_out(page: QWidget, size: QSize) -> None:
    """Lay the page out at this size while it is hidden."""
    page.resize(size)
    page.grab(QRect(0, 0, 1, 1))
