"""Sentences of the program as Markdown, in which nothing of them is a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MARKS = re.compile(r"([\\`*_{}\[\]<>|#~])")
_BLANK = re.compile(r"\{[a-z_]*\}")
_WIDE = "\u3000-\u30ff\u3400-\u9fff\uff00-\uff9f"
BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}])\s+(?=[{_WIDE}])")
"""Where lines of Japanese are joined without a space."""


def text(sentence: str) -> str:
    """On one line. A placeholder is shown as ○○, as Japanese forms do."""
    return _MARKS.sub(r"\\\1", " ".join(BETWEEN_WIDE.sub("", _BLANK.sub("○○", sentence)).split()))


def code(value: str) -> str:
    return f"`{value}`" if value else ""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The cells are Markdown."""
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
