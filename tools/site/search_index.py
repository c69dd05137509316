"""The search of the site: each section's text in a script, which docs/_static/search.js looks through in the reader's browser.

Sphinx's own search cuts Japanese pages into words, but not the question (sphinx/themes/basic/static/searchtools.js), so that compounds
are not found, and its excerpts are fetched, which browsers refuse from a folder (https://fetch.spec.whatwg.org/#scheme-fetch).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

_NO_TEXT = (nodes.comment, nodes.image)
_TAG = re.compile(r"<rt>.*?</rt>|<rp>.</rp>|</?\w+>")
"""Readings, and what sets them."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", _leave_out_sphinx_own)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _leave_out_sphinx_own(app: Sphinx) -> None:
    app.builder.search = False  # type: ignore[attr-defined]


def _write(app: Sphinx, failure: Exception | None) -> None:
    if failure is not None or app.builder.format != "html":
        return
    sections = [entry for page in sorted(app.env.found_docs) for entry in _sections(app, page)]
    script = Path(app.outdir) / "_static" / "sections.js"
    script.write_text(f"const SECTIONS = {json.dumps(sections, ensure_ascii=False, separators=(',', ':'))};\n", encoding="utf-8")


def _sections(app: Sphinx, page: str) -> Iterator[tuple[str, str, str, str]]:
    """Address, title of the page, heading, and text without that of the sections below it."""
    title = app.env.titles[page].astext()
    address = app.builder.get_target_uri(page)
    for number, section in enumerate(app.env.get_doctree(page).findall(nodes.section)):
        heading = section[0].astext()
        anchor = f"#{section['ids'][0]}" if number else ""
        yield address + anchor, title, heading, _text(section)


def _text(section: nodes.section) -> str:
    parts = [child for child in section.children[1:] if not isinstance(child, (nodes.section, *_NO_TEXT))]
    return " ".join(
        " ".join(_TAG.sub("", text.astext()).split()) for part in parts for text in part.findall(nodes.TextElement) if _is_whole(text)
    )


def _is_whole(text: nodes.TextElement) -> bool:
    """A paragraph or the like, not a part of one."""
    above = text.parent
    while not isinstance(above, nodes.section):
        if isinstance(above, nodes.TextElement):
            return False
        above = above.parent
    return not isinstance(text, _NO_TEXT)
