"""Reads our catalogues, files of gettext's .po format in its plainest form: each entry two lines. Standard library only.

A test holds that polib, which knows the whole format and takes ten times as long, reads the same in them.
"""

from __future__ import annotations

import re
from pathlib import Path

_ENTRY = re.compile(r'^msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t"}


def sentences(path: Path) -> dict[str, str]:
    """The sentences of a catalogue by key. Raises OSError, and ValueError where it is not UTF-8."""
    return {key: _ESCAPE.sub(_meant, said) if "\\" in said else said for key, said in _ENTRY.findall(path.read_text("utf-8"))}


def _meant(escape: re.Match[str]) -> str:
    return _MEANT.get(escape[1], escape[1])
