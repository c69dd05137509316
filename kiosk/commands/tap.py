"""kiosk tap: reads one card as lending would, and reports what was checked and how long each step took.

Writes nothing and asks for no PIN. Prints neither the certificate nor its serial number; library card numbers are masked.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from kiosk.commands import output
from kiosk.commands.open_store import opened
from kiosk.commands.parser import Commands
from kiosk.config import Home, Settings, read_settings
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.model import Link, LinkToken, Revocation
from kiosk.domain.registry_contact import Contact, condition
from kiosk.equipment import judge_for, now
from kiosk.thread_timeout import in_time

if TYPE_CHECKING:
    from kiosk.smartcard.judge import CardJudge
    from kiosk.smartcard.reader import CardReaders, ReaderMonitor
    from kiosk.smartcard.tap import TapReport
    from kiosk.store.repository import Repository

_SLOW_AFTER = 5.0
_ANSWER_SECONDS = 5.0
"""Seconds the PC/SC service may take besides the wait for a card. It can block its callers indefinitely."""
_LEFT_SECONDS = 0.2
"""Seconds to wait for a thread not blocked by the service."""
T = TypeVar("T")
_DAY = timedelta(days=1)
_LONGEST_WAIT = 86400.0
_READ_SECONDS = 30.0
"""Reading takes one second; after five without an answer the user is asked to remove the card."""


def add(commands: Commands) -> None:
    tapping = commands.add("tap", act=tap)
    tapping.option("--json", action="store_true")
    tapping.option("--timeout", type=_seconds, default=30.0, metavar="S")


def _seconds(text: str) -> float:
    """Parse the timeout. Raises ValueError."""
    seconds = float(text)
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise ValueError(text)
    return seconds


@dataclass(frozen=True, slots=True)
class TapOutcome:
    """The result of one tap. Without a `report` no card was placed, or none could be."""

    report: TapReport | None = None
    reader: str = ""
    number: str = ""
    """Masked."""
    look_up_ns: int = 0
    trouble: KioskError | None = None

    @property
    def verdict(self) -> str:
        """ "linked", "no-card", or the code of the problem."""
        if self.trouble:
            return self.trouble.code.value
        return "linked" if self.number else "no-card"

    @property
    def milliseconds(self) -> dict[str, float]:
        steps = {step.value: spent for step, spent in self.report.nanoseconds.items()} if self.report else {}
        if self.look_up_ns:
            steps["look-up"] = self.look_up_ns
        return {step: round(spent / 1e6, 2) for step, spent in {**steps, "total": sum(steps.values())}.items()}


def tap(home: Home, options: argparse.Namespace) -> int:
    from kiosk.smartcard.heartbeat import Heartbeat
    from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders

    settings = read_settings(home.config)
    limit = settings.registry.max_offline
    invite = (lambda: None) if options.json else (lambda: output.tell("tap.lay"))
    with contextlib.ExitStack() as stack:
        repository, site_key = _open(home, settings, stack)
        judge = judge_for(home, settings, site_key, anew=True)
        service = _Service()
        heartbeat = Heartbeat(PcscMonitor, service)
        heartbeat.start()
        stack.callback(heartbeat.stop, _LEFT_SECONDS)
        try:
            reader = service.in_time(
                lambda: wait_for_card(PcscMonitor, settings.reader.name, options.timeout, invite),
                options.timeout + _ANSWER_SECONDS,
            )
            outcome = (
                service.in_time(lambda: read(PcscReaders, reader, judge, repository, limit), _READ_SECONDS) if reader else TapOutcome()
            )
        except KioskError as error:
            outcome = TapOutcome(trouble=error)
        except TimeoutError:
            outcome = TapOutcome(trouble=Unavailable(Code.READER_SILENT))
    _tell(outcome, options.json)
    return output.OK if outcome.verdict == "linked" else output.PROBLEM


class _Service:
    """Aborts waits for the PC/SC service when it stops responding. See `heartbeat.Ear`."""

    def __init__(self) -> None:
        self._is_silent = False
        self._over = threading.Event()

    def answered(self, names: tuple[str, ...]) -> None:
        pass

    def failed(self, code: Code) -> None:
        """A missing service is detected by the wait itself."""
        if code is Code.READER_SILENT:
            self._is_silent = True
            self._over.set()

    def broke(self, incident: str) -> None:
        """The wait itself goes on: it asks the service on a line of its own."""

    def in_time(self, question: Callable[[], T], seconds: float) -> T:
        """As `thread_timeout.in_time`, aborted when the service falls silent. Raises TimeoutError."""
        self._over = over = threading.Event()
        if self._is_silent:
            over.set()
        return in_time(question, seconds, "tap", over)


def _open(home: Home, settings: Settings, stack: contextlib.ExitStack) -> tuple[Repository | None, bytes]:
    """Open the store. Before the first start there is none; the card is judged all the same."""
    if not home.has_store():
        return None, bytes(32)
    repository, keys = opened(home, settings)
    return stack.enter_context(repository), keys.site


def wait_for_card(open_monitor: Callable[[], ReaderMonitor], wanted: str, seconds: float, invite: Callable[[], None]) -> str:
    """The reader that holds a card; empty if none was placed within `seconds`. Raises Unavailable: reader-missing etc.

    `invite` is called if there is no card at first.
    """
    from kiosk.smartcard.card_watch import choose_readers
    from kiosk.smartcard.reader import ReaderState

    monitor = open_monitor()
    done = threading.Event()
    threading.Thread(target=lambda: _end_wait(monitor, done, seconds), name="limit", daemon=True).start()
    end = time.monotonic() + seconds
    try:
        # Matches no real state, so the first wait returns at once.
        states = monitor.wait((ReaderState("", present=False),))
        invited = False
        while True:
            chosen = choose_readers(tuple(state.name for state in states), wanted or None)
            if laid := [state.name for state in states if state.name in chosen and state.present]:
                return laid[0]
            if time.monotonic() >= end:
                break
            if not invited:
                invite()
                invited = True
            states = monitor.wait(states)
    finally:
        done.set()
        monitor.release()
    if not chosen:
        raise Unavailable(Code.READER_MISSING)
    return ""


def _end_wait(monitor: ReaderMonitor, done: threading.Event, seconds: float) -> None:
    """Cancel the wait at its timeout. A cancel sent before the wait starts is lost, so it is repeated until `done`."""
    if not done.wait(seconds):
        monitor.cancel()
        while not done.wait(0.05):
            monitor.cancel()


def read(
    open_readers: Callable[[], CardReaders], reader: str, judge: CardJudge, repository: Repository | None, max_offline: timedelta = _DAY
) -> TapOutcome:
    """Read and judge the card, then look up its link. Raises Unavailable if no PC/SC context can be established.

    `max_offline`: how long the counter may go on without the library's server, if it has one.
    """
    from kiosk.smartcard.metered_connection import SlowWatch
    from kiosk.smartcard.tap import tap

    slow = SlowWatch(_SLOW_AFTER, lambda: print(output.explain(Unavailable(Code.CARD_SILENT)), file=sys.stderr))
    readers = open_readers()
    slow.start()
    try:
        report = tap(readers, reader, judge, slow)
    finally:
        slow.stop()
        readers.release()
    if report.judgement is None:
        return TapOutcome(report, reader, trouble=report.trouble)
    began = time.monotonic_ns()
    try:
        links = _links(report.judgement.reading.token, repository, max_offline) if repository else ()
    except KioskError as error:
        return TapOutcome(report, reader, look_up_ns=time.monotonic_ns() - began, trouble=error)
    spent = time.monotonic_ns() - began
    if not links:
        return TapOutcome(report, reader, look_up_ns=spent, trouble=Refused(Code.NOT_LINKED))
    return TapOutcome(report, reader, links[0].number.masked, spent)


def _links(token: LinkToken, repository: Repository, max_offline: timedelta) -> Sequence[Link]:
    """As the counter does: a doubted store refuses to answer, and so does one that the library's server shut out or left alone too long."""
    membership = repository.membership()
    if membership is not None:
        contact = Contact(membership.heard, fails=True, shut_out=membership.shut_out is not None)
        stands = condition(contact, now(), membership.latest, max_offline)
        if stands.stops_cards:
            raise Unavailable(Code(stands.value))
    return repository.links_for((token,), None)[0]


