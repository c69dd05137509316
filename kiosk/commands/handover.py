"""kiosk handover teach | try | forget | chromium: the fields of other programs into which the library card number is typed."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.confirmation import agrees, answer_to, somebody_is_there
from kiosk.commands.parser import Commands
from kiosk.config import HandoverTarget, Home, Settings, counter_rules, read_settings
from kiosk.config.handover_settings import PAUSE_MS, PREFIXES, SUFFIXES, UNCHECKED
from kiosk.config.handover_targets import drop_target, keep_target
from kiosk.domain.errors import Code, KioskError, Refused
from kiosk.domain.escaping import escaped
from kiosk.domain.field_targets import WayIn
from kiosk.domain.model import AnyService, LocalService, Service
from kiosk.domain.rules import BarcodeRule
from kiosk.domain.states import HandoverWhen
from kiosk.domain.trial_number import may_be_a_patrons, trial_number
from kiosk.resource_files import resource

if TYPE_CHECKING:
    from kiosk.library.handover import Desktop, Target
    from kiosk.library.handover.elements import Accessibility

_SECONDS = 60.0
"""How long people may take to click into the field."""
_LOOK_SECONDS = 0.2


def add(commands: Commands) -> None:
    acts = commands.add("handover").subcommands()
    teaching = acts.add("teach", act=teach)
    teaching.given("name", metavar="NAME")
    teaching.option("--service", action="append", default=[], metavar="SERVICE")
    teaching.option("--title", metavar="TEXT")
    teaching.option("--prefix", choices=PREFIXES, default="none")
    teaching.option("--suffix", choices=SUFFIXES, default="none")
    teaching.option("--way", choices=[way.value for way in WayIn], default=WayIn.KEYS.value)
    teaching.option("--pause-ms", type=int, choices=range(PAUSE_MS + 1), metavar="MS", default=0)
    teaching.option("--number", metavar="NUMBER")
    teaching.option("--unchecked", action="store_true")
    trying = acts.add("try", act=try_out)
    trying.option("--service", metavar="SERVICE")
    trying.option("--number", metavar="NUMBER")
    forgetting = acts.add("forget", act=forget)
    forgetting.given("name", metavar="NAME")
    acts.add("chromium", act=show_chromium, at_home=False)


def teach(home: Home, options: argparse.Namespace) -> int:
    from kiosk.library.handover import ProgramWindow, Target

    settings = read_settings(home.config)
    if _services(settings, options.service) is None:
        return output.MISUSE
    rule = counter_rules(settings).barcode
    number = options.number or trial_number(rule)
    if not (options.title or somebody_is_there()):
        output.warn("handover.title-needed")
        return output.MISUSE
    if options.unchecked and options.way == WayIn.SET_VALUE:
        output.warn("handover.value-needs-field")
        return output.MISUSE
    target = _window(options) if options.unchecked else _field(options, number, rule)
    if target is None:
        return output.PROBLEM
    title = options.title or _title(target.title)
    if not Target(title).fits(ProgramWindow(0, target.title, (), ours=False)):
        output.warn("handover.title-other", title=escaped(title))
        return output.PROBLEM
    target = replace(target, title=title)
    keep_target(home.config, target)
    output.tell_done("handover.kept", name=escaped(target.name), title=escaped(title), file=escaped(str(home.config)))
    if settings.handover.when is HandoverWhen.OFF:
        output.warn("handover.is-off")
    return output.OK


def try_out(home: Home, options: argparse.Namespace) -> int:
    """Type a number as the counter would, once the window is in front."""
    from kiosk.library.handover import desktop, hand_over
    from kiosk.library.handover.configured import target_for

    settings = read_settings(home.config)
    services = _services(settings, [options.service] if options.service else [])
    if services is None:
        return output.MISUSE
    rule = counter_rules(settings).barcode
    number = options.number or trial_number(rule)
    target = target_for(settings.handover, services[0] if services else None)
    with ExitStack() as ends:
        accessible, here = _accessibility(ends), desktop()
        output.tell("handover.bring", title=escaped(target.title), seconds=round(_SECONDS))
        _tell_whose(number, rule)
        _wait_for_front(target, here)
        began = time.monotonic()
        lost = hand_over(number, target, here, accessible)
        took = time.monotonic() - began
    how = "handover.tried" if target.is_read_back else "handover.tried-sent" if target.field is not None else "handover.tried-window"
    output.tell_done(how, number=number, took=round(took * 1000))
    if lost:
        output.warn("handover.clipboard-lost")
    return output.OK


def forget(home: Home, options: argparse.Namespace) -> int:
    if not drop_target(home.config, options.name):
        output.warn("handover.no-such", name=escaped(options.name))
        return output.PROBLEM
    output.tell_done("handover.forgotten", name=escaped(options.name))
    return output.OK


def show_chromium(home: Home, options: argparse.Namespace) -> int:
    sys.stdout.write(resource("chromium-accessibility.sh").read_text("utf-8"))
    return output.OK


def _field(options: argparse.Namespace, number: str, rule: BarcodeRule) -> HandoverTarget | None:
    """What was learnt of the field that people click into, told to them; None if it is of no use. The title is the whole one."""
    from kiosk.library.handover import desktop
    from kiosk.library.handover.teaching import teach as learn

    with ExitStack() as ends:
        accessible, here = _accessibility(ends), desktop()
        if accessible is None:
            raise Refused(Code.HANDOVER_FIELD_UNSEEN, reason="no-interface")

        def click() -> None:
            output.tell("handover.click", number=number, seconds=round(_SECONDS))
            _tell_whose(number, rule)

        try:
            taught = learn(number, here, accessible, _SECONDS, way=WayIn(options.way), click=click)
        except KioskError as error:
            if error.code is Code.HANDOVER_FIELD_UNSEEN:
                output.warn("handover.perhaps-unchecked")
            raise
    if not taught.is_noticed and not (somebody_is_there() and agrees(output.words("handover.noticed"))):
        # A value that was set may be shown, and pass unnoticed by the program.
        output.warn("handover.unnoticed")
        return None
    field, suffix = taught.field, options.suffix
    output.tell(
        "handover.seen",
        program=escaped(taught.window.program),
        role=escaped(field.role),
        label=escaped(field.name),
        id=escaped(field.identifier),
        address=escaped(field.address),
    )
    output.tell(f"handover.habit-{field.habit}")
    if field.habit.leaves and suffix != "none":
        output.warn("handover.no-suffix")
        suffix = "none"
    return HandoverTarget(
        name=options.name,
        title=taught.window.title,
        services=tuple(options.service),
        program=taught.window.program,
        prefix=options.prefix,
        suffix=suffix,
        way=WayIn(options.way),
        pause_ms=options.pause_ms,
        role=field.role,
        label=field.name,
        id=field.identifier,
        tag=field.tag,
        address=field.address,
        habit=field.habit.value,
        computer=platform.node(),
    )


def _window(options: argparse.Namespace) -> HandoverTarget:
    """The window that people click into, whose fields cannot be checked."""
    from kiosk.library.handover import desktop
    from kiosk.library.handover.teaching import chosen_window

    here = desktop()
    window = chosen_window(here, _SECONDS, click=lambda: output.tell("handover.click-window", seconds=round(_SECONDS)))
    output.tell("handover.seen-window", program=escaped(window.program))
    return HandoverTarget(
        name=options.name,
        title=window.title,
        services=tuple(options.service),
        program=window.program,
        prefix=options.prefix,
        suffix=options.suffix,
        way=WayIn(options.way),
        pause_ms=options.pause_ms,
        habit=UNCHECKED,
    )


def _title(whole: str) -> str:
    """Which part of the title is always there: it may name a patron."""
    return answer_to(output.words("handover.which-title", title=escaped(whole))) or whole


def _tell_whose(number: str, rule: BarcodeRule) -> None:
    """It is typed into the real system, which may look for it."""
    output.tell("handover.number-perhaps" if may_be_a_patrons(number, rule) else "handover.number-nobodys", number=number)


def _services(settings: Settings, names: list[str]) -> list[AnyService] | None:
    """None where the library has no such service, which is said."""
    known: dict[str, AnyService] = {service.value: service for service in Service}
    known |= {name: LocalService(name) for name in settings.services.local}
    for name in names:
        if name not in known:
            output.warn("handover.no-service", name=escaped(name), known="\n".join(map(escaped, known)))
            return None
    return [known[name] for name in names]


def _accessibility(ends: ExitStack) -> Accessibility | None:
    """The way to the fields of other programs, switched on meanwhile."""
    from kiosk.library.handover import accessibility

    accessible = accessibility()
    if accessible is not None:
        ends.enter_context(accessible.switched_on())
    return accessible


def _wait_for_front(target: Target, desktop: Desktop) -> None:
    """Raises Refused: handover-no-window."""
    end = time.monotonic() + _SECONDS
    with desktop.seat(_SECONDS + 1) as seat:
        while (front := seat.front()) is None or not target.fits(front):
            if time.monotonic() > end:
                raise Refused(Code.HANDOVER_NO_WINDOW)
            seat.wait(_LOOK_SECONDS)
