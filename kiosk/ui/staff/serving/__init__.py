"""The serving page: the patron at the left, services at the right."""

from __future__ import annotations

from kiosk.ui.staff.serving.page import ServingPage

__all__ = ["ServingPage"]
