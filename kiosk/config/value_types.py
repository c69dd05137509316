"""What a setting may be: each kind takes a value out of TOML or says what it expected.

`expected` is written as TOML would be, not as a sentence, so that it is the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Protocol

from kiosk.domain.dataclass import dataclass


class Kind(Protocol):
    @property
    def expected(self) -> str:
        """What may stand there."""

    def take(self, value: object) -> Any:
        """The value as the settings hold it. Raises ValueError when it is none of this kind."""


@dataclass(frozen=True, slots=True)
class Flag:
    expected: str = "true | false"

    def take(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(self.expected)
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from `low` to `high`; `also` is one more that means something of its own (mostly 0)."""

    low: int
    high: int
    also: int | None = None

    @property
    def expected(self) -> str:
        span = f"{self.low} … {self.high}"
        return span if self.also is None else f"{self.also} | {span}"

    def take(self, value: object) -> int:
        # In Python a bool is an int as well; in TOML it is not.
        if isinstance(value, bool) or not isinstance(value, int) or not (self.low <= value <= self.high or value == self.also):
            raise ValueError(self.expected)
        return value


@dataclass(frozen=True, slots=True)
class NumberOr:
    """A whole number from `low` to `high`, or one word that stands for a value of its own."""

    low: int
    high: int
    word: str
    value: object

    @property
    def expected(self) -> str:
        return f'{self.low} … {self.high} | "{self.word}"'

    def take(self, value: object) -> object:
        if value == self.word:
            return self.value
        try:
            return Number(self.low, self.high).take(value)
        except ValueError as error:
            raise ValueError(self.expected) from error


@dataclass(frozen=True, slots=True)
class Text:
    """A string that fits `pattern` as a whole; `shape` shows what that is."""

    pattern: str = r"[^\x00-\x1f\x7f]*"
    shape: str = '"…"'

    @property
    def expected(self) -> str:
        return self.shape

    def take(self, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise ValueError(self.expected)
        return value


@dataclass(frozen=True, slots=True)
class PathText(Text):
    """Where something lies, `~` being the user's home; empty where that is left open. What is relative is seen from the counter's home."""

    def take(self, value: object) -> str:
        text = Text.take(self, value).strip()
        try:
            return str(Path(text).expanduser()) if text else ""
        except RuntimeError as error:  # no such user, or one without a home
            raise ValueError(self.expected) from error


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words, each standing for a value."""

    values: Mapping[str, object]

    @property
    def expected(self) -> str:
        return " | ".join(f'"{word}"' for word in self.values)

    def take(self, value: object) -> object:
        if not isinstance(value, str) or value not in self.values:
            raise ValueError(self.expected)
        return self.values[value]


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of at most `most` different strings, each of which fits `pattern` as a whole."""

    pattern: str
    shape: str
    most: int

    @property
    def expected(self) -> str:
        return f"[{self.shape}, …] (0 … {self.most})"

    def take(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > self.most:
            raise ValueError(self.expected)
        texts = tuple(Text(self.pattern, self.expected).take(one) for one in value)
        if len(set(texts)) != len(texts):
            raise ValueError(self.expected)
        return texts


@dataclass(frozen=True, slots=True)
class Choices:
    """A list of words, each standing for a value."""

    values: Mapping[str, object]

    @property
    def expected(self) -> str:
        return f"[{Choice(self.values).expected}, …]"

    def take(self, value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise ValueError(self.expected)
        return tuple(Choice(self.values).take(one) for one in value)


def setting(kind: Kind, *default: object, secret: bool = False) -> Any:
    """A field of a settings class: its kind, and its default unless the library has to decide for itself. A secret is never printed."""
    if default:
        return field(default=default[0], metadata={"kind": kind}, repr=not secret)
    return field(metadata={"kind": kind}, repr=not secret)
