"""Whether a version of NSIS builds what may be run as SYSTEM."""

from __future__ import annotations

import pytest

from tools.installer.nsis import is_mended


@pytest.mark.parametrize(("version", "mended"), [("3.08", False), ("3.11", False), ("3.12", True), ("3.12.1", True), ("4.0", True)])
def test_versions_are_compared_by_number(version: str, mended: bool) -> None:
    assert is_mended(version) is mended
