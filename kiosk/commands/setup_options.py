"""Which options of `kiosk setup` go together."""

from __future__ import annotations

import argparse
import os

from kiosk.commands import output
from kiosk.domain.escaping import escaped

_CONTRADICTING = (
    ("--machine", "--account"),
    ("--machine", "--to"),
    ("--account", "--group"),
    ("--account", "--from"),
    *(("--call-off", other) for other in ("--machine", "--account", "--group", "--from", "--to", "--config", "--enrolment")),
    ("--machine", "--yes"),
    ("--account", "--yes"),
    # A counter that is moved has a config of its own, and may be enrolled.
    ("--config", "--from"),
    ("--enrolment", "--from"),
    ("--policies", "--no-policies"),
    ("--account", "--policies"),
    ("--account", "--no-policies"),
)


def is_misused(options: argparse.Namespace) -> bool:
    """Say on stderr what does not fit together: each option that was given would be taken to have been heeded."""
    given = given_options(options)
    if options.home is not None:  # this command decides where the counter is
        output.warn("setup.not-together", one="setup", other="--home")
        return True
    for one, other in _CONTRADICTING:
        if {one, other} <= given:
            output.warn("setup.not-together", one=one, other=other)
            return True
    if given - {"--dry-run", "--no-policies"} and not given & {"--machine", "--account", "--call-off"}:
        output.warn("setup.which")
        return True
    if given and (home := os.environ.get("KIOSK_HOME")):
        output.warn("setup.home-chosen", folder=escaped(home))
        return True
    return False


def given_options(options: argparse.Namespace) -> set[str]:
    values = {
        "--machine": options.machine or None,
        "--group": options.group,
        "--from": options.source,
        "--config": options.config_file,
        "--enrolment": options.enrolment,
        "--policies": options.policies or None,
        "--no-policies": options.no_policies or None,
        "--account": options.account,
        "--to": options.to,
        "--call-off": options.call_off or None,
        "--yes": options.yes or None,
        "--dry-run": options.dry_run or None,
    }
    return {name for name, value in values.items() if value is not None}
