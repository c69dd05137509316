"""`hand_over` in a process of its own, begun for one number. Where an X server has to be held, nothing else will do.

Our windows speak to the same X server, and sometimes wait for it with the interpreter's lock in their hand. If a thread of this process
held the server meanwhile it could never go on to let it go: the whole desktop would stand still for ever.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.library.handover import LIMIT, Suffix, Target, desktop, hand_over

_BEGIN_SECONDS = 5.0
"""Beside what typing may take: for an interpreter to start on a slow machine."""
_CHECKOUT = Path(__file__).parents[3]
_log = logging.getLogger(__name__)


def hand_over_apart(digits: str, target: Target) -> None:
    """As `hand_over` on the desktop of this process, and with the same errors.

    Refused: handover-changed with `typed` 0 means that the other process has not come to an end: nobody knows what was typed.
    """
    began = time.monotonic()
    asked = {"digits": digits, "title": target.title, "program": target.program, "suffix": target.suffix, "own": os.getpid()}
    places = [str(_CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        # Not among the arguments, which everybody can read.
        ran = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", __name__],
            input=json.dumps(asked).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT + _BEGIN_SECONDS,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
            check=True,
        )
        told = json.loads(ran.stdout)
    except subprocess.TimeoutExpired as error:
        raise Refused(Code.HANDOVER_CHANGED, typed=0) from error
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        raise Unavailable(Code.HANDOVER_IMPOSSIBLE) from error
    if told["code"]:
        kind = Refused if told["refused"] else Unavailable
        raise kind(Code(told["code"]), **told["params"])
    _log.info("handed over in %d ms", round((time.monotonic() - began) * 1000))


def main() -> None:
    """Reads what is asked, and says what became of it, as JSON."""
    asked = json.load(sys.stdin)
    told: dict[str, object] = {"code": ""}
    try:
        target = Target(asked["title"], asked["program"], Suffix(asked["suffix"]))
        hand_over(asked["digits"], target, desktop(own=asked["own"]))
    except KioskError as error:
        told = {"code": error.code.value, "refused": isinstance(error, Refused), "params": error.params}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
