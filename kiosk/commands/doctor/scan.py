"""kiosk doctor --scan | --scan-item: reads one barcode and shows step by step how the configured rules treat it."""

from __future__ import annotations

import json
import sys

from kiosk.commands import output
from kiosk.config import Settings, counter_rules
from kiosk.domain import trial_scan
from kiosk.domain.errors import Refused
from kiosk.text import plain, say

_MARKED = {True: "scan.good", False: "scan.bad", None: "scan.found"}


def try_library_card(settings: Settings) -> int:
    """Read one library card from the keyboard. The exit code tells whether its number would be accepted."""
    scanned = _scanned("scan.ask")
    if scanned is None:
        return output.PROBLEM
    return _tell_trial(trial_scan.try_library_card(scanned, counter_rules(settings).barcode), good="good-card", adjust="scan.adjust")


def try_item(settings: Settings) -> int:
    """Read one item barcode from the keyboard."""
    scanned = _scanned("scan.ask-item")
    if scanned is None:
        return output.PROBLEM
    return _tell_trial(trial_scan.try_item(scanned, settings.library_card.items_start_stop), good="good-item", adjust="scan.adjust-item")


def _scanned(question: str) -> str | None:
    _tell(question)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        _tell("scan.nothing")
        return None
    return line.rstrip("\r\n")


def _tell_trial(tried: trial_scan.Trial, *, good: str, adjust: str) -> int:
    for step in tried.steps:
        _tell(_MARKED[step.good], what=_sentence(step.saying, **step.params) + _setting(step.setting))
    if tried.fitting is not None:
        _tell("scan.fitting" if tried.fitting else "scan.none-fitting", kinds="、".join(tried.fitting))
    if isinstance(tried.verdict, Refused):
        _tell("scan.bad", what=output.explain(tried.verdict).replace("\n", "\n  "))
        if not tried.is_my_number:
            _tell(adjust)
        return output.PROBLEM
    _tell("scan.good", what=_sentence(good, number=tried.verdict))
    return output.OK


def _sentence(saying: str, **params: str | int) -> str:
    """The sentence of the status page. Filled in after marks are removed, since the scan may contain the same characters."""
    return plain(say(f"staff.scan.{saying}")).format(**params)


def _setting(setting: trial_scan.Setting | None) -> str:
    """As a line of the configuration: JSON writes these values as TOML does."""
    return "" if setting is None else f" [{setting.key} = {json.dumps(setting.value, ensure_ascii=False)}]"


def _tell(key: str, **params: str | int) -> None:
    output.tell(f"doctor.{key}", **params)
