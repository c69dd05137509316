"""Text of a slip as HTML for QTextDocument: titles and due dates; no name, and the library card number masked."""

from __future__ import annotations

import html
from datetime import datetime

from kiosk.config import SlipSettings
from kiosk.domain.circulation import Due, Told
from kiosk.domain.itemservices import has_queue, is_loan
from kiosk.domain.model import Language, Service
from kiosk.domain.slip import Slip, SlipKind, SlipLine
from kiosk.service_texts import ServiceText
from kiosk.text import say

_RECORDED = ("kept", "not-kept", "use", "keep-card", "renewal", "lost")


def slip_html(slip: Slip, counter_name: str, moment: datetime, settings: SlipSettings) -> str:
    """Return the body of a slip printed at `moment` (aware, in Japan) at the named counter. `settings` hold the library's contact data."""
    language = slip.language
    when = _say("slip.when", language, year=moment.year, month=moment.month, day=moment.day, time=f"{moment:%H:%M}")
    parts = [
        _paragraph(_say(f"slip.{slip.kind}", language), "title"),
        _paragraph(f"{when}　{counter_name}", "note"),
        _paragraph(_say("slip.number", language, number=slip.number.masked), "note"),
        "<hr>",
    ]
    if slip.kind is SlipKind.RECORDED:
        here = {"use": "use-here"} if slip.pending else {}
        parts += [_paragraph(_say(f"slip.recorded-{here.get(what, what)}", language)) for what in _RECORDED]
    else:
        parts += [_line(line, slip.kind, language) for line in slip.lines]
        parts += ["<hr>" if slip.lines else "", *(_paragraph(said, "note") for said in _counted(slip))]
    contact = [_paragraph(said, "note") for said in _contact(settings, language)]
    return "".join([*parts, *(["<hr>", *contact] if contact else [])])


def _contact(settings: SlipSettings, language: Language) -> list[str]:
    """Return the contact lines that are configured."""
    labelled = [
        _say(f"slip.{name}", language, value=value)
        for name, value in (("telephone", settings.telephone), ("hours", settings.hours))
        if value
    ]
    return [settings.library, *labelled] if settings.library else labelled


def _counted(slip: Slip) -> list[str]:
    """Return the number of lines, and of loans in all, as far as the library system reports it."""
    language, count = slip.language, len(slip.lines)
    if slip.told is Told.PART and slip.counted is not None and slip.counted > count:
        return [_say("slip.count-part", language, count=count, counted=slip.counted), _say("slip.ask-staff", language)]
    lines = [_say("slip.count", language, count=count)] if count else []
    if slip.told is Told.PART:
        return [*lines, _say("slip.perhaps-more", language)]
    if slip.told is Told.NOTHING:
        if slip.counted is not None:
            lines.append(_say("slip.count-on-loan", language, counted=slip.counted))
        lines.append(_say("slip.not-listed", language))
    return lines


def _line(line: SlipLine, kind: SlipKind, language: Language) -> str:
    """Return one item: its title, or its number if the library system gave no title."""
    said = [_paragraph(line.item.title or line.item.number, "item")]
    if kind is SlipKind.TODAY and line.instead is not None:
        said.append(_paragraph(_say(f"slip.{line.instead}", language), "note"))
    elif kind is SlipKind.TODAY and line.service is not Service.LOAN:
        said.append(_paragraph(_say(ServiceText.ON_SLIP.of(line.service), language), "note"))
    if line.position is not None and has_queue(line.service):
        said.append(_paragraph(_say("slip.position", language, position=line.position), "note"))
    if line.item.due is not None and is_loan(line.service):
        said.append(_paragraph(_say("slip.due", language, due=due_words(line.item.due, language))))
    return "".join(said)


def due_words(due: Due, language: Language) -> str:
    """Return the due date in words, or the server's text if that is not a date."""
    day = due.day
    if day is None:
        return due.text
    weekday = _say("slip.weekdays", language).split()[day.weekday()]
    return _say("slip.day", language, year=day.year, month=day.month, day=day.day, weekday=weekday)


def _paragraph(text: str, kind: str = "body") -> str:
    return f'<p class="{kind}">{html.escape(text)}</p>'


def _say(key: str, language: Language, **params: str | int) -> str:
    """Return a sentence with its furigana in parentheses."""
    sentence = say(key, language).replace("[", "(").replace("]", ")").replace("|", "")
    return sentence.format(**params)
