"""Draws that can be repeated: each trial prints its seed, and takes another one from the environment."""

from __future__ import annotations

import os
import random
import secrets

VARIABLE = "KIOSK_TRIAL_SEED"


def drawn_seed() -> int:
    """The seed of this run. A failing test shows what it printed: run it again with `KIOSK_TRIAL_SEED` set to that number."""
    seed = int(os.environ.get(VARIABLE) or secrets.randbits(32))
    print(f"{VARIABLE}={seed}")  # noqa: T201 - pytest shows it with a failure
    return seed


def draws(seed: int, of: str) -> random.Random:
    """A sequence of its own for each who draws, so that threads do not depend on each other."""
    return random.Random(f"{seed} {of}")
