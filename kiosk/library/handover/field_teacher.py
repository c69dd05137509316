"""What staff are offered on 番号を入れる欄: the same as `kiosk handover`, for a counter that has windows of its own.

To look is done here, to type in a process apart where an X server has to be held (`typing_process`).
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path

from kiosk.config import HandoverSettings, HandoverTarget, read_settings
from kiosk.config.handover_settings import UNCHECKED
from kiosk.config.handover_targets import drop_target, keep_target, services_left
from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.library.handover import ProgramWindow, accessibility, desktop
from kiosk.library.handover.configured import of_config
from kiosk.library.handover.elements import Element, Unknown
from kiosk.library.handover.learning import GivenUp, Learnt
from kiosk.library.handover.teaching import chosen_window, watch
from kiosk.library.handover.typing_process import hand_over_in_turn, learn_in_turn

SECONDS = 60.0
"""How long staff may take to click into the field."""


class FieldTeacher:
    """See `effects.ports.FieldTeacher`."""

    def __init__(self, config: Path, in_force: HandoverSettings, number: str) -> None:
        """`number`: for trials."""
        self._config, self._in_force, self._number = config, in_force, number

    def targets(self) -> tuple[FieldTarget, ...]:
        return tuple(_shown(target, self._in_force) for target in read_settings(self._config).handover.target)

    def teach(
        self,
        way: WayIn,
        *,
        unchecked: bool,
        seen: Callable[[SeenField], None],
        typing: Callable[[str], None],
        is_wanted: Callable[[], bool],
    ) -> TaughtField | None:
        try:
            return _window(way, is_wanted) if unchecked else self._field(way, seen, typing, is_wanted)
        except GivenUp:
            return None

    def keep(self, target: FieldTarget) -> None:
        settings = {entry.name for entry in fields(HandoverTarget)}
        taught = HandoverTarget(**{name: value for name, value in asdict(target).items() if name in settings})
        gone = [old for old in read_settings(self._config).handover.target if services_left(asdict(old), taught) is None]
        for old in sorted(gone, key=lambda old: old.name != taught.name)[:1]:
            # The page does not ask for these: an administrator has set them.
            taught = replace(taught, prefix=old.prefix, pause_ms=old.pause_ms)
        keep_target(self._config, taught)

    def forget(self, name: str) -> None:
        # Somebody may have removed it in the file meanwhile.
        drop_target(self._config, name)

    def try_out(self, name: str, *, is_wanted: Callable[[], bool]) -> bool | None:
        known = [target for target in read_settings(self._config).handover.target if target.name == name]
        if not known:
            raise Refused(Code.HANDOVER_NO_WINDOW)
        target = of_config(known[0])
        try:
            hand_over_in_turn(self._number, target, is_wanted)
        except GivenUp:
            return None
        return target.is_read_back

    def _field(
        self, way: WayIn, seen: Callable[[SeenField], None], typing: Callable[[str], None], is_wanted: Callable[[], bool]
    ) -> TaughtField:
        accessible = accessibility()
        if accessible is None:
            raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason=Unknown.NO_INTERFACE.value)
        with accessible.switched_on():

            def tell(window: ProgramWindow, element: Element | Unknown) -> None:
                seen(_seen(window, element))

            window, element = watch(desktop(), accessible, SECONDS, tell, is_wanted=is_wanted, in_terminal=False)
            typing(self._number)
            learnt = learn_in_turn(self._number, window, element, accessible, way=way, is_wanted=is_wanted)
        return _taught(window, element, way, learnt)


def _window(way: WayIn, is_wanted: Callable[[], bool]) -> TaughtField:
    window = chosen_window(desktop(), SECONDS, is_wanted=is_wanted, in_terminal=False)
    way = WayIn.KEYS if way is WayIn.SET_VALUE else way
    return TaughtField(FieldTarget("", window.title, window.program, habit=UNCHECKED, way=way))


def _taught(window: ProgramWindow, element: Element, way: WayIn, learnt: Learnt) -> TaughtField:
    target = FieldTarget(
        name="",
        title=window.title,
        program=window.program,
        role=element.role,
        label=element.name,
        id=element.identifier,
        tag=element.tag,
        address=element.address,
        habit=learnt.habit.value,
        way=way,
        computer=platform.node(),
    )
    return TaughtField(target, learnt.is_noticed)


def _seen(window: ProgramWindow, element: Element | Unknown) -> SeenField:
    if isinstance(element, Unknown):
        return SeenField(window.program, window.title, reason=element.value)
    return SeenField(window.program, window.title, element.role, element.name, element.identifier, element.address, element.is_editable)


def _shown(target: HandoverTarget, in_force: HandoverSettings) -> FieldTarget:
    return replace(FieldTarget(**asdict(target)), in_force=target in in_force.target)
