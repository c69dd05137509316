"""kiosk registry trust add | list | remove: the authorities whose cards may be in a list that is taken in."""

from __future__ import annotations

import argparse
import re

from kiosk.commands import output, trust
from kiosk.commands.argument_types import given_path
from kiosk.commands.parser import Commands
from kiosk.commands.registry.opened import opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.administrative_acts import AdministrativeAct


def add(commands: Commands) -> None:
    acts = commands.add("trust").subcommands()
    adding = acts.add_of_server("add", add_authority)
    adding.given("file", type=given_path, metavar="FILE")
    adding.option("--fingerprint", metavar="SHA256")
    acts.add_of_server("list", list_authorities)
    acts.add_of_server("remove", remove_authority).given("fingerprint", metavar="SHA256")


def add_authority(home: RegistryHome, options: argparse.Namespace) -> int:
    return trust.pin(home.trust, options, _noting(home))


def list_authorities(home: RegistryHome, options: argparse.Namespace) -> int:
    entries = trust.show_pinned(home.trust)
    if not entries:
        output.tell("registry.trust.empty")
    return output.PROBLEM if any(entry.trouble for entry in entries) else output.OK


def remove_authority(home: RegistryHome, options: argparse.Namespace) -> int:
    if not trust.unpin(home.trust, options.fingerprint, _noting(home)):
        output.warn("registry.trust.nothing-removed")
        return output.PROBLEM
    output.tell_done("registry.trust.removed")
    return output.OK


def _noting(home: RegistryHome) -> trust.Note:
    def note(act: AdministrativeAct, fingerprint: str) -> None:
        with opened(home) as registry:
            registry.note(act, re.sub(r"[^0-9a-f]", "", fingerprint.lower()))

    return note
