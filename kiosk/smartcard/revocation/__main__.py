"""The process that reads one revocation list: `apart.read_apart` asks on its standard input, and is answered on its standard output."""

from __future__ import annotations

import base64
import faulthandler
import json
import os
import re
import sys
from pathlib import Path

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.revocation.apart import encoded
from kiosk.smartcard.revocation.crl import LARGEST, Verdict, read_list


def main() -> None:
    asked = json.load(sys.stdin)
    # Also when nobody is left to kill it, and even while the interpreter is held.
    faulthandler.dump_traceback_later(asked["seconds"], exit=True)
    if hasattr(os, "nice"):
        os.nice(10)
    authorities = [Authority(base64.b64decode(der)) for der in asked["authorities"]]
    try:
        with Path(asked["path"]).open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        answer = encoded(Verdict.FAILED, None, None, 0)
    else:
        found = (Verdict.TOO_LARGE, None, None) if len(content) > LARGEST else read_list(content, authorities)
        answer = encoded(*found, _peak())
    sys.stdout.buffer.write(answer)


def _peak() -> int:
    """The most memory this process ever had, in kilobytes; 0 where the system does not tell."""
    try:
        told = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    except OSError:
        return 0
    return int(told[1]) if told else 0


if __name__ == "__main__":
    main()
