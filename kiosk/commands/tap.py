"""kiosk tap: reads one card as the lending screen would, and says what was checked and where the time went.

Nothing is written and no PIN is asked for. Neither the certificate nor its number comes out; a library card number comes out masked.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.commands.stored import open_repository
from kiosk.config import Home, RevocationSource, Settings, read_settings
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable

if TYPE_CHECKING:
    from kiosk.domain.model import CardReading
    from kiosk.smartcard.judge import CardJudge
    from kiosk.smartcard.reader import CardReaders, ReaderMonitor
    from kiosk.store.repository import Repository


def add(commands: Commands) -> None:
    tapping = commands.add("tap", act=tap)
    tapping.option("--json", action="store_true")
    tapping.option("--timeout", type=float, default=30.0, metavar="S")


@dataclass
class Report:
    """What became of one tap."""

    reader: str = ""
    passed: list[str] = field(default_factory=list)
    milliseconds: dict[str, float] = field(default_factory=dict)
    reading: CardReading | None = None
    stale: bool = False
    number: str = ""
    """Masked."""
    trouble: KioskError | None = None

    @property
    def verdict(self) -> str:
        """linked, no-card, or the code of what refuses the card."""
        if self.trouble:
            return self.trouble.code.value
        return "linked" if self.number else "no-card"

    @contextlib.contextmanager
    def timed(self, step: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.milliseconds[step] = round((time.perf_counter() - begun) * 1000, 2)


def tap(home: Home, options: argparse.Namespace) -> int:
    from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders

    settings = read_settings(home.config)
    with contextlib.ExitStack() as stack:
        repository, site_key = _open(home, settings, stack)
        judge = judge_for(home, settings, site_key)
        report = Report()
        try:
            report.reader = wait_for_card(PcscMonitor, settings.reader.name, options.timeout, lambda: _invite(options))
            if report.reader:
                readers = PcscReaders()
                stack.callback(readers.release)
                read_card(report, readers, judge, repository)
        except KioskError as error:
            report.trouble = error
    _tell(report, options.json)
    return output.OK if report.number else output.PROBLEM


def _open(home: Home, settings: Settings, stack: contextlib.ExitStack) -> tuple[Repository | None, bytes]:
    """Before the first start there is no store to look into; the card is judged all the same."""
    if not home.store.exists():
        return None, bytes(32)
    repository, keys = open_repository(home, settings)
    return stack.enter_context(repository), keys.site


def judge_for(home: Home, settings: Settings, site_key: bytes) -> CardJudge:
    """The library's trust as configured."""
    from kiosk.smartcard.judge import CardJudge
    from kiosk.smartcard.revocation import CrlFolder, NoRevocation
    from kiosk.smartcard.trust import TrustStore

    checked = settings.card.revocation is RevocationSource.CRL
    lists = CrlFolder(home.crl_folder(settings.card)) if checked else NoRevocation()
    if isinstance(lists, CrlFolder):
        lists.refresh()
    return CardJudge(TrustStore(home.trust).load(), lists, site_key, lambda: datetime.now(UTC))


def wait_for_card(open_monitor: Callable[[], ReaderMonitor], wanted: str, seconds: float, invite: Callable[[], None]) -> str:
    """The reader on which a card lies; empty when none was laid within `seconds`. Raises Unavailable: reader-missing and the like."""
    from kiosk.smartcard.reader import ReaderState
    from kiosk.smartcard.watch import choose_readers

    monitor = open_monitor()
    limit = threading.Timer(seconds, monitor.cancel)
    limit.daemon = True
    limit.start()
    end = time.monotonic() + seconds
    # Differs from anything there can be, so that the first wait returns at once.
    states: tuple[ReaderState, ...] = (ReaderState("", present=False),)
    try:
        while True:
            first = states == (ReaderState("", present=False),)
            states = monitor.wait(states)
            chosen = choose_readers(tuple(state.name for state in states), wanted or None)
            for state in states:
                if state.name in chosen and state.present:
                    return state.name
            if time.monotonic() >= end:
                if not chosen:
                    raise Unavailable(Code.READER_MISSING)
                return ""
            if first:
                invite()
    finally:
        limit.cancel()
        monitor.release()


def read_card(report: Report, readers: CardReaders, judge: CardJudge, repository: Repository | None) -> None:
    """Connect, read, judge, look up. Raises KioskError with what refuses the card; `report` holds what came before."""
    from kiosk.smartcard.jpki import JpkiSession

    with report.timed("connect"):
        connection = readers.connect(report.reader)
    try:
        with report.timed("select"):
            session = JpkiSession(connection)
        with report.timed("label"):
            label = session.token_label()
        with report.timed("certificate"):
            certificate = session.read_certificate()
    finally:
        connection.close()
    with report.timed("judge"):
        judgement = judge.judge(certificate, label, lambda check: report.passed.append(check.value))
    report.reading, report.stale = judgement.reading, judgement.problem is not None
    with report.timed("look-up"):
        link = repository.find(judgement.reading.token) if repository else None
    if link is None:
        raise Refused(Code.NOT_LINKED)
    report.number = link.number.masked


def _invite(options: argparse.Namespace) -> None:
    if not options.json:
        output.tell("tap.lay")


def _tell(report: Report, as_json: bool) -> None:
    from kiosk.smartcard.judge import Check

    checks = {check.value: check.value in report.passed for check in Check}
    total = round(sum(report.milliseconds.values()), 2)
    if as_json:
        output.tell_json(
            {
                "version": 1,
                "verdict": report.verdict,
                "reader": report.reader,
                "number": report.number,
                "revocation": report.reading.revocation.value if report.reading else None,
                "revocation_stale": report.stale,
                "ends_soon": bool(report.reading and report.reading.ends),
                "checks": checks,
                "milliseconds": {**report.milliseconds, "total": total},
            }
        )
        return
    if report.reader:
        output.tell("tap.reader", reader=report.reader)
        for check, passed in checks.items():
            print(f"  {'○' if passed else '－'} {output.words(f'tap.check.{check}')}")
        for step, milliseconds in {**report.milliseconds, "total": total}.items():
            print(f"  {milliseconds:8.2f} ms  {output.words(f'tap.step.{step}')}")
    if report.stale:
        print(output.explain(Unavailable(Code.REVOCATION_STALE)))
    if report.trouble:
        print(output.explain(report.trouble))
    elif report.number:
        output.tell("tap.linked", number=report.number)
    else:
        output.tell("tap.none")
