"""The system's polkit on a computer with Debian 13, where nobody is signed in at the screen."""

from __future__ import annotations

from tests.support.installer.debian_computer import DebianComputer
from tests.support.wait import wait_until

_BUS = "mkdir -p /run/dbus && dbus-uuidgen --ensure=/etc/machine-id && dbus-daemon --system --fork --nopidfile"
_REFUSED = "Not authorized"


def start_polkit(computer: DebianComputer, account: str) -> None:
    """Until it answers, which it does for this account with no."""
    code, printed = computer.run("sh", "-c", _BUS)
    assert code == 0, printed
    computer.start("/usr/lib/polkit-1/polkitd", "--no-debug")
    wait_until(lambda: _REFUSED in _asked(computer, account)[1], "polkit", 60)


def may_use_readers(computer: DebianComputer, account: str) -> bool:
    code, printed = _asked(computer, account)
    assert code == 0 or _REFUSED in printed, printed
    return code == 0


def _asked(computer: DebianComputer, account: str) -> tuple[int, str]:
    """What pcscd asks, of a process of this account's."""
    return computer.run("sh", "-c", "pkcheck --action-id org.debian.pcsc-lite.access_pcsc --process $$", account=account)
