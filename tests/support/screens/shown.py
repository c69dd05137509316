"""Windows by their titles, as somebody before the screen finds them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from tests.support.wait import LIMIT, wait_until


def shown(title: str, environment: Mapping[str, str]) -> list[str]:
    """X's ids of the windows on the screen whose titles fit a regular expression.

    Empty too where another window closed in the meantime: xdotool asks for one after the other, and X ends it with BadWindow.
    """
    command = ["xdotool", "search", "--onlyvisible", "--name", title]
    return subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=LIMIT, check=False).stdout.split()


def wait_for_shown(title: str, environment: Mapping[str, str]) -> str:
    """The first window of that title, once there is one."""
    found: list[str] = []

    def look() -> bool:
        found[:] = shown(title, environment)
        return bool(found)

    wait_until(look, f"a window named {title}")
    return found[0]
