"""Types of settings: each converts a TOML value or reports what it expected.

`expected` is in TOML notation, not a sentence, so that it needs no translation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, field, fields
from pathlib import Path
from typing import Any, Protocol

from kiosk.domain.lazy_dataclass import dataclass


class Kind(Protocol):
    @property
    def expected(self) -> str:
        """The accepted values, in TOML notation."""

    def take(self, value: object) -> Any:
        """Convert a TOML value. Raises ValueError if it is not of this kind."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean setting."""

    expected: str = "true | false"

    def take(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(self.expected)
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """An integer from `low` to `high`; `also` is one further value with a special meaning (mostly 0)."""

    low: int
    high: int
    also: int | None = None

    @property
    def expected(self) -> str:
        span = f"{self.low} … {self.high}"
        return span if self.also is None else f"{self.also} | {span}"

    def take(self, value: object) -> int:
        # In Python bool is a subclass of int; in TOML it is not.
        if isinstance(value, bool) or not isinstance(value, int) or not (self.low <= value <= self.high or value == self.also):
            raise ValueError(self.expected)
        return value


@dataclass(frozen=True, slots=True)
class NumberOr:
    """An integer from `low` to `high`, or one word that stands for `value`."""

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
    """A string that matches `pattern` as a whole; `shape` describes it."""

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
    """A path, with `~` expanded; may be empty. Callers resolve relative paths against the counter's home."""

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
    """A list of at most `most` distinct strings that match `pattern` as a whole."""

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


class WrongEntry(ValueError):
    """What is wrong in a list of tables: which of them, which setting, and what was expected there."""

    def __init__(self, position: int, name: str, reason: str, expected: str) -> None:
        super().__init__(expected)
        self.position, self.name, self.reason, self.expected = position, name, reason, expected


@dataclass(frozen=True, slots=True)
class Tables:
    """A list of at most `most` tables of the same settings. `wrong` names one that does not go with the others, and what is expected."""

    shape: type[Any]
    wrong: Callable[[Any], tuple[str, str] | None]
    most: int

    @property
    def expected(self) -> str:
        return f"[[…]] (0 … {self.most})"

    def take(self, value: object) -> tuple[Any, ...]:
        """Raises WrongEntry for the first mistake in a table."""
        if not isinstance(value, list) or len(value) > self.most or not all(isinstance(one, dict) for one in value):
            raise ValueError(self.expected)
        return tuple(self._taken(position, table) for position, table in enumerate(value))

    def _taken(self, position: int, table: Mapping[str, object]) -> Any:
        kinds: dict[str, Kind] = {entry.name: entry.metadata["kind"] for entry in fields(self.shape)}
        values = {}
        for name, value in table.items():
            if name not in kinds:
                raise WrongEntry(position, name, "unknown", " | ".join(kinds))
            try:
                values[name] = kinds[name].take(value)
            except ValueError as error:
                raise WrongEntry(position, name, "value", f"{name} = {kinds[name].expected}") from error
        for entry in fields(self.shape):
            if entry.default is MISSING and entry.name not in table:
                raise WrongEntry(position, entry.name, "missing", f"{entry.name} = {kinds[entry.name].expected}")
        taken = self.shape(**values)
        if found := self.wrong(taken):
            raise WrongEntry(position, found[0], "value", f"{found[0]} = {found[1]}")
        return taken


def setting(kind: Kind, *default: object, secret: bool = False) -> Any:
    """Declare a field of a settings class. Without a default the library has to decide. A secret is kept out of the repr."""
    if default:
        return field(default=default[0], metadata={"kind": kind}, repr=not secret)
    return field(metadata={"kind": kind}, repr=not secret)
