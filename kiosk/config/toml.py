"""What Python's TOML reader has against a text, in the words of this program: which line, which reason, what could stand there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=")
_WORD = re.compile(r"\s*(\[*\s*[\w.-]+(?:\s*\]+)?)")
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

_REASONS = (
    ("Expected '=' after a key", "equals"),
    ("Expected ']' at the end of a table", "header"),
    ("Expected ']]'", "header"),
    ("Unescaped", "backslash"),
    ("Invalid hex value", "backslash"),
    ("Escaped character", "backslash"),
    ("Illegal character '\\n'", "quote"),
    ("Illegal character '\\r", "quote"),
    ("Unterminated string", "quote"),
    ("Expected \"'", "quote"),
    ("Illegal character", "character"),
    ("Found invalid character", "character"),
    ("Cannot overwrite a value", "twice"),
    ("Duplicate inline table key", "twice"),
    ("Cannot declare", "header-twice"),
    ("Cannot mutate immutable namespace", "header-twice"),
    ("Cannot redefine namespace", "header-twice"),
    ("Expected newline or end of document", "rest"),
    ("Invalid statement", "name"),
    ("Invalid initial character for a key", "name"),
    ("Unclosed", "list"),
    ("Invalid value", "value"),
    ("Invalid date", "value"),
)
"""Beginnings of tomllib's messages, which have no code of their own. One that is not here is told as `syntax`."""


@dataclass(frozen=True, slots=True)
class BadToml(ValueError):
    """`reason` is `syntax` or one of its kinds (`syntax-quote`, …); `section` is the one the line stands in, or empty."""

    line: int
    shown: str
    """Its first word: never a value, which may be a password."""
    reason: str
    section: str


def loads(text: str) -> dict[str, Any]:
    """Raises BadToml."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Besides its own error: numbers of thousands of digits, brackets within brackets without end.
        raise _told(text, str(error)) from None


def lines_of(text: str) -> dict[str, int]:
    """The line of each section and of each key (`section.key`); tomllib does not tell them."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            section = header[1]
            lines.setdefault(section, number)
        elif entry := _KEY.match(line):
            key = f"{section}.{entry[1]}" if section else entry[1]
            lines.setdefault(key, number)
            lines.setdefault(key.partition(".")[0], number)
    return lines


def _told(text: str, message: str) -> BadToml:
    lines = text.splitlines() or [""]
    kind = next((kind for beginning, kind in _REASONS if message.startswith(beginning)), "")
    position = _POSITION.search(message)
    if position and position[1]:
        number = min(int(position[1]), len(lines))
        kind = "list" if kind == "value" and not _KEY.match(lines[number - 1]) else kind
    else:
        # What was not closed by the end began with the last setting.
        settings = [number for number, line in enumerate(lines, 1) if _KEY.match(line)]
        kind = "list" if kind == "value" and settings and "[" in lines[settings[-1] - 1] else kind
        written = settings if kind == "list" else [number for number, line in enumerate(lines, 1) if line.strip()]
        number = written[-1] if written else len(lines)
    sections = [header[1] for before in lines[: number - 1] if (header := _HEADER.match(before))]
    word = _WORD.match(lines[number - 1])
    return BadToml(number, word[1][:40] if word else "…", f"syntax-{kind}" if kind else "syntax", sections[-1] if sections else "")
