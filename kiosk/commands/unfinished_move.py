"""What accounts are told while a move of the computer's counter is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.config.machine_place import is_move_begun
from kiosk.domain.errors import Code, Unavailable

_SYMPTOMS = frozenset({Code.STORE_MOVED, Code.STORE_COPY, Code.STORE_MISSING, Code.STORE_KEY_MISSING, Code.COUNTER_NOT_ADMITTED})


def refuse_while_moving() -> None:
    """Where nobody has named a home, an account would begin a second counter beside the one that is on its way. Raises Unavailable:
    counter-moving.
    """
    if is_move_begun():
        raise Unavailable(Code.COUNTER_MOVING)


@contextmanager
def unfinished_move_told() -> Iterator[None]:
    """Name the move where its symptom would be told, whose own way on would make things worse. Raises Unavailable: counter-moving."""
    try:
        yield
    except Unavailable as error:
        if error.code in _SYMPTOMS and is_move_begun():
            raise Unavailable(Code.COUNTER_MOVING) from error
        raise
