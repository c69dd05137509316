"""The Windows implementation, as far as it can be tested elsewhere."""

import sys

import pytest

from kiosk.domain.errors import Code, Unavailable


@pytest.mark.skipif(sys.platform == "win32", reason="there it works")
def test_it_can_be_imported_anywhere_and_says_where_it_cannot_work() -> None:
    from kiosk.library.handover.windows import WindowsDesktop

    with pytest.raises(Unavailable, match=Code.HANDOVER_IMPOSSIBLE):
        WindowsDesktop()
