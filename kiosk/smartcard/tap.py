"""One reading of a card, from connecting to the verdict; shared by the counter and `kiosk tap`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum, unique

from kiosk.domain.errors import Code, KioskError, Refused
from kiosk.smartcard.held_card import connect_when_free
from kiosk.smartcard.jpki import JpkiSession
from kiosk.smartcard.judge import CardJudge, Check, Judgement
from kiosk.smartcard.metered_connection import MeteredConnection, SlowWatch
from kiosk.smartcard.reader import CardConnection, CardReaders


@unique
class TapStep(StrEnum):
    """The steps of a reading, in order."""

    CONNECT = "connect"
    SELECT = "select"
    LABEL = "label"
    CERTIFICATE = "certificate"
    JUDGE = "judge"


_FAILED_AT = {
    Code.NOT_MY_NUMBER_CARD: Check.LABEL,
    Code.PHONE_NOT_ACCEPTED: Check.LABEL,
    Code.LIBRARY_CARD_ON_READER: Check.LABEL,
    Code.NO_CERTIFICATE: Check.FORM,
    Code.TRUST_MISSING: Check.ISSUER,
    Code.TRUST_UNUSABLE: Check.ISSUER,
    Code.TRUST_ENDED: Check.ISSUER,
    Code.REVOCATION_TOO_OLD: Check.REVOCATION,
}
"""Failures outside the judge's order of checks, and the check they belong to."""


@dataclass
class TapReport:
    """The result of a reading, filled in as far as it got. Only `judgement`, kept out of the repr, holds data of the cardholder."""

    clock: Callable[[], int] = field(default=time.monotonic_ns, repr=False)
    nanoseconds: dict[TapStep, int] = field(default_factory=dict)
    """Duration of each step that was started."""
    passed: list[Check] = field(default_factory=list)
    commands: int = 0
    card_nanoseconds: int = 0
    """Total time spent in reader and card."""
    extended: bool = False
    judgement: Judgement | None = field(default=None, repr=False)
    trouble: KioskError | None = None
    """Why the card was not accepted; None if it was."""

    @property
    def held(self) -> frozenset[Check]:
        """The checks that passed. LABEL is implied once reading the certificate has begun."""
        return frozenset(self.passed) | ({Check.LABEL} if TapStep.CERTIFICATE in self.nanoseconds else frozenset())

    @property
    def failed(self) -> Check | None:
        """The check that the card failed. None as well for a reading that was interrupted, which is no evidence about any check."""
        if self.trouble is None:
            return None
        if not isinstance(self.trouble, Refused):
            return _FAILED_AT.get(self.trouble.code)
        return _FAILED_AT.get(self.trouble.code) or next((check for check in Check if check not in self.held), None)

    @contextmanager
    def step(self, step: TapStep) -> Iterator[None]:
        began = self.clock()
        try:
            yield
        finally:
            self.nanoseconds[step] = self.clock() - began


@dataclass
class OpenCard:
    """An accepted card, with the connection on which it was read."""

    connection: MeteredConnection
    session: JpkiSession
    judgement: Judgement = field(repr=False)


def read_card(
    connect: Callable[[], MeteredConnection],
    judge: CardJudge,
    report: TapReport,
    first_block: Callable[[bytes], None] | None = None,
) -> OpenCard:
    """Connect, read and judge, filling `report` on the way. The connection is closed before any error is raised.

    `first_block` is called with the first bytes of the certificate before the rest is read, and only after the label was accepted. Raises
    whatever `CardReaders.connect`, `JpkiSession` and `CardJudge.judge` raise.
    """
    with report.step(TapStep.CONNECT):
        connection = connect()
    report.extended = connection.extended
    try:
        with report.step(TapStep.SELECT):
            session = JpkiSession(connection)
        with report.step(TapStep.LABEL):
            label = session.token_label()
        with report.step(TapStep.CERTIFICATE):
            certificate = session.read_certificate(first_block)
        with report.step(TapStep.JUDGE):
            report.judgement = judge.judge(certificate, label, report.passed.append)
    except BaseException:
        connection.close()
        raise
    finally:
        report.commands, report.card_nanoseconds = connection.commands, connection.nanoseconds
    return OpenCard(connection, session, report.judgement)


def tap(
    readers: CardReaders,
    reader: str,
    judge: CardJudge,
    slow: SlowWatch | None = None,
    clock: Callable[[], int] = time.monotonic_ns,
) -> TapReport:
    """Read the card on `reader` as lending would, release it, and report. KioskErrors are reported, not raised."""
    report = TapReport(clock)

    def connected() -> CardConnection:
        return connect_when_free(lambda: readers.connect(reader), lambda: None, threading.Event().wait)

    try:
        read_card(lambda: MeteredConnection(connected(), slow), judge, report).connection.close()
    except KioskError as error:
        # Drop the traceback: its frames hold the certificate.
        report.trouble = error.with_traceback(None)
    return report
