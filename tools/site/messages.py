"""What a counter says when something is wrong, each with its cause and what to do: codes by family, and what checks find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby

import polib

from kiosk.domain.codefacts import Family, ToPatron
from kiosk.domain.errors import Code
from kiosk.domain.health_outcomes import OUTCOMES, Condition
from kiosk.domain.model import Language
from kiosk.resource_files import resource
from kiosk.text import knows, one_line, patron_key, plain, say
from tools.site.markdown import table, text

_MARKS = {Condition.OK: "○", Condition.UNKNOWN: "？", Condition.CARE: "△", Condition.WRONG: "×"}
_NOTHING_TO_DO = "―"


def messages(*families: str) -> Iterator[str]:
    """Codes of these families: what staff read, and what the patron's window says."""
    for code in (code for code in Code for family in families if code.about.family is Family[family]):
        yield f"\n(message-{code})="
        yield f"### {_staff(code, 'title')}\n"
        yield f"{_staff(code, 'staff')}\n"
        yield f"- **すること**: {_staff(code, 'staff-next')}"
        if code.about.patron is not ToPatron.NOTHING:
            yield f"- 利用者の画面: 「{_patron(code)}」"
        yield from _reasons(code)


def _reasons(code: Code) -> Iterator[str]:
    """What commands add to it, where they know more."""
    told = {key: sentence for key, sentence in _sentences("command").items() if key.startswith(f"command.why.{code}.")}
    if told:
        yield "- コマンドに出る、くわしい理由:"
    yield from dict.fromkeys(f"  - {_with_windows(key, told)}" for key in told if not key.endswith("-windows"))


def _with_windows(key: str, told: Mapping[str, str]) -> str:
    on_windows = told.get(f"{key}-windows")
    return text(told[key]) + (f" (Windows: {text(on_windows)})" if on_windows else "")


def notices(*groups: str) -> Iterator[str]:
    """What else staff's window tells, with what to do, by the groups of its sentences: what has a text or advice below its title."""
    told = _sentences("staff")
    titled = [key for key in told if {f"{key}-text", f"{key}-next"} & told.keys() and key.rpartition(".")[0] in groups]
    for title, keys in groupby(titled, key=lambda key: _plain(told[key])):
        yield f"\n### {title}\n"
        yield from (f"- {_plain(told[part])}" for key in keys for part in (f"{key}-text", f"{key}-next") if part in told)


def causes(group: str) -> Iterator[str]:
    """Sentences of commands that stand alone, by the beginning of their keys."""
    yield from (f"- {_plain(sentence)}" for key, sentence in _sentences("command").items() if key.startswith(f"{group}."))


def findings(*checks: str) -> Iterator[str]:
    """Of `kiosk doctor` and the status page: what these checks may find."""
    for check, outcomes in groupby(OUTCOMES, key=lambda outcome: outcome.partition(".")[0]):
        if check in checks:
            yield f"\n(check-{check})="
            yield f"### {text(say(f'command.doctor.{check}.title'))}\n"
            yield from table(("印", "出る言葉", "すること"), [_row(outcome) for outcome in outcomes])


@cache
def _sentences(part: str) -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(resource(f"i18n/ja/{part}.po")))}


def _row(outcome: str) -> tuple[str, str, str]:
    key = f"command.doctor.{outcome}"
    found, advice = text(say(key)), text(say(f"{key}-next")) if knows(f"{key}-next") else _NOTHING_TO_DO
    on_windows = [text(say(f"{each}-windows")) for each in (f"{key}-next",) if knows(f"{each}-windows")]
    return _MARKS[OUTCOMES[outcome]], found, advice + "".join(f" (Windows: {each})" for each in on_windows)


def _staff(code: Code, part: str) -> str:
    return _plain(say(f"refusal.{code}.{part}"))


def _patron(code: Code) -> str:
    key = patron_key(code)
    return "".join(_plain(say(each, Language.JAPANESE)) for each in (key, f"{key}-next"))


def _plain(sentence: str) -> str:
    return text(plain(one_line(sentence)))
