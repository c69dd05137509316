"""kiosk doctor: looks at everything the counter rests on, and says what to do where something is wrong."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.display import start_display
from kiosk.commands.doctor.finding import Finding, State
from kiosk.commands.parser import Commands
from kiosk.config import CardSettings, Home, RevocationSource, Settings, check_settings, read_settings
from kiosk.domain.calendar import day_in_japan
from kiosk.domain.errors import KioskError

if TYPE_CHECKING:
    from kiosk.smartcard.reader import ReaderMonitor

_MARKS = {State.OK: "○", State.WARN: "△", State.BAD: "×"}


def add(commands: Commands) -> None:
    doctor = commands.add("doctor", act=doctor_act)
    doctor.option("--json", action="store_true")
    doctor.option("--ruler", action="store_true")
    doctor.option("--scan", action="store_true")
    doctor.option("--scan-item", action="store_true")
    doctor.option("--see-displays", action="store_true")


def doctor_act(home: Home, options: argparse.Namespace) -> int:
    if options.see_displays:
        from kiosk.commands.doctor.displays import tell_seen

        return tell_seen()
    if options.ruler:
        settings = read_settings(home.config)
        start_display()
        from kiosk.commands.doctor.ruler import show_ruler

        return show_ruler(settings.display)
    if options.scan or options.scan_item:
        from kiosk.commands.doctor.scan import try_item, try_library_card

        settings = read_settings(home.config)
        return try_item(settings) if options.scan_item else try_library_card(settings)
    findings = examine(home)
    if options.json:
        output.tell_json({"version": 1, "worst": worst(findings).value, "checks": [finding.as_json() for finding in findings]})
    else:
        _tell(findings)
    return output.PROBLEM if worst(findings) is State.BAD else output.OK


def examine(home: Home) -> list[Finding]:
    """Every check, in the order in which one would mend things."""
    from kiosk.commands.doctor.card import check_readers, check_revocation, check_trust
    from kiosk.commands.doctor.clock import check_clock
    from kiosk.commands.doctor.disk import check_disk
    from kiosk.commands.doctor.displays import check_displays, check_fonts, look
    from kiosk.commands.doctor.keeping import check_keeping
    from kiosk.commands.doctor.library import check_handover, check_ils
    from kiosk.commands.doctor.slips import check_slips

    now = datetime.now(UTC)
    config, decided = check_config(home)
    settings = decided or Settings(CardSettings(RevocationSource.NONE))
    seen = look(home)
    return [
        config,
        *check_readers(settings, open_monitor),
        check_trust(home, now),
        check_revocation(home, decided, now),
        *check_keeping(home, settings),
        check_slips(home, settings, day_in_japan(now)),
        check_ils(home, decided),
        check_handover(decided),
        check_disk(home.data),
        check_clock(),
        check_displays(settings.display, seen),
        check_fonts(seen),
    ]


def open_monitor() -> ReaderMonitor:
    from kiosk.smartcard.pcsc import PcscMonitor

    return PcscMonitor()


def check_config(home: Home) -> tuple[Finding, Settings | None]:
    """The settings too, where there are any."""
    try:
        mistakes: list[KioskError] = list(check_settings(home.config))
    except KioskError as error:
        mistakes = [error]
    if mistakes:
        what = "\n".join(output.explain(mistake) for mistake in mistakes)
        return Finding("config.wrong", {"file": str(home.config), "what": what}), None
    return Finding("config.fine", {"file": str(home.config)}), read_settings(home.config)


def worst(findings: list[Finding]) -> State:
    order = list(State)
    return max((finding.state for finding in findings), key=order.index)


def _tell(findings: list[Finding]) -> None:
    for finding in findings:
        print(f"{_MARKS[finding.state]} {output.words(f'doctor.{finding.check}.title')}: " + finding.found.replace("\n", "\n    "))
        if finding.advice:
            print("  → " + finding.advice.replace("\n", "\n    "))
    output.tell(f"doctor.worst.{worst(findings)}")
