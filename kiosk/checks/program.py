"""Check that the program is one for a real counter."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.health import Finding
from kiosk.program_version import TRIAL, program_version


def check_program(version: Callable[[], str] = program_version) -> Finding:
    told = version()
    return Finding("program.trial" if told.endswith(TRIAL) else "program.released", {"version": told.removesuffix(TRIAL)})
