"""kiosk registry …: what an administrator does on the library's server."""

from __future__ import annotations

from kiosk.commands.parser import Commands
from kiosk.commands.registry import (
    admin,
    adopt,
    audit,
    backup,
    counters,
    doctor,
    ending,
    enrol,
    export,
    import_list,
    init,
    notices,
    rotate_key,
    trust,
)


def add(commands: Commands) -> None:
    acts = commands.add("registry").subcommands()
    for command in (init, enrol, counters, ending, backup, doctor, trust, import_list, adopt, export, rotate_key, audit, admin, notices):
        command.add(acts)
