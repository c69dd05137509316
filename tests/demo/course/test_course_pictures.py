"""The pictures of the course that pages show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site import pictures


@pytest.mark.linux("the display that pictures have, in memory")
@pytest.mark.timeout(290)
def test_what_they_show_is_what_the_course_says_now(tmp_path: Path) -> None:
    told = pictures.course(tmp_path)
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    found = pictures.drawn(tmp_path)
    kept = {name for name in pictures.shown_in_pages() if pictures.is_of_course(name)}
    assert len(kept) >= 3
    stale = {name: gone for name in kept if (gone := pictures.words_kept(name) - pictures.words(found[name]))}
    assert stale == {}, "no window says this any more, and pictures in docs/pictures do: tools/pictures"
