"""Which failures there are, when they begin and end, and what is told of them: decided without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.decide import Epochs
from kiosk.domain.wire import Position
from kiosk.registry.answers import Head
from kiosk.registry.counters import EnrolledCounter, Heard
from kiosk.registry.models import CounterState
from kiosk.registry.nightly import Checked
from kiosk.registry.notices.conditions import Failure, Judged, Kind, judge
from kiosk.registry.notices.delivery import Delivery, Trouble
from kiosk.registry.notices.occurrences import Occurrence, Told, advanced
from kiosk.registry.notices.words import notice_of
from kiosk.registry.status.backups import Backups
from kiosk.registry.status.overview import Figures

NOW = datetime(2026, 12, 7, 3, tzinfo=UTC)
DAY = timedelta(hours=24)
LONG_AGO = NOW - 9 * DAY
HEAD = Head(Position(7, 1), 0, "00", Position(7, 0), Epochs(7), 0, 0)
SILENT = Failure(Kind.COUNTER_SILENT, "中央1")


def figures(*counters: EnrolledCounter, nightly: Checked | None = None, backups: Backups | None = None) -> Figures:
    return Figures(NOW, HEAD, list(counters), nightly, None, None, backups, {})


def counter(
    hours: float | None, *, differs: bool = False, state: CounterState = CounterState.ACTIVE, enrolled: datetime = LONG_AGO
) -> EnrolledCounter:
    heard = None if hours is None else Heard(NOW - timedelta(hours=hours), "0.1.0", Position(7, 1), 0, differs)
    return EnrolledCounter("中央1", state, enrolled, enrolled, heard)


def found(told: Figures, running_since: datetime = LONG_AGO) -> set[str]:
    return {failure.kind.value for failure in judge(told, DAY, running_since, "here").present}


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        (figures(counter(23.9)), set()),
        (figures(counter(24.1)), {"counter-silent"}),
        (figures(counter(None)), {"counter-silent"}),
        (figures(counter(None, enrolled=NOW - timedelta(hours=1))), set()),
        (figures(counter(99, state=CounterState.REVOKED)), set()),
        (figures(counter(1, differs=True)), {"counter-differs"}),
        (figures(backups=Backups(NOW, True, 24, is_overdue=True)), {"backup-overdue"}),
        (figures(backups=Backups(NOW, False, 24)), set()),
        (figures(nightly=Checked(NOW, ended=True, found="links")), {"ledger-altered"}),
        (figures(nightly=Checked(NOW, ended=False)), set()),
    ],
)
def test_what_is_a_failure(told: Figures, kinds: set[str]) -> None:
    assert found(told) == kinds


def test_counters_are_not_silent_because_the_server_was() -> None:
    assert found(figures(counter(99)), NOW - timedelta(minutes=9)) == set()
    assert found(figures(counter(99)), NOW - timedelta(minutes=10)) == {"counter-silent"}


def judged(*present: Failure, known: frozenset[Kind] = frozenset(Kind)) -> Judged:
    return Judged(frozenset(present), known, "here")


def test_what_is_not_known_ends_nothing_and_another_server_speaks_of_its_own_backups_alone() -> None:
    one = Occurrence(SILENT, 5, told={"mail": Told.BEGUN})
    assert advanced([one], judged(known=frozenset()), ["mail"], 9) == [one]
    other = Occurrence(Failure(Kind.BACKUP_OVERDUE, "elsewhere"), 5, told={"mail": Told.BEGUN})
    assert advanced([other], judged(), ["mail"], 9) == [other]


def test_a_failure_is_told_once_and_once_more_when_it_is_over() -> None:
    (one,) = advanced([], judged(SILENT), ["mail", "webhook"], 5)
    assert (one.since, one.is_news("mail")) == (5, True)
    one = one.after_telling("mail", Told.BEGUN)
    assert advanced([one], judged(SILENT), ["mail", "webhook"], 6) == [one]
    assert (one.is_news("mail"), one.is_news("webhook")) == (False, True)
    (over,) = advanced([one], judged(), ["mail", "webhook"], 7)
    assert over == replace(one, over=7)
    assert over.is_news("mail")
    told = over.after_telling("mail", Told.OVER)
    assert advanced([told], judged(), ["mail", "webhook"], 8) == [told]
    assert advanced([told], judged(), ["mail"], 8) == []
    # Back before the other channel had told its end: it goes on, and who was told its end hears of it again.
    (back,) = advanced([told], judged(SILENT), ["mail", "webhook"], 9)
    assert (back.over, back.is_news("mail"), back.is_news("webhook")) == (None, True, True)


def test_an_end_waits_for_the_channels_of_other_servers_but_not_for_ever() -> None:
    """Each server has a registry.toml of its own: one tells by mail, the other by a webhook."""
    one = Occurrence(SILENT, 5, told={"mail": Told.BEGUN, "webhook": Told.BEGUN})
    (over,) = advanced([one], judged(), ["mail"], 7)
    over = over.after_telling("mail", Told.OVER)
    assert advanced([over], judged(), ["mail"], 8) == [over]
    assert advanced([over.after_telling("webhook", Told.OVER)], judged(), ["mail"], 9) == []
    week = 7 * 86_400
    assert advanced([over], judged(), ["mail"], 7 + week) == [], "the other channel was taken out of registry.toml"


@given(st.lists(st.tuples(st.sampled_from(["present", "absent", "unknown"]), st.sets(st.sampled_from(["mail", "webhook"])))))
def test_each_channel_hears_beginning_and_end_in_turn_whatever_happens(happened: list[tuple[str, set[str]]]) -> None:
    known: list[Occurrence] = []
    heard: dict[str, list[Told]] = {"mail": [], "webhook": []}
    for now, (state, working) in enumerate(happened):
        seen = judged(SILENT) if state == "present" else judged(known=frozenset() if state == "unknown" else frozenset(Kind))
        known = advanced(known, seen, list(heard), now)
        for channel in working:
            for place, one in enumerate(known):
                if one.is_news(channel):
                    told = Told.BEGUN if one.over is None else Told.OVER
                    heard[channel].append(told)
                    known[place] = one.after_telling(channel, told)
    for messages in heard.values():
        # An end without a beginning is one whose beginning could not be told in time: its message has both.
        assert (Told.BEGUN, Told.BEGUN) not in pairwise(messages)
    assert len(known) <= 1


def test_a_thousand_failures_are_one_message_that_can_be_read() -> None:
    news = [Occurrence(Failure(Kind.COUNTER_SILENT, f"窓口{number}"), 5) for number in range(1000)]
    notice = notice_of(news, "https://x/status")
    assert len(notice.text.splitlines()) < 60
    assert "ほか950件" in notice.text
    assert notice.subject == "連携台帳サーバーの異常(1000件)"


def test_what_failed_is_tried_again_later_each_time_and_by_one_server_at_a_time() -> None:
    delivery, now, pauses = Delivery(), 1_000_000, []
    for _ in range(9):
        assert not delivery.begun(now).is_due(now + 60)
        delivery = delivery.begun(now).failed(Trouble.REFUSED, now)
        pause = next(minutes for minutes in range(1, 100) if delivery.is_due(now + 60 * minutes))
        pauses.append(pause)
        now += 60 * pause
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert delivery.failing_since == 1_000_000
    assert delivery.succeeded(now) == Delivery(sent=now)
    assert delivery.begun(now).is_due(now + 120)
