"""The test rig itself: its messages when something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pcscd.rig import PcscdRig, RigFailed


@pytest.mark.linux("pcscd")
def test_what_is_missing_is_said_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RigFailed, match=r"unshare is missing; on Debian: apt-get install util-linux"):
        PcscdRig(tmp_path)
