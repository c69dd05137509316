"""kiosk local-api add NAME | list | revoke NAME: the programs on this computer that may ask for the number of the patron being served."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.open_store import opened, with_repository
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings
from kiosk.domain.local_client import LocalClient, client_name, fresh_token, origin, token_hash

if TYPE_CHECKING:
    from kiosk.store.repository import Repository


def add(commands: Commands) -> None:
    acts = commands.add("local-api").subcommands()
    adding = acts.add("add", act=add_client)
    adding.given("name", type=client_name, metavar="NAME")
    adding.option("--origin", type=origin, action="append", default=[], metavar="URL")
    acts.add("list", act=list_clients)
    acts.add("revoke", act=revoke_client).given("name", type=client_name, metavar="NAME")


def add_client(home: Home, options: argparse.Namespace) -> int:
    """Make a token and show it this once: only its hash is kept."""
    settings, token = read_settings(home.config), fresh_token()
    repository, _ = opened(home, settings)
    with repository:
        repository.add_local_client(LocalClient(options.name, token_hash(token), tuple(dict.fromkeys(options.origin))))
    output.tell_done("local-api.added", name=options.name, token=token)
    if not settings.local_api.on:
        output.tell_done("local-api.is-off", file=str(home.config))
    return output.OK


def list_clients(home: Home, options: argparse.Namespace) -> int:
    def tell(repository: Repository) -> int:
        clients = repository.local_clients()
        for client in clients:
            print("\t".join([client.name, " ".join(client.origins) or output.words("local-api.program")]))
        if not clients:
            output.warn("local-api.none")
        return output.OK

    return with_repository(home, tell)


def revoke_client(home: Home, options: argparse.Namespace) -> int:
    """A running counter hands out nothing to it from this moment, and ends its connections within seconds."""

    def revoke(repository: Repository) -> int:
        repository.revoke_local_client(options.name)
        output.tell_done("local-api.revoked", name=options.name)
        return output.OK

    return with_repository(home, revoke)
