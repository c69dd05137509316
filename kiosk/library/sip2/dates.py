"""Dates as the servers write them."""

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
# Military letters: A to I and K to M east of Greenwich, N to Y west of it, J the place where one is.
_LETTERS = (
    {"Z": 0}
    | {letter: hours for hours, letter in enumerate("ABCDEFGHIKLM", 1)}
    | {letter: -hours for hours, letter in enumerate("NOPQRSTUVWXY", 1)}
)
# Years that stand for "no date" or "never" in the databases behind the servers: 0001, 1753, 9999.
_YEARS = range(1850, 9999)


def sip_date(moment: datetime) -> str:
    """`20261123    095031`: the hands of the clock as they stand in `moment`, and four blanks, which mean local time.

    Every server takes these; some cut off or refuse a zone.
    """
    return f"{moment.year:04d}{moment.month:02d}{moment.day:02d}    {moment.hour:02d}{moment.minute:02d}{moment.second:02d}"


def read_date(text: str) -> datetime | date | None:
    """The moment, the day where there is no (sensible) time, or None where there is no date, or one that means "never".

    Reads `YYYYMMDD`, `YYYYMMDDZZZZHHMMSS` with blanks, a military letter (FOLIO: `   I`) or an offset as the zone, and
    `YYYY-MM-DD HH:MM:SS` (Evergreen), and `令和8年12月7日`, full-width digits too. A moment without a zone is naive: the library's local
    time. Where day, month and year could be taken for one another, there is no date that can be read.
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
    """Whether it is a date of a year that stands for "no date" or "never"."""
    found = _SIP.match(text.strip()) or _SIGNS.match(text.strip())
    return found is not None and int(found["year"]) not in _YEARS


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _zone(text: str) -> tzinfo | None:
    """None, local, for blanks and for what nobody can read."""
    text = text.strip()
    if text in _LETTERS:
        return timezone(timedelta(hours=_LETTERS[text]))
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        return timezone(timedelta(hours=int(sign + hours), minutes=int(sign + minutes)))
    return None
