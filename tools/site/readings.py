"""Readings above kanji, as easy Japanese has them: a page that says `<!-- readings -->` writes 図書館(としょかん)."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

_MARKER = "<!-- readings -->\n"
_WITH_READING = re.compile(r"([一-鿿々]+)\(([ぁ-ゖー]+)\)")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", _set)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _set(app: Sphinx, page: str, source: list[str]) -> None:
    if _MARKER in source[0]:
        source[0] = _WITH_READING.sub(r"<ruby>\1<rp>(</rp><rt>\2</rt><rp>)</rp></ruby>", source[0].replace(_MARKER, ""))
