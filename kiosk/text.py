"""All text shown or read out to people, by key and language, for windows, command line and slips.

The catalogues are `resources/i18n/<language>/<part>.po` (gettext's format); the first component of a key is its part: `patron.pin.title` is
in `patron.po`. Text for patrons (`patron`, `slip`) exists in every language, text for staff and operators (`staff`, `refusal`, `command`,
`course`, `demo`) in Japanese only. In a sentence `{name}` is a placeholder, `[…]` after kanji is its reading, `|` allows a line break and
a newline forces one.
"""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date
from functools import cache
from typing import Literal, get_args

from kiosk.catalogue import sentences
from kiosk.domain.circulation import Stop
from kiosk.domain.codefacts import Family, ToPatron
from kiosk.domain.errors import Code
from kiosk.domain.model import Language
from kiosk.resource_files import resource

StaffPart = Literal["title", "staff", "staff-next"]
STAFF_PARTS: tuple[StaffPart, ...] = get_args(StaffPart)
"""What staff are shown about a code: its title, the cause, the next step."""
_DENIALS = frozenset({Stop.CHARGE_DENIED.value, Stop.RENEWAL_DENIED.value, Stop.RECALL_DENIED.value, Stop.HOLD_DENIED.value})
_FULL_WIDTH_MARKS = str.maketrans("|[]", "｜［］")
_READING = re.compile(r"\[([^\]]*)\]")


@cache
def _catalogue(part: str, language: Language) -> dict[str, str]:
    try:
        return sentences(resource(f"i18n/{language}/{part}.po"))
    except FileNotFoundError:
        return {}


def knows(key: str, language: Language = Language.JAPANESE) -> bool:
    """Whether the catalogue of this language has the key."""
    return key in _catalogue(key.partition(".")[0], language)


def say(key: str, language: Language = Language.JAPANESE, /, **params: str | int) -> str:
    """The sentence of `key` with placeholders filled in, including break marks and readings. Raises KeyError if it is missing in Japanese
    too.
    """
    part = key.partition(".")[0]
    sentence = _catalogue(part, language).get(key)
    if sentence is None:
        sentence = _catalogue(part, Language.JAPANESE)[key]
    return sentence.format(**params) if params else sentence


def refusal(code: Code, part: StaffPart, /, **params: str | int) -> str:
    """What staff read about a code (`refusal.<code>.<part>`), with placeholders filled in, including marks.

    `staff` adds what the library system reported, if `params` hold it: why a library card is stopped (`stops`: space-separated `Stop`
    values; `said`: the system's own message) and until when a card was valid (`until`: ISO date).

    Of a number handed over it adds how many keys were pressed (`typed`), or names what is not known of the field (`reason`).

    Of a file, `staff-next` follows from why it cannot be used (`reason`).

    `staff-next` does not send staff to look for a reason already shown, and refers to the link's card if no number was `entered`.
    """
    sentence, known = _refusal(code, part, params)
    # Text from outside may contain characters that are marks here.
    return sentence.format(
        **{name: value.translate(_FULL_WIDTH_MARKS) if isinstance(value, str) else value for name, value in known.items()}
    )


def plain_refusal(code: Code, part: StaffPart, /, **params: str | int) -> str:
    """As `refusal`, without marks; parameters such as a path are inserted unchanged."""
    sentence, known = _refusal(code, part, params)
    return plain(sentence).format(**known)


def refusal_to_patron(code: Code, language: Language, /, **params: str | int) -> tuple[str, str]:
    """What a patron reads about a code, in their language: the cause and the next step."""
    key = patron_key(code)
    return say(key, language, **params), say(f"{key}-next", language, **params)


def patron_key(code: Code) -> str:
    """The key of a code's message for patrons; its next step has the same key with `-next`."""
    match code.about.patron:
        case ToPatron.OWN:
            return f"patron.refusal.{code}"
        case ToPatron.NOTHING:
            return f"patron.refusal.{ToPatron.CLOSED}"
        case shared:
            return f"patron.refusal.{shared}"


def _refusal(code: Code, part: StaffPart, params: dict[str, str | int]) -> tuple[str, dict[str, str | int]]:
    """A sentence and the parameters still to be filled in."""
    key = f"refusal.{code}.{part}"
    if code.about.family is Family.HANDOVER and part != "title":
        about_field = f"{key}-{params.get('reason')}"
        sentence = say(about_field if knows(about_field) else key)
        return sentence + (say(f"{key}-counted") if part == "staff" and params.get("typed") else ""), params
    if part == "staff-next":
        if code is Code.FILE_UNUSABLE and knows(by_reason := f"{key}-{params.get('reason')}"):
            return say(by_reason), params
        told = params.get("said") or stop_causes(str(params.get("stops", "")))
        if code is Code.LIBRARY_CARD_STOPPED and told:
            return say(f"{key}-told"), params
        if code in (Code.LIBRARY_CARD_UNKNOWN, Code.LIBRARY_CARD_DIFFERS) and params.get("entered") == "":
            return say(f"{key}-linked"), params
    if part != "staff":
        return say(key), params
    if code is Code.LIBRARY_CARD_STOPPED:
        stops = str(params.get("stops", ""))
        # Next to the system's own message, that something is denied adds nothing.
        reasons = stop_causes(stops) if params.get("said") else stop_reasons(stops)
        sentence = say(f"{key}-why" if reasons else key)
        sentence += say(f"{key}-said") if params.get("said") else ""
        return sentence, {**params, "reasons": reasons}
    if code is Code.LIBRARY_CARD_EXPIRED and "until" in params:
        day = date.fromisoformat(str(params["until"]))
        return say(key) + say(f"{key}-until"), {**params, "year": day.year, "month": day.month, "day": day.day}
    if code is Code.LIBRARY_CARD_DIFFERS and params.get("answered") == "unnumbered":
        return say(f"{key}-unnumbered"), params
    return say(key), params


def stop_reasons(stops: str) -> str:
    """Why a patron is stopped, in words for staff; empty if not known. `stops`: space-separated `Stop` values.

    A denial is not a reason: it is named only if nothing else is known.
    """
    return stop_causes(stops) or _stop_words(set(stops.split()))


def stop_causes(stops: str) -> str:
    """As `stop_reasons`, without denials."""
    return _stop_words(set(stops.split()) - _DENIALS)


def _stop_words(stops: Set[str]) -> str:
    return "、".join(say(f"staff.stop.{stop}") for stop in Stop if stop.value in stops)


def one_line(sentence: str) -> str:
    """A title with manual line breaks joined into one line; Latin words keep a space between them."""
    return re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", sentence).replace("\n", "")


def plain(sentence: str) -> str:
    """A sentence without break marks and readings: for accessible names, the command line and the tour's log."""
    return _READING.sub("", sentence).replace("|", "")
