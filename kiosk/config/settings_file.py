"""Reads settings from a TOML file, reporting every mistake with its line and the expected value: a counter's, and the server's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, Generic, TypeVar, get_type_hints

from kiosk.config.file_access import file_trouble, not_a_file, read_regular
from kiosk.config.file_permissions import Exposure, exposed_place
from kiosk.config.text_encoding import NotUtf8, decoded, legible
from kiosk.config.toml import BadToml, lines_of, loads
from kiosk.config.value_types import Kind, WrongEntry
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.lazy_dataclass import dataclass

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Need:
    """A setting that is required because of another one."""

    section: str
    name: str
    """The required setting."""
    because: str
    """The setting that requires it; its line is reported if `name` is absent."""
    expected: str
    """In TOML notation."""
    reason: str
    lacking: Callable[[Any], bool]
    """Called with the settings of the section."""


class SettingsFile(Generic[S]):
    """One kind of file. `shape` is a dataclass whose fields are the sections, and theirs the settings (`value_types.setting`)."""

    def __init__(self, shape: type[S], needs: Sequence[Need] = ()) -> None:
        self._shape = shape
        self._needs = needs
        self.sections: dict[str, Any] = get_type_hints(shape)
        self._names = frozenset(self.sections).union(*([entry.name for entry in fields(one)] for one in self.sections.values()))

    def read(self, path: Path) -> S:
        """Read the settings from a file.

        Raises Refused: config-invalid for its first mistake, with `file`, `line`, `key`, `expected` (TOML notation) and `reason` (that of a
        `NotUtf8`, syntax and its kinds (`toml`), section, heading, outside, unknown, value, missing, or that of a `Need`); config-exposed
        (`file`, `place`, `reason`) if others may write it or its folder. Raises Unavailable: store-foreign (`place`) if it belongs to
        another user, config-unreadable (`place`, `reason`: a `FileTrouble`).
        """
        values, mistakes = self._read(path)
        if mistakes:
            raise mistakes[0]
        return self._shape(**{name: shape(**values.get(name, {})) for name, shape in self.sections.items()})

    def read_section(self, path: Path, section: str) -> Any:
        """The settings of one section, whatever is wrong with the others. Raises as `read` does."""
        values, mistakes = self._read(path)
        for mistake in mistakes:
            if not values or str(mistake.params["key"]).partition(".")[0] == section:
                raise mistake
        return self.sections[section](**values[section])

    def check(self, path: Path) -> list[Refused]:
        """All mistakes in a file, ordered by line. Raises Refused: config-exposed; Unavailable as `read` does."""
        return self._read(path)[1]

    def check_content(self, path: Path, raw: bytes) -> list[Refused]:
        """The same for what was read at `path`, whoever may change it there: to be kept elsewhere."""
        return self._parse(path, raw)[1]

    def wrong_value(self, path: Path, section: str, name: str) -> Refused:
        """The mistake for a value that its kind takes, and whoever uses it does not. Raises OSError."""
        key = f"{section}.{name}"
        kind: Kind = next(entry for entry in fields(self.sections[section]) if entry.name == name).metadata["kind"]
        lines = lines_of(legible(read_regular(path)))
        return _mistake(path, "value", lines.get(key, 1), key, f"{name} = {kind.expected}")

    def _read(self, path: Path) -> tuple[dict[str, dict[str, Any]], list[Refused]]:
        try:
            exposed = exposed_place(path)
            if path.exists() and not path.is_file():  # reading from a pipe would block for ever
                raise not_a_file(path)
            # Whoever can write here controls how cards are checked and where numbers are typed.
            if exposed is not None:
                where, whose = str(exposed[0]), exposed[1]
                if whose is Exposure.FOREIGN:
                    raise Unavailable(Code.STORE_FOREIGN, place=where)
                raise Refused(Code.CONFIG_EXPOSED, file=str(path), place=where, reason="writable")
            raw = read_regular(path)
        except OSError as error:
            raise Unavailable(Code.CONFIG_UNREADABLE, place=str(path), reason=file_trouble(error, path).value) from error
        return self._parse(path, raw)

    def _parse(self, path: Path, raw: bytes) -> tuple[dict[str, dict[str, Any]], list[Refused]]:
        try:
            text = decoded(raw)
        except NotUtf8 as other:
            return {}, [_mistake(path, other.encoding.value, other.line, path.name, "UTF-8")]
        try:
            document = loads(text, self._names)
        except BadToml as bad:
            return {}, [_mistake(path, bad.reason, bad.line, bad.shown, self._form(bad))]
        values: dict[str, dict[str, Any]] = {}
        mistakes = sorted(self._take(path, document, lines_of(text), values), key=lambda mistake: int(mistake.params["line"]))
        return values, mistakes

    def _take(self, path: Path, document: dict[str, Any], lines: dict[str, int], values: dict[str, dict[str, Any]]) -> Iterator[Refused]:
        """Fill `values` from the document; yield the mistakes."""
        for section in document:
            if section not in self.sections or not isinstance(document[section], dict):
                yield self._misplaced(path, section, document[section], lines.get(section, 1))
        for section, shape in self.sections.items():
            known = {entry.name: entry for entry in fields(shape)}
            given = document.get(section, {})
            values[section] = {}
            if isinstance(given, dict):
                mistakes = list(self._take_section(path, section, given, known, lines, values[section]))
                # Invalid values first: one of them may be the setting that seems to be missing.
                yield from mistakes or self._lacking(path, section, shape(**values[section]), lines)

    def _take_section(
        self, path: Path, section: str, given: dict[str, Any], known: dict[str, Field[Any]], lines: dict[str, int], values: dict[str, Any]
    ) -> Iterator[Refused]:
        for name, value in given.items():
            key = f"{section}.{name}"
            if name not in known:
                yield _mistake(path, "unknown", lines.get(key, 1), key, _nearest(name, known, "{}"))
                continue
            kind: Kind = known[name].metadata["kind"]
            try:
                values[name] = kind.take(value)
            except WrongEntry as wrong:
                entry_key = f"{key}[{wrong.position}]"
                line = lines.get(f"{entry_key}.{wrong.name}") or lines.get(entry_key, 1)
                yield _mistake(path, wrong.reason, line, f"{key}.{wrong.name}", wrong.expected)
            except ValueError:
                yield _mistake(path, "value", lines.get(key, 1), key, f"{name} = {kind.expected}")
        for name, entry in known.items():
            if entry.default is MISSING and name not in given:
                expected = f"{name} = {entry.metadata['kind'].expected}"
                yield _mistake(path, "missing", lines.get(section, 1), f"{section}.{name}", expected)

    def _lacking(self, path: Path, section: str, settings: object, lines: dict[str, int]) -> Iterator[Refused]:
        for need in self._needs:
            if need.section == section and need.lacking(settings):
                key, because = f"{section}.{need.name}", f"{section}.{need.because}"
                line = lines.get(key) or lines.get(because) or lines.get(section, 1)
                yield _mistake(path, need.reason, line, key, f"{need.name} = {need.expected}")

    def _form(self, bad: BadToml) -> str:
        """A valid form of the line."""
        if bad.shown.startswith("["):
            return _nearest(bad.shown.strip("[] "), self.sections, "[{}]")
        shape = self.sections.get(bad.section)
        kinds: dict[str, Kind] = {entry.name: entry.metadata["kind"] for entry in fields(shape)} if shape else {}
        return f"{bad.shown} = {kinds[bad.shown].expected}" if bad.shown in kinds else 'name = "…" | 0 | true | false'

    def _misplaced(self, path: Path, name: str, value: object, line: int) -> Refused:
        """The mistake for a top-level entry that is not a known section."""
        if name in self.sections:
            return _mistake(path, "heading", line, name, f"[{name}]")
        if isinstance(value, dict):
            return _mistake(path, "section", line, name, _nearest(name, self.sections, "[{}]"))
        homes = [section for section, shape in self.sections.items() if name in {entry.name for entry in fields(shape)}]
        return _mistake(path, "outside", line, name, " | ".join(f"[{section}]" for section in homes or self.sections))


def _nearest(word: str, known: dict[str, Any], shape: str) -> str:
    """The closest match, or all alternatives."""
    # A start needs it only where something is written wrongly.
    import difflib

    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return " | ".join(shape.format(name) for name in near or known)


def _mistake(path: Path, reason: str, line: int, key: str, expected: str) -> Refused:
    # TOML allows empty keys; shown as written.
    return Refused(Code.CONFIG_INVALID, file=str(path), line=line, key=key or '""', expected=expected, reason=reason)
