"""Format and parse dates as servers write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone, tzinfo

_SIP = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:(?P<zone>[A-Z0-9 ]{4}|[-+][0-9]{4}|)(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2}))?(?![0-9])"
)
_SIGNS = re.compile(
    r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"(?:[T ] *(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)? *(?P<zone>Z|[-+][0-9]{2}:?[0-9]{2})?)?"
    r"(?![0-9])"
)
_JAPANESE = re.compile(r"(?:(?P<year>[0-9]{4})|令和(?P<reiwa>[0-9]{1,2}|元))年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日")
_BEFORE_REIWA = 2018
_OFFSET = re.compile(r"([-+])([0-9]{2}):?([0-9]{2})")
# Military zones: A to I and K to M east of Greenwich, N to Y west of it; J is local time.
_LETTERS = (
    {"Z": 0}
    | {letter: hours for hours, letter in enumerate("ABCDEFGHIKLM", 1)}
    | {letter: -hours for hours, letter in enumerate("NOPQRSTUVWXY", 1)}
)
# Years outside this range mean "no date" or "never" in the databases behind the servers: 0001, 1753, 9999.
_YEARS = range(1850, 9999)


def sip_date(moment: datetime) -> str:
    """Format as `20261123    095031`: the wall clock time of `moment` and a blank zone, which means local time.

    Every server accepts that; some truncate or reject a zone.
    """
    return f"{moment.year:04d}{moment.month:02d}{moment.day:02d}    {moment.hour:02d}{moment.minute:02d}{moment.second:02d}"


def read_date(text: str) -> datetime | date | None:
    """Parse a date: a datetime, a date if there is no valid time, or None if there is no date or it means "never".

    Accepts `YYYYMMDD`; `YYYYMMDDZZZZHHMMSS` with blanks, a military letter (FOLIO: `   I`) or an offset as the zone;
    `YYYY-MM-DD HH:MM:SS` (Evergreen); and `令和8年12月7日`; also in full-width digits. A datetime without zone is naive: the library's
    local time. Formats in which day, month and year are ambiguous are not parsed.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if japanese := _JAPANESE.fullmatch("".join(text.split())):
        reiwa = japanese["reiwa"]
        year = int(japanese["year"]) if reiwa is None else _BEFORE_REIWA + (1 if reiwa == "元" else int(reiwa))
        return _day(year, int(japanese["month"]), int(japanese["day"]))
    found = _SIP.match(text) or _SIGNS.match(text)
    if found is None:
        return None
    day = _day(int(found["year"]), int(found["month"]), int(found["day"]))
    if day is None or found["hour"] is None:
        return day
    try:
        at = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), tzinfo=_zone(found["zone"] or ""))
        return datetime.combine(day, at)
    except ValueError:
        return day


def means_never(text: str) -> bool:
    """Whether the year of the date stands for "no date" or "never"."""
    found = _SIP.match(text.strip()) or _SIGNS.match(text.strip())
    return found is not None and int(found["year"]) not in _YEARS


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _zone(text: str) -> tzinfo | None:
    """The time zone; None (local) for blanks and anything unreadable."""
    text = text.strip()
    if text in _LETTERS:
        return timezone(timedelta(hours=_LETTERS[text]))
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        return timezone(timedelta(hours=int(sign + hours), minutes=int(sign + minutes)))
    return None
