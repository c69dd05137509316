"""The patron at the counter: who is served at the left, what is done for them at the right."""

from __future__ import annotations

from kiosk.ui.staff.serving.page import ServingPage

__all__ = ["ServingPage"]
