"""Dates as SIP2 servers send them, and as we do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.library.sip2 import means_never, read_date, sip_date

NEAR = datetime(2026, 12, 7, 23, 59)  # noqa: DTZ001
JAPAN = timezone(timedelta(hours=9))


def test_dates_are_sent_with_four_blanks() -> None:
    assert sip_date(datetime(2026, 11, 23, 9, 50, 31, 999_999, JAPAN)) == "20261123    095031"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("20261207    235900", NEAR),
        (" 20261207    235900 ", NEAR),
        ("20261207235900", NEAR),
        ("2026-12-07 23:59:00", NEAR),
        ("2026-12-07T23:59", NEAR),
        ("2026/12/07 23:59:00.123", NEAR),
        ("20261207   I235900", NEAR.replace(tzinfo=JAPAN)),
        ("20261207   Z235900", NEAR.replace(tzinfo=UTC)),
        ("20261207Z   235900", NEAR.replace(tzinfo=UTC)),
        ("20261207   M235900", NEAR.replace(tzinfo=timezone(timedelta(hours=12)))),
        ("20261207   N235900", NEAR.replace(tzinfo=timezone(timedelta(hours=-1)))),
        ("20261207   Y235900", NEAR.replace(tzinfo=timezone(timedelta(hours=-12)))),
        ("20261207   J235900", NEAR),
        ("20261207 JST235900", NEAR),
        ("202612070000235900", NEAR),
        ("20261207+0900235900", NEAR.replace(tzinfo=JAPAN)),
        ("2026-12-07 23:59:00+09:00", NEAR.replace(tzinfo=JAPAN)),
        ("2026-12-07T23:59:00Z", NEAR.replace(tzinfo=UTC)),
        ("2026-12-07 23:59:00 -0330", NEAR.replace(tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
        ("20261207", NEAR.date()),
        ("2026-12-07", NEAR.date()),
        ("2026/12/7", NEAR.date()),
        ("20261207          ", NEAR.date()),
        ("20261207    240000", NEAR.date()),
        ("20261207    ------", NEAR.date()),
        ("20280229", date(2028, 2, 29)),
        ("2026年12月7日", NEAR.date()),
        ("令和8年12月7日", NEAR.date()),
        ("令和 8年 12月 7日", NEAR.date()),
        ("令和元年12月7日", date(2019, 12, 7)),
        ("２０２６／１２／０７", NEAR.date()),
        ("２０２６１２０７", NEAR.date()),
    ],
)
def test_every_form_that_servers_send_is_read(text: str, meant: datetime | date) -> None:
    read = read_date(text)
    assert read == meant
    assert type(read) is type(meant)
    if isinstance(read, datetime) and isinstance(meant, datetime):
        assert read.utcoffset() == meant.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "  -  -  ", "    -  -  ", "00000000", "20270229", "20261301"),
        *("99991231", "99991231    235959", "9999-12-31", "0001-01-01"),
        *(
            "2026112345",
            "202611234",
            "20301231234",
            "2026120723590",
            "2026-12-071",
            "never",
            "soon 20261207",
            "12/07/2026",
        ),
    ],
)
def test_no_date_and_never_are_none(text: str) -> None:
    assert read_date(text) is None


@given(st.text() | st.from_regex(r"[0-9]{8}.{4}[0-9]{6}") | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*"))
def test_nothing_makes_it_fail(text: str) -> None:
    assert isinstance(read_date(text), date | None)


@given(st.datetimes(datetime(1850, 1, 1), datetime(9998, 12, 31)))  # noqa: DTZ001
def test_what_is_sent_is_read(moment: datetime) -> None:
    assert read_date(sip_date(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize("text", ["00010101", "17530101    000000", " 99991231    235959", "9999-12-31"])
def test_a_year_before_libraries_or_after_all_means_never(text: str) -> None:
    assert means_never(text)


@pytest.mark.parametrize("text", ["20261207", "2026-12-07 23:59", "18500101", "", "soon", "9999年12月31日"])
def test_a_date_that_may_be_meant_and_what_is_no_date_do_not_mean_never(text: str) -> None:
    assert not means_never(text)
