"""What a notice says: names of counters and times, never a patron's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.calendar import JAPAN, unix_second_in_japan
from kiosk.registry.notices.conditions import Kind
from kiosk.registry.notices.occurrences import Occurrence
from kiosk.text import say

_MOST_LINES = 50
"""Of each part: a thousand counters that fall silent together are one message that can be read."""


@dataclass(frozen=True, slots=True)
class Notice:
    subject: str
    text: str
    events: tuple[dict[str, object], ...] = ()


def notice_of(news: Sequence[Occurrence], address: str) -> Notice:
    """`news`: what a channel has not told yet. `address`: of the status page."""
    begun, over = [one for one in news if one.over is None], [one for one in news if one.over is not None]
    key = "status.notice.subject-over" if not begun else "status.notice.subject"
    parts = [_part("status.notice.begun", begun), _part("status.notice.over", over), say("status.notice.where", address=address)]
    return Notice(say(key, count=len(begun or over)), "\n\n".join(filter(None, parts)) + "\n", tuple(map(_event, news[:1000])))


def trial_notice(address: str) -> Notice:
    return Notice(say("status.notice.trial-subject"), f"{say('status.notice.trial')}\n\n{say('status.notice.where', address=address)}\n")


def _part(key: str, news: Sequence[Occurrence]) -> str:
    lines = [line_of(one) for one in news[:_MOST_LINES]]
    if len(news) > _MOST_LINES:
        lines.append(say("status.notice.more", count=len(news) - _MOST_LINES))
    return "\n".join([say(key), *lines]) if lines else ""


def line_of(one: Occurrence) -> str:
    sentence = say(f"status.notice.{one.failure.kind}", name=one.failure.subject)
    if one.over is None:
        return say("status.notice.line", told=sentence, since=unix_second_in_japan(one.since))
    return say("status.notice.line-over", told=sentence, since=unix_second_in_japan(one.since), over=unix_second_in_japan(one.over))


def _event(one: Occurrence) -> dict[str, object]:
    counter = one.failure.subject if one.failure.kind in (Kind.COUNTER_SILENT, Kind.COUNTER_DIFFERS) else None
    over = None if one.over is None else _iso(one.over)
    return {"kind": one.failure.kind.value, "counter": counter, "since": _iso(one.since), "over": over}


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, JAPAN).isoformat()
