"""A server that was begun on the command line: opened beside it, its counters enrolled and heard."""

from __future__ import annotations

import re

from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import read_registry_settings
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.wire import Position
from kiosk.registry.answers import Batch, Contact
from kiosk.registry.opening import OpenedRegistry, open_registry
from tests.support.commands.call import Call
from tests.support.ledger.acts import CounterActs

CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}\b")
"""As `kiosk registry enrol` prints it."""


def opened(home: RegistryHome) -> OpenedRegistry:
    return open_registry(home, read_registry_settings(home.config))


def enrolled(registry: Call, home: RegistryHome, name: str, *arguments: str) -> str:
    """Enrol a counter by the code that the command prints. Returns its secret."""
    found = CODE.search(registry("enrol", name, *arguments).out)
    assert found is not None
    server, secret = opened(home), fresh_secret()
    server.enrolment.enrol(EnrolmentCode.parse(found[0]).secret, secret)
    server.close()
    return secret


def heard(home: RegistryHome, name: str, pending: int, *, differs: bool = False, behind: int = 0, epoch: int | None = None) -> None:
    server = opened(home)
    head = server.ledger.head().position
    known = Position(head.epoch if epoch is None else epoch, head.cursor - behind)
    server.ledger.heard_all({name: Contact(known, pending=pending, version="0.1.0", differs=differs)})
    server.close()


def copied(home: RegistryHome, name: str) -> None:
    """Two computers have worked under a counter's name."""
    server = opened(home)
    for card in (1, 2):
        server.ledger.apply([Batch((CounterActs(name, server.ledger.head().position).link(card, card),))])
    server.close()
