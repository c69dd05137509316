"""Findings in words for the administrator: what was found and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from kiosk.commands import output
from kiosk.commands.output import explain, for_platform, why, words
from kiosk.commands.setup_policies import policies_in_words
from kiosk.domain.calendar import JAPAN, second_in_japan
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.health import Condition, Finding, worst

_MARKS = {Condition.OK: "○", Condition.UNKNOWN: "？", Condition.CARE: "△", Condition.WRONG: "×"}
_VERSION = 2
"""Version of the JSON output."""


def report(findings: Sequence[Finding], *, json: bool) -> int:
    """Print the findings for people or programs. Returns the exit code."""
    if json:
        output.tell_json({"version": _VERSION, "worst": worst(findings).value, "checks": [as_json(finding) for finding in findings]})
    else:
        output.tell("doctor.looked", at=second_in_japan(datetime.now(UTC)))
        for finding in findings:
            print(f"{_MARKS[finding.condition]} {title(finding)}: " + found(finding).replace("\n", "\n    "))
            if advised := advice(finding):
                print("  → " + advised.replace("\n", "\n    "))
        output.tell(f"doctor.worst.{worst(findings)}")
    return output.PROBLEM if worst(findings) is Condition.WRONG else output.OK


def title(finding: Finding) -> str:
    return words(f"doctor.{finding.check}.title")


def found(finding: Finding) -> str:
    return words(f"doctor.{_key(finding)}", **_filled(finding))


def advice(finding: Finding) -> str:
    """What to do; empty if all is well."""
    if finding.is_well:
        return ""
    key = for_platform(f"command.doctor.{_key(finding)}-next")
    return words(key.removeprefix("command."), **_filled(finding))


def as_json(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "condition": finding.condition.value,
        "outcome": finding.outcome,
        "looked_at": finding.at.astimezone(JAPAN).isoformat(timespec="seconds") if finding.at else None,
        "found": found(finding),
        "advice": advice(finding),
        "facts": dict(finding.params),
    }


def _key(finding: Finding) -> str:
    return f"any.{finding.word}" if finding.found_nothing else finding.outcome


def _filled(finding: Finding) -> dict[str, str | int]:
    """The params, with codes and reasons among them replaced by their messages."""
    params = dict(finding.params)
    if (code := params.get("code")) is not None and "what" not in params:
        params["what"] = explain(Unavailable(Code(str(code)), **{name: value for name, value in params.items() if name != "code"}))
    if "damaged" in params:
        params["what"] = "\n".join(_damaged(*line.split("\t")) for line in str(params["damaged"]).splitlines())
    if "altered" in params:
        params["altered"] = "、".join(words(f"doctor.altered.{part}") for part in str(params["altered"]).split())
    if "policies" in params:
        params["policies"] = policies_in_words(str(params["policies"]).split())
    if "unused" in params:
        files = (line.partition("\t") for line in str(params["unused"]).splitlines())
        params["files"] = "".join(f"\n{file}: {words(f'list.{reason}')}" for file, _, reason in files)
    return params


def _damaged(file: str, code: str, reason: str) -> str:
    return f"{file}: {why(Refused(Code(code), reason=reason))}"
