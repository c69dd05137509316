"""What a check found, as words that never change: each outcome has a sentence, and one of what to do unless all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from kiosk.commands.output import words


@unique
class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    """The counter works, but somebody ought to know or to decide."""
    BAD = "bad"
    """The counter does not do what it is there for, or what it keeps is in danger."""


OUTCOMES: Mapping[str, State] = {
    "config.fine": State.OK,
    "config.wrong": State.BAD,
    "service.running": State.OK,
    "service.missing": State.BAD,
    "service.denied": State.BAD,
    "reader.found": State.OK,
    "reader.missing": State.BAD,
    "reader.other": State.BAD,
    "reader.unknown": State.WARN,
    "trust.ready": State.OK,
    "trust.ending": State.WARN,
    "trust.ended": State.BAD,
    "trust.missing": State.BAD,
    "trust.wrong": State.BAD,
    "revocation.fresh": State.OK,
    "revocation.none": State.WARN,
    "revocation.undecided": State.BAD,
    "revocation.missing": State.BAD,
    "revocation.stale": State.BAD,
    "revocation.too-old": State.BAD,
    "revocation.partly": State.BAD,
    "revocation.unlimited": State.WARN,
    "revocation.files": State.WARN,
    "store.fine": State.OK,
    "store.new": State.OK,
    "store.wrong": State.BAD,
    "audit.fine": State.OK,
    "audit.broken": State.BAD,
    "keys.credential-manager": State.OK,
    "keys.secret-service": State.OK,
    "keys.file": State.OK,
    "keys.new": State.OK,
    "keys.wrong": State.BAD,
    "recovery.confirmed": State.OK,
    "recovery.unconfirmed": State.BAD,
    "recovery.new": State.WARN,
    "slips.none": State.OK,
    "slips.kept": State.OK,
    "slips.overdue": State.WARN,
    "slips.unknown": State.WARN,
    "ils.none": State.OK,
    "ils.ready": State.OK,
    "ils.plain": State.WARN,
    "ils.lacking": State.WARN,
    "ils.trouble": State.BAD,
    "ils.unknown": State.WARN,
    "handover.off": State.OK,
    "handover.found": State.OK,
    "handover.several": State.WARN,
    "handover.missing": State.WARN,
    "handover.missing-program": State.WARN,
    "handover.impossible": State.BAD,
    "handover.unknown": State.WARN,
    "disk.encrypted": State.OK,
    "disk.plain": State.BAD,
    "disk.unknown": State.WARN,
    "clock.synchronised": State.OK,
    "clock.unsynchronised": State.WARN,
    "clock.unknown": State.WARN,
    "clock.zone": State.WARN,
    "clock.wrong": State.BAD,
    "displays.two": State.OK,
    "displays.single": State.OK,
    "displays.one": State.BAD,
    "displays.other": State.BAD,
    "displays.unknown": State.WARN,
    "fonts.fine": State.OK,
    "fonts.other": State.WARN,
    "fonts.missing": State.BAD,
    "fonts.unknown": State.WARN,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`outcome` is a key of OUTCOMES; `facts` fill its sentences and hold nothing personal."""

    outcome: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def check(self) -> str:
        return self.outcome.partition(".")[0]

    @property
    def state(self) -> State:
        return OUTCOMES[self.outcome]

    @property
    def found(self) -> str:
        return words(f"doctor.{self.outcome}", **self.facts)

    @property
    def advice(self) -> str:
        """What to do; empty when all is well."""
        return "" if self.state is State.OK else words(f"doctor.{self.outcome}-next", **self.facts)

    def as_json(self) -> dict[str, object]:
        return {
            "check": self.check,
            "state": self.state.value,
            "outcome": self.outcome,
            "found": self.found,
            "advice": self.advice,
            "facts": dict(self.facts),
        }
