"""The status page itself, from `Figures`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from starlette.responses import Response

from kiosk.domain.calendar import second_in_japan, unix_second_in_japan
from kiosk.registry.counters import EnrolledCounter
from kiosk.registry.notices.delivery import Delivery
from kiosk.registry.status.attention import Trouble, in_order
from kiosk.registry.status.backups import Backups
from kiosk.registry.status.charts import bar_chart
from kiosk.registry.status.daily import Daily
from kiosk.registry.status.html import element, table
from kiosk.registry.status.overview import Figures
from kiosk.registry.status.pages import page
from kiosk.registry.status.paths import LOGOUT
from kiosk.text import say

Told = list[tuple[EnrolledCounter, tuple[Trouble, ...]]]
_MOST_NAMES = 10
"""In one line of what needs attention; the table names all."""


def overview_page(figures: Figures, administrator: str, proof: str) -> Response:
    told = in_order(figures.counters, figures.head.position, figures.now)
    head = element(
        "header",
        element("h1", say("status.title")),
        element("p", say("status.as-of", at=second_in_japan(figures.now)), class_="faint"),
        element(
            "form",
            element("input", type="hidden", name="form", value=proof),
            element("button", say("status.logout", name=administrator), type="submit"),
            method="post",
            action=LOGOUT,
        ),
    )
    sections = _attention(figures, told), _ledger(figures), _days(figures.daily), _counters(figures, told)
    return page(say("status.title"), head, element("main", *sections))


# --- what needs attention ---------------------------------------------------------------------------------------------


def _attention(figures: Figures, told: Told) -> Element:
    bad, unknown = list(_wrong(figures, told)), list(_unknown(figures))
    lines = [element("li", one, class_="bad") for one in bad] + [element("li", one) for one in unknown]
    if lines:
        return _section("status.attention.title", element("ul", *lines))
    return _section("status.attention.title", element("p", say("status.attention.none"), class_="good"))


def _wrong(figures: Figures, told: Told) -> Iterator[str]:
    if figures.ahead is not None:
        yield say("status.attention.ahead", name=figures.ahead.counter)
    if figures.nightly is not None and figures.nightly.found:
        yield say("status.attention.altered")
    backups = figures.backups
    if backups is not None:
        if backups.failing_since is not None:
            yield say("status.attention.backups-failing", since=second_in_japan(backups.failing_since))
        if not backups.is_read:
            yield say("status.attention.backups-unread")
        elif backups.is_overdue:
            yield say("status.attention.backups-overdue")
        elif backups.newest is None and backups.every_hours:
            yield say("status.attention.backups-none")
    for channel, delivery in figures.deliveries.items():
        if delivery.failures:
            why = say(f"status.notices.why.{delivery.trouble}")
            named, since = say(f"status.notices.{channel}"), unix_second_in_japan(delivery.failing_since)
            yield say("status.attention.notices-failing", channel=named, since=since, why=why)
    for trouble in Trouble:
        if names := [counter.name for counter, troubles in told if trouble in troubles]:
            more = say("status.attention.more", count=len(names) - _MOST_NAMES) if len(names) > _MOST_NAMES else ""
            yield say(f"status.attention.counters-{trouble}", count=len(names), names="、".join(names[:_MOST_NAMES]) + more)


def _unknown(figures: Figures) -> Iterator[str]:
    if figures.nightly is None:
        yield say("status.attention.nightly-never")
    if figures.backups is None or figures.daily is None:
        yield say("status.attention.not-looked")


# --- ledger and backups -----------------------------------------------------------------------------------------------


def _ledger(figures: Figures) -> Element:
    head, nightly = figures.head, figures.nightly
    state = "never" if nightly is None else "altered" if nightly.found else "whole" if nightly.ended else "unfinished"
    checked = say(f"status.nightly.{state}", at="" if nightly is None else second_in_japan(nightly.begun))
    ledger = _list(
        {
            "status.ledger.links": say("status.count", count=f"{head.count:,}"),
            "status.ledger.epoch": f"{head.position.epoch}",
            "status.ledger.cursor": f"{head.position.cursor:,}",
            "status.ledger.digest": head.digest,
            "status.ledger.nightly": checked,
        }
    )
    left = element("div", element("h2", say("status.ledger.title")), ledger)
    notices = element("h2", say("status.notices.title")), _notices(figures.deliveries)
    right = element("div", element("h2", say("status.backups.title")), *_backups(figures.backups), *notices)
    return element("section", element("div", left, right, class_="pair"))


def _backups(backups: Backups | None) -> Iterator[Element]:
    if backups is None:
        yield element("p", say("status.not-looked"))
        return
    every = say("status.backups.every", hours=backups.every_hours) if backups.every_hours else say("status.backups.by-hand")
    lines = {"status.backups.timetable": every}
    if backups.is_read:
        newest = say("status.backups.none") if backups.newest is None else second_in_japan(backups.newest)
        lines |= {"status.backups.newest": newest, "status.backups.kept": say("status.count", count=f"{backups.count:,}")}
        if backups.unusable:
            lines |= {"status.backups.unusable": say("status.count", count=f"{backups.unusable:,}")}
    else:
        lines |= {"status.backups.newest": say("status.backups.unread")}
    yield _list(lines)
    yield element("p", say("status.looked", at=second_in_japan(backups.looked)), class_="faint")


def _notices(deliveries: Mapping[str, Delivery]) -> Element:
    if not deliveries:
        return element("p", say("status.notices.none"))
    never = say("status.notices.never")
    return _list(
        {
            f"status.notices.{channel}": say("status.notices.sent", at=unix_second_in_japan(delivery.sent)) if delivery.sent else never
            for channel, delivery in deliveries.items()
        }
    )


# --- by day -----------------------------------------------------------------------------------------------------------


def _days(daily: Daily | None) -> Element:
    if daily is None:
        return _section("status.days.title", element("p", say("status.not-looked")))
    told = element("p", say("status.looked", at=second_in_japan(daily.counted)), class_="faint")
    if not any(daily.days.values()):
        return _section("status.days.title", told, element("p", say("status.days.nothing")))
    accepted = {day: None if count is None else count.accepted for day, count in daily.days.items()}
    refused = {day: None if count is None else count.refused for day, count in daily.days.items()}
    charts = [
        element("div", element("h3", say(f"status.days.{kind}")), bar_chart(say(f"status.days.{kind}-chart"), counts, kind))
        for kind, counts in (("accepted", accepted), ("refused", refused))
    ]
    unknown = say("status.days.unknown")
    rows = [
        (f"{day:%Y-%m-%d}", unknown if count is None else f"{count.accepted:,}", unknown if count is None else f"{count.refused:,}")
        for day, count in reversed(daily.days.items())
    ]
    heads = say("status.days.day"), say("status.days.accepted"), say("status.days.refused")
    listed = table(say("status.days.caption"), heads, rows, class_="days")
    more = element("details", element("summary", say("status.days.table")), element("div", listed, class_="scroll"))
    return _section("status.days.title", told, element("div", *charts, class_="pair"), more)


# --- counters ---------------------------------------------------------------------------------------------------------


def _counters(figures: Figures, told: Told) -> Element:
    if not told:
        return _section("status.counters.title", element("p", say("status.counters.none")))
    heads = [say(f"status.counters.{column}") for column in _COLUMNS]
    listed = table(say("status.counters.caption", count=len(told)), heads, _counter_rows(figures, told), class_="counters")
    section = _section("status.counters.title", element("div", listed, class_="scroll"))
    section.set("class", "long")
    return section


_COLUMNS = ("name", "state", "seen", "lag", "pending", "refused", "agrees", "version", "trouble")


def _counter_rows(figures: Figures, told: Told) -> Iterator[list[str | Element]]:
    # Said once for all rows.
    unknown, never = say("status.unknown"), say("status.counters.never")
    troubles = {trouble: say(f"status.trouble.{trouble}") for trouble in Trouble}
    agreeing = {True: say("status.agrees.yes"), False: say("status.agrees.no"), None: unknown}
    states = {counter.state: say(f"status.state.{counter.state}") for counter, _ in told}
    head, daily = figures.head.position, figures.daily
    for counter, found in told:
        heard, lag = counter.heard, counter.lag(head)
        words = "、".join(troubles[trouble] for trouble in found)
        yield [
            counter.name,
            states[counter.state],
            never if heard is None else second_in_japan(heard.at),
            unknown if lag is None else f"{lag:,}",
            unknown if heard is None else f"{heard.pending:,}",
            unknown if daily is None else f"{daily.refused.get(counter.name, 0):,}",
            agreeing[counter.agrees(head)],
            (heard.version if heard else "") or unknown,
            element("span", words, class_="bad") if words else "",
        ]


def _section(key: str, *content: Element) -> Element:
    return element("section", element("h2", say(key)), *content)


def _list(lines: dict[str, str]) -> Element:
    return element("dl", *(part for key, value in lines.items() for part in (element("dt", say(key)), element("dd", value))))
