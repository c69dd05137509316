"""The commands of the command line, one a module; each loads what it needs only when it is carried out."""

from __future__ import annotations

from kiosk.commands import audit, config, demo, doctor, ils, links, practice, recovery, run, stats, tap, trust, virtual_card

EVERY_COMMAND = (run, practice, demo, doctor, tap, ils, trust, links, audit, stats, recovery, virtual_card, config)
