"""What a counter says when something is wrong, each with its cause and what to do: codes by family, and what checks find."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kiosk.domain.codefacts import Family, ToPatron
from kiosk.domain.errors import Code
from kiosk.domain.health_outcomes import OUTCOMES, Condition
from kiosk.domain.model import Language
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


def findings(*checks: str) -> Iterator[str]:
    """Of `kiosk doctor` and the status page: what these checks may find."""
    for check, outcomes in groupby(OUTCOMES, key=lambda outcome: outcome.partition(".")[0]):
        if check in checks:
            yield f"\n(check-{check})="
            yield f"### {text(say(f'command.doctor.{check}.title'))}\n"
            yield from table(("印", "出る言葉", "すること"), [_row(outcome) for outcome in outcomes])


def _row(outcome: str) -> tuple[str, str, str]:
    key = f"command.doctor.{outcome}"
    found, advice = text(say(key)), text(say(f"{key}-next")) if knows(f"{key}-next") else _NOTHING_TO_DO
    on_windows = [text(say(f"{each}-windows")) for each in (f"{key}-next",) if knows(f"{each}-windows")]
    return _MARKS[OUTCOMES[outcome]], found, advice + "".join(f" (Windows: {each})" for each in on_windows)


def _staff(code: Code, part: str) -> str:
    return text(plain(one_line(say(f"refusal.{code}.{part}"))))


def _patron(code: Code) -> str:
    key = patron_key(code)
    return "".join(text(plain(one_line(say(each, Language.JAPANESE)))) for each in (key, f"{key}-next"))
