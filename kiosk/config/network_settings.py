"""[registry] and [local_api]: with whom the counter speaks, beside the library system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kiosk.config.value_types import Flag, Number, setting

LONGEST_OFFLINE_HOURS = 720


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """[registry]: the library's server, once the counter is enrolled (`kiosk enrol`)."""

    max_offline_hours: int = setting(Number(1, LONGEST_OFFLINE_HOURS), 24)
    """How long cards are taken and registered without an answer of the server: what was stopped elsewhere is not known meanwhile."""

    @property
    def max_offline(self) -> timedelta:
        return timedelta(hours=self.max_offline_hours)


@dataclass(frozen=True, slots=True)
class LocalApiSettings:
    """[local_api]: the interface for other programs on this computer."""

    on: bool = setting(Flag(), False)
    port: int = setting(Number(1024, 65535), 17320)
    """Of 127.0.0.1. The default lies below what systems hand out by themselves: from 32768 on Linux, from 49152 on Windows."""
