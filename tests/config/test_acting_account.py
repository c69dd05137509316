"""The account for which root acts for a while."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.config.acting_account import Account, account_of, acting_for
from kiosk.domain.errors import Code, Unavailable

pytestmark = [pytest.mark.linux("accounts"), pytest.mark.root]


def test_root_is_root_again_when_an_account_cannot_be_acted_for() -> None:
    before = (os.geteuid(), os.getegid(), os.getgroups())
    with pytest.raises((OSError, OverflowError)), acting_for(Account("kiosk-nobody", 1 << 32, 54302, Path("/"))):
        raise AssertionError("it acts")
    assert (os.geteuid(), os.getegid(), os.getgroups()) == before


def test_an_owner_without_a_name_is_nobody_to_act_for(tmp_path: Path) -> None:
    assert account_of(tmp_path) is None
    os.chown(tmp_path, 54399, 54399)
    with pytest.raises(Unavailable) as refused:
        account_of(tmp_path)
    assert (refused.value.code, refused.value.params) == (Code.SETUP_IMPOSSIBLE, {"reason": "account-unknown", "account": "54399"})
