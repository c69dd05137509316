"""What may be said about an exception nobody expected: its kind and where in our own code, never its text or any value."""

from __future__ import annotations

import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path


def trace(error: BaseException) -> str:
    """For example `ValueError at thread.py:88 in _verify`. The text of an exception may quote what a card said, so it is left out."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "kiosk" in Path(frame.filename).parts]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places or 'an unknown place'}"


def new_incident() -> str:
    """A short word under which staff and log mean the same bug."""
    return f"{datetime.now(UTC):%m%d}-{secrets.token_hex(2).upper()}"