def _tell(outcome: TapOutcome, as_json: bool) -> None:
    from kiosk.smartcard.judge import Check

    report = outcome.report
    checks = {check.value: report is not None and check in report.held for check in Check}
    failed = report.failed if report else None
    stale = bool(report and report.judgement and report.judgement.reading.revocation is Revocation.STALE)
    if as_json:
        output.tell_json(
            {
                "version": 1,
                "verdict": outcome.verdict,
                "reader": outcome.reader,
                "number": outcome.number,
                "checks": checks,
                "failed": failed,
                "revocation_stale": stale,
                "commands": report.commands if report else 0,
                "extended": bool(report and report.extended),
                "milliseconds": outcome.milliseconds,
                "card_milliseconds": round(report.card_nanoseconds / 1e6, 2) if report else 0,
            }
        )
        return
    if report:
        output.tell("tap.reader", reader=outcome.reader)
        for check, passed in checks.items():
            mark = "○" if passed else "×" if check == failed else "△" if stale and check == Check.REVOCATION else "－"
            print(f"  {mark} {output.words(f'tap.check.{check}')}")
        output.tell("tap.marks")
        for step, milliseconds in outcome.milliseconds.items():
            print(f"  {milliseconds:8.2f} ms  {output.words(f'tap.step.{step}')}")
        output.tell("tap.card", milliseconds=f"{report.card_nanoseconds / 1e6:.2f}", commands=report.commands)
    if stale:
        print(output.explain(Unavailable(Code.REVOCATION_STALE)))
    if outcome.trouble:
        print(output.explain(outcome.trouble))
        if outcome.trouble.code.about.is_reader_trouble:
            output.tell("tap.doctor")
    elif outcome.number:
        output.tell("tap.linked", number=outcome.number)
    else:
        output.tell("tap.none")
