"""Translate tomllib's errors: line, reason, and text that is safe to show."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Container
from typing import Any

from kiosk.domain.lazy_dataclass import dataclass

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=")
_WORD = re.compile(r"\s*(\[*\s*[\w.-]+(?:\s*\]+)?)")
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

_MOST_LINES = 100
"""No setting spans more lines."""

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
"""Prefixes of tomllib's messages, which have no codes. Any other is reported as `syntax`."""


@dataclass(frozen=True, slots=True)
class BadToml(ValueError):
    """A syntax error. `reason` is `syntax` or one of its kinds (`syntax-quote`, …); `section` is that of the line, or empty."""

    line: int
    shown: str
    """The first word of the line if it is a known name, else `…` (`[…]` for a heading): it may be part of a value, such as a password."""
    reason: str
    section: str


def loads(text: str, names: Container[str]) -> dict[str, Any]:
    """Parse TOML. `names`: sections and settings, which are safe to show. Raises BadToml."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Beyond tomllib's own errors: huge numbers (ValueError), deep nesting (RecursionError).
        raise _told(text, str(error), names) from None


def lines_of(text: str) -> dict[str, int]:
    """Line numbers of sections and keys (`section.key`; in a list of tables `section[0].key`), which tomllib does not provide."""
    lines: dict[str, int] = {}
    section = ""
    tables: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            section = header[2]
            lines.setdefault(section, number)
            if header[1] == "[[":
                tables[section] += 1
                section = f"{section}[{tables[section] - 1}]"
                lines[section] = number
        elif entry := _KEY.match(line):
            key = f"{section}.{entry[1]}" if section else entry[1]
            lines.setdefault(key, number)
            lines.setdefault(key.partition(".")[0], number)
    return lines


def _told(text: str, message: str, names: Container[str]) -> BadToml:
    lines = text.splitlines() or [""]
    kind = next((kind for beginning, kind in _REASONS if message.startswith(beginning)), "")
    position = _POSITION.search(message)
    if position and position[1]:
        number = min(int(position[1]), len(lines))
        kind = "list" if kind == "value" and not _KEY.match(lines[number - 1]) else kind
    else:
        number = _unclosed(lines)
        kind = "list" if kind == "value" and "[" in lines[number - 1] else kind
    sections = [header[2] for before in lines[: number - 1] if (header := _HEADER.match(before))]
    shown = _shown(lines[number - 1], names)
    return BadToml(number, shown, f"syntax-{kind}" if kind else "syntax", sections[-1] if sections else "")


def _shown(line: str, names: Container[str]) -> str:
    word = _WORD.match(line)
    if word is None or word[1].strip("[] ") not in names:
        return "[…]" if line.lstrip().startswith("[") else "…"
    return word[1]


def _unclosed(lines: list[str]) -> int:
    """The line that starts an unterminated value: the last one that no following line completes."""
    begun = 0
    for number in range(1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[begun:number]))
        except (ValueError, RecursionError):
            if number - begun > _MOST_LINES:
                break
        else:
            begun = number
    return min(begun + 1, len(lines))
