"""Log-safe descriptions of unexpected exceptions: type and location in our own code, never their text or any value."""

from __future__ import annotations

import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path


def trace(error: BaseException) -> str:
    """Describe `error`, for example `ValueError at card_thread.py:88 in _verify`. Its message may quote card data and is left out."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "kiosk" in Path(frame.filename).parts]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places or 'an unknown place'}"


def new_incident() -> str:
    """A short random identifier that ties what staff see to the entry in the log."""
    return f"{datetime.now(UTC):%m%d}-{secrets.token_hex(2).upper()}"
