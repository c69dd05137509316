"""Whether a call fails with a `KioskError`, and with which code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.errors import Code, KioskError


def code_of(work: Callable[[], object]) -> Code:
    """The code with which `work` fails; it has to."""
    with pytest.raises(KioskError) as trouble:
        work()
    return trouble.value.code
