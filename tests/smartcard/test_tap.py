"""One reading as reported by `kiosk tap`, and its number of commands."""

from __future__ import annotations

from itertools import count

import pytest

from kiosk.domain.errors import Code
from kiosk.smartcard.judge import CardJudge, Check
from kiosk.smartcard.tap import TapStep, tap
from kiosk.smartcard.virtual.demo_cards import CERTIFICATE_SIZE, Deck
from kiosk.smartcard.virtual.reader import READER, VirtualReaders


@pytest.mark.parametrize(("extended", "most"), [(False, 9), (True, 4)], ids=["short", "extended"])
def test_the_commands_of_a_tap(tray: Deck, judge: CardJudge, extended: bool, most: int) -> None:
    world, card = VirtualReaders(extended=extended), tray.fresh("fine")
    assert len(card.certificate or b"") == CERTIFICATE_SIZE == 1429
    world.lay(card)
    report = tap(world.readers(), READER, judge)
    assert report.trouble is None
    assert report.commands == len(card.commands) <= most
    assert not card.powered


def test_a_tap_tells_what_was_checked_and_where_the_time_went(tray: Deck, judge: CardJudge) -> None:
    world, ticks = VirtualReaders(), count(0, 1_000_000)
    world.lay(tray.fresh("fine"))
    report = tap(world.readers(), READER, judge, clock=lambda: next(ticks))
    assert report.judgement is not None
    assert report.nanoseconds == dict.fromkeys(TapStep, 1_000_000)
    assert report.passed == [check for check in Check if check is not Check.REVOCATION]
    assert 0 < report.card_nanoseconds
    assert report.extended


@pytest.mark.parametrize(
    ("name", "code", "last"),
    [
        ("not-my-number-card", Code.NOT_MY_NUMBER_CARD, TapStep.SELECT),
        ("phone", Code.PHONE_NOT_ACCEPTED, TapStep.LABEL),
        ("no-certificate", Code.NO_CERTIFICATE, TapStep.CERTIFICATE),
        ("expired", Code.CARD_EXPIRED, TapStep.JUDGE),
    ],
)
def test_a_tap_that_fails_tells_how_far_it_got(tray: Deck, judge: CardJudge, name: str, code: Code, last: TapStep) -> None:
    world = VirtualReaders()
    world.lay(tray.fresh(name))
    report = tap(world.readers(), READER, judge)
    assert report.trouble is not None
    assert report.trouble.code is code
    assert list(report.nanoseconds)[-1] is last
    assert report.judgement is None


def test_a_tap_on_nothing(judge: CardJudge) -> None:
    report = tap(VirtualReaders().readers(), READER, judge)
    assert report.trouble is not None
    assert (report.trouble.code, report.commands, list(report.nanoseconds)) == (Code.CARD_REMOVED, 0, [TapStep.CONNECT])


def test_a_report_shows_nothing_of_the_holder(tray: Deck, judge: CardJudge) -> None:
    world = VirtualReaders()
    world.lay(tray.fresh("fine"))
    shown = repr(tap(world.readers(), READER, judge))
    leaf = tray.leaf("fine")
    assert not [secret for secret in (str(leaf.serial), f"{leaf.serial:x}", leaf.holder, f"{leaf.ends:%Y}") if secret in shown]
