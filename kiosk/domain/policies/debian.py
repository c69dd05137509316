"""The policies of Debian: files of ours in folders that exist for it, and what setting and undoing one has to do.

Nobody else's file is touched. A file that bears the name of one of ours, and does not begin like it, is put aside and put back: of several,
one after the other, the last; the others are kept under names of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto, unique
from pathlib import PurePosixPath

from kiosk.domain.policies import Standing

MARK = b"# library-card-kiosk: kiosk setup --machine --policies (to undo: kiosk setup --no-policies)\n"
ASIDE = ".before-library-card-kiosk"
"""Ending of what was put aside: none of these folders is read for it."""
_NAME = "60-library-card-kiosk.conf"


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    path: PurePosixPath
    """From the root."""
    lines: str
    is_folder_shared: bool = False
    """Whether the folder is a package's, and stays when it is empty."""

    @property
    def content(self) -> bytes:
        return MARK + self.lines.encode()


def _policy(name: str, folder: str, lines: str, *, is_folder_shared: bool = False) -> Policy:
    return Policy(name, PurePosixPath(folder, _NAME), lines, is_folder_shared)


POLICIES = (
    # Ctrl+Alt+F1 and so on, the key combination that ends the server, and a dark display: xorg.conf(5), SERVERFLAGS. All in one section:
    # of several the server takes the last alone (seen with 21.1).
    _policy(
        "x-server",
        "etc/X11/xorg.conf.d",
        'Section "ServerFlags"\n    Option "DontVTSwitch" "true"\n    Option "DontZap" "true"\n'
        + "".join(f'    Option "{time}" "0"\n' for time in ("BlankTime", "StandbyTime", "SuspendTime", "OffTime"))
        + "EndSection\n",
        is_folder_shared=True,
    ),
    # Of every program, for the readers' service and the desktop may hold what a card has said: limits.conf(5), coredump.conf(5).
    _policy("core-dumps", "etc/security/limits.d", "* hard core 0\nroot hard core 0\n", is_folder_shared=True),
    _policy("kept-core-dumps", "etc/systemd/coredump.conf.d", "[Coredump]\nStorage=none\nProcessSizeMax=0\n"),
    # systemd-sleep.conf(5), logind.conf(5)
    _policy(
        "sleep",
        "etc/systemd/sleep.conf.d",
        "[Sleep]\nAllowSuspend=no\nAllowHibernation=no\nAllowSuspendThenHibernate=no\nAllowHybridSleep=no\n",
    ),
    _policy("idle", "etc/systemd/logind.conf.d", "[Login]\nIdleAction=ignore\nHandleLidSwitch=ignore\nHandleSuspendKey=ignore\n"),
)


@unique
class Found(Enum):
    """What has the name of a file of ours."""

    NOTHING = auto()
    OURS = auto()
    OUTDATED = auto()
    """Ours, of another version, or somebody has changed it."""
    ANOTHERS = auto()


@unique
class Undo(Enum):
    NOTHING = auto()
    PUT_BACK = auto()
    """Give what was put aside its name again, in place of ours."""
    KEEP = auto()
    """What was put aside is kept under a name of its own: somebody has laid another file over ours since."""
    DELETE = auto()


def found(policy: Policy, content: bytes | None) -> Found:
    """`content` of a regular file; empty of what is none."""
    if content is None:
        return Found.NOTHING
    if content == policy.content:
        return Found.OURS
    return Found.OUTDATED if content.startswith(MARK) else Found.ANOTHERS


def undo(there: Found, *, has_aside: bool) -> Undo:
    if there is Found.ANOTHERS:
        return Undo.KEEP if has_aside else Undo.NOTHING
    if has_aside:
        return Undo.PUT_BACK
    return Undo.NOTHING if there is Found.NOTHING else Undo.DELETE


def standing(there: Found, *, has_aside: bool) -> Standing:
    match there:
        case Found.OURS:
            return Standing.SET
        case Found.OUTDATED:
            return Standing.DIFFERS
        case Found.NOTHING:  # put aside, and then it was cut off
            return Standing.DIFFERS if has_aside else Standing.NOT_ASKED_FOR
        case Found.ANOTHERS:  # pragma: no branch
            return Standing.NOT_ASKED_FOR
