"""How commands speak: sentences of command.po on stdout, trouble on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from kiosk.domain.errors import Code, KioskError
from kiosk.text import knows, plain_refusal, say

OK = 0
PROBLEM = 1
"""Something is wrong and was named: doctor, audit verify, a card refused."""
MISUSE = 2
"""Written wrongly: the command line or the config."""


def words(key: str, /, **params: str | int) -> str:
    """The sentence `command.<key>`."""
    sentence = say(f"command.{key}")
    return sentence.format(**params) if params else sentence


def tell(key: str, /, **params: str | int) -> None:
    print(words(key, **params))


def tell_json(document: Mapping[str, object]) -> None:
    """One JSON object, readable by people too."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def explain(error: KioskError) -> str:
    """Cause and next step, each on its line."""
    lines = [plain_refusal(error.code, part, **error.params) for part in ("staff", "staff-next")]
    # What only an administrator needs to know stands between cause and next step.
    lines[1:1] = [detail] if (detail := _detail(error)) else []
    if error.params.get("key") == "card.revocation":
        lines.append(words("config.revocation"))
    return "\n".join(lines)


def why(error: KioskError) -> str:
    """The cause alone, as exactly as it is known."""
    return _detail(error) or plain_refusal(error.code, "staff", **error.params)


def _detail(error: KioskError) -> str:
    key = f"command.why.{error.code}.{error.params.get('reason', '')}"
    return say(key) if knows(key) else ""


def complain(error: KioskError) -> int:
    """Say on stderr what is wrong and what to do; the command's exit code."""
    print(explain(error), file=sys.stderr)
    return MISUSE if error.code is Code.CONFIG_INVALID else PROBLEM
