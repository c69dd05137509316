"""What may be said in a log about an exception nobody expected: its kind and where in our own code, never its text or any value."""

from __future__ import annotations

import traceback
from pathlib import Path


def trace(error: BaseException) -> str:
    """For example `ValueError at thread.py:88 in _verify`. The text of an exception may quote what a card said, so it is left out."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "kiosk" in frame.filename]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places or 'an unknown place'}"
