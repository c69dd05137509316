"""The status page as the server holds it: who may see it, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from kiosk.registry.backup.keeper import plan_of
from kiosk.registry.notices.channels import channels_of
from kiosk.registry.opening import OpenedRegistry
from kiosk.registry.status.administrators import Administrators
from kiosk.registry.status.overview import Overview


@dataclass(frozen=True, slots=True)
class StatusPage:
    administrators: Administrators
    overview: Overview

    @classmethod
    def of(cls, registry: OpenedRegistry) -> Self:
        ledger, site_key, clock = registry.ledger, registry.site_key.key, registry.clock
        plan = plan_of(registry.home, registry.settings)
        channels = [channel.name for channel in channels_of(registry.settings.notices, registry.home.folder)]
        return cls(Administrators(ledger, site_key, clock), Overview(ledger, site_key, plan, clock, lambda: registry.ahead, channels))
