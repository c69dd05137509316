"""The code with which a call fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.errors import Code, KioskError


def code_of(work: Callable[[], object]) -> Code:
    """The code of the `KioskError` that `work` must raise."""
    with pytest.raises(KioskError) as trouble:
        work()
    return trouble.value.code
