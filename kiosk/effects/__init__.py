"""The imperative shell: runs the effects that the state machines request, each on its own thread, and posts results as events."""

from __future__ import annotations

from kiosk.effects.conductor import Conductor
from kiosk.effects.ports import CardCommands, FieldTeacher, LibrarySystem, Links, Outside, Registry

__all__ = ["CardCommands", "Conductor", "FieldTeacher", "LibrarySystem", "Links", "Outside", "Registry"]
