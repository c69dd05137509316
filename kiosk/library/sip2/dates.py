"""Dates as the servers write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

_SIP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:(.{4,5}?)([0-9]{2})([0-9]{2})([0-9]{2})?)?", re.ASCII)
_SIGNS = re.compile(
    r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"
    r"(?:[T ] *([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)? *(Z|[-+][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)
_OFFSET = re.compile(r"([-+])([0-9]{2}):?([0-9]{2})", re.ASCII)
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
    `YYYY-MM-DD HH:MM:SS` (Evergreen). A moment without a zone is naive: the library's local time.
    """
    text = text.strip()
    found = _SIP.match(text) or _SIGNS.match(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.group(1, 2, 3))
    try:
        the_day = date(year, month, day)
    except ValueError:
        return None
    if year not in _YEARS:
        return None
    zone, hour, minute, second = found.group(4, 5, 6, 7) if found.re is _SIP else found.group(7, 4, 5, 6)
    if hour is None:
        return the_day
    try:
        return datetime(year, month, day, int(hour), int(minute), int(second or 0), tzinfo=_zone(zone or ""))
    except ValueError:
        return the_day


def _zone(text: str) -> tzinfo | None:
    """None, local, for blanks and for what nobody can read."""
    text = text.strip()
    if text in _LETTERS:
        return timezone(timedelta(hours=_LETTERS[text]))
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        return timezone(timedelta(hours=int(sign + hours), minutes=int(sign + minutes)))
    return None
