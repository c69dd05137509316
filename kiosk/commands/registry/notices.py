"""kiosk registry notices: whom the server tells of failures, what it told, and whether a message goes out at all."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.commands.registry.opened import address_of, opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import unix_second_in_japan
from kiosk.text import say

if TYPE_CHECKING:
    from kiosk.registry.notices.channels import Channel


def add(commands: Commands) -> None:
    commands.add_of_server("notices", show_notices).option("--try", action="store_true", dest="tries")


def show_notices(home: RegistryHome, options: argparse.Namespace) -> int:
    """Also while the server works. With `--try` a message goes out now, by each channel."""
    from kiosk.registry.notices.channels import channels_of
    from kiosk.registry.notices.delivery import load_delivery
    from kiosk.registry.notices.occurrences import load
    from kiosk.registry.notices.words import line_of
    from kiosk.registry.status.paths import STATUS

    with opened(home) as registry:
        channels = channels_of(registry.settings.notices, home.folder)
        if not channels:
            output.warn("registry.notices.none", config=str(home.config))
            return output.PROBLEM
        if options.tries:
            return max(_tried(channel, f"{address_of(registry.settings)}{STATUS}") for channel in channels)
        with registry.ledger.database.reading() as database:
            deliveries = {channel.name: load_delivery(database, channel.name) for channel in channels}
            occurrences = load(database)
    for name, delivery in deliveries.items():
        sent = unix_second_in_japan(delivery.sent) if delivery.sent else output.words("registry.notices.never")
        output.tell("registry.notices.channel", channel=say(f"status.notices.{name}"), sent=sent)
        if delivery.failures:
            since = unix_second_in_japan(delivery.failing_since)
            output.warn("registry.notices.failing", since=since, why=say(f"status.notices.why.{delivery.trouble}"))
    for one in occurrences:
        output.tell("registry.notices.one", line=line_of(one))
    return output.PROBLEM if any(delivery.failures for delivery in deliveries.values()) else output.OK


def _tried(channel: Channel, address: str) -> int:
    from kiosk.registry.notices.delivery import NotDelivered
    from kiosk.registry.notices.words import trial_notice

    words = say(f"status.notices.{channel.name}")
    try:
        is_whole = channel.send(trial_notice(address), datetime.now(UTC))
    except NotDelivered as error:
        output.warn("registry.notices.not-sent", channel=words, why=say(f"status.notices.why.{error.trouble}"))
        return output.PROBLEM
    if not is_whole:
        output.warn("registry.notices.not-all", channel=words)
        return output.PROBLEM
    output.tell("registry.notices.sent", channel=words)
    return output.OK
