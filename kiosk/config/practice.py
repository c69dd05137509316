"""Practice homes: practice must never mix with real data."""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.config.file_access import unusable
from kiosk.config.home import Home, account_home, default_home
from kiosk.config.home_marker import Purpose, purpose_of
from kiosk.domain.errors import Code, Unavailable


def begin_practice(home: Home) -> None:
    """Create a practice home, or complete one. Raises Unavailable as `Home.prepare` does: home-unusable also for a counter's home, the
    default home, or a folder inside either.
    """
    try:
        is_a_counters = _is_usual(home.folder) or _is_inside(home.folder) or (home.has_begun() and not home.is_for_practice())
    except OSError as error:
        raise unusable(error, home.folder) from error
    if is_a_counters:
        raise Unavailable(Code.HOME_UNUSABLE, place=str(home.folder), reason="not-for-practice")
    home.prepare(for_practice=True)


def _is_usual(folder: Path) -> bool:
    real = Path(os.path.realpath(folder))
    return any(_is_same(usual.folder, place) for usual in (default_home(), account_home()) for place in (real, *real.parents))


def _is_same(one: Path, other: Path) -> bool:
    try:
        return Path(os.path.realpath(one)) == other or one.samefile(other)
    except OSError:  # one of them does not exist
        return False


def _is_inside(folder: Path) -> bool:
    return any(_has_counter(place) for place in Path(os.path.realpath(folder)).parents)


def _has_counter(folder: Path) -> bool:
    """Whether the folder is a counter's home. Requires several names: a lone `data` or `config.toml` may be anybody's."""
    home = Home(folder)
    try:
        if (said := purpose_of(folder)) is not None:
            return said is Purpose.COUNTER
    except OSError:
        return False
    return os.path.isfile(home.store) or all(os.path.lexists(place) for place in (home.config, home.data, home.trust, home.crl))
