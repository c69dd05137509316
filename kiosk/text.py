"""Every sentence people see or hear read out, by key and language, for windows, command line and slips.

The catalogues are `resources/i18n/<language>/<part>.po` (gettext's format); a key's first word names its part:
`patron.pin.title` lies in `patron.po`. Parts for staff and operators exist in Japanese only. In a sentence `{name}` is filled in,
`[…]` after kanji is its reading, `|` marks where a line may break and a newline where it must.
"""

from __future__ import annotations

import re
from functools import cache

import polib

from kiosk.config import resource
from kiosk.domain.model import Language

_READING = re.compile(r"\[([^\]]*)\]")


@cache
def _catalogue(part: str, language: Language) -> dict[str, str]:
    try:
        entries = polib.pofile(str(resource(f"i18n/{language}/{part}.po")))
    except FileNotFoundError:
        return {}
    return {entry.msgid: entry.msgstr for entry in entries if entry.msgstr}


def knows(key: str, language: Language = Language.JAPANESE) -> bool:
    """Whether the catalogue of this language has a sentence under `key`."""
    return key in _catalogue(key.partition(".")[0], language)


def say(key: str, language: Language = Language.JAPANESE, /, **params: str | int) -> str:
    """The sentence under `key`, filled in, with its break marks and readings. Raises KeyError when there is none in Japanese either."""
    part = key.partition(".")[0]
    sentence = _catalogue(part, language).get(key)
    if sentence is None:
        sentence = _catalogue(part, Language.JAPANESE)[key]
    return sentence.format(**params) if params else sentence


def plain(sentence: str) -> str:
    """A sentence without break marks and readings: for accessible names, the command line and the log of the tour."""
    return _READING.sub("", sentence).replace("|", "")


def phrased(sentence: str) -> str:
    """A sentence whose lines break only at `|`, spaces and newlines.

    The letters of a phrase are joined with U+2060 and phrases parted with U+200B, so that Qt leaves no single kana on a line.
    A sentence without any mark is left alone.
    """
    if "|" not in sentence:
        return sentence
    return "\n".join("\u200b".join("\u2060".join(phrase) for phrase in line.split("|")) for line in sentence.split("\n"))
