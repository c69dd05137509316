"""The commands of the command line, one a module; each loads what it needs only when it is carried out."""

from __future__ import annotations

from kiosk.commands import config, demo, run

EVERY_COMMAND = (run, demo, config)
