"""What an administrator gets wrong with `kiosk setup` is refused with the way on, and nothing is lost. On Linux, with real accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiosk.text import say
from tests.support.commands.computer import found_by

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]


@pytest.fixture
def computer(tmp_path: Path) -> Any:
    """What is found on a computer with two accounts of one group, and one outside it."""
    return lambda what: found_by("administrator", what, tmp_path)


def test_a_group_without_a_name_makes_nothing(computer: Any) -> None:
    found = computer("empty-group")
    code, said = found["new"]
    assert code == 1
    assert say("command.why.group-unusable.empty") in said
    assert found["dry"] == [2, say("command.setup.which") + "\n"]
    assert found["left"] == []
