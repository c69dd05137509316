"""Where machine and world meet: the machines' effects are carried out, each on its own thread, and answers come back as events."""

from __future__ import annotations

from kiosk.effects.conductor import Conductor
from kiosk.effects.ports import CardCommands, LibrarySystem, Links, Outside

__all__ = ["CardCommands", "Conductor", "LibrarySystem", "Links", "Outside"]
