"""The commands of the command line, one module each, with imports deferred until a command runs."""

from __future__ import annotations

from kiosk.commands import (
    audit,
    config,
    demo,
    doctor,
    enrol,
    ils,
    keep,
    links,
    practice,
    recovery,
    registry,
    run,
    serve,
    setup,
    stats,
    tap,
    trust,
    virtual_card,
)

EVERY_COMMAND = (
    *(run, keep, practice, demo, doctor, tap, ils, trust, links, audit, stats, recovery, virtual_card, config, setup, enrol),
    *(serve, registry),
)
