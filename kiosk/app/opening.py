"""Opens what a real counter runs on, as configured, and closes it. Loaded once a page is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from kiosk import crashes
from kiosk.app.engine import Equipment
from kiosk.checks.periodic import bounds_of, counter_looks, first_facts
from kiosk.config import Home, Settings
from kiosk.domain.slip import Slip
from kiosk.equipment import (
    judge_for,
    now,
    open_accessibility,
    open_fields,
    open_handover,
    open_library,
    open_local_api,
    open_repository,
    open_sync,
    today,
)
from kiosk.slip_cleanup import SlipFolder, swept
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders


@contextmanager
def real_equipment(home: Home, settings: Settings, *, restarted: bool = False) -> Iterator[Equipment]:
    """Real readers, the library's trust and store. Raises KioskError if one of them cannot be opened."""
    repository, keys = open_repository(home, settings)
    with repository:
        judge = judge_for(home, settings, keys.site)
        bounds = bounds_of(judge, repository)
        with judge.revocation.watching(), slips_swept(home, settings), open_accessibility(settings):
            yield Equipment(
                readers=PcscReaders,
                monitor=PcscMonitor,
                judge=judge,
                repository=repository,
                facts=replace(first_facts(settings, judge), restarted=restarted),
                clock=bounds,
                looks=counter_looks(home, settings, judge, repository, keys.site, bounds),
                sync=open_sync(home, settings, repository),
                local_api=open_local_api(settings, repository),
                forget_crashes=lambda: crashes.forget(home),
                library=open_library(home, settings),
                hand_over=open_handover(settings),
                fields=open_fields(home, settings),
                print_slip=slip_printer(home, settings),
            )


def slips_swept(home: Home, settings: Settings) -> AbstractContextManager[None]:
    """Meanwhile delete overdue PDF slips, including those of earlier runs and of settings that no longer ask for any."""
    return swept(SlipFolder(home.slip_folder(settings.slip), settings.slip.pdf_days), today)


def slip_printer(home: Home, settings: Settings) -> Callable[[Slip], None] | None:
    """A function that prints slips as configured; None if slips are off."""
    if settings.slip.to == "off":
        return None
    from kiosk.ui.slip import SlipPrinter

    return SlipPrinter(settings.slip, home.slip_folder(settings.slip), settings.counter.name, now).print
